"""Whose a noun is: the subject of the verb before or behind it, the one named last, who is told behind it."""

from __future__ import annotations

from services.extract.engine.clauses import complements
from services.extract.engine.clauses.relatives import antecedent
from services.extract.engine.clauses.roles import CARRIED_WORDS, Place, ahead, has_member, is_actor, is_plain
from services.extract.engine.clauses.subjects import subject
from services.extract.engine.phrases.actors import PEOPLE
from services.extract.engine.words.items import Item, gap


def clause_subject(place: Place) -> list[Item]:
    """The subject of the verb before a noun, when it stands before the noun ("returned after talks with")."""
    for position in range(place.at - 1, -1, -1):
        item = place.items[position]
        if "verb" in item.tags:
            found = subject(Place(place.items, position))
            return [one for one in found if one.start < place.trigger.start]
        if "break" in item.tags and "relative" not in item.tags:
            return []
    return []


def owner(place: Place) -> list[Item]:
    """Whose a noun with a possessive is ("his meeting"): the subject of the verb before it, else the actor named last before it."""
    if "poss" not in place.trigger.tags:
        return []
    nearest: Item | None = None
    for position in range(place.at - 1, -1, -1):
        item = place.items[position]
        if "verb" in item.tags and "in_course" in place.items[position + 1].tags:
            nearest = None  # "on a visit, meets in its course B before his visit to C": his who is on that visit
            continue
        if "verb" in item.tags:
            found = subject(Place(place.items, position))
            if found and found[0].start < place.trigger.start:
                return found
        if "attribution" in item.tags and nearest is not None:
            return [nearest]  # "so said X after his meeting with"
        if nearest is None and is_plain(item):
            nearest = item
    return [nearest] if nearest is not None else []


def told_owner(place: Place) -> list[Item]:
    """Whose a noun with a possessive is, told behind it ("his visit of X"), by the verb that follows, or by what stands before."""
    return complements.genitive(place) or complements.of(place)[:1] or _main_subject(place) or owner(place)


def guest(place: Place) -> list[Item]:
    """Whose the noun is in the course of which the clause happens ("said during a visit", "during talks with B, A said")."""
    return complements.genitive(place) or owner(place) or clause_subject(place) or main_subject(place)


def _main_subject(place: Place) -> list[Item]:
    """The subject of the first verb behind the trigger: who acts in the sentence that a noun with a possessive opens."""
    for position in range(place.at + 1, len(place.items)):
        if "verb" in place.items[position].tags:
            return subject(Place(place.items, position))
        if "break" in place.items[position].tags:
            return []
    return []


def doer(place: Place) -> list[Item]:
    """Who does what the nearest verb before the noun says, or its verbal noun ("launched", "announced the launch of its flights")."""
    items, words, last = place.items, 0, place.trigger
    if "verb" in last.tags and "noun" not in last.tags:
        return []
    for position in range(place.at - 1, -1, -1):
        item = items[position]
        words += max(gap(item, last), 0)
        if words > CARRIED_WORDS or ("break" in item.tags and "relative" not in item.tags):
            return []
        if "verb" in item.tags and "say" not in item.tags:
            return subject(Place(items, position))
        if "noun" in item.tags and any(tag.startswith("v.") for tag in item.tags):
            there = Place(items, position)
            return complements.genitive(there) or complements.announcer(there) or complements.performer(there)
        if "say" in item.tags:
            return subject(Place(items, position))
        last = item
    return []


def before(place: Place) -> list[Item]:
    """The actor named last before a noun in its clause ("a unit left to take part in")."""
    for item in reversed(place.items[: place.at]):
        if "break" in item.tags and "relative" not in item.tags:
            return []
        if is_plain(item):
            return [item]
    return []


def in_front(place: Place) -> list[Item]:
    """Who stands in front of words that say where he is ("X, on a visit to", "X is on a visit to")."""
    last, words = place.trigger, 0
    for position in range(place.at - 1, -1, -1):
        item = place.items[position]
        words += max(gap(item, last), 0)
        if "relative" in item.tags and words <= 1 and (named := antecedent(place.items, position)) is not None:
            return [named]  # "X, who is on a visit to"
        if words > CARRIED_WORDS or "break" in item.tags:
            return []
        if "verb" in item.tags:
            return subject(Place(place.items, position)) if "be" in item.tags else []
        if is_plain(item) or (words == 0 and is_actor(item) and has_member(item, PEOPLE)):
            return [item]
        last = item
    return []


def holder(place: Place) -> list[Item]:
    """The subject of the verb "to have" before a noun ("had talks with")."""
    last, words = place.trigger, 0
    for position in range(place.at - 1, -1, -1):
        item = place.items[position]
        words += max(gap(item, last), 0)
        if words > CARRIED_WORDS or "break" in item.tags:
            return []
        if "verb" in item.tags:
            return subject(Place(place.items, position)) if "v.have" in item.tags else []
        last = item
    return []


def attached(place: Place) -> list[Item]:
    """Whom a participle speaks of ("X, arrived on Monday, ..." or "Arrived on Monday, X ..."): the actor before it, else the next one."""
    before = place.items[place.at - 1] if place.at else None
    if before is not None and gap(before, place.trigger) <= 1:
        return [before] if is_plain(before) else []
    if any("verb" in item.tags for item in place.items[: place.at]):
        return []
    return next(([item] for item in ahead(place) if is_plain(item) and has_member(item, PEOPLE)), [])


def main_subject(place: Place) -> list[Item]:
    """Who acts in the sentence that the trigger's phrase opens ("in talks with B, A said"): no verb stands before it."""
    return [] if any("verb" in item.tags for item in place.items[: place.at]) else _main_subject(place)
