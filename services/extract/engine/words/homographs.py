"""Forms that may be a noun or a verb, decided by the word right before them, where no word in front of a verb tells them apart.

Not here: compound tenses and particles (`verbs`, `compound`).
"""

from __future__ import annotations

from services.extract.engine.words.items import Item, gap

_PREPOSITIONS = frozenset({"p.on", "p.to", "p.in", "p.by", "during", "purpose", "such_as", "complement"})
_HEADS = frozenset({"n.instrument", "n.sign", "n.deal", "n.ratify"})
"""Nouns that take another noun as their genitive ("the agreement of exchange"), and seldom a verb without a relative pronoun."""
_SPOKEN = frozenset({"v.discuss", "v.meet", "v.receive", "v.hold"})
_CLOSED = frozenset({"def", "poss", "verb", "actor", "date"})


def settle_homographs(items: list[Item]) -> list[Item]:
    """`items` with each form that may be noun or verb made a noun, in place: right behind a preposition or its head, or joined to one."""
    for position, item in enumerate(items):
        tags = item.tags
        if "perf" not in tags or "noun" not in tags or "verb" not in tags or "svo" in tags or not position:
            continue  # one look for nearly every word: hardly any is both
        before = items[position - 1]
        if _joins_a_noun(items, position) if "conj" in item.tags else gap(before, item) == 0 and _takes_a_noun(before):
            item.readings = tuple(reading for reading in item.readings if "verb" not in reading.tags)
            item.tags = frozenset[str]().union(*(reading.tags for reading in item.readings))
    return items


def _joins_a_noun(items: list[Item], position: int) -> bool:
    """ "the expulsion of the envoy and-recall of its own": joined to a verbal noun it is one too; who meets also talks."""
    if items[position].tags & _SPOKEN:
        return False
    for item in reversed(items[:position]):
        if item.tags & {"break", "verb"}:
            return False
        if any(tag.startswith("v.") for tag in item.tags):
            return "noun" in item.tags and not item.tags & _SPOKEN
    return False


def _takes_a_noun(before: Item) -> bool:
    if before.tags & _PREPOSITIONS and not before.tags & {"actor", "verb"}:
        return True
    return bool(before.tags & _HEADS) and before.tags.isdisjoint(_CLOSED)
