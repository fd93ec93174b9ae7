"""Accepting articles: each revision once, in order per article, and only when the broker has confirmed it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Literal, Protocol

from schemas import ids
from schemas.article import Article
from schemas.cloudevents import SOURCE_PREFIX, Envelope, article_type
from schemas.topics import ARTICLES
from services.ingest import metrics
from services.ingest.accept import Limits, Reason, Refusal, judge
from services.ingest.store import Seen
from services.runtime.clock import Clock
from services.runtime.errors import BrokerUnavailable, ConfigError, DataError
from services.runtime.records import Message

SOURCE = f"{SOURCE_PREFIX}ingest"
"""`ce_source` of every article that came through ingest."""
Kind = Literal["push", "file", "feed"]
"""How an article came in."""
_TICK = timedelta(microseconds=1)


class Outcome(StrEnum):
    """What became of one article."""

    ACCEPTED = "accepted"
    """The broker has confirmed it."""
    DUPLICATE = "duplicate"
    """The same id and revision as the last accepted one: nothing new to tell."""
    REFUSED = "refused"
    UNCONFIRMED = "unconfirmed"
    """The broker did not confirm it; hand it in again. A repetition is harmless."""


@dataclass(frozen=True, slots=True)
class Result:
    """What became of one article. `reason` is one word, `detail` a sentence for a person."""

    outcome: Outcome
    id: str | None
    reason: str | None = None
    detail: str | None = None


class Sender(Protocol):
    """The side of the Kafka producer that is needed here."""

    async def send(self, message: Message) -> None:
        """Return when the broker has confirmed; else raise `BrokerUnavailable`, `DataError` or `ConfigError`."""


class Memory(Protocol):
    """The side of the store that is needed here."""

    async def last_seen(self, ids: Sequence[str]) -> dict[str, Seen]: ...

    async def mark_seen(self, seen: Mapping[str, Seen]) -> None: ...


class Intake:
    """Puts articles on the topic. Any number of tasks may use it at once; no other process may use the same store."""

    def __init__(self, *, sender: Sender, memory: Memory, clock: Clock, limits: Limits) -> None:
        self._sender = sender
        self._memory = memory
        self._clock = clock
        self._limits = limits
        self._locks = _Locks()

    async def submit(self, items: Sequence[object], *, kind: Kind) -> list[Result]:
        """Check decoded JSON values and put the articles in them on the topic; one result each, in their order.

        Raises `StoreUnavailable`; what was sent by then is sent again when the items are handed in again, which is harmless.
        """
        now = self._clock()
        judged = [judge(item, now=now, limits=self._limits) for item in items]
        accepted = await self._accept({index: verdict for index, verdict in enumerate(judged) if isinstance(verdict, Article)})
        results = [_refused(verdict) if isinstance(verdict, Refusal) else accepted[index] for index, verdict in enumerate(judged)]
        for result in results:
            _count(result, kind)
        return results

    async def _accept(self, articles: Mapping[int, Article]) -> dict[int, Result]:
        if not articles:
            return {}
        chains: dict[str, list[int]] = {}
        for index, article in articles.items():
            chains.setdefault(article.id, []).append(index)
        names = sorted(chains)
        async with self._locks.hold(names):
            last = await self._memory.last_seen(names)
            now = self._clock()
            async with asyncio.TaskGroup() as tasks:
                sends = {
                    name: tasks.create_task(self._send_chain([articles[index] for index in chains[name]], last.get(name), now))
                    for name in names
                }
            results = {index: result for name in names for index, result in zip(chains[name], sends[name].result()[0], strict=True)}
            confirmed = {name: seen for name in names if (seen := sends[name].result()[1]) is not None}
            # Only now: a crash before this line means that the articles come again, never that one is missing.
            await self._memory.mark_seen(confirmed)
        return results

    async def _send_chain(self, chain: Sequence[Article], last: Seen | None, now: datetime) -> tuple[list[Result], Seen | None]:
        """Send the revisions of one article one after another, with what to remember; after one not confirmed none is tried."""
        results: list[Result] = []
        confirmed: Seen | None = None
        unconfirmed: Result | None = None
        for article in chain:
            if unconfirmed is not None:
                results.append(unconfirmed)
            elif last is not None and article.revision == last.revision:
                results.append(Result(Outcome.DUPLICATE, article.id, None, "this revision is the last accepted one"))
            else:
                stamped = stamp(article, now=now, last=last)
                result = await self._send(stamped)
                results.append(result)
                if result.outcome is Outcome.ACCEPTED:
                    last = confirmed = _seen(stamped)
                elif result.outcome is Outcome.UNCONFIRMED:
                    unconfirmed = result
        return results, confirmed

    async def _send(self, article: Article) -> Result:
        try:
            await self._sender.send(message_of(article))
        except DataError as error:
            return Result(Outcome.REFUSED, article.id, Reason.TOO_LARGE, error.detail)
        except (BrokerUnavailable, ConfigError) as error:
            return Result(Outcome.UNCONFIRMED, article.id, "broker_unavailable", str(error))
        return Result(Outcome.ACCEPTED, article.id)


def stamp(article: Article, *, now: datetime, last: Seen | None) -> Article:
    """The article with `accepted_at`: now, but always later than that of its last accepted revision."""
    moment = now if last is None else max(now, last.accepted_at + _TICK)
    return article.model_copy(update={"accepted_at": moment})


def message_of(article: Article) -> Message:
    """The message that carries an accepted article."""
    assert article.accepted_at is not None
    envelope = Envelope(
        id=ids.digest("msg", article.id, article.revision, article.accepted_at.isoformat()),
        source=SOURCE,
        type=article_type(),
        subject=article.id,
        time=article.accepted_at,
    )
    return Message(topic=ARTICLES.name, key=article.id.encode(), value=article.model_dump_json().encode(), headers=envelope.headers())


def _seen(article: Article) -> Seen:
    assert article.revision is not None and article.accepted_at is not None
    return Seen(article.revision, article.accepted_at)


def _count(result: Result, kind: Kind) -> None:
    match result.outcome:
        case Outcome.ACCEPTED:
            metrics.ACCEPTED.labels(kind).inc()
        case Outcome.DUPLICATE:
            metrics.DUPLICATE.labels(kind).inc()
        case Outcome.REFUSED:
            metrics.REFUSED.labels(result.reason).inc()
        case Outcome.UNCONFIRMED:
            metrics.UNCONFIRMED.labels(kind).inc()


def _refused(refusal: Refusal) -> Result:
    return Result(Outcome.REFUSED, refusal.id, refusal.reason, refusal.detail)


class _Locks:
    """One lock per name, which exists only while somebody holds it or waits for it."""

    def __init__(self) -> None:
        self._held: dict[str, tuple[asyncio.Lock, int]] = {}

    @asynccontextmanager
    async def hold(self, names: Sequence[str]) -> AsyncIterator[None]:
        """Hold the locks of all these names, which are sorted and distinct: one order for everybody, so nobody waits in a circle."""
        taken: list[asyncio.Lock] = []
        for name in names:
            lock, users = self._held.get(name, (asyncio.Lock(), 0))
            self._held[name] = (lock, users + 1)
        try:
            for name in names:
                lock = self._held[name][0]
                await lock.acquire()
                taken.append(lock)
            yield
        finally:
            for lock in taken:
                lock.release()
            for name in names:
                lock, users = self._held.pop(name)
                if users > 1:
                    self._held[name] = (lock, users - 1)
