"""The delivery worker against a real store and a real receiver that misbehaves."""

from __future__ import annotations

import asyncio
import contextlib
import sys
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime, timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncEngine
from standardwebhooks import Webhook

from services.alert import claims
from services.alert.deliver import run_deliveries
from services.alert.send import CUT_MARK, KEEP_BYTES
from services.alert.tables import attempts, deliveries, subscriptions
from services.runtime.clock import to_micros, utc_now
from services.runtime.settings import AlertSettings, Settings
from services.runtime.store import open_engine, read_transaction, write_transaction
from tests.logs import logging_to_text
from tests.unit.alert_delivery.receiver import (
    SECRET,
    Behaviour,
    answers,
    document_of,
    never_answers,
    notify,
    raw,
    receiving,
    resets,
    subscribe,
)


def settings_of(**alert: Any) -> Settings:
    values = {"allow_loopback_targets": True, "retry_delays_s": (0.05, 0.05, 0.05), "delivery_timeout_s": 5.0, **alert}
    return Settings(alert=AlertSettings(**values))


@pytest.fixture
def debug_log() -> Iterator[StringIO]:
    """All that the process logs at level DEBUG, set up as a service does it."""
    with logging_to_text() as text:
        yield text


class Working:
    """A running worker, and what it wrote."""

    def __init__(self, engine: AsyncEngine) -> None:
        self.engine = engine
        self.wake = asyncio.Event()
        self._turned = asyncio.Condition()

    async def turned(self) -> None:
        async with self._turned:
            self._turned.notify_all()

    async def delivery(self, id: str) -> Any:
        async with read_transaction(self.engine) as connection:
            return (await connection.execute(select(deliveries).where(deliveries.c.id == id))).one()

    async def attempts(self, id: str) -> list[Any]:
        query = select(attempts).where(attempts.c.delivery_id == id).order_by(attempts.c.number)
        async with read_transaction(self.engine) as connection:
            return list(await connection.execute(query))

    async def attempted(self, id: str) -> list[Any]:
        """Wait for the first attempt to be written."""
        async with asyncio.timeout(20):
            while not (tries := await self.attempts(id)):
                async with self._turned:
                    await self._turned.wait()
        return tries

    async def ended(self, *ids: str, timeout_s: float = 20.0) -> list[str]:
        """Wait until none of these is pending; their states."""
        async with asyncio.timeout(timeout_s):
            while True:
                states = [(await self.delivery(id)).state for id in ids]
                if "pending" not in states:
                    return states
                async with self._turned:
                    await self._turned.wait()


@contextlib.asynccontextmanager
async def working(engine: AsyncEngine, settings: Settings, **options: Any) -> AsyncIterator[Working]:
    """A worker that runs for the time of the block and is then stopped in good order."""
    watched = Working(engine)
    noting: set[asyncio.Task[None]] = set()

    def progress() -> None:
        task = asyncio.create_task(watched.turned())
        noting.add(task)
        task.add_done_callback(noting.discard)

    task = asyncio.create_task(run_deliveries(engine, settings, wake=watched.wake, progress=progress, **options))
    try:
        yield watched
        assert not task.done(), task.exception()
    finally:
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task
        await asyncio.gather(*noting)


async def test_a_notice_arrives_signed_byte_for_byte_under_its_delivery_id(engine: AsyncEngine) -> None:
    """A receiver that knows the secret can prove what we sent and that it is exactly the stored notice."""
    async with receiving() as receiver, working(engine, settings_of()) as worker:
        await subscribe(engine, "s1", receiver.url("/hook?a=%2F"))
        [id] = await notify(engine, "n1", ["s1"])
        worker.wake.set()
        states = await worker.ended(id)
        tries = await worker.attempts(id)

    [got] = receiver.got
    Webhook(SECRET).verify(got.body, got.headers)
    assert (got.path, got.body.decode(), got.headers["webhook-id"]) == ("/hook?a=%2F", document_of("n1"), id)
    assert got.headers["user-agent"].startswith("musafaha/")
    assert got.headers["content-type"] == "application/json"
    assert states == ["delivered"]
    assert [(t.number, t.code, t.error, t.response) for t in tries] == [(1, 200, None, None)]


@pytest.mark.parametrize(
    ("behaviour", "code", "error"),
    [
        pytest.param(answers(500, body=b"no"), 500, None, id="server error"),
        pytest.param(answers(404), 404, None, id="not found"),
        pytest.param(answers(302, headers=["Location: /elsewhere"]), 302, None, id="redirect"),
        pytest.param(answers(307, headers=["Location: /elsewhere"]), 307, None, id="redirect that keeps the method"),
        pytest.param(resets, None, "reset", id="reset before an answer"),
        pytest.param(raw(b"HTTP/1.1 200 OK\r\nContent-Le"), None, "reset", id="ends within the headers"),
        pytest.param(raw(b"\x16\x03\x01 no HTTP at all\r\n\r\n"), None, "protocol", id="no HTTP"),
        # Bytes that belong to no answer, right behind one that ends with its headers, spoil the whole for the HTTP parser.
        pytest.param(raw(b"HTTP/1.1 204 OK\r\n\r\nhello"), None, "protocol", id="204 with a body in one piece"),
        pytest.param(raw(b"HTTP/1.1 200 OK\r\nX: " + b"a" * 100_000 + b"\r\n\r\n"), None, "protocol", id="endless header"),
        pytest.param(never_answers, None, "timeout", id="no answer in time"),
        pytest.param(raw(*[b"HTTP/1.1 100 Continue\r\n\r\n"] * 500, pause_s=0.01), None, "timeout", id="flood of 1xx"),
        pytest.param(raw(*[bytes([b]) for b in b"HTTP/1.1 200 OK\r\n\r\n"], pause_s=0.2), None, "timeout", id="headers that drip"),
    ],
)
async def test_what_is_no_2xx_is_a_failed_attempt_and_is_tried_again(
    engine: AsyncEngine, behaviour: Behaviour, code: int | None, error: str | None
) -> None:
    """Every kind of bad receiver costs one recorded attempt, after which the schedule decides; a redirect leads nowhere."""
    settings = settings_of(retry_delays_s=(0.02,), delivery_timeout_s=1.0)
    async with receiving(default=behaviour) as receiver, working(engine, settings) as worker:
        await subscribe(engine, "s1", receiver.url("/hook"))
        [id] = await notify(engine, "n1", ["s1"])
        worker.wake.set()
        states = await worker.ended(id)
        tries = await worker.attempts(id)

    assert states == ["failed"]
    assert [(t.number, t.code, t.error) for t in tries] == [(1, code, error), (2, code, error)]
    assert receiver.ids("/hook") == [id, id]
    assert receiver.ids("/elsewhere") == []


@pytest.mark.parametrize(
    ("behaviour", "response"),
    [
        pytest.param(answers(204), None, id="no content"),
        pytest.param(raw(b"HTTP/1.1 204 OK\r\n\r\n", b"hello", pause_s=0.01), None, id="204 with a body"),
        pytest.param(answers(200, body=b"\xff\xfe ok"), "\ufffd\ufffd ok", id="body that is no UTF-8"),
        pytest.param(answers(200, body=b"a\0b"), "a\ufffdb", id="body with NUL"),
        pytest.param(answers(200, headers=["X-Odd: \xff\xfe", "Retry-After: \xff"]), None, id="headers that are no UTF-8"),
        pytest.param(answers(202, body=b"x" * 9_000), "x" * KEEP_BYTES + CUT_MARK, id="long body"),
        pytest.param(answers(200, body=b"x" * 1_000_000), "x" * KEEP_BYTES + CUT_MARK, id="very long body"),
        pytest.param(raw(b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\nhalf"), "half" + CUT_MARK, id="reset within the body"),
        pytest.param(
            raw(b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n", *[b"z"] * 3, pause_s=0.01, hang_up=False),
            "zzz" + CUT_MARK,
            id="body that never ends",
        ),
        pytest.param(
            answers(200, headers=["Content-Encoding: gzip"], body=b"no gzip at all"), "no gzip at all", id="compression is not undone"
        ),
    ],
)
async def test_a_2xx_is_a_success_whatever_its_body_does(engine: AsyncEngine, behaviour: Behaviour, response: str | None) -> None:
    """The receiver has said yes with the status; a body can neither hold a slot nor flood the log nor make us send twice."""
    async with receiving(default=behaviour) as receiver, working(engine, settings_of(delivery_timeout_s=3.0)) as worker:
        await subscribe(engine, "s1", receiver.url())
        [id] = await notify(engine, "n1", ["s1"])
        worker.wake.set()
        states = await worker.ended(id)
        [only] = await worker.attempts(id)

    assert states == ["delivered"]
    assert only.response == response
    assert len(receiver.got) == 1


async def test_a_refused_connection_is_tried_again_until_the_receiver_is_there(engine: AsyncEngine) -> None:
    """A receiver that is down for a while loses nothing."""
    async with receiving() as receiver:
        url = receiver.url()
    async with working(engine, settings_of(retry_delays_s=(0.05,) * 200)) as worker:
        await subscribe(engine, "s1", url)
        [id] = await notify(engine, "n1", ["s1"])
        worker.wake.set()
        tries = await worker.attempted(id)
        async with receiving() as back:
            async with write_transaction(engine) as connection:
                await connection.execute(update(subscriptions).values(url=back.url()))
            states = await worker.ended(id)

    assert (tries[0].code, tries[0].error) == (None, "refused")
    assert states == ["delivered"]
    assert back.ids() == [id]


async def test_410_disables_the_subscription_and_cancels_what_is_pending(engine: AsyncEngine) -> None:
    """A receiver that is gone for good is left alone."""
    async with receiving(default=answers(410)) as receiver, working(engine, settings_of(per_endpoint=1)) as worker:
        await subscribe(engine, "s1", receiver.url())
        first = await notify(engine, "n1", ["s1"], at=1)
        second = await notify(engine, "n2", ["s1"], at=to_micros(utc_now() + timedelta(hours=1)))
        worker.wake.set()
        states = await worker.ended(*first, *second)
        async with read_transaction(engine) as connection:
            state = (await connection.execute(select(subscriptions.c.state))).scalar_one()

    assert states == ["failed", "cancelled"]
    assert state == "disabled"
    assert receiver.ids() == first


async def test_retry_after_keeps_the_whole_endpoint_quiet(engine: AsyncEngine) -> None:
    """Who asks for quiet gets it for all notices, and nobody else is affected."""
    now = utc_now()
    busy = answers(429, headers=["Retry-After: 3600"])
    async with receiving(by_path={"/busy": busy}) as receiver, working(engine, settings_of()) as worker:
        await subscribe(engine, "busy", receiver.url("/busy"))
        await subscribe(engine, "free", receiver.url("/free"))
        [first] = await notify(engine, "n1", ["busy"])
        worker.wake.set()
        await worker.attempted(first)
        held, through = await notify(engine, "n2", ["busy", "free"])
        worker.wake.set()
        await worker.ended(through)
        row = await worker.delivery(first)
        untried = await worker.attempts(held)

    assert receiver.ids("/busy") == [first]
    assert untried == []
    assert timedelta(seconds=3_600) <= datetime.fromtimestamp(row.due_at / 1e6, UTC) - now < timedelta(seconds=3_660)


async def test_dead_and_slow_endpoints_do_not_hold_up_the_good_ones(engine: AsyncEngine) -> None:
    """Good receivers have all their notices while the bad ones still hang."""
    gate = asyncio.Event()

    async def slow(got: Any, writer: asyncio.StreamWriter) -> None:
        await gate.wait()
        await answers(500)(got, writer)

    async with receiving() as dead:
        dead_url = dead.url()
    settings = settings_of(concurrency=16, per_endpoint=2, delivery_timeout_s=30.0, lease_s=90.0, retry_delays_s=(3_600,))
    async with receiving(by_path={"/slow": slow}) as receiver:
        names = [f"good{n}" for n in range(8)]
        await subscribe(engine, "a-dead", dead_url)
        await subscribe(engine, "a-slow", receiver.url("/slow"))
        for name in names:
            await subscribe(engine, name, receiver.url(f"/{name}"))
        bad, good = [], []
        for n in range(20):
            _, stuck, *ids = await notify(engine, f"n{n}", ["a-dead", "a-slow", *names])
            bad.append(stuck)
            good += ids
        async with working(engine, settings) as worker:
            states = await worker.ended(*good)
            slow_states = [(await worker.delivery(id)).state for id in bad]
            held = len(receiver.ids("/slow"))
            gate.set()

    assert set(states) == {"delivered"}
    assert sorted(id for name in names for id in receiver.ids(f"/{name}")) == sorted(good)
    assert set(slow_states) == {"pending"}
    assert 1 <= held <= 2


async def test_subscriptions_take_turns_and_slow_ones_come_last_one_at_a_time(engine: AsyncEngine) -> None:
    """Who has one notice does not wait behind who has a thousand, nor behind who lets us wait."""
    for name in ("many", "one", "slow"):
        await subscribe(engine, name)
    for n in range(5):
        await notify(engine, f"n{n}", ["slow", "many"], at=n)
    await notify(engine, "n9", ["one"], at=9)
    options: dict[str, Any] = {"owner": "me", "now": utc_now(), "lease_s": 90, "per_endpoint": 3, "slow": ["slow", "nobody"]}
    async with write_transaction(engine) as connection:
        first = await claims.claim(connection, limit=3, **options)
        second = await claims.claim(connection, limit=9, **options)
        third = await claims.claim(connection, limit=9, **options)

    assert [claim.subscription_id for claim in first] == ["many", "one", "many"]
    assert [claim.subscription_id for claim in second] == ["many", "slow"]
    assert third == []


async def test_a_worker_that_is_stopped_lets_tries_end_and_gives_the_rest_back(engine: AsyncEngine) -> None:
    """A restart costs no lease: whoever comes next can send at once."""
    gate = asyncio.Event()

    async def waits(got: Any, writer: asyncio.StreamWriter) -> None:
        await gate.wait()
        await answers(200)(got, writer)

    async with receiving(default=waits) as receiver:
        await subscribe(engine, "s1", receiver.url())
        [id] = await notify(engine, "n1", ["s1"])
        worker = asyncio.create_task(run_deliveries(engine, settings_of(), wake=asyncio.Event()))
        await receiver.until_count(1)
        worker.cancel()
        await asyncio.sleep(0)
        gate.set()
        with pytest.raises(asyncio.CancelledError):
            await worker
        row = await Working(engine).delivery(id)

    assert (row.state, row.lease_owner, row.attempts) == ("delivered", None, 1)


async def test_an_address_that_is_forbidden_is_never_connected_to(engine: AsyncEngine) -> None:
    """With the development switch off, a row that points to this machine causes no connection."""
    async with receiving() as receiver, working(engine, settings_of(allow_loopback_targets=False)) as worker:
        await subscribe(engine, "s1", receiver.url())
        [id] = await notify(engine, "n1", ["s1"])
        worker.wake.set()
        states = await worker.ended(id)
        [only] = await worker.attempts(id)

    assert states == ["failed"]
    assert (only.code, only.error) == (None, "target_not_allowed")
    assert receiver.connections == 0


async def test_a_claim_that_is_never_completed_is_taken_again_and_the_late_finisher_changes_nothing(engine: AsyncEngine) -> None:
    """One lease, one owner: after it has run out another worker has the say, and what the first one writes is refused."""
    await subscribe(engine, "s1")
    [id] = await notify(engine, "n1", ["s1"])
    start = datetime(2026, 1, 1, tzinfo=UTC)
    options: dict[str, Any] = {"lease_s": 90, "limit": 10, "per_endpoint": 5}
    async with write_transaction(engine) as connection:
        [first] = await claims.claim(connection, owner="one", now=start, **options)
    async with write_transaction(engine) as connection:
        during = await claims.claim(connection, owner="two", now=start + timedelta(seconds=89), **options)
    async with write_transaction(engine) as connection:
        [second] = await claims.claim(connection, owner="two", now=start + timedelta(seconds=91), **options)
    result: dict[str, Any] = {"at": start, "duration_ms": 1, "code": 200, "state": claims.DeliveryState.DELIVERED}
    async with write_transaction(engine) as connection:
        late = await claims.complete(connection, [claims.Outcome(claim=first, **result)], owner="one")
        on_time = await claims.complete(connection, [claims.Outcome(claim=second, **result)], owner="two")
        again = await claims.complete(connection, [claims.Outcome(claim=second, **result)], owner="two")
        rows = list(await connection.execute(select(attempts)))

    assert during == []
    assert (late, [o.claim.delivery_id for o in on_time], again) == ([], [id], [])
    assert len(rows) == 1


@pytest.mark.parametrize("kills", [2])
async def test_a_worker_killed_between_post_and_record_sends_again_under_the_same_id(
    engine: AsyncEngine, store_url: str, kills: int
) -> None:
    """Nothing is lost by a kill -9, and the receiver can tell the repeat by its `webhook-id`."""
    patient = asyncio.Event()

    async def answers_late(got: Any, writer: asyncio.StreamWriter) -> None:
        if len(receiver.got) <= kills:
            await patient.wait()
        await answers(200)(got, writer)

    async with receiving(default=answers_late) as receiver:
        await subscribe(engine, "s1", receiver.url())
        [id] = await notify(engine, "n1", ["s1"])
        for killed in range(1, kills + 1):
            async with process(store_url) as worker:
                await receiver.until_count(killed)
                worker.kill()
        async with process(store_url):
            await receiver.until_count(kills + 1)
            async with asyncio.timeout(20):
                while (row := await Working(engine).delivery(id)).state == "pending":
                    await asyncio.sleep(0.05)
        tries = await Working(engine).attempts(id)

    assert (row.state, row.attempts) == ("delivered", 1)
    assert receiver.ids() == [id] * (kills + 1)
    assert len({got.body for got in receiver.got}) == 1
    assert [(t.number, t.code) for t in tries] == [(1, 200)]


@contextlib.asynccontextmanager
async def process(store_url: str) -> AsyncIterator[asyncio.subprocess.Process]:
    """A worker in a process of its own, gone at the end of the block."""
    script = Path(__file__).with_name("deliver_process.py")
    started = await asyncio.create_subprocess_exec(sys.executable, str(script), store_url, cwd=script.parents[2])
    try:
        yield started
    finally:
        if started.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                started.kill()
        await started.wait()


@pytest.mark.parametrize("dialect", ["postgresql"])
async def test_two_workers_share_the_work_and_send_nothing_twice(engine: AsyncEngine) -> None:
    """More workers mean more hands, not more copies."""
    async with receiving() as receiver:
        names = [f"s{n}" for n in range(10)]
        for name in names:
            await subscribe(engine, name, receiver.url(f"/{name}"))
        ids = [id for n in range(30) for id in await notify(engine, f"n{n}", names)]
        async with working(engine, settings_of(concurrency=8)) as one, working(engine, settings_of(concurrency=8)) as two:
            states = await one.ended(*ids)
            await two.ended(*ids)

    assert set(states) == {"delivered"}
    assert sorted(receiver.ids()) == sorted(ids)


async def test_neither_secret_nor_signature_is_logged(engine: AsyncEngine, debug_log: StringIO) -> None:
    """Whoever reads our logs, at the chattiest level, can't sign in our name, whatever went wrong."""
    broken = "whsec_thatIsNoBase6"  # a letter too many
    async with receiving(default=answers(500)) as receiver, working(engine, settings_of(retry_delays_s=())) as worker:
        await subscribe(engine, "s1", receiver.url())
        await subscribe(engine, "s2", receiver.url(), secret=broken)
        ids = await notify(engine, "n1", ["s1", "s2"])
        worker.wake.set()
        states = await worker.ended(*ids)
        [broken_try] = await worker.attempts(ids[1])
    async with write_transaction(engine) as connection:
        await connection.execute(update(deliveries).values(state="pending", due_at=0))
        taken = await claims.claim(connection, owner="me", now=utc_now(), lease_s=9, limit=9, per_endpoint=9)

    logged = debug_log.getvalue()
    hidden = [SECRET, broken, receiver.got[0].headers["webhook-signature"], document_of("n1")]
    assert states == ["failed", "failed"]
    assert broken_try.error == "internal"
    assert "delivery.broken" in logged
    assert [text for text in hidden if text in logged] == []
    assert [text for text in hidden if text in repr(taken)] == []


async def test_an_unavailable_store_is_waited_for_and_what_was_sent_is_not_forgotten(
    store_url: str, engine: AsyncEngine, debug_log: StringIO
) -> None:
    """While the store is away a finished try waits to be written; the receiver gets no second copy."""
    gate = asyncio.Event()

    async def waits(got: Any, writer: asyncio.StreamWriter) -> None:
        await gate.wait()
        await answers(200)(got, writer)

    busy = open_engine(store_url, busy_timeout_ms=50)
    try:
        async with receiving(default=waits) as receiver, working(busy, settings_of()) as worker:
            await subscribe(engine, "s1", receiver.url())
            [id] = await notify(engine, "n1", ["s1"])
            await receiver.until_count(1)
            async with write_transaction(engine):
                gate.set()
                await asyncio.sleep(1.0)  # longer than the worker asks for the lock
            states = await worker.ended(id)
    finally:
        await busy.dispose()

    assert "deliveries.store_unavailable" in debug_log.getvalue()
    assert states == ["delivered"]
    assert receiver.ids() == [id]
