"""Parties that a sentence leaves out: "the two sides", "they signed", a signing in the course of a visit."""

from __future__ import annotations

from schemas.codes import EventType
from services.extract.engine.clauses.mentions import Mention
from services.extract.engine.clauses.roles import Place, is_actor
from services.extract.engine.events.story import MEMORY, Story
from services.extract.engine.phrases.actors import Group
from services.extract.engine.words.items import Item, Sentence, gap


def inherited_parties(story: Story, sentence: Sentence, place: Place, states: list[str], mention: Mention) -> list[str] | None:
    """Parties from what the article told before: "the two sides", or a signing in the course of a visit."""
    both = any("anaphor.both" in item.tags for item in _clause_of(place)) or _together(story, sentence, place, states)
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
    if both:
        pair = story.pair_before(states) or _pair_named_before(story, place)
        return pair if pair and others <= set(pair) else None
    if visit is not None and set(states) | others <= set(visit.parties):
        mention.roles.setdefault("signatory", Group([actor for actor in visit.visitors if actor.person]))
        return visit.parties
    return None


def _together(story: Story, sentence: Sentence, place: Place, states: list[str]) -> bool:
    """ "they signed", "the two signed", "with him", a verb in the dual: the two who met or visited here or one sentence before."""
    last = story.mentions[-1] if story.mentions else None
    if last is None or last.type not in _ENCOUNTERS or len(last.parties) != 2 or not set(states) <= set(last.parties):
        return False
    if sentence.number - last.sentence.number > 1:
        return False
    before = place.items[place.at - 1] if place.at else None
    pronoun = before is not None and "anaphor.they" in before.tags and gap(before, place.trigger) == 0
    behind = place.items[place.at + 1] if place.at + 1 < len(place.items) else None
    with_them = behind is not None and "anaphor.with" in behind.tags and gap(place.trigger, behind) == 0
    return pronoun or with_them or {"verb", "dual"} <= place.trigger.tags


_ENCOUNTERS = frozenset({EventType.MEETING, EventType.VISIT})


def _pair_named_before(story: Story, place: Place) -> list[str] | None:
    """The two states that the sentence names before "the two sides"."""
    named = [s for item in place.items[: place.at] if is_actor(item) and isinstance(item.value, Group) for s in item.value.states]
    pair = list(dict.fromkeys(named))
    return pair if len(pair) == 2 and story.watchlist.in_scope(pair) else None


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
