"""The states in every language: all of them, no name twice, and the same states whatever the language."""

from __future__ import annotations

from collections import defaultdict
from functools import cache
from pathlib import Path

import pytest
from pydantic import RootModel

from services.extract.core import DEFAULT_WATCHLIST, LANGUAGES
from services.extract.engine.knowledge.data import Country, read_toml
from services.extract.engine.knowledge.watch import load_watchlist
from services.extract.engine.text import fold

FILES = sorted(LANGUAGES.glob("*/countries.toml"))
CODES = (
    # Member states of the United Nations, ISO 3166-1 alpha-3
    "AFG ALB DZA AND AGO ATG ARG ARM AUS AUT AZE BHS BHR BGD BRB BLR BEL BLZ BEN BTN BOL BIH BWA BRA BRN BGR BFA BDI CPV KHM CMR CAN "
    "CAF TCD CHL CHN COL COM COG CRI CIV HRV CUB CYP CZE PRK COD DNK DJI DMA DOM ECU EGY SLV GNQ ERI EST SWZ ETH FJI FIN FRA GAB GMB "
    "GEO DEU GHA GRC GRD GTM GIN GNB GUY HTI HND HUN ISL IND IDN IRN IRQ IRL ISR ITA JAM JPN JOR KAZ KEN KIR KWT KGZ LAO LVA LBN LSO "
    "LBR LBY LIE LTU LUX MDG MWI MYS MDV MLI MLT MHL MRT MUS MEX FSM MCO MNG MNE MAR MOZ MMR NAM NRU NPL NLD NZL NIC NER NGA MKD NOR "
    "OMN PAK PLW PAN PNG PRY PER PHL POL PRT QAT KOR MDA ROU RUS RWA KNA LCA VCT WSM SMR STP SAU SEN SRB SYC SLE SGP SVK SVN SLB SOM "
    "ZAF SSD ESP LKA SDN SUR SWE CHE SYR TJK THA TLS TGO TON TTO TUN TUR TKM TUV UGA UKR ARE GBR TZA USA URY UZB VUT VEN VNM YEM ZMB "
    "ZWE"
)
MEMBERS = frozenset(CODES.split())
OTHERS = frozenset({"PSE", "ESH", "VAT", "TWN", "XKX", "XSL", "XKR", "XEU", "XUN"})
NO_ADJECTIVE = {
    # the adjective belongs to the other Congo; unions of states have none of their own
    "": {"COG", "XEU", "XUN"},
    # spelt like "lunar", "financial" and a surname
    "ar": {"COM", "MLI", "SLB"},
}


class _Countries(RootModel[dict[str, Country]]):
    pass


@cache
def _states(path: Path) -> dict[str, Country]:
    return read_toml(path, _Countries).root


def _language(path: Path) -> str:
    return path.parent.name


def _places(country: Country) -> list[str]:
    return [name for cities in (country.capitals, country.cities) for names in cities.values() for name in names]


@pytest.mark.parametrize("path", FILES, ids=_language)
def test_every_state_of_the_world_is_known(path: Path) -> None:
    """A state that is not known cannot be told from the watched ones beside it."""
    assert len(MEMBERS) == 193
    assert set(_states(path)) == MEMBERS | OTHERS


@pytest.mark.parametrize("path", FILES, ids=_language)
def test_a_state_has_the_same_english_name_in_every_language(path: Path) -> None:
    """The name is for readers of events, who do not care in which language the article was."""
    english = _states(LANGUAGES / "en" / "countries.toml")

    assert {iso: c.name for iso, c in _states(path).items()} == {iso: english[iso].name for iso in _states(path)}


@pytest.mark.parametrize("path", FILES, ids=_language)
def test_every_state_has_a_name_and_an_adjective(path: Path) -> None:
    """News says "the Chadian minister" as often as "the minister of Chad"."""
    silent = NO_ADJECTIVE[""] | NO_ADJECTIVE.get(_language(path), set())

    assert {iso for iso, c in _states(path).items() if not c.names} == set()
    assert {iso for iso, c in _states(path).items() if not c.demonyms} - silent == set()


@pytest.mark.parametrize("path", FILES, ids=_language)
def test_no_name_belongs_to_two_states(path: Path) -> None:
    """A name of two states would make either party of the other's agreement."""
    owners: dict[str, set[str]] = defaultdict(set)
    for iso, country in _states(path).items():
        for name in (*country.names, *country.demonyms, *_places(country)):
            owners[fold(name)].add(iso)

    assert {name: isos for name, isos in owners.items() if len(isos) > 1} == {}


@pytest.mark.parametrize("path", FILES, ids=_language)
def test_no_name_of_a_state_stands_twice(path: Path) -> None:
    """Folding makes two spellings one; the second is dead weight."""
    twice = {}
    for iso, country in _states(path).items():
        for kind, names in (("names", country.names), ("demonyms", country.demonyms), ("places", _places(country))):
            folded = [fold(name) for name in names]
            if bad := sorted({name for name in folded if not name or folded.count(name) > 1}):
                twice[f"{iso} {kind}"] = bad

    assert twice == {}


@pytest.mark.parametrize("path", FILES, ids=_language)
def test_a_city_is_named_the_same_in_every_language(path: Path) -> None:
    """The place of an event is compared across languages by the English name of its city."""
    known = {(iso, city) for iso, c in _states(LANGUAGES / "en" / "countries.toml").items() for city in (*c.capitals, *c.cities)}
    here = {(iso, city) for iso, c in _states(path).items() for city in (*c.capitals, *c.cities)}

    assert here - known == set()


@pytest.mark.parametrize("path", FILES, ids=_language)
def test_every_watched_state_but_city_states_has_its_capital(path: Path) -> None:
    """Capitals stand for governments: "Ankara and Baku signed"."""
    named_after_the_state = {"KWT", "DJI", "TUN", "DZA", "MDV", "COM", "JOR"}
    watched = load_watchlist(DEFAULT_WATCHLIST).states - named_after_the_state

    assert {iso for iso in watched if not _states(path)[iso].capitals} == set()
