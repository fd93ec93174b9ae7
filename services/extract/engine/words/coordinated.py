"""Infinitives that share an auxiliary: "is to meet A, visit B and sign" tells three things that are still to come."""

from __future__ import annotations

from services.extract.engine.words.items import Item

TAKES_INFINITIVE = "takes.inf"
"""A mark of a verb that was joined of an auxiliary and an infinitive."""
_HANDED_ON = frozenset(
    {"refused", "lapsed", "modal", "would", "before", "fut", "perf", "past", "impf", "plan", "must", "agreed", "hearsay", "negated"}
)
_GOVERNED = frozenset({"p.of", "to", "in", "past_inf", "passive"})


def share_auxiliaries(items: list[Item], marks: list[str]) -> list[Item]:
    """`items` with each bare infinitive behind a comma or "and" in the tense of the verb before it; `marks` is what stands before each."""
    carrier: Item | None = None
    for item, mark in zip(items, marks, strict=True):
        if "break" in item.tags:
            carrier = None
        elif TAKES_INFINITIVE in item.tags:
            carrier = item
        elif "verb" in item.tags:
            carrier = None
        elif carrier is not None and "inf" in item.tags and _GOVERNED.isdisjoint(item.tags) and ("conj" in item.tags or mark == ","):
            item.tags = (item.tags - {"inf"}) | (carrier.tags & _HANDED_ON) | {"verb", "conj"}
    return items
