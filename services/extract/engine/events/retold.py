"""The day of an event that a later sentence tells without its parties ("the embassy was opened on Monday")."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from schemas.codes import Discourse, EventType, Precision
from services.extract.engine.clauses.mentions import Mention
from services.extract.engine.clauses.roles import Place, is_actor
from services.extract.engine.events.drafts import Draft
from services.extract.engine.events.standing import discourse_of
from services.extract.engine.events.story import MAX_PARTIAL, Story
from services.extract.engine.phrases.actors import Group
from services.extract.engine.words.items import Item, Sentence, gap

RECENT_DAYS = 31
"""How long ago the day of what an article tells as news may be."""
NEAR_SENTENCES = 3
"""How far behind an event a sentence may stand that tells its day."""
_TOLD = ("past", "present", "noun", "future")
_NAMED_AGAIN = frozenset({"def", "poss"})


def note_retold(story: Story, sentence: Sentence, place: Place, mention: Mention) -> None:
    """Keep a dated mention that lacks parties when it speaks of something known from before."""
    if mention.type is EventType.VISIT or mention.when is None or mention.when.precision is not Precision.DAY:
        return
    if mention.modality.course not in _TOLD or mention.modality.background or mention.modality.old:
        return
    if len(story.retold) < MAX_PARTIAL and _known_from_before(place, mention):
        mention.parties = sorted(_states(sentence))
        story.retold.append(mention)


def _known_from_before(place: Place, mention: Mention) -> bool:
    """Whether what is told is definite: "the embassy", "their meeting", "the five-day exercise"."""
    heads = [item for item in (place.trigger, mention.object) if item is not None and "noun" in item.tags]
    for head in heads or [place.trigger]:
        at = place.items.index(head)
        before = place.items[at - 1] if at else None
        if head.tags & _NAMED_AGAIN or (before is not None and "def" in before.tags and gap(before, head) == 0 and not is_actor(before)):
            return True
    return False


def _states(sentence: Sentence) -> set[str]:
    """The states whose people the sentence names; where it happens does not count."""
    return {state for item in sentence.actors if _acts(item) and isinstance(item.value, Group) for state in item.value.states}


def _acts(item: Item) -> bool:
    return not item.tags & {"in", "p.in", "to", "p.to"}


def join_retold(story: Story, drafts: Sequence[Draft]) -> None:
    """Give every undated fresh event the sentences behind it that tell its day, when they can mean no other event."""
    for mention in story.retold:
        fitting = [draft for draft in drafts if _may_mean(story, draft, mention)]
        if len(fitting) == 1 and not any(m.when is not None for m in fitting[0].mentions) and _day_fits(story, fitting[0], mention):
            fitting[0].retold.append(mention)


def _may_mean(story: Story, draft: Draft, mention: Mention) -> bool:
    if draft.type is not mention.type or discourse_of(story, draft.mentions[0]) is Discourse.BACKGROUND:
        return False
    if not set(mention.parties) <= set(draft.parties):
        return False
    if not any(0 <= mention.sentence.number - m.sentence.number <= NEAR_SENTENCES for m in draft.mentions):
        return False
    rules = [m.rule for m in draft.mentions]
    return any(rule.stage is mention.rule.stage and rule.action is mention.rule.action for rule in rules)


def _day_fits(story: Story, draft: Draft, mention: Mention) -> bool:
    """What happened did so of late; what is planned is still to come."""
    when, published = mention.when, story.published
    if when is None or when.start is None or published is None:
        return False
    if all(m.modality.course == "future" for m in draft.mentions):
        return when.start >= published
    return published - timedelta(days=RECENT_DAYS) <= when.start <= published
