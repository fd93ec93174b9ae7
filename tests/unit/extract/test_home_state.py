"""The home state of a text: who is meant by an institution that is named without its state (ontology S7)."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from schemas.article import Article
from schemas.codes import EvidenceRole
from schemas.event import NormalizationEvent
from services.extract.core import LANGUAGES, SHARED, Extractor, _words, load_extractor
from services.extract.engine.knowledge.reader import compiled
from services.extract.engine.text import fold, normalize


@pytest.fixture(scope="module")
def extractor() -> Extractor:
    """The extractor over the data of the repository."""
    return load_extractor()


def _events(extractor: Extractor, text: str) -> list[NormalizationEvent]:
    return extractor.extract(Article(id="a", text=text, published_at=datetime(2024, 5, 15, 12, tzinfo=UTC)))


def test_an_office_without_a_state_is_the_home_state_s_and_shown_as_unsaid(extractor: Extractor) -> None:
    """Hebrew news writes "the foreign minister" and means Israel's: the evidence says that nobody said so."""
    (event,) = _events(extractor, "שר החוץ הגיע אתמול לקהיר.")

    assert event.parties == ("ISR", "EGY")
    assert EvidenceRole.IMPLICIT_PARTY in {evidence.role for evidence in event.evidence}


def test_what_goes_unsaid_lowers_the_confidence(extractor: Extractor) -> None:
    """A party that is told is worth more than one that is inferred."""
    (said,) = _events(extractor, "שר החוץ הישראלי הגיע אתמול לקהיר.")
    (unsaid,) = _events(extractor, "שר החוץ הגיע אתמול לקהיר.")

    assert unsaid.confidence < said.confidence


def test_the_only_holder_of_an_office_in_the_article_is_meant(extractor: Extractor) -> None:
    """The nearest earlier holder comes before the home state."""
    events = _events(extractor, "שר החוץ הטורקי הגיע אתמול לדמשק.\nשר החוץ ייפגש מחר עם נשיא סוריה.")

    assert events == []


def test_a_king_without_a_state_is_nobody_of_the_home_state(extractor: Extractor) -> None:
    """Israel has no king: the word alone names no party."""
    assert _events(extractor, "המלך הגיע אתמול לקהיר.") == []


def test_two_offices_that_both_go_without_a_state_are_no_pair(extractor: Extractor) -> None:
    """Never both parties by this rule."""
    events = _events(extractor, "נשיא מצרים נאם אתמול.\nראש הממשלה נפגש עם הנשיא.")

    assert events == []


@pytest.mark.parametrize("written", ['צה"ל', "צה״ל", "צה''ל", "צה”ל"])
def test_an_abbreviation_is_one_word_however_its_mark_is_typed(written: str) -> None:
    """The marks of Hebrew abbreviations are typed in many ways and decide nothing."""
    assert fold(written) == "צהל"


@pytest.mark.parametrize("text", ["עלייה של 3.5 אחוז", "גרסה 2.13.4", "ב-45.12.2020", "יחס של 1/2 מהסכום"])
def test_a_decimal_is_no_date(text: str) -> None:
    """Numbers with a point are dates only as a day, a month and a year, or where a mark closes a day and a month."""
    read = normalize(text)
    items = _words(read, compiled(LANGUAGES / "he", SHARED))

    assert not any("date.numeric" in item.tags for item in items)
