"""`NormalizationEvent`: one occurrence as ONE article reports it, in eight types, with the spans that prove it.

The types form a union told apart by `type`. Fields that the text does not speak of are null or empty.
"""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from pydantic import Field, TypeAdapter, field_validator

from schemas.article import ArticleRef
from schemas.base import Contract, CountryCode, Identifier
from schemas.codes import (
    ActorLevel,
    ArmsStage,
    Basis,
    Discourse,
    Domain,
    EventType,
    EvidenceRole,
    ExerciseRole,
    Factuality,
    FirstScope,
    FlightsAction,
    FlightsStatus,
    Instrument,
    ItemClass,
    Level,
    MissionKind,
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

MAX_EVENTS = 200
"""Events an article, at most."""
MAX_SPANS = 50
"""Evidence spans an event, at most."""
MAX_SPAN_CHARS = 300
"""Code points a quoted span, at most."""


class Extractor(Contract):
    """Which program said so: `lexicon` is the hash of all language data."""

    name: str = "musafaha"
    version: str
    lexicon: str


class EventDate(Contract):
    """When: both days inclusive, a null bound is open. `text` is the expression in the article."""

    start: date | None = None
    end: date | None = None
    precision: Precision = Precision.NONE
    basis: Basis | None = None
    text: str | None = None


class Place(Contract):
    """Where; `city` in its usual English spelling."""

    country: CountryCode | None = None
    city: str | None = None
    site: str | None = None


class Person(Contract):
    """Someone who takes part. `name` is the usual English spelling; `office` is the office as the text gives it, in English."""

    name: str | None = None
    name_in_text: str | None = None
    country: CountryCode | None = None
    office: str | None = None
    rank: Rank = Rank.UNKNOWN
    role: PersonRole


class First(Contract):
    """What the text itself says of being the first. *First since 2003* is not a first: `is_first` false, `since` 2003."""

    is_first: bool
    scope: FirstScope | None = None
    text_scope: str | None = None
    claimed_by: str | None = None
    since: str | None = None


class Evidence(Contract):
    """A span of the article: code points `start` (inclusive) to `end` (exclusive) of `text`."""

    role: EvidenceRole
    start: Annotated[int, Field(ge=0)]
    end: Annotated[int, Field(ge=0)]
    quote: Annotated[str, Field(max_length=MAX_SPAN_CHARS)]


class Plover(Contract):
    """The PLOVER code: event, mode and contexts. `event` is null where PLOVER has no code."""

    event: str | None = None
    mode: str | None = None
    context: tuple[str, ...] = ()


class Mission(Contract):
    """A diplomatic mission: whose it is and where."""

    kind: MissionKind
    sending: CountryCode | None = None
    receiving: CountryCode | None = None
    city: str | None = None


class Endpoint(Contract):
    """One end of an air route."""

    country: CountryCode | None = None
    city: str | None = None


class Amount(Contract):
    """A sum of money; `currency` is an ISO 4217 code."""

    value: float
    currency: str | None = None


class EventBase(Contract):
    """What every event has, whatever its type."""

    id: Identifier
    parties: Annotated[tuple[CountryCode, ...], Field(min_length=2)]
    object_party: CountryCode | None = None
    initiator: CountryCode | None = None
    actor_level: ActorLevel = ActorLevel.STATE
    date: EventDate = EventDate()
    place: Place = Place()
    factuality: Factuality = Factuality.ASSERTED
    contested: bool = False
    attribution: str | None = None
    discourse: Discourse
    first: First | None = None
    part_of: Identifier | None = None
    trip_id: Identifier | None = None
    aggregate: bool = False
    count: Annotated[int, Field(ge=1)] = 1
    flags: tuple[str, ...] = ()
    canonical_hint: dict[str, str] | None = None
    confidence: Annotated[float, Field(ge=0, le=1)]
    evidence: Annotated[tuple[Evidence, ...], Field(max_length=MAX_SPANS)] = ()
    rules: tuple[str, ...] = ()
    plover: Plover = Plover()
    cameo: tuple[str, ...] = ()
    article: ArticleRef
    extractor: Extractor

    @field_validator("parties")
    @classmethod
    def _distinct(cls, parties: tuple[str, ...]) -> tuple[str, ...]:
        if len(set(parties)) != len(parties):
            raise ValueError("a state is named twice among the parties")
        return parties


class AgreementEvent(EventBase):
    """Parties adopt, change or end a written common text."""

    type: Literal[EventType.AGREEMENT] = EventType.AGREEMENT
    stage: Stage
    instrument: Instrument = Instrument.UNSPECIFIED
    instrument_id: str | None = None
    name: str | None = None
    domains: tuple[Domain, ...] = ()
    signatories: tuple[Person, ...] = ()
    vehicle: Vehicle | None = None
    actor_of_stage: str | None = None


class VisitEvent(EventBase):
    """Officials, a delegation or notable persons of one side travel to the other side's territory."""

    type: Literal[EventType.VISIT] = EventType.VISIT
    status: Status
    visitors: tuple[Person, ...] = ()
    from_: CountryCode | None = Field(default=None, alias="from")
    to: CountryCode | None = None
    cities: tuple[str, ...] = ()
    delegation: bool = False
    delegation_org: str | None = None
    official: bool | None = None
    secret: bool | None = None
    purpose: tuple[Purpose, ...] = ()
    duration_days: Annotated[int, Field(ge=1)] | None = None


class MeetingEvent(EventBase):
    """Talks between officials of two sides."""

    type: Literal[EventType.MEETING] = EventType.MEETING
    status: Status
    level: Level | None = None
    mode: Mode = Mode.IN_PERSON
    participants: tuple[Person, ...] = ()


class SummitEvent(EventBase):
    """At least three states at ministerial level or above gather."""

    type: Literal[EventType.SUMMIT] = EventType.SUMMIT
    status: Status
    level: Level | None = None
    host: CountryCode | None = None
    name: str | None = None
    edition: str | None = None
    participants: tuple[Person, ...] = ()


class RelationsChangeEvent(EventBase):
    """Relations between two states begin, end, rise or fall; missions and envoys come and go."""

    type: Literal[EventType.RELATIONS_CHANGE] = EventType.RELATIONS_CHANGE
    action: RelationsAction
    secondary_action: RelationsAction | None = None
    status: RelationsStatus = RelationsStatus.DONE
    mission: Mission | None = None


class FlightsEvent(EventBase):
    """An air route or an airspace opens, closes, is announced."""

    type: Literal[EventType.FLIGHTS] = EventType.FLIGHTS
    action: FlightsAction
    status: FlightsStatus = FlightsStatus.DONE
    carrier: str | None = None
    origin: Endpoint = Endpoint()
    destination: Endpoint = Endpoint()
    direct: bool | None = None
    commercial: bool | None = None
    frequency: str | None = None


class ExerciseEvent(EventBase):
    """A military drill in which both sides take part."""

    type: Literal[EventType.EXERCISE] = EventType.EXERCISE
    status: Status
    name: str | None = None
    edition: str | None = None
    host: CountryCode | None = None
    roles: dict[CountryCode, ExerciseRole] = Field(default_factory=dict)


class ArmsDealEvent(EventBase):
    """Sale, licence, joint production or delivery of defence or surveillance goods."""

    type: Literal[EventType.ARMS_DEAL] = EventType.ARMS_DEAL
    stage: ArmsStage
    seller: CountryCode | None = None
    seller_org: str | None = None
    buyer: CountryCode | None = None
    item: str | None = None
    item_class: ItemClass = ItemClass.OTHER
    amount: Amount | None = None


NormalizationEvent = Annotated[
    AgreementEvent | VisitEvent | MeetingEvent | SummitEvent | RelationsChangeEvent | FlightsEvent | ExerciseEvent | ArmsDealEvent,
    Field(discriminator="type"),
]
"""One event of any type; `type` tells which."""

EVENT: TypeAdapter[NormalizationEvent] = TypeAdapter(NormalizationEvent)
"""Reads and writes an event of any type."""


def persons_of(event: NormalizationEvent) -> tuple[Person, ...]:
    """Everybody who takes part, whatever the type calls them."""
    match event:
        case AgreementEvent():
            return event.signatories
        case VisitEvent():
            return event.visitors
        case MeetingEvent() | SummitEvent():
            return event.participants
        case _:
            return ()
