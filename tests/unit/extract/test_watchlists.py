"""Scope is data: other states are watched by another file, without code."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from pathlib import Path

import pytest

from schemas.article import Article
from services.extract.core import DEFAULT_WATCHLIST, load_extractor
from services.extract.engine.knowledge.watch import SHIPPED, find_watchlist, load_watchlist
from services.runtime.errors import ConfigError

SIGNED = "وقعت السعودية وإيران اليوم مذكرة تفاهم في مجال الطاقة."
OURS = "وقعت إسرائيل والمغرب مذكرة تفاهم في مجال الطاقة اليوم الأربعاء."
KNOWN = frozenset({"ISR", "MAR", "SAU", "IRN", "SYR", "JOR", "XSL", "TUR"})


def _article(text: str, language: str = "ar") -> Article:
    return Article(id="a", text=text, language=language, published_at=datetime(2024, 5, 15, 12, tzinfo=UTC))


def _parties(watchlist: Path | None, text: str, language: str = "ar") -> list[tuple[str, ...]]:
    return [event.parties for event in load_extractor(watchlist).extract(_article(text, language))]


def _written(folder: Path, content: str, name: str = "watch.toml") -> Path:
    file = folder / name
    file.write_text(content, encoding="utf-8")
    return file


def test_the_default_watches_the_focus_with_every_tier_and_no_others() -> None:
    """The tiers of the ontology, as they stand there."""
    watch = load_watchlist(DEFAULT_WATCHLIST)
    (circle,) = watch.circles

    assert circle.focus == {"ISR"}
    assert len(circle.partners) == 5 + 2 + 16 + 12
    assert watch.in_scope(["ISR", "MAR"])
    assert not watch.in_scope(["ISR", "USA"])
    assert not watch.in_scope(["SAU", "IRN"])


def test_a_pair_of_ones_own_is_watched_without_code(tmp_path: Path) -> None:
    """A user adds a line, and the same rules find that pair's events."""
    file = _written(tmp_path, 'pairs = [["SAU", "IRN"]]\n')

    assert _parties(file, SIGNED) == [("SAU", "IRN")]
    assert _parties(None, SIGNED) == []


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("ar", SIGNED),
        ("en", "RIYADH - Saudi Arabia and Iran signed a memorandum of understanding on energy on Wednesday."),
        ("fr", "L'Arabie saoudite et l'Iran ont signé mercredi un mémorandum d'entente sur l'énergie."),
        ("he", "סעודיה ואיראן חתמו היום על מזכר הבנות בתחום האנרגיה."),
    ],
)
def test_other_rapprochements_are_found_by_their_list_alone(language: str, text: str) -> None:
    """The same article is news for one list and nothing for the other, in every language."""
    assert [set(parties) for parties in _parties(Path("rapprochements"), text, language)] == [{"SAU", "IRN"}]
    assert _parties(None, text, language) == []


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("ar", OURS),
        ("en", "RABAT - Israel and Morocco signed a memorandum of understanding on energy on Wednesday."),
        ("fr", "Israël et le Maroc ont signé mercredi un mémorandum d'entente sur l'énergie."),
        ("he", "ישראל ומרוקו חתמו היום על מזכר הבנות בתחום האנרגיה."),
    ],
)
def test_the_list_of_rapprochements_does_not_watch_what_the_default_does(language: str, text: str) -> None:
    """Nothing in the engine knows the focus of the default."""
    assert [set(parties) for parties in _parties(None, text, language)] == [{"ISR", "MAR"}]
    assert _parties(Path("rapprochements"), text, language) == []


@pytest.mark.parametrize(
    ("states", "watched"),
    [
        (("SAU", "IRN"), True),
        (("TUR", "EGY"), True),
        (("TUR", "SYR"), True),
        (("TUR", "ARM"), True),
        (("ARE", "IRN"), True),
        (("SYR", "LBN"), True),
        (("SYR", "ARE", "USA"), True),
        (("SYR", "RUS"), False),
        (("SAU", "ARE"), False),
        (("ISR", "MAR"), False),
    ],
)
def test_the_rapprochements_are_these(states: tuple[str, ...], watched: bool) -> None:
    """Pairs and circles side by side, and nothing between two partners."""
    assert load_watchlist(SHIPPED / "rapprochements.toml").in_scope(states) is watched


def test_several_circles_do_not_mix(tmp_path: Path) -> None:
    """A partner of one focus is none of another."""
    watch = load_watchlist(
        _written(tmp_path, '[[watch]]\nfocus = ["ISR"]\npartners = ["MAR"]\n[[watch]]\nfocus = ["SYR"]\npartners = { arab = ["JOR"] }\n'),
        KNOWN,
    )

    assert watch.in_scope(["ISR", "MAR"])
    assert watch.in_scope(["JOR", "SYR"])
    assert not watch.in_scope(["SYR", "MAR"])
    assert not watch.in_scope(["ISR", "JOR"])
    assert watch.states == {"ISR", "MAR", "SYR", "JOR"}


def test_a_list_may_extend_one_that_ships_and_one_beside_it(tmp_path: Path) -> None:
    """A user keeps the default and adds a line, also when the line stands in a file of its own."""
    _written(tmp_path, 'pairs = [["TUR", "SYR"]]\n', "neighbours.toml")
    file = _written(tmp_path, 'extends = ["default", "neighbours.toml"]\npairs = [["SAU", "IRN"]]\n')
    watch = load_watchlist(file)

    assert watch.in_scope(["ISR", "MAR"])
    assert watch.in_scope(["SAU", "IRN"])
    assert watch.in_scope(["TUR", "SYR"])
    assert {path.name for path in watch.files} == {"watch.toml", "default.toml", "neighbours.toml"}


def test_lists_that_extend_each_other_are_read_once(tmp_path: Path) -> None:
    """A circle of files is no endless loop."""
    _written(tmp_path, 'extends = ["watch.toml"]\npairs = [["TUR", "SYR"]]\n', "other.toml")
    file = _written(tmp_path, 'extends = ["other.toml"]\npairs = [["SAU", "IRN"]]\n')

    assert len(load_watchlist(file).pairs) == 2


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        pytest.param('pairs = [["SAU", "IRA"]]', "pairs 1: 'IRA' is no state; write its ISO 3166-1 alpha-3 code", id="unknown"),
        pytest.param('pairs = [["SAUD", "IRN"]]', "Did you mean SAU?", id="near"),
        pytest.param('focus = ["Israel"]\npartners = ["MAR"]', "focus: 'Israel' is no state", id="name"),
        pytest.param('focus = ["ISR"]\npartners = { arab = ["MA"] }', "partners.arab: 'MA' is no state", id="two-letters"),
        pytest.param('[[watch]]\nfocus = ["SYR"]\npartners = ["JRD"]', "watch 1: partners: 'JRD' is no state", id="circle"),
        pytest.param('focus = ["ISR"]', "partners names no state of its own", id="no-partners"),
        pytest.param('[[watch]]\npartners = ["MAR"]', "watch 1: focus names no state of its own", id="no-focus"),
        pytest.param('pairs = [["SAU", "SAU"]]', "pairs 1: holds 1 states", id="alone"),
        pytest.param('pairs = [["SAU", "IRN", "TUR"]]', "pairs 1: holds 3 states", id="three"),
        pytest.param("pairs = []", "watches nothing", id="empty"),
        pytest.param('extends = ["defaut"]', "'defaut' is neither a list that ships (default, rapprochements) nor", id="no-such-list"),
        pytest.param('pair = [["SAU", "IRN"]]', "pair: Extra inputs", id="unknown-key"),
    ],
)
def test_a_slip_in_a_watchlist_is_an_error_that_says_where_and_what_to_do(tmp_path: Path, content: str, complaint: str) -> None:
    """A watchlist with a slip would watch too little, and nobody would notice."""
    file = _written(tmp_path, content + "\n")

    with pytest.raises(ConfigError, match=re.escape(complaint)) as raised:
        load_watchlist(file, KNOWN)

    assert str(file) in str(raised.value)


def test_a_list_that_ships_goes_by_its_name_and_a_file_by_its_path(tmp_path: Path) -> None:
    """Nobody needs to know where the package is installed."""
    file = _written(tmp_path, 'pairs = [["SAU", "IRN"]]\n')

    assert find_watchlist(Path("rapprochements")) == SHIPPED / "rapprochements.toml"
    assert find_watchlist(file) == file
    with pytest.raises(ConfigError, match=r"nowhere: is neither a file nor a watchlist that ships \(default, rapprochements\)"):
        find_watchlist(Path("nowhere"))
    with pytest.raises(ConfigError, match=r"nowhere.toml: cannot be read"):
        load_watchlist(find_watchlist(tmp_path / "nowhere.toml"))


@pytest.mark.parametrize("path", sorted(SHIPPED.glob("*.toml")), ids=lambda path: path.stem)
def test_every_list_that_ships_names_states_that_the_languages_know(path: Path) -> None:
    """A list of ours has no slip."""
    assert load_extractor(path).identity.name == "musafaha"


def test_another_watchlist_is_another_lexicon(tmp_path: Path) -> None:
    """What was read with other data has another name, so it is not taken for a duplicate; a list that is extended counts too."""
    _written(tmp_path, 'pairs = [["TUR", "SYR"]]\n', "other.toml")
    file = _written(tmp_path, 'extends = ["other.toml"]\npairs = [["SAU", "IRN"]]\n')
    before = load_extractor(file).identity.lexicon
    _written(tmp_path, 'pairs = [["TUR", "EGY"]]\n', "other.toml")

    assert len({before, load_extractor(file).identity.lexicon, load_extractor().identity.lexicon}) == 3
