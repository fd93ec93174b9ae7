"""The question whether a broker answers: an open port is not enough."""

from __future__ import annotations

import socket
import struct
import threading

import pytest

from services.runtime.broker.probe import ask_metadata


def _answer_once(listener: socket.socket, answer: bytes) -> None:
    connection, _ = listener.accept()
    with connection:
        connection.recv(1_000)
        connection.sendall(answer)


@pytest.mark.parametrize(
    "answer",
    [
        pytest.param(b"", id="hangs up"),
        pytest.param(b"HTTP/1.1 400 Bad Request\r\n\r\n", id="speaks HTTP"),
        pytest.param(struct.pack(">i", 100) + b"half", id="breaks off"),
        pytest.param(struct.pack(">ii", 4, 1), id="says nothing more than the number"),
        pytest.param(struct.pack(">i", -5), id="a negative length"),
        pytest.param(struct.pack(">iiiihhh", 18, 1, 1, 1, 500, 0, 0), id="a string longer than the answer"),
    ],
)
def test_whatever_is_no_broker_is_told_from_one(answer: bytes) -> None:
    """Another program on the port gives no metadata, and no error either."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=_answer_once, args=(listener, answer))
        thread.start()
        metadata = ask_metadata("127.0.0.1", listener.getsockname()[1], timeout_s=5)
        thread.join()

    assert metadata is None or (metadata.cluster_id, metadata.nodes) == (None, (1,))


def test_a_port_that_accepts_but_never_answers_is_no_broker() -> None:
    """Kafka opens its port well before it serves."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        assert ask_metadata("127.0.0.1", listener.getsockname()[1], timeout_s=0.05) is None


def test_nobody_there_is_no_broker() -> None:
    """A refused connection is an ordinary answer while a broker starts."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]

    assert ask_metadata("127.0.0.1", port, timeout_s=1) is None
