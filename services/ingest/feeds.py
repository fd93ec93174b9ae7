"""Polling feeds: when, what becomes of their entries, and what is remembered. A feed that misbehaves disturbs no other one."""

from __future__ import annotations

import asyncio
import hashlib
import logging
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from random import Random
from time import perf_counter
from typing import Protocol

import httpx

from schemas import ids
from schemas.article import MAX_TITLE_CHARS
from services.ingest import metrics
from services.ingest.feedbody import BadFeed, Entry, read_feed
from services.ingest.feedlist import Feed
from services.ingest.fetch import Fetched, FetchFailed, fetch
from services.ingest.intake import Outcome, Result
from services.ingest.store import FeedState
from services.runtime.clock import Clock
from services.runtime.errors import StoreUnavailable

log = logging.getLogger(__name__)

MAX_BACKOFF = timedelta(days=1)
FULL_EVERY = timedelta(days=1)
"""A feed is asked for without conditions so often: some servers say "unchanged" for ever."""
UNCONFIRMED_RETRY = timedelta(seconds=30)
"""After an answer whose articles Kafka did not confirm; nothing of it is remembered, so it is read again."""
STORE_RETRY_S = 30.0
AT_ONCE = 8
"""Feeds fetched at the same time."""
_JITTER = 0.1
_SPREAD_S = 5.0
"""Seconds over which feeds never polled before are spread at the start."""

Submit = Callable[[Sequence[object]], Awaitable[list[Result]]]


class States(Protocol):
    """The side of the store that is needed here."""

    async def feed_states(self) -> dict[str, FeedState]: ...

    async def save_feed_state(self, state: FeedState) -> None: ...


class Poller:
    """Polls feeds for as long as `run` runs."""

    def __init__(
        self,
        feeds: Sequence[Feed],
        *,
        client: httpx.AsyncClient,
        submit: Submit,
        states: States,
        clock: Clock,
        random: Random,
        progress: Callable[[], None] = lambda: None,
    ) -> None:
        self._feeds = feeds
        self._client = client
        self._submit = submit
        self._states = states
        self._clock = clock
        self._random = random
        self._progress = progress
        self._turn = asyncio.Semaphore(AT_ONCE)

    async def run(self) -> None:
        """Poll each feed whenever it is due, until cancelled. Raises `StoreUnavailable` when the states can't be read at the start."""
        known = await self._states.feed_states()
        async with asyncio.TaskGroup() as tasks:
            for feed in self._feeds:
                tasks.create_task(self._follow(feed, self._first_state(feed, known.get(feed.id))), name=f"feed {feed.id}")

    def _first_state(self, feed: Feed, known: FeedState | None) -> FeedState:
        if known is not None and known.url == feed.url:
            # An interval that was shortened holds at once.
            latest = self._clock() + timedelta(seconds=feed.interval_s * (1 + _JITTER))
            return known if known.failures else replace(known, next_poll_at=min(known.next_poll_at, latest))
        # Never polled, or another address under the id: what was remembered says nothing of it.
        return FeedState(id=feed.id, url=feed.url, next_poll_at=self._clock() + timedelta(seconds=self._random.uniform(0, _SPREAD_S)))

    async def _follow(self, feed: Feed, state: FeedState) -> None:
        while True:
            await asyncio.sleep(max(0.0, (state.next_poll_at - self._clock()).total_seconds()))
            async with self._turn:
                try:
                    state = await self.poll(feed, state)
                except StoreUnavailable as error:
                    log.warning("feed.store_unavailable", extra={"feed": feed.id, "reason": str(error)})
                    state = replace(state, next_poll_at=self._clock() + timedelta(seconds=STORE_RETRY_S))
            self._progress()

    async def poll(self, feed: Feed, state: FeedState) -> FeedState:
        """Fetch a feed once and put its entries on the topic; how it stands then, already saved. Raises `StoreUnavailable`."""
        began = perf_counter()
        try:
            after, outcome = await self._poll(feed, state)
        except (FetchFailed, BadFeed) as error:
            after, outcome = self._failed(feed, state, error), error.outcome
            log.warning("feed.failed", extra={"feed": feed.id, "outcome": outcome, "reason": str(error), "failures": after.failures})
        except StoreUnavailable:
            raise
        except Exception as error:  # whatever a feed does to a parser, the other feeds go on
            after, outcome = self._failed(feed, state, error), "parse"
            log.exception("feed.crashed", extra={"feed": feed.id})
        metrics.FETCHES.labels(outcome).inc()
        metrics.FETCH_SECONDS.observe(perf_counter() - began)
        await self._states.save_feed_state(after)
        return after

    async def _poll(self, feed: Feed, state: FeedState) -> tuple[FeedState, str]:
        now = self._clock()
        full = state.full_at is None or now - state.full_at >= FULL_EVERY
        fetched = await fetch(
            self._client, feed.url, now=now, etag=None if full else state.etag, last_modified=None if full else state.last_modified
        )
        after = replace(state, success_at=now, failures=0, last_error=None, next_poll_at=self._due(feed))
        if fetched.body is None:
            return after, "unchanged"
        body_sha256 = hashlib.sha256(fetched.body).hexdigest()
        after = replace(after, etag=fetched.etag, last_modified=fetched.last_modified, body_sha256=body_sha256)
        if full:
            after = replace(after, full_at=now)
        elif body_sha256 == state.body_sha256:
            return after, "unchanged"
        if await self._hand_over(feed, fetched):
            return after, "ok"
        # Not confirmed: as if it had not been fetched, so that the next poll reads it again.
        return replace(state, next_poll_at=now + UNCONFIRMED_RETRY), "ok"

    async def _hand_over(self, feed: Feed, fetched: Fetched) -> bool:
        """Put the entries on the topic; whether all that are good are confirmed."""
        assert fetched.body is not None
        # In a thread: a large feed must not hold up the requests of this process.
        entries = await asyncio.to_thread(read_feed, fetched.body, content_type=fetched.content_type, url=fetched.url)
        results = await self._submit([draft_of(feed, entry) for entry in entries])
        counts = Counter(result.outcome for result in results)
        reasons = Counter(str(result.reason) for result in results if result.outcome is Outcome.REFUSED)
        facts: dict[str, object] = {str(outcome): count for outcome, count in counts.items()}
        log.info("feed.read", extra={"feed": feed.id, **facts, **({"refused_because": dict(reasons)} if reasons else {})})
        return not counts[Outcome.UNCONFIRMED]

    def _due(self, feed: Feed) -> datetime:
        return self._clock() + timedelta(seconds=feed.interval_s * self._random.uniform(1 - _JITTER, 1 + _JITTER))

    def _failed(self, feed: Feed, state: FeedState, error: Exception) -> FeedState:
        failures = state.failures + 1
        wait = backoff(timedelta(seconds=feed.interval_s), failures) * self._random.uniform(1 - _JITTER, 1 + _JITTER)
        asked_s = error.retry_after_s if isinstance(error, FetchFailed) else None
        if asked_s is not None:
            wait = max(wait, timedelta(seconds=asked_s))
        return replace(state, failures=failures, last_error=str(error)[:500], next_poll_at=self._clock() + wait)


def backoff(interval: timedelta, failures: int) -> timedelta:
    """How long a feed is left alone after `failures` (from 1) in a row: twice as long each time, at most a day."""
    return max(interval, min(interval * float(2 ** min(failures - 1, 12)), MAX_BACKOFF))


def draft_of(feed: Feed, entry: Entry) -> dict[str, object]:
    """The article in an entry, as it would be pushed."""
    title, text = entry.title, entry.text
    if title is not None and len(title) > MAX_TITLE_CHARS:
        title, text = None, f"{title}\n{text}"
    return {
        "id": ids.digest("art", "guid", feed.id, entry.guid) if entry.url is None and entry.guid else None,
        "url": entry.url,
        "title": title,
        "text": text,
        "language": feed.language,
        "published_at": entry.published_at.isoformat() if entry.published_at else None,
        "source": {"id": feed.id, "name": feed.name, "country": feed.country},
    }
