"""`Notice`: what we tell the world about a development; the Kafka value and the body of every webhook."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from pydantic import Field

from schemas.base import Contract, Identifier, Instant
from schemas.codes import EvidenceRole, NoticeKind, NoveltyLevel, Verdict
from schemas.development import Development
from schemas.event import First

MAX_ARTICLES = 10
"""Articles a notice names, at most; the development counts all of them."""
MAX_BYTES = 65_536
"""A notice as JSON, at most."""


class Precedent(Contract):
    """The earlier record with which novelty was compared."""

    development: Identifier
    title: str
    date: str | None = None


class Novelty(Contract):
    """In what sense it is new, against which record, and whether the text claims the same.

    `against` is null when the store knows nothing earlier since `watching_since` (the date of its oldest article).
    """

    level: NoveltyLevel | None = None
    against: Precedent | None = None
    watching_since: date | None = None
    text_claim: First | None = None
    verdict: Verdict | None = None


class Change(Contract):
    """What became different: a field with its old and new value, or the notices that are withdrawn."""

    field: str | None = None
    from_: str | None = Field(default=None, alias="from")
    to: str | None = None
    withdraws: tuple[Identifier, ...] = ()
    reason: str | None = None


class Quote(Contract):
    """A piece of an article that supports the notice."""

    role: EvidenceRole
    quote: str


class NoticeArticle(Contract):
    """An article that reports the development."""

    id: Identifier
    url: str | None = None
    title: str | None = None
    language: str | None = None
    published_at: Instant | None = None
    evidence: tuple[Quote, ...] = ()


class NoticeData(Contract):
    """The notice proper. `sequence` is its ordinal (from 1) within its development."""

    id: Identifier
    sequence: Annotated[int, Field(ge=1)]
    development: Development
    novelty: Novelty | None = None
    change: Change | None = None
    confidence: Annotated[float, Field(ge=0, le=1)]
    title: str
    sentence: str
    articles: Annotated[tuple[NoticeArticle, ...], Field(max_length=MAX_ARTICLES)] = ()


class Notice(Contract):
    """A notice in the envelope of Standard Webhooks."""

    type: NoticeKind
    timestamp: Instant
    data: NoticeData
