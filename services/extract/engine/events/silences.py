"""Sentences that looked relevant and gave nothing, though no rule looked at them closely enough to say why.

Not here: what a rule turned down (it says so itself, see `reading`).
"""

from __future__ import annotations

from collections.abc import Collection

from services.extract.engine.clauses.mentions import Skip
from services.extract.engine.events.story import Story
from services.extract.engine.phrases.actors import Group
from services.extract.engine.words.items import Item, Sentence, scan
from services.extract.engine.words.segment import asks

NO_RULE = ""
"""No rule is behind the silence."""


def silences(story: Story, sentences: list[Sentence], triggers: Collection[str]) -> list[Skip]:
    """One reason for each sentence that names a watched state and gave neither event nor refusal, and each look-alike taken out."""
    heard = {mention.sentence.number for mention in (*story.mentions, *story.partial, *story.weak)}
    heard |= {skip.sentence for skip in story.skips}
    found = [_why(story, sentence, triggers) for sentence in sentences if sentence.number not in heard]
    return [skip for skip in (*found, *_look_alikes(story, sentences)) if skip is not None]


def _why(story: Story, sentence: Sentence, triggers: Collection[str]) -> Skip | None:
    named = [item for item in sentence.items if not story.watchlist.states.isdisjoint(_states(item))]
    if not named:
        return None
    trigger = next((item for item in sentence.items if not item.tags.isdisjoint(triggers)), None)
    if asks(story.text, sentence):
        return _skip(sentence, trigger or named[0], "question")
    return _skip(sentence, trigger, "no_object") if trigger is not None else _skip(sentence, named[0], "no_trigger")


def _look_alikes(story: Story, sentences: list[Sentence]) -> list[Skip]:
    stops = [item for item in scan(story.text, story.lexicon, stops=True) if "stop" in item.tags]
    return [_skip(sentence, item, "look_alike") for sentence in sentences for item in stops if sentence.start <= item.start < sentence.end]


def _skip(sentence: Sentence, item: Item, reason: str) -> Skip:
    return Skip(sentence.number, item.start, item.end, NO_RULE, reason)


def _states(item: Item) -> list[str]:
    if isinstance(item.value, Group):
        return item.value.states
    return [reading.entry.iso for reading in item.readings if reading.entry.iso]
