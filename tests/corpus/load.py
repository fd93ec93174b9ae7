"""Reads the test corpus: articles of our own with the events that the ontology finds in them. Knows nothing of any engine."""

from __future__ import annotations

import hashlib
import tomllib
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

from schemas.article import Article, ArticleRef, Source
from schemas.event import EVENT

FOLDER = Path(__file__).parent
LOCKED_ONE_IN = 3
PERSONS_OF = {"agreement": "signatories", "visit": "visitors", "meeting": "participants", "summit": "participants"}
"""Where an event of each type keeps its persons; the other types have none."""

Gold = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Tempting:
    """Words that look like an event and are none, with the rule that says so."""

    quote: str
    rule: str


@dataclass(frozen=True, slots=True)
class Sample:
    """One article with the events that must be found in it, and nothing else."""

    path: Path
    locked: bool
    stale_weekday: bool
    article: Article
    events: tuple[Gold, ...]
    tempting: tuple[Tempting, ...]

    @property
    def has_news(self) -> bool:
        """Whether anything in it is fresh; if not, a fresh event found in it is a false alarm."""
        return any(event["discourse"] != "background" for event in self.events)


def is_locked(article_id: str) -> bool:
    """Whether an article belongs to the third that nobody tunes on: decided by its id alone, so that taste has no part."""
    return hashlib.sha256(article_id.encode()).digest()[0] % LOCKED_ONE_IN == 0


def languages() -> list[str]:
    """The languages that have a corpus."""
    return sorted(path.name for path in FOLDER.iterdir() if path.is_dir() and any(path.glob("*.toml")))


def load(language: str) -> list[Sample]:
    """All samples of a language in the order of their ids."""
    return [_sample(path) for path in sorted((FOLDER / language).glob("*.toml"))]


def _sample(path: Path) -> Sample:
    raw = tomllib.loads(path.read_text(encoding="utf-8"))
    text = raw["text"].strip("\n")
    article = Article(
        id=path.stem,
        text=text,
        title=text.split("\n", 1)[0],
        language=path.parent.name,
        published_at=raw["published_at"],
        source=Source(**raw["source"]),
    )
    return Sample(
        path=path,
        locked=raw["locked"],
        stale_weekday=raw.get("stale_weekday", False),
        article=article,
        events=tuple(_plain(event) for event in raw.get("events", [])),
        tempting=tuple(Tempting(**item) for item in raw.get("tempting", [])),
    )


def _plain(value: Any) -> Any:
    """The value with days as text, as events carry them on the wire."""
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_plain(item) for item in value]
    return value.isoformat() if isinstance(value, date) and not isinstance(value, datetime) else value


def as_event(gold: Gold, article: ArticleRef) -> Any:
    """The expected event as a `NormalizationEvent`; raises `ValidationError` when a value is none of the ontology."""
    fields = {key: value for key, value in gold.items() if key not in {"trigger", "persons", "first"}}
    persons = [
        {"name": p.get("name"), "name_in_text": p.get("text"), **{k: p[k] for k in ("country", "rank", "role") if k in p}}
        for p in gold.get("persons", [])
    ]
    if persons:
        fields[PERSONS_OF[gold["type"]]] = persons
    if "first" in gold:
        fields["first"] = {"is_first": gold["first"]}
    identity = {"id": "gold", "confidence": 1, "article": article, "extractor": {"version": "0", "lexicon": "0"}}
    return EVENT.validate_python({**fields, **identity})
