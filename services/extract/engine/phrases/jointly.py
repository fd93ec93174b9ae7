"""What it says that two phrases, or two adjectives, stand side by side where no "and" joins them."""

from __future__ import annotations

from services.extract.engine.phrases.actors import MARKS
from services.extract.engine.text import Text
from services.extract.engine.words.items import Item, gap


def of_both(text: Text, before: Item, item: Item) -> bool:
    """ "an American Israeli delegation", "American - Israeli", where adjectives follow: it is of both states."""
    joint = "delegation" in before.tags and not text.capitals and item.tags.isdisjoint(MARKS)
    return joint and text.norm[before.end : item.start].strip() in {"", "-", "–", "—"}


TWO_SIDED = frozenset({"v.receive", "v.meet", "v.host", "v.call"})
"""Verbs that one acts by and another meets."""


def acts_on(items: list[Item], position: int) -> bool:
    """ "received President A, President B": right behind a verb that comes first the comma parts who acts from whom the act meets."""
    verb = items[position - 1] if position else None
    following = items[position + 2] if position + 2 < len(items) else None
    goes_on = following is not None and {"conj", "actor"} <= following.tags
    first = verb is not None and "verb" in verb.tags and "svo" not in verb.tags and gap(verb, items[position]) == 0
    return first and verb is not None and not verb.tags.isdisjoint(TWO_SIDED) and not goes_on
