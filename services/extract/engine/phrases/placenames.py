"""Noun phrases that name a place: a state, a city, "the capital of" a state."""

from __future__ import annotations

from services.extract.engine.phrases.actors import Actor, as_item
from services.extract.engine.text import Text
from services.extract.engine.words.items import Item, gap

_STATE = frozenset({"state"})
_PLACE = {kind: frozenset({kind, "place"}) for kind in ("capital", "city")}


def among_adjectives(items: list[Item], at: int) -> bool:
    """ "Syrian-Israeli talks": the name of a state that is its adjective too is the adjective right beside another one."""
    before, after = items[at - 1] if at else None, items[at + 1] if at + 1 < len(items) else None
    if after is not None and "demonym" in after.tags and gap(items[at], after) == 0 and not {"conj", "state", "def"} & after.tags:
        return True
    beside = before is not None and "demonym" in before.tags and gap(before, items[at]) == 0 and not {"state", "def"} & before.tags
    return beside and "conj" not in items[at].tags


def capital_of(text: Text, items: list[Item], at: int) -> tuple[Item, int] | None:
    """ "the Moroccan capital", its name behind it or not: a place in that state."""
    if at + 1 >= len(items) or "capital_word" not in items[at + 1].tags or gap(items[at], items[at + 1]) > 0:
        return None
    entry = items[at].entry("demonym") or items[at].entry("state")
    if entry is None:
        return None
    named = items[at + 2] if at + 2 < len(items) else None
    if named is not None and "city" in named.tags and gap(items[at + 1], named) == 0 and not named.tags & {"conj"}:
        found = named.entry("city")
        if found is not None and found.iso == entry.iso:
            actor = Actor("capital", items[at].start, named.end, iso=entry.iso, city=found.key)
            return as_item(actor, items, at, named, _PLACE["capital"]), at + 3
    actor = Actor("capital", items[at].start, items[at + 1].end, iso=entry.iso)
    return as_item(actor, items, at, items[at + 1], _PLACE["capital"]), at + 2


def capital_in_front(items: list[Item], at: int) -> tuple[Item, int] | None:
    """ "the capital of Morocco", "the Moroccan capital" where adjectives follow; its name behind it is read as any city."""
    behind = items[at + 1] if at + 1 < len(items) else None
    if behind is None or gap(items[at], behind) > 0 or not ("demonym" in behind.tags or {"state", "p.of"} <= behind.tags):
        return None
    named = items[at + 2] if at + 2 < len(items) else None
    if named is not None and "city" in named.tags and gap(behind, named) == 0:
        return None
    entry = behind.entry("demonym") or behind.entry("state")
    if entry is None or entry.iso is None:
        return None
    actor = Actor("capital", items[at].start, behind.end, iso=entry.iso)
    return as_item(actor, items, at, behind, _PLACE["capital"]), at + 2


def named_place(items: list[Item], at: int) -> tuple[Item, int]:
    item = items[at]
    if "state" in item.tags:
        entry = item.entry("state")
        assert entry is not None
        actor = Actor("state", item.start, item.end, iso=entry.iso, definite=True)
        return as_item(actor, items, at, item, _STATE), at + 1
    entry = item.entry("city")
    assert entry is not None
    kind = "capital" if "capital" in item.tags else "city"
    actor = Actor(kind, item.start, item.end, iso=entry.iso, city=entry.key)
    return as_item(actor, items, at, item, _PLACE[kind]), at + 1
