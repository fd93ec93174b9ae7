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
    """A slot with one choice of each affix. Where it `merges`, the prefix may melt into the word."""

    slot: Slot
    proclitic: str
    before: str
    after: str
    tags: Tags
    merges: bool


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
    def rows(self) -> tuple[Row, ...]:
        """Every combination of affixes. Equal tags are one object, so that a table of forms stays small."""
        pool: dict[Tags, Tags] = {}
        meeting = tuple(glued[0] for glued in self.assimilation)
        return tuple(
            Row(slot, proclitic, before, after, pool.setdefault(slot.tags | tags, slot.tags | tags), proclitic.endswith(meeting))
            for slot in self.slots
            for before, after in product(slot.before, slot.after)
            for proclitic, tags in self.proclitics
        )

    def joined(self, prefix: str, word: str) -> str:
        """`word` behind `prefix`, as it is written."""
        for glued, merged in self.assimilation.items():
            if prefix.endswith(glued[0]) and word.startswith(glued[1:]):
                return prefix[:-1] + merged + word[len(glued) - 1 :]
        return prefix + word


def inflect(lemma: str, paradigm: Paradigm) -> Iterator[tuple[str, Tags]]:
    """Every (form, tags) of `lemma`, whose stems stand between bars (`perfect|imperfect`); of several words one inflects."""
    stems = [(stem.strip(), "", "") if paradigm.whole else stem.strip().partition(" ") for stem in lemma.split("|")]
    for row in paradigm.rows:
        slot = row.slot
        if slot.stem > len(stems):
            continue
        head, space, rest = stems[slot.stem - 1]
        if slot.cut:
            if not head.endswith(slot.cut):
                continue
            head = head[: -len(slot.cut)]
        if row.after and head[-1:] in paradigm.finals:
            head = head[:-1] + paradigm.finals[head[-1]]
        if row.merges:
            yield paradigm.joined(row.proclitic, row.before + head + row.after) + space + rest, row.tags
        else:
            yield f"{row.proclitic}{row.before}{head}{row.after}{space}{rest}", row.tags
