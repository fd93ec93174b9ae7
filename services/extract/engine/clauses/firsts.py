"""Who becomes the first to do something: the subject of words like 'became the first to', whose act is an infinitive."""

from __future__ import annotations

from services.extract.engine.clauses.roles import (
    OPAQUE,
    Place,
)
from services.extract.engine.words.items import gap


def first_to(place: Place) -> str | None:
    """ "became the first minister to visit": whether the infinitive tells what is over ("past") or set ("future"); else `None`."""
    at = link_of_first(place)
    if at is None:
        return None
    if "will_be" in place.items[at].tags or {"became", "fut"} <= place.items[at].tags:
        return "future"
    return "past" if "became" in place.items[at].tags else None  # "he was the first to" is known from before


FIRST_WORDS = 3
"""Unknown words at most between "the first" and the "to" of what one is the first to do."""


def link_of_first(place: Place) -> int | None:
    """Where the verb stands that makes somebody "the first minister ever to visit": right before "first"; `None` when it is not that."""
    last, words = place.trigger, 0
    if "inf" not in last.tags:
        return None
    for position in range(place.at - 1, 0, -1):
        item = place.items[position]
        words += max(gap(item, last), 0)
        if words > FIRST_WORDS or item.tags & OPAQUE:
            return None
        if {"first", "nth"} & item.tags:
            link = next((k for k in range(position - 1, -1, -1) if "date" not in place.items[k].tags), None)
            return link if link is not None and gap(place.items[link], item) <= FIRST_WORDS else None
        last = item
    return None
