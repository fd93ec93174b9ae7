"""Noun phrases of actors joined: prepositions become marks, "A, B and C" becomes one, what the first says of all is handed on."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache

from schemas.codes import Rank
from services.extract.engine.phrases.actors import MARKS, Actor, Group
from services.extract.engine.phrases.appositions import names_counterpart
from services.extract.engine.phrases.belonging import holds_office, names_holder, with_their_states
from services.extract.engine.phrases.brackets import abbreviates
from services.extract.engine.phrases.jointly import of_both
from services.extract.engine.phrases.listed import only_comma
from services.extract.engine.text import Text
from services.extract.engine.words.items import Item, gap, has_comma


def with_asides(text: Text, items: list[Item]) -> list[Item]:
    """`items` with an office between commas joined to the named official before it ("minister X, head of the service, arrived")."""
    out: list[Item] = []
    for position, item in enumerate(items):
        before = out[-1] if out else None
        following = items[position + 1] if position + 1 < len(items) else None
        pair = _aside(text, before, item, following) if before is not None and following is not None else None
        if before is None or pair is None:
            out.append(item)
            continue
        holder, office = pair
        if holder.rank in (None, Rank.MINISTER_OTHER):
            holder.rank, holder.office = office.rank, office.office
        before.end, before.last = item.end, item.last
    return out


def _aside(text: Text, before: Item, item: Item, following: Item) -> tuple[Actor, Actor] | None:
    """The holder and what is said of him between commas, when `item` is that."""
    if not (isinstance(before.value, Group) and isinstance(item.value, Group)):
        return None
    if not {"official", "person"} & before.tags or item.tags & MARKS or {"official", "def", "conj"} & item.tags != {"official"}:
        return None
    holder, office = before.value.members[-1], item.value.members[0]
    bare = office.iso is None and office.person is None and office.name is None and not office.plural and not office.definite
    closed = gap(item, following) == 0 and "verb" in following.tags and text.norm[item.end : following.start].strip() == ","
    named = holder.iso is not None and holder.name is not None
    return (holder, office) if bare and closed and named and only_comma(text, before, item) else None


def with_prepositions(text: Text, items: list[Item]) -> list[Item]:
    """A preposition right before an actor becomes a mark of the actor (a city, capital or "both of" may stand between)."""
    out: list[Item] = []
    for item in items:
        if "actor" in item.tags and out and gap(out[-1], item) <= 0:
            while out and "both" in out[-1].tags and gap(out[-1], item) == 0:
                both = out.pop()
                item.tags = item.tags | (both.tags & MARKS)
                item.start, item.first = both.start, both.first
            if out and "title" in out[-1].tags and gap(out[-1], item) == 0 and not has_comma(text, out[-1], item):
                title = out.pop()
                item.tags = item.tags | (title.tags & MARKS)
                item.start, item.first = title.start, title.first
            if not item.tags.isdisjoint(_DESCRIBED):
                _absorb_description(text, out, item)
            if text.capitals:
                _absorb_fillers(text, out, item)
            if out and _preposition(out[-1]) and gap(out[-1], item) <= 0 and not has_comma(text, out[-1], item):
                before = out.pop()
                item.tags = (item.tags - {"conj"}) | (before.tags & MARKS)
                item.start, item.first = before.start, before.first
        out.append(item)
    return out


_DESCRIBED = frozenset({"capital", "city", "state"})
_LEADING = MARKS - {"conj", "like"}


def _absorb_fillers(text: Text, out: list[Item], item: Item) -> None:
    """ "to the new Israeli minister": adjectives between a preposition and a noun phrase belong to the phrase."""
    count = 0
    nearest = item
    while count < len(out) and "filler" in out[-1 - count].tags and gap(out[-1 - count], nearest) == 0:
        nearest = out[-1 - count]
        count += 1
    if count and "conj" in nearest.tags and "state" in item.tags and not item.tags & MARKS:
        item.tags = item.tags | {"conj"}  # "Israel and neighbouring Jordan"
        item.start, item.first = nearest.start, nearest.first
        del out[-count:]
        return
    if not count or len(out) <= count or not _preposition(out[-1 - count]) or gap(out[-1 - count], nearest) > 0:
        return
    if {"person", "state"} & item.tags or has_comma(text, out[-1], item):
        return
    item.first = nearest.first
    item.tags = item.tags.union(*(one.tags & _GUEST for one in out[-count:]))
    del out[-count:]


_GUEST = frozenset({"visiting"})


def _absorb_description(text: Text, out: list[Item], item: Item) -> None:
    """ "to the Moroccan capital Rabat": the words between the preposition and the city belong to the city."""
    count = 0
    nearest = item
    while count < len(out) and ({"filler", "demonym", "capital_word"} & out[-1 - count].tags) and gap(out[-1 - count], nearest) == 0:
        adverb = "first_adverb" in out[-1 - count].tags or has_comma(text, out[-1 - count], nearest)
        if out[-1 - count].tags & MARKS and adverb:
            break  # "flew, in secret, to Cairo", "for-the-first-time to Cairo": an adverb with a preposition of its own
        nearest = out[-1 - count]
        count += 1
    if not count:
        return
    first = out[-count]
    marked = not first.tags.isdisjoint(_LEADING) or (
        len(out) > count and _preposition(out[-1 - count]) and gap(out[-1 - count], first) == 0
    )
    if "capital_of" in first.tags or marked:
        item.tags = item.tags | (first.tags & MARKS) | frozenset(tag for one in out[-count:] for tag in one.tags & {"airport"})
        item.start, item.first = first.start, first.first
        del out[-count:]


@lru_cache(maxsize=4_096)
def _may_govern(tags: frozenset[str]) -> bool:
    """Whether a word of these tags can be a preposition; kept, since nearly every word before an actor is asked."""
    return any(tag.startswith("p.") for tag in tags) and tags.isdisjoint({"actor", "noun", "adj", "verb", "inf", "ger", "ptc"})


def _preposition(item: Item) -> bool:
    if not _may_govern(item.tags):
        return False
    # A word of its own, no preposition glued to another one.
    return not item.readings or any(name.startswith("p.") for reading in item.readings for name in reading.entry.classes)


def grouped(text: Text, items: list[Item]) -> list[Item]:
    """Actors joined by "and" become one item; what the first says of all (ministers of, "his counterpart") is handed on."""
    out: list[Item] = []
    items = with_their_states(items) if text.capitals else items
    for position, item in enumerate(items):
        before = out[-1] if out and ("conj" in item.tags or "demonym" in item.tags or isinstance(item.value, Group)) else None
        if before is None or not isinstance(before.value, Group):
            out.append(item)
            continue
        if abbreviates(text, before, item):
            before.end, before.last = item.end, item.last
            continue
        if _begins_clause(text, before, item):
            item.tags |= {"clause"}
        joins = _joins(before, item) and (gap(before, item) <= 0 or _only_bracketed(text, before, item))
        apart = _opens_clause(text, before, items[position : position + 2]) or _acts_itself(text, out, items[position : position + 2])
        if joins and "actor" in item.tags and not apart:
            group, new = before.value, item.value
            assert isinstance(group, Group) and isinstance(new, Group)
            group.members.extend(_handed_on(group.members, actor) for actor in new.members)
            before.end, before.last = item.end, item.last
            before.tags = before.tags | (item.tags & {"state", "official", "person", "delegation", "org", "poss"})
            continue
        if (
            "demonym" in item.tags
            and ("conj" in item.tags or of_both(text, before, item))
            and gap(before, item) == 0
            and not (position + 1 < len(items) and "actor" in items[position + 1].tags and "conj" in items[position + 1].tags)
        ):
            joined = _second_nation(before, item, items[position + 1] if position + 1 < len(items) else None)
            if joined:
                continue
        following = items[position + 1] if position + 1 < len(items) else None
        if (
            names_counterpart(text, before, item, following)
            or names_holder(before, item)
            or holds_office(before, item)
            or _in_brackets(text, before, item)
        ):
            continue
        out.append(item)
    return out


def _in_brackets(text: Text, before: Item, item: Item) -> bool:
    """ "the intelligence service (the Mossad)": an organ in brackets says the same again."""
    if not (isinstance(before.value, Group) and isinstance(item.value, Group)) or gap(before, item) != 0 or item.tags & MARKS:
        return False
    inner = item.value.members[0]
    behind = text.norm[item.end : item.end + 1]
    enclosed = has_comma(text, before, item) and behind == "," and "org" in item.tags and bool({"org", "official"} & before.tags)
    if (
        not ("(" in text.norm[before.end : item.start] or enclosed)
        or inner.kind not in ("org", "state")
        or inner.iso != before.value.members[-1].iso
    ):
        return False
    before.end, before.last = item.end, item.last
    return True


def _joins(before: Item, item: Item) -> bool:
    """Whether an actor carries on the list before it: with "and", or with "to" what "between" opened ("between A to B")."""
    if "clause" in item.tags:
        return False
    return "conj" in item.tags or ("p.between_to" in before.tags and "p.to" in item.tags)


def _only_bracketed(text: Text, before: Item, item: Item) -> bool:
    """ "Manama (BAH) and Tel Aviv": one word in brackets is all that stands between, behind it the "and"."""
    between = text.norm[before.end : item.start if item.lead < 0 else item.lead].strip()
    return gap(before, item) == 1 and between.startswith("(") and between.endswith(")")


def _begins_clause(text: Text, before: Item, item: Item) -> bool:
    """ "... with A, and B did": a comma before an "and" of its own joins sentences, unless it closes a list or an apposition."""
    if item.lead < 0 or "conj" not in item.tags or "listed" in item.tags or not isinstance(before.value, Group):
        return False
    last = before.value.members[-1]
    listed = len(before.value.members) > 1 or (last.kind in ("official", "person", "delegation") and last.host is None)
    return not listed and "," in text.norm[before.end : item.lead]


def owned(items: list[Item]) -> list[Item]:
    """ "Israel said its foreign minister ...": an office or organ with "its" is that of the state or organ named last before it."""
    for position, item in enumerate(items):
        if "own" not in item.tags or not isinstance(item.value, Group):
            continue
        actor = item.value.members[0]
        if actor.iso is None and "counterpart" not in actor.tags and actor.kind in ("official", "org", "delegation"):
            before = next((other for other in reversed(items[:position]) if isinstance(other.value, Group) and other.value.states), None)
            if before is not None and isinstance(before.value, Group):
                actor.iso = before.value.states[-1] if len(before.value.states) == 1 else None
    return items


def _opens_clause(text: Text, before: Item, items: list[Item]) -> bool:
    """ "an agreement with A, and B bombed": behind a comma a second state is no member of "with A", unless the list goes on."""
    marked = bool(before.tags & MARKS - {"conj"}) and isinstance(before.value, Group) and len(before.value.members) == 1
    if not marked or "state" not in items[0].tags or not has_comma(text, before, items[0]):
        return False
    return not (len(items) == 2 and "actor" in items[1].tags and "conj" in items[1].tags)


_GOVERNED = frozenset({"p.with", "p.to", "p.from", "p.obj"})


def _acts_itself(text: Text, out: list[Item], items: list[Item]) -> bool:
    """ "froze its deal with A and B signed one": who has a verb of his own behind him is not what "with", or a verb, governs."""
    if len(items) < 2 or "conj" not in items[0].tags or not isinstance(out[-1].value, Group):
        return False
    finite = {"verb", "svo"} <= items[1].tags and not {"perf", "third", "fut"}.isdisjoint(items[1].tags)
    if not finite or {"passive", "reduced", "inf"} & items[1].tags or gap(items[0], items[1]) > 0:
        return False
    if out[-1].tags & _GOVERNED:
        return True
    behind_verb = False
    for item in reversed(out[:-1]):
        if "break" in item.tags:
            break
        if {"verb", "svo"} <= item.tags:
            behind_verb = "say" not in item.tags
            break
    return behind_verb and has_comma(text, out[-1], items[0])


def _handed_on(members: list[Actor], actor: Actor) -> Actor:
    """ "the foreign ministers of A and B": B is a minister too; "the minister and his counterpart": the same office."""
    first = next((member for member in reversed(members) if member.kind == "official"), None)
    if first is None:
        return actor
    if actor.kind == "state" and first.plural and members[-1].iso is not None:
        return replace(actor, kind="official", rank=first.rank, office=first.office, plural=True)
    if actor.kind == "official" and "counterpart" in actor.tags:
        last = next(member for member in reversed(members) if member.kind in ("official", "person"))
        return replace(actor, rank=last.rank, office=last.office)
    return actor


def _second_nation(before: Item, item: Item, following: Item | None) -> bool:
    """ "the two ministers the Egyptian A and the Moroccan B": the second adjective brings a second holder of the office."""
    group = before.value
    assert isinstance(group, Group)
    last = group.members[-1]
    entry = item.entry("demonym")
    several = last.plural or any(actor.plural and actor.office == last.office for actor in group.members)
    shared = (last.kind == "official" and several) or last.kind in ("org", "delegation")
    if not shared or last.iso is None or entry is None or entry.iso == last.iso:
        return False
    second = replace(last, start=item.start, end=item.end, iso=entry.iso, person=None, name=None, head=None, plural=False, definite=True)
    group.members.append(second)
    before.end, before.last = item.end, item.last
    if following is not None and "person" in following.tags and gap(item, following) <= 0 and isinstance(following.value, Group):
        known = following.value.members[0]
        if known.iso == second.iso:
            second.person, second.name = known.person, known.name
    return True
