"""Actors that belong together although an adjective or a dash stands between: "A and senior officials", "a delegation of A - B"."""

from __future__ import annotations

from services.extract.engine.phrases.actors import MARKS, Group
from services.extract.engine.text import Text
from services.extract.engine.words.items import Item, gap, has_comma

_DASHES = frozenset({"-", "/"})


def with_adjectives(text: Text, items: list[Item]) -> list[Item]:
    """ "A and senior officials": an adjective with "and" between two actors belongs to the second one, which takes over its "and"."""
    out: list[Item] = []
    for item in items:
        before = out[-1] if out else None
        if before is not None and _opens_phrase(text, out, item):
            out.pop()
            item.tags |= {"conj"}
            item.start, item.first, item.lead = before.start, before.first, before.lead
        out.append(item)
    return out


def _opens_phrase(text: Text, out: list[Item], item: Item) -> bool:
    adjective = out[-1]
    if len(out) < 2 or not isinstance(out[-2].value, Group) or not isinstance(item.value, Group):
        return False
    joined = {"filler", "conj"} <= adjective.tags and adjective.tags.isdisjoint({"actor", "verb", "noun", "inf", "date"})
    people = {"official", "delegation"} & item.tags and item.tags.isdisjoint(MARKS)
    touching = gap(out[-2], adjective) == 0 and gap(adjective, item) == 0
    return bool(joined and people and touching) and not has_comma(text, adjective, item)


def join_nations(text: Text, items: list[Item]) -> None:
    """ "a delegation American - Israeli": a dash between two adjectives of states behind a delegation joins them as "and" does."""
    for position in range(1, len(items)):
        before, item = items[position - 1], items[position]
        if "demonym" not in item.tags or "actor" in item.tags or not isinstance(before.value, Group) or gap(before, item) > 0:
            continue
        together = before.value.members[-1].kind == "delegation" or before.value.members[-1].plural
        if together and text.norm[before.end : item.start].strip() in _DASHES:
            item.tags |= {"conj"}


def in_same_state(text: Text, items: list[Item]) -> list[Item]:
    """ "Prime Minister X, of A, and President Y, of B": a state between commas that only says again whose the official before it is."""
    out: list[Item] = []
    for position, item in enumerate(items):
        before = out[-1] if out else None
        if before is None or not _says_whose(text, before, item, items[position + 1 : position + 2]):
            out.append(item)
            continue
        assert isinstance(before.value, Group) and isinstance(item.value, Group)
        before.value.members[-1].iso = item.value.members[0].iso
        before.value.members[-1].end = before.end = item.end
        before.last = item.last
    return out


def _says_whose(text: Text, before: Item, item: Item, following: list[Item]) -> bool:
    if (
        not isinstance(before.value, Group)
        or not isinstance(item.value, Group)
        or not {"state", "p.of"} <= item.tags
        or "conj" in item.tags
    ):
        return False
    holder, state = before.value.members[-1], item.value.members
    if gap(before, item) > 0 or len(state) > 1 or holder.name is None or holder.iso not in (None, state[0].iso):
        return False
    rest = text.norm[item.end : following[0].start] if following else text.norm[item.end :]
    return has_comma(text, before, item) and rest.lstrip()[:1] in {",", ".", '"', ")", "\n", ""}


def named_by_surname(text: Text, iso: str | None, last: Item, item: Item) -> bool:
    """ "the Israeli president X Y" where only the surname Y is known: one unknown word between an office and it is the given name."""
    if text.capitals or iso is None or gap(last, item) != 1 or item.first != item.last or not item.tags.isdisjoint(MARKS):
        return False
    found = item.entry("person")
    return found is not None and found.iso == iso and text.norm[last.end : item.start].replace(" ", "").isalpha()
