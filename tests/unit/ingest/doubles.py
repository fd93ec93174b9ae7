"""A recording producer and a memory of articles seen, for tests of ingest without Kafka and SQL."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from schemas.article import Article
from services.ingest.store import Seen
from services.runtime.records import Message

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)


def always(moment: datetime = NOW) -> Callable[[], datetime]:
    """A clock that stands still."""
    return lambda: moment


@dataclass
class RecordingSender:
    """Confirms and keeps each message, unless told to fail on some of them."""

    fail: Callable[[Message], Exception | None] = lambda _: None
    sent: list[Message] = field(default_factory=list)
    in_flight: int = 0
    most_in_flight: int = 0

    async def send(self, message: Message) -> None:
        self.in_flight += 1
        self.most_in_flight = max(self.most_in_flight, self.in_flight)
        await asyncio.sleep(0)
        self.in_flight -= 1
        if (failure := self.fail(message)) is not None:
            raise failure
        self.sent.append(message)

    @property
    def articles(self) -> list[Article]:
        return [Article.model_validate_json(message.value) for message in self.sent]


@dataclass
class DictMemory:
    """Articles seen, in a dictionary."""

    seen: dict[str, Seen] = field(default_factory=dict)

    async def last_seen(self, ids: Sequence[str]) -> dict[str, Seen]:
        await asyncio.sleep(0)
        return {id: self.seen[id] for id in ids if id in self.seen}

    async def mark_seen(self, seen: Mapping[str, Seen]) -> None:
        await asyncio.sleep(0)
        self.seen |= seen
