"""Whom "Foreign Minister Safadi" or "the emir Tamim" means, where no list has just this name: whoever held the office on that day."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from schemas.article import Article
from schemas.event import MeetingEvent
from services.extract.core import Extractor, load_extractor


@pytest.fixture(scope="module")
def extractor() -> Extractor:
    """The extractor over the data of the repository."""
    return load_extractor()


def _met(extractor: Extractor, language: str, text: str, year: int = 2024) -> list[str]:
    """The names of those who met, as the table of persons has them."""
    article = Article(id="a", text=text, language=language, published_at=datetime(year, 5, 15, 12, tzinfo=UTC))
    return sorted(p.name for event in extractor.extract(article) if isinstance(event, MeetingEvent) for p in event.participants if p.name)


@pytest.mark.parametrize(
    ("language", "text"),
    [
        pytest.param("en", "In Jordan Israel's president met Foreign Minister Safady on Sunday.", id="en"),
        pytest.param("fr", "En Jordanie, le président israélien a rencontré dimanche le ministre des Affaires étrangères Safady.", id="fr"),
        pytest.param("ar", "التقى الرئيس الإسرائيلي في الأردن وزير الخارجية الصفادي أمس.", id="ar"),
        pytest.param("he", "נשיא ישראל נפגש אתמול בירדן עם שר החוץ א-ספאדי.", id="he"),
    ],
)
def test_office_day_and_surname_tell_the_person_however_it_is_spelled(extractor: Extractor, language: str, text: str) -> None:
    """No list has every spelling of a foreign name."""
    assert "Ayman Safadi" in _met(extractor, language, text)


def test_another_day_is_another_holder(extractor: Extractor) -> None:
    """Before he held the office nobody of that name did."""
    text = "In Jordan Israel's president met Foreign Minister Safady on Sunday."

    assert "Ayman Safadi" not in _met(extractor, "en", text, year=2015)


def test_a_full_name_must_be_his(extractor: Extractor) -> None:
    """Somebody else may have the same surname."""
    assert "Ayman Safadi" not in _met(extractor, "en", "In Jordan Israel's president met Foreign Minister Karim Safady on Sunday.")


def test_a_state_that_is_told_is_not_another_one(extractor: Extractor) -> None:
    """The surname alone makes nobody of another state's minister."""
    assert "Ayman Safadi" not in _met(extractor, "en", "In Jordan Israel's president met Egyptian Foreign Minister Safady on Sunday.")


def test_a_bare_surname_is_whoever_holds_the_office_that_the_article_names(extractor: Extractor) -> None:
    """A headline has the surname, the lead has the office, and no sentence the full name."""
    text = "Bennett meets King Hamad in Manama\n\nIt was the first trip there by an Israeli prime minister."

    assert "Naftali Bennett" in _met(extractor, "en", text, year=2022)


def test_a_bare_surname_is_nobody_when_another_holds_the_office(extractor: Extractor) -> None:
    """Two people of one name must not be taken for each other."""
    text = "Bennett meets King Hamad in Manama\n\nIt was the first trip there since that of an Israeli prime minister."

    assert _met(extractor, "en", text, year=2024) == []
