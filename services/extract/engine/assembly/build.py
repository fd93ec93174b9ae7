"""Drafts as events of the contract: common fields, codes, confidence, evidence in offsets of the article."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from schemas.article import Article
from schemas.codes import (
    ActorLevel,
    Discourse,
    EventType,
    Factuality,
    FirstScope,
    Level,
)
from schemas.event import EVENT, MAX_SPAN_CHARS, MAX_SPANS, Extractor, NormalizationEvent
from schemas.ids import event_id
from services.extract.engine.assembly.accounts import attribution, contested, factuality_of
from services.extract.engine.assembly.fields import FIELDS_BY_TYPE, evidence_span
from services.extract.engine.assembly.merge import evidence_of
from services.extract.engine.assembly.related import journeys, steps_of_one_text
from services.extract.engine.events.drafts import Draft
from services.extract.engine.events.standing import FRESHEST, discourse_of
from services.extract.engine.events.story import Story
from services.extract.engine.phrases.actors import Actor, Group

CODES: dict[str, Any] = tomllib.loads((Path(__file__).parents[2] / "codes.toml").read_text(encoding="utf-8"))
"""PLOVER and CAMEO codes by type and value (ontology section 4)."""

DISCOURSE_WEIGHT = {Discourse.LEAD: 1.0, Discourse.BODY: 0.95, Discourse.BACKGROUND: 0.95}

FACTUALITY_WEIGHT = {Factuality.ASSERTED: 1.0, Factuality.REPORTED: 0.9, Factuality.CLAIMED: 0.6, Factuality.DENIED: 0.9}

BASE_CONFIDENCE = 0.97


@dataclass(frozen=True)
class Built:
    """An event with the draft it came from, for whoever wants to explain it."""

    event: NormalizationEvent
    draft: Draft


def build(story: Story, drafts: list[Draft], article: Article, extractor: Extractor) -> list[Built]:
    """The events of `drafts`, each with its id."""
    ordinals: dict[tuple[str, tuple[str, ...]], int] = {}
    ids: dict[int, str] = {}
    for draft in drafts:
        key = (draft.type.value, tuple(sorted(draft.parties)))
        ordinals[key] = ordinals.get(key, -1) + 1
        ids[id(draft)] = event_id(article=article.id, type=draft.type.value, parties=draft.parties, ordinal=ordinals[key])
    reference = article.ref()
    told = [(draft, _fields(story, draft)) for draft in drafts]
    trips, instruments = journeys(drafts), steps_of_one_text(told)
    found = []
    for draft, fields in told:
        fields["id"] = ids[id(draft)]
        fields["part_of"] = ids.get(id(draft.parent)) if draft.parent is not None else None
        fields["trip_id"] = ids[id(trips[id(draft)])] if id(draft) in trips else None
        if draft.type is EventType.AGREEMENT:
            fields["instrument_id"] = ids[id(instruments[id(draft)])] if id(draft) in instruments else None
        fields["article"], fields["extractor"] = reference, extractor
        fields.update(_codes(draft, fields))
        found.append(Built(EVENT.validate_python(fields), draft))
    return found


def _fields(story: Story, draft: Draft) -> dict[str, Any]:
    """What every event has, and what those of its type have."""
    fields = _common(story, draft)
    fields.update(FIELDS_BY_TYPE[draft.type](story, draft, fields))
    return fields


def _common(story: Story, draft: Draft) -> dict[str, Any]:
    told = [*draft.mentions, *(draft.partial if draft.type is EventType.SUMMIT else ())]
    discourse = min((discourse_of(story, mention) for mention in told), key=FRESHEST)
    discourse = Discourse.BACKGROUND if _of_an_old_visit(story, draft) else discourse
    factuality = factuality_of(draft)
    weight = max(mention.weight for mention in draft.mentions)
    return {
        "type": draft.type,
        "parties": tuple(draft.parties),
        "object_party": next((mention.object_party for mention in draft.mentions if mention.object_party), None),
        "actor_level": _level(story, draft),
        "discourse": discourse,
        "factuality": factuality,
        "contested": factuality is not Factuality.DENIED and contested(story, draft),
        "attribution": attribution(story, draft.mentions) if factuality in (Factuality.REPORTED, Factuality.CLAIMED) else None,
        "first": _first(story, draft),
        "aggregate": draft.mentions[0].aggregate,
        "confidence": round(BASE_CONFIDENCE * weight * DISCOURSE_WEIGHT[discourse] * FACTUALITY_WEIGHT[factuality], 4),
        "evidence": _evidence(story, draft),
        "rules": tuple(dict.fromkeys(mention.rule.id for mention in (*draft.mentions, *draft.partial))),
        "count": max(mention.count for mention in draft.mentions),
    }


def _of_an_old_visit(story: Story, draft: Draft) -> bool:
    """ "visited B in January, where he met Y": what has no day of its own happened in the course of a visit that is only recalled."""
    visit = draft.parent
    if visit is None or any(mention.when is not None or mention.announced is not None for mention in draft.mentions):
        return False
    if any(discourse_of(story, mention) is not Discourse.BACKGROUND for mention in visit.mentions):
        return False
    sentences = {id(mention.sentence) for mention in visit.mentions}
    return all(id(mention.sentence) in sentences and not mention.sentence.lead for mention in draft.mentions)


def _level(story: Story, draft: Draft) -> ActorLevel:
    """Who acts: the least official of all who do; who travels on business for no company of a state is nobody's official (S6)."""
    actors = [actor for mention in draft.mentions for group in mention.roles.values() for actor in group.members]
    levels = {actor.level for actor in actors}
    visitors = [actor for mention in draft.mentions for actor in mention.visitors]
    private = bool(visitors) and all(_travels_for_none(story, actor) for actor in visitors)
    if ActorLevel.NON_STATE in levels or private:
        return ActorLevel.NON_STATE
    if draft.type is EventType.AGREEMENT and ActorLevel.CORPORATE in levels:
        return ActorLevel.CORPORATE
    return ActorLevel.STATE


def _travels_for_none(story: Story, actor: Actor) -> bool:
    """A business man or woman of no company of a state; a known person is what the table of persons says."""
    return actor.level is not ActorLevel.STATE and actor.org is None and actor.person not in story.lexicon.persons


def _evidence(story: Story, draft: Draft) -> tuple[dict[str, Any], ...]:
    return tuple(evidence_span(story, *span) for span in evidence_of(draft)[:MAX_SPANS])


def _first(story: Story, draft: Draft) -> dict[str, Any] | None:
    for mention in (*draft.mentions, *draft.partial):
        if mention.first is None:
            continue
        if draft.type is EventType.VISIT:
            scope = (
                FirstScope.OFFICE if any(a.kind == "official" for a in mention.roles.get("visitor", Group()).members) else FirstScope.PAIR
            )
        elif draft.type is EventType.SUMMIT:
            scope = FirstScope.KIND
        else:
            scope = FirstScope.PAIR
        start, end = story.text.span(mention.trigger.start, max(mention.trigger.end, mention.first.end))
        words = story.text.source[start : min(end, start + MAX_SPAN_CHARS)] or None
        claimed_by = attribution(story, [mention])
        return {"is_first": mention.since is None, "scope": scope, "text_scope": words, "claimed_by": claimed_by, "since": mention.since}
    return None


def _codes(draft: Draft, fields: dict[str, Any]) -> dict[str, Any]:
    """PLOVER and CAMEO of the finished fields."""
    state = fields.get("stage") or fields.get("status") or fields.get("action")
    if draft.type in (EventType.RELATIONS_CHANGE, EventType.FLIGHTS):
        state = fields["action"]
    row = CODES[draft.type.value].get(str(state), CODES[draft.type.value].get("default", {}))
    contexts = [context for domain in fields.get("domains", ()) for context in CODES["context"][str(domain)]]
    contexts += row.get("context", [])
    if draft.type is EventType.MEETING and fields.get("level") is Level.MILITARY:
        contexts = ["military" if context == "diplomatic" else context for context in contexts]
    if str(state) == "planned":
        contexts.append("future")
    if fields["discourse"] is Discourse.BACKGROUND:
        contexts.append("historical")
    return {
        "plover": {"event": row.get("event"), "mode": row.get("mode"), "context": tuple(dict.fromkeys(contexts))},
        "cameo": tuple(row.get("cameo", ())),
    }
