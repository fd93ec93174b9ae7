"""What the broker is told: `server.properties` for one KRaft node on loopback, made for small machines and exact tests."""

from __future__ import annotations

from pathlib import Path

from schemas.topics import DLQ_MESSAGE_MAX_BYTES

HOST = "127.0.0.1"
NODE_ID = 1
MESSAGE_MAX_BYTES = DLQ_MESSAGE_MAX_BYTES + 1024 * 1024
"""What the broker takes at most, with room for the batch around the largest dead letter; topics set their own, lower limits."""


def server_properties(*, storage: Path, port: int, controller_port: int) -> str:
    """The text of `server.properties` for a node that keeps its data in `storage` and listens on the two loopback ports."""
    table: dict[str, object] = {
        "process.roles": "broker,controller",
        "node.id": NODE_ID,
        "listeners": f"PLAINTEXT://{HOST}:{port},CONTROLLER://{HOST}:{controller_port}",
        "advertised.listeners": f"PLAINTEXT://{HOST}:{port}",
        "listener.security.protocol.map": "PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT",
        "controller.listener.names": "CONTROLLER",
        # Voters by file, not in the log: so the controller's port may differ from one start to the next.
        "controller.quorum.voters": f"{NODE_ID}@{HOST}:{controller_port}",
        "log.dirs": _escape(str(storage)),
        # A misspelt topic must be an error, not a new topic.
        "auto.create.topics.enable": "false",
        "message.max.bytes": MESSAGE_MAX_BYTES,
        "replica.fetch.max.bytes": MESSAGE_MAX_BYTES,
        # One node: one copy of everything, and few partitions of the internal topics, since each costs files and start-up time.
        "default.replication.factor": 1,
        "offsets.topic.replication.factor": 1,
        "offsets.topic.num.partitions": 4,
        "transaction.state.log.replication.factor": 1,
        "transaction.state.log.min.isr": 1,
        "transaction.state.log.num.partitions": 4,
        "share.coordinator.state.topic.replication.factor": 1,
        "share.coordinator.state.topic.min.isr": 1,
        "share.coordinator.state.topic.num.partitions": 4,
        # Nobody else joins in the first seconds, so the first rebalance need not wait for them.
        "group.initial.rebalance.delay.ms": 0,
        # A killed node may register again only when its old session has run out, so this is what a start after a kill takes (default 9 s).
        "broker.session.timeout.ms": 4_000,
        "broker.heartbeat.interval.ms": 1_000,
        "num.network.threads": 2,
        "num.io.threads": 4,
        # The default of 128 MiB would not fit a small heap; only Kafka's own offsets are compacted here.
        "log.cleaner.dedupe.buffer.size": 8 * 1024 * 1024,
    }
    return "".join(f"{name}={value}\n" for name, value in table.items())


def _escape(value: str) -> str:
    """A value as Java's properties format wants it: backslashes doubled, other letters than ASCII as escapes."""
    ascii_only = value.replace("\\", "\\\\")
    return "".join(c if c.isascii() else "".join(f"\\u{unit:04x}" for unit in _utf16(c)) for c in ascii_only)


def _utf16(character: str) -> list[int]:
    raw = character.encode("utf-16-be")
    return [int.from_bytes(raw[i : i + 2], "big") for i in range(0, len(raw), 2)]
