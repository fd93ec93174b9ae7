"""Names that no list knows, told by their capitals; surnames that belong to somebody else."""

from __future__ import annotations

from dataclasses import replace

import pytest

from services.extract.engine.text import Text, normalize
from services.extract.engine.words.names import capital_name, name_before


def _text(source: str) -> Text:
    return replace(normalize(source), capitals=True, particles=frozenset({"ben", "al"}))


def _quoted(text: Text, span: tuple[int, int] | None) -> str | None:
    return None if span is None else text.source[slice(*text.span(*span))]


@pytest.mark.parametrize(
    ("source", "after", "name"),
    [
        pytest.param("le ministre Yoel Razvozov est là", "ministre", "Yoel Razvozov", id="two-words"),
        pytest.param("le ministre Adel ben Khalifa al-Fadhel est là", "ministre", "Adel ben Khalifa al-Fadhel", id="small-words-inside"),
        pytest.param("le ministre parle à Paul", "ministre", None, id="no-capital"),
        pytest.param("le ministre Paul, Jean et lui", "ministre", "Paul", id="ends-at-a-comma"),
    ],
)
def test_a_name_is_the_run_of_words_with_capitals(source: str, after: str, name: str | None) -> None:
    """Small words belong to a name only between two words of it."""
    text = _text(source)
    start = text.norm.index(after) + len(after)

    assert _quoted(text, capital_name(text, start, len(text.norm))) == name


@pytest.mark.parametrize(
    ("source", "name"),
    [
        pytest.param("hier Jassem al-Doseri, député", "Jassem al-Doseri", id="before-the-comma"),
        pytest.param("hier Jassem, député", None, id="one-word-is-too-little"),
        pytest.param("hier Jassem Doseri député", None, id="without-a-comma"),
    ],
)
def test_a_name_before_an_office_ends_with_the_comma(source: str, name: str | None) -> None:
    """'X, member of parliament': the name stands in front."""
    text = _text(source)

    assert _quoted(text, name_before(text, text.norm.index("depute"), 1)) == name
