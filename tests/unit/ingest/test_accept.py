"""The checks from a JSON value to an article."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas import ids
from schemas.article import Article, Source
from services.ingest.accept import Limits, Reason, Refusal, judge
from tests.unit.ingest.doubles import NOW

LIMITS = Limits(max_bytes=2_000)


def verdict(item: object) -> Article | Refusal:
    return judge(item, now=NOW, limits=LIMITS)


def article(**fields: Any) -> Article:
    found = verdict({"text": "Two ministers met.", **fields})
    assert isinstance(found, Article), found
    return found


def refusal(item: object) -> Refusal:
    found = verdict(item)
    assert isinstance(found, Refusal), found
    return found


REFUSED = [
    pytest.param([1], Reason.INVALID, "a list", id="list"),
    pytest.param("text", Reason.INVALID, "a string", id="string"),
    pytest.param(None, Reason.INVALID, "null", id="null"),
    pytest.param({}, Reason.INVALID, "text: Field required", id="nothing"),
    pytest.param({"text": 5}, Reason.INVALID, "text: Input should be a valid string", id="text-number"),
    pytest.param({"text": "a", "titel": "b"}, Reason.INVALID, "did you mean title?", id="slip"),
    pytest.param({"text": "a", "source": {"contry": "MAR"}}, Reason.INVALID, "source.contry is no field of a source", id="slip-in-source"),
    pytest.param({"text": "a", "source": {"country": "ma"}}, Reason.INVALID, "three capitals", id="country"),
    pytest.param({"text": "a", "language": "Arabic"}, Reason.INVALID, "BCP 47", id="language"),
    pytest.param({"text": "a", "title": "t" * 1_001}, Reason.INVALID, "title: ", id="long-title"),
    pytest.param({"text": "a", "url": "https://a.example/" + "u" * 2_048}, Reason.INVALID, "url: ", id="long-url"),
    pytest.param({"text": "a", "id": ""}, Reason.INVALID, "id: ", id="empty-id"),
    pytest.param({"text": "a", "id": "a\nb"}, Reason.INVALID, "id: ", id="control-character-in-id"),
    pytest.param({"text": ""}, Reason.EMPTY_TEXT, "empty", id="empty"),
    pytest.param({"text": " \n\t\u00a0", "title": "A title"}, Reason.EMPTY_TEXT, "empty", id="white-space"),
    pytest.param({"text": "\u200f\u200b…—"}, Reason.EMPTY_TEXT, "empty", id="invisible"),
    pytest.param({"text": "a\x00b"}, Reason.BAD_CHARACTERS, "text has a NUL character (U+0000) at position 1", id="nul"),
    pytest.param({"text": "ab\ud83d"}, Reason.BAD_CHARACTERS, "(U+D83D) at position 2", id="lone-surrogate"),
    pytest.param({"text": "a", "source": {"name": "\x00"}}, Reason.BAD_CHARACTERS, "source.name has a NUL", id="nul-in-source"),
    pytest.param({"text": "a", "\x00": 1}, Reason.BAD_CHARACTERS, "a field name has a NUL", id="nul-in-field-name"),
    pytest.param({"text": "a", "url": "a.example/1"}, Reason.BAD_URL, "http://", id="relative-url"),
    pytest.param({"text": "a", "url": "ftp://a.example/1"}, Reason.BAD_URL, "http://", id="ftp"),
    pytest.param({"text": "a", "published_at": "2021-11-24T12:00:00"}, Reason.BAD_DATE, "with its zone", id="no-zone"),
    pytest.param({"text": "a", "published_at": "2021-11-24"}, Reason.BAD_DATE, "with its zone", id="only-a-day"),
    pytest.param({"text": "a", "published_at": "24/11/2021"}, Reason.BAD_DATE, "with its zone", id="no-iso"),
    pytest.param({"text": "a", "published_at": 1637755200}, Reason.BAD_DATE, "with its zone", id="number"),
    pytest.param({"text": "a", "published_at": "1637755200"}, Reason.BAD_DATE, "with its zone", id="number-as-string"),
    pytest.param({"text": "a", "published_at": "2021-13-01T00:00:00Z"}, Reason.BAD_DATE, "month", id="month-13"),
    pytest.param({"text": "a", "published_at": "0001-01-01T00:00:00+09:00"}, Reason.BAD_DATE, "outside the years", id="year-0"),
    pytest.param({"text": "a", "published_at": "2026-03-02T12:00:00.000001Z"}, Reason.FUTURE_DATE, "ahead of now", id="future"),
    pytest.param({"text": "a", "published_at": "2099-01-01T00:00:00Z"}, Reason.FUTURE_DATE, "ahead of now", id="far-future"),
    pytest.param({"text": "a" * 2_000}, Reason.TOO_LARGE, "2,000 are allowed", id="too-large"),
    pytest.param({"text": "خ" * 1_000}, Reason.TOO_LARGE, "2,000 are allowed", id="too-large-in-bytes"),
]


@pytest.mark.parametrize(("item", "reason", "said"), REFUSED)
def test_bad_input_is_refused_with_a_reason_and_a_sentence(item: object, reason: Reason, said: str) -> None:
    """Whoever handed it in learns what is wrong, where, and what to do."""
    found = refusal(item)

    assert (found.reason, said in found.detail) == (reason, True), found.detail


def test_every_refusal_can_be_written_as_utf8() -> None:
    """A refusal is shown to people and sent as JSON, whatever was in the article."""
    for case in REFUSED:
        found = refusal(case.values[0])

        assert json.dumps([found.detail, found.id], ensure_ascii=False).encode("utf-8")


def test_a_refusal_names_the_given_id() -> None:
    """In a list of thousands the id says which one was meant."""
    assert refusal({"id": "seed-1", "text": ""}).id == "seed-1"


def test_the_article_keeps_its_raw_url_and_only_the_id_comes_from_the_key() -> None:
    """People follow the address that the outlet published."""
    raw = "http://www.a.example/1/?utm_source=rss#x"
    found = article(url=raw)

    assert (found.url, found.id) == (raw, ids.article_id(url_key="https://a.example/1", text=""))


def test_a_given_id_is_kept() -> None:
    """Who numbers articles already goes on with these numbers."""
    assert article(id="004_56f5", url="https://a.example/1").id == "004_56f5"


def test_without_id_and_url_the_id_comes_from_the_text() -> None:
    """The same text handed in twice is one article."""
    assert article(text="One text.").id == article(text="One text.", language="en").id != article(text="Another text.").id


@pytest.mark.parametrize("blank", [{"url": None}, {"url": ""}, {"url": " "}, {"source": None}])
def test_an_empty_field_is_a_missing_one(blank: dict[str, Any]) -> None:
    """Exports write empty fields where nothing is known."""
    assert article(**blank) == article()


def test_a_title_becomes_the_first_line_once() -> None:
    """All offsets count in a text whose first line is the title."""
    apart = article(title="A title", text="Two ministers met.")
    inside = article(title="A title", text="A title\nTwo ministers met.")

    assert (apart.text, apart.id, apart.revision) == ("A title\nTwo ministers met.", inside.id, inside.revision)


@pytest.mark.parametrize("title", ["A title\nof two lines", "A  title", "A\u2028title", " \x0bA title "])
def test_the_text_with_its_title_stays_as_it_is_when_it_comes_in_again(title: str) -> None:
    """What a reader of the topic computes from an accepted article is the same article."""
    once = article(title=title)

    assert article(title=title, text=once.text) == once


def test_a_missing_date_stays_missing() -> None:
    """A date is never invented."""
    assert article().published_at is None


def test_a_date_is_kept_as_the_same_moment() -> None:
    """The zone of the outlet does not matter to anybody downstream."""
    assert article(published_at="2021-11-24T13:00:00+01:00").published_at == datetime(2021, 11, 24, 12, tzinfo=UTC)


def test_a_date_within_the_allowance_is_accepted() -> None:
    """Outlets publish a little ahead, and clocks differ."""
    ahead = NOW + timedelta(days=1)

    assert article(published_at=ahead.isoformat()).published_at == ahead


def test_a_message_of_exactly_the_allowed_size_is_accepted() -> None:
    """The limit is the size of the final message, stamps included."""
    stamped = article(text="a").model_copy(update={"accepted_at": NOW.replace(microsecond=1)})
    fitting = 2_000 - len(stamped.model_dump_json()) + 1

    assert isinstance(verdict({"text": "a" * fitting}), Article)
    assert isinstance(verdict({"text": "a" * (fitting + 1)}), Refusal)


TEXT = st.text(max_size=80)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3),
    max_leaves=6,
)
ITEM = st.fixed_dictionaries(
    {"text": TEXT},
    optional={
        "id": TEXT,
        "url": st.just("https://a.example/").flatmap(lambda start: TEXT.map(lambda tail: start + tail)) | TEXT,
        "title": TEXT,
        "language": st.sampled_from(["ar", "en-GB", "xx!"]),
        "published_at": st.datetimes(timezones=st.just(UTC)).map(datetime.isoformat) | JSON,
        "source": st.fixed_dictionaries({}, optional={"id": TEXT, "name": TEXT, "country": st.sampled_from(["MAR", "x"])}) | JSON,
    },
)


@given(ITEM | JSON)
def test_any_json_value_gives_an_article_or_a_refusal(item: object) -> None:
    """Nothing that can be handed in crashes ingest."""
    found = verdict(item)

    if isinstance(found, Article):
        assert Article.model_validate_json(found.model_dump_json()) == found
        assert ids.revision_of(found) == found.revision
    else:
        assert found.detail.encode("utf-8")


@given(ITEM)
def test_an_accepted_article_handed_in_again_is_the_same(item: dict[str, Any]) -> None:
    """A reader who publishes what was read from the topic makes no new revision."""
    found = verdict(item)
    if isinstance(found, Refusal):
        return
    again = found.model_dump(mode="json", exclude={"revision", "accepted_at"})

    assert judge(again, now=NOW, limits=Limits()) == found


def test_only_the_named_fields_make_a_revision() -> None:
    """The name of an outlet may change without making its articles new."""
    one, other = article(id="x", source={"name": "One"}), article(id="x", source={"name": "Other"})

    assert (one.revision == other.revision, one.source) == (True, Source(name="One"))
    assert article(id="x", source={"country": "MAR"}).revision != one.revision
