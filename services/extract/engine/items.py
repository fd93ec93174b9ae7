"""What was found in a text: words of the lexicon with their readings, in order, one reading list per place.

`scan` is the one pass of the automaton over an article; everything after it works on items.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Container
from dataclasses import dataclass, field

from services.extract.engine.lexicon import Entry, Lexicon, Reading
from services.extract.engine.text import Text

_NUMBER = re.compile(r"(?<= )[^\W\d_]?(\d{1,4})([^\W\d_]{0,3})(?= |$)")
"""A plain number, with one letter glued before it at most ("and 28"), and what makes it an ordinal."""
_COMMA = ","
_COLON = re.compile(r":(?!\d)")


@dataclass(slots=True, eq=False)
class Item:
    """A word or phrase. `start` and `end` are offsets in `Text.norm`; `first` and `last` count words (inclusive)."""

    start: int
    end: int
    first: int
    last: int
    tags: frozenset[str]
    readings: tuple[Reading, ...]
    value: object = None
    lead: int = -1  # where the particles before it begin, when it has any

    def entry(self, tag: str) -> Entry | None:
        """The entry behind the reading that has `tag`."""
        return next((reading.entry for reading in self.readings if tag in reading.tags), None)


@dataclass(slots=True)
class Sentence:
    """A sentence: offsets in `Text.norm`, ordinal, and where it stands. `items` are its words, later its phrases."""

    start: int
    end: int
    number: int
    lead: bool
    headline: bool
    items: list[Item] = field(default_factory=list)


def scan(text: Text, lexicon: Lexicon) -> list[Item]:
    """All words of `lexicon` in `text`, longest first from the left, whole words only; stop words are gone."""
    flat, token = text.flat, text.token
    size = len(flat)
    best: dict[int, tuple[int, int]] = {}
    for pattern, start, end in lexicon.automaton.find_matches_as_indexes(flat, overlapping=True):
        if (end == size or flat[end] == " ") and end > best.get(start, (0, 0))[0]:
            best[start] = (end, pattern)
    found: list[Item] = []
    reached = 0
    readings = lexicon.readings
    for start in sorted(best):
        if start < reached:
            continue
        end, pattern = best[start]
        reached = end
        choice = readings[pattern]
        tags = choice[0].tags if len(choice) == 1 else frozenset().union(*(reading.tags for reading in choice))
        if "stop" in tags:
            continue
        found.append(Item(start + 1, end, token[start + 1], token[end - 1], tags, choice))
    return found


def numbers(text: Text, items: list[Item], ordinals: Container[str] = ()) -> list[Item]:
    """`items` with the plain numbers of the text among them; `ordinals` are the endings that a number may have."""
    taken = [item.start for item in items]
    found = []
    for match in _NUMBER.finditer(text.flat):
        if match.group(2) and match.group(2) not in ordinals:
            continue
        at = bisect_right(taken, match.start()) - 1
        if at >= 0 and items[at].end > match.start():
            continue
        number = Item(match.start(), match.end(), text.token[match.start()], text.token[match.end() - 1], frozenset({"number"}), ())
        number.value = int(match.group(1))
        found.append(number)
    return sorted([*items, *found], key=lambda item: item.start) if found else items


def with_colons(text: Text, items: list[Item]) -> list[Item]:
    """`items` with the colons of the text among them: what follows one is somebody's words, another clause."""
    found = []
    for match in _COLON.finditer(text.norm):
        at = match.start()
        token = text.token[at]
        found.append(Item(at, at + 1, token + 1, token, frozenset({"break", "colon"}), ()))
    return sorted([*items, *found], key=lambda item: item.start) if found else items


def between(items: list[Item], start: int, end: int) -> list[Item]:
    """The items that begin within [start, end)."""
    starts = [item.start for item in items]
    return items[bisect_left(starts, start) : bisect_left(starts, end)]


def has_comma(text: Text, left: Item, right: Item) -> bool:
    """Whether a comma stands between two items."""
    return _COMMA in text.norm[left.end : right.start]


def gap(left: Item, right: Item) -> int:
    """How many words stand between two items, 0 when they touch; negative when they overlap."""
    return right.first - left.last - 1
