"""`feeds.toml`: which feeds are polled, and what is known of their outlets."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError, field_validator

from schemas.article import Language
from schemas.base import CountryCode, Identifier
from services.ingest.urlkey import BadUrl, url_key
from services.runtime.errors import ConfigError

Interval = Annotated[int, Field(ge=60, le=86_400)]


class _Table(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Defaults(_Table):
    """What holds for every feed that does not say otherwise. `interval_s`: seconds between two polls."""

    interval_s: Interval = 900
    language: Language | None = None
    country: CountryCode | None = None


class Feed(_Table):
    """One RSS or Atom feed. `id`, `name` and `country` become the source of its articles; `country` is the outlet's home state."""

    id: Identifier
    url: Annotated[str, StringConstraints(max_length=2_048)]
    name: str | None = None
    country: CountryCode | None = None
    language: Language | None = None
    interval_s: Interval = 900

    @field_validator("url")
    @classmethod
    def _is_web_address(cls, url: str) -> str:
        try:
            url_key(url)
        except BadUrl as error:
            raise ValueError(str(error)) from error
        return url


class _File(_Table):
    defaults: Defaults = Defaults()
    feed: tuple[Feed, ...] = ()


def load_feeds(path: Path) -> tuple[Feed, ...]:
    """The feeds of a `feeds.toml`. Raises `ConfigError` that names what is wrong and where."""
    try:
        written = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise ConfigError(f"{path} can't be read ({error.strerror}); see MUSAFAHA_INGEST__FEEDS") from error
    except ValueError as error:  # TOML or UTF-8
        raise ConfigError(f"{path}: {error}") from error
    try:
        feeds = _File.model_validate(_with_defaults(written)).feed
    except ValidationError as error:
        problems = [f"{_place(detail['loc'])}: {detail['msg']}" for detail in error.errors(include_url=False)]
        raise ConfigError(f"{path}: " + "; ".join(problems)) from error
    for name in ("id", "url"):
        values = [getattr(feed, name) for feed in feeds]
        if twice := sorted({value for value in values if values.count(value) > 1}):
            raise ConfigError(f"{path}: {name} {twice[0]!r} stands twice")
    return feeds


def _with_defaults(written: dict[str, Any]) -> dict[str, Any]:
    defaults, feeds = written.get("defaults", {}), written.get("feed", [])
    if not isinstance(defaults, dict) or not isinstance(feeds, list):
        return written  # the validation says what is wrong
    return written | {"feed": [defaults | feed if isinstance(feed, dict) else feed for feed in feeds]}


def _place(loc: tuple[int | str, ...]) -> str:
    """`feed 2, interval_s` for the second `[[feed]]`."""
    return ", ".join(
        f"{loc[i - 1]} {part + 1}" if isinstance(part, int) else str(part) for i, part in enumerate(loc) if not _counted(loc, i)
    )


def _counted(loc: tuple[int | str, ...], index: int) -> bool:
    """Whether the part is named together with the number after it."""
    return index + 1 < len(loc) and isinstance(loc[index + 1], int)
