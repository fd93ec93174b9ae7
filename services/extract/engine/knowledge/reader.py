"""A language, ready to read: its lexicon, its rules by trigger, and a quick look that tells articles which cannot matter."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
from ahocorasick_rs import BytesAhoCorasick, MatchKind
from numpy.typing import NDArray

from services.extract.engine.knowledge.lexicon import Lexicon, language_of, load_lexicon
from services.extract.engine.knowledge.rulebook import RuleBook
from services.extract.engine.knowledge.watch import Watchlist
from services.extract.engine.text import Text, fold
from services.runtime.errors import ConfigError

NOT_NEEDED = frozenset({"state", "city", "demonym", "conj", "to", "in", "like", "p.to", "p.from", "rel"})
"""Forms that hold the name of a state anyway, or the same word without its prefix."""


@dataclass(frozen=True)
class Reader:
    """A language and what of it the watchlist asks for."""

    lexicon: Lexicon
    rules: RuleBook
    names: BytesAhoCorasick
    letters: NDArray[np.uint8]
    states: tuple[str, ...]

    def glance(self, text: Text) -> set[str]:
        """The watched states of which `text` holds any name.

        Every article comes here and most go no further, so it is read as one byte a letter: half of what the automaton would see else.
        """
        return {self.states[pattern] for pattern, _, _ in self.names.find_matches_as_indexes(self.letters.take(text.codes).tobytes())}


@cache
def compiled(folder: Path, shared: Path) -> Lexicon:
    """A language, compiled once a process: it is frozen, and takes most of the time of a start. Raises `ConfigError`."""
    return load_lexicon(folder, shared)


def reader(lexicon: Lexicon, watch: Watchlist) -> Reader:
    """`lexicon` with the names of all watched states, by which a text that cannot matter is put aside."""
    watched = watch.states
    names = _names_of_states(lexicon, watched)
    for form, iso in lexicon.forms.states(watched, NOT_NEEDED):
        names.setdefault(form, iso)
    ordered = sorted(names)
    numbers = _numbered(ordered)
    return Reader(
        lexicon=lexicon,
        rules=RuleBook(lexicon.rules),
        names=BytesAhoCorasick([bytes(map(numbers.__getitem__, name)) for name in ordered], matchkind=MatchKind.LeftmostLongest),
        letters=_table(numbers),
        states=tuple(names[name] for name in ordered),
    )


MOST_LETTERS = 255
"""Letters of the names of states that a byte tells apart, beside "any other"."""


def _numbered(names: Sequence[str]) -> dict[str, int]:
    """A number from 1 for each letter of `names`. Raises `ConfigError`."""
    letters = sorted(set().union(*names))
    if len(letters) > MOST_LETTERS:
        raise ConfigError(f"countries.toml: the names of watched states have {len(letters)} different letters, more than {MOST_LETTERS}.")
    return {letter: number for number, letter in enumerate(letters, start=1)}


def _table(numbers: Mapping[str, int]) -> NDArray[np.uint8]:
    """The number of each code point, 0 of those that are in no name."""
    table = np.zeros(1 << 16, dtype=np.uint8)
    for letter, number in numbers.items():
        table[ord(letter)] = number
    return table


class Readers(Mapping[str, Reader]):
    """The languages there are by code, each made ready when its first text comes: compiling one takes most of the time of a start."""

    def __init__(self, folders: Sequence[Path], shared: Path, watch: Watchlist) -> None:
        self._folders = {folder.name: folder for folder in folders}
        self._shared = shared
        self._watch = watch
        self._ready: dict[str, Reader] = {}
        self.languages = [language_of(folder) for folder in folders]

    def __getitem__(self, code: str) -> Reader:
        found = self._ready.get(code)
        if found is None:
            found = self._ready[code] = reader(compiled(self._folders[code], self._shared), self._watch)
        return found

    def __iter__(self) -> Iterator[str]:
        return iter(self._folders)

    def __len__(self) -> int:
        return len(self._folders)


def _names_of_states(lexicon: Lexicon, watched: frozenset[str]) -> dict[str, str]:
    names: dict[str, str] = {}
    for iso in sorted(watched):
        country = lexicon.countries.get(iso)
        if country is None:
            continue
        terms = [*country.names, *country.demonyms]
        terms += [name for cities in (country.capitals, country.cities) for variants in cities.values() for name in variants]
        for term in terms:
            names.setdefault(_stem(fold(term), lexicon), iso)
    return names


def _stem(term: str, lexicon: Lexicon) -> str:
    """`term` without the article that changes when a prefix meets it ("lil-Maghrib")."""
    for glued in lexicon.language.assimilation:
        if term.startswith(glued[1:]):
            return term[len(glued) - 1 :]
    return term
