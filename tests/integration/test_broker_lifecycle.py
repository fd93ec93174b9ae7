"""The embedded broker as the services see it: it takes messages, keeps them, and comes back where it was."""

from __future__ import annotations

import socket
from pathlib import Path

import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from aiokafka.errors import MessageSizeTooLargeError

from schemas.topics import DLQ_MESSAGE_MAX_BYTES
from services.runtime.broker import RunningBroker, broker_status, start_broker, stop_broker
from services.runtime.broker.ports import is_free
from services.runtime.errors import CommandError
from services.runtime.settings import BrokerSettings
from tests.fixtures.broker import FreshBroker


async def _make_topic(bootstrap_servers: str, name: str, **configs: str) -> None:
    admin = AIOKafkaAdminClient(bootstrap_servers=bootstrap_servers)
    await admin.start()
    try:
        await admin.create_topics([NewTopic(name, num_partitions=1, replication_factor=1, topic_configs=configs)])
    finally:
        await admin.close()


async def _send(bootstrap_servers: str, topic: str, value: bytes) -> None:
    async with AIOKafkaProducer(bootstrap_servers=bootstrap_servers, acks="all", max_request_size=8 * 1024 * 1024) as producer:
        await producer.send_and_wait(topic, value)


async def _read_one(bootstrap_servers: str, topic: str) -> bytes:
    async with AIOKafkaConsumer(bootstrap_servers=bootstrap_servers, auto_offset_reset="earliest") as consumer:
        consumer.assign([TopicPartition(topic, 0)])
        return bytes((await consumer.getone()).value)


async def test_a_confirmed_message_outlives_stop_kill_and_restart_on_the_same_port(fresh_broker: FreshBroker) -> None:
    """What the broker confirmed is there after a clean stop and after a kill, and clients find it at the old address."""
    address = fresh_broker.bootstrap_servers
    await _make_topic(address, "kept")
    await _send(address, "kept", b"peace")

    fresh_broker.stop()
    fresh_broker.start()
    after_stop = await _read_one(address, "kept")
    fresh_broker.kill()
    fresh_broker.start()

    assert (after_stop, await _read_one(address, "kept"), fresh_broker.bootstrap_servers) == (b"peace", b"peace", address)


async def test_the_largest_dead_letter_goes_in_and_out(broker: RunningBroker) -> None:
    """A message as long as a dead-letter topic allows is stored and read back whole."""
    await _make_topic(broker.bootstrap_servers, "broker-test-large", **{"max.message.bytes": str(DLQ_MESSAGE_MAX_BYTES)})
    value = bytes(DLQ_MESSAGE_MAX_BYTES - 200)  # the batch around it counts too

    await _send(broker.bootstrap_servers, "broker-test-large", value)

    assert await _read_one(broker.bootstrap_servers, "broker-test-large") == value


async def test_a_message_above_the_topics_limit_is_refused(broker: RunningBroker) -> None:
    """The broker's own limit is wide; the topic's holds."""
    await _make_topic(broker.bootstrap_servers, "broker-test-small", **{"max.message.bytes": "1000"})

    with pytest.raises(MessageSizeTooLargeError):
        await _send(broker.bootstrap_servers, "broker-test-small", bytes(2_000))


async def test_a_misspelt_topic_is_not_made(broker: RunningBroker) -> None:
    """Topics come from `topics ensure` alone: asking for one that is not there does not create it."""
    admin = AIOKafkaAdminClient(bootstrap_servers=broker.bootstrap_servers)
    await admin.start()
    try:
        await admin.describe_topics(["broker-test-mispelt"])

        assert "broker-test-mispelt" not in await admin.list_topics()
    finally:
        await admin.close()


def test_starting_a_running_broker_gives_the_same_one(fresh_broker: FreshBroker) -> None:
    """`start` twice is one broker."""
    assert start_broker(fresh_broker.settings) == fresh_broker.running


def test_status_follows_the_broker(fresh_broker: FreshBroker) -> None:
    """Running, stopped and killed are told apart, and a killed one can be started again at once."""
    running = broker_status(fresh_broker.settings)
    fresh_broker.kill()
    killed = broker_status(fresh_broker.settings)
    fresh_broker.start()
    fresh_broker.stop()
    stopped = broker_status(fresh_broker.settings)

    assert (running.pid is not None, running.answers) == (True, True)
    assert (killed.pid, killed.problem is not None) == (None, True)
    assert (stopped.pid, stopped.problem) == (None, None)


def test_it_listens_on_loopback_only(broker: RunningBroker) -> None:
    """No other machine can reach the broker, which asks nobody for a password."""
    psutil = pytest.importorskip("psutil")

    listening = [c.laddr.ip for c in psutil.Process(broker.pid).net_connections("inet") if c.status == psutil.CONN_LISTEN]

    assert {ip.removeprefix("::ffff:") for ip in listening} == {"127.0.0.1"}


def test_a_set_port_that_is_taken_is_named(tmp_path: Path) -> None:
    """With a port of the user's choosing there is no way out but to say so, before anything is started."""
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]

        with pytest.raises(CommandError, match=rf"port {port} of 127\.0\.0\.1 is taken.*MUSAFAHA_BROKER__PORT"):
            start_broker(BrokerSettings(data=tmp_path, port=port))


def test_a_kept_port_that_is_taken_meanwhile_gives_way(fresh_broker: FreshBroker) -> None:
    """Without a port of the user's choosing another free one is taken, and the data are the same."""
    fresh_broker.stop()
    old = int(fresh_broker.bootstrap_servers.rpartition(":")[2])
    with socket.create_server(("127.0.0.1", old)):
        again = start_broker(fresh_broker.settings)
    stop_broker(fresh_broker.settings)

    assert int(again.bootstrap_servers.rpartition(":")[2]) != old
    assert is_free(old)


def test_stopping_what_does_not_run_says_so(tmp_path: Path) -> None:
    """`stop` is idempotent and makes no folder."""
    settings = BrokerSettings(data=tmp_path / "nothing")

    assert (stop_broker(settings), (tmp_path / "nothing").exists()) == (False, False)
