"""The queries of linking, with the same answers from SQLite and PostgreSQL."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from sqlalchemy import insert, select
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from schemas.codes import EventType, NoticeKind
from schemas.development import DevelopmentState
from schemas.ids import delivery_id
from schemas.notice import Notice
from schemas.subscription import Filter
from services.alert import tables
from services.alert.ports import LivingSubscription, Report, Repository, Stored
from services.alert.repository import SqlRepository
from services.runtime.clock import to_micros
from services.runtime.store import write_transaction
from tests.unit.alert_store.samples import NOW, a_development, a_notice, a_report, an_article, an_event, later

ALL = Filter()


@pytest.fixture
async def connection(engine: AsyncEngine) -> AsyncIterator[AsyncConnection]:
    async with write_transaction(engine) as opened:
        yield opened


@pytest.fixture
def repository(connection: AsyncConnection) -> Repository:
    return SqlRepository(connection)


async def _subscribe(connection: AsyncConnection, id: str, *, state: str = "active", filter: Filter = ALL) -> None:
    row = {"id": id, "url": "http://receiver.test/", "kinds": '["visit.new", "agreement.*"]', "filter": filter.model_dump_json()}
    await connection.execute(insert(tables.subscriptions), {**row, "secret": "whsec_x", "state": state, "created_at": 0})


async def _founded(repository: Repository, *articles: str) -> list[Stored]:
    """One development for each article, each with that article's report."""
    made = []
    for article in articles:
        event = an_event(article)
        development = a_development(event)
        await repository.save_article(an_article(article))
        await repository.save_developments([development])
        await repository.replace_reports(article, [a_report(event, development)])
        made.append(development)
    return made


async def test_an_article_comes_back_as_it_was_saved_and_is_replaced_as_a_whole(repository: Repository) -> None:
    """What decides whether a later extraction is newer is kept exactly, to the microsecond."""
    assert await repository.applied_article("a1") is None
    await repository.save_article(an_article(offset=1))
    corrected = replace(an_article(accepted_at=later(0.000_001), published_at=None, offset=2**40), revision="rev_2")
    await repository.save_article(corrected)

    assert await repository.applied_article("a1") == corrected


async def test_developments_come_back_as_they_were_saved(repository: Repository) -> None:
    """All that is known and told of a development is kept, and saving again replaces it."""
    first, second = a_development(an_event("a1")), a_development(an_event("a2"))
    await repository.save_developments([first, second])
    told = replace(first, sequence=3, told_kind=NoticeKind.VISIT_NEW, told_status="planned", told_notices=("n1", "n2"))
    await repository.save_developments([told])
    await repository.save_developments([])

    assert await repository.developments({second.id, first.id, "none"}) == sorted([told, second], key=lambda stored: stored.id)
    assert await repository.developments([]) == []


async def test_candidates_are_of_the_asked_type_and_pair_in_order_of_creation(repository: Repository) -> None:
    """Linking sees every development it could mean, retracted ones too, and no other."""
    young, old = a_development(an_event("a1"), created_at=later(60)), a_development(an_event("a2"), created_at=NOW)
    other_pair = a_development(an_event("a3", parties=("EGY", "ISR")))
    other_type = a_development(an_event("a4"), type=EventType.VISIT)
    retracted = replace(
        a_development(an_event("a5"), created_at=later(90)),
        document=young.document.model_copy(update={"state": DevelopmentState.RETRACTED, "reports": 0}),
    )
    await repository.save_developments([young, old, other_pair, other_type, retracted])

    assert await repository.candidates({(EventType.AGREEMENT, "ISR-MAR")}) == [old, young, retracted]
    both = await repository.candidates({(EventType.AGREEMENT, "EGY-ISR"), (EventType.VISIT, "ISR-MAR")})
    assert sorted(stored.id for stored in both) == sorted([other_pair.id, other_type.id])
    assert await repository.candidates(()) == []
    assert await repository.all_of_type(EventType.VISIT) == [other_type]


async def test_developments_created_at_the_same_moment_are_ordered_by_id(repository: Repository) -> None:
    """A replay meets candidates in the same order whatever the database does."""
    made = [a_development(an_event(f"a{number}")) for number in range(20)]
    await repository.save_developments(made)

    found = await repository.candidates({(EventType.AGREEMENT, "ISR-MAR")})
    assert [stored.id for stored in found] == sorted(stored.id for stored in made)


async def test_reports_of_an_article_are_swapped_and_those_of_others_stay(repository: Repository) -> None:
    """A corrected article takes back what it said before, and only that."""
    mine, theirs = await _founded(repository, "a1", "a2")
    corrected = Report(
        event=an_event("a1", ordinal=1), development=theirs.id, reason={"rule": "key", "score": 0.5, "why": "ذات"}, ambiguous=True
    )
    await repository.replace_reports("a1", [corrected])

    assert await repository.reports_of_article("a1") == [corrected]
    others = [a_report(an_event("a2"), theirs), corrected]
    assert await repository.reports_of([mine.id, theirs.id]) == {mine.id: [], theirs.id: sorted(others, key=lambda report: report.event.id)}
    await repository.replace_reports("a1", [])
    assert await repository.reports_of_article("a1") == []


async def test_only_active_subscriptions_live(repository: Repository, connection: AsyncConnection) -> None:
    """Deleted and disabled subscriptions stay in the store for their logs but get nothing."""
    wanted = Filter(pairs=("ISR-MAR",))
    await _subscribe(connection, "s-B", filter=wanted)
    await _subscribe(connection, "s-a")
    await _subscribe(connection, "gone", state="deleted")
    await _subscribe(connection, "off", state="disabled")

    kinds = ("visit.new", "agreement.*")
    assert await repository.living_subscriptions() == [
        LivingSubscription(id="s-B", kinds=kinds, filter=wanted),
        LivingSubscription(id="s-a", kinds=kinds, filter=Filter()),
    ]


async def test_a_notice_is_appended_with_one_delivery_due_now_for_each_receiver(
    repository: Repository, connection: AsyncConnection
) -> None:
    """The outbox row and the deliveries are of one transaction, under ids that a replay makes again."""
    (development,) = await _founded(repository, "a1")
    await _subscribe(connection, "s1")
    await _subscribe(connection, "s2")
    notice = a_notice(development)
    await repository.add_notices([(notice, {"s2", "s1"})], now=NOW)

    row = (await connection.execute(select(tables.notices))).one()
    assert (row.id, row.development_id, row.kind, row.sequence, row.published_at) == (notice.data.id, development.id, notice.type, 1, None)
    assert (row.created_at, Notice.model_validate_json(row.document)) == (to_micros(NOW), notice)
    deliveries = (await connection.execute(select(tables.deliveries).order_by(tables.deliveries.c.subscription_id))).all()
    assert [(d.id, d.subscription_id, d.state, d.due_at, d.attempts, d.lease_owner, d.fence) for d in deliveries] == [
        (delivery_id(notice=notice.data.id, subscription=id), id, "pending", to_micros(NOW), 0, None, 0) for id in ("s1", "s2")
    ]


async def test_notices_stand_in_the_outbox_in_the_order_they_were_added(repository: Repository, connection: AsyncConnection) -> None:
    """A retraction is published before the notice that replaces what it withdraws."""
    (development,) = await _founded(repository, "a1")
    kinds = (NoticeKind.AGREEMENT_NEW_TYPE, NoticeKind.RETRACTED, NoticeKind.AGREEMENT_NEW)
    notices = [a_notice(development, sequence=sequence, kind=kind) for sequence, kind in enumerate(kinds, start=1)]
    await repository.add_notices([(notice, ()) for notice in notices], now=NOW)

    query = select(tables.notices.c.kind).order_by(tables.notices.c.position)
    assert (await connection.execute(query)).scalars().all() == list(kinds)


async def test_receivers_are_the_living_subscriptions_that_were_told(repository: Repository, connection: AsyncConnection) -> None:
    """A retraction goes to whoever got the notice, unless they unsubscribed."""
    (development,) = await _founded(repository, "a1")
    for id, state in (("told", "active"), ("gone", "deleted"), ("other", "active")):
        await _subscribe(connection, id, state=state)
    first, second = a_notice(development), a_notice(development, sequence=2)
    await repository.add_notices([(first, ["told", "gone"]), (second, ["other"])], now=NOW)

    assert await repository.receivers_of([first.data.id]) == {"told"}
    assert await repository.receivers_of([first.data.id, second.data.id]) == {"told", "other"}
    assert await repository.receivers_of([]) == set()


async def test_we_watch_since_the_day_of_the_oldest_dated_article(repository: Repository) -> None:
    """An article without a date says nothing of since when; one from before 1970 does."""
    await repository.save_article(an_article("a1", published_at=None))
    assert await repository.watching_since() is None
    await repository.save_article(an_article("a2", published_at=NOW))
    await repository.save_article(an_article("a3", published_at=datetime(1948, 5, 14, 23, 59, tzinfo=UTC)))

    assert await repository.watching_since() == date(1948, 5, 14)


async def test_an_event_with_odd_characters_comes_back_unchanged(repository: Repository) -> None:
    """A NUL character or an id of the longest allowed kind breaks neither database."""
    event = an_event("a" * 256).model_copy(update={"id": "e" * 256, "attribution": 'nul \x00, quote " and \u202eturned'})
    development = a_development(event)
    await repository.save_article(an_article("a" * 256))
    await repository.save_developments([development])
    await repository.replace_reports("a" * 256, [a_report(event, development)])

    assert await repository.reports_of_article("a" * 256) == [a_report(event, development)]
