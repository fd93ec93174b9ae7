"""Articles: the headline goes first, dates keep their moment, and what is not given stays missing."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from schemas.article import Article, ArticleDraft, Source, with_headline


@pytest.mark.parametrize(
    ("title", "text", "expected"),
    [
        pytest.param("عنوان", "نص", "عنوان\nنص", id="put-in-front"),
        pytest.param("عنوان", "عنوان\nنص", "عنوان\nنص", id="already-first-line"),
        pytest.param(" عنوان ", "\n  عنوان\nنص", "\n  عنوان\nنص", id="first-line-that-is-not-empty"),
        pytest.param("عنوان", "عنوان آخر\nنص", "عنوان\nعنوان آخر\nنص", id="only-begins-alike"),
        pytest.param("عنوان", "", "عنوان\n", id="no-text"),
        pytest.param(None, "نص", "نص", id="no-title"),
        pytest.param(" \t", "نص", "نص", id="blank-title"),
        pytest.param("من\nسطرين", "نص", "من سطرين\nنص", id="title-of-two-lines"),
    ],
)
def test_the_headline_is_the_first_line_of_the_text(title: str | None, text: str, expected: str) -> None:
    """What is analysed always begins with the headline, once."""
    assert with_headline(title, text) == expected


@given(st.none() | st.text(), st.text())
def test_adding_the_headline_twice_changes_nothing(title: str | None, text: str) -> None:
    """Ingest and extract may both do it."""
    once = with_headline(title, text)

    assert with_headline(title, once) == once
    assert once.endswith(text)


def test_the_publication_keeps_its_own_calendar_day() -> None:
    """Half past one at night in Manama is still the day before in UTC, but *today* in the text is Manama's day."""
    article = Article(id="a", text="x", published_at="2022-02-04T01:30:00+03:00", accepted_at="2022-02-04T01:31:00+03:00")  # type: ignore[arg-type]
    again = Article.model_validate_json(article.model_dump_json())

    assert again.published_at is not None
    assert again.published_at.date() == date(2022, 2, 4)
    assert again.published_at == datetime(2022, 2, 3, 22, 30, tzinfo=UTC)
    assert '"accepted_at":"2022-02-03T22:31:00Z"' in article.model_dump_json()


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("published_at", "2022-02-03T15:30:00"),
        ("published_at", "0001-01-01T00:00:00+03:00"),
        ("language", "Arabic!"),
        ("source", {"country": "Morocco"}),
        ("source", {"id": "a\x00b"}),
        ("id", ""),
        ("id", "x" * 257),
        ("url", "https://daftar.example/" + "x" * 2_048),
        ("title", "x" * 1_001),
    ],
)
def test_a_bad_field_of_a_draft_is_refused_by_name(field: str, value: object) -> None:
    """A publisher is told which field is wrong; nothing is repaired by guessing."""
    with pytest.raises(ValidationError) as caught:
        ArticleDraft.model_validate({"text": "x", field: value})

    assert {error["loc"][0] for error in caught.value.errors()} == {field}


def test_everything_but_the_text_may_be_missing_and_stays_missing() -> None:
    """No date, language or outlet is invented."""
    draft = ArticleDraft(text="x")

    assert draft.model_dump(exclude={"text", "source"}) == dict.fromkeys(("id", "url", "title", "language", "published_at"))
    assert draft.source.model_dump() == {"id": None, "name": None, "country": None}


def test_a_reference_is_the_article_without_its_text() -> None:
    """Events and notices carry everything but the text and the stamps."""
    article = Article(id="a", text="x", url="u", title="t", language="ar", source=Source(id="daftar"), revision="rev_1")

    assert article.ref().model_dump() == article.model_dump(exclude={"text", "revision", "accepted_at"})
