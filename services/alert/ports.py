"""What linking needs from the store: plain values and one protocol. `repository.py` implements it with SQL."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol

from schemas.article import ArticleRef
from schemas.codes import EventType, NoticeKind
from schemas.development import Development
from schemas.event import NormalizationEvent
from schemas.notice import Notice
from schemas.subscription import Filter


@dataclass(frozen=True, slots=True)
class AppliedArticle:
    """Which extraction of an article holds now. (`partition`, `offset`) is where it stood on the topic."""

    ref: ArticleRef
    revision: str
    accepted_at: datetime
    extractor_version: str
    lexicon: str
    partition: int
    offset: int


@dataclass(frozen=True, slots=True)
class Report:
    """The link of one event to its development. `reason` says why, as a JSON object; an `ambiguous` one never alerts."""

    event: NormalizationEvent
    development: str
    reason: Mapping[str, object]
    ambiguous: bool = False


@dataclass(frozen=True, slots=True)
class Stored:
    """A development as the store holds it: what is known (`document`) and what the world was told (`told_*`).

    `sequence` is that of its last notice, 0 when there is none; `told_notices` are the ids that a retraction would withdraw.
    """

    id: str
    type: EventType
    pair: str
    founding_event: str
    n: int
    created_at: datetime
    sequence: int
    told_kind: NoticeKind | None
    told_status: str | None
    told_notices: tuple[str, ...]
    document: Development


@dataclass(frozen=True, slots=True)
class LivingSubscription:
    """A subscription that gets notices."""

    id: str
    kinds: tuple[str, ...]
    filter: Filter


class Repository(Protocol):
    """The store inside ONE write transaction that already holds the store's write lock."""

    async def applied_article(self, article_id: str) -> AppliedArticle | None:
        """What was applied last of this article."""

    async def save_article(self, article: AppliedArticle) -> None:
        """Insert or replace."""

    async def developments(self, ids: Collection[str]) -> list[Stored]:
        """These developments, ordered by id."""

    async def candidates(self, keys: Collection[tuple[EventType, str]]) -> list[Stored]:
        """All developments, retracted ones too, of these (type, pair) combinations, ordered by creation and then id."""

    async def all_of_type(self, type: EventType) -> list[Stored]:
        """All developments of a type (summits are matched across pairs), ordered by creation and then id."""

    async def reports_of_article(self, article_id: str) -> list[Report]:
        """The links that hold now for this article's events, ordered by event id."""

    async def reports_of(self, developments: Collection[str]) -> dict[str, list[Report]]:
        """The links of these developments, each list ordered by event id; a key for every id asked for."""

    async def save_developments(self, developments: Sequence[Stored]) -> None:
        """Insert or replace."""

    async def replace_reports(self, article_id: str, reports: Sequence[Report]) -> None:
        """Delete the article's links and insert these."""

    async def living_subscriptions(self) -> list[LivingSubscription]:
        """Subscriptions in state `active`, ordered by id."""

    async def receivers_of(self, notice_ids: Collection[str]) -> set[str]:
        """Ids of the subscriptions in state `active` that have a delivery of one of these notices."""

    async def add_notices(self, notices: Sequence[tuple[Notice, Collection[str]]], *, now: datetime) -> None:
        """Append notices to the outbox in this order, each with one pending delivery, due at `now`, for each of its receivers."""

    async def watching_since(self) -> date | None:
        """The publication date of the oldest article in the store."""
