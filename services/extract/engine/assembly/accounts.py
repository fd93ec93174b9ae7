"""Whose account an event is: how it stands in the article, who tells it, who disputes it (ontology C7, K2)."""

from __future__ import annotations

from schemas.codes import EventType, EvidenceRole, Factuality
from schemas.event import MAX_SPAN_CHARS
from services.extract.engine.clauses.mentions import Mention
from services.extract.engine.events.drafts import Draft
from services.extract.engine.events.story import Denial, Story

_SUREST = list(Factuality).index


def factuality_of(draft: Draft) -> Factuality:
    """The surest account that the article gives; denied only when all it says is that it is not so."""
    if all(mention.modality.course == "denied" for mention in draft.mentions):
        return Factuality.DENIED
    best = Factuality.CLAIMED
    for mention in (*draft.mentions, *(draft.partial if draft.type is EventType.SUMMIT else ())):
        mine = Factuality.CLAIMED if mention.claimed else Factuality.REPORTED if mention.reported else Factuality.ASSERTED
        best = min(best, mine, key=_SUREST)
    return best


def denials_of(story: Story, draft: Draft) -> list[Denial]:
    """Where one of the event's own sides says in the lead that it is not so."""
    return [denial for denial in story.denials if denial.sentence.lead and set(denial.states) & set(draft.parties)]


def denied(story: Story, draft: Draft) -> bool:
    """Only media tell it and the news is that a side denies it (ontology K1, E10)."""
    if not all(mention.reported or mention.claimed or mention.modality.course == "denied" for mention in draft.mentions):
        return False
    return bool(denials_of(story, draft))


def contested(story: Story, draft: Draft) -> bool:
    """One side says it is so and another, or another organ of the same side, says that it is not."""
    told = [mention for mention in draft.mentions if mention.modality.course != "denied"]
    if not told:
        return False
    if len(told) < len(draft.mentions):
        return True
    known_from = {id(mention.sentence) for mention in told}
    return any(
        id(denial.sentence) not in known_from and set(denial.states) <= set(draft.parties) and not _of_another(story, draft, denial)
        for denial in denials_of(story, draft)
    )


def _of_another(story: Story, draft: Draft, denial: Denial) -> bool:
    """Whether the sentence of the denial tells another event: then that one is denied."""
    own = {id(mention) for mention in (*draft.mentions, *draft.partial)}
    return any(mention.sentence is denial.sentence and id(mention) not in own for mention in story.mentions)


def attribution(story: Story, mentions: list[Mention]) -> str | None:
    """Who tells it, in the article's words, when it is not the article itself or a side by name."""
    for mention in mentions:
        if not (mention.reported or mention.claimed):
            continue
        for role, start, end in mention.evidence:
            if role is EvidenceRole.ATTRIBUTION:
                first, last = story.text.span(start, end)
                return story.text.source[first : min(last, first + MAX_SPAN_CHARS)] or None
    return None
