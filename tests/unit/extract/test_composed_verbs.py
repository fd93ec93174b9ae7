"""Verbs of several words, particles and words in front of a head, in a language that has them apart from their neighbours."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from schemas.article import Article
from services.extract.core import Extractor, load_extractor
from services.extract.engine.phrases.actors import Actor, Group
from services.extract.engine.words.items import Item


@pytest.fixture(scope="module")
def extractor() -> Extractor:
    """The extractor over the data of the repository."""
    return load_extractor()


def _items(extractor: Extractor, text: str) -> list[Item]:
    article = Article(id="a", text=text, language="en", published_at=datetime(2024, 5, 15, 12, tzinfo=UTC))
    return [item for sentence in extractor.read(article).sentences for item in sentence.items]


MARKS = ("fut", "perf", "impf", "passive", "negated", "modal", "inf", "lapsed", "refused", "agreed", "reduced", "would")


@pytest.mark.parametrize(
    ("verb", "marks"),
    [
        ("signed", {"perf"}),
        ("signs", {"impf"}),
        ("will sign", {"fut"}),
        ("will officially sign", {"fut"}),
        ("are to sign", {"fut"}),
        ("are set to sign", {"fut"}),
        ("were due to sign", {"lapsed"}),
        ("have signed", {"perf"}),
        ("have not signed", {"negated"}),
        ("did not sign", {"negated"}),
        ("could sign", {"modal"}),
        ("hope to sign", {"modal"}),
        ("refused to sign", {"refused"}),
        ("agreed to sign", {"fut", "agreed"}),
        ("would sign", {"would"}),
        ("are signing", {"impf"}),
    ],
)
def test_a_verb_takes_the_marks_of_its_auxiliaries(extractor: Extractor, verb: str, marks: set[str]) -> None:
    """Tense, voice, negation and doubt stand apart from the verb, and decide what it tells."""
    items = _items(extractor, f"Israel and Bahrain {verb} a trade agreement.")

    assert [set(MARKS) & item.tags for item in items if "v.sign" in item.tags] == [marks]


@pytest.mark.parametrize(
    ("text", "marks"),
    [
        ("The agreement between Israel and Bahrain was signed.", {"perf", "passive"}),
        ("The agreement between Israel and Bahrain will be signed.", {"fut", "passive"}),
        ("Israel praised the agreement signed with Bahrain.", {"perf", "passive", "reduced"}),
        ("Israel and Bahrain attended a ceremony signed by nobody.", {"perf", "passive", "reduced"}),
    ],
)
def test_a_passive_and_a_bare_participle_are_told_apart(extractor: Extractor, text: str, marks: set[str]) -> None:
    """What was signed is news; what somebody calls signed is known."""
    items = _items(extractor, text)

    assert [set(MARKS) & item.tags for item in items if "v.sign" in item.tags] == [marks]


def test_a_second_verb_shares_the_auxiliaries_of_the_first(extractor: Extractor) -> None:
    """ "Will visit and sign" plans both."""
    items = _items(extractor, "The minister will visit Israel and sign an agreement with Bahrain.")

    assert [set(MARKS) & item.tags for item in items if {"v.sign", "v.visit"} & item.tags] == [{"fut"}, {"fut"}]


@pytest.mark.parametrize(
    ("text", "noun"),
    [
        ("Israel's minister will visit Bahrain.", False),
        ("The minister's visit to Bahrain pleased Israel.", True),
        ("Israel's minister visits Bahrain.", False),
        ("An official visit to Bahrain by Israel's minister began.", True),
    ],
)
def test_a_form_that_is_noun_and_verb_is_decided_by_its_neighbours(extractor: Extractor, text: str, noun: bool) -> None:
    """One form, two words."""
    items = _items(extractor, text)

    assert [("n.visit" in item.tags, "v.visit" in item.tags) for item in items if {"n.visit", "v.visit"} & item.tags] == [(noun, not noun)]


def _actors(items: list[Item]) -> list[Actor]:
    return [actor for item in items if isinstance(item.value, Group) for actor in item.value.members]


@pytest.mark.parametrize(
    ("phrase", "state", "rank"),
    [
        ("Israeli Defence Minister Benny Gantz", "ISR", "minister_defence"),
        ("Morocco's foreign minister", "MAR", "minister_foreign"),
        ("the minister of foreign affairs of Bahrain", "BHR", "minister_foreign"),
        ("the chief of staff of the Moroccan army", "MAR", "chief_of_staff"),
        ("Israel's ambassador to Morocco", "ISR", "ambassador"),
        ("the UAE foreign ministry's director general", "ARE", "director_general"),
        ("Benny Gantz, Israel's defence minister,", "ISR", "minister_defence"),
        ("Khaled Al Nobody, Bahrain's ambassador to Israel,", "BHR", "ambassador"),
        ("Israeli Diaspora Affairs Minister Amichai Nobody", "ISR", "minister_other"),
        ("President Ebrahim Nobody of Iran", "IRN", "head_of_state"),
    ],
)
def test_an_office_takes_the_state_in_front_of_it_or_behind_of(extractor: Extractor, phrase: str, state: str, rank: str) -> None:
    """Whose minister it is stands before the office, behind 'of', or in apposition to the name."""
    actors = _actors(_items(extractor, f"Yesterday {phrase} spoke about Israel and Bahrain."))

    assert (actors[0].iso, actors[0].rank and actors[0].rank.value) == (state, rank)


def test_two_adjectives_of_one_office_are_two_officials(extractor: Extractor) -> None:
    """ "The Israeli and Moroccan foreign ministers" are two."""
    actors = _actors(_items(extractor, "The Israeli and Moroccan foreign ministers met."))

    assert [(actor.iso, actor.rank and actor.rank.value) for actor in actors] == [("ISR", "minister_foreign"), ("MAR", "minister_foreign")]


def test_a_comma_before_and_begins_a_new_clause_behind_a_single_state(extractor: Extractor) -> None:
    """ "... with Morocco, and Israel did" joins sentences; "A, B and C" is a list."""
    parted = [item for item in _items(extractor, "France signed a deal with Morocco, and Israel made no comment.") if "state" in item.tags]
    listed = [item for item in _items(extractor, "Israel, Bahrain, and Morocco signed a deal.") if "state" in item.tags]

    assert len(parted) == 3
    assert [actor.iso for actor in _actors(listed)] == ["ISR", "BHR", "MAR"]
