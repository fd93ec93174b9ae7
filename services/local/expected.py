"""Sample articles and what they must make the world be told: `articles.jsonl` and `expected.toml` of one folder."""

from __future__ import annotations

import json
import tomllib
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

from pydantic import Field, ValidationError

from schemas.base import CountryCode, Request
from schemas.codes import Domain, NoticeKind
from services.runtime.errors import CommandError

OWN = Path(__file__).parent / "samples"
"""The samples that come with Musafaha."""


class Expected(Request):
    """A notice that must come exactly once. `article` is the one that causes it; `domains` are those of an agreement."""

    kind: NoticeKind
    pair: Annotated[tuple[CountryCode, ...], Field(min_length=2)]
    article: str
    domains: tuple[Domain, ...] = ()

    def describe(self) -> str:
        """The notice in words."""
        return f"{self.kind} {'-'.join(sorted(self.pair))}{' ' + '+'.join(self.domains) if self.domains else ''} (from {self.article})"


class _File(Request):
    chains: tuple[tuple[str, ...], ...] = ()
    free: tuple[str, ...] = ()
    notices: tuple[Expected, ...] = ()


@dataclass(frozen=True, slots=True)
class Samples:
    """`chains` are fed in order, each article once the one before is linked; what stands in different chains may go side by side."""

    articles: Mapping[str, Mapping[str, Any]]
    chains: tuple[tuple[str, ...], ...]
    notices: tuple[Expected, ...]


def load_samples(folder: Path) -> Samples:
    """Read a folder of samples. Raises `CommandError` that names the file and what is wrong in it."""
    source, expected = folder / "articles.jsonl", folder / "expected.toml"
    try:
        lines = source.read_text(encoding="utf-8").splitlines()
        articles = {article["id"]: article for article in (json.loads(line) for line in lines if line.strip())}
        file = _File.model_validate(tomllib.loads(expected.read_text(encoding="utf-8")))
    except OSError as error:
        raise CommandError(f"samples need {source.name} and {expected.name} in {folder}: {error}") from error
    except (ValueError, KeyError, TypeError, ValidationError) as error:
        raise CommandError(f"the samples in {folder} can't be read: {error}") from error
    chains = (*file.chains, *((name,) for name in file.free))
    named = Counter(name for chain in chains for name in chain)
    unknown = sorted(set(named) ^ set(articles) | {name for name, count in named.items() if count > 1})
    if unknown:
        raise CommandError(f"{expected}: each article must stand in one chain or under `free`, once; look at {', '.join(unknown)}.")
    return Samples(articles, chains, file.notices)


def compare(expected: Iterable[Expected], notices: Iterable[Mapping[str, Any]]) -> tuple[list[Expected], list[Mapping[str, Any]]]:
    """What is missing, and which notices came that nobody expects; a notice may answer one expectation only."""
    left = list(notices)
    missing = []
    for wanted in expected:
        found = next((notice for notice in left if _answers(wanted, notice)), None)
        if found is None:
            missing.append(wanted)
        else:
            left.remove(found)
    return missing, left


def _answers(wanted: Expected, notice: Mapping[str, Any]) -> bool:
    development = notice["data"]["development"]
    return (
        notice["type"] == wanted.kind
        and sorted(development["parties"]) == sorted(wanted.pair)
        and wanted.article in {article["id"] for article in notice["data"]["articles"]}
        and (not wanted.domains or set(development["domains"]) == set(wanted.domains))
    )
