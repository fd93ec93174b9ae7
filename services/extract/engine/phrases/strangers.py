"""Names that no list knows, behind an office: where such a name ends, with and without capitals."""

from __future__ import annotations

from services.extract.engine.text import Text
from services.extract.engine.words.items import Item
from services.extract.engine.words.names import capital_name

LINK_LETTERS = 2


NAME_CHARS = 60


NAME_WORDS = 3
"""Words of an unknown name at most."""


def unknown_name(text: Text, last: Item, after: Item | None) -> tuple[int, int] | None:
    """The words right behind an office when the lexicon knows none of them: a name, closed by a comma, a known word or its third word."""
    limit = after.start if after is not None else len(text.norm)
    if text.capitals:
        return _capital_name(text, last, limit)
    start = last.end
    while start < limit and text.norm[start] in " ,":
        start += 1
    after_comma = "," in text.norm[last.end : start]
    end, words = start, 0
    position = start
    while position < limit and words < NAME_WORDS and position - start < NAME_CHARS:
        begin = position
        while position < limit and (text.flat[position] != " " or _hyphen(text, position)):
            position += 1
        words += position - begin > LINK_LETTERS  # "son of", "house of" and the like link names
        end = position
        if position < limit and text.norm[position] != " ":
            break
        while position < limit and text.norm[position] == " ":
            position += 1
        if position < limit and text.flat[position] == " ":
            break
    if end <= start or not text.norm[start:end].strip():
        return None
    closed = end < len(text.norm) and text.norm[end] in ",("
    if after_comma and not (closed and words >= 2):
        return None
    if not after_comma and words < 2:
        return None
    return (start, end) if closed or (after is not None and after.start - end <= 1) else None


def _hyphen(text: Text, position: int) -> bool:
    """Whether a hyphen within a name stands there, no dash."""
    return text.norm[position] == "-" and text.flat[position - 1] != " " and text.flat[position + 1 : position + 2] not in ("", " ")


def _capital_name(text: Text, last: Item, limit: int) -> tuple[int, int] | None:
    """The words with capitals right behind an office; behind a comma only a full name that a comma closes again."""
    found = capital_name(text, last.end, limit)
    if found is None:
        return None
    between = text.norm[last.end : found[0]]
    if "," not in between:
        return found if between == " " else None
    closed = text.norm[found[1] : found[1] + 1] in (",", ")") or not text.norm[found[1] : found[1] + 2].strip(" .\n")
    return found if closed and " " in text.norm[slice(*found)] else None
