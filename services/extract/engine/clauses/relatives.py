"""Whom a relative pronoun speaks of: the actor right before it, or the last of a pair."""

from __future__ import annotations

from services.extract.engine.clauses.roles import has_member, is_actor, is_plain
from services.extract.engine.phrases.actors import Actor, Group
from services.extract.engine.words.items import Item, gap

FIRST_WORDS = 3
"""Unknown words at most between a verb of becoming and "the first" of what one becomes."""


def antecedent(items: list[Item], position: int) -> Item | None:
    """Whom a relative pronoun speaks of: the actor right before it, or the one that is "among the states that"."""
    if not position:
        return None
    before = items[position - 1]
    if gap(before, items[position]) > 0:
        return None
    if {"first", "def"} <= before.tags and "actor" not in before.tags:
        return _is_the_first(items, position - 1)
    if is_plain(before) or ("p.with" in before.tags and has_member(before, ("official", "person", "delegation"))):
        return before
    if "p.between" in before.tags and isinstance(before.value, Group) and len(before.value.members) > 1:
        return _last_of(before, before.value.members[-1])
    if "n.states" in before.tags and position >= 3 and "p.from" in items[position - 2].tags:
        return next((item for item in items[max(position - 4, 0) : position - 2] if is_plain(item)), None)
    return None


def _is_the_first(items: list[Item], first: int) -> Item | None:
    """ "A will be the first state that recognises": who stands right beside the verb of being or becoming."""
    if first < 2 or gap(items[first - 1], items[first]) > FIRST_WORDS:
        return None
    pair = (items[first - 1], items[first - 2])
    for link, named in (pair, pair[::-1]):
        if {"will_be", "becomes"} & link.tags and is_plain(named) and gap(items[first - 2], items[first - 1]) == 0:
            return named
    return None


def _last_of(pair: Item, last: Actor) -> Item:
    """ "between A and B, who is on a visit": the last of them as an item of his own."""
    tags = pair.tags - {"p.between", "ambassador.actor"}
    return Item(last.start, last.end, pair.first, pair.last, tags, pair.readings, Group([last]))


def actor_before(items: list[Item], position: int) -> Item | None:
    """The actor right before a relative pronoun, whatever it is itself in the clause before ("the visit of X, who signed")."""
    before = items[position - 1] if position else None
    return before if before is not None and is_actor(before) and gap(before, items[position]) == 0 else None
