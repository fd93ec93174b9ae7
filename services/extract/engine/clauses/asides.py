"""What is put between commas inside a clause ("met on Sunday, after a long pause, with B"): where the clause goes on behind it.

Not here: asides between a subject and its verb (`subjects`).
"""

from __future__ import annotations

from services.extract.engine.phrases.actors import Group
from services.extract.engine.words.items import Item, gap

ASIDE_WORDS = 16
"""Words of an aside at most; a longer one is rather a clause of its own."""
_OPENS = frozenset({"relative", "after", "during", "attribution", "reduced", "gerund"})
"""With what an aside begins."""
_GOES_ON = frozenset({"p.with", "p.between"})
_PEOPLE = frozenset({"official", "person", "delegation"})


def behind_aside(items: list[Item], trigger: int, at: int, *, plain: bool = False) -> int | None:
    """Where the clause of the trigger goes on behind the aside that the item at `at` stands in; `None` when it does not.

    It goes on with people whom a preposition joins to the trigger ("with B", "between A and B"), or with bare ones when `plain`.
    """
    opener = next((k for k in range(at, trigger, -1) if "after_comma" in items[k].tags), None)
    if opener is None or _OPENS.isdisjoint(items[opener].tags):
        return None
    closed = next((k for k in range(at + 1, len(items)) if "after_comma" in items[k].tags), None)
    if closed is None or items[closed].first - items[opener].first > ASIDE_WORDS or gap(items[closed - 1], items[closed]) > 0:
        return None
    return closed if _goes_on(items, closed, plain=plain) else None


def _goes_on(items: list[Item], at: int, *, plain: bool) -> bool:
    """Whether the item behind the comma can only belong to the clause before the aside: people, with no verb of their own behind them."""
    item, following = items[at], items[at + 1] if at + 1 < len(items) else None
    if not isinstance(item.value, Group) or item.tags.isdisjoint(_PEOPLE) or "conj" in item.tags:
        return False
    if following is not None and not {"verb", "gerund"}.isdisjoint(following.tags) and gap(item, following) <= 1:
        return False
    return not _GOES_ON.isdisjoint(item.tags) or (plain and not any(tag.startswith("p.") for tag in item.tags))


_CARRIES = frozenset({"light", "v.hold", "v.host", "v.perform"})
"""Verbs that say of a meeting that it took place."""


def opens_carrying(items: list[Item], at: int) -> bool:
    """ "talks *held* in A between", "a meeting *that was held* in A with": right behind the noun, what only says that it took place."""
    item, before = items[at], items[at - 1]
    if gap(before, item) > 1 or "after_comma" in item.tags:
        return False
    if "relative" in item.tags:
        following = items[at + 1] if at + 1 < len(items) else None
        return following is not None and not _CARRIES.isdisjoint(following.tags)
    behind_noun = "n.meet" in before.tags or "relative" in before.tags
    return behind_noun and "verb" in item.tags and not _CARRIES.isdisjoint(item.tags)


LEADING_WORDS = 4
"""Words between the comma and the delegation that somebody leads, at most ("at the head of a")."""


def is_brought_along(items: list[Item], at: int) -> bool:
    """ "X, at the head of a delegation, met B": the delegation behind the comma comes with its head, who is the one that acts."""
    if not at or {"conj", "def"} & items[at].tags or "after_comma" not in items[at].tags:
        return False
    before, item = items[at - 1], items[at]
    if not isinstance(item.value, Group) or not isinstance(before.value, Group) or {"official", "person"}.isdisjoint(before.tags):
        return False
    head, group = before.value.members[-1], item.value.members[0]
    closed = at + 1 < len(items) and any("after_comma" in other.tags for other in items[at + 1 : at + 4])
    named = head.name is not None or head.person is not None
    return group.kind == "delegation" and not group.plural and named and closed and 1 <= gap(before, item) <= LEADING_WORDS
