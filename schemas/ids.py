"""Deterministic names: the same content gives the same id on every run, so a replay tells nobody twice.

Each id is a prefix and 24 hex digits (96 bits) of a SHA-256 over the canonical JSON of its parts.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Sequence
from datetime import datetime

from schemas.article import Article, Source

_canonical = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode
"""JSON of parts, always the same; made once, since `json.dumps` with options makes an encoder for each call."""


def digest(prefix: str, *parts: str | int | Sequence[str] | None) -> str:
    """`prefix`_`hex`, where the hex depends on every part and on their order."""
    return f"{prefix}_{hashlib.sha256(_canonical(parts).encode('utf-8', 'surrogatepass')).hexdigest()[:24]}"


def article_id(*, url_key: str | None, text: str) -> str:
    """The id of an article that came without one: of its canonical URL, else of its text."""
    return digest("art", "url", url_key) if url_key else digest("art", "text", text)


def revision(*, title: str | None, text: str, language: str | None, published_at: datetime | None, source: Source) -> str:
    """What tells two versions of one article apart."""
    # With its own offset: the calendar day decides what "today" means in the text.
    moment = published_at.isoformat() if published_at else None
    return digest("rev", title, text, language, moment, source.id, source.country)


def revision_of(article: Article) -> str:
    """The revision of an accepted article, from its content alone."""
    return revision(
        title=article.title, text=article.text, language=article.language, published_at=article.published_at, source=article.source
    )


def event_id(*, article: str, type: str, parties: Iterable[str], ordinal: int) -> str:
    """The id of a slot: the `ordinal`-th (from 0) event of this type and these parties in this article. It never names a happening."""
    return digest("evt", article, type, sorted(parties), ordinal)


def message_id(subject_id: str, *, revision: str, version: str, lexicon: str) -> str:
    """The CloudEvents id of an event or extraction: a corrected one must not be taken for a duplicate."""
    return digest("msg", subject_id, revision, version, lexicon)


def development_id(*, type: str, parties: Iterable[str], founding_event: str, n: int) -> str:
    """The id of a development; `n` counts the developments that this event id founded before."""
    return digest("dev", type, sorted(parties), founding_event, n)


def notice_id(*, development: str, kind: str, sequence: int) -> str:
    """The id of a notice; `sequence` is its ordinal (from 1) within its development."""
    return digest("ntc", development, kind, sequence)


def delivery_id(*, notice: str, subscription: str) -> str:
    """The id of a delivery, sent as `webhook-id` on every attempt."""
    return digest("dlv", notice, subscription)


def pair_key(parties: Iterable[str]) -> str:
    """The Kafka key of events: the parties in alphabetical order, for example `ISR-MAR`."""
    return "-".join(sorted(parties))
