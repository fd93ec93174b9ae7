"""Inflected forms from lemmas by the paradigms of a language, and the prefixes that may be written before them.

Forms are written out without their prefixes: with them they would be ten times as many, and most of them in no text ever.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from itertools import product

Tags = frozenset[str]
Marks = Mapping[str, tuple[int, Tags]]
"""By prefix its place in the table of prefixes, and what a form with it tells."""


@dataclass(frozen=True, slots=True)
class Slot:
    """One row of a paradigm: which stem of the lemma, what stands before and after it, and what that tells."""

    stem: int
    cut: str
    before: tuple[str, ...]
    after: tuple[str, ...]
    tags: Tags


@dataclass(frozen=True)
class Paradigm:
    """Slots times proclitics. `finals` says what a last letter becomes when an ending follows.

    Of several words the first inflects; with `whole` the last.
    """

    proclitics: tuple[tuple[str, Tags], ...]
    slots: tuple[Slot, ...]
    finals: Mapping[str, str] = field(default_factory=dict)
    whole: bool = False

    @cached_property
    def rows(self) -> tuple[tuple[Slot, Marks], ...]:
        """Every slot with what each prefix makes of its tags. Equal tags are one object, so that a table of forms stays small."""
        pool: dict[Tags, Tags] = {}
        return tuple(
            (
                slot,
                {
                    prefix: (order, pool.setdefault(slot.tags | tags, slot.tags | tags))
                    for order, (prefix, tags) in enumerate(self.proclitics)
                },
            )
            for slot in self.slots
        )


def inflect(lemma: str, paradigm: Paradigm) -> Iterator[tuple[str, Marks]]:
    """Every form of `lemma` without a prefix, and what each prefix makes of it.

    The stems of a lemma stand between bars (`perfect|imperfect`); of several words one inflects.
    """
    stems = [(stem.strip(), "", "") if paradigm.whole else stem.strip().partition(" ") for stem in lemma.split("|")]
    for slot, marks in paradigm.rows:
        if slot.stem > len(stems):
            continue
        head, space, rest = stems[slot.stem - 1]
        if slot.cut:
            if not head.endswith(slot.cut):
                continue
            head = head[: -len(slot.cut)]
        joint = head[:-1] + paradigm.finals.get(head[-1:], head[-1:])  # how the stem is written when something follows
        for before, after in product(slot.before, slot.after):
            yield f"{before}{joint if after else head}{after}{space}{rest}", marks


class Prefixes:
    """All prefixes of a language; `assimilation` says what is written where the last letter of one meets the first ones of a word."""

    def __init__(self, prefixes: Iterable[str], assimilation: Mapping[str, str]) -> None:
        self._plain = frozenset(prefixes) | {""}
        self._longest = max(map(len, self._plain))
        self._melting = {
            prefix: melting
            for prefix in self._plain
            if (melting := [(glued[1:], prefix[:-1] + merged) for glued, merged in assimilation.items() if prefix.endswith(glued[0])])
        }

    def join(self, prefix: str, form: str) -> str:
        """How `form` is written behind `prefix`."""
        for beginning, melted in self._melting.get(prefix, ()):
            if form.startswith(beginning):
                return f"{melted}{form[len(beginning) :]}"
        return prefix + form

    def part(self, written: str) -> Iterator[tuple[str, str]]:
        """Every (prefix, form) that are together written so."""
        for length in range(min(self._longest, len(written)) + 1):
            prefix, form = written[:length], written[length:]
            if prefix in self._plain and (prefix not in self._melting or self.join(prefix, form) == written):
                yield prefix, form
        for prefix, melting in self._melting.items():
            for beginning, melted in melting:
                form = beginning + written[len(melted) :]
                if written.startswith(melted) and self.join(prefix, form) == written:
                    yield prefix, form
