"""Behind a verb of going: the place where it goes is no subject, and the traveller may stand behind it."""

from __future__ import annotations

from services.extract.engine.clauses.roles import OPAQUE, Place, has_member, is_actor, is_plain
from services.extract.engine.phrases.actors import PEOPLE
from services.extract.engine.words.items import Item, gap

SUBJECT_WORDS = 4
"""Unknown words that may stand between a verb and its subject."""


def acts(item: Item) -> bool:
    """Whether the item may be a subject: a plain actor that no mark makes an object."""
    return is_plain(item) and item.tags.isdisjoint({"p.obj", "dateline"})


GOING = frozenset({"v.visit", "v.leave", "v.arrive", "v.depart", "v.land"})


def is_goal(place: Place, item: Item) -> bool:
    """Whether the place behind a verb of going is its goal: a state acts, but it does not travel."""
    return bool(place.trigger.tags & GOING) and not has_member(item, ("official", "person", "delegation", "org")) and is_actor(item)


def traveller_behind(place: Place, goal: Item) -> Item | None:
    """ "left Cairo yesterday a delegation": the traveller behind the goal of a verb of going."""
    start = place.items.index(goal)
    words, last = 0, goal
    for item in place.items[start + 1 : start + 4]:
        words += max(gap(last, item), 0)
        if words > SUBJECT_WORDS or item.tags & OPAQUE:
            return None
        if acts(item) and has_member(item, PEOPLE):
            return item
        last = item
    return None
