"""A language folder, compiled: every inflected form with its readings, the rules, the states and the people.

Not here: what the words of a text mean together (`phrases`, `clauses`).
"""

from __future__ import annotations

import gc
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from functools import cached_property, lru_cache
from pathlib import Path

from pydantic import RootModel

from schemas.codes import Rank
from services.extract.engine.knowledge.data import (
    Country,
    LanguageFile,
    Office,
    PersonData,
    RuleData,
    RuleFile,
    Word,
    WordFile,
    read_toml,
)
from services.extract.engine.knowledge.entries import Entry
from services.extract.engine.knowledge.forms import Paradigm, Prefixes, Slot
from services.extract.engine.knowledge.formtable import FormTable
from services.extract.engine.text import fold, fold_all
from services.runtime.errors import ConfigError

NAME_PARADIGM = "name"
DEMONYM_PARADIGM = "demonym"
FOREIGN = frozenset({"foreign"})
"""Small words of another language in the same script."""


_SENIORITY = {rank: order for order, rank in enumerate(Rank)}
"""The ranks as the contract lists them: the most senior first."""


@dataclass(frozen=True, slots=True)
class Person:
    """A known person."""

    id: str
    name: str
    country: str
    offices: tuple[Office, ...]

    def office_at(self, day: date | None) -> Office | None:
        """The office held on `day`, the most senior first, or the last one left before it.

        `None` before the first office, and when no day is known and there are several.
        """
        if day is None:
            return self.offices[0] if len(self.offices) == 1 else None
        written = day.isoformat()  # days are compared as they are written: every actor is asked for the office
        held = [
            office
            for office in self.offices
            if (office.since is None or office.since <= written) and (office.until is None or written <= office.until)
        ]
        return min(held, key=lambda office: _SENIORITY[office.rank]) if held else self._left_before(written)

    def _left_before(self, day: str) -> Office | None:
        left = [office for office in self.offices if office.until is not None and office.until < day]
        if not left:
            return None
        last = max(left, key=lambda office: office.until or "")
        return Office(office=f"former {last.office}", rank=Rank.FORMER_OFFICIAL, since=last.until)


@dataclass(frozen=True)
class Lexicon:
    """All knowledge of one language."""

    language: LanguageFile
    forms: FormTable
    rules: tuple[RuleData, ...]
    countries: Mapping[str, Country]
    persons: Mapping[str, Person]
    names: Mapping[str, tuple[str, ...]]
    """How the language writes the people, by their ids."""

    def named(self, word: str) -> frozenset[str]:
        """The ids of people who may be called by this one folded word: a surname, or the given name of a monarch or an heir."""
        return self._bearers.get(self._bare(word), frozenset())

    def is_called(self, id: str, words: Sequence[str]) -> bool:
        """Whether two of the folded words belong to one name of the person, however spelled."""
        heard = {self._bare(word) for word in words}
        return any(len(heard & {self._bare(part) for part in _parts(variant)}) > 1 for variant in self.names[id])

    def surnames(self, id: str) -> frozenset[str]:
        """The last words of the names of the person, folded."""
        return frozenset(_parts(variant)[-1] for variant in self.names[id])

    @cached_property
    def _bearers(self) -> Mapping[str, frozenset[str]]:
        found: dict[str, set[str]] = {}
        for id, variants in self.names.items():
            royal = any(office.office in ROYAL for office in self.persons[id].offices)
            for variant in variants:
                words = _parts(variant)
                for word in {words[-1], *(words[:1] if royal else ())}:
                    found.setdefault(self._bare(word), set()).add(id)
        return {word: frozenset(ids) for word, ids in found.items()}

    def _bare(self, word: str) -> str:
        """The letters of a name that all its spellings share; the word itself when they would be too few to tell anybody."""
        bare = "".join(letter for letter, before in zip(word, f" {word}", strict=False) if letter not in self._weak and letter != before)
        return bare if len(bare) >= BARE_LETTERS else word

    @cached_property
    def _weak(self) -> frozenset[str]:
        return frozenset(fold(self.language.weak_letters))


def _parts(name: str) -> list[str]:
    """The folded words of a name."""
    return fold(name).replace("-", " ").split()


BARE_LETTERS = 3
ROYAL = frozenset({"king", "emir", "sultan", "crown prince", "queen"})
"""Offices whose holders go by their given names."""


class _Countries(RootModel[dict[str, Country]]):
    pass


class _Persons(RootModel[dict[str, PersonData]]):
    pass


class _Names(RootModel[dict[str, tuple[str, ...]]]):
    pass


SPECIAL = ("language.toml", "countries.toml", "persons.toml")


@contextmanager
def _no_collection() -> Iterator[None]:
    """Without the search for cycles: some hundred thousand new objects, none of them in one, would set it off again and again."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()


@_no_collection()
def language_of(folder: Path) -> LanguageFile:
    """What tells a text of this language, and how its words inflect. Raises `ConfigError`."""
    return read_toml(folder / "language.toml", LanguageFile)


def states_of(folder: Path) -> frozenset[str]:
    """The states that the language knows: in every language the same (`tests/language`). Raises `ConfigError`."""
    return frozenset(read_toml(folder / "countries.toml", _Countries).root)


def load_lexicon(folder: Path, shared: Path) -> Lexicon:
    """Compile the language in `folder`; what no language owns (persons) is in `shared`. Raises `ConfigError`."""
    language = language_of(folder)
    countries = read_toml(folder / "countries.toml", _Countries).root
    persons = _persons(shared / "persons.toml")
    names = read_toml(folder / "persons.toml", _Names).root
    if unknown := sorted(set(names) - set(persons)):
        raise ConfigError(f"{folder / 'persons.toml'}: {', '.join(unknown)}: not in {shared / 'persons.toml'}; add the person there.")
    words = [word for path in sorted(folder.glob("*.toml")) if path.name not in SPECIAL for word in read_toml(path, WordFile).word]
    rules = tuple(rule for path in sorted((folder / "rules").glob("*.toml")) for rule in read_toml(path, RuleFile).rule)
    paradigms = {name: _paradigm(language, name) for name in language.paradigms}
    prefixes = Prefixes((prefix for table in language.proclitics.values() for prefix in table), language.assimilation)
    forms = FormTable(prefixes, {mark: frozenset(classes) for mark, classes in language.apart.items()})
    sources = [*_word_forms(words, paradigms, folder, _article(language)), *_country_forms(countries), *_person_forms(names, persons)]
    folded = fold_all([] if language.accents else [stem for _, _, lemma in sources for stem in lemma.split("|")])
    for entry, paradigm, lemma in sources:
        if language.accents:
            forms.add_spelled(entry, lemma, paradigms[paradigm])
            continue
        forms.add(entry, "|".join(next(folded) for _ in lemma.split("|")), paradigms[paradigm])
    for term in language.scripts.foreign:
        forms.add_fallback(Entry(FOREIGN, term), fold(term))
    forms.close()
    return Lexicon(language=language, forms=forms, rules=rules, countries=countries, persons=persons, names=names)


def _paradigm(language: LanguageFile, name: str) -> Paradigm:
    data = language.paradigms[name]
    if data.proclitics not in language.proclitics:
        raise ConfigError(f"language.toml: paradigm {name} names the unknown table of proclitics {data.proclitics!r}.")
    return Paradigm(
        proclitics=tuple((prefix, frozenset(tags)) for prefix, tags in language.proclitics[data.proclitics].items()),
        slots=tuple(Slot(slot.stem, slot.cut, slot.before, slot.after, frozenset(slot.tags)) for slot in data.slots),
        finals=language.finals,
        whole=data.whole,
    )


@lru_cache(maxsize=1)
def _persons(path: Path) -> Mapping[str, Person]:
    """The people that all languages share: read once for all of them."""
    data = read_toml(path, _Persons).root
    return {id: Person(id, person.name, person.country, person.offices) for id, person in data.items()}


def _article(language: LanguageFile) -> str | None:
    """The prefix that is the article and nothing else, where there is one."""
    return next((prefix for table in language.proclitics.values() for prefix, tags in table.items() if tuple(tags) == ("def",)), None)


_BEARERS = frozenset({"office", "org"})
CLOSED = frozenset({"closed"})
"""The class of an office whose last word has the article ("the minister of the interior"): no genitive follows it any more."""


def _word_forms(
    words: list[Word], paradigms: Mapping[str, Paradigm], folder: Path, article: str | None
) -> Iterator[tuple[Entry, str, str]]:
    shared: dict[tuple[str, ...], tuple[frozenset[str], frozenset[str]]] = {}  # many words are of few classes: one object for all of them
    for word in words:
        plain, closed = shared.setdefault(word.class_, (frozenset(word.class_), CLOSED.union(word.class_)))
        bearer = article is not None and not _BEARERS.isdisjoint(plain)
        for paradigm, lemmas in word.forms.items():
            if paradigm not in paradigms:
                raise ConfigError(f"{folder}: {lemmas[0]!r} names the unknown paradigm {paradigm!r}; language.toml lists them.")
            for lemma in lemmas:
                entry = Entry(
                    classes=closed if bearer and lemma.rpartition(" ")[2].startswith(str(article)) and " " in lemma else plain,
                    lemma=lemma,
                    iso=word.iso,
                    key=word.key,
                    rank=word.rank,
                    level=word.level,
                    domains=word.domains,
                    number=word.number,
                    instrument=word.instrument,
                    vehicle=word.vehicle,
                    mission=word.mission,
                    item=word.item,
                    raw=word.raw,
                )
                yield entry, paradigm, lemma


_STATE, _DEMONYM, _CITY, _PERSON = (frozenset({name}) for name in ("state", "demonym", "city", "person"))
_CAPITAL = frozenset({"capital", "city"})


def _country_forms(countries: Mapping[str, Country]) -> Iterator[tuple[Entry, str, str]]:
    for iso, country in countries.items():
        for name in country.names:
            yield Entry(_STATE, name, iso=iso), NAME_PARADIGM, name
        for demonym in country.demonyms:
            yield Entry(_DEMONYM, demonym, iso=iso), DEMONYM_PARADIGM, demonym
        for classes, cities in ((_CAPITAL, country.capitals), (_CITY, country.cities)):
            for city, names in cities.items():
                for name in names:
                    yield Entry(classes, name, iso=iso, key=city), NAME_PARADIGM, name


def _person_forms(names: Mapping[str, tuple[str, ...]], persons: Mapping[str, Person]) -> Iterator[tuple[Entry, str, str]]:
    for id, variants in names.items():
        for variant in variants:
            yield Entry(_PERSON, variant, iso=persons[id].country, key=id), NAME_PARADIGM, variant
