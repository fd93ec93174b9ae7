"""What a word of a language stands for."""

from __future__ import annotations

from dataclasses import dataclass

from schemas.codes import ActorLevel, Domain, Instrument, ItemClass, MissionKind, Rank, Vehicle


@dataclass(frozen=True, slots=True)
class Entry:
    """What a form stands for; the fields mean what they mean in `data.Word`."""

    classes: frozenset[str]
    lemma: str
    iso: str | None = None
    key: str | None = None
    rank: Rank | None = None
    level: ActorLevel | None = None
    domains: tuple[Domain, ...] = ()
    number: int | None = None
    instrument: Instrument | None = None
    vehicle: Vehicle | None = None
    mission: MissionKind | None = None
    item: ItemClass | None = None
    raw: str | None = None
