"""Who travels and where to, as headlines and tours put it: on board a plane, as the guest of, on a tour that takes in several states."""

from __future__ import annotations

from schemas.codes import Rank
from services.extract.engine.clauses.complements import adjectives, between, of
from services.extract.engine.clauses.roles import IN, TO, Place, ahead, has_member, is_actor, is_plain
from services.extract.engine.clauses.subjects import object_, subject
from services.extract.engine.phrases.actors import PEOPLE, PLACES, Group
from services.extract.engine.words.items import Item, gap

BOARD_WORDS = 4
"""Unknown words between a plane and its passengers, or between a tour and the verb that tells what it takes in."""
OPENING_WORDS = 1
"""Words in front of what a text opens with, at most."""
HEADED_WORDS = 8
"""Words of a headline in front of the noun that it is about: its source and a colon, a number ("a second round of")."""


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
        if words > BOARD_WORDS or ({"verb", "break"} & item.tags and "then" not in item.tags):
            break
        if is_actor(item) and has_member(item, PLACES) and (is_plain(item) or item.tags & TO):
            found.append(item)
        elif is_actor(item):
            break
        last = item
    return found


def headed(place: Place) -> list[Item]:
    """The adjectives of states behind a noun that heads a text ("Syrian-Israeli talks in Paris")."""
    return adjectives(place) if _heads(place) else []


def headed_of(place: Place) -> list[Item]:
    """Whose meeting heads a text, with "of" ("a meeting in A of the chiefs of staff of B and C")."""
    return of(place) if _heads(place) else []


def _heads(place: Place) -> bool:
    """Whether a text is headed by the noun: no verb and no actor stands before it, but a source and a colon may."""
    if place.trigger.first > HEADED_WORDS:
        return False
    before = place.items[: place.at]
    colon = next((k for k in range(len(before) - 1, -1, -1) if "colon" in before[k].tags), -1)
    return not any({"verb", "actor", "say"} & item.tags for item in before[colon + 1 :])


def opening(place: Place) -> list[Item]:
    """The trigger is the actor with whom a text opens ("X in Rabat for talks")."""
    behind_colon = place.at > 0 and "colon" in place.items[place.at - 1].tags and place.trigger.first <= HEADED_WORDS
    opens = place.at == 0 or place.trigger.first <= OPENING_WORDS or behind_colon
    return [place.trigger] if opens and is_plain(place.trigger) and not _posted(place.trigger) else []


def _posted(item: Item) -> bool:
    """Whether the place behind an office is where its holder is posted, or what he deals with."""
    members = item.value.members if isinstance(item.value, Group) else []
    return any(actor.rank in (Rank.AMBASSADOR, Rank.ENVOY) and actor.person is None for actor in members)


def headed_between(place: Place) -> list[Item]:
    """The two of a meeting with which a text opens ("secret talks in Rome between A and B")."""
    return between(place) if _heads(place) else []


def onward(place: Place) -> list[Item]:
    """A state or city with "to" right behind the trigger."""
    if _posted(place.trigger):
        return []
    following = place.items[place.at + 1] if place.at + 1 < len(place.items) else None
    if following is None or not is_actor(following) or gap(place.trigger, following) > 0 or not following.tags & TO:
        return []
    return [following] if has_member(following, PLACES) else []


def led(place: Place) -> list[Item]:
    """Where the delegation goes that stands behind a verb of leading: there its head goes too."""
    delegation: Item | None = None
    words, last = 0, place.trigger
    for item in place.items[place.at + 1 :]:
        words += max(gap(last, item), 0) if delegation is not None else 0
        if words > BOARD_WORDS or {"verb", "break"} & item.tags:
            return []
        if delegation is None:
            delegation = item if "delegation" in item.tags and is_actor(item) else None
        elif is_actor(item) and item.tags & TO and has_member(item, PLACES):
            return [item]
        last = item
    return []


def received(place: Place) -> list[Item]:
    """Whom the verb of receiving before a noun acts on ("received the minister, on a visit to")."""
    for position in range(place.at - 1, -1, -1):
        tags = place.items[position].tags
        if {"v.receive", "v.host"} & tags:
            return object_(Place(place.items, position))
        if "v.welcome" in tags:
            return [item for item in place.items[position + 1 : place.at] if item.tags & IN and has_member(item, PEOPLE)][:1]
        if {"verb", "break"} & tags:
            return []
    return []


def welcomed(place: Place) -> list[Item]:
    """Whom somebody's reception is of: with "of" ("the reception by A of B"), or right behind the possessive ("his reception of B")."""
    found = of(place)
    if found or "poss" not in place.trigger.tags:
        return found[:1]
    for item in place.items[place.at + 1 :]:
        if is_plain(item) and has_member(item, PEOPLE):
            return [item]
        if not {"date", "filler", "title", "p.in"} & item.tags:
            return []
    return []


def adjoining(place: Place) -> list[Item]:
    """The subject of a verb; of one of discussing only when nothing unknown stands between ("A and B discuss", no "files of A and B")."""
    found = subject(place)
    if "debate" not in place.trigger.tags:
        return found
    near = [item for item in found if gap(item, place.trigger) == 0 or (item.start > place.trigger.start and gap(place.trigger, item) == 0)]
    before = place.items[place.at - 1] if place.at else None
    noun = before is not None and bool({"after", "during", "purpose", "p.from", "p.in", "p.to", "p.on"} & before.tags)
    return [] if noun and before is not None and gap(before, place.trigger) == 0 and not is_actor(before) else near
