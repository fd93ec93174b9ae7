"""The watchlist: which sets of states are ours. Data, not code: a user may watch other states than the default does."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path

from pydantic import BaseModel, ConfigDict

from services.extract.engine.knowledge.data import read_toml
from services.runtime.errors import ConfigError

SHIPPED = Path(__file__).parents[2] / "watchlists"
USER_CODES = "XSL (Somaliland), XKR (Kurdistan Region), XEU (European Union), XUN (United Nations), XKX (Kosovo), PSE, ESH"


class _Strict(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class CircleFile(_Strict):
    """States in the focus and those whose dealings with them count, by tier or as a plain list."""

    focus: tuple[str, ...] = ()
    partners: dict[str, tuple[str, ...]] | tuple[str, ...] = ()

    @property
    def all_partners(self) -> tuple[str, ...]:
        """The partners of every tier."""
        if isinstance(self.partners, dict):
            return tuple(state for tier in self.partners.values() for state in tier)
        return self.partners


class WatchlistFile(CircleFile):
    """A watchlist as it is written: a first circle, further ones, single pairs, and other lists to watch as well."""

    extends: tuple[str, ...] = ()
    brokers: tuple[str, ...] = ()
    watch: tuple[CircleFile, ...] = ()
    pairs: tuple[tuple[str, ...], ...] = ()


@dataclass(frozen=True)
class Circle:
    """An event is ours when it has a state of the focus and a partner."""

    focus: frozenset[str]
    partners: frozenset[str]

    def holds(self, states: frozenset[str]) -> bool:
        """Whether `states` have one of each."""
        return bool(states & self.focus) and bool(states & self.partners)


@dataclass(frozen=True)
class Watchlist:
    """Scope as sets. `states` are all that can make an event ours; `files` are those that it was read from."""

    circles: tuple[Circle, ...]
    pairs: frozenset[frozenset[str]]
    files: tuple[Path, ...] = ()

    @property
    def states(self) -> frozenset[str]:
        """Every watched state."""
        return frozenset().union(*(circle.focus | circle.partners for circle in self.circles), *self.pairs)

    def in_scope(self, parties: Collection[str]) -> bool:
        """Whether `parties` hold a focus state and a partner of it, or a watched pair."""
        states = frozenset(parties)
        return any(circle.holds(states) for circle in self.circles) or any(pair <= states for pair in self.pairs)

    def may_matter(self, named: Collection[str]) -> bool:
        """Whether a text that names these states can hold an event of ours at all."""
        return self.in_scope(named)


def find_watchlist(named: Path) -> Path:
    """The file that `named` means: a path, or the name of a list that ships (`rapprochements`). Raises `ConfigError`."""
    if named.exists() or named.suffix or len(named.parts) != 1:
        return named
    shipped = SHIPPED / f"{named}.toml"
    if not shipped.is_file():
        raise ConfigError(f"{named}: is neither a file nor a watchlist that ships ({_shipped()}).")
    return shipped


def load_watchlist(path: Path, known: Collection[str] = ()) -> Watchlist:
    """The watchlist in `path`; its states must be among the `known`, when any are given. Raises `ConfigError`."""
    files: dict[Path, WatchlistFile] = {}
    _read(path, files)
    circles, pairs = [], []
    for file, data in files.items():
        _check(file, data, known)
        circles += [
            Circle(frozenset(circle.focus), frozenset(circle.all_partners) - frozenset(circle.focus))
            for circle in (data, *data.watch)
            if circle.focus
        ]
        pairs += [frozenset(pair) for pair in data.pairs]
    if not circles and not pairs:
        raise ConfigError(f'{path}: watches nothing; add pairs, for example pairs = [["SAU", "IRN"]], or focus and partners.')
    return Watchlist(tuple(circles), frozenset(pairs), tuple(files))


def _shipped() -> str:
    return ", ".join(sorted(file.stem for file in SHIPPED.glob("*.toml")))


def _read(path: Path, files: dict[Path, WatchlistFile]) -> None:
    """Read `path` and what it extends, each file once."""
    if path in files:
        return
    files[path] = read_toml(path, WatchlistFile)
    for name in files[path].extends:
        shipped = SHIPPED / f"{name}.toml"
        other = shipped if shipped.is_file() else path.parent / name
        if not other.is_file():
            raise ConfigError(f"{path}: extends: {name!r} is neither a list that ships ({_shipped()}) nor a file beside this one.")
        _read(other, files)


def _check(path: Path, data: WatchlistFile, known: Collection[str]) -> None:
    for key, states in _places(data):
        for state in states:
            if known and state not in known:
                raise ConfigError(f"{path}: {key}: {_unknown(state, known)}")
    for number, pair in enumerate(data.pairs, start=1):
        if len(set(pair)) != 2:
            raise ConfigError(f"{path}: pairs {number}: holds {len(set(pair))} states; a pair is two, more go into focus and partners.")
    for key, circle in (("", data), *((f"watch {number}: ", circle) for number, circle in enumerate(data.watch, start=1))):
        if bool(circle.focus) != bool(set(circle.all_partners) - set(circle.focus)):
            missing = "partners" if circle.focus else "focus"
            raise ConfigError(f"{path}: {key}{missing} names no state of its own; an event needs one of focus and one of partners.")


def _places(data: WatchlistFile) -> Iterator[tuple[str, Iterable[str]]]:
    """Every list of states with its key, as a reader finds it in the file."""
    yield "brokers", data.brokers
    for number, circle in enumerate((data, *data.watch)):
        key = f"watch {number}: " if number else ""
        yield f"{key}focus", circle.focus
        if isinstance(circle.partners, dict):
            yield from ((f"{key}partners.{tier}", states) for tier, states in circle.partners.items())
        else:
            yield f"{key}partners", circle.partners
    yield from ((f"pairs {number}", pair) for number, pair in enumerate(data.pairs, start=1))


def _unknown(state: str, known: Collection[str]) -> str:
    near = get_close_matches(state.upper(), sorted(known), n=1)
    hint = f" Did you mean {near[0]}?" if near else ""
    return f"{state!r} is no state; write its ISO 3166-1 alpha-3 code, or one of {USER_CODES}.{hint}"
