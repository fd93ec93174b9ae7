"""Publishes notices from their rows to Kafka: one publisher at a time, in the order of the outbox, marked when confirmed.

A notice that was sent and not marked, because the process ended between, is sent again under the same id. Not here: webhooks.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby
from typing import Final, Protocol
from uuid import uuid4

from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from schemas.cloudevents import SOURCE_PREFIX, Envelope, notice_type
from schemas.topics import NOTICES
from services.alert import lease
from services.alert.tables import notices
from services.runtime import metrics
from services.runtime.clock import Clock, from_micros, to_micros, utc_now
from services.runtime.errors import MusafahaError
from services.runtime.records import Message
from services.runtime.store import read_transaction, write_transaction

log = logging.getLogger(__name__)

LEASE: Final = "outbox"
LEASE_S: Final = 10.0
"""Seconds after which another process may publish in the place of one that died; renewed at half of them."""
POLL_S: Final = 1.0
"""Seconds between two looks at the outbox when nobody woke us: another process may have written to it."""
BATCH: Final = 100
FIRST_WAIT_S: Final = 0.2
LONGEST_WAIT_S: Final = 5.0
"""Seconds to wait after a failure: doubled from the first up to the longest."""
SOURCE: Final = SOURCE_PREFIX + "alert"


class Sender(Protocol):
    """What the outbox needs of a Kafka producer."""

    async def send(self, message: Message) -> None:
        """Return when the broker has confirmed the message; raise an error of ours when it has not."""


@dataclass(frozen=True, slots=True)
class OutboxRow:
    """A notice that is not marked as published. `document` is the value of its message; `accepted_at` is that of the article
    that caused it."""

    position: int
    id: str
    development_id: str
    kind: str
    created_at: datetime
    accepted_at: datetime | None
    document: str

    def message(self) -> Message:
        """The notice as a CloudEvent on its topic, keyed by development so that its notices stay in order."""
        envelope = Envelope(id=self.id, source=SOURCE, type=notice_type(self.kind), subject=self.development_id, time=self.created_at)
        return Message(topic=NOTICES.name, key=self.development_id.encode(), value=self.document.encode(), headers=envelope.headers())


@dataclass(frozen=True, slots=True)
class Backlog:
    """How much is written and not yet published. `oldest` is when the first of it was written."""

    rows: int
    oldest: datetime | None


class LeaseLost(Exception):
    """Somebody else publishes now: this process was away for longer than its lease."""


class Outbox:
    """The publisher of one process. `run` it as a task, `wake` it after a commit, `close` it at the end.

    `progress` is called after every look at the outbox that did not fail.
    """

    def __init__(
        self,
        engine: AsyncEngine,
        sender: Sender,
        *,
        clock: Clock = utc_now,
        lease_s: float = LEASE_S,
        poll_s: float = POLL_S,
        first_wait_s: float = FIRST_WAIT_S,
        progress: Callable[[], None] = lambda: None,
    ) -> None:
        self._engine = engine
        self._sender = sender
        self._clock = clock
        self._lease_s = lease_s
        self._poll_s = poll_s
        self._first_wait_s = first_wait_s
        self._progress = progress
        self._owner = uuid4().hex
        self._news = asyncio.Event()
        self._fence: int | None = None
        self._renew_at: datetime | None = None
        # Confirmed by the broker while the database was away: to be marked, not to be sent again.
        self._confirmed: set[int] = set()

    def wake(self) -> None:
        """Say that a notice may have been committed."""
        self._news.set()

    async def run(self) -> None:
        """Publish for ever; a broker or database that is away is waited for."""
        wait_s = self._first_wait_s
        while True:
            self._news.clear()
            try:
                published = await self.publish_batch()
            except LeaseLost:
                log.warning("outbox.lease_lost")
                continue
            except MusafahaError as error:
                log.warning("outbox.waiting", extra={"error": str(error), "wait_s": wait_s})
                await asyncio.sleep(wait_s)
                wait_s = min(2 * wait_s, LONGEST_WAIT_S)
                continue
            wait_s = self._first_wait_s
            self._progress()
            if published < BATCH:
                await self._wait_for_news()

    async def publish_batch(self) -> int:
        """Publish up to `BATCH` notices and mark them; how many, 0 also when another process holds the lease.

        What was confirmed is marked even if a later one failed. Raises what the sender raises, `StoreUnavailable` and `LeaseLost`.
        """
        fence = await self._held()
        if fence is None:
            return 0
        async with read_transaction(self._engine) as connection:
            rows = await unpublished(connection, limit=BATCH)
        try:
            await self._send_all([row for row in rows if row.position not in self._confirmed])
        finally:
            await self._mark([row for row in rows if row.position in self._confirmed], fence)
        return len(rows)

    async def close(self) -> None:
        """Give the lease back, so that another process takes over at once."""
        if self._fence is not None:
            async with write_transaction(self._engine) as connection:
                await lease.release(connection, LEASE, fence=self._fence)
            self._fence = None

    async def _wait_for_news(self) -> None:
        try:
            async with asyncio.timeout(self._poll_s):
                await self._news.wait()
        except TimeoutError:
            pass

    async def _held(self) -> int | None:
        """The fence of our lease, taken or renewed when it is time to; `None` when another process holds it."""
        now = self._clock()
        if self._fence is not None and self._renew_at is not None and now < self._renew_at:
            return self._fence
        if self._fence is None:
            async with read_transaction(self._engine) as connection:
                if not await lease.is_free(connection, LEASE, now=now):
                    return None
        async with write_transaction(self._engine) as connection:
            if self._fence is not None:
                await self._renew(connection, self._fence)
            else:
                self._fence = await lease.take(connection, LEASE, owner=self._owner, now=now, lease_s=self._lease_s)
                self._renew_at = now + timedelta(seconds=self._lease_s / 2)
        return self._fence

    async def _renew(self, connection: AsyncConnection, fence: int) -> None:
        now = self._clock()
        if not await lease.renew(connection, LEASE, fence=fence, now=now, lease_s=self._lease_s):
            self._fence = None
            self._confirmed.clear()
            raise LeaseLost
        self._renew_at = now + timedelta(seconds=self._lease_s / 2)

    async def _send_all(self, rows: Sequence[OutboxRow]) -> None:
        """Send in the order of the outbox: all are handed over in that order, and those of one development wait for each other."""
        by_development = sorted(rows, key=lambda row: row.development_id)  # stable: each group stays in order
        groups = [list(group) for _, group in groupby(by_development, key=lambda row: row.development_id)]
        groups.sort(key=lambda group: group[0].position)
        outcomes = await asyncio.gather(*(self._send_one_by_one(group) for group in groups), return_exceptions=True)
        for outcome in outcomes:
            if outcome is not None:
                raise outcome

    async def _send_one_by_one(self, rows: Sequence[OutboxRow]) -> None:
        for row in rows:
            await self._sender.send(row.message())
            self._confirmed.add(row.position)

    async def _mark(self, rows: Sequence[OutboxRow], fence: int) -> None:
        if not rows:
            return
        now = self._clock()
        async with write_transaction(self._engine) as connection:
            await self._renew(connection, fence)
            await mark_published(connection, [row.position for row in rows], now=now)
        self._confirmed.difference_update(row.position for row in rows)
        for row in rows:
            if row.accepted_at is not None:
                metrics.NOTICE_AGE.labels("published").observe(max(0.0, (now - row.accepted_at).total_seconds()))


async def unpublished(connection: AsyncConnection, *, limit: int) -> list[OutboxRow]:
    """The first notices that are not marked as published, in the order of the outbox."""
    columns = notices.c
    query = select(
        columns.position,
        columns.id,
        columns.development_id,
        columns.kind,
        columns.created_at,
        columns.accepted_at,
        columns.document,
    )
    rows = await connection.execute(query.where(columns.published_at.is_(None)).order_by(columns.position).limit(limit))
    return [
        OutboxRow(
            position=row.position,
            id=row.id,
            development_id=row.development_id,
            kind=row.kind,
            created_at=from_micros(row.created_at),
            accepted_at=None if row.accepted_at is None else from_micros(row.accepted_at),
            document=row.document,
        )
        for row in rows
    ]


async def mark_published(connection: AsyncConnection, positions: Sequence[int], *, now: datetime) -> None:
    """Note that the broker has confirmed these notices. In a write transaction that has renewed the lease."""
    await connection.execute(update(notices).where(notices.c.position.in_(positions)).values(published_at=to_micros(now)))


async def backlog(connection: AsyncConnection) -> Backlog:
    """What is written and not yet published."""
    query = select(func.count(), func.min(notices.c.created_at)).where(notices.c.published_at.is_(None))
    rows, oldest = (await connection.execute(query)).one()
    return Backlog(rows=rows, oldest=None if oldest is None else from_micros(oldest))
