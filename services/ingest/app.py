"""The process of ingest: articles pushed over HTTP and read from feeds go to `musafaha.articles.v1`."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import timedelta
from importlib.metadata import version
from random import Random

from schemas.topics import ARTICLES
from services.ingest.accept import Limits
from services.ingest.api import create_app
from services.ingest.feedlist import Feed, load_feeds
from services.ingest.feeds import Poller
from services.ingest.fetch import feed_client
from services.ingest.intake import Intake
from services.ingest.ownership import Owned, Ownership, own
from services.ingest.store import IngestStore
from services.runtime import metrics
from services.runtime.clock import utc_now
from services.runtime.errors import CommandError, StoreUnavailable
from services.runtime.health import Health, ops_router
from services.runtime.kafka import Producer, ensure_topics
from services.runtime.logs import configure_logging
from services.runtime.serve import listening, serve
from services.runtime.settings import IngestSettings, Settings

log = logging.getLogger(__name__)

CONFIRM_WITHIN_S = 15.0
"""Seconds a request waits for the broker before it is answered 503: a broker that is started again is back by then."""
DRAIN_S = 20
"""Seconds that requests under way get after SIGTERM: a little more than they may wait for the broker."""


def main(settings: Settings) -> int:
    """Serve until SIGTERM or SIGINT, then finish what is under way; the exit code. Raises errors of ours when it can't start."""
    configure_logging(settings.logs)
    metrics.describe_build(version("musafaha"))
    try:
        with own(settings.ingest.store) as ownership:
            asyncio.run(_run(settings, ownership))
    except Owned as error:
        raise CommandError(f"{settings.ingest.store}: {error}; one process at a time may use it") from error
    return 0


async def _run(settings: Settings, ownership: Ownership) -> None:
    """Start what is needed, serve, and stop in reverse order."""
    http, ingest = settings.http, settings.ingest
    feeds = load_feeds(ingest.feeds) if ingest.feeds is not None else ()
    with listening(http.host, ingest.port, setting="MUSAFAHA_INGEST__PORT") as (listener, address):
        await ensure_topics(settings.kafka, [ARTICLES])
        async with Producer(settings.kafka, confirm_within_s=CONFIRM_WITHIN_S) as producer, opened_store(settings) as store:
            intake = Intake(sender=producer, memory=store, clock=utc_now, limits=limits_of(ingest))
            health = Health()
            health.add_check("store", lambda: _store_complaint(store))
            app = create_app(intake.submit, max_body_bytes=ingest.max_body_bytes, http=http, ops=ops_router(health))
            listener.listen()  # so that whoever reads the address is not refused
            ownership.announce(address)
            log.info("ingest.listening", extra={"address": address, "feeds": len(feeds)})
            async with asyncio.TaskGroup() as tasks:
                polling = tasks.create_task(_poll(feeds, ingest, intake, store, health), name="feeds")
                await serve(app, listener, drain_s=DRAIN_S)
                polling.cancel()
    log.info("ingest.stopped")


async def _poll(feeds: Sequence[Feed], ingest: IngestSettings, intake: Intake, store: IngestStore, health: Health) -> None:
    """Poll the feeds until cancelled. An error ends the process: somebody who starts it again is better than feeds that stand still."""
    agent = f"musafaha/{version('musafaha')}"
    async with feed_client(user_agent=agent, allow_private=ingest.allow_private_feeds) as client:
        poller = Poller(
            feeds,
            client=client,
            submit=lambda items: intake.submit(items, kind="feed"),
            states=store,
            clock=utc_now,
            random=Random(),  # noqa: S311
            progress=lambda: health.progress("feeds"),
        )
        await poller.run()


def limits_of(ingest: IngestSettings) -> Limits:
    """The limits that the settings give an article."""
    return Limits(max_bytes=ingest.max_article_bytes, max_future=timedelta(seconds=ingest.max_future_s))


@asynccontextmanager
async def opened_store(settings: Settings) -> AsyncIterator[IngestStore]:
    """The store of articles seen; its lock must be held."""
    store = await IngestStore.open(settings.ingest.store, busy_timeout_ms=settings.store.busy_timeout_ms)
    try:
        yield store
    finally:
        await store.close()


async def _store_complaint(store: IngestStore) -> str | None:
    try:
        await store.last_seen(["readiness"])
    except StoreUnavailable as error:
        return str(error)
    return None
