"""What a sentence says of the agreement that the article told just before: "the memorandum covers water and energy"."""

from __future__ import annotations

from schemas.codes import Discourse, EventType
from services.extract.engine.clauses.mentions import Mention
from services.extract.engine.clauses.roles import Place, is_actor
from services.extract.engine.events.instruments import describe
from services.extract.engine.events.standing import discourse_of
from services.extract.engine.events.story import Story
from services.extract.engine.phrases.actors import Group
from services.extract.engine.words.items import Item, Sentence

FRONT = 3
"""Among so many words and phrases the text stands that a sentence speaks of."""
NEAR = 2
"""Sentences over which "the agreement" is the one just told."""


def add_fields(story: Story, sentence: Sentence) -> None:
    """Give the agreement told last the fields that this sentence names, when it has none yet and the sentence speaks of it."""
    position = next((at for at, item in enumerate(sentence.items[:FRONT]) if _the_text(sentence.items, at, item)), None)
    told = _told_last(story, sentence) if position is not None else None
    if position is None or told is None or told.domains or not _only_of(sentence, told):
        return
    describe(Place(sentence.items, position), told)


def _the_text(items: list[Item], at: int, item: Item) -> bool:
    """ "the agreement", "this memorandum"."""
    return "n.instrument" in item.tags and (bool({"def", "known"} & item.tags) or (at > 0 and "demonstrative" in items[at - 1].tags))


def _told_last(story: Story, sentence: Sentence) -> Mention | None:
    """The one agreement of the sentences just before; of two nobody knows which is meant."""
    near = [m for m in story.mentions[-2:] if m.type is EventType.AGREEMENT and 0 < sentence.number - m.sentence.number <= NEAR]
    fresh = [m for m in near if discourse_of(story, m) is not Discourse.BACKGROUND]
    return fresh[-1] if fresh and len({frozenset(m.parties) for m in fresh}) == 1 else None


def _only_of(sentence: Sentence, told: Mention) -> bool:
    """Whether the sentence names no state beside the parties."""
    states = {state for item in sentence.items if is_actor(item) and isinstance(item.value, Group) for state in item.value.states}
    return states <= set(told.parties)
