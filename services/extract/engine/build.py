"""Drafts as events of the contract: fields, dates, persons, codes, confidence, evidence in offsets of the article."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from schemas.article import Article
from schemas.codes import (
    ActorLevel,
    ArmsStage,
    Basis,
    Discourse,
    EventType,
    EvidenceRole,
    Factuality,
    FirstScope,
    FlightsAction,
    FlightsStatus,
    Instrument,
    ItemClass,
    Level,
    Mode,
    PersonRole,
    Precision,
    Rank,
    RelationsAction,
    RelationsStatus,
    Stage,
    Status,
)
from schemas.event import EVENT, MAX_SPAN_CHARS, MAX_SPANS, Extractor, NormalizationEvent
from schemas.ids import event_id
from services.extract.engine.actors import UNIQUE_OFFICES, Actor, Group
from services.extract.engine.dates import When
from services.extract.engine.lexicon import Lexicon
from services.extract.engine.mentions import Mention
from services.extract.engine.merge import Draft, discourse_of, evidence_of, stage_of, status_of
from services.extract.engine.story import Story

CODES: dict[str, Any] = tomllib.loads((Path(__file__).parent.parent / "codes.toml").read_text(encoding="utf-8"))
"""PLOVER and CAMEO codes by type and value (ontology section 4)."""
DISCOURSE_WEIGHT = {Discourse.LEAD: 1.0, Discourse.BODY: 0.95, Discourse.BACKGROUND: 0.95}
FACTUALITY_WEIGHT = {Factuality.ASSERTED: 1.0, Factuality.REPORTED: 0.9, Factuality.CLAIMED: 0.6, Factuality.DENIED: 0.9}
BASE_CONFIDENCE = 0.97
HEADS = frozenset({Rank.HEAD_OF_STATE, Rank.CROWN_PRINCE, Rank.HEAD_OF_GOVERNMENT})
MINISTERS = HEADS | {Rank.MINISTER_FOREIGN, Rank.MINISTER_DEFENCE, Rank.MINISTER_OTHER}


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
    found = []
    for draft in drafts:
        fields = _common(story, draft)
        fields.update(_SPECIFIC[draft.type](story, draft, fields))
        fields["id"] = ids[id(draft)]
        fields["part_of"] = ids.get(id(draft.parent)) if draft.parent is not None else None
        fields["article"], fields["extractor"] = reference, extractor
        fields.update(_codes(draft, fields))
        found.append(Built(EVENT.validate_python(fields), draft))
    return found


def _common(story: Story, draft: Draft) -> dict[str, Any]:
    told = [*draft.mentions, *(draft.partial if draft.type is EventType.SUMMIT else ())]
    discourse = min((discourse_of(story, mention) for mention in told), key=list(Discourse).index)
    levels = [actor.level for mention in draft.mentions for group in mention.roles.values() for actor in group.members]
    level = ActorLevel.STATE
    if draft.type is EventType.AGREEMENT and any(level is ActorLevel.CORPORATE for level in levels):
        level = ActorLevel.CORPORATE
    if any(level is ActorLevel.NON_STATE for level in levels):
        level = ActorLevel.NON_STATE
    factuality = _factuality(draft)
    weight = max(mention.weight for mention in draft.mentions)
    return {
        "type": draft.type,
        "parties": tuple(draft.parties),
        "actor_level": level,
        "discourse": discourse,
        "factuality": factuality,
        "first": _first(story, draft),
        "aggregate": draft.mentions[0].aggregate,
        "confidence": round(BASE_CONFIDENCE * weight * DISCOURSE_WEIGHT[discourse] * FACTUALITY_WEIGHT[factuality], 4),
        "evidence": _evidence(story, draft),
        "rules": tuple(dict.fromkeys(mention.rule.id for mention in (*draft.mentions, *draft.partial))),
        "count": max(mention.count for mention in draft.mentions),
    }


def _factuality(draft: Draft) -> Factuality:
    if all(mention.modality.course == "denied" for mention in draft.mentions):
        return Factuality.DENIED
    best = Factuality.CLAIMED
    for mention in (*draft.mentions, *(draft.partial if draft.type is EventType.SUMMIT else ())):
        mine = Factuality.CLAIMED if mention.claimed else Factuality.REPORTED if mention.reported else Factuality.ASSERTED
        best = min(best, mine, key=list(Factuality).index)
    return best


def _evidence(story: Story, draft: Draft) -> tuple[dict[str, Any], ...]:
    return tuple(_span(story, *span) for span in evidence_of(draft)[:MAX_SPANS])


def _span(story: Story, role: EvidenceRole, start: int, end: int) -> dict[str, Any]:
    first, last = story.text.span(start, end)
    last = min(last, first + MAX_SPAN_CHARS)
    return {"role": role, "start": first, "end": last, "quote": story.text.source[first:last]}


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
        return {"is_first": True, "scope": scope, "text_scope": story.text.source[start : min(end, start + MAX_SPAN_CHARS)] or None}
    return None


# --- dates (ontology C4)


def _event_date(when: When, basis: Basis, text: str | None = None) -> dict[str, Any]:
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


def _date(story: Story, draft: Draft, chosen: list[Mention], *, planned: bool, background: bool) -> dict[str, Any]:
    """The date of the event from the mentions that tell its final state, else from any."""
    published = story.published
    mention = _best(story, chosen) or _best(story, draft.mentions)
    if mention is not None and mention.when is not None:
        return _event_date(mention.when, Basis.EXPLICIT, _quoted(story, mention))
    if published is None or planned:
        return {"precision": Precision.NONE}
    announced = next((m for m in draft.mentions if m.announced is not None), None)
    if announced is not None and announced.announced is not None and not background:
        return _event_date(When(None, announced.announced.end, Precision.ON_OR_BEFORE), Basis.INFERRED, _quoted(story, announced))
    if background:
        return {"start": None, "end": published - timedelta(days=1), "precision": Precision.UNKNOWN_BEFORE, "basis": None}
    return _event_date(When(None, published, Precision.ON_OR_BEFORE), Basis.INFERRED)


# --- persons


def _person(story: Story, actor: Actor, role: PersonRole, day: date | None) -> dict[str, Any]:
    lexicon: Lexicon = story.lexicon
    known = lexicon.persons.get(actor.person) if actor.person else None
    office = known.office_at(day or story.published) if known else None
    rank: Rank | None = None if actor.rank is Rank.UNKNOWN else actor.rank
    if office is not None and (rank is None or rank in (Rank.DELEGATION, Rank.MINISTER_OTHER)):
        rank = office.rank
    if rank is None and actor.kind == "delegation":
        rank = Rank.DELEGATION
    if actor.kind == "delegation" and ("army" in actor.tags or "delegation.military" in actor.tags):
        rank = Rank.SENIOR_OFFICER
    name_in_text = None
    if actor.name is not None:
        start, end = story.text.span(*actor.name)
        name_in_text = story.text.source[start:end]
    return {
        "name": known.name if known else None,
        "name_in_text": name_in_text,
        "country": actor.iso,
        "office": office.office if office and (actor.rank is None or office.rank is actor.rank) else actor.office or actor.org,
        "rank": rank or Rank.UNKNOWN,
        "role": role,
    }


def _persons(story: Story, actors: list[Actor], role: PersonRole, day: date | None) -> tuple[dict[str, Any], ...]:
    """Each person once: named ones by name, offices without a name unless a named person of that office is there."""
    people: list[dict[str, Any]] = []
    for actor in sorted(actors, key=lambda a: (a.person is None, a.name is None, a.start)):
        person = _person(story, actor, role, day)
        same = next(
            (
                p
                for p in people
                if p["country"] == person["country"]
                and (
                    p["name"] == person["name"]
                    if person["name"]
                    else p["rank"] == person["rank"]
                    and (person["name_in_text"] in (None, p["name_in_text"]))
                    and p["office"] == person["office"]
                )
            ),
            None,
        )
        if same is None and person["name"] is None and person["name_in_text"] is None and person["rank"] in UNIQUE_OFFICES:
            same = next((p for p in people if p["country"] == person["country"] and p["rank"] == person["rank"] and p["name"]), None)
        if same is None:
            people.append(person)
        elif person["rank"] is not Rank.UNKNOWN and same["rank"] is Rank.UNKNOWN:
            same["rank"], same["office"] = person["rank"], person["office"]
    return tuple(people)


# --- by type


def _agreement(story: Story, draft: Draft, fields: dict[str, Any]) -> dict[str, Any]:
    stages = [stage_of(mention) for mention in draft.mentions]
    if all(stage in (Stage.CANCELLED, Stage.POSTPONED, Stage.REJECTED) for stage in stages):
        stage = stages[0]
    else:
        order = list(Stage)
        stage = max((s for s in stages if s not in (Stage.CANCELLED, Stage.POSTPONED, Stage.REJECTED)), key=order.index)
    chosen = [mention for mention in draft.mentions if stage_of(mention) is stage]
    instruments = [
        reading.entry.instrument for m in draft.mentions if m.object for reading in m.object.readings if reading.entry.instrument
    ]
    background = fields["discourse"] is Discourse.BACKGROUND
    signatories = [actor for m in draft.mentions for actor in m.roles.get("signatory", Group()).members]
    signatories += [
        actor
        for m in chosen
        for actor in m.roles.get("parties", Group()).members
        if actor.kind in ("official", "person") and actor.rank is not Rank.DELEGATION and "speaker_for" not in actor.tags
    ]
    when = _date(
        story, draft, chosen, planned=stage in (Stage.PLANNED, Stage.PROPOSED, Stage.NEGOTIATING, Stage.POSTPONED), background=background
    )
    domains = draft.domains
    return {
        "stage": stage,
        "instrument": draft.mentions[0].rule.instrument or _most_specific(instruments),
        "domains": domains,
        "signatories": _persons(story, signatories, PersonRole.SIGNATORY, when.get("start") or when.get("end")),
        "date": when,
        "place": _place(draft),
        "vehicle": next((reading.entry.vehicle for m in draft.mentions for reading in m.trigger.readings if reading.entry.vehicle), None),
    }


def _most_specific(instruments: list[Instrument]) -> Instrument:
    for wanted in (Instrument.MOU, Instrument.FRAMEWORK_AGREEMENT):
        if wanted in instruments:
            return wanted
    return next((i for i in instruments if i is not Instrument.AGREEMENT), instruments[0] if instruments else Instrument.UNSPECIFIED)


def _place(draft: Draft) -> dict[str, Any]:
    places = [mention.place for mention in draft.mentions if mention.place is not None]
    city = next((p for p in places if p.city), None)
    if city is not None:
        return {"country": city.iso, "city": city.city}
    if places:
        return {"country": places[0].iso}
    if draft.parent is not None:
        return {"country": draft.parent.parties[1]}
    return {}


def _status(story: Story, draft: Draft) -> Status:
    telling = [*draft.mentions, *(mention for mention in draft.partial if mention.modality.course != "noun" and mention.visitors)]
    told = [status for mention in telling if (status := status_of(story, mention)) is not None]
    if not told:
        return Status.ONGOING if draft.type is EventType.VISIT else Status.COMPLETED
    happened = [s for s in told if s in (Status.COMPLETED, Status.ONGOING)]
    moved_by = [m for m in (*draft.mentions, *draft.partial) if status_of(story, m) in (Status.POSTPONED, Status.CANCELLED, Status.REFUSED)]
    begun = [m for m in draft.mentions if status_of(story, m) in (Status.COMPLETED, Status.ONGOING) and m.modality.course != "noun"]
    # What is under way was put off before, unless the putting off is itself the news.
    if moved_by and (not begun or (any(m.sentence.lead for m in moved_by) and not any(m.sentence.lead for m in begun))):
        moved = [status_of(story, m) for m in moved_by]
        return next(s for s in (Status.POSTPONED, Status.CANCELLED, Status.REFUSED) if s in moved)
    if happened:
        return Status.COMPLETED if Status.COMPLETED in happened else Status.ONGOING
    if told and Status.DENIED in told:
        return Status.DENIED
    return Status.PLANNED


def _denied(story: Story, draft: Draft) -> bool:
    """Only media tell it and the news is that a side denies it (ontology K1, E10)."""
    if not all(mention.reported or mention.claimed or mention.modality.course == "denied" for mention in draft.mentions):
        return False
    return any(place.sentence.lead and set(place.states) & set(draft.parties) for place in story.denials)


def _visit(story: Story, draft: Draft, fields: dict[str, Any]) -> dict[str, Any]:
    status = Status.DENIED if _denied(story, draft) else _status(story, draft)
    chosen = [m for m in draft.mentions if status_of(story, m) is status]
    arrival = [m for m in draft.mentions if "v.arrive" in m.trigger.tags and m.when is not None]
    background = fields["discourse"] is Discourse.BACKGROUND
    when = _date(story, draft, arrival or chosen, planned=status not in (Status.COMPLETED, Status.ONGOING), background=background)
    evidence = list(fields["evidence"]) + [_span(story, EvidenceRole.DENIAL, *d.span) for d in story.denials if status is Status.DENIED]
    if (
        (status is Status.ONGOING or (arrival and when.get("basis") is Basis.EXPLICIT))
        and when.get("start") is not None
        and when.get("start") == when.get("end")
    ):
        when["end"] = None
    visitors = [actor for m in draft.mentions for actor in m.visitors] + draft.members
    persons = [actor for actor in visitors if actor.kind != "delegation"]
    delegation = any(actor.kind == "delegation" for actor in visitors)
    day = when.get("start") or when.get("end")
    people = _persons(story, persons if persons and (draft.members or not delegation) else visitors, PersonRole.VISITOR, day)
    ranks = {p["rank"] for p in people}
    official = any(m.official for m in (*draft.mentions, *draft.partial)) or bool(ranks & MINISTERS)
    cities = tuple(dict.fromkeys(m.destination.city for m in draft.mentions if m.destination and m.destination.city))
    nearby = tuple(c for c in cities if c)
    return {
        "status": status,
        "evidence": tuple(evidence[:MAX_SPANS]),
        "date": when,
        "visitors": people,
        "from": draft.parties[0],
        "to": draft.parties[1],
        "cities": nearby,
        "place": {"country": draft.parties[1], "city": nearby[0] if len(nearby) == 1 else None},
        "delegation": delegation,
        "delegation_org": next((a.org for a in visitors if a.kind == "delegation" and a.org), None),
        "official": official or None,
        "secret": True if any(m.secret for m in draft.mentions) else None,
        "duration_days": next((m.duration_days for m in (*draft.mentions, *draft.partial) if m.duration_days), None),
        **({"factuality": Factuality.DENIED} if status is Status.DENIED else {}),
    }


def _meeting(story: Story, draft: Draft, fields: dict[str, Any]) -> dict[str, Any]:
    status = _status(story, draft)
    chosen = [m for m in draft.mentions if status_of(story, m) is status]
    actors = [actor for m in draft.mentions for actor in m.roles.get("participants", Group()).members]
    background = fields["discourse"] is Discourse.BACKGROUND
    when = _date(story, draft, chosen, planned=status not in (Status.COMPLETED, Status.ONGOING), background=background)
    place = _place(draft)
    if draft.parent is not None and when.get("basis") is not Basis.EXPLICIT:
        when, place = _within_visit(story, draft.parent, status, when, place)
    people = _persons(story, actors, PersonRole.PARTICIPANT, when.get("start") or when.get("end"))
    mode = Mode.PHONE if any("n.call" in m.trigger.tags for m in draft.mentions) else Mode.IN_PERSON
    return {"status": status, "date": when, "place": place, "participants": people, "level": _level(people), "mode": mode}


def _within_visit(
    story: Story, visit: Draft, status: Status, when: dict[str, Any], place: dict[str, Any]
) -> tuple[dict[str, Any], dict[str, Any]]:
    """Date and place of a meeting that belongs to a visit (ontology C4, C6)."""
    visit_fields = _visit(story, visit, _common(story, visit))
    country = {"country": visit.parties[1]}
    if story.published is None:
        return when, place or country
    if status is Status.PLANNED:
        return _event_date(When(story.published, None, Precision.DAY_OR_LATER), Basis.INFERRED), country
    if visit_fields["status"] is Status.ONGOING:
        when = _event_date(When(story.published, story.published, Precision.DAY), Basis.INFERRED)
    else:
        when = {**visit_fields["date"], "basis": Basis.INFERRED}
    city = visit_fields["place"].get("city")
    return when, {**country, "city": city} if city else place or country


def _level(people: tuple[dict[str, Any], ...]) -> Level:
    ranks = [p["rank"] for p in people]
    if ranks and all(rank in HEADS for rank in ranks):
        return Level.HEADS
    if ranks and all(rank is Rank.MINISTER_FOREIGN for rank in ranks):
        return Level.FOREIGN_MINISTERS
    if ranks and all(rank is Rank.MINISTER_DEFENCE for rank in ranks):
        return Level.DEFENCE_MINISTERS
    if any(rank in (Rank.CHIEF_OF_STAFF, Rank.SENIOR_OFFICER) for rank in ranks):
        return Level.MILITARY
    if any(rank is Rank.INTEL_CHIEF for rank in ranks):
        return Level.INTELLIGENCE
    return Level.MINISTERIAL if any(rank in MINISTERS for rank in ranks) else Level.SENIOR_OFFICIALS


def _summit(story: Story, draft: Draft, fields: dict[str, Any]) -> dict[str, Any]:
    fields_of_meeting = _meeting(story, draft, fields)
    for mention in draft.partial:
        if not fields_of_meeting["place"].get("city") and mention.place is not None and mention.place.city:
            fields_of_meeting["place"] = {"country": mention.place.iso, "city": mention.place.city}
    host = next((a.iso for m in (*draft.mentions, *draft.partial) for a in m.roles.get("host", Group()).members if a.iso), None)
    place = fields_of_meeting["place"].get("country")
    del fields_of_meeting["mode"]
    return {**fields_of_meeting, "host": host or (place if place in draft.parties else None)}


RELATIONS_ORDER = [
    *("establish", "resume", "upgrade", "recognize", "open_mission", "exchange_envoys", "appoint_envoy"),
    *("sever", "expel_envoy", "close_mission", "recall_envoy", "suspend", "downgrade", "ease_restriction"),
]
"""Which action names the event when the article uses several for it (ontology R1)."""


def _ahead(story: Story, draft: Draft) -> bool:
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


def _shared_date(story: Story, draft: Draft, fields: dict[str, Any]) -> dict[str, Any]:
    """The date of the event, or that of the visit in the same sentence."""
    background = fields["discourse"] is Discourse.BACKGROUND
    planned = _ahead(story, draft)
    when = _date(story, draft, draft.mentions, planned=planned, background=background)
    if draft.parent is not None and when.get("basis") is not Basis.EXPLICIT:
        own = {id(mention.sentence) for mention in draft.mentions}
        dated = _best(story, [mention for mention in draft.parent.mentions if id(mention.sentence) in own])
        if dated is not None and dated.when is not None:
            return _event_date(dated.when, Basis.SHARED, _quoted(story, dated))
    return when


def _relations(story: Story, draft: Draft, fields: dict[str, Any]) -> dict[str, Any]:
    actions = sorted({str(mention.rule.action) for mention in draft.mentions}, key=RELATIONS_ORDER.index)
    planned = _ahead(story, draft)
    place = _place(draft)
    mission = next((r.entry.mission for m in draft.mentions if m.object for r in m.object.readings if r.entry.mission), None)
    initiator = next((s for m in draft.mentions for s in m.roles.get("initiator", Group()).states), None)
    sending = next((s for m in draft.mentions for s in m.roles.get("sending", Group()).states), None)
    return {
        "action": RelationsAction(actions[0]),
        "secondary_action": RelationsAction(actions[1]) if len(actions) > 1 else None,
        "status": RelationsStatus.PLANNED if planned else RelationsStatus.DONE,
        "initiator": initiator,
        "date": _shared_date(story, draft, fields),
        "place": place if mission else {},
        "mission": {
            "kind": mission,
            "sending": sending,
            "receiving": next((s for s in draft.parties if s != sending), None),
            "city": place.get("city"),
        }
        if mission
        else None,
    }


def _flights(story: Story, draft: Draft, fields: dict[str, Any]) -> dict[str, Any]:
    origin = next((a for m in draft.mentions for a in m.roles.get("from", Group()).members), None)
    destination = next((a for m in draft.mentions for a in m.roles.get("to", Group()).members), None)
    planned = _ahead(story, draft)
    return {
        "action": FlightsAction.ROUTE_ANNOUNCED if planned else FlightsAction(str(draft.mentions[0].rule.action)),
        "status": FlightsStatus.PLANNED if planned else FlightsStatus.DONE,
        "date": _shared_date(story, draft, fields),
        "origin": {"country": origin.iso, "city": origin.city} if origin else {},
        "destination": {"country": destination.iso, "city": destination.city} if destination else {},
        "direct": True if any("direct" in m.trigger.tags for m in draft.mentions) else None,
    }


def _arms(story: Story, draft: Draft, fields: dict[str, Any]) -> dict[str, Any]:
    background = fields["discourse"] is Discourse.BACKGROUND
    goods = next((r.entry for m in draft.mentions if m.object for r in m.object.readings if r.entry.item), None)
    planned = _ahead(story, draft)
    return {
        "stage": ArmsStage.PLANNED if planned else ArmsStage.DELIVERED,
        "seller": draft.parties[0],
        "buyer": draft.parties[1],
        "item": goods.key if goods else None,
        "item_class": goods.item if goods else ItemClass.OTHER,
        "date": _date(story, draft, draft.mentions, planned=planned, background=background),
    }


_SPECIFIC = {
    EventType.AGREEMENT: _agreement,
    EventType.VISIT: _visit,
    EventType.MEETING: _meeting,
    EventType.SUMMIT: _summit,
    EventType.RELATIONS_CHANGE: _relations,
    EventType.FLIGHTS: _flights,
    EventType.ARMS_DEAL: _arms,
}


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
