"""Which state an official belongs to when another phrase beside the name tells it."""

from __future__ import annotations

from services.extract.engine.phrases.actors import MARKS, Group
from services.extract.engine.words.items import Item, gap


def with_their_states(items: list[Item]) -> list[Item]:
    """`items` without the states in the possessive that only say whose the person right behind them is."""
    if all("poss" not in item.tags for item in items):
        return items
    return [item for k, item in enumerate(items) if k + 1 == len(items) or not _of_its_state(item, items[k + 1])]


def _of_its_state(before: Item, item: Item) -> bool:
    """ "with Israel's X": a state in the possessive right before one of its people only says whose he is; its marks become his."""
    if not (isinstance(before.value, Group) and isinstance(item.value, Group)) or "poss" not in before.tags or gap(before, item) > 0:
        return False
    owner, held = before.value.members, item.value.members[0]
    if len(owner) != 1 or owner[0].kind != "state" or held.kind not in ("person", "official") or held.iso != owner[0].iso:
        return False
    item.tags = item.tags | (before.tags & MARKS)
    item.start, item.first, item.lead = before.start, before.first, before.lead
    return True


def names_holder(before: Item, item: Item) -> bool:
    """ "the Bahraini monarch King Hamad": what stands right behind an office without a name names its holder; it becomes part of it."""
    if not (isinstance(before.value, Group) and isinstance(item.value, Group)) or item.tags & MARKS or gap(before, item) != 0:
        return False
    office, known = before.value.members[-1], item.value.members[0]
    if office.kind != "official" or office.person is not None or office.name is not None or office.plural or "his.actor" in item.tags:
        return False
    named = known.kind == "person" or (known.kind == "official" and known.name is not None)
    if "grade" in known.tags and known.iso is None and not named and len(item.value.members) == 1:
        before.end, before.last = item.end, item.last  # "the head of the service, general": his grade, whose name follows
        return True
    if not named or "after_comma" in item.tags or not (known.iso == office.iso or (known.kind == "official" and known.iso is None)):
        return False
    office.person, office.name, office.end = known.person, known.name, item.end
    before.value.members.extend(item.value.members[1:])
    before.end, before.last = item.end, item.last
    before.tags = before.tags | {"person"}
    return True


def holds_office(before: Item, item: Item) -> bool:
    """ "General A, head of the Sovereignty Council": an office without a name right behind a name is its bearer's."""
    if not (isinstance(before.value, Group) and isinstance(item.value, Group)) or item.tags & MARKS or gap(before, item) != 0:
        return False
    known, office = before.value.members[-1], item.value.members[0]
    if known.kind not in ("official", "person") or (known.person is None and known.name is None):
        return False
    bare = office.kind == "official" and office.person is None and office.name is None and not office.plural and office.rank is not None
    same = office.iso == known.iso or (
        office.iso is None and ("apposed" in known.tags or (known.kind == "person" and known.rank is not None))
    )
    if not bare or known.iso is None or not same or {"speaker_for", "counterpart", "official"} & office.tags:
        return False
    if "apposed" not in known.tags:  # of several offices the first one counts
        known.rank, known.office = office.rank, office.office
    known.tags |= {"apposed"}
    before.value.members.extend(item.value.members[1:])
    before.end, before.last = item.end, item.last
    return True
