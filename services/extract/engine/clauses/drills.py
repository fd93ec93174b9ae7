"""Where a drill is held, or where soldiers go for it: finders around the noun of an exercise.

Not here: who takes part (`finders`).
"""

from __future__ import annotations

from services.extract.engine.clauses import complements
from services.extract.engine.clauses.roles import Place, has_member, is_actor
from services.extract.engine.phrases.actors import PLACES
from services.extract.engine.words.items import Item, gap

_HELD_WORDS = 2
"""Unknown words at most between a drill and the verb that says where it is held."""


def held_in(place: Place) -> list[Item]:
    """The place of a drill: "in B" behind it, or behind the verb of holding ("the exercise held in B")."""
    found = complements.in_(place)
    if found or "verb" in place.trigger.tags:
        return found[:1]
    words, last = 0, place.trigger
    for position in range(place.at + 1, len(place.items)):
        item = place.items[position]
        words += max(gap(last, item), 0)
        if words > _HELD_WORDS:
            return []
        if {"v.hold", "v.host", "v.perform"} & item.tags:
            return complements.in_(Place(place.items, position))[:1]
        if item.tags & {"verb", "break"}:
            return []
        last = item
    return []


def sent_to(place: Place) -> list[Item]:
    """Where those who take part went for it: the place behind the verb of leaving before ("left for B to take part in")."""
    for position in range(place.at - 1, 0, -1):
        item, before = place.items[position], place.items[position - 1]
        if "break" in item.tags:
            return []
        if is_actor(item) and has_member(item, PLACES) and {"v.depart", "v.arrive"} & before.tags and gap(before, item) == 0:
            return [item]
    return []
