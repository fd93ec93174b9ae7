"""Words in front of the head of a noun phrase, in languages that put them there: "the former Israeli defence minister".

Not here: what follows the head (`actors`).
"""

from __future__ import annotations

from dataclasses import dataclass

from services.extract.engine.text import Text
from services.extract.engine.words.items import Item, gap, has_comma

HEADS = frozenset({"office", "org", "delegation"})
BETWEEN = frozenset({"filler", "domain", "official_word", "secret", "first", "number", "date.count", "adj", "plan", "duration", "both"})
"""What may stand between the state and the head."""
_NATIONS = frozenset({"demonym", "state"})
PORTFOLIO_WORDS = 3
"""Words of a portfolio that the lexicon does not know, at most ("Israeli Diaspora Affairs Minister")."""


@dataclass(frozen=True, slots=True)
class Front:
    """Where the phrase begins, where its head stands, whose it is, and what the words in front tell of it."""

    first: int
    head: int
    states: tuple[str, ...]
    tags: frozenset[str]


def found_in_front(text: Text, items: list[Item], at: int) -> Front | None:
    """The front of the phrase that begins with the demonym, state or organ at `at`, when a head follows; else `None`."""
    first = items[at]
    if "many" in first.tags:
        return None
    states = [iso] if (iso := _state(first)) else []
    head, tags, last = (at if first.tags & HEADS else None), frozenset[str](), first
    parted = abbreviated = False
    for position in range(at + 1, len(items)):
        item = items[position]
        if not _belongs(text, items, position, last, head):
            break
        if item.tags & HEADS:
            if head is not None and not _outranks(item, items[head]):
                break
            head = position
        elif head is None and _NATIONS & item.tags and has_comma(text, last, item) and (iso := _state(item)):
            states.append(iso)
            parted = True
        elif _NATIONS & item.tags and head is None and "conj" in item.tags and (iso := _state(item)):
            states.append(iso)
            abbreviated = abbreviated or "demonym" not in item.tags
        elif not item.tags & BETWEEN or {"person", "verb", "date", "title"} & item.tags:
            break
        tags |= item.tags & {"former"}
        last = item
    if head is None or (head == at) or ((parted or abbreviated) and ("plural" not in items[head].tags or _placed(items, at))):
        return None
    return Front(at, head, tuple(states), tags)


def _placed(items: list[Item], at: int) -> bool:
    """Whether "in" stands before: "In A, B ministers said" names a place first."""
    return at > 0 and "p.in" in items[at - 1].tags and gap(items[at - 1], items[at]) == 0


def _state(item: Item) -> str | None:
    entry = item.entry("demonym") or item.entry("state") or item.entry("city")
    return entry.iso if entry else None


def _belongs(text: Text, items: list[Item], position: int, last: Item, head: int | None) -> bool:
    """Whether the item still stands in the same noun phrase as `last`."""
    item = items[position]
    distance = gap(last, item)
    nations = bool(_NATIONS & item.tags and _NATIONS & last.tags) and head is None  # "Israeli, Moroccan officials"
    if "army" in item.tags and " - " in text.norm[last.end : item.start]:
        return False  # "DUBAI - Forces from": the place from where it is told says nothing of them
    if (has_comma(text, last, item) and not nations) or {"def", "own", "p.of"} & item.tags:
        return False
    if distance and not ("portfolio" in item.tags and head is None and distance <= PORTFOLIO_WORDS):
        return False
    return "conj" not in item.tags or (
        head is None and ("demonym" in item.tags or ({"state", "pre"} <= item.tags and "demonym" in last.tags))
    )


def _outranks(item: Item, head: Item) -> bool:
    """Whether the later of two heads is the real one ("defence ministry officials"); a grade belongs to the name behind it."""
    if "grade" in item.tags or ("poss" in head.tags and "office" in head.tags):
        return False
    return "org" in head.tags or "delegation" in item.tags
