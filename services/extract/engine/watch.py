"""The watchlist: which sets of states are ours. Data, not code: a user may watch other states than the default does."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from services.extract.engine.data import Iso, read_toml


class WatchlistFile(BaseModel):
    """A watchlist as it is written: focus states with partners by tier, and further pairs."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    focus: tuple[Iso, ...] = ()
    brokers: tuple[Iso, ...] = ()
    partners: dict[str, tuple[Iso, ...]] = {}
    pairs: tuple[Annotated[tuple[Iso, ...], Field(min_length=2, max_length=2)], ...] = ()


@dataclass(frozen=True)
class Watchlist:
    """Scope as sets. `states` are all that can make an event ours."""

    focus: frozenset[str]
    partners: frozenset[str]
    pairs: frozenset[frozenset[str]]

    @property
    def states(self) -> frozenset[str]:
        """Every watched state."""
        return self.focus | self.partners | frozenset(state for pair in self.pairs for state in pair)

    def in_scope(self, parties: Collection[str]) -> bool:
        """Whether `parties` hold a focus state and a partner, or a watched pair."""
        states = set(parties)
        return bool(states & self.focus and states & self.partners) or any(pair <= states for pair in self.pairs)

    def may_matter(self, named: Collection[str]) -> bool:
        """Whether a text that names these states can hold an event of ours at all."""
        return self.in_scope(named)


def load_watchlist(path: Path) -> Watchlist:
    """The watchlist in `path`. Raises `ConfigError` that names the file and the fault."""
    data = read_toml(path, WatchlistFile)
    return Watchlist(
        focus=frozenset(data.focus),
        partners=frozenset(state for tier in data.partners.values() for state in tier) - frozenset(data.focus),
        pairs=frozenset(frozenset(pair) for pair in data.pairs),
    )
