"""The alert worker as a process on a real Kafka: what it writes, what it repeats, what it survives. On both databases."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
from sqlalchemy import select

from schemas.article import ArticleRef, Source
from schemas.codes import Basis, Discourse, Domain, PersonRole, Precision, Rank, Stage, Status
from schemas.event import AgreementEvent, EventDate, Extractor, NormalizationEvent, Person, Place, VisitEvent
from schemas.extraction import Extraction
from schemas.ids import delivery_id, event_id
from services.alert import tables
from services.alert.apply import apply_extraction
from services.alert.repository import SqlRepository
from services.alert.schema import migrate
from services.runtime.store import open_engine, read_transaction, write_transaction
from tests.fixtures.alerts import AlertLine
from tests.fixtures.stores import BUSY_TIMEOUT_MS

NOW = datetime(2024, 5, 2, 9, 0, tzinfo=UTC)
PARTIES = ("ISR", "MAR")
SIGNED = EventDate(start=NOW.date(), end=NOW.date(), precision=Precision.DAY, basis=Basis.EXPLICIT)


def an_extraction(article: str = "a1", *, accepted_at: datetime = NOW, events: int = 2) -> Extraction:
    """An article of an invented outlet that tells of a signing and of the visit for it (or, with fewer events, less)."""
    ref = ArticleRef(id=article, title="Water", language="ar", published_at=NOW, source=Source(id="sahil", name="Sahil Daily"))
    extractor = Extractor(version="0.1.0", lexicon="abc")
    told: tuple[NormalizationEvent, ...] = (
        AgreementEvent(
            id=event_id(article=article, type="agreement", parties=PARTIES, ordinal=0),
            parties=PARTIES,
            stage=Stage.SIGNED,
            domains=(Domain.WATER,),
            date=SIGNED,
            discourse=Discourse.LEAD,
            confidence=0.9,
            article=ref,
            extractor=extractor,
        ),
        VisitEvent(
            id=event_id(article=article, type="visit", parties=PARTIES, ordinal=0),
            parties=PARTIES,
            status=Status.ONGOING,
            from_="ISR",
            to="MAR",
            visitors=(
                Person(name="Noa Levi", country="ISR", office="minister of water", rank=Rank.MINISTER_OTHER, role=PersonRole.VISITOR),
            ),
            date=SIGNED,
            place=Place(country="MAR", city="Rabat"),
            discourse=Discourse.LEAD,
            confidence=0.9,
            article=ref,
            extractor=extractor,
        ),
    )
    return Extraction(article=ref, revision=f"rev_{events}", accepted_at=accepted_at, extractor=extractor, events=told[:events])


async def _expected_notices(folder: Path, *extractions: Extraction) -> list[tuple[str, str]]:
    """(id, kind) of the notices that these extractions give when nothing is killed."""
    url = f"sqlite:///{folder / 'undisturbed.db'}"
    await migrate(url, busy_timeout_ms=BUSY_TIMEOUT_MS)
    engine = open_engine(url, busy_timeout_ms=BUSY_TIMEOUT_MS)
    told = []
    for offset, extraction in enumerate(extractions):
        async with write_transaction(engine) as connection:
            outcome = await apply_extraction(SqlRepository(connection), extraction, partition=0, offset=offset, now=NOW)
        told += [(notice.data.id, str(notice.type)) for notice in outcome.notices]
    await engine.dispose()
    return told


def _as_messages(rows: list[tuple[str, str]]) -> list[tuple[str, str]]:
    return [(id, f"musafaha.notice.{kind}.v1") for id, kind in rows]


async def test_an_extraction_becomes_notices_on_the_topic_and_deliveries(alert_line: AlertLine, tmp_path: Path) -> None:
    """The worker's job from end to end, and that it stops in order; repeated or older extractions are without effect."""
    expected = await _expected_notices(tmp_path, an_extraction())
    assert sorted(kind for _, kind in expected) == ["agreement.new_type", "visit.new"]
    await alert_line.subscribe("s1")
    worker = alert_line.worker()
    older = an_extraction(accepted_at=NOW - timedelta(seconds=1), events=0)
    await alert_line.feed(an_extraction(), an_extraction(), older, an_extraction("a2", events=1))
    await alert_line.applied("a2", NOW)
    await alert_line.marked(2)

    assert await alert_line.rows() == expected
    assert await alert_line.published() == _as_messages(expected)
    assert set(await alert_line.deliveries()) == {(delivery_id(notice=id, subscription="s1"), id, "s1") for id, _ in expected}
    await worker.ready()
    metrics = (await worker.get("/metrics")).text
    assert 'musafaha_notices_total{kind="visit.new"} 1.0' in metrics
    assert "musafaha_stale_extractions_total 2.0" in metrics
    assert 'musafaha_notice_age_seconds_count{stage="published"} 2.0' in metrics
    assert await worker.stop() == 0
    assert "Traceback" not in worker.text()


async def test_what_nobody_can_read_goes_to_the_dead_letters_and_the_rest_goes_on(alert_line: AlertLine) -> None:
    """Broken JSON, a missing field, an event of another article: each is named; the next extraction is applied."""
    alert_line.worker()
    stray = an_extraction("a1").model_copy(update={"article": an_extraction("a9").article})
    await alert_line.feed_raw(b"{ no JSON")
    await alert_line.feed_raw(b'{"article": {"id": "a1"}}')
    await alert_line.feed(stray, an_extraction("a2"))
    await alert_line.applied("a2", NOW)

    dead = await alert_line.dead_letters(3)
    told = [headers["dlq_error"].decode() for headers in dead]
    assert [headers["dlq_reason"] for headers in dead] == [b"schema"] * 3
    assert "Invalid JSON" in told[0]
    assert "revision: Field required" in told[1]
    assert "is of article a1, the extraction of a9" in told[2]


async def test_a_worker_killed_between_commit_and_acknowledgement_tells_nobody_twice(alert_line: AlertLine, tmp_path: Path) -> None:
    """The extraction comes again and is without effect; its notices are published once, under the same ids."""
    expected = await _expected_notices(tmp_path, an_extraction())
    await alert_line.subscribe("s1")
    first = alert_line.worker(dies_when="committed")
    await alert_line.feed(an_extraction())
    assert await first.ended() == -9
    assert await alert_line.rows() == expected
    before = await alert_line.deliveries()

    second = alert_line.worker()
    await second.logged("extraction.stale")
    await alert_line.marked(2)

    assert await alert_line.rows() == expected
    assert await alert_line.published() == _as_messages(expected)
    assert await alert_line.deliveries() == before


async def test_a_worker_killed_between_outbox_and_publishing_publishes_after_its_restart(alert_line: AlertLine, tmp_path: Path) -> None:
    """What is committed will be told."""
    expected = await _expected_notices(tmp_path, an_extraction())
    first = alert_line.worker(dies_when="unpublished")
    await alert_line.feed(an_extraction())
    assert await first.ended() == -9
    assert await alert_line.published() == []

    alert_line.worker()
    await alert_line.marked(2)

    assert await alert_line.rows() == expected
    assert await alert_line.published() == _as_messages(expected)


async def test_a_worker_killed_after_sending_and_before_marking_sends_the_same_ids_again(alert_line: AlertLine, tmp_path: Path) -> None:
    """A duplicate on the topic has the id of the first, so that consumers recognise it; the rows stay as they are."""
    expected = await _expected_notices(tmp_path, an_extraction())
    first = alert_line.worker(dies_when="unmarked")
    await alert_line.feed(an_extraction())
    assert await first.ended() == -9

    alert_line.worker()
    await alert_line.marked(2)

    assert await alert_line.rows() == expected
    assert await alert_line.published() == _as_messages(expected) * 2


async def test_a_store_that_nobody_migrated_is_refused_at_the_start(alert_line: AlertLine, tmp_path: Path) -> None:
    """The process ends with the code of a wrong setting and says what to do."""
    worker = alert_line.worker(STORE__URL=f"sqlite:///{tmp_path / 'new.db'}")

    assert await worker.ended() == 2
    assert "musafaha db migrate" in worker.lines("worker.not_started")[0]["error"]


async def test_deliveries_are_tried_as_soon_as_they_are_committed(alert_line: AlertLine) -> None:
    """A commit wakes the sender of webhooks in the same process."""
    await alert_line.subscribe("s1")
    worker = alert_line.worker()
    await alert_line.feed(an_extraction())
    await worker.logged("delivery.attempt")

    async with read_transaction(alert_line.engine) as connection:
        states = (await connection.execute(select(tables.deliveries.c.state))).scalars().all()
    assert set(states) == {"pending"}
    assert isinstance(await worker.get("/readyz"), httpx.Response)


async def test_a_store_that_stays_locked_ends_the_worker_and_gives_no_message_up(alert_line: AlertLine, tmp_path: Path) -> None:
    """A database that is away is no fault of the message: it is not acknowledged, not dead-lettered, and applied afterwards."""
    expected = await _expected_notices(tmp_path, an_extraction())
    first = alert_line.worker(STORE__BUSY_TIMEOUT_MS="20")
    await first.logged("store.opened")
    async with write_transaction(alert_line.engine):
        await alert_line.feed(an_extraction())
        assert await first.ended() == 1
    assert "is not available" in first.lines("worker.failed")[0]["error"]

    alert_line.worker()
    await alert_line.marked(2)

    assert await alert_line.rows() == expected
    assert await alert_line.dead_letters(0) == []
