"""What was found in a text: words of the lexicon with their readings, in order, one reading list per place.

`scan` is the one pass over the words of an article; everything after it works on items.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Container
from dataclasses import dataclass, field
from operator import attrgetter

from services.extract.engine.knowledge.entries import Entry
from services.extract.engine.knowledge.formtable import Reading
from services.extract.engine.knowledge.lexicon import Lexicon
from services.extract.engine.text import Text

_NUMBER = re.compile(r"(\d\d{0,8})([^\W\d_]{0,3})(?= |$)")
"""The digits of a number to the end of its word, and what makes it an ordinal. A pattern that begins with a digit is sought fastest."""
_NUMBER_TAGS = frozenset({"number"})
_COMMA = ","
_COLON = re.compile(r":(?!\d)|;")


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
        for reading in self.readings:
            if tag in reading.tags:
                return reading.entry
        return None


@dataclass(slots=True)
class Sentence:
    """A sentence: offsets in `Text.norm`, ordinal, and where it stands. `items` are its words, later its phrases.

    `actors` are those of its phrases that name who acts. `tags` are those of any of its phrases, where it has a trigger: they tell at
    once what need not be looked for.
    """

    start: int
    end: int
    number: int
    lead: bool
    headline: bool
    items: list[Item] = field(default_factory=list)
    actors: list[Item] = field(default_factory=list)
    tags: frozenset[str] = frozenset()


by_start = attrgetter("start")
"""The order of items in a text."""


def marks_of(items: list[Item]) -> frozenset[str]:
    """The tags of any of `items`: they tell which steps have anything to do. Most words share their tags, so few sets are joined."""
    return frozenset().union(*{item.tags for item in items})


def scan(text: Text, lexicon: Lexicon, *, stops: bool = False) -> list[Item]:
    """All words of `lexicon` in `text`, longest first from the left, whole words only; look-alikes only when `stops` are wanted."""
    forms, flat, starts, words = lexicon.forms, text.flat, text.starts, text.words
    accented = text.accented if forms.spelling else ()
    found: list[Item] = []
    reached = 0
    for number, (alone, longer, plain) in forms.known(words):
        if number < reached:
            continue
        start, form, choice = starts[number], words[number], alone
        reached = number + 1
        continued = longer and reached < len(words) and words[reached] in longer
        if plain and choice is not None and not continued and number not in accented:
            found.append(Item(start, start + len(form), reached, reached, choice.tags, choice.readings))
            continue
        if continued and (phrase := _phrase_at(flat, start, longer[words[reached]])):
            form, choice = phrase, forms.phrase(phrase)
        if choice is None:
            continue
        end = start + len(form)
        if choice.marked or forms.spelling:
            choice = forms.spelled(form, choice, text, start)
            if choice.marked:
                choice = choice.only(_as_written(text, choice.readings, start, end))
            if not choice.readings:
                continue
        if form is not words[number]:
            reached += form.count(" ")
        if "stop" in choice.tags and not stops:
            continue
        if choice.apart:
            found.append(Item(start, start + 1, number + 1, number, choice.apart, ()))
        found.append(Item(start, end, number + 1, reached, choice.tags, choice.readings))
    return found


def _phrase_at(flat: str, start: int, phrases: tuple[str, ...]) -> str | None:
    """The first of `phrases` that stands whole at `start`."""
    for phrase in phrases:
        end = start + len(phrase)
        if flat.startswith(phrase, start) and (end == len(flat) or flat[end] == " "):
            return phrase
    return None


def _as_written(text: Text, readings: tuple[Reading, ...], start: int, end: int) -> tuple[Reading, ...]:
    """The readings whose marks stand in the word as written, or right behind it."""
    first, last = text.span(start, end)
    written = text.source[first : last + 1]
    return tuple(reading for reading in readings if not reading.entry.raw or any(mark in written for mark in reading.entry.raw))


def numbers(text: Text, items: list[Item], ordinals: Container[str] = ()) -> list[Item]:
    """`items` with the plain numbers of the text among them; `ordinals` are the endings that a number may have."""
    taken: list[int] = []
    found: list[Item] = []
    for match in _NUMBER.finditer(text.flat):
        start, end = match.span()
        if text.flat[start - 1] != " ":  # one letter may be glued before it ("and 28")
            start -= 1
            if text.flat[start].isdecimal() or text.flat[start - 1] != " ":
                continue
        if match.group(2) and match.group(2) not in ordinals:
            continue
        taken = taken or [item.start for item in items]
        at = bisect_right(taken, start) - 1
        if at >= 0 and items[at].end > start:
            continue
        token = text.token(start)
        found.append(Item(start, end, token, token, _NUMBER_TAGS, (), int(match.group(1))))
    return sorted([*items, *found], key=by_start) if found else items


def with_colons(text: Text, items: list[Item]) -> list[Item]:
    """`items` with the colons and semicolons of the text among them: another clause follows, behind a colon somebody's words."""
    found = []
    for match in _COLON.finditer(text.norm):
        at = match.start()
        if text.norm[at] == ";" and text.capitals:
            continue  # there headlines go on behind it with the same subject
        token = text.token(at)
        tags = frozenset({"break", "colon"} if text.norm[at] == ":" else {"break"})
        found.append(Item(at, at + 1, token + 1, token, tags, ()))
    return sorted([*items, *found], key=by_start) if found else items


def between(items: list[Item], start: int, end: int) -> list[Item]:
    """The items that begin within [start, end)."""
    starts = [item.start for item in items]
    return items[bisect_left(starts, start) : bisect_left(starts, end)]


def has_comma(text: Text, left: Item, right: Item) -> bool:
    """Whether a comma stands between two items."""
    return right.start > left.end + 1 and _COMMA in text.norm[left.end : right.start]


def gap(left: Item, right: Item) -> int:
    """How many words stand between two items, 0 when they touch; negative when they overlap."""
    return right.first - left.last - 1
