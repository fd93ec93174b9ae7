"""Verbs of several words become one: tense, voice and negation of the whole, and a subject that stands in front."""

from __future__ import annotations

from functools import cache

import pytest

from services.extract.core import LANGUAGES, SHARED, _words
from services.extract.engine.knowledge.lexicon import Lexicon
from services.extract.engine.knowledge.reader import compiled
from services.extract.engine.text import normalize
from services.extract.engine.words.compound import join_verbs
from services.extract.engine.words.items import Item
from services.extract.engine.words.names import named


@cache
def _lexicon() -> Lexicon:
    return compiled(LANGUAGES / "fr", SHARED)


def _verbs(sentence: str, tag: str) -> list[Item]:
    text = named(normalize(sentence), _lexicon().language)
    return [item for item in join_verbs(text, _words(text, _lexicon())) if tag in item.tags]


@pytest.mark.parametrize(
    ("sentence", "tag", "marks", "absent"),
    [
        pytest.param("Israël a signé un accord.", "v.sign", {"verb", "perf"}, {"passive", "ptc"}, id="perfect"),
        pytest.param("Un accord a été signé.", "v.sign", {"verb", "perf", "passive"}, set(), id="passive"),
        pytest.param("Un accord sera officiellement signé.", "v.sign", {"verb", "fut", "passive"}, set(), id="adverb-inside"),
        pytest.param("Israël n'a pas signé.", "v.sign", {"negated"}, set(), id="negation-around"),
        pytest.param("Israël aurait signé un accord.", "v.sign", {"perf", "hearsay"}, {"would"}, id="so-they-say"),
        pytest.param("Israël signerait un accord.", "v.sign", {"would"}, {"perf"}, id="conditional"),
        pytest.param("Israël avait signé un accord.", "v.sign", {"perf", "before"}, set(), id="earlier-still"),
        pytest.param("Israël pourrait signer un accord.", "v.sign", {"modal"}, {"inf"}, id="may"),
        pytest.param("Le ministre est arrivé.", "v.arrive", {"perf"}, {"passive"}, id="motion-with-be"),
        pytest.param("Le ministre s'est rendu au Maroc.", "v.go", {"perf", "refl"}, {"passive"}, id="reflexive-with-be"),
        pytest.param("Le ministre doit se rendre au Maroc.", "v.go", {"fut", "refl"}, {"inf"}, id="reflexive-infinitive"),
        pytest.param("Israël dit avoir signé un accord.", "v.sign", {"past_inf", "perf"}, {"inf", "verb"}, id="infinitive-of-the-past"),
        pytest.param("L'accord signé mardi est là.", "v.sign", {"ptc"}, {"verb"}, id="bare-participle"),
        pytest.param("Israël signe un accord.", "v.sign", {"verb", "impf"}, {"ptc"}, id="accent-tells-the-present"),
    ],
)
def test_a_verb_of_several_words_has_the_marks_of_the_whole(sentence: str, tag: str, marks: set[str], absent: set[str]) -> None:
    """What the auxiliary tells belongs to the verb; what only its form told is gone."""
    (verb,) = _verbs(sentence, tag)

    assert marks - verb.tags == set()
    assert absent & verb.tags == set()


@pytest.mark.parametrize(
    ("sentence", "noun"),
    [
        pytest.param("La visite du ministre au Maroc.", True, id="article"),
        pytest.param("Le ministre Gantz visite Rabat.", False, id="behind-a-name"),
        pytest.param("Il parle de sa prochaine visite à Rabat.", True, id="adjective-between"),
        pytest.param("Visite de Gantz à Rabat.", True, id="opens-the-line"),
    ],
)
def test_a_form_that_is_noun_and_verb_is_decided_by_what_stands_before(sentence: str, noun: bool) -> None:
    """'Visite' names a visit or tells one."""
    found = _verbs(sentence, "n.visit" if noun else "v.visit")

    assert len(found) == 1
    assert ("noun" in found[0].tags) is noun


def test_an_auxiliary_without_a_verb_that_we_know_is_some_verb() -> None:
    """So that nobody takes its subject for that of a verb further on."""
    (found,) = _verbs("Le ministre a bavardé.", "aux")

    assert "verb" in found.tags
