"""From what Kafka and Java really wrote (each line was taken from a failed start) to what is wrong and what to do."""

from __future__ import annotations

from pathlib import Path

import pytest

from services.runtime.broker.diagnose import explain, log_since

BIND = """\
2026-11-24T09:14:21.147Z [main] ERROR kafka.network.DataPlaneAcceptor - Unable to start acceptor for PLAINTEXT
org.apache.kafka.common.KafkaException: Socket server failed to bind to 127.0.0.1:23456: Address already in use.
"""
FULL = """\
2026-11-24T09:14:35.308Z [data-plane-kafka-request-handler-2] ERROR \
org.apache.kafka.storage.internals.log.LogDirFailureChannel - Error while appending records to t-0 in dir /data/storage
java.io.IOException: No space left on device
\tat java.base/sun.nio.ch.UnixFileDispatcherImpl.write0(Native Method)
"""
IN_USE = """\
2026-11-24T09:13:10.943Z [main] ERROR kafka.server.BrokerServer - [BrokerServer id=1] Fatal error during broker startup. Prepare to shutdown
org.apache.kafka.common.KafkaException: Failed to acquire lock on file .lock in /data/storage. \
A Kafka instance in another process or thread is using this directory.
"""
HEAP = "Error occurred during initialization of VM\nCould not reserve enough space for 102400000000 KB object heap\n"
OTHER_NODE = """\
2026-11-24T08:58:30.543Z [main] ERROR kafka.Kafka$ - Exiting Kafka due to fatal exception
java.lang.RuntimeException: Stored node id 7 doesn't match previous node id 1 in /data/storage/meta.properties.
"""
UNKNOWN = """\
2026-11-24T08:58:30.543Z [main] ERROR kafka.Kafka$ - Exiting Kafka due to fatal exception
java.lang.IllegalStateException: Something that nobody has seen before.
"""
QUIET = "2026-11-24T08:58:30.543Z [main] INFO kafka.server.KafkaRaftServer - Kafka Server started\n"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param(BIND, "port 23456 of 127.0.0.1 is taken by another program", id="port taken"),
        pytest.param(FULL, "the disk of /data is full", id="disk full"),
        pytest.param(IN_USE, "another Kafka uses /data", id="folder in use"),
        pytest.param(HEAP, "256 MiB of Java heap are too few, or more than this machine can give", id="heap"),
        pytest.param(OTHER_NODE, "Kafka's data in /data are damaged: Stored node id 7 doesn't match previous node id 1", id="damaged"),
        pytest.param(
            UNKNOWN, "Kafka ended with an error: Something that nobody has seen before. All it said is in /data/broker.log", id="unknown"
        ),
        pytest.param(QUIET, "Kafka was killed, or its machine went down", id="killed"),
        pytest.param("", "Kafka was killed, or its machine went down", id="said nothing"),
    ],
)
def test_the_cause_is_told_in_words_of_the_operator(text: str, expected: str) -> None:
    """Nobody has to read a Java stack trace to know what to do."""
    told = explain(text, data=Path("/data"), log=Path("/data/broker.log"), port=23456, heap_mb=256)

    assert told.startswith(expected)


def test_what_an_earlier_start_wrote_does_not_count(tmp_path: Path) -> None:
    """The log goes on from start to start; only the last part is about this one."""
    log = tmp_path / "broker.log"
    log.write_text("old trouble\nnew start\n", encoding="utf-8")

    assert (log_since(log, len("old trouble\n")), log_since(tmp_path / "none", 0)) == ("new start\n", "")
