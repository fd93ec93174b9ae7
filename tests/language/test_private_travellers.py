"""Who travels for no state: crowds make no visit, business people one that never alerts."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from schemas.article import Article
from services.extract.core import Extractor, load_extractor

CROWDS = [
    ("en", "Israeli tourists visited Dubai last week."),
    ("en", "Israeli settlers and soldiers entered and visited Beirut."),
    ("fr", "Des touristes israéliens ont visité Marrakech."),
    ("he", "תיירים ישראלים ביקרו בדובאי השבוע."),
    ("ar", "زار سياح إسرائيليون دبي الأسبوع الماضي."),
]
BUSINESS = [
    ("en", "Israeli businessmen visited Riyadh this week."),
    ("fr", "Des hommes d'affaires israéliens se sont rendus à Riyad."),
    ("he", "אנשי עסקים ישראלים ביקרו בריאד."),
    ("ar", "زار رجال أعمال إسرائيليون الرياض."),
]


@pytest.fixture(scope="module")
def extractor() -> Extractor:
    """The extractor over the data of the repository."""
    return load_extractor()


def _article(language: str, text: str) -> Article:
    return Article(id="a", text=text, language=language, published_at=datetime(2024, 5, 15, 12, tzinfo=UTC))


@pytest.mark.parametrize(("language", "text"), CROWDS)
def test_crowds_that_travel_are_no_visit(extractor: Extractor, language: str, text: str) -> None:
    """Numbers of tourists, soldiers or settlers are no act of a state."""
    assert extractor.extract(_article(language, text)) == []


@pytest.mark.parametrize(("language", "text"), BUSINESS)
def test_business_people_travel_for_no_state(extractor: Extractor, language: str, text: str) -> None:
    """Such a visit is kept and never alerts (S6)."""
    assert [(event.type.value, event.actor_level.value) for event in extractor.extract(_article(language, text))] == [
        ("visit", "non_state")
    ]
