"""Small words that belong to a neighbour: articles and "and" to the word behind them, a possessive ending to the one before.

Where a language writes them together with their word, its paradigms hold them already. Not here: prepositions (`actors`).
"""

from __future__ import annotations

from services.extract.engine.knowledge.formtable import Reading
from services.extract.engine.text import Text
from services.extract.engine.words.items import Item, gap

NEXT, BACK = "glue.next", "glue.back"
NAMES = frozenset({"state", "city", "person", "demonym"})
"""What is written with a capital where a language has them and its lemma begins with one."""
CASED = NAMES | {"cap", "small"}
_BETWEEN = frozenset(' -,#"')
"""What may stand between a particle and its word: they are written apart, or the word is quoted or a tag of a short post."""


def right_case(text: Text, items: list[Item]) -> list[Item]:
    """`items` without readings that their capitals rule out: a name in small letters, a small word with a capital."""
    kept = []
    for item in items:
        if not CASED.isdisjoint(item.tags):
            raw = text.raw(item.start, item.end)
            fitting = tuple([reading for reading in item.readings if _case_fits(reading, raw)])
            if not fitting:
                continue
            if len(fitting) < len(item.readings):
                item.readings = fitting
                item.tags = frozenset().union(*(reading.tags for reading in fitting))
        kept.append(item)
    return kept


def _case_fits(reading: Reading, raw: str) -> bool:
    """The lemma says how much: an initial capital of a name, all of an abbreviation, none of "the occupying entity"."""
    lemma = reading.entry.lemma
    if not _has_its_capital(lemma, raw):
        return "cap" not in reading.tags and not (lemma[:1].isupper() and reading.tags & NAMES)
    abbreviation = len(lemma) > 1 and lemma.isupper()
    return "small" not in reading.tags and (not abbreviation or raw.isupper())


def _has_its_capital(lemma: str, raw: str) -> bool:
    """Whether some word that begins with a capital in the lemma does so in the text ("The Gambia", "the Gambia")."""
    if raw[:1].isupper():
        return True
    words = zip(lemma.split(), raw.split(), strict=False)
    return any(mine[:1].isupper() and theirs[:1].isupper() for mine, theirs in words)


def join_particles(text: Text, items: list[Item]) -> list[Item]:
    """`items` with each particle joined to its word: the word takes its marks, and begins or ends where the particle does."""
    for item in items:  # a plain loop, since every text comes here and some languages have no particles
        if NEXT in item.tags or BACK in item.tags:
            break
    else:
        return items
    joined: list[Item] = []
    waiting: list[Item] = []
    for item in items:
        if waiting and not _touch(text, waiting[-1], item):
            waiting = []
        if BACK in item.tags:
            if joined and not waiting and gap(joined[-1], item) == 0:
                joined[-1].tags |= item.tags - {BACK}
                joined[-1].last = item.last
            continue
        if NEXT in item.tags:
            waiting.append(item)
            continue
        if waiting:
            item.tags = item.tags.union(*(particle.tags for particle in waiting)) - {NEXT}
            item.first, item.lead = waiting[0].first, waiting[0].start
            waiting = []
        joined.append(item)
    return joined


def _touch(text: Text, left: Item, right: Item) -> bool:
    return gap(left, right) == 0 and _BETWEEN.issuperset(text.norm[left.end : right.start])
