"""Verbs of several words ("has signed", "will be signed", "did not go"): joined into one item that has the tense of the whole.

Auxiliaries and participles are data: class `aux` with `aux.ptc` or `aux.inf` (what it takes) and its tense; `be` makes a participle
passive, unless the verb itself is one of motion (`motion`) or reflexive. Not here: single words that already tell their tense.
"""

from __future__ import annotations

from services.extract.engine.text import Text
from services.extract.engine.words.coordinated import TAKES_INFINITIVE, share_auxiliaries
from services.extract.engine.words.items import Item, gap

_BY_WEIGHT = ("refused", "lapsed", "modal", "would", "before", "fut", "perf", "past", "impf")
TENSES = frozenset(_BY_WEIGHT)
_FORMS = frozenset({"ptc", "inf", "ger"})
_OPENERS = frozenset({"aux", "refl", "neg.part", "pron"})
"""What a verb of several words begins with."""
MADE = frozenset({"passive", "refl", "negated", "hearsay", "before", "after_comma"})
"""Marks that only joining gives."""
PARTITIVE = "partitive"
"""A mark of small words that are "of" behind a noun, and an article behind a verb or at the beginning."""
_NOUN_MARKS = frozenset({"def", "p.of", "to", "in", "indef", "poss"})
_BEFORE_AN_OBJECT = frozenset({"verb", "aux", "neg", "ptc", "inf", "ger"})
_BEFORE_A_NOUN = frozenset(
    {
        *("filler", "first", "number", "adj", "date.count", "light", "v.perform", "demonym", "official_word", "during"),
        *("doubt", "plan", "secret", "date.next", "date.last"),
    }
)
_LINKS = frozenset({"adv", "neg", "neg.part", "refl", "pron", "date"})
"""What may stand inside a verb of several words."""
ADVERB_WORDS = 2
"""Unknown words between an auxiliary and its participle: adverbs."""
_MOVED = {"impf": "perf", "past": "before"}
"""A verb that forms its perfect with "be": "is arrived" is past, "was arrived" earlier still."""


def join_verbs(text: Text, items: list[Item]) -> list[Item]:
    """`items` with every verb of several words as one; an auxiliary without a verb that we know stays as some verb."""
    items = [_settled(text, items, position) for position in range(len(items))]
    if not any(_OPENERS & item.tags for item in items):
        return [_after_comma(text, item) for item in items]
    out: list[Item] = []
    position = 0
    while position < len(items):
        used = _chain(text, items, position)
        if used is None:
            item = items[position]
            if "aux" in item.tags:
                item.tags = (item.tags - _FORMS) | ({"verb"} if item.tags & TENSES else frozenset())
            out.append(_after_comma(text, item))
            position += 1
        else:
            parts = items[position : used + 1]
            out.append(_after_comma(text, _joined([part for part in parts if "date" not in part.tags])))
            out.extend(part for part in parts if "date" in part.tags)  # "has on Tuesday signed": the day stays a word of its own
            position = used + 1
    return share_auxiliaries(_with_roles(out), [_mark_before(text, item) for item in out])


def _with_roles(items: list[Item]) -> list[Item]:
    """ "named X *as* ambassador": the office behind "as" belongs to a verb that takes one; it opens no clause."""
    verb: Item | None = None
    for item in items:
        if "verb" in item.tags:
            verb = item
        elif "role.as" in item.tags and verb is not None and "takes.as" in verb.tags:
            item.tags = item.tags - {"break"}
    return items


def _settled(text: Text, items: list[Item], position: int) -> Item:
    """One word that could be two: an article or "of" ("des"), a noun or a verb ("visite")."""
    item = items[position]
    if PARTITIVE in item.tags:
        item.tags -= {PARTITIVE, "p.of"} if _opens_noun_phrase(text, items, position) else {PARTITIVE}
    if {"verb", "ptc"} <= item.tags and "aux" not in item.tags:
        return _finite(text, items, position)
    nouns = tuple(reading for reading in item.readings if "noun" in reading.tags)
    verbs = tuple(reading for reading in item.readings if "noun" not in reading.tags and {"verb", "ptc"} & reading.tags)
    if nouns and verbs:
        kept = nouns if _stands_as_noun(text, items, position) else verbs
        marks = item.tags - frozenset().union(*(reading.tags for reading in item.readings))
        item.tags, item.readings = marks.union(*(reading.tags for reading in kept)), kept
    return item


def _finite(text: Text, items: list[Item], position: int) -> Item:
    """A form that is finite and a participle ("rejoint"): a participle behind an auxiliary, else finite."""
    item = items[position]
    before = items[position - 1] if position else None
    composed = before is not None and gap(before, item) <= ADVERB_WORDS and {"aux.ptc", "adv", "neg"} & before.tags
    kept = tuple(reading for reading in item.readings if ("ptc" in reading.tags) == bool(composed))
    if kept and not _parted(text, before or item, item):
        marks = item.tags - frozenset().union(*(reading.tags for reading in item.readings))
        item.tags, item.readings = marks.union(*(reading.tags for reading in kept)), kept
    return item


def _begin(item: Item) -> int:
    return item.lead if item.lead >= 0 else item.start


def _mark_before(text: Text, item: Item) -> str:
    """The last letter or mark before the word and its small words; nothing at the beginning."""
    at = _begin(item) - 1
    while at > 0 and text.norm[at] == " ":
        at -= 1
    return text.norm[at] if at > 0 else ""


def _opens_noun_phrase(text: Text, items: list[Item], position: int) -> bool:
    """Whether no noun stands right before, that "of" could hang on."""
    item = items[position]
    if not _mark_before(text, item).isalnum():
        return True
    before, last = position - 1, item
    while before > 0 and {"city", "date"} & items[before].tags and items[before].tags & {"in", "date"} and gap(items[before], last) == 0:
        before, last = before - 1, items[before]  # "brought together in A, on Monday, delegations"
    return before >= 0 and gap(items[before], last) == 0 and bool(_BEFORE_AN_OBJECT & items[before].tags)


def _stands_as_noun(text: Text, items: list[Item], position: int) -> bool:
    """A noun behind an article, an adjective, a preposition, or at the beginning of a clause."""
    item = items[position]
    if item.tags & _NOUN_MARKS:
        return True
    before = items[position - 1] if position else None
    mark = _mark_before(text, item)
    if not mark.isalnum():
        return mark != ","
    if before is None or gap(before, item) > 0:
        return False
    return bool(before.tags & _BEFORE_A_NOUN) or any(tag.startswith("p.") for tag in before.tags)


def _chain(text: Text, items: list[Item], position: int) -> int | None:
    """The position of the verb that the auxiliary, reflexive or negation at `position` belongs to."""
    if not _OPENERS & items[position].tags:
        return None
    last = items[position]
    wanted = _wanted(last)
    for here in range(position + 1, len(items)):
        item = items[here]
        distance = gap(last, item)
        if distance > (ADVERB_WORDS if wanted & _FORMS else 0) or _parted(text, last, item):
            return None
        if "aux" in item.tags:
            if not wanted & (item.tags | ({"verb"} if item.tags & TENSES else set())):
                return None
            wanted = _wanted(item)
        elif item.tags & wanted and ("verb" in item.tags or item.tags & _FORMS):
            return here
        elif not item.tags & _LINKS:
            return None
        last = item
    return None


def _wanted(item: Item) -> frozenset[str]:
    if "aux.ptc" in item.tags:
        return frozenset({"ptc"})
    if "aux.inf" in item.tags:
        return frozenset({"inf"})
    return frozenset({"verb", "inf", "ptc"})


def _parted(text: Text, left: Item, right: Item) -> bool:
    between = text.norm[left.end : right.start]
    return any(mark in between for mark in ".;:!?\n(")


def _joined(parts: list[Item]) -> Item:
    first, verb = parts[0], parts[-1]
    auxiliaries = [part for part in parts[:-1] if "aux" in part.tags]
    marks = {"negated"} if any({"neg", "neg.part"} & part.tags for part in parts[:-1]) else set()
    reflexive = any("refl" in part.tags for part in parts[:-1])
    tags = set(verb.tags)
    if auxiliaries:
        tags -= _FORMS | TENSES
        tags |= _tense(auxiliaries, verb, reflexive=reflexive)
        if not {"inf", "past_inf"} & tags:
            tags.add("verb")
        marks |= auxiliaries[0].tags & {"plan", "must", "agreed"}
        marks |= {TAKES_INFINITIVE} if "inf" in verb.tags else set()
    if reflexive:
        tags.add("refl")
    if any("first_person" in part.tags for part in parts[:-1]):
        tags.add("first_person")
    if "conj" in first.tags:
        tags.add("conj")
    readings = verb.readings
    return Item(_begin(first), verb.end, first.first, verb.last, frozenset(tags | marks), readings, verb.value)


def _tense(auxiliaries: list[Item], verb: Item, *, reflexive: bool) -> set[str]:
    """Tense and voice: the first auxiliary tells when, "be" before a participle tells the passive."""
    head = auxiliaries[0].tags
    tense = next((name for name in _BY_WEIGHT if name in head), None)
    own = "motion" in verb.tags or reflexive
    found: set[str] = set()
    if any("be" in one.tags for one in auxiliaries) and "ptc" in verb.tags:
        if own:
            tense = _MOVED.get(tense or "", tense) if "be" in head else tense
        else:
            found.add("passive")
    if "passive" in found and "inf" in head:
        return found | {"inf"}  # "to be received"
    if "inf" in head and "aux.ptc" in head:
        return found | {"past_inf", "perf"}  # "to have signed"
    if tense is None:
        return found | {"perf"}
    if tense == "before":
        return found | {"perf", "before"}
    if tense == "would" and "ptc" in verb.tags and not ("passive" in found and len(auxiliaries) == 1):
        return found | {"perf", "hearsay"}
    return found | {tense}


def _after_comma(text: Text, item: Item) -> Item:
    """A verb right behind a comma closes what was put between its subject and itself."""
    if "verb" in item.tags and _mark_before(text, item) == ",":
        item.tags = item.tags | {"after_comma"}
    return item
