"""An event in the making: its mentions, joined."""

from __future__ import annotations

from dataclasses import dataclass, field

from schemas.codes import Domain, EventType
from services.extract.engine.clauses.mentions import Mention
from services.extract.engine.phrases.actors import Actor


@dataclass(slots=True, eq=False)
class Draft:
    """An event in the making."""

    type: EventType
    parties: list[str]
    mentions: list[Mention] = field(default_factory=list)
    partial: list[Mention] = field(default_factory=list)
    retold: list[Mention] = field(default_factory=list)  # sentences that tell only its day
    members: list[Actor] = field(default_factory=list)
    domains: tuple[Domain, ...] = ()
    parent: Draft | None = None
    children: list[Draft] = field(default_factory=list)

    @property
    def told(self) -> list[Mention]:
        """All mentions, also those that only add something, in the order of the text."""
        return sorted((*self.mentions, *self.partial), key=lambda mention: (mention.trigger.start, mention.rule.id))

    @property
    def first_start(self) -> int:
        """Where the first evidence stands."""
        return min(mention.trigger.start for mention in self.mentions)
