"""Names that stand for others: epithets of states, offices in brackets, thrones, the number of a reign."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from schemas.article import Article, Source
from services.extract.core import Extractor, load_extractor


@pytest.fixture(scope="module")
def extractor() -> Extractor:
    return load_extractor()


def _told(extractor: Extractor, text: str, *, home: str | None = None) -> list[tuple[str, tuple[str, ...]]]:
    source = Source(id="invented", country=home)
    article = Article(id="a", text=text, language="en", published_at=datetime(2024, 5, 14, 12, tzinfo=UTC), source=source)
    return [(event.type.value, event.parties) for event in extractor.extract(article)]


@pytest.mark.parametrize(
    ("text", "parties"),
    [
        ("Bahrain spoke on Monday. Israel's economy minister visited the Gulf nation last week.", ("ISR", "BHR")),
        ("Kazakhstan spoke on Monday. Israel's economy minister visited the Central Asian republic last week.", ("ISR", "KAZ")),
        ("Kuwait and Azerbaijan spoke. Israel's economy minister visited the Caucasus country last week.", ("ISR", "AZE")),
    ],
)
def test_an_epithet_is_the_state_of_its_kind_named_last(extractor: Extractor, text: str, parties: tuple[str, str]) -> None:
    """What the press calls a state instead of its name is that state."""
    assert _told(extractor, text) == [("visit", parties)]


def test_an_indefinite_epithet_is_nobody_in_particular(extractor: Extractor) -> None:
    """Whoever visits "a Gulf state" visited none that we know."""
    assert _told(extractor, "Bahrain spoke on Monday. Israel's economy minister visited a Gulf state last week.") == []


def test_an_office_again_in_brackets_is_the_same_office(extractor: Extractor) -> None:
    """What stands in brackets behind an office does not part it from its state."""
    told = _told(extractor, "The Foreign Ministers (FMs) of Israel and Bahrain met in Manama on Monday.")
    assert told == [("meeting", ("ISR", "BHR"))]


def test_an_outlet_of_a_republic_has_no_crown_prince_of_its_own(extractor: Extractor) -> None:
    """The home state is nobody's whose office it does not have."""
    text = "The crown prince met Israel's prime minister on Monday."
    assert _told(extractor, text, home="PAK") == []
    assert _told(extractor, text, home="BHR") == [("meeting", ("BHR", "ISR"))]


def test_a_king_is_known_without_his_number(extractor: Extractor) -> None:
    """Behind "Abdullah II" the bare name is his, and whom nobody knows is not who was spoken of before."""
    text = "Israel's foreign minister met Jordan's King Abdullah II in Amman. On Monday Abdullah met Palestinian President Mahmoud Abbas."
    assert _told(extractor, text) == [("meeting", ("ISR", "JOR"))]
    stranger = "Israel's foreign minister met Jordan's king in Amman. On Monday Xavierson met Emirati President Mohamed bin Zayed."
    assert _told(extractor, stranger) == [("meeting", ("ISR", "JOR"))]


def test_a_day_behind_a_participle_of_saying_is_its_own(extractor: Extractor) -> None:
    """ "projects announced last year" does not make last year's news of today's signature."""
    text = "Jordan and Israel have signed a deal to advance water projects announced last year."
    article = Article(id="a", text=text, language="en", published_at=datetime(2024, 5, 14, 12, tzinfo=UTC), source=Source(id="invented"))
    (event,) = extractor.extract(article)
    assert event.discourse.value == "lead"


@pytest.mark.parametrize(
    "text",
    [
        "Israel's president met the outgoing Egyptian prime minister in Cairo on Monday.",
        "Israel's president met current Egyptian Prime Minister Mostafa Madbouly in Cairo on Monday.",
        "Israel's president met the newly appointed Egyptian prime minister in Cairo on Monday.",
    ],
)
def test_how_an_office_is_held_belongs_to_it(extractor: Extractor, text: str) -> None:
    """ "outgoing", "current" and their like part no office from the verb in front of it."""
    assert _told(extractor, text) == [("meeting", ("ISR", "EGY"))]


def test_nobody_visits_his_own_country(extractor: Extractor) -> None:
    """ "his visit" is that of the one who is not at home where it leads."""
    told = _told(extractor, "The Emirati minister met Israel's president, Isaac Herzog, during his first official visit to Israel.")
    assert sorted(told) == [("meeting", ("ARE", "ISR")), ("visit", ("ARE", "ISR"))]


def test_what_a_minister_has_is_not_his_office(extractor: Extractor) -> None:
    """Behind a possessive the next word belongs to the thing, not to the office."""
    told = _told(extractor, "Sheikh Abdullah bin Zayed met Benny Gantz as part of the Emirati foreign minister's current visit to Israel.")
    assert ("visit", ("ARE", "ISR")) in told
