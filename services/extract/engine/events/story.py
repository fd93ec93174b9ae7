"""What is known while an article is read, sentence by sentence: its mentions, what only adds to them, where nothing was found."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from services.extract.engine.clauses.mentions import Mention, Skip
from services.extract.engine.clauses.roles import Place
from services.extract.engine.events.reference import NEAR, References, Relation, relation_in
from services.extract.engine.knowledge.lexicon import Lexicon
from services.extract.engine.knowledge.watch import Watchlist
from services.extract.engine.phrases.actors import Actor, Group
from services.extract.engine.text import Text
from services.extract.engine.words.items import Item, Sentence

MEMORY = 50
"""Mentions back that "the two sides" or "the delegation" may refer to."""

MAX_PARTIAL = 200


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
    home: str | None = None  # the home state, in a language in which it goes unsaid
    mentions: list[Mention] = field(default_factory=list)
    partial: list[Mention] = field(default_factory=list)
    weak: list[Mention] = field(default_factory=list)
    retold: list[Mention] = field(default_factory=list)
    skips: list[Skip] = field(default_factory=list)
    denials: list[Denial] = field(default_factory=list)
    held: frozenset[str] = frozenset()
    topic: Group | None = None
    topic_age: int = 0
    relation: Relation | None = None
    references: References | None = None

    def open_sentence(self, sentence: Sentence) -> References:
        """Begin to read `sentence`: what refers back in it may stand for whom the sentences before put into relation."""
        self.references = References(sentence, self.relation)
        return self.references

    def close_sentence(self, sentence: Sentence) -> None:
        """Note whom the sentence just read put into relation."""
        told, references = self.told_in(sentence), self.references
        if references is not None and references.open:
            references.resolve(told)
        items = sentence.items if references is not None and references.any else sentence.actors
        self.relation = relation_in(sentence, items, told, self.relation)

    def two_of(self, place: Place, found: Sequence[Item]) -> list[Actor]:
        """The two who act by a verb in the dual, unless two are its subject, of one state or of both."""
        if self.references is None or any(isinstance(item.value, Group) and len(item.value.members) > 1 for item in found):
            return []
        return self.references.two_of(place, self.told_in(self.references.sentence))

    def relation_before(self, place: Place) -> Relation | None:
        """Whom the words before the trigger, or the sentence before, put into relation."""
        references = self.references
        return references.relation_before(place.at, self.told_in(references.sentence), NEAR) if references is not None else None

    def told_in(self, sentence: Sentence) -> list[set[str]]:
        """The parties of the events that this sentence told so far."""
        found = []
        for mention in reversed(self.mentions):
            if mention.sentence is not sentence:
                break
            found.append(set(mention.parties))
        return found

    def note_ground(self, sentences: Sequence[Sentence]) -> None:
        """States of which the article names ground that another side's army holds: going there is no visit to the state."""
        items = [item for sentence in sentences for item in sentence.items if "held.ground" in item.tags]
        self.held = frozenset(iso for item in items for reading in item.readings if (iso := reading.entry.iso))

    def note_topic(self, people: Group | None) -> None:
        """Of whom the sentence just read speaks; who is not named again is remembered for one sentence."""
        self.topic_age = 0 if people is not None else self.topic_age + 1
        if people is not None or self.topic_age > 1:
            self.topic = people


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
