"""The date of an event from the dates of its mentions (ontology C4)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from schemas.codes import (
    Basis,
    Discourse,
    Precision,
)
from services.extract.engine.clauses.mentions import Mention
from services.extract.engine.events.drafts import Draft
from services.extract.engine.events.story import Story
from services.extract.engine.words.dates import When


def event_date(when: When, basis: Basis, text: str | None = None) -> dict[str, Any]:
    return {"start": when.start, "end": when.end, "precision": when.precision, "basis": basis, "text": text}


def _best(story: Story, mentions: list[Mention]) -> Mention | None:
    """The mention with the tightest window."""
    dated = [m for m in mentions if m.when is not None]

    def width(mention: Mention) -> tuple[int, int]:
        when = mention.when
        assert when is not None
        if when.start is None or when.end is None:
            return (10**6, mention.trigger.start)
        return ((when.end - when.start).days, mention.trigger.start)

    return min(dated, key=width) if dated else None


def _quoted(story: Story, mention: Mention) -> str | None:
    if mention.date_span is None:
        return None
    start, end = story.text.span(*mention.date_span)
    return story.text.source[start:end]


def date_from(story: Story, draft: Draft, chosen: list[Mention], *, planned: bool, background: bool) -> dict[str, Any]:
    """The date of the event from the mentions that tell its final state, else from any."""
    published = story.published
    mention = _best(story, chosen) or _best(story, draft.mentions) or _best(story, _said_beside(draft)) or _best(story, draft.retold)
    if mention is not None and mention.when is not None:
        return event_date(mention.when, Basis.EXPLICIT, _quoted(story, mention))
    if published is None or planned:
        return {"precision": Precision.NONE}
    announced = next((m for m in draft.mentions if m.announced is not None), None)
    if announced is not None and announced.announced is not None and not background:
        return event_date(When(None, announced.announced.end, Precision.ON_OR_BEFORE), Basis.INFERRED, _quoted(story, announced))
    if background:
        return {"start": None, "end": published - timedelta(days=1), "precision": Precision.UNKNOWN_BEFORE, "basis": None}
    return event_date(When(None, published, Precision.ON_OR_BEFORE), Basis.INFERRED)


def _said_beside(draft: Draft) -> list[Mention]:
    """What the sentences of the event add to it without naming it in full ("he visited Morocco, in his first visit, last August")."""
    own = {id(mention.sentence) for mention in draft.mentions}
    return [mention for mention in draft.partial if id(mention.sentence) in own]


def looks_ahead(story: Story, draft: Draft) -> bool:
    """Whether all mentions look ahead, by their form or by their date."""

    def ahead(mention: Mention) -> bool:
        later = (
            mention.when is not None
            and mention.when.start is not None
            and story.published is not None
            and mention.when.start > story.published
        )
        return mention.modality.course in ("future", "lapsed") or (mention.modality.course in ("present", "noun") and later)

    return all(ahead(mention) for mention in draft.mentions)


def shared_date(story: Story, draft: Draft, fields: dict[str, Any]) -> dict[str, Any]:
    """The date of the event, or that of the visit in the same sentence."""
    background = fields["discourse"] is Discourse.BACKGROUND
    planned = looks_ahead(story, draft)
    when = date_from(story, draft, draft.mentions, planned=planned, background=background)
    if draft.parent is not None and when.get("basis") is not Basis.EXPLICIT:
        own = {id(mention.sentence) for mention in draft.mentions}
        dated = _best(story, [mention for mention in draft.parent.told if id(mention.sentence) in own])
        if dated is not None and dated.when is not None:
            return event_date(dated.when, Basis.SHARED, _quoted(story, dated))
    return when
