"""What is known while an article is read, sentence by sentence: its mentions, what only adds to them, where nothing was found."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from services.extract.engine.clauses.mentions import Mention, Skip
from services.extract.engine.knowledge.lexicon import Lexicon
from services.extract.engine.knowledge.watch import Watchlist
from services.extract.engine.phrases.actors import Actor, Group
from services.extract.engine.text import Text
from services.extract.engine.words.items import Sentence

MEMORY = 50
"""Mentions back that "the two sides" or "the delegation" may refer to."""

MAX_PARTIAL = 200

TRAVELLERS = ("official", "person", "delegation")

PLACES = ("state", "capital", "city")


@dataclass(frozen=True, slots=True)
class Denial:
    """A denial of what others report: where (offsets in `Text.norm`), and the states named in its sentence."""

    sentence: Sentence
    span: tuple[int, int]
    states: tuple[str, ...]


@dataclass
class Story:
    """What is known while an article is read, sentence by sentence."""

    text: Text
    lexicon: Lexicon
    watchlist: Watchlist
    published: date | None
    mentions: list[Mention] = field(default_factory=list)
    partial: list[Mention] = field(default_factory=list)
    weak: list[Mention] = field(default_factory=list)
    skips: list[Skip] = field(default_factory=list)
    denials: list[Denial] = field(default_factory=list)
    held: frozenset[str] = frozenset()
    topic: Group | None = None
    topic_age: int = 0

    def note_ground(self, sentences: Sequence[Sentence]) -> None:
        """States of which the article names ground that another side's army holds: going there is no visit to the state."""
        items = [item for sentence in sentences for item in sentence.items if "held.ground" in item.tags]
        self.held = frozenset(iso for item in items for reading in item.readings if (iso := reading.entry.iso))

    def note_topic(self, people: Group | None) -> None:
        """Of whom the sentence just read speaks; who is not named again is remembered for one sentence."""
        self.topic_age = 0 if people is not None else self.topic_age + 1
        if people is not None or self.topic_age > 1:
            self.topic = people

    def pair_before(self, explicit: Sequence[str]) -> list[str] | None:
        """The parties of the latest mention that include all of `explicit`."""
        for mention in reversed(self.mentions[-MEMORY:]):
            if set(explicit) <= set(mention.parties) and len(mention.parties) == 2:
                return mention.parties
        return None


def keep(story: Story, mention: Mention) -> None:
    """A mention that may add to an event; beyond `MAX_PARTIAL` nobody gains by more."""
    if len(story.partial) < MAX_PARTIAL:
        story.partial.append(mention)


def known(story: Story, actor: Actor) -> Actor:
    """A delegation or minister without a state takes that of the latest mention's visitor of the same kind."""
    if actor.iso is not None or not actor.definite or "abroad" in actor.tags:
        return actor
    for mention in reversed(story.mentions[-MEMORY:]):
        for visitor in mention.visitors:
            if visitor.iso and actor.kind in (visitor.kind, "delegation"):
                actor.iso = visitor.iso
                return actor
    return actor
