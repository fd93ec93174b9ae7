"""Sentences of a text, and where in the story each stands: headline, lead, or after it."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Collection

from services.extract.engine.text import Text
from services.extract.engine.words.furniture import FURNITURE, without_furniture
from services.extract.engine.words.items import Item, Sentence

_END = re.compile(r"[\n.!?…](?:(?<=[.!?…])[.!?…]+)?")
"""A line end, or marks of the end of a sentence. A pattern that begins with one set of characters is sought fastest."""
_NOTHING = " .\n!?…"
_BULLETS = frozenset("•-*·◾▪●")
DECK_WORDS = 20
"""A line shorter than this right after the headline is a deck or a bullet, not yet the lead."""
DATELINE_CHARS = 40
LEAD_SENTENCES = 2
FOREIGN_WORDS = 2
"""So many different small words of another language make a sentence its own."""
LONGEST_ABBREVIATION = 8
MAX_SENTENCE_CHARS = 1_200
"""About 200 words. The longest sentences of the press have 90."""


def sentences(text: Text, items: list[Item], abbreviations: Collection[str] = ()) -> list[Sentence]:
    """The sentences of `text` that hold any item, each with its items; a full stop behind one of `abbreviations` ends none."""
    found: list[Sentence] = []
    lead_left, in_deck, line = LEAD_SENTENCES, True, 0
    furniture = [item for item in items if not item.tags.isdisjoint(FURNITURE)]
    spans = _spans(text.norm, abbreviations)
    spans = without_furniture(text, spans, items if furniture else [])
    if furniture:
        items = [item for item in items if not item.tags <= FURNITURE]
    starts = [item.start for item in items]
    for start, end in spans:
        if text.flat[start:end].isspace():
            continue
        headline = line == 0
        bullet = in_deck and text.norm[start:end].lstrip()[:1] in _BULLETS
        if headline or bullet or (in_deck and line == 1 and _words(text, start, end) < DECK_WORDS and _is_deck(text.norm, start, end)):
            lead = True
        elif lead_left:
            lead, in_deck = True, False
            lead_left -= 1
        else:
            lead = False
        inside = items[bisect_left(starts, start) : bisect_left(starts, end)]
        found.append(Sentence(start, end, len(found), lead, headline, inside))
        line += 1
    return found


def asks(text: Text, sentence: Sentence) -> bool:
    """Whether the sentence asks: it tells nothing (the question marks of all scripts are folded to one)."""
    mark = text.norm.rfind("?", sentence.start, sentence.end)
    return mark >= 0 and not text.norm[mark + 1 : sentence.end].strip()


def own_sentences(found: list[Sentence]) -> list[Sentence]:
    """The sentences without those of another language: a quotation or a text in a language that shares the script."""
    own = []
    for sentence in found:
        strange = [item for item in sentence.items if "foreign" in item.tags]
        if len({item.readings for item in strange}) < FOREIGN_WORDS:
            sentence.items = [item for item in sentence.items if "foreign" not in item.tags] if strange else sentence.items
            own.append(sentence)
    return own


def _words(text: Text, start: int, end: int) -> int:
    return text.token(end - 1) - text.token(start) + (text.flat[start] != " " and start > 0)


def _is_deck(norm: str, start: int, end: int) -> bool:
    """A short line behind the headline, before the story; a sentence with a dateline belongs to the story itself."""
    line = norm[start:end].rstrip()
    return not (line.endswith(".") and ":" in line[:DATELINE_CHARS]) and _more_follows(norm, end)


def _more_follows(norm: str, end: int) -> bool:
    return len(norm) - end > 200


def _spans(norm: str, abbreviations: Collection[str]) -> list[tuple[int, int]]:
    """Offsets of the sentences: cut at line ends, and at full stops that end neither a number, nor an initial, nor go on as an ellipsis."""
    spans: list[tuple[int, int]] = []
    start = 0
    for match in _END.finditer(norm):
        mark = match.group()
        at, end = match.span()
        if mark != "\n":
            if mark[0] == "." and len(mark) == 1:
                before = norm[at - 1] if at else " "
                after = norm[end] if end < len(norm) else " "
                if before.isdigit() and after.isdigit():
                    continue
                if at >= 2 and before.isalpha() and not norm[at - 2].isalnum():
                    continue
                if abbreviations and _last_word(norm, at) in abbreviations:
                    continue
                if after.isascii() and after.isalpha() and before.isascii():
                    continue
            elif mark in ("..", "…", "...") and start <= 1 and "\n" not in norm[1:at]:
                continue
        if end > start:
            spans.append((start, end))
        start = end
    if start < len(norm):
        spans.append((start, len(norm)))
    return [piece for start, end in spans if norm[start:end].strip(_NOTHING) for piece in _pieces(norm, start, end)]


def _last_word(norm: str, at: int) -> str:
    """The letters right before the full stop at `at`."""
    start = at
    while start > 0 and at - start < LONGEST_ABBREVIATION and norm[start - 1].isalpha():
        start -= 1
    return norm[start:at]


def _pieces(norm: str, start: int, end: int) -> list[tuple[int, int]]:
    """A sentence that no reader would finish, cut at spaces: so the work on one sentence is bounded."""
    if end - start <= MAX_SENTENCE_CHARS:
        return [(start, end)]
    pieces = []
    while end - start > MAX_SENTENCE_CHARS:
        cut = norm.find(" ", start + MAX_SENTENCE_CHARS, end)
        if cut < 0:
            break
        pieces.append((start, cut))
        start = cut
    return [*pieces, (start, end)]
