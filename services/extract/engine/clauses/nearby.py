"""Finders that ask for one certain neighbour: the place between a light verb and its noun, the subject of that verb, "with whom".

Not here: finders that look over the whole clause (`finders`).
"""

from __future__ import annotations

from services.extract.engine.clauses.roles import IN, TO, Place, ahead, has_member, is_actor, is_plain
from services.extract.engine.clauses.subjects import subject, subject_behind
from services.extract.engine.phrases.actors import PEOPLE, PLACES, Group
from services.extract.engine.words.items import Item, gap

NAME_WORDS = 4
"""Words of a name that nobody knows, between its head and "with whom"."""


def stop(place: Place) -> list[Item]:
    """The place right before the trigger, behind its traveller ("A in Rabat for a visit")."""
    before = place.items[place.at - 1] if place.at else None
    there = before is not None and is_actor(before) and bool(before.tags & (IN | TO)) and has_member(before, PLACES)
    return [before] if there and before is not None and gap(before, place.trigger) == 0 else []


def light_subject(place: Place) -> list[Item]:
    """The subject of the light verb right before a noun of action ("A and B proceeded to the signing of")."""
    for item in reversed(place.items[max(place.at - 3, 0) : place.at]):
        if {"v.perform", "verb"} <= item.tags:
            return subject(Place(place.items, place.items.index(item)))
        if "date" not in item.tags and not (is_actor(item) and item.tags & IN):
            return []
    return []


def placed(place: Place) -> list[Item]:
    """The place between a light verb and its noun ("paid on Thursday in A a visit")."""
    found: list[Item] = []
    for item in reversed(place.items[max(place.at - 5, 0) : place.at]):
        if is_actor(item) and item.tags & IN and has_member(item, PLACES):
            found = [item]
        elif {"v.perform", "v.begin", "v.end"} & item.tags:
            return found
        elif "verb" in item.tags or "break" in item.tags:
            return []
    return []


def with_whom(place: Place) -> list[Item]:
    """The actor before "with whom" in front of the verb ("received by B, with whom he spoke")."""
    items = place.items
    for position in range(place.at - 1, max(place.at - 5, 1), -1):
        if "relative" in items[position].tags:
            link, before = items[position - 1], items[position - 2]
            joined_ = "p.with" in link.tags and "actor" not in link.tags and gap(link, items[position]) == 0
            return [before] if joined_ and is_actor(before) and gap(before, link) <= NAME_WORDS else []
    return []


def back_from(place: Place) -> list[Item]:
    """The place "of" or "from" which somebody returns."""
    found = (item for item in ahead(place) if is_actor(item) and {"p.of", "p.from"} & item.tags and has_member(item, PLACES))
    return next(([item] for item in found), [])


def recipient_of(place: Place) -> list[Item]:
    """The subject of the verb of receiving before a noun ("received a call from")."""
    for position in range(place.at - 1, max(place.at - 4, -1), -1):
        if "v.receive" in place.items[position].tags:
            return subject(Place(place.items, position))
    return []


def two_named(place: Place) -> list[Item]:
    """The people of two states that the sentence names: who "they" are of whom "their meeting" is told."""
    people = [item for item in place.items if is_actor(item) and has_member(item, PEOPLE) and states_of(item)]
    named = {state for item in people for state in states_of(item)}
    return people if len(named) == 2 else []


def states_of(item: Item) -> list[str]:
    """The states of those whom a phrase names."""
    return item.value.states if isinstance(item.value, Group) else []


def route(place: Place) -> list[Item]:
    """The two places right behind a noun that no preposition joins ("flights A-B")."""
    behind = place.items[place.at + 1 : place.at + 3]
    touch = len(behind) == 2 and gap(place.trigger, behind[0]) == 0 and gap(*behind) == 0
    return behind if touch and all(is_plain(item) and has_member(item, PLACES) for item in behind) else []


def _named_state(item: Item) -> bool:
    """Whether the text itself says for which state an actor acts."""
    return isinstance(item.value, Group) and any(actor.iso and not actor.implicit for actor in item.value.members)


def told_by(place: Place) -> list[Item]:
    """Who says so behind the clause, of a state ("a deal was reached with B, announced the ministry of A")."""
    for position in range(place.at + 1, len(place.items)):
        item = place.items[position]
        if {"say", "verb"} <= item.tags:
            found = subject_behind(Place(place.items, position))
            return [found] if found is not None and _named_state(found) else []
        if item.tags & {"verb", "break"}:
            return []
    return []


def said_by(place: Place) -> list[Item]:
    """Who says, before the clause, what it tells, when that is of a state ("the president of A said that talks with B")."""
    for position in range(place.at - 1, 0, -1):
        if {"complement", "pronoun"} & place.items[position].tags:  # "that", "that he"
            verb = next((at for at in range(position - 1, -1, -1) if "verb" in place.items[at].tags), None)
            if verb is None or "say" not in place.items[verb].tags:
                return []
            found = subject(Place(place.items, verb))
            return found if found and _named_state(found[0]) else []
        if {"verb", "break"} & place.items[position].tags:
            return []
    return []
