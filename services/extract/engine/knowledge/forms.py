"""Inflected forms from lemmas by the paradigms of a language: written out once, so that reading needs no stemmer."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from itertools import product

Tags = frozenset[str]


@dataclass(frozen=True, slots=True)
class Slot:
    """One row of a paradigm: which stem of the lemma, what stands before and after it, and what that tells."""

    stem: int
    cut: str
    before: tuple[str, ...]
    after: tuple[str, ...]
    tags: Tags


@dataclass(frozen=True, slots=True)
class Row:
    """One choice of each affix of a slot: what stands before the stem, what behind it, what that tells.

    `melted` says how the prefix is written before certain beginnings of the word.
    """

    proclitic: str
    before: str
    after: str
    tags: Tags
    melted: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Paradigm:
    """Slots times proclitics; `assimilation` says what is written where the last letter of a prefix meets the first ones of the word.

    `finals` says what a last letter becomes when an ending follows. Of several words the first inflects; with `whole` the last.
    """

    proclitics: tuple[tuple[str, Tags], ...]
    slots: tuple[Slot, ...]
    assimilation: Mapping[str, str] = field(default_factory=dict)
    finals: Mapping[str, str] = field(default_factory=dict)
    whole: bool = False

    @cached_property
    def rows(self) -> tuple[tuple[Slot, tuple[Row, ...]], ...]:
        """Every slot with each combination of its affixes. Equal tags are one object, so that a table of forms stays small."""
        pool: dict[Tags, Tags] = {}
        return tuple(
            (
                slot,
                tuple(
                    Row(proclitic, before, after, pool.setdefault(slot.tags | tags, slot.tags | tags), self._melted(proclitic))
                    for before, after in product(slot.before, slot.after)
                    for proclitic, tags in self.proclitics
                ),
            )
            for slot in self.slots
        )

    def _melted(self, prefix: str) -> tuple[tuple[str, str], ...]:
        """(beginning of a word, what is written for it and `prefix`) wherever the two melt."""
        return tuple((glued[1:], prefix[:-1] + merged) for glued, merged in self.assimilation.items() if prefix.endswith(glued[0]))


def inflect(lemma: str, paradigm: Paradigm) -> Iterator[tuple[str, Tags]]:
    """Every (form, tags) of `lemma`, whose stems stand between bars (`perfect|imperfect`); of several words one inflects."""
    stems = [(stem.strip(), "", "") if paradigm.whole else stem.strip().partition(" ") for stem in lemma.split("|")]
    for slot, rows in paradigm.rows:
        if slot.stem > len(stems):
            continue
        head, space, rest = stems[slot.stem - 1]
        if slot.cut:
            if not head.endswith(slot.cut):
                continue
            head = head[: -len(slot.cut)]
        joint = head[:-1] + paradigm.finals.get(head[-1:], head[-1:])  # how the stem is written when something follows
        tail = space + rest
        for row in rows:
            word = f"{row.before}{joint if row.after else head}{row.after}"
            for beginning, melted in row.melted:
                if word.startswith(beginning):
                    yield f"{melted}{word[len(beginning) :]}{tail}", row.tags
                    break
            else:
                yield f"{row.proclitic}{word}{tail}", row.tags
