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

STORY = (
    "وفد عسكري إسرائيلي يزور البحرين\n"
    "وصل وزير الدفاع الإسرائيلي، اليوم الأربعاء، إلى المنامة على رأس وفد، حيث وقع مع نظيره البحريني مذكرة تفاهم دفاعية.\n"
    "وقال مصدر إن الوزير التقى الملك حمد بن عيسى. وكانت إسرائيل والبحرين قد وقعتا في 3 يناير الماضي اتفاقية في مجال الصحة."
)
WORDS = [
    *("إسرائيل", "البحرين", "والمغرب", "غانتس", "وزير الدفاع الإسرائيلي", "وفد", "وقعت", "وقع", "زار", "يزور", "زيارة", "إلى", "بين", "مع"),
    *(
        "مذكرة تفاهم",
        "اتفاقيتين",
        "اليوم",
        "الأربعاء",
        "الماضي",
        "16 أكتوبر",
        "2020",
        "نفى",
        "أرجأ",
        "قمة",
        "التقى",
        "،",
        ".",
        "\n",
        ":",
        "«",
    ),
    *("أن", "الذي", "خلال", "للمغرب", "في الرباط", "🕊️", "é", "ּ", "الوفد", "يضم", "المملكة", "استئناف", "العلاقات", "تدشين", "سفارة"),
]
QUIET = settings(deadline=None, max_examples=150, suppress_health_check=[HealthCheck.too_slow])


@pytest.fixture(scope="module")
def extractor() -> Extractor:
    """The extractor over the data of the repository."""
    return load_extractor()


def _article(text: str) -> Article:
    return Article(id="a", text=text, published_at=datetime(2024, 5, 15, 12, tzinfo=UTC))


def _assert_quotes(text: str, events: list[NormalizationEvent]) -> None:
    for event in events:
        for span in event.evidence:
            assert 0 <= span.start < span.end <= len(text)
            assert text[span.start : span.end] == span.quote
            assert len(span.quote) <= MAX_SPAN_CHARS


def _told(events: list[NormalizationEvent]) -> list[dict[str, object]]:
    """What the events say, apart from where the words stand."""
    hidden = {"evidence", "article", "extractor", "date", "first"}
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


@QUIET
@given(st.lists(st.sampled_from(WORDS), min_size=5, max_size=60))
def test_any_jumble_of_its_own_words_gives_exact_quotes(extractor: Extractor, words: list[str]) -> None:
    """Sentences that no writer writes: rules fire in every order and still quote what is there."""
    text = " ".join(["إسرائيل والبحرين", *words])
    _assert_quotes(text, extractor.extract(_article(text)))


@QUIET
@given(st.permutations(STORY.replace("\n", ". ").split(". ")))
def test_sentences_in_any_order_are_read(extractor: Extractor, sentences: list[str]) -> None:
    """Order changes what is the lead, never whether reading ends."""
    text = "\n".join(sentences)
    _assert_quotes(text, extractor.extract(_article(text)))


@QUIET
@given(st.data())
def test_marks_that_decide_nothing_change_no_event(extractor: Extractor, data: st.DataObject) -> None:
    """Vowel marks, tatweel and direction marks between letters."""
    marks = data.draw(
        st.lists(st.tuples(st.integers(0, len(STORY) - 1), st.sampled_from("\u064e\u0650\u0651\u0652\u0640\u200f\u200e")), max_size=40)
    )
    letters = list(STORY)
    for at, mark in marks:
        if letters[at][0].isalpha():
            letters[at] += mark
    text = "".join(letters)
    events = extractor.extract(_article(text))

    _assert_quotes(text, events)
    assert _told(events) == _told(extractor.extract(_article(STORY)))


@pytest.mark.parametrize(("arabic", "farsi"), [("ي", "ی"), ("ك", "ک"), ("ه", "ھ")])
def test_farsi_letters_change_no_event(extractor: Extractor, arabic: str, farsi: str) -> None:
    """Whole Arabic articles are typed with them."""
    assert _told(extractor.extract(_article(STORY.replace(arabic, farsi)))) == _told(extractor.extract(_article(STORY)))


def test_the_story_is_worth_the_tests_above(extractor: Extractor) -> None:
    """A text that gives nothing would prove nothing."""
    assert {event.type.value for event in extractor.extract(_article(STORY))} >= {"visit", "agreement"}


def test_offsets_are_right_behind_emoji_and_combining_marks(extractor: Extractor) -> None:
    """Offsets count code points, not bytes, not glyphs."""
    text = "👩‍👩‍👧‍👦 e\u0301 𝔘 " + STORY
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

    assert steps(lead + unit * 4_000) < 6 * steps(lead + unit * 1_000) + 10_000
