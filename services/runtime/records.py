"""Messages as our handlers see them: plain values, no client library's types."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field

from schemas.cloudevents import Headers


@dataclass(frozen=True, slots=True)
class Record:
    """One consumed message. `timestamp_ms` is Kafka's, in milliseconds since 1970; `value` is `None` for a tombstone."""

    topic: str
    partition: int
    offset: int
    timestamp_ms: int
    key: bytes | None
    value: bytes | None
    headers: tuple[tuple[str, bytes], ...] = ()


@dataclass(frozen=True, slots=True)
class Message:
    """One message to send."""

    topic: str
    key: bytes | None
    value: bytes
    headers: Headers = field(default_factory=list)


Handler = Callable[[Record], Awaitable[Sequence[Message]]]
"""What a worker does with one record: the messages to send, in order, before the record counts as done.

Raises `DataError` for a record that can never be read (dead letter at once) and `TransientError` when the database or
broker is away (the process ends and is started again). Any other exception is tried again and then dead-lettered.
"""
