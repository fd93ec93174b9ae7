"""Which state "his country" and "in this country" are: a word that stands for the state of somebody, or of a place, named before it."""

from __future__ import annotations

from services.extract.engine.knowledge.entries import Entry
from services.extract.engine.knowledge.formtable import Reading
from services.extract.engine.phrases.twins import plain_state
from services.extract.engine.words.items import Item, Sentence, gap

_WHERE = frozenset({"in", "to", "p.in", "p.to"})


def resolve_own_country(sentence: Sentence) -> None:
    """Give each "his country" the state of whoever is named last before it, and not that where he is ("the envoy of A in B")."""
    for position, item in enumerate(sentence.items):
        if "own_country" not in item.tags:
            continue
        before = range(position - 1, -1, -1)
        owners = [at for at in before if not _tells_where(sentence.items, at)]
        named = (plain_state(sentence.items[at]) or sentence.items[at].entry("person") for at in (*owners, *before))
        found = next((entry.iso for entry in named if entry is not None and entry.iso), None)
        if found is not None:
            entry = Entry(frozenset({"state"}), "own_country", iso=found)
            tags = (item.tags - {"own_country"}) | {"state"}
            sentence.items[position] = Item(item.start, item.end, item.first, item.last, tags, (Reading(entry, tags),))


def _tells_where(items: list[Item], at: int) -> bool:
    """Whether a state or city stands behind "in" or "to"."""
    if items[at].entry("state") is None and items[at].entry("city") is None:
        return False
    return bool(_WHERE & items[at].tags) or (at > 0 and bool(_WHERE & items[at - 1].tags) and gap(items[at - 1], items[at]) == 0)


def resolve_that_country(sentence: Sentence) -> None:
    """Give each "in this country" its state: that of the place named last before it in the sentence."""
    for position, item in enumerate(sentence.items):
        if "that_country" not in item.tags:
            continue
        before = [other for other in reversed(sentence.items[:position]) if "twin" not in other.tags]
        named = [other.entry("state") or other.entry("city") for other in before] + [other.entry("demonym") for other in before]
        found = next((entry.iso for entry in named if entry is not None and entry.iso), None)
        if found is not None:
            entry = Entry(frozenset({"state"}), "that_country", iso=found)
            tags = (item.tags - {"that_country"}) | {"state", "in", "to"}
            sentence.items[position] = Item(item.start, item.end, item.first, item.last, tags, (Reading(entry, tags),))
