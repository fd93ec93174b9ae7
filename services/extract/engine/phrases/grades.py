"""Whom a military grade names: "General X, head of the intelligence of A" is one man, whose office follows behind a comma."""

from __future__ import annotations

from services.extract.engine.phrases.actors import MARKS, Group
from services.extract.engine.text import Text
from services.extract.engine.words.items import Item, gap

NAME_WORDS = range(2, 5)
"""Words of a name that no list knows, between a grade and the comma behind it."""


def with_grades(text: Text, items: list[Item]) -> list[Item]:
    """`items` with the office behind a comma joined to the grade and the unknown name in front of it."""
    out: list[Item] = []
    for item in items:
        before = out[-1] if out else None
        if before is None or not (_holds(text, before, item) or _is_graded(text, before, item)):
            out.append(item)
    return out


def _holds(text: Text, before: Item, item: Item) -> bool:
    """Whether the office of `item` is his whom `before` names by his grade; it becomes part of him then."""
    if not (isinstance(before.value, Group) and isinstance(item.value, Group)) or "grade.actor" not in before.tags or item.tags & MARKS:
        return False
    holder, office = before.value.members[-1], item.value.members[0]
    bare = holder.iso is None and holder.person is None and holder.name is None and office.kind == "official"
    known = office.iso is not None and office.person is None and office.name is None and not office.plural
    between = text.norm[before.end : item.start]
    named = between.strip().endswith(",") and "," not in between.strip()[:-1] and gap(before, item) in NAME_WORDS
    if not (bare and known and named):
        return False
    start = before.end + len(between) - len(between.lstrip())
    holder.iso, holder.rank, holder.office = office.iso, office.rank, office.office
    holder.name = (start, before.end + len(between.rstrip(" ,")))
    holder.end, before.end, before.last = office.end, item.end, item.last
    before.tags = before.tags | {tag for tag in item.tags if tag.endswith(".actor")}
    return True


def _is_graded(text: Text, before: Item, item: Item) -> bool:
    """Whether `item` is the grade and the known name, behind a comma, of the office that `before` is; it becomes part of that then."""
    if not (isinstance(before.value, Group) and isinstance(item.value, Group)) or "grade.actor" not in item.tags or item.tags & MARKS:
        return False
    office, holder = before.value.members[-1], item.value.members[0]
    bare = office.kind == "official" and office.person is None and office.name is None and not office.plural
    if not bare or "grade.actor" in before.tags or holder.person is None or office.iso not in (None, holder.iso):
        return False
    if text.norm[before.end : item.start].strip() != ",":
        return False
    office.iso, office.person, office.name, office.end = holder.iso, holder.person, holder.name, holder.end
    before.end, before.last = item.end, item.last
    return True
