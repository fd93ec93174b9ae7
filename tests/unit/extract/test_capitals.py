"""A capital letter tells a name from a common word in scripts that have them; the data say where it must stand."""

from __future__ import annotations

import pytest

from services.extract.core import LANGUAGES, SHARED
from services.extract.engine.knowledge.lexicon import Lexicon, load_lexicon
from services.extract.engine.text import normalize
from services.extract.engine.words.items import Item, scan
from services.extract.engine.words.particles import right_case

LANGUAGE = """
code = "xx"
week_starts = 0
capitals = true
[scripts]
ranges = [[0x41, 0x24F]]
[proclitics]
[proclitics.none]
"" = []
[assimilation]
[paradigms.name]
proclitics = "none"
slots = [{}]
[paradigms.demonym]
proclitics = "none"
slots = [{ tags = ["adj"] }]
"""
WORDS = """
[[word]]
class = ["n.bird"]
forms = { name = ["turkey"] }
[[word]]
class = ["p.from"]
forms = { name = ["from"] }
"""


@pytest.fixture(scope="module")
def lexicon(tmp_path_factory: pytest.TempPathFactory) -> Lexicon:
    """The English states, with the bird among the other words."""
    folder = tmp_path_factory.mktemp("xx")
    for name, content in (("language.toml", LANGUAGE), ("persons.toml", ""), ("cues.toml", WORDS)):
        (folder / name).write_text(content, encoding="utf-8")
    (folder / "countries.toml").write_text((LANGUAGES / "en" / "countries.toml").read_text(encoding="utf-8"), encoding="utf-8")
    return load_lexicon(folder, SHARED)


def _items(lexicon: Lexicon, text: str) -> list[Item]:
    folded = normalize(text)
    return right_case(folded, scan(folded, lexicon))


def _states(lexicon: Lexicon, text: str) -> list[str | None]:
    return [entry.iso for item in _items(lexicon, text) if (entry := item.entry("state"))]


@pytest.mark.parametrize(
    ("text", "states"),
    [
        pytest.param("Turkey signed", ["TUR"], id="state"),
        pytest.param("TURKEY SIGNED WITH THE US", ["TUR", "USA"], id="headline-in-capitals"),
        pytest.param("they ate turkey", [], id="bird"),
        pytest.param("it told us that", [], id="pronoun"),
        pytest.param("the U.S. and the US", ["USA", "USA"], id="abbreviation"),
        pytest.param("Us and them", [], id="abbreviation-needs-all-capitals"),
        pytest.param("a chad was found in Chad", ["TCD"], id="both"),
        pytest.param("a guinea pig from Papua New Guinea", ["PNG"], id="longest-name"),
        pytest.param("the Zionist entity, and zionist entity", ["ISR"], id="several-words"),
    ],
)
def test_a_name_counts_only_with_the_capitals_that_it_has(lexicon: Lexicon, text: str, states: list[str]) -> None:
    """Folding hides the difference between a state and a bird."""
    assert _states(lexicon, text) == states


def test_a_word_in_small_letters_stays_what_it_is(lexicon: Lexicon) -> None:
    """The bird is still a word, and with a capital both readings stand."""
    small, capital = (_items(lexicon, text)[0] for text in ("turkey", "Turkey"))

    assert "n.bird" in small.tags and "state" not in small.tags
    assert {"n.bird", "state"} <= capital.tags


@pytest.mark.parametrize(("text", "found"), [("Polish", True), ("polish the table", False), ("Danish pastry", True)])
def test_an_adjective_of_a_state_needs_its_capital_too(lexicon: Lexicon, text: str, found: bool) -> None:
    """English writes them with one; "polish" is a verb."""
    assert any("demonym" in item.tags for item in _items(lexicon, text)) is found
