"""Actors as persons of the contract: usual names, offices at the date of the event, ranks; each person once."""

from __future__ import annotations

from datetime import date
from typing import Any

from schemas.codes import (
    UNIQUE_OFFICES,
    Level,
    PersonRole,
    Rank,
)
from services.extract.engine.events.story import Story
from services.extract.engine.knowledge.lexicon import Lexicon
from services.extract.engine.phrases.actors import TOP_RANKS, Actor

MINISTERS = TOP_RANKS | {Rank.MINISTER_FOREIGN, Rank.MINISTER_DEFENCE, Rank.MINISTER_OTHER}


def _person(story: Story, actor: Actor, role: PersonRole, day: date | None) -> dict[str, Any]:
    lexicon: Lexicon = story.lexicon
    known = lexicon.persons.get(actor.person) if actor.person else None
    office = known.office_at(day or story.published) if known else None
    rank: Rank | None = None if actor.rank is Rank.UNKNOWN else actor.rank
    vague = (
        rank in (Rank.DELEGATION, Rank.MINISTER_OTHER, Rank.SENIOR_OFFICER)
        and office is not None
        and office.rank is not Rank.FORMER_OFFICIAL
    )
    if office is not None and (rank is None or vague):
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


def as_persons(story: Story, actors: list[Actor], role: PersonRole, day: date | None) -> tuple[dict[str, Any], ...]:
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


def level_of(people: tuple[dict[str, Any], ...]) -> Level:
    ranks = [p["rank"] for p in people]
    if ranks and all(rank in TOP_RANKS for rank in ranks):
        return Level.HEADS
    if ranks and all(rank is Rank.MINISTER_FOREIGN for rank in ranks):
        return Level.FOREIGN_MINISTERS
    if ranks and all(rank is Rank.MINISTER_DEFENCE for rank in ranks):
        return Level.DEFENCE_MINISTERS
    if ranks and all(rank in (Rank.SPEAKER, Rank.LAWMAKER) for rank in ranks):
        return Level.PARLIAMENTARY
    if any(rank in (Rank.CHIEF_OF_STAFF, Rank.SENIOR_OFFICER) for rank in ranks):
        return Level.MILITARY
    if any(rank is Rank.INTEL_CHIEF for rank in ranks):
        return Level.INTELLIGENCE
    return Level.MINISTERIAL if any(rank in MINISTERS for rank in ranks) else Level.SENIOR_OFFICIALS
