"""Every form of a language with its readings. Forms are kept without their prefixes; what a word can be is worked out when a text first
has it, and remembered.
"""

from __future__ import annotations

from collections.abc import Container, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple

from services.extract.engine.knowledge.entries import Entry
from services.extract.engine.knowledge.forms import Marks, Paradigm, Prefixes, Tags, inflect
from services.extract.engine.text import Text, as_written, fold_letters, visible


@dataclass(frozen=True, slots=True)
class Reading:
    """One way to read a form: its entry, and all tags (classes of the entry and marks of the inflection)."""

    entry: Entry
    tags: Tags


class Choice(NamedTuple):
    """All ways to read a form, and the tags of any of them; `marked` when they hang on how the text is written.

    `apart` are the classes of a glued word that counts as one of its own, however the form is read.
    """

    readings: tuple[Reading, ...]
    tags: Tags
    marked: bool
    apart: Tags

    def only(self, readings: tuple[Reading, ...]) -> Choice:
        """The same with these readings alone."""
        return self._replace(readings=readings, tags=frozenset().union(*(reading.tags for reading in readings)))


class Known(NamedTuple):
    """What a word of a text can be: something by itself, and the beginning of longer forms (by their second word, longest first).

    `plain` when by itself it is one thing however it is written: so are most words of most texts.
    """

    alone: Choice | None
    longer: Mapping[str, tuple[str, ...]]
    plain: bool


Seen = Known | Literal[False]
"""What is remembered of a word: nothing when the language has no such word."""
MOST_SEEN = 50_000
"""Words remembered at most: a few megabytes."""

_NAMES = frozenset({"state", "city", "person"})


def _spells(written: str, spelling: str, capitals: set[int]) -> bool:
    if written == spelling or len(written) != len(spelling):
        return written == spelling
    return all(mine == theirs or at in capitals for at, (mine, theirs) in enumerate(zip(written, spelling, strict=True)))


class FormTable(Mapping[str, tuple[Reading, ...]]):
    """Forms of one language in folded spelling."""

    def __init__(self, prefixes: Prefixes, apart: Mapping[str, Tags] | None = None) -> None:
        self._prefixes = prefixes
        self._apart = apart or {}
        self._sources: list[tuple[Entry, Marks]] = []
        self._forms: dict[str, tuple[int, ...]] = {}  # without prefixes; which sources
        self._longer: dict[str, dict[str, list[str]]] = {}  # forms of several words by their first and second word
        self._written: dict[str, dict[int, set[str]]] = {}
        self._bare: dict[Tags, Marks] = {}  # for forms that have their prefixes in them
        self.spelling = False
        self._readings: dict[tuple[int, int], Reading] = {}
        self._choices: dict[tuple[int, ...], Choice] = {}
        self._phrases: dict[str, Choice] = {}
        self._seen: dict[str, Seen] = {}

    def add_spelled(self, entry: Entry, lemma: str, paradigm: Paradigm) -> None:
        """Add the forms of a lemma where accents decide: `lemma` as it is written, and so are the affixes. Prefixes are written out."""
        for written, marks in inflect("|".join(map(as_written, lemma.split("|"))), paradigm):
            for prefix, (_, tags) in marks.items():
                spelling = self._prefixes.join(prefix, written)
                form = fold_letters(spelling)
                if tags not in self._bare:
                    self._bare[tags] = {"": (0, tags)}
                number, ways = self._put(form, entry, self._bare[tags]), self._written.get(form)
                if ways is None:  # no empty ones in stock: there are ten thousand forms
                    self._written[form] = {number: {spelling}}
                else:
                    ways.setdefault(number, set()).add(spelling)

    def add(self, entry: Entry, stems: str, paradigm: Paradigm) -> None:
        """Add the forms of a lemma: `stems` folded, between bars."""
        for form, marks in inflect(stems, paradigm):
            self._put(form, entry, marks)

    def add_fallback(self, entry: Entry, form: str) -> None:
        """A form that counts only when no word of the language looks like it."""
        if form not in self:
            self._put(form, entry, {"": (0, frozenset())})

    def _put(self, form: str, entry: Entry, marks: Marks) -> int:
        """Add a source to those of a form, unless it has the same one already; returns its number."""
        source, number = (entry, marks), len(self._sources)
        others = self._forms.setdefault(form, (number,))
        if others != (number,):
            for other in others:
                if self._sources[other] == source:
                    return other
            self._forms[form] = (*others, number)
        self._sources.append(source)
        return number

    def close(self) -> None:
        """Sort out the forms of several words; nothing may be added afterwards."""
        for form in self._forms:
            if " " in form:
                first, second = form.split(" ", 2)[:2]
                self._longer.setdefault(first, {}).setdefault(second, []).append(form)
        self.spelling = bool(self._written)
        self._written = {
            form: ways for form, ways in self._written.items() if len(found := set().union(*ways.values())) > 1 or not min(found).isascii()
        }

    def known(self, words: Sequence[str]) -> list[tuple[int, Known]]:
        """The numbers of those of `words` that the language knows, and what each can be."""
        found = list(map(self._seen.get, words))  # nearly all words were seen before: this passes over them fastest
        if None in found:
            if len(self._seen) > MOST_SEEN:
                self._seen.clear()
            found = [self._look_up(word) if seen is None else seen for word, seen in zip(words, found, strict=True)]
        return [(number, seen) for number, seen in enumerate(found) if seen]

    def _look_up(self, word: str) -> Seen:
        alone, longer = self._choice(word), self._longer_forms(word)
        plain = alone is not None and not (alone.marked or alone.apart or "stop" in alone.tags or word in self._written)
        seen = self._seen[word] = Known(alone, longer, plain) if alone or longer else False
        return seen

    def _longer_forms(self, word: str) -> Mapping[str, tuple[str, ...]]:
        """The forms of several words that begin with `word`."""
        found: dict[str, set[str]] = {}
        for prefix, first in self._prefixes.part(word):
            for second, forms in self._longer.get(first, {}).items():
                fitting = {word + form[len(first) :] for form in forms if any(prefix in self._sources[one][1] for one in self._forms[form])}
                if fitting:
                    found.setdefault(second, set()).update(fitting)
        return {second: tuple(sorted(forms, key=lambda form: (-len(form), form))) for second, forms in found.items()}

    def phrase(self, form: str) -> Choice:
        """All readings of one of the longer forms of a known word."""
        found = self._phrases.get(form)
        if found is None:
            found = self._phrases[form] = self.choice(form)
        return found

    def choice(self, form: str) -> Choice:
        """All readings of a form that is there. Raises `KeyError` for another."""
        found = self._choice(form)
        if found is None:
            raise KeyError(form)
        return found

    def _choice(self, form: str) -> Choice | None:
        found = []
        for prefix, rest in self._prefixes.part(form):
            for number in self._forms.get(rest, ()):
                entry, marks = self._sources[number]
                if prefix in marks:
                    order, tags = marks[prefix]
                    found.append((number, order, entry, tags))
        if not found:
            return None
        found.sort(key=lambda one: one[:2])  # as the data list them
        sources = [(entry, tags) for _, _, entry, tags in found]
        return self._as_choice([self._reading(*one) for at, one in enumerate(sources) if one not in sources[:at]])

    def _reading(self, entry: Entry, tags: Tags) -> Reading:
        found = self._readings.get((id(entry), id(tags)))
        if found is None:
            found = self._readings[id(entry), id(tags)] = Reading(entry, entry.classes | tags)
        return found

    def spelled(self, form: str, choice: Choice, text: Text, start: int) -> Choice:
        """The readings of `form` at `start` that are spelled as the text has it; a capital may lack its accent."""
        if not self.spelling:
            return choice
        ways = self._written.get(form)
        raw = visible(text.raw(start, start + len(form)))
        if ways is None and raw.isascii():
            return choice
        numbers = self._forms[form]
        spelling = as_written(raw)
        capitals = {at for at, letter in enumerate(raw) if letter.isupper() and letter.isascii()} if len(raw) == len(spelling) else set()
        fitting = [
            reading
            for one, reading in zip(numbers, choice.readings, strict=True)
            if any(_spells(written, spelling, capitals) for written in (ways.get(one, ()) if ways else (form,)))
        ]
        # A name may be spelled in many ways, another word is another word.
        return self._as_choice(fitting or [reading for reading in choice.readings if reading.tags & _NAMES])

    def _as_choice(self, readings: Sequence[Reading]) -> Choice:
        """These readings, ready to use; kept, since many forms are read alike."""
        key = tuple(map(id, readings))
        found = self._choices.get(key)
        if found is None:
            always = [classes for mark, classes in self._apart.items() if all(mark in reading.tags for reading in readings)]
            found = self._choices[key] = Choice(
                readings=tuple(readings),
                tags=frozenset().union(*(reading.tags for reading in readings)),
                marked=any(reading.entry.raw for reading in readings),
                apart=frozenset().union(*always),
            )
        return found

    def states(self, wanted: Container[str], without: Tags) -> Iterator[tuple[str, str]]:
        """(form, ISO code) of every reading that stands for a wanted state or something of it and has no tag of `without`."""
        found = [
            (number, order, self._prefixes.join(prefix, form), str(entry.iso))
            for form, numbers in self._forms.items()
            for number in numbers
            for entry, marks in (self._sources[number],)
            if entry.iso in wanted and without.isdisjoint(entry.classes)
            for prefix, (order, tags) in marks.items()
            if without.isdisjoint(tags)
        ]
        return ((form, iso) for _, _, form, iso in sorted(found))

    def __getitem__(self, form: str) -> tuple[Reading, ...]:
        return self.choice(form).readings

    def __contains__(self, form: object) -> bool:
        if not isinstance(form, str):
            return False
        seen = self._seen.get(form)
        return self._choice(form) is not None if seen is None else bool(seen and seen.alone)

    def __iter__(self) -> Iterator[str]:
        prefixed = (
            self._prefixes.join(prefix, form)
            for form, numbers in self._forms.items()
            for number in numbers
            for prefix in self._sources[number][1]
        )
        return iter(dict.fromkeys(prefixed))

    def __len__(self) -> int:
        return sum(1 for _ in self)
