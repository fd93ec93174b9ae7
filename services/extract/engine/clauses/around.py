"""Last resorts: who stands around a word of meeting where no construction says how they hang on it.

Not here: finders that a construction leads (`subjects`, `complements`, `nearby`).
"""

from __future__ import annotations

from services.extract.engine.clauses.complements import genitive, of
from services.extract.engine.clauses.roles import IN, OPAQUE, TO, Place, ahead, has_member, is_actor
from services.extract.engine.phrases.actors import MARKS, PEOPLE, PLACES, Group
from services.extract.engine.words.items import Item, gap

FAR_WORDS = 8
"""Unknown words between a noun and its "between", over a participle and what belongs to it."""


def lone_person(place: Place) -> list[Item]:
    """The one person or delegation named before the trigger, of whom the whole sentence speaks ("A made a trip to B to meet with")."""
    people = [item for item in place.items[: place.at] if is_actor(item) and _has_people(item)]
    if len(people) != 1 or people[0].tags & (MARKS | {"poss", "clause"}):
        return []
    group = people[0].value
    told = isinstance(group, Group) and len(group.states) == 1 and all(member.iso for member in group.members)
    return people if told and _acts_first(place, people[0]) and not _several_unnamed(place) else []


def _several_unnamed(place: Place) -> bool:
    """ "to meet his counterparts": of several without a name nobody knows which, where only a last resort reads it."""
    met = next((item for item in ahead(place) if is_actor(item) and has_member(item, PEOPLE)), None)
    return met is not None and isinstance(met.value, Group) and any(member.plural and member.name is None for member in met.value.members)


def _has_people(item: Item) -> bool:
    """Whether people stand in the phrase; offices of nobody known count, since they may be who acts."""
    return has_member(item, PEOPLE) or has_member(item, ("org",))


def _acts_first(place: Place, person: Item) -> bool:
    """Whether the first finite verb of the sentence stands behind the person: nobody unnamed acts before him."""
    verbs = [item for item in place.items[: place.at] if {"verb", "svo"} <= item.tags and item.tags.isdisjoint({"inf", "reduced"})]
    return bool(verbs) and verbs[0].start > person.start


def arranged_between(place: Place) -> list[Item]:
    """Whom "between" brings in behind a word that says how it was arranged ("a meeting hosted by C between A and B")."""
    words, last, carried = 0, place.trigger, False
    for item in place.items[place.at + 1 :]:
        words += max(gap(last, item), 0)
        carries = bool({"reduced", "light", "v.hold", "v.perform"} & item.tags)
        carried = carried or carries
        if words > FAR_WORDS or "break" in item.tags or (item.tags & OPAQUE and not carries):
            return []
        if "p.between" in item.tags and is_actor(item):
            return [item] if carried else []
        last = item
    return []


def stranger(place: Place) -> list[Item]:
    """Who of those named before a visit is not at home where it leads ("A will meet B during a visit to the land of B")."""
    goal = next((item for item in ahead(place) if is_actor(item) and item.tags & (TO | IN) and has_member(item, PLACES)), None)
    if goal is None or not isinstance(goal.value, Group):
        return []
    home = goal.value.members[0].iso
    people = [item for item in place.items[: place.at] if is_actor(item) and has_member(item, PEOPLE)]
    others = [item for item in people if isinstance(item.value, Group) and item.value.states and item.value.states != [home]]
    return others if len(others) == 1 and len(people) > 1 and others[0].tags.isdisjoint(MARKS | {"poss"}) else []


def visitor_before(place: Place) -> list[Item]:
    """Whose visit or programme it is that the sentence names before ("the visit of A to B was marked by talks with")."""
    for position in range(place.at - 1, -1, -1):
        if {"n.visit", "n.agenda"} & place.items[position].tags:
            there = Place(place.items, position)
            found = genitive(there) or of(there)[:1]
            if found and found[0].start < place.trigger.start:
                return found
    return []


def place_before(place: Place) -> list[Item]:
    """The place before "where he" ("is in B, where he arrived on Sunday")."""
    items = place.items
    for position in range(place.at - 1, max(place.at - 5, 0), -1):
        opener, before = items[position], items[position - 1]
        if "inverts" in opener.tags:
            there = is_actor(before) and before.tags & (IN | TO) and has_member(before, PLACES) and gap(before, opener) == 0
            return [before] if there else []
        if "verb" in opener.tags:
            return []
    return []


def pair_of(place: Place) -> list[Item]:
    """The two whose meeting it is ("A and B's meeting")."""
    before = place.items[place.at - 1] if place.at else None
    if before is None or "poss" not in before.tags or gap(before, place.trigger) > 1 or not isinstance(before.value, Group):
        return []
    return [before] if len(before.value.states) == 2 and has_member(before, PEOPLE) else []
