"""Who travels and where to, as headlines and tours put it: on board a plane, as the guest of, on a tour that takes in several states."""

from __future__ import annotations

from schemas.codes import Rank
from services.extract.engine.clauses.complements import adjectives, between
from services.extract.engine.clauses.roles import TO, Place, ahead, has_member, is_actor, is_plain
from services.extract.engine.phrases.actors import Group
from services.extract.engine.words.items import Item, gap

PEOPLE = ("official", "person", "delegation")
PLACES = ("state", "capital", "city")
BOARD_WORDS = 4
"""Unknown words between a plane and its passengers, or between a tour and the verb that tells what it takes in."""
OPENING_WORDS = 1
"""Words in front of what a text opens with, at most."""


def upon(place: Place) -> list[Item]:
    """The state or city introduced by "on": whose guest somebody is."""
    return [item for item in ahead(place) if is_actor(item) and "p.on" in item.tags and has_member(item, PLACES)][:1]


def carried(place: Place) -> list[Item]:
    """Whom the plane has on board that lands or takes off ("a plane landed that carries a delegation")."""
    at = _board(place)
    if at is None:
        return []
    words, last = 0, place.items[at]
    for item in place.items[at + 1 :]:
        words += max(gap(last, item), 0)
        if words > BOARD_WORDS or {"verb", "break"} & item.tags:
            return []
        if is_plain(item) and has_member(item, PEOPLE):
            return [item]
        last = item
    return []


def _board(place: Place) -> int | None:
    """Where the word stands that tells who is on board, in the clause of the trigger."""
    for position in range(place.at + 1, len(place.items)):
        tags = place.items[position].tags
        if "v.carry" in tags:
            return position
        if {"verb", "break"} & tags and "relative" not in tags:
            return None
    return None


def covered(place: Place) -> list[Item]:
    """The states that a tour takes in ("a tour that takes in A and B")."""
    words, last = 0, place.trigger
    for position in range(place.at + 1, len(place.items)):
        item = place.items[position]
        words += max(gap(last, item), 0)
        if words > BOARD_WORDS or ({"verb", "break"} & item.tags and not {"v.cover", "relative"} & item.tags):
            return []
        if "v.cover" in item.tags:
            return _stages(place.items, position)
        last = item
    return []


def _stages(items: list[Item], position: int) -> list[Item]:
    """The states right behind the verb that tells what a tour takes in."""
    found: list[Item] = []
    last, words = items[position], 0
    for item in items[position + 1 :]:
        words += max(gap(last, item), 0)
        if words > BOARD_WORDS or {"verb", "break"} & item.tags:
            break
        if is_actor(item) and has_member(item, PLACES) and (is_plain(item) or item.tags & TO):
            found.append(item)
        elif is_actor(item):
            break
        last = item
    return found


def headed(place: Place) -> list[Item]:
    """The adjectives of states behind a noun with which a text opens ("Syrian-Israeli talks in Paris")."""
    return adjectives(place) if place.trigger.first <= OPENING_WORDS else []


def opening(place: Place) -> list[Item]:
    """The trigger is the actor with whom a text opens ("X in Rabat for talks")."""
    opens = place.at == 0 or place.trigger.first <= OPENING_WORDS
    return [place.trigger] if opens and is_plain(place.trigger) and not _posted(place.trigger) else []


def _posted(item: Item) -> bool:
    """Whether the place behind an office is where its holder is posted, or what he deals with."""
    members = item.value.members if isinstance(item.value, Group) else []
    return any(actor.rank in (Rank.AMBASSADOR, Rank.ENVOY) and actor.person is None for actor in members)


def headed_between(place: Place) -> list[Item]:
    """The two of a meeting with which a text opens ("secret talks in Rome between A and B")."""
    return between(place) if place.trigger.first <= OPENING_WORDS else []


def onward(place: Place) -> list[Item]:
    """A state or city with "to" right behind the trigger."""
    if _posted(place.trigger):
        return []
    following = place.items[place.at + 1] if place.at + 1 < len(place.items) else None
    if following is None or not is_actor(following) or gap(place.trigger, following) > 0 or not following.tags & TO:
        return []
    return [following] if has_member(following, PLACES) else []


def led(place: Place) -> list[Item]:
    """The delegation right behind a verb of leading, when it goes somewhere: its place behind "to" is where its head goes too."""
    following = place.items[place.at + 1 :]
    at = next((k for k, item in enumerate(following) if "delegation" in item.tags and is_actor(item)), None)
    if at is None or any({"verb", "break"} & item.tags for item in following[:at]):
        return []
    return onward(Place(place.items, place.at + 1 + at))
