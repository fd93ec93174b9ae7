"""The day of an event that the headline leaves undated and a later sentence tells without naming the parties again."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from schemas.article import Article
from schemas.event import NormalizationEvent
from services.extract.core import Extractor, load_extractor

PUBLISHED = datetime(2024, 5, 14, 12, tzinfo=UTC)
TOLD = [
    ("en", "Chad opens embassy in Israel", "The embassy was inaugurated on Monday in the presence of the president."),
    ("en", "Israeli defense minister meets Azerbaijani counterpart", "The meeting took place on Monday in Munich."),
    ("fr", "Le Tchad ouvre une ambassade en Israël", "L'ambassade a été inaugurée lundi en présence du président."),
    ("ar", "وزير الدفاع الإسرائيلي يلتقي نظيره الأذربيجاني", "وعقد اللقاء أمس الاثنين في ميونيخ."),
    ("he", "גלנט נפגש עם שר ההגנה של אזרבייג'ן", "הפגישה התקיימה אתמול במינכן."),
    ("he", "אזרבייג'ן פתחה שגרירות בישראל", "השגרירות נחנכה אתמול בתל אביב במעמד שרי החוץ."),
]
NOT_ITS_DAY = {
    "of another embassy": ("Chad opens embassy in Israel", "An embassy was inaugurated on Monday in Paris."),
    "of long ago": ("Chad opens embassy in Israel", "The embassy was inaugurated on 3 May 2019."),
    "of others": ("Chad opens embassy in Israel", "The meeting between France and Qatar took place on Monday."),
}
TWO = "Chad opens embassy in Israel. Azerbaijan opens embassy in Israel."


@pytest.fixture(scope="module")
def extractor() -> Extractor:
    """The extractor over the data of the repository."""
    return load_extractor()


def _events(extractor: Extractor, language: str, headline: str, lead: str) -> list[NormalizationEvent]:
    return extractor.extract(Article(id="a", text=f"{headline}\n\n{lead}", language=language, published_at=PUBLISHED))


@pytest.mark.parametrize(("language", "headline", "lead"), TOLD)
def test_a_sentence_that_names_only_the_event_dates_the_headline(extractor: Extractor, language: str, headline: str, lead: str) -> None:
    """What the lead says of "the embassy" or "the meeting" is said of the one that the headline told."""
    (event,) = _events(extractor, language, headline, lead)
    assert (event.date.start, event.date.end) == (date(2024, 5, 13), date(2024, 5, 13))
    assert any(span.role == "date" for span in event.evidence)


@pytest.mark.parametrize("case", NOT_ITS_DAY)
def test_a_day_of_something_else_dates_nothing(extractor: Extractor, case: str) -> None:
    """A new embassy, a day long past and a meeting of others say nothing of when this one was opened."""
    opened = [event for event in _events(extractor, "en", *NOT_ITS_DAY[case]) if set(event.parties) == {"TCD", "ISR"}]
    assert [event.date.start for event in opened] == [None]


def test_a_day_that_may_be_of_either_of_two_events_dates_neither(extractor: Extractor) -> None:
    """Where the article told of two openings, "the embassy" may be the one or the other."""
    events = _events(extractor, "en", TWO, "The embassy was inaugurated on Monday.")
    assert len(events) == 2
    assert [event.date.start for event in events] == [None, None]
