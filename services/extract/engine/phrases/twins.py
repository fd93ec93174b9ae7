"""Names that two states share, a state and the capital or a city of another: which one is meant.

Not here: offices and surnames that the article explains (`context`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from itertools import pairwise

from services.extract.engine.knowledge.entries import Entry
from services.extract.engine.knowledge.formtable import Reading
from services.extract.engine.words.items import Item, Sentence, gap


def resolve_twins(sentences: list[Sentence], home: str | None) -> None:
    """Give a name that two states share (a state and the other's capital) to the home state, else to the one that is named nearest."""
    twins = [(sentence, position) for sentence in sentences for position, item in enumerate(sentence.items) if "twin" in item.tags]
    if not twins:
        return
    named = [(item.start, state.iso) for sentence in sentences for item in sentence.items if (state := plain_state(item)) is not None]
    for sentence, position in twins:
        item = sentence.items[position]
        readings = {reading.entry.iso: reading for reading in item.readings if "twin" in reading.tags}
        near = (
            home if home in readings else min(((abs(at - item.start), iso) for at, iso in named if iso in readings), default=(0, None))[1]
        )
        if near is not None:
            reading = readings.get(near)
        elif _listed(sentence.items, position):
            reading = next((reading for reading in readings.values() if reading.entry.key is None), None)
        else:
            reading = _city_of_them(sentences, readings)
        if reading is not None:
            entry = replace(reading.entry, classes=reading.entry.classes - {"twin"})
            tags = (reading.tags - {"twin"}) | {"state" if entry.key is None else "city"}
            tags |= {"capital"} if entry.key is not None else frozenset()
            sentence.items[position] = Item(item.start, item.end, item.first, item.last, tags, (Reading(entry, tags),))


def _listed(items: list[Item], position: int) -> bool:
    """ "A, B and C" with two states in front: the third name is a state's too, no capital."""
    if position < 2 or "conj" not in items[position].tags:
        return False
    chain = items[position - 2 : position + 1]
    touching = all(gap(left, right) == 0 for left, right in pairwise(chain))
    return touching and all("state" in item.tags for item in chain[:2])


def _city_of_them(sentences: list[Sentence], readings: Mapping[str | None, Reading]) -> Reading | None:
    """Where neither state is named: the other's capital, unless something else of the state that shares its name is (its sultan)."""
    cities = [reading for reading in readings.values() if reading.entry.key is not None]
    states = {iso for iso, reading in readings.items() if reading.entry.key is None}
    if len(cities) != 1 or not states:
        return None
    for sentence in sentences:
        for item in sentence.items:
            if "twin" not in item.tags and any(reading.entry.iso in states for reading in item.readings):
                return None
    return cities[0]


def plain_state(item: Item) -> Entry | None:
    """The state that an item names or whose adjective or city it is, when it is no twin itself."""
    if "twin" in item.tags:
        return None
    return item.entry("state") or item.entry("demonym") or item.entry("city")
