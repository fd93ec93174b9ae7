"""What stands in brackets behind a name and says the same again ("the United Arab Emirates (UAE)")."""

from __future__ import annotations

from services.extract.engine.phrases.actors import MARKS, Group
from services.extract.engine.text import Text
from services.extract.engine.words.items import Item, gap


def without_abbreviations(text: Text, items: list[Item]) -> list[Item]:
    """`items` with every abbreviation of a state taken into the name before it, so that a list goes on behind the bracket."""
    out: list[Item] = []
    for item in items:
        before = out[-1] if out else None
        if before is not None and abbreviates(text, before, item):
            before.end, before.last = item.end, item.last
        else:
            out.append(item)
    return out


def without_offices(text: Text, items: list[Item]) -> list[Item]:
    """`items` with an office that only stands in brackets behind itself ("Foreign Minister (FM) X") taken into it."""
    out: list[Item] = []
    for item in items:
        before = out[-1] if out else None
        if before is not None and _same_office(text, before, item):
            before.end, before.last = item.end, item.last
        else:
            out.append(item)
    return out


def with_standing(items: list[Item]) -> list[Item]:
    """`items` with each word that says how an office is held ("outgoing", "acting") taken into the office right behind it."""
    out: list[Item] = []
    for position, item in enumerate(items):
        before = out[-1] if out else None
        if before is not None and "of.office" in before.tags and gap(before, item) == 0 and _opens_office(items, position):
            item.start, item.first, item.lead = before.start, before.first, before.lead
            item.tags |= before.tags & MARKS
            out[-1] = item
        else:
            out.append(item)
    return out


def _opens_office(items: list[Item], position: int) -> bool:
    """Whether an office stands here, or the adjective of its state with the office right behind."""
    item = items[position]
    following = items[position + 1] if position + 1 < len(items) else None
    beside = following is not None and "office" in following.tags and gap(item, following) == 0
    return "office" in item.tags or ("demonym" in item.tags and beside)


def _same_office(text: Text, before: Item, item: Item) -> bool:
    """Whether the word is nothing but another name, in brackets, for the office right before it."""
    mine, again = before.entry("office"), item.entry("office")
    if mine is None or again is None or mine.key != again.key or gap(before, item) != 0:
        return False
    return text.norm[before.end : item.start].strip() == "(" and text.norm[item.end : item.end + 1] == ")"


def abbreviates(text: Text, before: Item | None, item: Item) -> bool:
    """ "the United Arab Emirates (UAE)": the same state again in brackets is no second one."""
    if before is None or not isinstance(before.value, Group) or not isinstance(item.value, Group) or gap(before, item) != 0:
        return False
    last, new = before.value.members[-1], item.value.members[0]
    bracket = "(" in text.norm[before.end : item.start]
    return bracket and last.kind == new.kind == "state" and last.iso == new.iso and len(item.value.members) == 1
