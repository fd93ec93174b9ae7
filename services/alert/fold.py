"""What the reports of a development together say: many events in, one `Development` out (pure).

Reports that are no mere background decide; of two that disagree the firmer statement and then the earlier article wins.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Sequence
from datetime import UTC, datetime
from typing import TypeVar

from schemas.codes import (
    ActorLevel,
    Discourse,
    EventType,
    Factuality,
    Instrument,
    Precision,
    Stage,
    Status,
)
from schemas.development import Development, DevelopmentState, HistoryEntry
from schemas.event import (
    AgreementEvent,
    ArmsDealEvent,
    EventDate,
    ExerciseEvent,
    FlightsEvent,
    MeetingEvent,
    NormalizationEvent,
    Person,
    Place,
    RelationsChangeEvent,
    SummitEvent,
    VisitEvent,
    persons_of,
)
from services.alert.identity import INTERRUPTIONS, PRE_SIGNATURE, window
from services.alert.ports import Report

MAX_PERSONS = 20
MAX_HISTORY = 20

_LAST = datetime.max.replace(tzinfo=UTC)
_FACTUALITY = list(Factuality)
_ACTOR_LEVEL = list(ActorLevel)
# From the most to the least exact; a bound that is open makes a date vaguer than any closed one of its kind.
_PRECISION = [
    Precision.DAY,
    Precision.WEEK,
    Precision.DECADE,
    Precision.WEEK_LOOSE,
    Precision.ON_OR_BEFORE,
    Precision.DAY_OR_LATER,
    Precision.MONTH,
    Precision.APPROX,
    Precision.INTERVAL,
    Precision.YEAR,
    Precision.APPROX_BEFORE,
    Precision.APPROX_AFTER,
    Precision.UNKNOWN_BEFORE,
    Precision.NONE,
]
# Where mentions differ, the most specific label is taken (ontology 4.1).
_INSTRUMENT = [Instrument.MOU, Instrument.FRAMEWORK_AGREEMENT]
_VAGUE_INSTRUMENT = [Instrument.AGREEMENT, Instrument.UNSPECIFIED]

_COURSE = [Status.PLANNED, Status.ONGOING, Status.COMPLETED]
_PROGRESS = [stage for stage in Stage if stage not in INTERRUPTIONS]

Item = TypeVar("Item")


def fold(development: Development, reports: Sequence[Report]) -> Development:
    """The development with what `reports` say; without any it stays as it was, as `retracted`, so that it can still be matched."""
    if not reports:
        return development.model_copy(update={"state": DevelopmentState.RETRACTED, "reports": 0, "independent_sources": 0})
    told = sorted((report.event for report in reports), key=_order_of_telling)
    fresh = [event for event in told if event.discourse != Discourse.BACKGROUND] or told
    trusted = sorted(fresh, key=_trust)
    first = fresh[0]
    published = [event.article.published_at for event in told if event.article.published_at is not None]
    common: dict[str, object] = {
        "id": development.id,
        "type": EventType(first.type),
        "parties": _union(event.parties for event in fresh) if first.type == EventType.SUMMIT else first.parties,
        "object_party": _first(event.object_party for event in trusted),
        "actor_level": min((event.actor_level for event in fresh), key=_ACTOR_LEVEL.index),
        "date": best_date(trusted),
        "place": _place(trusted),
        "persons": _persons(trusted),
        "factuality": trusted[0].factuality,
        "contested": any(event.contested for event in fresh),
        "state": DevelopmentState.ACTIVE,
        "history": _history(told, fresh),
        "flags": _union([*(event.flags for event in fresh), ("ambiguous_link",) if any(r.ambiguous for r in reports) else ()]),
        "first_reported_at": min(published, default=None),
        "last_reported_at": max(published, default=None),
        "reports": len(reports),
        "independent_sources": len({event.article.source.id or f"article {event.article.id}" for event in told}),
    }
    return Development.model_validate(common | _specific(fresh, trusted))


def _specific(fresh: Sequence[NormalizationEvent], trusted: Sequence[NormalizationEvent]) -> dict[str, object]:
    match fresh[0]:
        case AgreementEvent():
            agreements = [event for event in fresh if isinstance(event, AgreementEvent)]
            return {
                "stage": _stage(agreements),
                "instrument": _instrument(agreements),
                "domains": _union(event.domains for event in agreements),
                "date": best_date(_at_stage(trusted, Stage.SIGNED) or _at_stage(trusted, _stage(agreements)) or trusted),
            }
        case VisitEvent() as visit:
            visits = [event for event in fresh if isinstance(event, VisitEvent)]
            return {
                "status": _status([event.status for event in visits]),
                "from": visit.from_,
                "to": visit.to,
                "delegation": any(event.delegation for event in visits),
                "delegation_org": _first(event.delegation_org for event in visits),
                "place": _visit_place(visits, trusted),
            }
        case MeetingEvent() | SummitEvent() | ExerciseEvent():
            return {"status": _status([e.status for e in fresh if isinstance(e, MeetingEvent | SummitEvent | ExerciseEvent)])}
        case RelationsChangeEvent() as change:
            return {"action": change.action, "status": str(change.status), "mission": change.mission}
        case FlightsEvent() as flights:
            return {"action": flights.action, "status": str(flights.status), "carrier": flights.carrier}
        case ArmsDealEvent() as deal:
            return {
                "stage": str([event.stage for event in fresh if isinstance(event, ArmsDealEvent)][-1]),
                "seller": deal.seller,
                "buyer": deal.buyer,
                "item_class": deal.item_class,
            }


def _order_of_telling(event: NormalizationEvent) -> tuple[datetime, str, str]:
    """By publication, missing dates last; then by article and slot, so that the order never depends on chance."""
    return (event.article.published_at or _LAST, event.article.id, event.id)


def _trust(event: NormalizationEvent) -> tuple[int, datetime, str, str]:
    return (_FACTUALITY.index(event.factuality), *_order_of_telling(event))


def _first(values: Iterable[Item | None]) -> Item | None:
    return next((value for value in values if value is not None), None)


def _union(groups: Iterable[Iterable[Hashable]]) -> tuple[Hashable, ...]:
    return tuple(dict.fromkeys(value for group in groups for value in group))


def best_date(events: Sequence[NormalizationEvent]) -> EventDate:
    """The most exact date that is given; of equally exact ones the first in the order of `events`."""
    return min((event.date for event in events), key=lambda when: _PRECISION.index(when.precision))


def state_of(event: NormalizationEvent) -> str:
    """Stage, status or action of an event: the value that its history row carries."""
    match event:
        case AgreementEvent() | ArmsDealEvent():
            return str(event.stage)
        case RelationsChangeEvent() | FlightsEvent():
            return str(event.action)
        case _:
            return str(event.status)


def _history(told: Sequence[NormalizationEvent], fresh: Sequence[NormalizationEvent]) -> tuple[HistoryEntry, ...]:
    """One row a value, with its most exact date, in the order of dates. Background gives rows but never overrules a fresh date."""
    by_value: dict[str, list[NormalizationEvent]] = {}
    for event in told:
        by_value.setdefault(state_of(event), []).append(event)
    rows = []
    for value, events in by_value.items():
        deciding = sorted([event for event in events if event in fresh] or events, key=_trust)
        when = best_date(deciding)
        source = next(event for event in deciding if event.date == when)
        rows.append(HistoryEntry(value=value, date=when, event=source.id, article=source.article.id))
    return tuple(sorted(rows, key=_row_order)[:MAX_HISTORY])


def _row_order(row: HistoryEntry) -> tuple[bool, str, str]:
    span = window(row.date)
    return (span is None, span.end.isoformat() if span else "", row.value)


def _at_stage(events: Sequence[NormalizationEvent], stage: Stage) -> list[NormalizationEvent]:
    return [event for event in events if isinstance(event, AgreementEvent) and event.stage == stage]


def _stage(events: Sequence[AgreementEvent]) -> Stage:
    """The stage reached, in the order of telling: progress never goes back, an interruption stands until progress is told after it."""
    current = events[0].stage
    for event in events[1:]:
        current = _next_stage(current, event.stage)
    return current


def _next_stage(current: Stage, told: Stage) -> Stage:
    if told in INTERRUPTIONS:
        # A signature that is put off or refused was not yet given; one that was given can only be undone.
        undone = told in (Stage.SUSPENDED, Stage.CANCELLED, Stage.EXPIRED)
        return told if undone or current in PRE_SIGNATURE | INTERRUPTIONS else current
    if current in INTERRUPTIONS:
        return told
    return max(current, told, key=_PROGRESS.index)


def _status(statuses: Sequence[Status]) -> Status:
    """The course in the order of telling (rule I3): it goes forward; what was put off or called off may be announced again."""
    current = statuses[0]
    for told in statuses[1:]:
        current = _next_status(current, told)
    return current


def _next_status(current: Status, told: Status) -> Status:
    if told in _COURSE:
        return max(current, told, key=_COURSE.index) if current in _COURSE else told
    # Postponed, cancelled, refused, denied: only what had not begun can be put off or called off.
    return told if current not in (Status.ONGOING, Status.COMPLETED) else current


def _instrument(events: Sequence[AgreementEvent]) -> Instrument:
    seen = [event.instrument for event in events]
    for label in _INSTRUMENT:
        if label in seen:
            return label
    named = [label for label in seen if label not in _VAGUE_INSTRUMENT]
    return named[0] if named else min(seen, key=_VAGUE_INSTRUMENT.index)


def _place(events: Sequence[NormalizationEvent]) -> Place:
    return _most_detailed(event.place for event in events)


def _visit_place(visits: Sequence[VisitEvent], trusted: Sequence[NormalizationEvent]) -> Place:
    place = _place(trusted)
    cities = _union(visit.cities for visit in visits)
    city = place.city or (str(cities[0]) if len(cities) == 1 else None)
    return Place(country=place.country or visits[0].to, city=city, site=place.site)


def _most_detailed(places: Iterable[Place]) -> Place:
    detail: Callable[[Place], int] = lambda place: 2 * (place.city is not None) + (place.country is not None)  # noqa: E731 - a key, not a function
    return max(places, key=detail)


def _persons(events: Sequence[NormalizationEvent]) -> tuple[Person, ...]:
    """Everybody once: by name, and without a name by office; a nameless holder gives way to a named one of the same office."""
    found: dict[tuple[object, ...], Person] = {}
    for event in events:
        for person in persons_of(event):
            key = (
                ("name", person.name.casefold(), person.role)
                if person.name
                else ("office", person.country, person.rank, person.office, person.role)
            )
            found.setdefault(key, person)
    named = {(person.country, person.rank, person.role) for person in found.values() if person.name}
    kept = [
        person for person in found.values() if person.name or (person.country, person.rank, person.role) not in named or len(events) == 1
    ]
    return tuple(kept[:MAX_PERSONS])
