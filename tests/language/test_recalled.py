"""A trip or a meeting that only dates the news ("two years after X visited B") is background, in a headline too."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from schemas.article import Article
from schemas.codes import Discourse
from services.extract.core import Extractor, load_extractor


@pytest.fixture(scope="module")
def extractor() -> Extractor:
    """The extractor over the data of the repository."""
    return load_extractor()


def _told(extractor: Extractor, text: str) -> list[tuple[str, Discourse]]:
    article = Article(id="a", text=text, language="he", published_at=datetime(2024, 5, 15, 12, tzinfo=UTC))
    return [(event.type.value, event.discourse) for event in extractor.extract(article)]


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("חודשיים אחרי שהרצוג ביקר באבו דאבי: היקף הסחר הוכפל.", "visit"),
        ("שנה אחרי שנתניהו נפגש עם סיסי בקהיר, היחסים מתוחים.", "meeting"),
        ("שלוש שנים מאז שנתניהו ביקר בעומאן, הקשרים קפואים.", "visit"),
    ],
)
def test_a_trip_that_only_dates_the_news_is_background(extractor: Extractor, text: str, kind: str) -> None:
    """What happened is told by the main clause: an alert on the old trip would be false."""
    assert _told(extractor, text) == [(kind, Discourse.BACKGROUND)]


def test_what_the_main_clause_tells_behind_it_is_news(extractor: Extractor) -> None:
    """The opener reaches no further than its own clause."""
    told = _told(extractor, "שנתיים לאחר שהוקפאו היחסים, ביקר אתמול שר החוץ במרוקו.")
    assert ("visit", Discourse.LEAD) in told
