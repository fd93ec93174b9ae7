"""When are an event and a development the same occurrence? Pure tests by type, with the tolerances of the ontology's section 6.

Not here: which of several fitting developments is chosen (`link`).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from schemas.codes import UNIQUE_OFFICES, Domain, EventType, FlightsAction, Instrument, Precision, Rank, RelationsAction, Stage, Status
from schemas.development import Development
from schemas.event import (
    AgreementEvent,
    ArmsDealEvent,
    EventDate,
    ExerciseEvent,
    FlightsEvent,
    MeetingEvent,
    NormalizationEvent,
    Person,
    RelationsChangeEvent,
    SummitEvent,
    VisitEvent,
    persons_of,
)
from schemas.ids import pair_key

# Rule I0: for identity every window is finite.
_CLOSE_NEAR = timedelta(days=10)
_CLOSE_APPROXIMATE = timedelta(days=45)
_ONE_DAY = timedelta(days=1)
_LOOSE = frozenset({Precision.MONTH, Precision.YEAR, Precision.INTERVAL, Precision.APPROX, Precision.APPROX_BEFORE, Precision.APPROX_AFTER})
_APPROXIMATE = frozenset({Precision.APPROX, Precision.APPROX_BEFORE, Precision.APPROX_AFTER})

_DEFENCE_FAMILY = frozenset({Domain.DEFENCE_SECURITY, Domain.MILITARY, Domain.INTELLIGENCE, Domain.ARMS})

PRE_SIGNATURE = frozenset({Stage.PROPOSED, Stage.NEGOTIATING, Stage.ANNOUNCED, Stage.PLANNED, Stage.INITIALLED, Stage.FINALIZED})
INTERRUPTIONS = frozenset({Stage.POSTPONED, Stage.SUSPENDED, Stage.CANCELLED, Stage.REJECTED, Stage.EXPIRED})

_MILITARY_RANKS = frozenset({Rank.MINISTER_DEFENCE, Rank.CHIEF_OF_STAFF, Rank.SENIOR_OFFICER})
_ORG_WORDS = {
    "military": ("defen", "army", "armed forces", "military", "navy", "air force"),
    "parliamentary": ("parliament", "knesset", "house of", "senate", "lawmaker"),
    "intelligence": ("intelligence", "mossad", "shin bet"),
    "business": ("business", "econom", "trade", "compan", "chamber of commerce"),
}

_POSITIVE = frozenset({RelationsAction.ESTABLISH, RelationsAction.RESUME, RelationsAction.UPGRADE, RelationsAction.RECOGNIZE})
_NEGATIVE = frozenset(
    {
        RelationsAction.DOWNGRADE,
        RelationsAction.SUSPEND,
        RelationsAction.RECALL_ENVOY,
        RelationsAction.CLOSE_MISSION,
        RelationsAction.SEVER,
        RelationsAction.EXPEL_ENVOY,
    }
)
_ENVOYS = frozenset({RelationsAction.APPOINT_ENVOY, RelationsAction.EXCHANGE_ENVOYS})


@dataclass(frozen=True, slots=True)
class Window:
    """A finite span of days, both inclusive. `loose` tells that it is known to the month or less exactly."""

    start: date
    end: date
    loose: bool

    def widened(self, days: int) -> Window:
        """The same span with this many days more on both sides."""
        more = timedelta(days=days)
        return Window(_shifted(self.start, -more), _shifted(self.end, more), self.loose)

    def overlaps(self, other: Window) -> bool:
        """Whether they share a day."""
        return self.start <= other.end and other.start <= self.end

    def contains(self, other: Window) -> bool:
        """Whether no day of `other` lies outside."""
        return self.start <= other.start and other.end <= self.end


@dataclass(frozen=True, slots=True)
class Sameness:
    """Why an event and a development are taken for one occurrence: the tests that they passed, and how firmly.

    `dated` is false when no date spoke for it, so that it only counts when there is no other candidate. `exact` counts
    the details that are equal and not merely compatible; of two candidates the one with more wins.
    """

    tests: tuple[str, ...]
    dated: bool = True
    exact: int = 0


def _shifted(day: date, by: timedelta) -> date:
    try:
        return day + by
    except OverflowError:
        return day


def window(when: EventDate) -> Window | None:
    """The finite window of a date, or `None` for one that never matches by date (`unknown_before`, `none`, no bound at all)."""
    if when.precision in (Precision.UNKNOWN_BEFORE, Precision.NONE) or (when.start is None and when.end is None):
        return None
    reach = _CLOSE_APPROXIMATE if when.precision in _APPROXIMATE else _CLOSE_NEAR
    start, end = when.start, when.end
    if start is None:
        assert end is not None
        start = _shifted(end, -reach)
    if end is None:
        end = _shifted(start, reach)
    return Window(min(start, end), max(start, end), when.precision in _LOOSE)


def families(domains: Iterable[Domain]) -> frozenset[str]:
    """The domain families for matching and novelty: defence, the military, intelligence and arms are one; no domain is `general`."""
    found = {"defence" if domain in _DEFENCE_FAMILY else str(domain) for domain in domains}
    return frozenset(found or {str(Domain.GENERAL)})


def fits(event: NormalizationEvent, development: Development) -> Sameness | None:
    """Whether this event tells this development (for an agreement: at the same stage), and why; `None` when it does not."""
    if event.type != development.type:
        return None
    if event.type != EventType.SUMMIT and pair_key(event.parties) != pair_key(development.parties):
        return None
    match event:
        case AgreementEvent():
            return _same_agreement(event, development)
        case VisitEvent():
            return _same_visit(event, development)
        case MeetingEvent():
            return _same_meeting(event, development)
        case SummitEvent():
            return _same_summit(event, development)
        case RelationsChangeEvent():
            return _same_relations_change(event, development)
        case FlightsEvent():
            return _same_flights(event, development)
        case ExerciseEvent():
            return _same_exercise(event, development)
        case ArmsDealEvent():
            return _same_arms_deal(event, development)


# --- agreements: the development is the instrument -------------------------------------------------------------------


def compatible_instrument(event: AgreementEvent, development: Development) -> bool:
    """Whether the event may speak of this development's instrument at all, whatever the stage and date."""
    if event.object_party and development.object_party and event.object_party != development.object_party:
        return False
    return _labels_compatible(event.instrument, development.instrument) and _domains_compatible(event.domains, development.domains)


def stage_date(development: Development, stage: str) -> EventDate | None:
    """When the development reached this stage, as far as it is known; `None` when it is not known to have."""
    return next((entry.date for entry in development.history if entry.value == stage), None)


def further_stage(event: AgreementEvent, development: Development, *, published: date | None) -> bool:
    """Whether the event can be another stage of this instrument: the stage is not there yet and the order of stages holds."""
    if not compatible_instrument(event, development) or stage_date(development, event.stage) is not None:
        return False
    here = window(event.date) or (Window(published, published, False) if published else None)
    signed = stage_date(development, Stage.SIGNED)
    if event.stage in PRE_SIGNATURE:
        # What is still to be signed after the known signature is another text.
        if signed is None:
            return True
        there = window(signed)
        return here is not None and there is not None and here.start <= there.widened(3).end
    if event.stage == Stage.SIGNED:
        later = [window(entry.date) for entry in development.history if entry.value not in PRE_SIGNATURE | INTERRUPTIONS]
        return all(there is None or here is None or here.start <= there.widened(3).end for there in later)
    there = window(signed) if signed else None
    return there is None or here is None or there.start <= here.widened(3).end


def _same_agreement(event: AgreementEvent, development: Development) -> Sameness | None:
    there_date = stage_date(development, event.stage)
    if there_date is None or not compatible_instrument(event, development):
        return None
    here, there = window(event.date), window(there_date)
    exact = (set(event.domains) == set(development.domains)) + (event.instrument == development.instrument)
    tests = ("parties", "domains", "instrument", f"stage {event.stage}")
    if here is None or there is None:
        return Sameness(tests, dated=False, exact=exact)
    if not _widened_by_precision(here, event.date).overlaps(_widened_by_precision(there, there_date)):
        return None
    return Sameness((*tests, "dates overlap"), exact=exact + _same_days(here, there))


def _same_days(a: Window, b: Window) -> int:
    """Two details equal, more than a label: of two candidates that are both near, the one of the very days is meant."""
    return 2 if (a.start, a.end) == (b.start, b.end) else 0


def _widened_by_precision(span: Window, when: EventDate) -> Window:
    return span.widened(3) if when.precision == Precision.DAY else span


def _domains_compatible(a: Iterable[Domain], b: Iterable[Domain]) -> bool:
    ours, theirs = families(a), families(b)
    shared = ours & theirs
    return bool(shared) and (ours <= theirs or theirs <= ours or 2 * len(shared) >= len(ours | theirs))


def _labels_compatible(a: Instrument, b: Instrument | None) -> bool:
    if b is None or a == b:
        return True
    if Instrument.ACCESSION in (a, b):
        return False
    ordinary = {Instrument.MOU, Instrument.AGREEMENT, Instrument.FRAMEWORK_AGREEMENT, Instrument.UNSPECIFIED}
    # "Agreement" is also the general word for any instrument.
    return {a, b} <= ordinary or bool({a, b} & {Instrument.AGREEMENT, Instrument.UNSPECIFIED})


# --- visits ----------------------------------------------------------------------------------------------------------


def _same_visit(event: VisitEvent, development: Development) -> Sameness | None:
    if event.to != development.to or event.from_ != development.from_:
        return None
    who = _same_visitors(event, development)
    if who is None:
        return None
    here, there = window(event.date), window(development.date)
    tests = ("destination", who)
    exact = int(who == "same person")
    if here is None or there is None:
        return Sameness(tests, dated=False, exact=exact) if _undated_visit_possible(event, development) else None
    if here.loose or there.loose:
        contained = here.contains(there) or there.contains(here)
        # Known only to the month or less: it counts when nothing else fits.
        return Sameness((*tests, "window contained"), dated=False, exact=exact) if contained else None
    if not here.widened(2).overlaps(there.widened(2)):
        return None
    return Sameness((*tests, "windows overlap"), exact=exact + _same_days(here, there))


def _undated_visit_possible(event: VisitEvent, development: Development) -> bool:
    """A visit that is still to come is not one that has ended; one that is past has not yet to begin."""
    there = window(development.date)
    published = event.article.published_at
    if there is None or published is None:
        return True
    if event.status in (Status.PLANNED, Status.POSTPONED, Status.CANCELLED, Status.DENIED):
        return there.widened(2).end >= published.date()
    return there.start <= published.date()


def _same_visitors(event: VisitEvent, development: Development) -> str | None:
    ours, theirs = list(event.visitors), list(development.persons)
    if names(ours) & names(theirs):
        return "same person"
    ours_offices, theirs_offices = _offices(ours), _offices(theirs)
    if ours_offices & theirs_offices:
        return "same office and origin"
    if names(ours) and names(theirs):
        return None
    ours_org = organisation(ours, event.delegation_org, delegation=event.delegation)
    theirs_org = organisation(theirs, development.delegation_org, delegation=bool(development.delegation))
    if ours_org is not None and ours_org == theirs_org:
        return f"{ours_org} delegation"
    if "delegation" in (ours_org, theirs_org):
        # A delegation of which nothing is told may be any group of that day.
        return "a delegation"
    return None


def names(persons: Iterable[Person]) -> frozenset[str]:
    """The names that are given, folded for comparison."""
    return frozenset(" ".join(person.name.casefold().split()) for person in persons if person.name)


def _offices(persons: Iterable[Person]) -> frozenset[tuple[str | None, str]]:
    unique = {(person.country, str(person.rank)) for person in persons if person.rank in UNIQUE_OFFICES}
    ordinary = {
        (person.country, f"{person.rank}:{person.office.casefold()}")
        for person in persons
        if person.office and person.rank not in UNIQUE_OFFICES and not person.name
    }
    return frozenset(unique | ordinary)


def organisation(persons: Sequence[Person], org: str | None, *, delegation: bool) -> str | None:
    """The family of the organisation that travels: `military`, `parliamentary`, …, `delegation` when unknown, `None` for single persons."""
    words = " ".join([org or "", *(person.office or "" for person in persons)]).casefold()
    ranks = {person.rank for person in persons}
    if ranks & _MILITARY_RANKS:
        return "military"
    if Rank.LAWMAKER in ranks or Rank.SPEAKER in ranks:
        return "parliamentary"
    if Rank.INTEL_CHIEF in ranks:
        return "intelligence"
    if Rank.BUSINESS in ranks:
        return "business"
    for family, stems in _ORG_WORDS.items():
        if any(stem in words for stem in stems):
            return family
    return "delegation" if delegation or (not names(persons) and ranks <= {Rank.DELEGATION, Rank.UNKNOWN}) else None


# --- the other types -------------------------------------------------------------------------------------------------


def _same_meeting(event: MeetingEvent, development: Development) -> Sameness | None:
    sides = [party for party in event.parties if _same_side(persons_of(event), development.persons, party)]
    if len(sides) < len(event.parties):
        return None
    return _by_date(event, development, days=1, tests=("offices of both sides",))


def _same_side(ours: Iterable[Person], theirs: Iterable[Person], party: str) -> bool:
    a = [person for person in ours if person.country == party]
    b = [person for person in theirs if person.country == party]
    if not a or not b:
        return not a and not b
    return bool(names(a) & names(b) or _offices(a) & _offices(b) or (not names(a) and not names(b) and not _offices(a) and not _offices(b)))


def _same_summit(event: SummitEvent, development: Development) -> Sameness | None:
    ours, theirs = set(event.parties), set(development.parties)
    if 3 * len(ours & theirs) < 2 * min(len(ours), len(theirs)):
        return None
    city = event.place.city and event.place.city == development.place.city
    host = (event.host or event.place.country) and (event.host or event.place.country) == development.place.country
    if not (city or host):
        return None
    return _by_date(event, development, days=3, tests=("participants", "place" if city else "host"), exact=int(ours == theirs))


def _same_relations_change(event: RelationsChangeEvent, development: Development) -> Sameness | None:
    action = development.action
    same_group = action == event.action or any({action, event.action} <= group for group in (_POSITIVE, _NEGATIVE, _ENVOYS))
    if not same_group or (event.mission and development.mission and event.mission.kind != development.mission.kind):
        return None
    here, there = window(event.date), window(development.date)
    if here is not None and there is not None and (here.loose or there.loose):
        if not (here.contains(there) or there.contains(here)):
            return None
        return Sameness(("pair", "polarity", "window contained"), exact=int(action == event.action))
    return _by_date(event, development, days=3, tests=("pair", "polarity"), exact=int(action == event.action))


def _same_flights(event: FlightsEvent, development: Development) -> Sameness | None:
    if FlightsAction(event.action) != development.action:
        return None
    if event.carrier and development.carrier and event.carrier.casefold() != development.carrier.casefold():
        return None
    return _by_date(event, development, days=7, tests=("pair", "action"))


def _same_exercise(event: ExerciseEvent, development: Development) -> Sameness | None:
    return _by_date(event, development, days=0, tests=("participants",))


def _same_arms_deal(event: ArmsDealEvent, development: Development) -> Sameness | None:
    # Rule A3: the same item for the same buyer within 18 months is the same deal.
    if (event.seller, event.buyer, event.item_class) != (development.seller, development.buyer, development.item_class):
        return None
    return _by_date(event, development, days=548, tests=("seller and buyer", "item class"))


def _by_date(event: NormalizationEvent, development: Development, *, days: int, tests: tuple[str, ...], exact: int = 0) -> Sameness | None:
    here, there = window(event.date), window(development.date)
    if here is None or there is None:
        return Sameness(tests, dated=False, exact=exact)
    if not here.widened(days).overlaps(there):
        return None
    return Sameness((*tests, f"windows overlap within {days} days"), exact=exact + _same_days(here, there))


def canonical_key(event: NormalizationEvent) -> str:
    """A readable name of the occurrence, as in `visit|ISR>MAR|minister_defence:benny gantz|2021-W47`; for people, not for matching."""
    span = window(event.date)
    when = "undated" if span is None else f"{span.start.isocalendar().year}-W{span.start.isocalendar().week:02d}"
    match event:
        case AgreementEvent():
            what = f"{pair_key(event.parties)}|{event.instrument}:{'+'.join(sorted(families(event.domains)))}:{event.stage}"
        case VisitEvent():
            who = "+".join(f"{p.rank}:{(p.name or p.office or '').casefold()}" for p in event.visitors) or "unknown"
            what = f"{event.from_}>{event.to}|{who}"
        case RelationsChangeEvent() | FlightsEvent():
            what = f"{pair_key(event.parties)}|{event.action}"
        case ArmsDealEvent():
            what = f"{event.seller}>{event.buyer}:{event.item_class}"
        case _:
            what = pair_key(event.parties)
    return f"{event.type}|{what}|{when}"
