"""Who acts in a sentence: its noun phrases of states, organs, officials, delegations and persons, joined into lists."""

from __future__ import annotations

import re
from bisect import bisect_right

from services.extract.engine.phrases.actors import LISTED
from services.extract.engine.phrases.brackets import with_standing, without_offices
from services.extract.engine.phrases.chains import in_same_state, join_nations, with_adjectives
from services.extract.engine.phrases.frontwords import HEADS
from services.extract.engine.phrases.grades import with_grades
from services.extract.engine.phrases.listed import listed
from services.extract.engine.phrases.lists import grouped, owned, with_asides, with_prepositions
from services.extract.engine.phrases.nounphrases import phrase
from services.extract.engine.text import Text
from services.extract.engine.words.items import Item, gap, marks_of

PHRASES = HEADS | {"person", "state", "city", "demonym", "capital_of"}
"""What a noun phrase of an actor can begin with."""


def find_actors(text: Text, items: list[Item]) -> list[Item]:
    """`items` with the noun phrases of actors joined into items tagged `actor` (their value is a `Group`)."""
    found: list[Item] = []
    made: list[Item] = []
    reached = 0
    items = with_standing(without_offices(text, items)) if text.capitals else items
    for position in [position for position, item in enumerate(items) if not item.tags.isdisjoint(PHRASES)]:
        built = phrase(text, items, position) if position >= reached else None
        if built is not None:
            found += items[reached:position]
            item, reached = built
            found.append(item)
            made.append(item)
    found += items[reached:]
    if made:
        marks = marks_of(made)  # they tell which of these passes have anything to do
        found = with_prepositions(text, with_adjectives(text, found) if text.capitals else found)
        join_nations(text, found)
        found = with_asides(text, found) if text.capitals and "official" in marks else found
        found = with_grades(text, found) if "grade.actor" in marks else found
        found = in_same_state(text, found) if text.capitals and "state" in marks else found
        found = grouped(text, listed(text, found) if marks & LISTED else found)
        found = owned(found) if "own" in marks else found
        _mark_dateline(text, found)
    return _with_commas(text, found) if items else found


_BEHIND_DATELINE = re.compile(r" ?- | ?\([^()\n]{1,30}\) ?[-:]|/[^/\n]{1,20}/ |, [^.,\n]{1,30} - ")
"""A dash, or an agency between brackets or slashes, or a second place with a dash."""


def _mark_dateline(text: Text, items: list[Item]) -> None:
    """ "Rabat - The minister held ...": where a report was written is no party of what it tells."""
    place = items[0]
    if "place" in place.tags and text.norm[place.start - 1] == "\n" and _BEHIND_DATELINE.match(text.norm, place.end):
        place.tags = place.tags | {"dateline"}


def _with_commas(text: Text, items: list[Item]) -> list[Item]:
    """`items` with a mark on each that stands behind a comma: sought from the commas, since there are fewer of them than of words."""
    comma = text.norm.find(",", items[0].start, items[-1].start)
    if comma < 0:
        return items
    starts = [item.start for item in items]
    parted = False
    while comma >= 0:
        at = bisect_right(starts, comma)
        if at == len(items):
            break
        item, before = items[at], items[at - 1]
        if before.end > comma:
            comma = text.norm.find(",", comma + 1, starts[-1])  # inside an item: another one may follow
            continue
        if item.start > before.end + 1:
            item.tags = item.tags | {"after_comma"}
            parted = parted or "actor" in item.tags
        comma = text.norm.find(",", item.start, starts[-1])
    return _with_breaks(items) if parted else items


def _with_breaks(items: list[Item]) -> list[Item]:
    """`items` with a break where a comma, a place and a verb begin another clause ("..., and in Israel they watched")."""
    out: list[Item] = []
    for position, item in enumerate(items):
        if "after_comma" in item.tags and "actor" in item.tags and {"in", "p.in"} & item.tags:
            behind = [other for other in items[position + 1 : position + 3] if "neg" not in other.tags]
            aside = behind and "after_comma" in behind[0].tags and item.tags.isdisjoint({"state", "place"})  # "X, accompanied by Y, met"
            if behind and "verb" in behind[0].tags and not aside and gap(item, behind[0]) <= 1:
                out.append(Item(item.start, item.start + 1, item.first, item.first - 1, frozenset({"break"}), ()))
        out.append(item)
    return out
