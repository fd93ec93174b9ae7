"""Forms of words: endings are written out beforehand, prefixes are parted from a word when a text has it."""

from __future__ import annotations

import pytest

from services.extract.core import LANGUAGES, SHARED
from services.extract.engine.knowledge import formtable
from services.extract.engine.knowledge.forms import Prefixes
from services.extract.engine.knowledge.lexicon import Lexicon, load_lexicon
from services.extract.engine.knowledge.reader import reader
from services.extract.engine.knowledge.watch import Watchlist
from services.extract.engine.text import normalize


@pytest.fixture(scope="module")
def arabic() -> Lexicon:
    """The Arabic lexicon."""
    return load_lexicon(LANGUAGES / "ar", SHARED)


@pytest.mark.parametrize(
    ("form", "lemma_class", "tags"),
    [
        pytest.param("وقعت", "v.sign", {"perf"}, id="perfect-feminine"),
        pytest.param("وقعتا", "v.sign", {"perf", "dual"}, id="perfect-dual"),
        pytest.param("يوقعان", "v.sign", {"impf", "dual"}, id="imperfect-dual"),
        pytest.param("سيوقع", "v.sign", {"fut"}, id="future"),
        pytest.param("ليوقع", "v.sign", {"subj"}, id="subjunctive-after-lam"),
        pytest.param("ويزور", "v.visit", {"impf", "conj"}, id="hollow-verb"),
        pytest.param("يزر", "v.visit", {"jussive"}, id="jussive-after-lam-negation"),
        pytest.param("التقت", "v.meet", {"perf"}, id="weak-verb-feminine"),
        pytest.param("يلتقون", "v.meet", {"impf"}, id="weak-verb-plural"),
        pytest.param("زيارته", "n.visit", {"poss"}, id="noun-with-possessive"),
        pytest.param("للزياره", "n.visit", {"to", "def"}, id="preposition-meets-article"),
        pytest.param("اتفاقيتين", "n.instrument", {"dual"}, id="dual"),
        pytest.param("للمغرب", "state", {"to"}, id="state-with-preposition"),
        pytest.param("وبالبحرين", "state", {"conj", "in"}, id="two-prefixes"),
        pytest.param("والاسراييليين", "demonym", {"conj", "def", "many"}, id="demonym-plural"),
        pytest.param("لوزراء خارجيه", "office", {"to", "plural"}, id="phrase-inflects-its-head"),
    ],
)
def test_a_form_is_found_with_its_features(arabic: Lexicon, form: str, lemma_class: str, tags: set[str]) -> None:
    """A form that a text may hold is in the lexicon, and says what its shape tells."""
    readings = [reading for reading in arabic.forms[form] if lemma_class in reading.tags]

    assert readings
    assert any(tags <= reading.tags for reading in readings)


@pytest.mark.parametrize("form", ["توقعات", "موقعه", "يتوقع", "وفقا"])
def test_look_alikes_of_a_trigger_are_no_forms_of_it(arabic: Lexicon, form: str) -> None:
    """Expectations, a site and "according to" share letters with signing and delegations, nothing else."""
    assert not any({"v.sign", "n.sign", "delegation"} & reading.tags for reading in arabic.forms.get(form, ()))


def test_a_prefix_and_its_word_are_parted_only_where_they_are_written_so() -> None:
    """ "To" and the article melt, so the letters side by side are no spelling of the two."""
    prefixes = Prefixes(["", "و", "ل", "ول"], {"لال": "لل"})

    assert prefixes.join("ول", "المغرب") == "وللمغرب"
    assert ("ول", "المغرب") in list(prefixes.part("وللمغرب"))
    assert [prefix for prefix, _ in prefixes.part("ولالمغرب")] == ["", "و"]


def test_every_listed_form_is_found_when_a_text_has_it(arabic: Lexicon) -> None:
    """The list of forms and the look-up of one word are two ways to the same."""
    listed = [form for form in list(arabic.forms)[::97] if " " not in form]

    known = dict(arabic.forms.known(listed))

    assert len(listed) > 500
    assert [number for number in range(len(listed)) if number not in known or known[number].alone is None] == []
    assert all(known[number].alone == arabic.forms.choice(form) for number, form in enumerate(listed))


def test_forgetting_words_changes_no_answer(arabic: Lexicon, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is remembered of words is bounded, and only ever saves time."""
    words = ["وقعت", "اسراييل", "كلمه", "ووزير", "خارجيه"]
    before = arabic.forms.known(words)
    monkeypatch.setattr(formtable, "MOST_SEEN", 0)

    after = [arabic.forms.known([word]) for word in words]

    assert [number for number, _ in before] == [number for number, found in enumerate(after) if found]
    assert [known for _, known in before] == [known for found in after for _, known in found]


@pytest.mark.parametrize(
    ("text", "states"),
    [
        pytest.param("وصل إلى الرِّباط وفدٌ", {"MAR"}, id="capital-with-vowel-marks"),
        pytest.param("المغربية والإسرائيليون", {"MAR", "ISR"}, id="inside-longer-words"),
        pytest.param("Israel, Morocco, ישראל, تونس", set(), id="letters-of-other-scripts-and-states-not-watched"),
    ],
)
def test_a_glance_tells_which_watched_states_a_text_may_name(arabic: Lexicon, text: str, states: set[str]) -> None:
    """No article that names a watched pair is put aside; letters that no name has cannot look like one that has."""
    watched = Watchlist((), frozenset({frozenset({"ISR", "MAR"})}))

    assert reader(arabic, watched).glance(normalize(text)) == states
