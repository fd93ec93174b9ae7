"""The rules of a language, found by the classes of words that set them off."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from schemas.codes import EventType
from services.extract.engine.knowledge.data import RuleData

_MADE = frozenset({"date", "perf", "verb", "break", "after_comma"})
"""Classes that a word may get only when its sentence is read."""
_WORDS_FOR = {
    "official": ("official", "office"),
    "capital": ("capital", "capital_word", "capital_of"),
    "state": ("state", "own_country", "that_country", "kingdom"),
}
"""Of which words a phrase of that class can be made, where not of those of the same name alone."""
_SOME_GOAL = frozenset(
    {
        *("n.visit", "v.visit_back", "state", "city", "demonym", "own_country", "that_country", "kingdom"),
        *("anaphor.both", "anaphor.they", "anaphor.with"),
    }
)
"""Words one of which stands wherever a visit is told: the noun, which may speak of one told before, or where it goes."""


class RuleBook:
    """The rules of a language by the classes of words that set them off."""

    def __init__(self, rules: Sequence[RuleData]) -> None:
        self._rules = sorted(rules, key=lambda rule: (-rule.priority, rule.id))
        self._found: dict[frozenset[str], tuple[tuple[RuleData, tuple[frozenset[str], ...]], ...]] = {}
        self._needs_of: dict[str, set[tuple[frozenset[str], ...]]] = {}
        for rule in rules:
            for word in _words_for(rule.trigger):
                self._needs_of.setdefault(word, set()).add(_needed(rule))
        self._set_off = frozenset(self._needs_of)
        self.triggers = frozenset(tag for rule in rules for tag in rule.trigger)

    def of(self, tags: frozenset[str], around: frozenset[str]) -> list[RuleData]:
        """The rules that a word with these tags can set off in a sentence whose words have the tags `around`, most specific first."""
        found = self._found.get(tags)
        if found is None:  # kept: a language has some thousands of different sets of tags
            found = self._found[tags] = tuple(
                (rule, _wanted(rule))
                for rule in self._rules
                if not tags.isdisjoint(rule.trigger) and tags.isdisjoint(rule.without) and tags.issuperset(rule.having)
            )
        fitting = []
        for rule, wanted in found:  # a plain loop, since most rules miss a word that they need
            for classes in wanted:
                if around.isdisjoint(classes):
                    break
            else:
                fitting.append(rule)
        return fitting

    def may_fire(self, words: frozenset[str]) -> bool:
        """Whether a rule could find its trigger and what it needs among words of these classes, whatever phrases they make."""
        for word in words & self._set_off:  # plain loops, since whole paragraphs come here
            for needed in self._needs_of[word]:
                for classes in needed:
                    if words.isdisjoint(classes):
                        break
                else:
                    return True
        return False


def _wanted(rule: RuleData) -> tuple[frozenset[str], ...]:
    """Classes of each of which a word must stand in the sentence."""
    objects = (*((rule.object,) if rule.object is not None else ()), *rule.needs)
    return tuple(frozenset(one.class_) for one in objects)


def _needed(rule: RuleData) -> tuple[frozenset[str], ...]:
    """Classes of each of which a word must stand in the sentence before it is read, those that only reading makes left out."""
    found = [_words_for(classes) for classes in _wanted(rule) if _MADE.isdisjoint(classes)]
    return (*found, _SOME_GOAL) if rule.type is EventType.VISIT else tuple(found)


def _words_for(classes: Iterable[str]) -> frozenset[str]:
    """The classes of the words of which something of these classes can be made."""
    plain = [f"v.{one[4:]}" if one.startswith("ing.") else one.removesuffix(".actor") for one in classes]
    return frozenset(word for one in plain for word in _WORDS_FOR.get(one, (one,)))
