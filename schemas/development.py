"""`Development`: one real-world occurrence, whatever the number of articles, languages and days."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

from pydantic import Field

from schemas.base import Contract, CountryCode, Identifier, Instant
from schemas.codes import (
    ActorLevel,
    Domain,
    EventType,
    Factuality,
    FlightsAction,
    Instrument,
    ItemClass,
    RelationsAction,
    Stage,
)
from schemas.event import EventDate, Mission, Person, Place


class DevelopmentState(StrEnum):
    """A development without reports stays, as `retracted`, and may revive."""

    ACTIVE = "active"
    RETRACTED = "retracted"


class HistoryEntry(Contract):
    """One step in the life of a development: which stage or status, when, and which event says so."""

    value: str
    date: EventDate
    event: Identifier
    article: Identifier


class Development(Contract):
    """One occurrence with what its reports together say of it. Fields that belong to another type are null."""

    id: Identifier
    type: EventType
    parties: tuple[CountryCode, ...]
    object_party: CountryCode | None = None
    actor_level: ActorLevel = ActorLevel.STATE
    stage: Stage | str | None = None
    status: str | None = None
    action: RelationsAction | FlightsAction | None = None
    instrument: Instrument | None = None
    domains: tuple[Domain, ...] = ()
    from_: CountryCode | None = Field(default=None, alias="from")
    to: CountryCode | None = None
    delegation: bool | None = None
    delegation_org: str | None = None
    mission: Mission | None = None
    carrier: str | None = None
    seller: CountryCode | None = None
    buyer: CountryCode | None = None
    item_class: ItemClass | None = None
    date: EventDate = EventDate()
    place: Place = Place()
    persons: tuple[Person, ...] = ()
    factuality: Factuality = Factuality.ASSERTED
    contested: bool = False
    state: DevelopmentState = DevelopmentState.ACTIVE
    history: tuple[HistoryEntry, ...] = ()
    flags: tuple[str, ...] = ()
    first_reported_at: Instant | None = None
    last_reported_at: Instant | None = None
    reports: Annotated[int, Field(ge=0)] = 0
    independent_sources: Annotated[int, Field(ge=0)] = 0
