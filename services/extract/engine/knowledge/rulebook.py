"""The rules of a language, found by the classes of words that set them off."""

from __future__ import annotations

from collections.abc import Sequence

from services.extract.engine.knowledge.data import RuleData


class RuleBook:
    """The rules of a language by the classes of words that set them off."""

    def __init__(self, rules: Sequence[RuleData]) -> None:
        self._rules = sorted(rules, key=lambda rule: (-rule.priority, rule.id))
        self._found: dict[frozenset[str], tuple[tuple[RuleData, tuple[frozenset[str], ...]], ...]] = {}
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


def _wanted(rule: RuleData) -> tuple[frozenset[str], ...]:
    """Classes of each of which a word must stand in the sentence."""
    objects = (*((rule.object,) if rule.object is not None else ()), *rule.needs)
    return tuple(frozenset(one.class_) for one in objects)
