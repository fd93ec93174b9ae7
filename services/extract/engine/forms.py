"""Inflected forms from lemmas by the paradigms of a language: written out once, so that reading needs no stemmer."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import product


@dataclass(frozen=True, slots=True)
class Slot:
    """One row of a paradigm: which stem of the lemma, what stands before and after it, and what that tells."""

    stem: int
    cut: str
    before: tuple[str, ...]
    after: tuple[str, ...]
    tags: frozenset[str]


@dataclass(frozen=True, slots=True)
class Paradigm:
    """Rows times proclitics. `head_only`: of several words only the first inflects."""

    proclitics: tuple[tuple[str, frozenset[str]], ...]
    slots: tuple[Slot, ...]


def inflect(lemma: str, paradigm: Paradigm, assimilation: Mapping[str, str]) -> Iterator[tuple[str, frozenset[str]]]:
    """Every (form, tags) of `lemma`, whose stems stand between bars (`perfect|imperfect`); of several words the first inflects.

    `assimilation` says what is written where the last letter of a prefix meets the first ones of the word.
    """
    stems = [stem.strip() for stem in lemma.split("|")]
    for slot in paradigm.slots:
        if slot.stem > len(stems):
            continue
        head, _, rest = stems[slot.stem - 1].partition(" ")
        if slot.cut and not head.endswith(slot.cut):
            continue
        stem = head[: len(head) - len(slot.cut)]
        for before, after in product(slot.before, slot.after):
            inner = before + stem + after
            for proclitic, tags in paradigm.proclitics:
                form = _joined(proclitic, inner, assimilation)
                yield (f"{form} {rest}" if rest else form), slot.tags | tags


def _joined(prefix: str, word: str, assimilation: Mapping[str, str]) -> str:
    for glued, merged in assimilation.items():
        if prefix.endswith(glued[0]) and word.startswith(glued[1:]):
            return prefix[:-1] + merged + word[len(glued) - 1 :]
    return prefix + word
