"""How far an article must be read: behind the last sentence that could tell or change anything, reading would only cost time.

Told by the bare words of a sentence, before its dates, verbs and phrases are made, so it keeps whatever could become of them.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from services.extract.engine.knowledge.rulebook import RuleBook
from services.extract.engine.text import Text
from services.extract.engine.words.items import Item, Sentence, marks_of

_NAMED = frozenset({"person", "office"})
"""Words beside which a name stands, whose surname the whole article may use."""
_ADDS = frozenset({"delegation", "n.instrument", "held.ground"})
"""Words by which a sentence says more of what was told: members of a delegation, the field of an agreement, whose ground a place is."""


def last_told(sentences: Sequence[Sentence], rules: RuleBook) -> int:
    """How many sentences there are up to the last one that may tell or add anything."""
    return next((n for n in range(len(sentences), 0, -1) if _may_tell(sentences[n - 1], rules)), 0)


def last_naming(text: Text, sentences: Sequence[Sentence], surnames: Iterable[str]) -> int:
    """How many sentences there are up to the last one in which somebody may be named by a surname."""
    at = max((text.flat.rfind(surname) for surname in surnames), default=-1)
    return sum(sentence.start <= at for sentence in sentences)


def _may_tell(sentence: Sentence, rules: RuleBook) -> bool:
    if sentence.lead:
        return True
    words = marks_of(sentence.items)
    if not words.isdisjoint(_ADDS) or rules.may_fire(words):
        return True
    return not words.isdisjoint(_NAMED) and _names_state(sentence.items)


def _names_state(words: Iterable[Item]) -> bool:
    """Whether any reading of any of the words belongs to a state."""
    for word in words:  # plain loops, since whole paragraphs come here
        for reading in word.readings:
            if reading.entry.iso is not None:
                return True
    return False
