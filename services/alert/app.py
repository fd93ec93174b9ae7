"""The alert worker: extractions in, developments and notices into the store, notices and webhooks out of it.

An extraction is acknowledged when its transaction is committed. Publishing and sending are tasks of their own that work on rows,
so that neither a broker nor a receiver that is away holds a partition.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from typing import Final

from pydantic import ValidationError
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from schemas.codes import NoticeKind
from schemas.extraction import Extraction
from schemas.topics import EXTRACTIONS
from services.alert import lease
from services.alert.apply import Outcome, apply_extraction
from services.alert.deliver import run_deliveries
from services.alert.group import GroupCommit
from services.alert.outbox import Outbox, backlog
from services.alert.repository import SqlRepository
from services.alert.schema import check_schema
from services.alert.sole_worker import SoleWorker
from services.runtime import metrics
from services.runtime.clock import Clock, utc_now
from services.runtime.errors import DataError, StoreUnavailable
from services.runtime.health import Health
from services.runtime.kafka import Producer
from services.runtime.logs import bind, configure_logging
from services.runtime.records import Message, Record
from services.runtime.settings import Settings
from services.runtime.store import open_engine, read_transaction, shown, sqlite_file, write_transaction
from services.runtime.stream import Worker, run_worker

log = logging.getLogger(__name__)

GROUP: Final = "musafaha-alert"
"""The consumer group: another name would read every extraction again."""
MEASURE_EVERY_S: Final = 5.0
SHOWN_PROBLEMS: Final = 5
"""Problems of a message that its dead letter names, at most."""


def main(settings: Settings) -> int:
    """Work until SIGTERM; returns the exit code."""
    configure_logging(settings.logs)
    return run_worker(settings, AlertService(settings).worker())


class AlertService:
    """What the alert worker holds open, from its start to its stop."""

    def __init__(self, settings: Settings, *, clock: Clock = utc_now) -> None:
        self._settings = settings
        self._clock = clock
        self._health = Health()
        self._due = asyncio.Event()  # deliveries may be due
        self._group: GroupCommit[tuple[Record, Extraction], Outcome] = GroupCommit(self._apply)
        self._sole: SoleWorker | None = None
        self._engine: AsyncEngine | None = None
        self._producer: Producer | None = None
        self._outbox: Outbox | None = None

    def worker(self) -> Worker:
        """What the stream runner needs to know of us."""
        return Worker(
            name=GROUP,
            topic=EXTRACTIONS,
            handler=self.handle,
            startup=self.start,
            shutdown=self.stop,
            tasks={"outbox": self._publish, "deliveries": self._deliver, "measure": self._measure},
            ops_port=self._settings.ops.alert_port,
            checks={"store": self._store_complaint},
            health=self._health,
        )

    async def start(self) -> None:
        """Open the store, refusing one that is too old or (SQLite) has a worker already, and connect to Kafka."""
        store = self._settings.store
        await check_schema(store.url, busy_timeout_ms=store.busy_timeout_ms)
        path = sqlite_file(store.url)
        if path is not None:
            self._sole = SoleWorker(path)
        self._engine = open_engine(store.url, busy_timeout_ms=store.busy_timeout_ms)
        if path is not None:
            # Whoever held a lease is dead, or the lock above would be taken.
            async with write_transaction(self._engine) as connection:
                await lease.free_all(connection)
        self._producer = Producer(self._settings.kafka)
        await self._producer.start()
        self._outbox = Outbox(self._engine, self._producer, clock=self._clock, progress=lambda: self._health.progress("outbox"))
        for kind in NoticeKind:
            metrics.NOTICES.labels(kind)
        log.info("store.opened", extra={"store": shown(store.url)})

    async def stop(self) -> None:
        """Give back and close whatever `start` has opened so far."""
        if self._outbox is not None:
            try:
                await self._outbox.close()
            except StoreUnavailable as error:
                log.warning("outbox.lease_kept", extra={"error": str(error)})
        if self._producer is not None:
            await self._producer.stop()
        if self._engine is not None:
            await self._engine.dispose()
        if self._sole is not None:
            self._sole.release()

    async def handle(self, record: Record) -> Sequence[Message]:
        """Apply one extraction as a whole. Nothing is sent from here: what follows stands in the outbox."""
        extraction = read_extraction(record)
        with bind(article=extraction.article.id):
            outcome = await self._group.do((record, extraction))
            self._committed(extraction, outcome)
        return ()

    async def _apply(self, works: Sequence[tuple[Record, Extraction]]) -> list[Outcome]:
        """Apply extractions in one transaction, one after another."""
        assert self._engine is not None
        outcomes = []
        async with write_transaction(self._engine) as connection:
            for record, extraction in works:
                repository = SqlRepository(connection, accepted_at=extraction.accepted_at)
                # The time is taken when the write lock is held, so that times in the store never run backwards.
                outcomes.append(
                    await apply_extraction(repository, extraction, partition=record.partition, offset=record.offset, now=self._clock())
                )
        return outcomes

    def _committed(self, extraction: Extraction, outcome: Outcome) -> None:
        """Wake whoever has work now; count and log what was done."""
        if outcome.notices:
            assert self._outbox is not None
            self._outbox.wake()
            self._due.set()
        age_s = max(0.0, (self._clock() - extraction.accepted_at).total_seconds())
        for notice in outcome.notices:
            metrics.NOTICES.labels(notice.type).inc()
            metrics.NOTICE_AGE.labels("committed").observe(age_s)
        for rule, number in outcome.links.items():
            metrics.LINKS.labels(rule).inc(number)
        if not outcome.applied:
            metrics.STALE_EXTRACTIONS.inc()
        facts = {"events": len(extraction.events), "links": dict(outcome.links), "notices": [notice.type for notice in outcome.notices]}
        log.info("extraction.applied" if outcome.applied else "extraction.stale", extra=facts)

    async def _publish(self) -> None:
        assert self._outbox is not None
        await self._outbox.run()

    async def _deliver(self) -> None:
        assert self._engine is not None
        await run_deliveries(
            self._engine,
            self._settings,
            wake=self._due,
            clock=self._clock,
            progress=lambda: self._health.progress("deliveries"),
        )

    async def _measure(self) -> None:
        """Keep the figures of the outbox fresh, so that asking for metrics asks no database."""
        assert self._engine is not None
        while True:
            try:
                async with read_transaction(self._engine) as connection:
                    waiting = await backlog(connection)
                metrics.OUTBOX_ROWS.set(waiting.rows)
                metrics.OUTBOX_OLDEST.set(0 if waiting.oldest is None else waiting.oldest.timestamp())
            except StoreUnavailable as error:
                log.warning("outbox.unmeasured", extra={"error": str(error)})
            await asyncio.sleep(MEASURE_EVERY_S)

    async def _store_complaint(self) -> str | None:
        if self._engine is None:
            return "the store is not open yet"
        try:
            async with read_transaction(self._engine) as connection:
                await connection.execute(text("SELECT 1"))
        except StoreUnavailable as error:
            return str(error)
        return None


def read_extraction(record: Record) -> Extraction:
    """The extraction in a message. Raises `DataError` that names what is wrong and where, without quoting the message."""
    try:
        extraction = Extraction.model_validate_json(record.value or b"")
    except ValidationError as error:
        problems = [f"{'.'.join(str(part) for part in e['loc']) or 'message'}: {e['msg']}" for e in error.errors(include_url=False)]
        more = f" and {len(problems) - SHOWN_PROBLEMS} more" if len(problems) > SHOWN_PROBLEMS else ""
        raise DataError("schema", "; ".join(problems[:SHOWN_PROBLEMS]) + more) from error
    seen: set[str] = set()
    for event in extraction.events:
        if event.article.id != extraction.article.id:
            raise DataError("schema", f"event {event.id} is of article {event.article.id}, the extraction of {extraction.article.id}")
        if event.id in seen:
            raise DataError("schema", f"event id {event.id} stands there twice")
        seen.add(event.id)
    return extraction
