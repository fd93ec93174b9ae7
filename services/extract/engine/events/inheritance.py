"""Parties that a sentence leaves out: those of the visit in whose course something is signed, of "the two sides" elsewhere in the clause.

Not here: words for two that stand where a party would (`reference`).
"""

from __future__ import annotations

from itertools import pairwise

from schemas.codes import Discourse, EventType
from services.extract.engine.clauses.mentions import Mention
from services.extract.engine.clauses.roles import Place, is_actor
from services.extract.engine.events.reference import RESOLVED, WITH
from services.extract.engine.events.standing import discourse_of
from services.extract.engine.events.story import MEMORY, Story
from services.extract.engine.phrases.actors import Group
from services.extract.engine.words.items import Item, Sentence, gap


def inherited_parties(story: Story, sentence: Sentence, place: Place, states: list[str], mention: Mention) -> list[str] | None:
    """Parties from what the article told before: of a visit, or of two who are spoken of in the clause."""
    visit = next(
        (
            m
            for m in reversed(story.mentions[-MEMORY:])
            if m.type is EventType.VISIT
            and (
                m.sentence is sentence
                or mention.modality.during
                or _in_visit(place)
                or _spoken_of(story, sentence, m)
                or _just_told(m, mention)
            )
        ),
        None,
    )
    if mention.type is EventType.RELATIONS_CHANGE:
        here = next((m.parties for m in reversed(story.mentions[-MEMORY:]) if m.sentence is sentence and m.type is mention.type), None)
        if here is not None and set(states) <= set(here):
            return here
    others = {state for item in _clause_of(place) if is_actor(item) and isinstance(item.value, Group) for state in item.value.states}
    two = _two_meant(story, place) or _in_what_was_told(story, sentence, place) or _text_told(story, sentence, mention)
    if two:
        return two if set(states) | others <= set(two) else None
    if visit is not None and set(states) | others <= set(visit.parties):
        mention.roles.setdefault("signatory", Group([actor for actor in visit.visitors if actor.person]))
        return visit.parties
    return None


def _two_meant(story: Story, place: Place) -> list[str]:
    """The two of whom a word of the clause speaks: "the two sides", or "with him" beside a verb whose subject is left out."""
    for item in _clause_of(place):
        if RESOLVED in item.tags and isinstance(item.value, Group):
            if WITH in item.tags and story.references is not None and story.references.last is not None:
                return list(story.references.last.people)
            return item.value.states if len(item.value.states) > 1 else []
    return []


_ENCOUNTERS = frozenset({EventType.MEETING, EventType.VISIT, EventType.SUMMIT})
_COURSE = frozenset({"during", "after", "completed"})
_NEAR = 2
"""Sentences over which "the meeting" and "the agreement" are those just told."""


def _in_what_was_told(story: Story, sentence: Sentence, place: Place) -> list[str]:
    """ "at the end of the meeting": the two whose people the sentence before, or the words before, brought together."""
    named = any(
        {"n.meet", "n.visit"} & item.tags and {"def", "poss"} & item.tags and _COURSE & before.tags and gap(before, item) <= 1
        for before, item in pairwise(sentence.items)
    )
    relation = story.relation_before(place) if named else None
    met = relation is not None and len(relation.people) == 2 and (not relation.by_place and all(relation.people.values()))
    if relation is not None and met:
        return list(relation.people)
    last = next((m for m in reversed(story.mentions[-MEMORY:]) if m.type in _ENCOUNTERS), None)
    return _still_told(story, sentence, last) if named and last is not None else []


def _text_told(story: Story, sentence: Sentence, mention: Mention) -> list[str]:
    """ "the agreement was signed in A": the one that was told last."""
    definite = mention.object is not None and bool({"def", "known"} & mention.object.tags)
    last = next((m for m in reversed(story.mentions[-MEMORY:]) if m.type is EventType.AGREEMENT), None)
    fresh = last is not None and discourse_of(story, last) is not Discourse.BACKGROUND
    return _still_told(story, sentence, last) if definite and fresh and last is not None else []


def whole_text(story: Story, sentence: Sentence, states: list[str], mention: Mention) -> list[str]:
    """ "the memorandum was signed by X and Y": of the three who signed it just before only two are known here."""
    definite = mention.object is not None and bool({"def", "known"} & mention.object.tags)
    last = next((m for m in reversed(story.mentions[-MEMORY:]) if m.type is EventType.AGREEMENT), None)
    near = last is not None and 0 < sentence.number - last.sentence.number <= _NEAR
    return last.parties if last is not None and definite and near and set(states) < set(last.parties) and len(states) > 1 else states


def _still_told(story: Story, sentence: Sentence, mention: Mention) -> list[str]:
    """The two of a mention of the last sentences, while the article still speaks of these two."""
    near = sentence.number - mention.sentence.number <= _NEAR and not mention.modality.background
    told = story.relation is None or set(story.relation.people) == set(mention.parties) or mention.sentence is sentence
    return mention.parties if near and told and len(mention.parties) == 2 else []


def _spoken_of(story: Story, sentence: Sentence, visit: Mention) -> bool:
    """Whether this sentence speaks of the visit by its visitor ("the visit of Gantz lasts two days, in which he signs")."""
    visitors = {actor.person for actor in visit.visitors if actor.person}
    return any(
        m.sentence is sentence and m.type is EventType.VISIT and visitors & {actor.person for actor in m.visitors}
        for m in story.partial[-MEMORY:]
    )


def _just_told(visit: Mention, mention: Mention) -> bool:
    """Whether the sentence before told the visit: who "will sign with the minister of B" can only be its other side."""
    sides = mention.roles.get("parties")
    one = sides is not None and len(sides.states) == 1 and sides.states[0] in visit.parties
    near = mention.sentence.number - visit.sentence.number == 1 and not visit.modality.background
    return one and near and mention.modality.course == "future"


def _in_visit(place: Place) -> bool:
    """ "during the visit", "in the course of which"."""
    return any(
        "during" in item.tags and position + 1 < len(place.items) and "n.visit" in place.items[position + 1].tags
        for position, item in enumerate(place.items)
    )


def _clause_of(place: Place) -> list[Item]:
    """The items from the last clause boundary before the trigger to the next one behind it."""
    start = place.at
    while start > 0 and "break" not in place.items[start - 1].tags:
        start -= 1
    end = place.at + 1
    while end < len(place.items) and "break" not in place.items[end].tags:
        end += 1
    return place.items[start:end]
