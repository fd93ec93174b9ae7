"""Ports for the broker, on loopback."""

from __future__ import annotations

import secrets
import socket

from services.runtime.broker.config import HOST

# Below the range from which systems take the ports of outgoing connections (Linux 32768, others 49152 upwards). Inside it, a client
# that keeps trying to reach a stopped broker can end up connected to itself and hold the very port that the broker wants back.
_LOWEST, _COUNT = 20_000, 12_000


def is_free(port: int) -> bool:
    """Whether a server may listen on this port of loopback now."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # as Kafka does: closed connections that linger don't count
        try:
            probe.bind((HOST, port))
            probe.listen(1)
        except OSError:
            return False
        return True


def free_port(*, kept: int | None = None, but_not: int | None = None) -> int:
    """`kept` when it is free, else some other free port, never `but_not`."""
    if kept and is_free(kept):
        return kept
    while True:
        port = _LOWEST + secrets.randbelow(_COUNT)
        if port != but_not and is_free(port):
            return port
