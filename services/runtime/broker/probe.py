"""Does the broker answer? A Metadata request by hand, since an open port says little and a client is heavy for one question.

The layout of request and response is Kafka's protocol guide, Metadata version 2 (the first one that names the cluster).
"""

from __future__ import annotations

import socket
import struct
from dataclasses import dataclass

_METADATA, _VERSION = 3, 2


@dataclass(frozen=True, slots=True)
class Metadata:
    """What the broker tells of its cluster: its id, and the nodes that take part now."""

    cluster_id: str | None
    nodes: tuple[int, ...]


def ask_metadata(host: str, port: int, *, timeout_s: float) -> Metadata | None:
    """The cluster's metadata, or `None` when nobody answers there in time, or not in Kafka's language."""
    client = b"musafaha-probe"
    request = struct.pack(">hhih", _METADATA, _VERSION, 1, len(client)) + client + struct.pack(">i", 0)
    try:
        with socket.create_connection((host, port), timeout=timeout_s) as connection:
            connection.sendall(struct.pack(">i", len(request)) + request)
            (size,) = struct.unpack(">i", _read(connection, 4))
            return _parse(_read(connection, size)) if 0 < size < 1_000_000 else None
    except (OSError, EOFError, struct.error, UnicodeDecodeError):
        return None


def _read(connection: socket.socket, size: int) -> bytes:
    parts = bytearray()
    while len(parts) < size:
        part = connection.recv(size - len(parts))
        if not part:
            raise EOFError
        parts += part
    return bytes(parts)


def _parse(body: bytes) -> Metadata:
    at = 4  # after the correlation id
    (count,) = struct.unpack_from(">i", body, at)
    at += 4
    nodes = []
    for _ in range(count):
        (node,) = struct.unpack_from(">i", body, at)
        nodes.append(node)
        _host, at = _string(body, at + 4)
        _rack, at = _string(body, at + 4)
    cluster_id, at = _string(body, at)
    return Metadata(cluster_id=cluster_id, nodes=tuple(nodes))


def _string(body: bytes, at: int) -> tuple[str | None, int]:
    (size,) = struct.unpack_from(">h", body, at)
    if size < 0:
        return None, at + 2
    return body[at + 2 : at + 2 + size].decode(), at + 2 + size
