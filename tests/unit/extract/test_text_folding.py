"""Folding: spellings that decide nothing become one, and every place in the folded text is known in the source."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.extract.engine.text import fold, normalize


@pytest.mark.parametrize(
    ("written", "folded"),
    [
        ("إِسْرَائِيل", "اسراييل"),
        ("المـــغرب", "المغرب"),
        ("ایران", "ايران"),
        ("کویت", "كويت"),
        ("الثلاثاء", "الثلاثاء"),
        ("مذكرة تفاهم", "مذكره تفاهم"),
        ("مصطفى", "مصطفي"),
        ("أُقِرَّت", "اقرت"),
        ("مسؤول", "مسوول"),
        ("گانتس", "غانتس"),
        ("٢٠٢٤ و۱۴۰۰", "2024 و1400"),
        ("Israël", "israel"),
        ("و«إسرائيل»", "واسراييل"),
        ('لـ"مواجهة', "لمواجهه"),
        ("\u200fالرباط\u200e", "الرباط"),
        ("الأردن\u00a0اليوم", "الاردن اليوم"),
        ("", ""),
    ],
)
def test_spellings_that_decide_nothing_are_folded(written: str, folded: str) -> None:
    """The lexicon holds one spelling of each word."""
    assert fold(written) == folded


def test_a_quoted_word_between_two_letters_stays_apart_from_its_neighbour() -> None:
    """Quotation marks glued on both sides must not weld two words into one."""
    assert fold('كلمة"أخرى"هنا') == "كلمه اخري هنا"


@pytest.mark.parametrize("written", ['l’"African Lion"', "l'«African Lion»", "l’“African Lion”"])
def test_an_elided_article_stays_apart_from_the_quotation_behind_it(written: str) -> None:
    """In French an apostrophe and a quotation mark stand side by side; both vanishing would weld the article to the name."""
    assert fold(written) == "l african lion"


def test_spans_include_the_marks_of_the_last_letter() -> None:
    """Evidence quotes the word as it stands, tanween and all."""
    text = normalize("زار وفداً الرباط")
    at = text.norm.index("وفدا")

    assert text.raw(at, at + 4) == "وفداً"


@given(st.text(max_size=300))
def test_every_folded_character_comes_from_its_place_in_the_source(source: str) -> None:
    """Offsets stay inside the source and only grow, for any text, emoji and lone surrogates included."""
    text = normalize(source)
    offsets = text.index[1:].tolist()

    assert offsets == sorted(set(offsets))
    assert all(0 <= offset < len(source) for offset in offsets)
    assert len(text.norm) == len(text.flat)


def test_a_megabyte_without_a_space_is_folded_whole() -> None:
    """Nothing in the folding looks back or forth without bound."""
    text = normalize("ا" * 1_000_000)

    assert len(text.norm) == 1_000_001
