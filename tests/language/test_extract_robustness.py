"""Whatever the text: spans lie in it and quote it, spellings that decide nothing change nothing, every run says the same."""

from __future__ import annotations

import os
import subprocess
import sys
from datetime import UTC, datetime
from types import FrameType

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from schemas.article import Article
from schemas.event import MAX_SPAN_CHARS, NormalizationEvent
from services.extract.core import Extractor, load_extractor
from tests.language.stories import STORIES

JUMBLES = {
    "ar": "إسرائيل البحرين والمغرب غانتس وزير الدفاع الإسرائيلي وفد وقعت وقع زار يزور زيارة إلى بين مع مذكرة تفاهم اتفاقيتين اليوم الأربعاء"
    " الماضي 16 أكتوبر 2020 نفى أرجأ قمة التقى ، . : « أن الذي خلال للمغرب في الرباط الوفد يضم المملكة استئناف العلاقات تدشين سفارة",
    "en": "Israel Bahrain Morocco's Gantz Israeli Defence Minister delegation signed sign signing visit visited to between with memorandum "
    "of understanding, agreements on Wednesday last 16 October 2020 postponed summit met , . : \" that who during Rabat the Kingdom's "
    "resumption ties embassy opened will was by its counterpart U.S. Nov.",
    "fr": "Israël Bahreïn du Maroc Gantz le ministre israélien de la Défense a signé signer signature visite s'est rendu à entre "
    "avec protocole d'accord accords mercredi dernier 16 octobre 2020 dément reporté sommet rencontré , . : « que qui lors Rabat Royaume "
    "reprise relations ambassade ouvert sera par son homologue M.",
    "he": "ישראל בחריין ומרוקו גנץ שר הביטחון הישראלי משלחת חתמה חתם לחתום חתימה ביקור ביקר ל בין עם מזכר הבנות הסכמים ביום רביעי שעבר 16 "
    'באוקטובר 2020 הכחיש נדחה פסגה נפגש , . : " ש אשר במהלך ברבאט הממלכה חידוש היחסים שגרירות צה"ל ייפתח על ידי מקבילו',
}
ODD = ["\n", "🕊️", "é", "ּ", "\u200f", "ـ"]
STORY = STORIES["ar"]
each_language = pytest.mark.parametrize("language", sorted(STORIES))
QUIET = settings(deadline=None, max_examples=150, suppress_health_check=[HealthCheck.too_slow])


@pytest.fixture(scope="module")
def extractor() -> Extractor:
    """The extractor over the data of the repository."""
    return load_extractor()


def _article(text: str, language: str | None = None) -> Article:
    return Article(id="a", text=text, language=language, published_at=datetime(2024, 5, 15, 12, tzinfo=UTC))


def _assert_quotes(text: str, events: list[NormalizationEvent]) -> None:
    for event in events:
        for span in event.evidence:
            assert 0 <= span.start < span.end <= len(text)
            assert text[span.start : span.end] == span.quote
            assert len(span.quote) <= MAX_SPAN_CHARS


def _told(events: list[NormalizationEvent]) -> list[dict[str, object]]:
    """What the events say, apart from where the words stand and how they are quoted."""
    hidden = {"evidence", "article", "extractor", "date", "first", "attribution", "frequency"}
    plain = [event.model_dump(mode="json", exclude=hidden) for event in events]
    for event, shown in zip(events, plain, strict=True):
        shown["when"] = (event.date.start, event.date.end, event.date.precision)
        for key in ("visitors", "participants", "signatories"):
            for person in shown.get(key, []):
                del person["name_in_text"]
    return plain


@QUIET
@given(st.text(min_size=1, max_size=400))
def test_any_unicode_text_gives_exact_quotes(extractor: Extractor, text: str) -> None:
    """No text breaks the engine."""
    _assert_quotes(text, extractor.extract(_article(text)))


@each_language
@QUIET
@given(data=st.data())
def test_any_jumble_of_its_own_words_gives_exact_quotes(extractor: Extractor, language: str, data: st.DataObject) -> None:
    """Sentences that no writer writes: rules fire in every order and still quote what is there."""
    words = data.draw(st.lists(st.sampled_from(JUMBLES[language].split() + ODD), min_size=5, max_size=60))
    text = " ".join([STORIES[language].partition("\n")[0], *words])
    _assert_quotes(text, extractor.extract(_article(text, language)))


@each_language
@QUIET
@given(data=st.data())
def test_sentences_in_any_order_are_read(extractor: Extractor, language: str, data: st.DataObject) -> None:
    """Order changes what is the lead, never whether reading ends."""
    text = "\n".join(data.draw(st.permutations(STORIES[language].replace("\n", ". ").split(". "))))
    _assert_quotes(text, extractor.extract(_article(text, language)))


MARKS = {
    "ar": "\u064e\u0650\u0651\u0652\u0640\u200f\u200e",  # vowel marks, tatweel
    "en": "\u200b\u2060\u00ad\u200e",  # soft hyphens and zero-width spaces of page layouts
    "fr": "\u200b\u2060\u00ad\u200e",
    "he": "\u05b0\u05b8\u05bc\u200f\u200e",  # points
}


@each_language
@QUIET
@given(data=st.data())
def test_marks_that_decide_nothing_change_no_event(extractor: Extractor, language: str, data: st.DataObject) -> None:
    """Vowel marks, tatweel, soft hyphens and direction marks between letters."""
    story = STORIES[language]
    places = st.tuples(st.integers(0, len(story) - 1), st.sampled_from(MARKS[language]))
    letters = list(story)
    for at, mark in data.draw(st.lists(places, max_size=40)):
        if letters[at][0].isalpha():
            letters[at] += mark
    text = "".join(letters)
    events = extractor.extract(_article(text))

    _assert_quotes(text, events)
    assert _told(events) == _told(extractor.extract(_article(story)))


@pytest.mark.parametrize(("arabic", "farsi"), [("ي", "ی"), ("ك", "ک"), ("ه", "ھ")])
def test_farsi_letters_change_no_event(extractor: Extractor, arabic: str, farsi: str) -> None:
    """Whole Arabic articles are typed with them."""
    assert _told(extractor.extract(_article(STORY.replace(arabic, farsi)))) == _told(extractor.extract(_article(STORY)))


@each_language
def test_the_story_is_worth_the_tests_above(extractor: Extractor, language: str) -> None:
    """A text that gives nothing would prove nothing; the same story gives the same events in every language."""
    told = [(event.type.value, event.parties, event.discourse.value) for event in extractor.extract(_article(STORIES[language]))]

    assert sorted(told) == [
        ("agreement", ("ISR", "BHR"), "background"),
        ("agreement", ("ISR", "BHR"), "lead"),
        ("meeting", ("ISR", "BHR"), "lead"),
        ("visit", ("ISR", "BHR"), "lead"),
    ]


@each_language
def test_offsets_are_right_behind_emoji_and_combining_marks(extractor: Extractor, language: str) -> None:
    """Offsets count code points, not bytes, not glyphs."""
    text = "👩‍👩‍👧‍👦 e\u0301 𝔘 " + STORIES[language]
    _assert_quotes(text, extractor.extract(_article(text)))


def test_every_process_says_the_same_whatever_its_hash_seed() -> None:
    """A replay on another machine must give the same ids, in the same order."""
    code = (
        "from datetime import UTC, datetime\n"
        "from schemas.article import Article\n"
        "from services.extract.core import load_extractor\n"
        "import sys\n"
        "text = sys.stdin.buffer.read().decode()\n"
        "article = Article(id='a', text=text, published_at=datetime(2024, 5, 15, 12, tzinfo=UTC))\n"
        "print([e.model_dump_json() for e in load_extractor().extract(article)])\n"
    )
    outputs = {
        subprocess.run(
            [sys.executable, "-c", code],
            input=STORY.encode(),
            stdout=subprocess.PIPE,
            check=True,
            env={**os.environ, "PYTHONHASHSEED": seed, "PYTHONUTF8": "1"},
        ).stdout
        for seed in ("0", "1", "4242")
    }

    assert len(outputs) == 1


@pytest.mark.parametrize(
    "unit",
    [
        pytest.param("Israel and Bahrain signed a memorandum of understanding. ", id="repeated-english-sentences"),
        pytest.param("Israël et Bahreïn ont signé un accord ", id="one-endless-french-sentence"),
        pytest.param("שר החוץ ביקר בבחריין ", id="one-endless-hebrew-sentence"),
        pytest.param("وقعت إسرائيل والبحرين مذكرة تفاهم. ", id="repeated-sentences"),
        pytest.param("وقعت إسرائيل ", id="one-endless-sentence"),
        pytest.param("زيارة ", id="triggers-alone"),
        pytest.param("إسرائيل والبحرين، ", id="an-endless-list"),
        pytest.param("ا", id="one-endless-word"),
        pytest.param("12 ", id="numbers"),
    ],
)
def test_the_work_grows_with_the_length_and_not_faster(extractor: Extractor, unit: str) -> None:
    """Four times the text takes about four times the steps: no article may hold a worker."""
    lead = "إسرائيل والبحرين\n"

    def steps(text: str) -> int:
        """Calls that Python made; the same on every machine."""
        counted = 0

        def count(_frame: FrameType, event: str, _argument: object) -> None:
            nonlocal counted
            counted += event in ("call", "c_call")

        article = _article(text)
        sys.setprofile(count)
        try:
            extractor.extract(article)
        finally:
            sys.setprofile(None)
        return counted

    extractor.extract(_article(lead + unit))  # a language loads with its first text
    assert steps(lead + unit * 4_000) < 6 * steps(lead + unit * 1_000) + 10_000
