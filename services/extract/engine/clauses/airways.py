"""Whose flights these are and which cities a line joins: finders around the noun of a flight, route or service.

Not here: where a plane comes down (`frontroles.landing`).
"""

from __future__ import annotations

from services.extract.engine.clauses import complements, frontroles, subjects
from services.extract.engine.clauses.roles import PREPOSITIONS, Place, is_actor
from services.extract.engine.phrases.actors import Group
from services.extract.engine.words.items import Item, gap

_ENDS = frozenset({"state", "capital", "city"})
_AMONG = frozenset({"filler", "adj", "first", "number", "date.count", "per_period", "direct"})
"""What may stand between a line and the cities in front of it ("the Tel Aviv daily service")."""
_AHEAD = 6
"""Words and phrases at most between a verb and the flights it speaks of."""


def line_ends(place: Place) -> list[Item]:
    """The states and cities right in front of a flight or route, and adjectives of states ("the Tel Aviv-Istanbul route")."""
    if "verb" in place.trigger.tags:
        return []
    found: list[Item] = []
    last = place.trigger
    for item in reversed(place.items[: place.at]):
        if gap(item, last) > 0:
            break
        if "demonym" in item.tags or (is_actor(item) and item.tags & _ENDS and not item.tags & (PREPOSITIONS - {"p.of"})):
            found.append(item)
        elif not item.tags & _AMONG or item.tags & {"verb", "break"}:
            break
        last = item
    return found[::-1]


def airspace_owner(place: Place) -> list[Item]:
    """Whose airspace it is: the owner in front of it, or of "its airspace" who announces it ("announced that its airspace was open")."""
    if "own" not in place.trigger.tags:
        return frontroles.possessor(place) or line_ends(place)
    for position in range(place.at - 1, -1, -1):
        item = place.items[position]
        if {"say", "verb"} <= item.tags:
            return subjects.subject(Place(place.items, position))
        if item.tags & {"verb", "break"} and "complement" not in item.tags:
            return []
    return []


def carrier(place: Place) -> list[Item]:
    """Whose flights to one state these are: the airline or state in front, and that state; none when the flights go to several."""
    owners, targets = subjects.subject(place), complements.to(place) or _of_the_flights(place)
    states = {state for item in targets if isinstance(item.value, Group) for state in item.value.states}
    owned = any(isinstance(item.value, Group) and item.value.states for item in owners)
    return owners + targets if owned and len(states) == 1 else []


def _of_the_flights(place: Place) -> list[Item]:
    """The ends of the line that stands behind the verb ("suspended its Tel Aviv flights")."""
    for position, item in enumerate(place.items[place.at + 1 : place.at + 1 + _AHEAD], place.at + 1):
        if {"n.flight", "n.service"} & item.tags:
            return line_ends(Place(place.items, position))
        if {"verb", "break"} & item.tags:
            return []
    return []


_UNKNOWN_ADJECTIVES = 2


def owners_of(place: Place) -> list[Item]:
    """Whose planes or ground they are: adjectives of states behind the noun, over others that nobody knows ("planes military Israeli")."""
    found: list[Item] = []
    last = place.trigger
    for item in place.items[place.at + 1 :]:
        if gap(last, item) > _UNKNOWN_ADJECTIVES or "after_comma" in item.tags or (found and gap(last, item) > 0):
            break
        if "demonym" in item.tags and "actor" not in item.tags:
            found.append(item)
        elif "unnamed.actor" in item.tags and gap(last, item) == 0:
            return [item]  # "planes military and official of A" look like officials
        elif not {"domain", "filler", "official_word", "direct", "commercial"} & item.tags:
            break
        last = item
    return found
