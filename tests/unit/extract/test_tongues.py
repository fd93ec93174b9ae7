"""Which language a text is read in."""

from __future__ import annotations

import pytest

from schemas.article import Article
from services.extract.core import load_extractor
from services.extract.engine.knowledge.data import LanguageFile
from services.extract.engine.text import normalize
from services.extract.engine.words.tongues import Tongues

LATIN = ((0x61, 0x7A),)


def _language(code: str, ranges: tuple[tuple[int, int], ...], small: tuple[str, ...] = (), foreign: tuple[str, ...] = ()) -> LanguageFile:
    scripts = {"ranges": ranges, "small_words": small, "foreign": foreign}
    return LanguageFile.model_validate({"code": code, "week_starts": 0, "scripts": scripts, "proclitics": {}, "paradigms": {}})


TONGUES = Tongues(
    [
        _language("ar", ((0x0600, 0x06FF),)),
        _language("en", LATIN, ("the", "of", "and", "to"), ("el", "los", "del")),
        _language("fr", LATIN, ("le", "la", "et", "à", "l"), ("el", "los", "del")),
    ]
)


@pytest.mark.parametrize(
    ("text", "declared", "expected"),
    [
        ("The ministers of both states met to talk.", None, "en"),
        ("Les ministres se sont vus à Rabat, et l'accord reste à écrire.", None, "fr"),
        ("وزير الخارجية في الرباط, he said to the press", None, "ar"),
        ("Rabat, Manama sign", "fr", "fr"),
        ("The head of the army and the minister went to the sea.", "fr", "en"),
        ("El ministro del reino y los generales", None, None),
        ("会談は来週行われる", "en", None),
        ("2024 - 11", None, None),
        ("", "ar", None),
    ],
)
def test_a_text_is_read_in_the_language_of_its_script_and_small_words(text: str, declared: str | None, expected: str | None) -> None:
    """The publisher's word decides only where the text itself does not."""
    assert TONGUES.of(normalize(text), declared) == expected


def test_a_persian_sentence_is_not_read_as_arabic() -> None:
    """Two small words of another language make a sentence its own, though it names the same states."""
    arabic = "وقعت إسرائيل والبحرين مذكرة تفاهم في المنامة."
    persian = "وقعت إسرائيل والبحرين مذكرة تفاهم في المنامة است که این را."

    extractor = load_extractor()

    assert len(extractor.extract(Article(id="a", text=arabic))) == 1
    assert extractor.extract(Article(id="a", text=persian)) == []
