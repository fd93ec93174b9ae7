"""Inflected forms from lemmas by the paradigms of a language: written out once, so that reading needs no stemmer."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass


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


def inflect(lemma: str, paradigm: Paradigm) -> Iterator[tuple[str, frozenset[str]]]:
    """Every (form, tags) of `lemma`, whose stems stand between bars (`perfect|imperfect`); of several words the first inflects."""
    stems = [stem.strip() for stem in lemma.split("|")]
    for slot in paradigm.slots:
        if slot.stem > len(stems):
            continue
        head, _, rest = stems[slot.stem - 1].partition(" ")
        if slot.cut and not head.endswith(slot.cut):
            continue
        stem = head[: len(head) - len(slot.cut)]
        for before in slot.before:
            for after in slot.after:
                for proclitic, tags in paradigm.proclitics:
                    form = proclitic + before + stem + after
                    yield (f"{form} {rest}" if rest else form), slot.tags | tags
