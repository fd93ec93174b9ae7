"""Which states have a throne: an outlet of a republic speaks of somebody else's crown prince."""

from __future__ import annotations

from collections.abc import Mapping

from schemas.codes import Rank
from services.extract.engine.knowledge.lexicon import Person
from services.extract.engine.phrases.actors import Actor

THRONES = frozenset({"king", "emir", "sultan"})


def has_throne(actor: Actor, state: str, persons: Mapping[str, Person]) -> bool:
    """Whether `state` can be whose king or crown prince is named; of any other office it always can."""
    if actor.rank is not Rank.CROWN_PRINCE and actor.office not in THRONES:
        return True
    offices = (office for person in persons.values() if person.country == state for office in person.offices)
    return any(office.rank is actor.rank and (office.rank is Rank.CROWN_PRINCE or office.office in THRONES) for office in offices)
