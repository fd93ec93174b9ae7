"""Forms that may be a noun or a verb, decided by the word right before them, where no word in front of a verb tells them apart.

Not here: compound tenses and particles (`verbs`, `compound`).
"""

from __future__ import annotations

from itertools import pairwise

from services.extract.engine.words.items import Item, gap

_PREPOSITIONS = frozenset({"p.on", "p.to", "p.in", "p.by", "during", "purpose"})
_HEADS = frozenset({"n.instrument", "n.sign", "n.deal", "n.ratify"})
"""Nouns that take another noun as their genitive ("the agreement of exchange"), and seldom a verb without a relative pronoun."""
_CLOSED = frozenset({"def", "poss", "verb", "actor", "date"})


def settle_homographs(items: list[Item]) -> list[Item]:
    """`items` with each form that may be noun or verb made a noun, in place, where it stands right behind a preposition or its head."""
    for before, item in pairwise(items):
        doubtful = {"noun", "verb", "perf"} <= item.tags and not {"conj", "svo"} & item.tags
        if doubtful and gap(before, item) == 0 and _takes_a_noun(before):
            item.readings = tuple(reading for reading in item.readings if "verb" not in reading.tags)
            item.tags = frozenset[str]().union(*(reading.tags for reading in item.readings))
    return items


def _takes_a_noun(before: Item) -> bool:
    if before.tags & _PREPOSITIONS and not before.tags & {"actor", "verb"}:
        return True
    return bool(before.tags & _HEADS) and before.tags.isdisjoint(_CLOSED)
