"""Parties that a sentence leaves out: those of the visit in whose course something is signed, of "the two sides" elsewhere in the clause.

Not here: words for two that stand where a party would (`reference`).
"""

from __future__ import annotations

from schemas.codes import EventType
from services.extract.engine.clauses.mentions import Mention
from services.extract.engine.clauses.roles import Place, is_actor
from services.extract.engine.events.reference import RESOLVED
from services.extract.engine.events.story import MEMORY, Story
from services.extract.engine.phrases.actors import Group
from services.extract.engine.words.items import Item, Sentence


def inherited_parties(story: Story, sentence: Sentence, place: Place, states: list[str], mention: Mention) -> list[str] | None:
    """Parties from what the article told before: of a visit, or of two who are spoken of in the clause."""
    visit = next(
        (
            m
            for m in reversed(story.mentions[-MEMORY:])
            if m.type is EventType.VISIT
            and (m.sentence is sentence or mention.modality.during or _in_visit(place) or _spoken_of(story, sentence, m))
        ),
        None,
    )
    if mention.type is EventType.RELATIONS_CHANGE:
        here = next((m.parties for m in reversed(story.mentions[-MEMORY:]) if m.sentence is sentence and m.type is mention.type), None)
        if here is not None and set(states) <= set(here):
            return here
    others = {state for item in _clause_of(place) if is_actor(item) and isinstance(item.value, Group) for state in item.value.states}
    two = next((list(item.value.states) for item in _clause_of(place) if RESOLVED in item.tags and isinstance(item.value, Group)), [])
    if len(two) > 1:
        return two if set(states) | others <= set(two) else None
    if visit is not None and set(states) | others <= set(visit.parties):
        mention.roles.setdefault("signatory", Group([actor for actor in visit.visitors if actor.person]))
        return visit.parties
    return None


def _spoken_of(story: Story, sentence: Sentence, visit: Mention) -> bool:
    """Whether this sentence speaks of the visit by its visitor ("the visit of Gantz lasts two days, in which he signs")."""
    visitors = {actor.person for actor in visit.visitors if actor.person}
    return any(
        m.sentence is sentence and m.type is EventType.VISIT and visitors & {actor.person for actor in m.visitors}
        for m in story.partial[-MEMORY:]
    )


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
