"""Who can act, as values: an actor as the text names it, and a group of actors joined by "and".

Not here: how they are found (`find`, `nounphrases`, `lists`), and what they do (`clauses`).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache

from schemas.codes import UNIQUE_OFFICES, ActorLevel, Rank
from services.extract.engine.words.items import Item

PEOPLE = ("official", "person", "delegation")
"""Kinds of actors who meet and travel."""
PLACES = ("state", "capital", "city")
"""Kinds of actors where one can be."""
TOP_RANKS = frozenset({Rank.HEAD_OF_STATE, Rank.CROWN_PRINCE, Rank.HEAD_OF_GOVERNMENT})
ANY_COMPANY = "company"
"""The key of a word for a company whatever its name."""
FIELD = "field="
"""Before the ministry that a minister is told to head, among his tags."""
MARKS = frozenset(
    {
        *("conj", "to", "in", "like", "p.to", "p.in", "p.from", "p.with", "p.on", "p.between", "p.by", "p.at", "p.beside"),
        *("p.plus",),
        *("p.of", "p.obj", "p.between_to", "p.other", "p.for"),
    }
)
"""What the words in front of an actor tell of it; "p.obj" that a verb acts on it, "p.between_to" that "to" joins what "between" opens."""


@dataclass(slots=True, eq=False)
class Actor:
    """One actor as the text names it. `start` and `end` are offsets in `Text.norm`, `name` those of the name."""

    kind: str  # state, capital, city, org, delegation, official, person
    start: int
    end: int
    iso: str | None = None
    rank: Rank | None = None
    office: str | None = None
    person: str | None = None
    name: tuple[int, int] | None = None
    head: tuple[int, int] | None = None
    level: ActorLevel = ActorLevel.STATE
    plural: bool = False
    definite: bool = False
    org: str | None = None
    city: str | None = None
    implicit: bool = False
    host: Item | None = None  # the state that an envoy is accredited to
    tags: frozenset[str] = frozenset()


LEVELS = {ActorLevel.STATE: 0, ActorLevel.CORPORATE: 1, ActorLevel.NON_STATE: 2}
"""The less official, the higher."""


@dataclass(slots=True, eq=False)
class Group:
    """Actors joined by "and"; the value of an item tagged `actor`."""

    members: list[Actor] = field(default_factory=list)

    @property
    def states(self) -> list[str]:
        """The states of the members, each once, in order."""
        return list(dict.fromkeys(member.iso for member in self.members if member.iso))

    @property
    def level(self) -> ActorLevel:
        """The least official of the members."""
        return max((member.level for member in self.members), key=LEVELS.__getitem__, default=ActorLevel.STATE)


NAMES_STATE = frozenset({"state", "capital"})
LISTED = NAMES_STATE | {"person", "official", "delegation"}
"""What may stand in a list with commas."""


def is_unique_office(rank: Rank) -> bool:
    """Whether a state has one holder of this rank at a time."""
    return rank in UNIQUE_OFFICES


@lru_cache(maxsize=8_192)
def _marked(first: frozenset[str], tags: frozenset[str], poss: bool) -> frozenset[str]:
    """The tags of a phrase that begins with a word of tags `first`; kept, since the same ones come again and again."""
    return (first & MARKS).union(tags, ("actor", "poss") if poss else ("actor",))


def as_item(actor: Actor, items: list[Item], at: int, last: Item, tags: frozenset[str]) -> Item:
    """The noun phrase of `actor`, from the word at `at` to `last`, as one item of its sentence."""
    first = items[at]
    marks = _marked(first.tags, tags, "poss" in last.tags)
    return Item(first.start, max(last.end, actor.end), first.first, last.last, marks, first.readings, Group([actor]), first.lead)
