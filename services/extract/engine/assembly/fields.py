"""The fields that each type of event has of its own."""

from __future__ import annotations

from typing import Any

from schemas.codes import (
    Basis,
    Discourse,
    EventType,
    EvidenceRole,
    Factuality,
    Instrument,
    Mode,
    PersonRole,
    Precision,
    Purpose,
    Rank,
    RelationsAction,
    RelationsStatus,
    Stage,
    Status,
    Vehicle,
)
from schemas.event import MAX_SPAN_CHARS, MAX_SPANS
from services.extract.engine.assembly.accounts import denied
from services.extract.engine.assembly.people import MINISTERS, as_persons, level_of
from services.extract.engine.clauses.mentions import Mention
from services.extract.engine.events.airlinks import flights_fields
from services.extract.engine.events.armsdeals import arms_fields
from services.extract.engine.events.drafts import Draft
from services.extract.engine.events.eventdates import date_from, event_date, looks_ahead, shared_date
from services.extract.engine.events.exercises import exercise_fields
from services.extract.engine.events.standing import FRESHEST, discourse_of, stage_of, status_of
from services.extract.engine.events.story import Story
from services.extract.engine.phrases.actors import Group
from services.extract.engine.words.dates import When

_STAGES = list(Stage)
"""As the contract lists them: an agreement goes through them in this order."""


def evidence_span(story: Story, role: EvidenceRole, start: int, end: int) -> dict[str, Any]:
    first, last = story.text.span(start, end)
    last = min(last, first + MAX_SPAN_CHARS)
    return {"role": role, "start": first, "end": last, "quote": story.text.source[first:last]}


def _agreement(story: Story, draft: Draft, fields: dict[str, Any]) -> dict[str, Any]:
    stages = [stage_of(mention) for mention in draft.mentions]
    if all(stage in (Stage.CANCELLED, Stage.POSTPONED, Stage.REJECTED) for stage in stages):
        stage = stages[0]
    else:
        stage = max((s for s in stages if s not in (Stage.CANCELLED, Stage.POSTPONED, Stage.REJECTED)), key=_STAGES.index)
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
    when = date_from(
        story, draft, chosen, planned=stage in (Stage.PLANNED, Stage.PROPOSED, Stage.NEGOTIATING, Stage.POSTPONED), background=background
    )
    domains = draft.domains
    return {
        "stage": stage,
        "instrument": draft.mentions[0].rule.instrument or _most_specific(instruments),
        "domains": domains,
        "signatories": as_persons(story, signatories, PersonRole.SIGNATORY, when.get("start") or when.get("end")),
        "date": when,
        "place": _place(draft),
        "name": _name(draft),
        "vehicle": _vehicle(draft) if stage in _DOMESTIC else None,
        "actor_of_stage": _organ(chosen) if stage in _DOMESTIC else None,
    }


_DOMESTIC = frozenset({Stage.APPROVED_BY_GOVERNMENT, Stage.SUBMITTED_FOR_RATIFICATION, Stage.RATIFIED})
"""Steps that an organ of one side takes at home."""


def _organ(chosen: list[Mention]) -> str | None:
    """The organ that took the step: the key of the institution, else the rank of whoever signed it at home."""
    actors = [actor for mention in chosen for actor in mention.roles.get("parties", Group()).members]
    told = (actor.org or (actor.rank.value if actor.rank is not None else None) for actor in actors if actor.kind in _ORGANS)
    return next((organ for organ in told if organ), None)


_ORGANS = frozenset({"org", "official", "person"})


def _name(draft: Draft) -> str | None:
    """The usual English name of an instrument that has one of its own."""
    objects = [mention.object for mention in draft.mentions if mention.object is not None and "n.accords" in mention.object.tags]
    return next((reading.entry.key for item in objects for reading in item.readings if reading.entry.key), None)


def _vehicle(draft: Draft) -> Vehicle | None:
    """The domestic act that carries the step, when the sentence speaks of one."""
    items = [item for m in draft.mentions for item in (m.trigger, *m.sentence.items)]
    return next((reading.entry.vehicle for item in items for reading in item.readings if reading.entry.vehicle), None)


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


def _only_announced(story: Story, draft: Draft) -> bool:
    """Whether a verb puts it ahead and only nouns speak of it as if it were there ("he will visit ...; the visit is the first")."""
    if draft.type is not EventType.VISIT:
        return False
    verbs = [m for m in draft.mentions if "verb" in m.trigger.tags]
    told = [status_of(story, m) for m in verbs]
    nouns = [m for m in draft.told if m not in verbs and status_of(story, m) in (Status.COMPLETED, Status.ONGOING)]
    return Status.PLANNED in told and set(told) <= {Status.PLANNED, None} and all(m.modality.course == "present" for m in nouns)


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
    if happened and not _only_announced(story, draft):
        return Status.COMPLETED if Status.COMPLETED in happened else Status.ONGOING
    if told and Status.DENIED in told:
        return Status.DENIED
    return Status.PLANNED


def _visit(story: Story, draft: Draft, fields: dict[str, Any]) -> dict[str, Any]:
    status = Status.DENIED if denied(story, draft) else _status(story, draft)
    chosen = [m for m in draft.mentions if status_of(story, m) is status]
    arrival = [m for m in draft.mentions if {"v.arrive", "v.expect", "v.due_in"} & m.trigger.tags and m.when is not None]
    background = fields["discourse"] is Discourse.BACKGROUND
    when = date_from(story, draft, arrival or chosen, planned=status not in (Status.COMPLETED, Status.ONGOING), background=background)
    evidence = list(fields["evidence"]) + [
        evidence_span(story, EvidenceRole.DENIAL, *d.span) for d in story.denials if status is Status.DENIED
    ]
    if (
        (status is Status.ONGOING or (arrival and when.get("basis") is Basis.EXPLICIT))
        and when.get("start") is not None
        and when.get("start") == when.get("end")
    ):
        when["end"] = None
    if status is Status.COMPLETED and when.get("start") == when.get("end") and _only_comes_back(chosen):
        when["start"] = None  # the day of the return ends the stay
    visitors = [actor for m in draft.mentions for actor in m.visitors] + draft.members
    persons = [actor for actor in visitors if actor.kind != "delegation"]
    delegation = any(actor.kind == "delegation" for actor in visitors)
    day = when.get("start") or when.get("end")
    people = as_persons(story, persons if persons and (draft.members or not delegation) else visitors, PersonRole.VISITOR, day)
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
        "purpose": _purpose(draft),
        "duration_days": next((m.duration_days for m in (*draft.mentions, *draft.partial) if m.duration_days), None),
        **({"factuality": Factuality.DENIED, "contested": False} if status is Status.DENIED else {}),
    }


_PURPOSES = {
    EventType.AGREEMENT: Purpose.SIGN_AGREEMENT,
    EventType.MEETING: Purpose.TALKS,
    EventType.EXERCISE: Purpose.EXERCISE,
}


def _purpose(draft: Draft) -> tuple[Purpose, ...]:
    """What the visitor comes for: what the article says is done in the course of the visit."""
    found = [_PURPOSES.get(child.type) for child in draft.children]
    opened = any(str(m.rule.action) == "open_mission" for child in draft.children for m in child.mentions)
    found.append(Purpose.OPEN_MISSION if opened else None)
    return tuple(purpose for purpose in Purpose if purpose in found)


def _only_comes_back(mentions: list[Mention]) -> bool:
    dated = [m for m in mentions if m.when is not None]
    return bool(dated) and all("comes_back" in m.trigger.tags for m in dated)


def _meeting(story: Story, draft: Draft, fields: dict[str, Any]) -> dict[str, Any]:
    status = _status(story, draft)
    chosen = [m for m in draft.mentions if status_of(story, m) is status]
    actors = [actor for m in draft.mentions for actor in m.roles.get("participants", Group()).members]
    background = fields["discourse"] is Discourse.BACKGROUND
    when = date_from(story, draft, chosen, planned=status not in (Status.COMPLETED, Status.ONGOING), background=background)
    place = _place(draft)
    if draft.parent is not None and when.get("basis") is not Basis.EXPLICIT:
        when, place = _within_visit(story, draft.parent, status, when, place)
    people = as_persons(story, actors, PersonRole.PARTICIPANT, when.get("start") or when.get("end"))
    return {"status": status, "date": when, "place": place, "participants": people, "level": level_of(people), "mode": _mode(draft)}


def _mode(draft: Draft) -> Mode:
    """By telephone or video when a mention says so; else in person."""
    for mention in draft.mentions:
        if mention.rule.mode is not None:
            return mention.rule.mode
        if "n.call" in mention.trigger.tags:
            return Mode.PHONE
        if any("by_video" in item.tags for item in mention.sentence.items):
            return Mode.VIDEO
    return Mode.IN_PERSON


def _within_visit(
    story: Story, visit: Draft, status: Status, when: dict[str, Any], place: dict[str, Any]
) -> tuple[dict[str, Any], dict[str, Any]]:
    """Date and place of a meeting that belongs to a visit (ontology C4, C6)."""
    told = min((discourse_of(story, mention) for mention in visit.mentions), key=FRESHEST)
    visit_fields = _visit(story, visit, {"discourse": told, "evidence": ()})
    country = {"country": visit.parties[1]}
    if story.published is None:
        return when, place or country
    if status is Status.PLANNED:
        return event_date(When(story.published, None, Precision.DAY_OR_LATER), Basis.INFERRED), country
    if visit_fields["status"] is Status.ONGOING:
        when = event_date(When(story.published, story.published, Precision.DAY), Basis.INFERRED)
    else:
        when = {**visit_fields["date"], "basis": Basis.INFERRED}
    city = visit_fields["place"].get("city")
    return when, {**country, "city": city} if city else place or country


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


def _relations(story: Story, draft: Draft, fields: dict[str, Any]) -> dict[str, Any]:
    actions = sorted({str(mention.rule.action) for mention in draft.mentions}, key=RELATIONS_ORDER.index)
    planned = looks_ahead(story, draft)
    place = _place(draft)
    mission = next((r.entry.mission for m in draft.mentions if m.object for r in m.object.readings if r.entry.mission), None)
    initiator = next((s for m in draft.mentions for s in m.roles.get("initiator", Group()).states), None)
    sending = next((s for m in draft.mentions for s in m.roles.get("sending", Group()).states), None)
    return {
        "action": RelationsAction(actions[0]),
        "secondary_action": RelationsAction(actions[1]) if len(actions) > 1 else None,
        "status": _relations_status(draft, planned=planned),
        "initiator": initiator,
        "date": shared_date(story, draft, fields),
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


def _relations_status(draft: Draft, *, planned: bool) -> RelationsStatus:
    """Agreed on or approved is announced (ontology 4.4); set for later is planned."""
    if planned and all("agreed" in mention.trigger.tags for mention in draft.mentions):
        return RelationsStatus.ANNOUNCED
    if all("v.ratify" in mention.trigger.tags for mention in draft.mentions):
        return RelationsStatus.ANNOUNCED
    return RelationsStatus.PLANNED if planned else RelationsStatus.DONE


FIELDS_BY_TYPE = {
    EventType.AGREEMENT: _agreement,
    EventType.VISIT: _visit,
    EventType.MEETING: _meeting,
    EventType.SUMMIT: _summit,
    EventType.RELATIONS_CHANGE: _relations,
    EventType.FLIGHTS: flights_fields,
    EventType.EXERCISE: exercise_fields,
    EventType.ARMS_DEAL: arms_fields,
}
