"""The worker that sends webhooks: takes due deliveries from the store, tries them side by side, and writes what came of it.

Nothing is sent before its claim is committed, and a claim that is never completed is taken again: a receiver gets every notice
at least once, always under the same `webhook-id`.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import random
import time
import uuid
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Final

from sqlalchemy.ext.asyncio import AsyncEngine

from services.alert import claims
from services.alert.claims import Claim, Outcome
from services.alert.guard import Guard
from services.alert.outcome import outcome_of, tell
from services.alert.send import Answer, HttpSender, Post, Sender
from services.alert.sign import signed_headers
from services.runtime import metrics
from services.runtime.clock import Clock, utc_now
from services.runtime.errors import StoreUnavailable
from services.runtime.settings import AlertSettings, Settings
from services.runtime.store import write_transaction

log = logging.getLogger(__name__)

POLL_S: Final = 1.0
"""The store is asked at least so often: a wake-up is a hint, the rows are the truth."""
STORE_PAUSE_S: Final = 1.0
"""Seconds before a store that was away is asked again."""
DRAIN_S: Final = 5.0
"""Seconds that tries in flight get to end when the worker is stopped."""

Chance = Callable[[], float]
"""A number from 0 up to 1."""


async def run_deliveries(
    engine: AsyncEngine,
    settings: Settings,
    *,
    wake: asyncio.Event,
    clock: Clock = utc_now,
    sender: Sender | None = None,
    chance: Chance = random.random,
    progress: Callable[[], None] | None = None,
) -> None:
    """Send webhooks until cancelled; then let tries in flight end for `DRAIN_S` and give the other claims back.

    `wake` belongs to this worker, which clears it; whoever commits deliveries sets it. `progress` is called after every turn.
    An unavailable store is waited for. With SQLite there must be no second worker, since all leases are freed at the start.
    """
    own = None
    if sender is None:
        sender = own = HttpSender(Guard(settings.alert.allow_loopback_targets), timeout_s=settings.alert.delivery_timeout_s)
    worker = _Worker(engine, settings.alert, wake=wake, clock=clock, sender=sender, chance=chance, progress=progress)
    running = asyncio.create_task(worker.run(), name="deliveries")
    try:
        await asyncio.shield(running)
    except asyncio.CancelledError:
        worker.stop()
        await running
        raise
    finally:
        if own is not None:
            await own.close()


class _Worker:
    """One turn after another: write what has ended and claim what is due, in one transaction; start it; wait."""

    def __init__(
        self,
        engine: AsyncEngine,
        settings: AlertSettings,
        *,
        wake: asyncio.Event,
        clock: Clock,
        sender: Sender,
        chance: Chance,
        progress: Callable[[], None] | None,
    ) -> None:
        self._engine = engine
        self._settings = settings
        self._wake = wake
        self._clock = clock
        self._sender = sender
        self._chance = chance
        self._progress = progress
        self._owner = uuid.uuid4().hex
        self._tasks: set[asyncio.Task[None]] = set()
        self._held: dict[tuple[str, int], Claim] = {}  # by delivery and fence; until what came of it is committed
        self._ended: list[Outcome] = []
        self._slow: set[str] = set()  # subscriptions whose last try ran out of time
        self._stopping = False

    def stop(self) -> None:
        """Claim nothing more, and end."""
        self._stopping = True
        self._wake.set()

    async def run(self) -> None:
        """Work until stopped."""
        try:
            started = self._engine.dialect.name != "sqlite"
            while not self._stopping:
                self._wake.clear()
                try:
                    if not started:
                        await self._free_all()
                        started = True
                    next_due = await self._turn()
                except StoreUnavailable as error:
                    log.warning("deliveries.store_unavailable", extra={"reason": str(error)})
                    await self._wait(STORE_PAUSE_S)
                    continue
                if self._progress is not None:
                    self._progress()
                await self._wait_for_work(next_due)
            await self._drain()
        finally:
            await self._cancel_tasks()

    async def _free_all(self) -> None:
        async with write_transaction(self._engine) as connection:
            await claims.free_all(connection)

    async def _turn(self) -> datetime | None:
        """Returns when the next delivery becomes due."""
        slots = self._settings.concurrency - len(self._tasks)
        ended = list(self._ended)
        async with write_transaction(self._engine) as connection:
            now = self._clock()
            written = await claims.complete(connection, ended, owner=self._owner) if ended else []
            taken = (
                await claims.claim(
                    connection,
                    owner=self._owner,
                    now=now,
                    lease_s=self._settings.lease_s,
                    limit=slots,
                    per_endpoint=self._settings.per_endpoint,
                    slow=self._slow,
                )
                if slots
                else []
            )
            queue = await claims.queue(connection, now=now)
        self._forget(ended)
        tell(written)
        metrics.OLDEST_DUE.set(0 if queue.oldest_due is None else queue.oldest_due.timestamp())
        for claim in taken:
            self._start(claim)
        return queue.next_due

    def _forget(self, ended: Sequence[Outcome]) -> None:
        """Only after the commit: what was not written is written with the next turn."""
        del self._ended[: len(ended)]
        for outcome in ended:
            self._held.pop(_key(outcome.claim), None)

    def _start(self, claim: Claim) -> None:
        self._held[_key(claim)] = claim
        task = asyncio.create_task(self._attempt(claim), name=f"attempt {claim.delivery_id}")
        self._tasks.add(task)
        task.add_done_callback(self._ended_task)
        metrics.DELIVERIES_IN_FLIGHT.set(len(self._tasks))

    def _ended_task(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        metrics.DELIVERIES_IN_FLIGHT.set(len(self._tasks))
        self._wake.set()

    async def _attempt(self, claim: Claim) -> None:
        at, started = self._clock(), time.monotonic()
        answer = await self._answer(claim, at)
        duration_s = time.monotonic() - started
        metrics.ATTEMPT_SECONDS.observe(duration_s)
        outcome = outcome_of(
            claim,
            answer,
            at=at,
            ended=self._clock(),
            duration_ms=round(duration_s * 1_000),
            delays_s=self._settings.retry_delays_s,
            chance_0_1=self._chance(),
        )
        self._ended.append(outcome)
        (self._slow.add if answer.error == "timeout" else self._slow.discard)(claim.subscription_id)

    async def _answer(self, claim: Claim, at: datetime) -> Answer:
        try:
            headers = signed_headers(claim.secret, delivery_id=claim.delivery_id, at=at, body=claim.document)
            return await self._sender.send(Post(url=claim.url, headers=headers, body=claim.document.encode()))
        except Exception:
            # A delivery that we can't even send must not end the worker, and with it everybody else's.
            log.exception("delivery.broken", extra={"delivery": claim.delivery_id, "subscription": claim.subscription_id})
            return Answer(error="internal")

    async def _wait_for_work(self, next_due: datetime | None) -> None:
        until_due_s = POLL_S if next_due is None else (next_due - self._clock()).total_seconds()
        await self._wait(min(max(until_due_s, 0.0), POLL_S))

    async def _wait(self, seconds: float) -> None:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._wake.wait()

    async def _drain(self) -> None:
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=DRAIN_S)
        await self._cancel_tasks()
        ended = list(self._ended)
        untried = self._held.keys() - {_key(outcome.claim) for outcome in ended}
        if not self._held:
            return
        try:
            async with write_transaction(self._engine) as connection:
                written = await claims.complete(connection, ended, owner=self._owner)
                await claims.release(connection, [self._held[key] for key in untried], owner=self._owner)
        except StoreUnavailable as error:
            log.warning("deliveries.store_unavailable", extra={"reason": str(error)})
            return
        self._forget(ended)
        tell(written)

    async def _cancel_tasks(self) -> None:
        tasks = list(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


def _key(claim: Claim) -> tuple[str, int]:
    return claim.delivery_id, claim.fence
