"""What the extract worker makes of one record: its events, then the extraction that lists them; nothing is lost on the way."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from schemas import topics
from schemas.article import Article
from schemas.cloudevents import read_headers
from schemas.event import EVENT, MAX_EVENTS
from schemas.extraction import Extraction
from schemas.ids import event_id, message_id, revision_of
from services.extract.app import make_handler
from services.extract.core import Extractor, load_extractor
from services.runtime.errors import DataError
from services.runtime.records import Message, Record

TEXT = "وقعت إسرائيل والبحرين اليوم الأربعاء مذكرة تفاهم في مجال الزراعة، خلال زيارة وزير الزراعة الإسرائيلي إلى المنامة."
STAMP_MS = 1_715_774_400_123


@pytest.fixture(scope="module")
def extractor() -> Extractor:
    """The extractor over the data of the repository."""
    return load_extractor()


def _record(value: bytes | None) -> Record:
    return Record(topic=topics.ARTICLES.name, partition=3, offset=7, timestamp_ms=STAMP_MS, key=b"a1", value=value)


def _article(**fields: Any) -> bytes:
    return json.dumps({"id": "a1", "text": TEXT, "published_at": "2024-05-15T12:00:00+00:00", **fields}).encode()


def _extraction(messages: list[Message]) -> Extraction:
    return Extraction.model_validate_json(messages[-1].value)


async def _handle(extractor: Extractor, value: bytes | None) -> list[Message]:
    return list(await make_handler(extractor)(_record(value)))


async def test_events_come_first_each_under_its_pair_and_the_extraction_last(extractor: Extractor) -> None:
    """Who wants events of one pair reads one partition; who wants all of an article reads the extraction."""
    messages = await _handle(extractor, _article())

    assert [(m.topic, m.key) for m in messages] == [
        (topics.EVENTS.name, b"BHR-ISR"),
        (topics.EVENTS.name, b"BHR-ISR"),
        (topics.EXTRACTIONS.name, b"a1"),
    ]
    extraction = _extraction(messages)
    assert [EVENT.validate_json(m.value) for m in messages[:-1]] == list(extraction.events)
    assert extraction.extractor == extractor.identity


async def test_headers_name_the_slot_and_change_with_the_revision(extractor: Extractor) -> None:
    """A corrected article must not be taken for a duplicate of itself."""
    first = await _handle(extractor, _article())
    second = await _handle(extractor, _article(text=TEXT + " وانتهت المراسم."))

    envelopes = [read_headers(m.headers) for m in first]
    assert [e.type for e in envelopes if e] == [
        "musafaha.event.agreement.v1",
        "musafaha.event.visit.v1",
        "musafaha.extraction.v1",
    ]
    assert {e.source for e in envelopes if e} == {"urn:musafaha:extract"}
    slot = event_id(article="a1", type="agreement", parties=("ISR", "BHR"), ordinal=0)
    identity = extractor.identity
    expected = message_id(slot, revision=_extraction(first).revision, version=identity.version, lexicon=identity.lexicon)
    assert envelopes[0] is not None
    assert (envelopes[0].subject, envelopes[0].id) == (slot, expected)
    again = read_headers(second[0].headers)
    assert again is not None
    assert (again.subject, again.id != expected) == (slot, True)


async def test_what_a_foreign_producer_leaves_out_is_filled_in(extractor: Extractor) -> None:
    """Without ingest there is no revision and no acceptance; the content and the record's time stand for them."""
    extraction = _extraction(await _handle(extractor, _article()))

    assert extraction.accepted_at == datetime.fromtimestamp(STAMP_MS / 1000, UTC)
    assert extraction.revision == revision_of(Article.model_validate_json(_article()))


async def test_the_acceptance_that_ingest_stamped_is_kept_and_the_revision_is_of_the_content(extractor: Extractor) -> None:
    """Order is decided once, where articles are accepted; a revision is what the text is, whatever the message says."""
    plain = _extraction(await _handle(extractor, _article()))
    stamped = _extraction(await _handle(extractor, _article(revision="rev_x", accepted_at="2024-05-15T13:00:00+00:00")))

    assert stamped.revision == plain.revision
    assert stamped.accepted_at == datetime(2024, 5, 15, 13, tzinfo=UTC)


async def test_a_title_that_is_not_the_first_line_is_read_as_the_headline(extractor: Extractor) -> None:
    """All offsets count from the headline on, whoever produced the article."""
    title = "الأردن وإسرائيل يوقعان اتفاقية للمياه"
    extraction = _extraction(await _handle(extractor, _article(title=title)))

    assert any(event.evidence[0].start < len(title) for event in extraction.events)


async def test_an_article_without_news_still_gives_an_extraction(extractor: Extractor) -> None:
    """A revision that no longer tells something must take back what the earlier one told."""
    messages = await _handle(extractor, _article(text="فاز الفريق في المباراة."))

    assert [m.topic for m in messages] == [topics.EXTRACTIONS.name]
    assert _extraction(messages).events == ()


@pytest.mark.parametrize(
    ("value", "named"),
    [
        pytest.param(b'{"id": "a1"}', "text", id="no-text"),
        pytest.param(b'{"id": "a1", "text": ""}', "text", id="empty-text"),
        pytest.param(b'{"id": "a1", "text": "x", "published_at": "2024-05-15"}', "published_at", id="date-without-zone"),
        pytest.param(b'{"id": 5, "text": "x"}', "id", id="wrong-type"),
        pytest.param(b"{", "the value", id="no-json"),
        pytest.param(b"\xff\xfe", "the value", id="no-utf-8"),
        pytest.param(None, "the value", id="tombstone"),
    ],
)
async def test_what_is_no_article_is_refused_with_the_field_named(extractor: Extractor, value: bytes | None, named: str) -> None:
    """A dead letter says what to mend."""
    with pytest.raises(DataError, match=f"article: {named}") as refusal:
        await _handle(extractor, value)

    assert refusal.value.reason == "schema"


async def test_an_extraction_that_would_be_too_large_is_cut_from_the_end_and_says_so(
    extractor: Extractor, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What the topic cannot take must not stop the line, and nobody may take the rest for all."""
    whole = await _handle(extractor, _article())
    room = len(whole[-1].value) - 10
    monkeypatch.setattr(topics, "MAX_EXTRACTION_BYTES", room)

    messages = await _handle(extractor, _article())
    extraction = _extraction(messages)

    assert extraction.truncated is True
    assert [event.id for event in extraction.events] == [_extraction(whole).events[0].id]
    assert len(messages) == 2
    assert len(messages[-1].value) <= room


async def test_an_article_never_gives_more_events_than_the_contract_allows(extractor: Extractor) -> None:
    """A page of hundreds of datelines is cut, not refused."""
    months = ("يناير", "فبراير", "أبريل", "مايو", "يونيو", "يوليو", "أغسطس", "سبتمبر", "أكتوبر", "نوفمبر")
    dates = [f"{day} {month} {year}" for year in range(1990, 2000) for month in months for day in (1, 11, 21)]
    days = "\n".join(f"وقعت إسرائيل والبحرين في {day} مذكرة تفاهم في مجال الزراعة." for day in dates)
    extraction = _extraction(await _handle(extractor, _article(text=days)))

    assert len(extraction.events) == MAX_EVENTS
