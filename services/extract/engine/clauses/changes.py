"""What was put off, called off or denied by a verb behind the noun that names it ("the visit of X to Y was postponed").

Not here: the cues in front of a trigger (`modality`).
"""

from __future__ import annotations

from services.extract.engine.clauses.roles import Place, is_plain
from services.extract.engine.phrases.actors import Group
from services.extract.engine.words.items import Item, gap

GOVERN_WORDS = 6
"""Unknown words over which a cue still governs a trigger behind it."""
CLOSE_WORDS = 2


def _without_aside(items: list[Item]) -> list[Item]:
    """`items` without a relative clause between commas: the verb right behind the second comma goes on with the sentence."""
    for at, item in enumerate(items):
        if "relative" in item.tags:
            closing = next((k for k in range(at + 1, len(items)) if {"after_comma", "verb"} <= items[k].tags), None)
            if closing is None or any("relative" in other.tags for other in items[at + 1 : closing]):
                return items
            return _spliced(items, at, closing)
        if {"after_comma", "passive"} <= item.tags and {"svo", "verb"} <= item.tags and not {"postpone", "cancel"} & item.tags:
            closing = next((k for k in range(at + 1, len(items)) if {"after_comma", "verb"} <= items[k].tags), None)
            return items if closing is None else _spliced(items, at, closing)
        if {"verb", "break"} & item.tags:
            return items
    return items


def _without_performance(items: list[Item]) -> list[Item]:
    """`items` without "that X was to pay to Y" right behind "the visit": the next verb goes on with the sentence."""
    if len(items) < 2 or "inverts" not in items[0].tags or "v.perform" not in items[1].tags:
        return items
    goes_on = next((k for k, item in enumerate(items) if k > 1 and "verb" in item.tags), None)
    return items if goes_on is None else [_moved_left(item, item.first - items[0].first) for item in items[goes_on : goes_on + 1]]


def _spliced(items: list[Item], at: int, closing: int) -> list[Item]:
    """`items` without those from `at` to `closing`, as if they had never stood there."""
    shift = items[closing].first - items[at - 1].last - 1 if at else 0
    return [*items[:at], *(_moved_left(other, shift) for other in items[closing:])]


def _moved_left(item: Item, words: int) -> Item:
    return Item(item.start, item.end, item.first - words, item.last - words, item.tags, item.readings, item.value, item.lead)


def moved_behind(place: Place) -> str | None:
    """ "the visit of X to Y was postponed": a verb of change behind the trigger, with no other actor as its subject."""
    last, words = place.trigger, 0
    nominal = "verb" not in place.trigger.tags
    if not nominal:
        return None
    for item in _without_aside(_without_performance(place.items[place.at + 1 :])):
        words += max(gap(last, item), 0)
        if words > GOVERN_WORDS or "break" in item.tags:
            return None
        if "cancel" in item.tags or "will_not" in item.tags:
            return "cancelled"
        if "postpone" in item.tags:
            return "postponed"
        if "deny" in item.tags and "verb" not in item.tags:
            return "denied"
        if "verb" in item.tags:
            if "bare_inf" in item.tags and "was_plan" in last.tags:
                last = item
                continue  # "the meeting, which was to take place today, was cancelled"
            return None
        if isinstance(item.value, Group) and words > CLOSE_WORDS and not (item.tags & {"to", "p.to", "p.with", "p.between", "p.of"}):
            return None
        last = item
    return None


def was_intended(place: Place, position: int) -> bool:
    """ "A was intending to visit B": a verb of planning, behind "was" and him whose plan it was, tells what came to nothing."""
    if "was_aux" not in place.items[position].tags:
        return False
    behind = [item for item in place.items[position + 1 : place.at] if "date" not in item.tags]
    return len(behind) == 2 and is_plain(behind[0]) and "v.intend" in behind[1].tags


def told_ahead(place: Place) -> bool:
    """ "arrived on a visit, meets in its course B": a present that says what shall happen in the course of what has begun."""
    behind = place.items[place.at + 1] if place.at + 1 < len(place.items) else None
    return "impf" in place.trigger.tags and behind is not None and "in_course" in behind.tags and gap(place.trigger, behind) == 0


def undone_behind(place: Place) -> str | None:
    """ "was intending to visit B, but the trip was called off": what became of the plan stands in the next clause, of nobody else."""
    opened = False
    for item in place.items[place.at + 1 :]:
        if opened and {"cancel", "postpone"} & item.tags and "verb" in item.tags:
            return "cancelled" if "cancel" in item.tags else "postponed"
        if opened and ("verb" in item.tags or isinstance(item.value, Group)):
            return None
        opened = opened or ("break" in item.tags and item.tags.isdisjoint({"relative", "complement"}))
    return None
