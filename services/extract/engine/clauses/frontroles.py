"""Finders for what stands in front of a noun: its owner ("Israel's visit"), its adjectives ("the Israel-UAE agreement"); and "by".

Not here: what stands behind it (`roles`).
"""

from __future__ import annotations

from schemas.codes import ActorLevel
from services.extract.engine.clauses import complements, subjects
from services.extract.engine.clauses.roles import PREPOSITIONS, TO, Place, ahead, has_member, is_actor
from services.extract.engine.phrases.actors import PEOPLE, PLACES, Actor, Group
from services.extract.engine.words.items import Item, gap

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
        unknown = gap(item, last)  # "X's sudden visit": of a person with the ending, over one word that nobody knows
        if unknown > ("poss" in item.tags and has_member(item, PEOPLE)):
            return []
        if is_actor(item):
            plain = not item.tags & (PREPOSITIONS - {"p.of"})
            return [item] if plain or "poss" in item.tags else []
        if not item.tags & _CHAIN or item.tags & {"verb", "break"} or item.tags & {"def", "indef", "own"}:
            return []
        last = item
    return []


def mover(place: Place) -> list[Item]:
    """Of a noun or gerund of motion ("after returning from"): the subject of the verb before it, else of the one behind it."""
    for position in range(place.at - 1, -1, -1):
        if "verb" in place.items[position].tags:
            return subjects.subject(Place(place.items, position))
    for position in range(place.at + 1, len(place.items)):
        if "verb" in place.items[position].tags:
            return subjects.subject(Place(place.items, position))
    return []


def next_place(place: Place) -> list[Item]:
    """The state or city right behind the trigger."""
    item = place.items[place.at + 1] if place.at + 1 < len(place.items) else None
    plain = item is not None and is_actor(item) and not item.tags & PREPOSITIONS and gap(place.trigger, item) == 0
    return [item] if item is not None and plain and item.tags & {"state", "capital", "city"} else []


def envoy_pair(place: Place) -> list[Item]:
    """Whose envoy the one behind the trigger is, and to whom: his own state, else that of the subject, then the host."""
    for item in place.items[place.at + 1 : place.at + 7]:
        if item.tags & {"verb"}:
            return []
        envoy = next((actor for actor in _members(item) if actor.host is not None), None)
        if envoy is not None and envoy.host is not None:
            owner = [item] if envoy.iso is not None else subjects.subject(place)
            return [*owner, envoy.host]
    return []


def presented(place: Place) -> list[Item]:
    """The envoy who presents credentials: his state, and the host he is accredited to."""
    found = subjects.subject(place)
    hosts = [actor.host for item in found for actor in _members(item) if actor.host is not None]
    return found + hosts


def _members(item: Item) -> list[Actor]:
    return item.value.members if isinstance(item.value, Group) else []


def launched_by(place: Place) -> list[Item]:
    """The subject of the verb of launching before the noun."""
    for position in range(place.at - 1, max(place.at - 5, -1), -1):
        if "v.launch" in place.items[position].tags:
            return subjects.subject(Place(place.items, position))
    return []


def host_state(place: Place) -> list[Item]:
    """The state of whoever hosts or receives: it is where the guest is."""
    return _state_of(subjects.subject(place))


def _state_of(found: list[Item]) -> list[Item]:
    """The one state for which the first of these acts, as a place."""
    if not found or not isinstance(found[0].value, Group):
        return []
    states = found[0].value.states
    actor = found[0].value.members[0]
    if len(states) != 1 or actor.level is not ActorLevel.STATE:
        return []
    item = found[0]
    place_actor = Actor("state", item.start, item.end, iso=states[0], definite=True)
    return [Item(item.start, item.end, item.first, item.last, item.tags, item.readings, Group([place_actor]))]


def visiting(place: Place) -> list[Item]:
    """Of whom "visiting" is said: the person right behind it, or whose phrase it opens."""
    if is_actor(place.trigger):
        return [place.trigger]
    item = place.items[place.at + 1] if place.at + 1 < len(place.items) else None
    return [item] if item is not None and _person(item) and gap(place.trigger, item) == 0 else []


def met_by(place: Place) -> list[Item]:
    """Where a guest is who meets or is met: in the state of the other one, the subject of the verb before him."""
    for position in range(place.at - 1, -1, -1):
        item = place.items[position]
        if "verb" in item.tags:
            return _state_of(subjects.subject(Place(place.items, position))) if _ENCOUNTERS & item.tags else []
        if "break" in item.tags:
            return []
    return []


def of_subject(place: Place) -> list[Item]:
    """ "research bodies of A and B signed": several states that "of" hangs on a word we do not know, right before the verb."""
    for item in reversed(place.items[: place.at]):
        if item.tags & {"verb", "break"}:
            return []
        if is_actor(item):
            several = isinstance(item.value, Group) and len(item.value.states) > 1 and "p.of" in item.tags
            return [item] if several and gap(item, place.trigger) <= 1 else []
    return []


def on_visit(place: Place) -> list[Item]:
    """Who is "on" the visit: the person or delegation before the preposition; "left for a visit": who left."""
    last = place.trigger
    for position in range(place.at - 1, -1, -1):
        item = place.items[position]
        if gap(item, last) > 0:
            return []
        if item.tags & {"p.on", "during"}:
            return _before(place.items, position)
        if "p.other" in item.tags or {"v.depart", "v.arrive"} & item.tags:
            return _mover(place.items, position + 1)
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


def _mover(items: list[Item], at: int) -> list[Item]:
    """The subject of the verb of motion before "for" ("left on Sunday for a visit")."""
    for position in range(at - 1, -1, -1):
        if {"v.arrive", "v.depart", "v.leave", "v.travel"} & items[position].tags:
            return subjects.subject(Place(items, position))
        if items[position].tags & {"break", "verb"}:
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
    goal = next((item for item in ahead(place) if is_actor(item) and item.tags & TO and has_member(item, PLACES)), None)
    for item in reversed(place.items[:front]):
        if _person(item) and not item.tags & (PREPOSITIONS - {"p.by"}) and not _at_home(item, goal):
            return [item]
    for item in place.items[place.at + 1 : place.at + OWN_ITEMS]:
        if item.tags & {"verb", "break"}:
            return []
        if _person(item) and not item.tags & PREPOSITIONS:
            return [item]
    return []


def _at_home(item: Item, goal: Item | None) -> bool:
    """ "A met B of C during his visit to C": nobody visits his own country."""
    if goal is None or not isinstance(goal.value, Group) or not isinstance(item.value, Group):
        return False
    return bool(item.value.states) and set(item.value.states) <= set(goal.value.states)


def _person(item: Item) -> bool:
    return isinstance(item.value, Group) and any(actor.kind in ("official", "person", "delegation") for actor in item.value.members)


def recognized(place: Place) -> list[Item]:
    """The state right behind a verb of recognising, or the owner of the sovereignty that it recognises."""
    for item in place.items[place.at + 1 : place.at + 4]:
        if {"verb", "break", "conj"} & item.tags:
            return []
        if is_actor(item) and item.tags & {"state"} and not item.tags & (PREPOSITIONS - {"p.of"}):
            return [item]
    return []


def landing(place: Place) -> list[Item]:
    """Where what the noun names comes down, or takes off for: the place behind the verb that follows ("a flight that landed in B")."""
    for position in range(place.at + 1, len(place.items)):
        item = place.items[position]
        if {"v.arrive", "v.launch", "v.set_off"} & item.tags:
            behind = ahead(Place(place.items, position))
            return [one for one in behind if is_actor(one) and one.tags & {"state", "capital", "city"} and one.tags & _WHERE][:1]
        if {"verb", "break"} & item.tags:
            return []
    return []


_WHERE = frozenset({"p.in", "p.at", "p.to", "p.for"})
_ENCOUNTERS = frozenset({"v.meet", "v.receive", "v.discuss", "v.host", "v.speak"})


def companion(place: Place) -> list[Item]:
    """Whom the subject of a second verb has just met ("met B and signed", "received B and signed"): he takes part in it."""
    if "conj" not in place.trigger.tags:
        return []
    for position in range(place.at - 1, -1, -1):
        item = place.items[position]
        if "verb" in item.tags:
            there = Place(place.items, position)
            return (complements.with_(there) or subjects.object_(there)) if _ENCOUNTERS & item.tags else []
        if "break" in item.tags:
            return []
    return []


def by(place: Place) -> list[Item]:
    """Actors introduced by "by"."""
    return [item for item in ahead(place) if is_actor(item) and "p.by" in item.tags]
