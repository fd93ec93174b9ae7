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
    RelationsAction,
    Stage,
)
from schemas.event import EventDate, Person, Place


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
    """One occurrence with what its reports together say of it."""

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
