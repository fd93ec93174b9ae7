"""Did the signing take place at all, and is it news? A verbal noun has no tense: only what governs it tells.

Not here: tense, doubt, plans and denial (`modality`).
"""

from __future__ import annotations

from services.extract.engine.clauses.roles import Place
from services.extract.engine.words.items import Item, gap

REACH_WORDS = 6
"""Unknown words over which a verb that tells of a noun still reaches it."""
SINCE_WORDS = 3
"""Unknown words between "since" and the noun it dates."""
_WHO_ACTED = frozenset({"actor", "adverb", "filler", "adj"})
LONG_AGO = frozenset({"long_ago", "since"})
"""Only where one of these stands can anything be long ago."""
TOLD = frozenset({"light", "v.perform", "v.hold", "v.end", "v.result", "v.host", "v.witness", "v.welcome", "day_after"})
"""Verbs that say of a noun that it took place: came about, performed, ended in, resulted in, saw."""
SET_ASIDE = frozenset({"p.on", "p.to", "damper"})
"""Right before the noun these make it what is agreed on, approved, near, important or in the way; not what took place."""


def took_place(place: Place) -> bool:
    """Whether the clause says of the noun that it happened: a verb that carries it, or a party that announces it."""
    if _carried_behind(place):
        return True
    items, trigger = place.items, place.trigger
    words, last = 0, trigger
    for position in range(place.at - 1, -1, -1):
        item = items[position]
        distance = max(gap(item, last), 0)
        words += distance
        goal = "actor" in item.tags and "in" in trigger.tags  # "the visit to B was crowned by-the signing"
        if last is trigger and item.tags & SET_ASIDE and not goal and distance == 0 and not _told_of(items, position):
            return False
        if words > REACH_WORDS or ("break" in item.tags and "relative" not in item.tags):
            return False
        if item.tags & TOLD:
            return not (
                last is trigger and distance == 1
            )  # one unknown word between "was" and the noun is the real subject: "was discussed"
        if "say" in item.tags:
            return words == 0
        if "verb" in item.tags:
            return False
        last = item
    return False


def _told_of(items: list[Item], position: int) -> bool:
    """ "announced about the signing": a preposition of what is told, behind a verb of saying (a date may stand between)."""
    if "p.about" not in items[position].tags:
        return False
    before = [item for item in items[max(position - 3, 0) : position] if not ({"date", "actor"} & item.tags)]
    return bool(before) and "say" in before[-1].tags


def _carried_behind(place: Place) -> bool:
    """ "the signing of ... took place": a verb of coming about behind the noun is the verb of its clause."""
    for item in place.items[place.at + 1 :]:
        if "light" in item.tags:
            return True
        if {"verb", "break"} & item.tags:
            return False
    return False


def decided(place: Place) -> bool:
    """Whether the nearest verb before the noun announces or decides it: then it is the step itself."""
    last, words = place.trigger, 0
    for item in reversed(place.items[: place.at]):
        words += max(gap(item, last), 0)
        if words > REACH_WORDS or ("break" in item.tags and "relative" not in item.tags):
            return False
        if {"say", "v.decide", "v.begin", "v.take_part"} & item.tags or ("ceremony" in item.tags and words == 0):
            return True
        if "verb" in item.tags or item.tags & SET_ASIDE:
            return False
        last = item
    return False


def resolved(place: Place) -> bool:
    """Whether the noun is what a party agreed on, approved or decided: set for later."""
    before = place.items[max(place.at - 4, 0) : place.at]
    if not before or "p.on" not in before[-1].tags or gap(before[-1], place.trigger) > 0:
        return False
    return any({"v.agree", "resolve"} & item.tags for item in before)


def long_ago(place: Place) -> bool:
    """Whether the clause puts it into the past that everybody knows: since, the anniversary of, in the past years, several times."""
    trigger = place.trigger
    if not {"fut", "subj"} & trigger.tags and any("long_ago" in item.tags for item in _own(place, _clause(place))):
        return True
    if "verb" in trigger.tags:
        return "fut" not in trigger.tags and _since_it_happened(place)
    words, last = 0, trigger
    for item in reversed(place.items[: place.at]):
        words += max(gap(item, last), 0)
        if words > SINCE_WORDS or "verb" in item.tags:
            return False
        if "since" in item.tags:
            return True
        if "date" in item.tags and _measured(place.items, item):
            return True
        if not {"say", "p.from", "filler", "n.resume", "noun"} & item.tags:
            return False
        last = item
    return False


def _since_it_happened(place: Place) -> bool:
    """ "months after A visited B, trade booms": nothing but who acts stands between "since" and the verb; a date would be its own."""
    last = place.trigger
    for item in reversed(place.items[: place.at]):
        if gap(item, last) > SINCE_WORDS or "after_comma" in last.tags:
            return False
        if "since" in item.tags:
            return "date" not in item.tags
        if item.tags.isdisjoint(_WHO_ACTED):
            return False
        last = item
    return False


def day_of_another(place: Place) -> bool:
    """ "forty years pass today since the visit": a day in front of "since" is not that of what follows, unless another stands behind."""
    items = place.items
    since = next((k for k in range(place.at - 1, max(place.at - SINCE_WORDS - 2, -1), -1) if "since" in items[k].tags), None)
    if since is None or "verb" in place.trigger.tags:
        return False
    behind = any("date" in item.tags for item in _clause(place) if item.start > place.trigger.start)
    return not behind and any("date" in item.tags for item in items[:since])


def _measured(items: list[Item], span: Item) -> bool:
    """ "four years after": a length of time behind "after" puts what follows into the past."""
    at = items.index(span)
    return at > 0 and "after" in items[at - 1].tags and gap(items[at - 1], span) <= 1


def _own(place: Place, clause: list[Item]) -> list[Item]:
    """The words of `clause` up to where others begin to act (", and the two had met before")."""
    end = len(clause)
    for at, item in enumerate(clause[:-1]):
        opens = item.start > place.trigger.start and {"actor", "conj", "after_comma"} <= item.tags
        if opens and any("verb" in near.tags for near in clause[at + 1 : at + 3]):
            end = at
            break
    return clause[:end]


def _clause(place: Place) -> list[Item]:
    start = place.at
    while start > 0 and ("break" not in place.items[start - 1].tags or "same_time" in place.items[start - 1].tags):
        start -= 1
    end = place.at + 1
    while end < len(place.items) and "break" not in place.items[end].tags:
        end += 1
    return place.items[start:end]
