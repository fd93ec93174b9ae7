"""The publisher of notices, with a recording sender in the place of Kafka, on both databases."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from datetime import datetime

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncEngine

from schemas.cloudevents import read_headers
from schemas.codes import NoticeKind
from schemas.ids import notice_id
from schemas.notice import Notice
from services.alert import lease
from services.alert.outbox import BATCH, LEASE, LeaseLost, Outbox, backlog, unpublished
from services.alert.repository import SqlRepository
from services.alert.tables import notices
from services.runtime.errors import BrokerUnavailable, DataError, StoreUnavailable
from services.runtime.records import Message
from services.runtime.store import read_transaction, write_transaction
from tests.unit.alert_store.samples import NOW, a_development, a_notice, a_report, an_article, an_event, later


class RecordingSender:
    """Takes messages; fails when told to. `arrived` is set with every message."""

    def __init__(self) -> None:
        self.messages: list[Message] = []
        self.arrived = asyncio.Event()
        self.before: Callable[[Message], Awaitable[None]] | None = None

    async def send(self, message: Message) -> None:
        if self.before is not None:
            await self.before(message)
        self.messages.append(message)
        self.arrived.set()

    async def wait_for(self, number: int) -> None:
        while len(self.messages) < number:
            await self.arrived.wait()
            self.arrived.clear()

    @property
    def ids(self) -> list[str]:
        return [dict(message.headers)["ce_id"].decode() for message in self.messages]


class SettableClock:
    """A clock that stands until it is moved."""

    def __init__(self, moment: datetime) -> None:
        self.moment = moment

    def __call__(self) -> datetime:
        return self.moment

    def move(self, seconds: float) -> None:
        self.moment = later(seconds, self.moment)


@pytest.fixture
def sender() -> RecordingSender:
    return RecordingSender()


@pytest.fixture
def clock() -> SettableClock:
    return SettableClock(NOW)


@pytest.fixture
def outbox(engine: AsyncEngine, sender: RecordingSender, clock: SettableClock) -> Outbox:
    return Outbox(engine, sender, clock=clock, first_wait_s=0.001)


@pytest.fixture
async def running(outbox: Outbox) -> AsyncIterator[asyncio.Task[None]]:
    task = asyncio.create_task(outbox.run())
    yield task
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


async def _write(engine: AsyncEngine, *articles: str, notices_each: int = 1) -> list[str]:
    """Notices in the outbox, those of one development in a row; their ids."""
    ids = []
    for article in articles:
        event = an_event(article)
        development = a_development(event)
        async with write_transaction(engine) as connection:
            repository = SqlRepository(connection, accepted_at=NOW)
            await repository.save_article(an_article(article))
            await repository.save_developments([development])
            await repository.replace_reports(article, [a_report(event, development)])
            for sequence in range(1, notices_each + 1):
                notice = a_notice(development, sequence=sequence)
                await repository.add_notices([(notice, ())], now=NOW)
                ids.append(notice.data.id)
    return ids


async def _marked(engine: AsyncEngine) -> list[str]:
    async with read_transaction(engine) as connection:
        query = select(notices.c.id).where(notices.c.published_at.is_not(None)).order_by(notices.c.position)
        return list((await connection.execute(query)).scalars())


async def test_a_notice_goes_out_as_a_cloud_event_keyed_by_its_development(
    engine: AsyncEngine, outbox: Outbox, sender: RecordingSender
) -> None:
    """Topic, key, envelope and the very bytes of the row."""
    (id,) = await _write(engine, "a1")
    await outbox.publish_batch()

    (message,) = sender.messages
    development = a_development(an_event("a1"))
    envelope = read_headers(message.headers)
    assert (message.topic, message.key) == ("musafaha.notices.v1", development.id.encode())
    assert envelope is not None
    assert (envelope.id, envelope.source, envelope.type) == (id, "urn:musafaha:alert", "musafaha.notice.agreement.new.v1")
    assert (envelope.subject, envelope.time) == (development.id, NOW)
    assert Notice.model_validate_json(message.value) == a_notice(development)


async def test_notices_go_out_in_the_order_of_the_outbox_and_once(engine: AsyncEngine, outbox: Outbox, sender: RecordingSender) -> None:
    """More than one batch, several developments: nothing is left, nothing twice, each development in order."""
    ids = await _write(engine, *(f"a{number}" for number in range(60)), notices_each=2)
    while await outbox.publish_batch():
        pass

    assert sorted(sender.ids) == sorted(ids)
    assert await _marked(engine) == ids
    assert [[id for id in sender.ids if id in pair] for pair in _pairs(ids)] == _pairs(ids)
    assert set(sender.ids[:BATCH]) == set(ids[:BATCH])


def _pairs(ids: Sequence[str]) -> list[list[str]]:
    return [list(ids[at : at + 2]) for at in range(0, len(ids), 2)]


async def test_a_commit_wakes_the_publisher(
    engine: AsyncEngine, outbox: Outbox, sender: RecordingSender, running: asyncio.Task[None]
) -> None:
    """What is committed while the publisher waits goes out when it is woken."""
    (first,) = await _write(engine, "a1")
    outbox.wake()
    await sender.wait_for(1)
    (second,) = await _write(engine, "a2")
    outbox.wake()
    await sender.wait_for(2)

    assert sender.ids == [first, second]


async def test_what_another_process_wrote_is_found_without_being_woken(engine: AsyncEngine, sender: RecordingSender) -> None:
    """Waking is a hint; looking is what counts."""
    task = asyncio.create_task(Outbox(engine, sender, poll_s=0.01).run())
    ids = await _write(engine, "a1", "a2")
    await sender.wait_for(2)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)

    assert sender.ids == ids


@pytest.mark.parametrize("error", [BrokerUnavailable("away"), StoreUnavailable("away"), DataError("too_large", "refused")])
async def test_a_failure_is_waited_out_and_later_notices_of_the_development_wait_too(
    engine: AsyncEngine, outbox: Outbox, sender: RecordingSender, running: asyncio.Task[None], error: Exception
) -> None:
    """No order is broken and no process ends because Kafka is away or refuses."""
    failures = 3

    async def fail_at_first(message: Message) -> None:
        nonlocal failures
        if failures:
            failures -= 1
            raise error

    sender.before = fail_at_first
    ids = await _write(engine, "a1", notices_each=3)
    outbox.wake()
    await sender.wait_for(3)

    assert sender.ids == ids
    assert failures == 0
    assert not running.done()


async def test_what_was_confirmed_before_a_failure_is_marked_and_not_sent_again(
    engine: AsyncEngine, outbox: Outbox, sender: RecordingSender
) -> None:
    """A broker that goes away in the middle of a batch costs no duplicates."""
    ids = await _write(engine, "a1", notices_each=3)

    async def fail_at_the_second(message: Message) -> None:
        if dict(message.headers)["ce_id"].decode() == ids[1]:
            raise BrokerUnavailable("away")

    sender.before = fail_at_the_second
    with pytest.raises(BrokerUnavailable):
        await outbox.publish_batch()
    assert await _marked(engine) == ids[:1]

    sender.before = None
    await outbox.publish_batch()
    assert sender.ids == ids


async def test_a_process_that_ends_between_sending_and_marking_sends_the_same_id_again(
    engine: AsyncEngine, outbox: Outbox, sender: RecordingSender, clock: SettableClock
) -> None:
    """At least once, under one name: consumers recognise the second copy."""
    (id,) = await _write(engine, "a1")

    class Killed(BaseException):
        """The end of the process, as far as the outbox can tell."""

    async def send_then_die(message: Message) -> None:
        sender.messages.append(message)
        raise Killed

    sender.before = send_then_die
    with pytest.raises(Killed):
        await outbox.publish_batch()
    sender.before = None
    clock.move(60)
    assert await Outbox(engine, sender, clock=clock).publish_batch() == 1

    assert sender.ids == [id, id]
    assert sender.messages[0] == sender.messages[1]


async def test_only_one_process_publishes_until_its_lease_runs_out(
    engine: AsyncEngine, outbox: Outbox, sender: RecordingSender, clock: SettableClock
) -> None:
    """Two workers don't publish side by side; when the first is gone, the second goes on."""
    other = Outbox(engine, sender, clock=clock)
    await outbox.publish_batch()
    ids = await _write(engine, "a1")

    assert await other.publish_batch() == 0
    clock.move(9)
    assert await other.publish_batch() == 0
    clock.move(2)
    assert await other.publish_batch() == 1
    assert sender.ids == ids


async def test_a_lease_is_renewed_while_its_holder_works(
    engine: AsyncEngine, outbox: Outbox, sender: RecordingSender, clock: SettableClock
) -> None:
    """A healthy publisher stays the publisher."""
    other = Outbox(engine, sender, clock=clock)
    for _ in range(5):
        await outbox.publish_batch()
        clock.move(7)
        assert await other.publish_batch() == 0


async def test_a_closed_outbox_hands_over_at_once(
    engine: AsyncEngine, outbox: Outbox, sender: RecordingSender, clock: SettableClock
) -> None:
    """A worker that stops in order lets the next one publish without a wait."""
    await outbox.publish_batch()
    await outbox.close()
    await _write(engine, "a1")

    assert await Outbox(engine, sender, clock=clock).publish_batch() == 1


async def test_a_publisher_that_slept_through_its_lease_marks_nothing(
    engine: AsyncEngine, outbox: Outbox, sender: RecordingSender, clock: SettableClock
) -> None:
    """The fence: what a frozen process did late changes no row that the other now answers for."""
    await _write(engine, "a1")
    other = Outbox(engine, sender, clock=clock)

    async def sleep_while_the_other_takes_over(message: Message) -> None:
        sender.before = None
        clock.move(60)
        async with write_transaction(engine) as connection:
            assert await lease.take(connection, LEASE, owner="other", now=clock(), lease_s=10) == 2

    sender.before = sleep_while_the_other_takes_over
    with pytest.raises(LeaseLost):
        await outbox.publish_batch()

    assert await _marked(engine) == []
    assert await outbox.publish_batch() == 0
    clock.move(60)
    assert await other.publish_batch() == 1


async def test_a_single_worker_frees_the_lease_that_a_killed_one_left(
    engine: AsyncEngine, outbox: Outbox, sender: RecordingSender, clock: SettableClock
) -> None:
    """On SQLite a restart publishes at once instead of waiting for the lease to run out."""
    await outbox.publish_batch()
    await _write(engine, "a1")
    async with write_transaction(engine) as connection:
        await lease.free_all(connection)

    assert await Outbox(engine, sender, clock=clock).publish_batch() == 1
    clock.move(7)
    with pytest.raises(LeaseLost):
        await outbox.publish_batch()


async def test_the_backlog_counts_what_is_not_published_and_since_when(engine: AsyncEngine, outbox: Outbox) -> None:
    """What an operator watches: accepted but untold."""
    await _write(engine, "a1", notices_each=2)
    async with read_transaction(engine) as connection:
        before = await backlog(connection)
        assert [row.id for row in await unpublished(connection, limit=1)] == [
            notice_id(development=a_development(an_event("a1")).id, kind=NoticeKind.AGREEMENT_NEW, sequence=1)
        ]
    await outbox.publish_batch()
    async with read_transaction(engine) as connection:
        after = await backlog(connection)

    assert (before.rows, before.oldest) == (2, NOW)
    assert (after.rows, after.oldest) == (0, None)
