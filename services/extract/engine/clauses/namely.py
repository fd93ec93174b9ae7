"""Officials without a name, and who of them is named behind "notably": it is those whom a verb acts on."""

from __future__ import annotations

from services.extract.engine.clauses.roles import is_plain
from services.extract.engine.phrases.actors import PEOPLE, Group
from services.extract.engine.words.items import Item, gap

NAME_WORDS = 8
"""Words of names that nobody knows, between those who are listed."""


def spelled_out(items: list[Item], found: Item) -> list[Item]:
    """`found`, or those who are named of it ("meets Moroccan officials, notably the king and the prime minister")."""
    at = next(k for k, item in enumerate(items) if item is found)
    first = at + 1
    if at > 1 and "namely" in items[at - 1].tags and gap(items[at - 2], items[at - 1]) == 0 and _unnamed(items[at - 2]):
        whole, first = items[at - 2], at  # behind a word that is "of" and no mark of an object
    elif first < len(items) and "namely" in items[first].tags and gap(found, items[first]) == 0 and _unnamed(found):
        whole, first = found, first + 1
    else:
        return [found]
    named: list[Item] = []
    last = items[first - 1]
    for item in items[first:]:
        if not is_plain(item) or gap(last, item) > NAME_WORDS or not _people(item):
            break
        named.append(item)
        last = item
    _of_one_nation(whole, named)
    return named or [found]


def _unnamed(item: Item) -> bool:
    group = item.value
    return isinstance(group, Group) and len(group.members) == 1 and group.members[0].plural and group.members[0].name is None


def _people(item: Item) -> bool:
    return isinstance(item.value, Group) and all(actor.kind in PEOPLE for actor in item.value.members)


def _of_one_nation(whole: Item, named: list[Item]) -> None:
    """Who is named of a nation's officials is of that nation."""
    states = whole.value.states if isinstance(whole.value, Group) else []
    for item in named if len(states) == 1 else ():
        for actor in item.value.members if isinstance(item.value, Group) else ():
            actor.iso = actor.iso or states[0]
