"""The people of the news: named in every language, each name one person's, and one holder of an office at a time."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, timedelta
from functools import cache
from pathlib import Path

import pytest
from pydantic import RootModel

from schemas.codes import Rank
from services.extract.core import LANGUAGES, SHARED
from services.extract.engine.knowledge.data import Country, Office, PersonData, read_toml
from services.extract.engine.knowledge.lexicon import Person
from services.extract.engine.text import fold

FILES = sorted(LANGUAGES.glob("*/persons.toml"))
NAMED = [path for path in FILES if path.parent != SHARED]
ONE_HOLDER = (Rank.HEAD_OF_GOVERNMENT, Rank.MINISTER_FOREIGN, Rank.MINISTER_DEFENCE, Rank.INTEL_CHIEF, Rank.NSA)
SEVERAL_HOLDERS = {
    # rival governments; services for home and abroad
    ("LBY", Rank.HEAD_OF_GOVERNMENT),
    ("ISR", Rank.INTEL_CHIEF),
    ("MAR", Rank.INTEL_CHIEF),
    ("SYR", Rank.INTEL_CHIEF),
    ("USA", Rank.INTEL_CHIEF),
    ("LBN", Rank.INTEL_CHIEF),
    # ministers without a ministry of their own beside the minister
    ("ARE", Rank.MINISTER_DEFENCE),
}
HANDOVER = timedelta(days=3)


class _People(RootModel[dict[str, PersonData]]):
    pass


class _Names(RootModel[dict[str, tuple[str, ...]]]):
    pass


class _Countries(RootModel[dict[str, Country]]):
    pass


@cache
def _people() -> dict[str, PersonData]:
    return read_toml(SHARED / "persons.toml", _People).root


@cache
def _names(path: Path) -> dict[str, tuple[str, ...]]:
    return read_toml(path, _Names).root


def _language(path: Path) -> str:
    return path.parent.name


def _span(office: Office) -> tuple[date, date] | None:
    """From and to of an office whose begin is known; an open end is far away."""
    if office.since is None:
        return None
    return date.fromisoformat(office.since), date.fromisoformat(office.until) if office.until else date.max


def test_the_people_of_the_news_are_known() -> None:
    """Fewer than these, and names would be left as they stand in the text."""
    assert len(_people()) >= 600


@pytest.mark.parametrize("path", NAMED, ids=_language)
def test_every_person_has_a_name_in_every_language(path: Path) -> None:
    """Who is known in one language is known in all."""
    assert set(_people()) - set(_names(path)) == set()


@pytest.mark.parametrize("path", NAMED, ids=_language)
def test_a_name_belongs_to_one_person_and_stands_once(path: Path) -> None:
    """A name of two people would say the wrong office, and perhaps the wrong state."""
    owners: dict[str, list[str]] = defaultdict(list)
    for person, names in _names(path).items():
        for name in names:
            owners[fold(name)].append(person)

    assert {name: people for name, people in owners.items() if len(people) > 1 or not name} == {}


@pytest.mark.parametrize("path", NAMED, ids=_language)
def test_no_person_is_called_like_a_state(path: Path) -> None:
    """ "Jordan" alone is the state; a name needs its surname then."""
    states = read_toml(path.parent / "countries.toml", _Countries).root.values()
    taken = {fold(name) for state in states for name in (*state.names, *state.demonyms)}
    taken |= {fold(name) for state in states for cities in (state.capitals, state.cities) for names in cities.values() for name in names}

    assert {name for names in _names(path).values() for name in names if fold(name) in taken} == set()


def test_everybody_held_an_office_and_left_it_after_taking_it() -> None:
    """Dates are days, and their order is that of time."""
    wrong = {}
    for person, data in _people().items():
        spans = [span for office in data.offices if (span := _span(office))]
        if not data.offices or any(since > until for since, until in spans):
            wrong[person] = data.offices
        for office in data.offices:
            assert office.until is None or date.fromisoformat(office.until)

    assert wrong == {}


def test_an_office_of_one_holder_has_one_at_a_time() -> None:
    """Two foreign ministers of a state on one day would be a slip of a date."""
    held: dict[tuple[str, Rank], list[tuple[date, date, str]]] = defaultdict(list)
    for person, data in _people().items():
        for office in data.offices:
            if office.rank in ONE_HOLDER and (span := _span(office)):
                held[data.country, office.rank].append((*span, person))
    overlaps = []
    for key, spans in held.items():
        for (_, until, who), (since, _, next_one) in zip(sorted(spans), sorted(spans)[1:], strict=False):
            if key not in SEVERAL_HOLDERS and until - min(since, until) > HANDOVER:
                overlaps.append((*key, who, next_one))

    assert overlaps == []


@pytest.mark.parametrize(
    ("person", "day", "office", "rank"),
    [
        ("lapid", "2021-08-11", "foreign minister", Rank.MINISTER_FOREIGN),
        ("lapid", "2022-09-01", "prime minister", Rank.HEAD_OF_GOVERNMENT),
        ("israel_katz", "2019-07-01", "foreign minister", Rank.MINISTER_FOREIGN),
        ("israel_katz", "2025-01-01", "minister of defence", Rank.MINISTER_DEFENCE),
        ("khalid_salman", "2021-05-01", "deputy minister of defence", Rank.DEPUTY_MINISTER),
        ("khalid_salman", "2023-05-01", "minister of defence", Rank.MINISTER_DEFENCE),
        ("aoun", "2024-01-01", "commander of the army", Rank.CHIEF_OF_STAFF),
        ("mishal", "2024-01-01", "emir", Rank.HEAD_OF_STATE),
        ("bennett", "2024-01-01", "former prime minister", Rank.FORMER_OFFICIAL),
        ("mangoush", "2023-08-29", "former foreign minister", Rank.FORMER_OFFICIAL),
    ],
)
def test_the_office_is_that_of_the_day_or_the_last_before_it(person: str, day: str, office: str, rank: Rank) -> None:
    """A person is called by what they were when it happened."""
    data = _people()[person]
    held = Person(person, data.name, data.country, data.offices).office_at(date.fromisoformat(day))

    assert held is not None
    assert (held.office, held.rank) == (office, rank)
