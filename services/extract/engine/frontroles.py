"""Finders for what stands in front of a noun: its owner ("Israel's visit"), its adjectives ("the Israel-UAE agreement"); and "by".

Not here: what stands behind it (`roles`).
"""

from __future__ import annotations

from services.extract.engine.actors import Group
from services.extract.engine.items import Item, gap
from services.extract.engine.roles import PREPOSITIONS, Place, ahead, is_actor

_CHAIN = frozenset(
    {"filler", "domain", "field", "first", "official_word", "secret", "number", "date.count", "adj", "duration", "plan", "date"}
)
"""What may stand between a noun and the states or the owner in front of it."""


def premodifiers(place: Place) -> list[Item]:
    """States and their adjectives right in front of a noun, nearest last."""
    if "verb" in place.trigger.tags:
        return []
    found: list[Item] = []
    last = place.trigger
    for position in range(place.at - 1, -1, -1):
        item = place.items[position]
        if gap(item, last) > 0:
            break
        if "demonym" in item.tags or (is_actor(item) and item.tags & {"state", "capital"} and not item.tags & (PREPOSITIONS - {"p.of"})):
            found.append(item)
        elif not item.tags & _CHAIN or item.tags & {"verb", "break"}:
            break
        last = item
    return found[::-1]


def possessor(place: Place) -> list[Item]:
    """The actor in front of a noun: with a possessive ending, or without one as headlines have it."""
    last = place.trigger
    if last.tags & {"def", "indef", "own"}:
        return []
    for position in range(place.at - 1, -1, -1):
        item = place.items[position]
        if gap(item, last) > 0:
            return []
        if is_actor(item):
            plain = not item.tags & (PREPOSITIONS - {"p.of"})
            return [item] if plain or "poss" in item.tags else []
        if not item.tags & _CHAIN or item.tags & {"verb", "break"} or item.tags & {"def", "indef", "own"}:
            return []
        last = item
    return []


def on_visit(place: Place) -> list[Item]:
    """Who is "on" the visit: the person or delegation before the preposition, with nothing but adjectives between."""
    last = place.trigger
    for position in range(place.at - 1, -1, -1):
        item = place.items[position]
        if gap(item, last) > 0:
            return []
        if item.tags & {"p.on", "during"}:
            return _before(place.items, position)
        if not item.tags & _CHAIN or "verb" in item.tags:
            return []
        last = item
    return []


def _before(items: list[Item], at: int) -> list[Item]:
    """The person before `at` in the same clause, over days and places."""
    for item in reversed(items[:at]):
        if is_actor(item) and not item.tags & PREPOSITIONS:
            return [item]
        if item.tags & {"break", "verb"}:
            return []
    return []


OWN_ITEMS = 8


def pronoun_owner(place: Place) -> list[Item]:
    """Whose "his" visit is: the person before it in the sentence, else the one whom the main clause behind it begins with."""
    front = place.at
    while front > 0 and gap(place.items[front - 1], place.items[front]) == 0 and place.items[front - 1].tags & _CHAIN:
        front -= 1
    if not any("own" in item.tags for item in place.items[front : place.at + 1]):
        return []
    for item in reversed(place.items[:front]):
        if _person(item) and not item.tags & (PREPOSITIONS - {"p.by"}):
            return [item]
    for item in place.items[place.at + 1 : place.at + OWN_ITEMS]:
        if item.tags & {"verb", "break"}:
            return []
        if _person(item) and not item.tags & PREPOSITIONS:
            return [item]
    return []


def _person(item: Item) -> bool:
    return isinstance(item.value, Group) and any(actor.kind in ("official", "person", "delegation") for actor in item.value.members)


def posted(place: Place) -> list[Item]:
    """The state that an envoy behind the trigger is accredited to ("its ambassador to Israel")."""
    found = []
    for item in place.items[place.at + 1 : place.at + 5]:
        if isinstance(item.value, Group):
            host = item.value.members[0].host
            if host is not None:
                found.append(host)
    return found


def recognized(place: Place) -> list[Item]:
    """The state right behind a verb of recognising, or the owner of the sovereignty that it recognises."""
    for item in place.items[place.at + 1 : place.at + 4]:
        if "verb" in item.tags or "break" in item.tags:
            return []
        if is_actor(item) and item.tags & {"state"} and not item.tags & (PREPOSITIONS - {"p.of"}):
            return [item]
    return []


def by(place: Place) -> list[Item]:
    """Actors introduced by "by"."""
    return [item for item in ahead(place) if is_actor(item) and "p.by" in item.tags]
