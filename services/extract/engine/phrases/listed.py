"""Officials and nations told one after the other with commas, as one list."""

from __future__ import annotations

from itertools import pairwise

from services.extract.engine.phrases.actors import MARKS, NAMES_STATE, Actor, Group
from services.extract.engine.phrases.brackets import without_abbreviations
from services.extract.engine.phrases.jointly import acts_on
from services.extract.engine.text import Text
from services.extract.engine.words.items import Item, gap


def listed(text: Text, items: list[Item]) -> list[Item]:
    """A list with commas that ends in "and" ("A, B, C and D"): the commas of it join as "and" does."""
    items = without_abbreviations(text, items) if text.capitals else items
    _list_officials(text, items)
    _list_nations(text, items)
    for position, item in enumerate(items):
        if not _state_without_marks(item):
            continue
        end = position
        while end + 1 < len(items) and _state_without_marks(items[end + 1]) and only_comma(text, items[end], items[end + 1]):
            end += 1
        closes = (
            end + 1 < len(items)
            and items[end + 1].tags & _CLOSES_LIST
            and "conj" in items[end + 1].tags
            and gap(items[end], items[end + 1]) == 0
        )
        opens = position > 0 and _may_lead_list(items[position - 1]) and only_comma(text, items[position - 1], item)
        if (closes and (end > position or opens)) or (end > position and not opens and _act_together(items, position, end)):
            for member in items[position + (0 if opens else 1) : end + 1]:
                member.tags = member.tags | {"conj", "listed"}
    return items


_CLOSES_LIST = NAMES_STATE | {"army.actor"}


_PEOPLE = frozenset({"official", "person"})


def _list_nations(text: Text, items: list[Item]) -> None:
    """ "officials Israeli, Egyptian and Jordanian": behind an office in the plural adjectives with commas join up to the one with "and"."""
    for position, item in enumerate(items):
        if not isinstance(item.value, Group) or not (item.value.members[-1].plural or item.value.members[-1].kind == "delegation"):
            continue
        end = position
        while end + 1 < len(items) and _bare_nation(items[end + 1]) and only_comma(text, items[end], items[end + 1]):
            end += 1
        closes = end > position and end + 1 < len(items) and {"demonym", "conj"} <= items[end + 1].tags
        if closes and gap(items[end], items[end + 1]) == 0:
            for member in items[position + 1 : end + 1]:
                member.tags = member.tags | {"conj", "listed"}


def _bare_nation(item: Item) -> bool:
    return "demonym" in item.tags and "actor" not in item.tags and "conj" not in item.tags


def _list_officials(text: Text, items: list[Item]) -> None:
    """ "minister A, the Jordanian minister B": two offices of different states, both with their holders, are no apposition."""
    verb = next((item.start for item in items if "verb" in item.tags), 0)
    for position, (before, item) in enumerate(pairwise(items)):
        if before.tags & _FRONTED and before.start < verb:
            continue  # "received by the king, the president said": what follows is the subject
        people = bool(_PEOPLE & before.tags) and bool(_PEOPLE & item.tags)
        listed_here = people and not item.tags & MARKS and only_comma(text, before, item) and _goes_on(items, position)
        if listed_here and not acts_on(items, position):
            first, second = before.value, item.value
            if isinstance(first, Group) and isinstance(second, Group) and _two_holders(first.members[-1], second.members[0]):
                item.tags = item.tags | {"conj", "listed"}


def _goes_on(items: list[Item], position: int) -> bool:
    """ "with minister A, minister B and minister C": behind a preposition a comma alone is no "and"; the list must be closed by one."""
    if items[position].tags.isdisjoint(MARKS - {"conj"}):
        return True
    closing = next((item for item in items[position + 2 :] if not _PEOPLE & item.tags or item.tags & MARKS), None)
    return closing is not None and {"actor", "conj"} <= closing.tags


_FRONTED = frozenset({"p.by", "p.beside"})


def _two_holders(first: Actor, second: Actor) -> bool:
    if first.name is None or second.name is None:
        return False
    known = first.person is not None and second.person is not None and first.person != second.person
    return known or (second.iso is not None and first.iso != second.iso)


def _act_together(items: list[Item], position: int, end: int) -> bool:
    """ "A, B sign": a list that begins a headline and has its verb right behind it."""
    return position == 0 and end + 1 < len(items) and "svo" in items[end + 1].tags and gap(items[end], items[end + 1]) == 0


def _may_lead_list(item: Item) -> bool:
    """A state, or an office in the plural ("ministers of A, B and C"); never a person, whose comma closes an apposition."""
    if not isinstance(item.value, Group):
        return False
    actor = item.value.members[-1]
    if actor.kind == "capital":
        return item.tags.isdisjoint(_PARTING)
    several = actor.plural or "army" in actor.tags  # "ministers of A, B and C", "forces from A, B and C"
    return actor.kind == "state" or (actor.kind in ("official", "org") and several and actor.name is None)


_PARTING = MARKS - {"p.of"}


def _state_without_marks(item: Item) -> bool:
    return "actor" in item.tags and not item.tags.isdisjoint(NAMES_STATE) and item.tags.isdisjoint(_PARTING)


def only_comma(text: Text, left: Item, right: Item) -> bool:
    return gap(left, right) == 0 and text.norm[left.end : right.start if right.lead < 0 else right.lead].strip() == ","
