"""Who meets several others meets each of them, unless they are told to sit together."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from schemas.article import Article, Source
from services.extract.core import Extractor, load_extractor


@pytest.fixture(scope="module")
def extractor() -> Extractor:
    return load_extractor()


def _told(extractor: Extractor, language: str, text: str) -> list[tuple[str, tuple[str, ...]]]:
    article = Article(
        id="a", text=text, language=language, published_at=datetime(2024, 5, 14, 12, tzinfo=UTC), source=Source(id="invented")
    )
    return [(event.type.value, event.parties) for event in extractor.extract(article)]


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "Israel's president met the king of Jordan and the Ukrainian president in New York on Monday."),
        ("ar", "التقى الرئيس الإسرائيلي العاهل الأردني والرئيس الأوكراني في نيويورك أمس الاثنين."),
        ("fr", "Le président israélien a rencontré le roi de Jordanie et le président ukrainien lundi à New York."),
        ("he", "נשיא ישראל נפגש אתמול בניו יורק עם מלך ירדן ועם נשיא אוקראינה."),
    ],
)
def test_who_meets_two_people_of_two_states_meets_each(extractor: Extractor, language: str, text: str) -> None:
    """Only the pair that is watched is told, and it is no summit of three."""
    assert [(type_, set(parties)) for type_, parties in _told(extractor, language, text)] == [("meeting", {"ISR", "JOR"})]


@pytest.mark.parametrize(
    "text",
    [
        "The foreign ministers of Israel, Egypt and Jordan met in Cairo on Monday.",
        "Israel's foreign minister met his Egyptian and Jordanian counterparts in Cairo on Monday.",
        "Israel's foreign minister hosted a trilateral meeting with his Egyptian and Jordanian counterparts on Monday.",
    ],
)
def test_who_sit_together_hold_a_summit(extractor: Extractor, text: str) -> None:
    """A joint subject, a shared noun or the noun of the gathering tells it."""
    assert [(type_, set(parties)) for type_, parties in _told(extractor, "en", text)] == [("summit", {"ISR", "EGY", "JOR"})]


@pytest.mark.parametrize(
    "text",
    [
        "The Israeli foreign minister held phone calls with Sameh Shoukry and Nasser Bourita yesterday.",
        "The Israeli foreign minister held separate meetings with Sameh Shoukry and Nasser Bourita in Munich yesterday.",
    ],
)
def test_calls_and_meetings_in_the_plural_are_one_after_the_other(extractor: Extractor, text: str) -> None:
    """Each of the two is met for himself."""
    told = [(type_, set(parties)) for type_, parties in _told(extractor, "en", text)]
    assert told == [("meeting", {"ISR", "EGY"}), ("meeting", {"ISR", "MAR"})]
