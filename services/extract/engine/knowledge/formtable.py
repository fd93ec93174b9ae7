"""Every form of a language with its readings: a hundred thousand small strings, and readings made when a text first asks for them.

Forms are looked up word by word. That finds the same as an automaton over all forms, starts at once and takes a fifth of the memory
(`make bench`).
"""

from __future__ import annotations

from collections.abc import Container, Iterator, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from services.extract.engine.knowledge.entries import Entry
from services.extract.engine.knowledge.forms import Paradigm, Tags, inflect
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


_NAMES = frozenset({"state", "city", "person"})


def _spells(written: str, spelling: str, capitals: set[int]) -> bool:
    if written == spelling or len(written) != len(spelling):
        return written == spelling
    return all(mine == theirs or at in capitals for at, (mine, theirs) in enumerate(zip(written, spelling, strict=True)))


class FormTable(Mapping[str, tuple[Reading, ...]]):
    """Forms of one language in folded spelling.

    `phrases` holds those of several words by their first word, then their second, longest first. `settled` grows while texts are read:
    forms that read the same wherever they stand.
    """

    def __init__(self, apart: Mapping[str, Tags] | None = None) -> None:
        self._apart = apart or {}
        self._sources: list[tuple[Entry, Tags]] = []
        self.codes: dict[str, int | tuple[int, ...]] = {}
        self._choices: dict[int | tuple[int, ...], Choice] = {}
        self._written: dict[str, dict[int, set[str]]] = {}
        self.spelling = False
        self.phrases: dict[str, dict[str, tuple[str, ...]]] = {}
        self.settled: dict[str, Choice] = {}

    def add_spelled(self, entry: Entry, lemma: str, paradigm: Paradigm) -> None:
        """The same for a language in which accents decide: `lemma` as it is written, and so are the affixes."""
        codes: dict[int, int] = {}
        for written, tags in inflect("|".join(map(as_written, lemma.split("|"))), paradigm):
            form = fold_letters(written)
            code = codes.get(id(tags))
            if code is None:
                code = codes[id(tags)] = len(self._sources)
                self._sources.append((entry, tags))
            before = self.codes.setdefault(form, code)
            if before is not code:
                self._put_beside(before, form, code)
            self._written.setdefault(form, {}).setdefault(code, set()).add(written)

    def add(self, entry: Entry, stems: str, paradigm: Paradigm) -> None:
        """Write out the forms of a lemma: `stems` folded, between bars."""
        codes: dict[int, int] = {}
        put, sources = self.codes.setdefault, self._sources
        for form, tags in inflect(stems, paradigm):
            code = codes.get(id(tags))
            if code is None:
                code = codes[id(tags)] = len(sources)
                sources.append((entry, tags))
            before = put(form, code)
            if before is not code:
                self._put_beside(before, form, code)

    def add_fallback(self, entry: Entry, form: str) -> None:
        """A form that counts only when no word of the language looks like it."""
        if form not in self.codes:
            self.codes[form] = len(self._sources)
            self._sources.append((entry, frozenset()))

    def close(self) -> None:
        """Sort out the forms of several words; nothing may be added afterwards."""
        for form in self.codes:
            if " " in form:
                first, second = form.split(" ", 2)[:2]
                following = self.phrases.setdefault(first, {})
                following[second] = (*following.get(second, ()), form)
        for following in self.phrases.values():
            for second, forms in following.items():
                if len(forms) > 1:
                    following[second] = tuple(sorted(forms, key=lambda form: (-len(form), form)))
        self.spelling = bool(self._written)
        self._written = {
            form: ways for form, ways in self._written.items() if len(found := set().union(*ways.values())) > 1 or not min(found).isascii()
        }

    def choice(self, form: str) -> Choice:
        """All readings of a form that is there. Raises `KeyError` for another."""
        code = self.codes[form]
        found = self._choices.get(code)
        if found is None:
            codes = code if isinstance(code, tuple) else (code,)
            readings = tuple(Reading(entry, entry.classes | tags) for entry, tags in (self._sources[one] for one in codes))
            found = self._choices[code] = self._as_choice(readings)
        return found

    def spelled(self, form: str, text: Text, start: int) -> Choice:
        """The readings of `form` at `start` that are spelled as the text has it; a capital may lack its accent."""
        choice = self.choice(form)
        if not self.spelling:
            if not choice.marked:
                self.settled[form] = choice
            return choice
        ways = self._written.get(form)
        raw = visible(text.raw(start, start + len(form)))
        if ways is None and raw.isascii():
            return choice
        code = self.codes[form]
        codes = code if isinstance(code, tuple) else (code,)
        spelling = as_written(raw)
        capitals = {at for at, letter in enumerate(raw) if letter.isupper() and letter.isascii()} if len(raw) == len(spelling) else set()
        fitting = tuple(
            one for one in codes if any(_spells(written, spelling, capitals) for written in (ways.get(one, ()) if ways else (form,)))
        )
        if not fitting:  # a name may be spelled in many ways, another word is another word
            fitting = tuple(one for one, reading in zip(codes, choice.readings, strict=True) if reading.tags & _NAMES)
        return choice if len(fitting) == len(codes) else self._chosen(choice, codes, fitting)

    def _chosen(self, choice: Choice, codes: tuple[int, ...], fitting: tuple[int, ...]) -> Choice:
        found = self._choices.get(fitting)
        if found is None:
            readings = tuple(reading for one, reading in zip(codes, choice.readings, strict=True) if one in fitting)
            found = self._choices[fitting] = self._as_choice(readings)
        return found

    def _as_choice(self, readings: tuple[Reading, ...]) -> Choice:
        always = [classes for mark, classes in self._apart.items() if all(mark in reading.tags for reading in readings)]
        return Choice(
            readings=readings,
            tags=frozenset().union(*(reading.tags for reading in readings)),
            marked=any(reading.entry.raw for reading in readings),
            apart=frozenset().union(*always),
        )

    def states(self, wanted: Container[str], without: Tags) -> Iterator[tuple[str, str]]:
        """(form, ISO code) of every reading that stands for a wanted state or something of it and has no tag of `without`."""
        fitting = {
            number: str(entry.iso)
            for number, (entry, tags) in enumerate(self._sources)
            if entry.iso in wanted and without.isdisjoint(tags) and without.isdisjoint(entry.classes)
        }
        for form, code in self.codes.items():
            if isinstance(code, tuple):
                yield from ((form, fitting[one]) for one in code if one in fitting)
            elif code in fitting:
                yield form, fitting[code]

    def __getitem__(self, form: str) -> tuple[Reading, ...]:
        return self.choice(form).readings

    def __contains__(self, form: object) -> bool:
        return form in self.codes

    def __iter__(self) -> Iterator[str]:
        return iter(self.codes)

    def __len__(self) -> int:
        return len(self.codes)

    def _put_beside(self, before: int | tuple[int, ...], form: str, code: int) -> None:
        """Add a reading to the others of a form unless the same entry has it with the same tags already."""
        readings = before if isinstance(before, tuple) else (before,)
        source = self._sources[code]
        if code not in readings and all(self._sources[one] != source for one in readings):
            self.codes[form] = (*readings, code)
