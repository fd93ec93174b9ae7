"""What a rule finds in a sentence: one mention of an event, with the words that fill its slots. Mentions become events in `merge`."""

from __future__ import annotations

from dataclasses import dataclass, field
from operator import attrgetter

from schemas.codes import Domain, EventType, EvidenceRole
from services.extract.engine.knowledge.data import RuleData
from services.extract.engine.phrases.actors import Actor, Group
from services.extract.engine.words.dates import When
from services.extract.engine.words.items import Item, Sentence

Span = tuple[EvidenceRole, int, int]


def party_span(actor: Actor) -> Span:
    """Where a party is named; one whose state goes unsaid has a role of its own (ontology S7)."""
    role = EvidenceRole.IMPLICIT_PARTY if actor.implicit and actor.person is None else EvidenceRole.PARTY
    return role, actor.start, actor.end


@dataclass(frozen=True, slots=True)
class Skip:
    """A place that looked like an event and gave none: where (offsets in `Text.norm`), which rule, why."""

    sentence: int
    start: int
    end: int
    rule: str
    reason: str


@dataclass(slots=True)
class Modality:
    """How the clause puts it: happened, presented, planned, or one of the courses below."""

    course: str = "past"  # past, present, future, noun, negated, hypothetical, invited, denied, cancelled, postponed
    during: bool = False
    after: bool = False
    completed: bool = False
    background: bool = False
    refused: bool = False
    old: bool = False
    ended: bool = False
    will_not: bool = False

    def copy(self) -> Modality:
        """Another one that says the same."""
        return Modality(*_VALUES(self))


_VALUES = attrgetter(*Modality.__slots__)


@dataclass(slots=True, eq=False)
class Mention:
    """One mention of one event."""

    type: EventType
    rule: RuleData
    sentence: Sentence
    trigger: Item
    modality: Modality
    parties: list[str]
    roles: dict[str, Group] = field(default_factory=dict)
    object: Item | None = None
    evidence: list[Span] = field(default_factory=list)
    when: When | None = None
    date_span: tuple[int, int] | None = None
    announced: When | None = None
    period: When | None = None
    domains: tuple[Domain, ...] = ()
    count: int = 1
    ahead: bool = False
    carried_ahead: bool = False
    weight: float = 1.0
    reported: bool = False
    claimed: bool = False
    place: Actor | None = None
    destination: Actor | None = None
    visitors: list[Actor] = field(default_factory=list)
    first: Item | None = None
    official: bool = False
    secret: bool = False
    aggregate: bool = False
    duration_days: int | None = None
    inherited: bool = False
    weak: bool = False
    object_party: str | None = None
    since: str | None = None
