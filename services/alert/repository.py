"""What linking asks of the store, in SQL: `SqlRepository` implements `ports.Repository`, one method per query.

It lives inside one write transaction. Lists are ordered here and not by the database, whose collations differ.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date, datetime
from functools import lru_cache
from typing import Any, Final

from sqlalchemy import Row, Table, and_, delete, func, insert, or_, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

from schemas.article import ArticleRef
from schemas.codes import EventType, NoticeKind
from schemas.development import Development
from schemas.event import EVENT, NormalizationEvent
from schemas.ids import delivery_id
from schemas.notice import Notice
from schemas.subscription import DeliveryState, Filter, SubscriptionState
from services.alert import tables
from services.alert.ports import AppliedArticle, LivingSubscription, Report, Stored
from services.runtime.clock import from_micros, to_micros

PARSED_EVENTS: Final = 4_096
PARSED_DEVELOPMENTS: Final = 2_048
"""Documents kept parsed, at about 10 KB each: a development in the news is read again with every article that tells it."""

_articles, _developments, _reports = tables.articles, tables.developments, tables.reports
_notices, _subscriptions, _deliveries = tables.notices, tables.subscriptions, tables.deliveries


class SqlRepository:
    """The alert store within the transaction of `connection`, which holds the write lock (`store.write_transaction`).

    `accepted_at` is that of the article which is applied; it is kept with the notices, to measure how long they took.
    """

    def __init__(self, connection: AsyncConnection, *, accepted_at: datetime | None = None) -> None:
        self._connection = connection
        self._accepted_at = accepted_at

    async def applied_article(self, article_id: str) -> AppliedArticle | None:
        """What was applied last of this article."""
        row = (await self._connection.execute(select(_articles).where(_articles.c.id == article_id))).one_or_none()
        return None if row is None else _applied(row)

    async def save_article(self, article: AppliedArticle) -> None:
        """Insert or replace."""
        published_at = article.ref.published_at
        row = {
            "id": article.ref.id,
            "revision": article.revision,
            "accepted_at": to_micros(article.accepted_at),
            "extractor_version": article.extractor_version,
            "lexicon": article.lexicon,
            "partition": article.partition,
            "offset": article.offset,
            "published_at": None if published_at is None else to_micros(published_at),
            "source_id": article.ref.source.id,
            "document": article.ref.model_dump_json(),
        }
        await self._upsert(_articles, [row])

    async def developments(self, ids: Collection[str]) -> list[Stored]:
        """These developments, ordered by id."""
        found = await self._stored(_developments.c.id.in_(ids)) if ids else []
        return sorted(found, key=lambda stored: stored.id)

    async def candidates(self, keys: Collection[tuple[EventType, str]]) -> list[Stored]:
        """All developments, retracted ones too, of these (type, pair) combinations, ordered by creation and then id."""
        if not keys:
            return []
        combinations = [and_(_developments.c.type == type, _developments.c.pair == pair) for type, pair in keys]
        return _by_creation(await self._stored(or_(*combinations)))

    async def all_of_type(self, type: EventType) -> list[Stored]:
        """All developments of a type, ordered by creation and then id."""
        return _by_creation(await self._stored(_developments.c.type == type))

    async def reports_of_article(self, article_id: str) -> list[Report]:
        """The links that hold now for this article's events, ordered by event id."""
        return await self._linked(_reports.c.article_id == article_id)

    async def reports_of(self, developments: Collection[str]) -> dict[str, list[Report]]:
        """The links of these developments, each list ordered by event id; a key for every id asked for."""
        found: dict[str, list[Report]] = {id: [] for id in developments}
        if developments:
            for report in await self._linked(_reports.c.development_id.in_(developments)):
                found[report.development].append(report)
        return found

    async def save_developments(self, developments: Sequence[Stored]) -> None:
        """Insert or replace."""
        await self._upsert(_developments, [_development_row(stored) for stored in developments])

    async def replace_reports(self, article_id: str, reports: Sequence[Report]) -> None:
        """Delete the article's links and insert these. The article and the developments are saved before."""
        await self._connection.execute(delete(_reports).where(_reports.c.article_id == article_id))
        if reports:
            await self._connection.execute(insert(_reports), [_report_row(article_id, report) for report in reports])

    async def living_subscriptions(self) -> list[LivingSubscription]:
        """Subscriptions in state `active`, ordered by id."""
        columns = _subscriptions.c
        query = select(columns.id, columns.kinds, columns.filter).where(columns.state == SubscriptionState.ACTIVE)
        rows = (await self._connection.execute(query)).all()
        living = [LivingSubscription(id=id, kinds=tuple(json.loads(kinds)), filter=_filter(filter)) for id, kinds, filter in rows]
        return sorted(living, key=lambda subscription: subscription.id)

    async def receivers_of(self, notice_ids: Collection[str]) -> set[str]:
        """Ids of the subscriptions in state `active` that have a delivery of one of these notices."""
        if not notice_ids:
            return set()
        query = (
            select(_deliveries.c.subscription_id)
            .join(_subscriptions, _subscriptions.c.id == _deliveries.c.subscription_id)
            .where(_deliveries.c.notice_id.in_(notice_ids), _subscriptions.c.state == SubscriptionState.ACTIVE)
            .distinct()
        )
        return set((await self._connection.execute(query)).scalars())

    async def add_notices(self, notices: Sequence[tuple[Notice, Collection[str]]], *, now: datetime) -> None:
        """Append notices to the outbox in this order, each with one pending delivery, due at `now`, for each of its receivers."""
        moment = to_micros(now)
        if notices:
            await self._connection.execute(insert(_notices), [self._notice_row(notice, moment) for notice, _ in notices])
        deliveries = [_delivery_row(notice.data.id, id, moment) for notice, receivers in notices for id in sorted(receivers)]
        if deliveries:
            await self._connection.execute(insert(_deliveries), deliveries)

    def _notice_row(self, notice: Notice, moment: int) -> dict[str, object]:
        return {
            "id": notice.data.id,
            "development_id": notice.data.development.id,
            "kind": notice.type,
            "sequence": notice.data.sequence,
            "created_at": moment,
            "accepted_at": None if self._accepted_at is None else to_micros(self._accepted_at),
            "document": notice.model_dump_json(),
        }

    async def watching_since(self) -> date | None:
        """The publication date of the oldest article in the store."""
        oldest = (await self._connection.execute(select(func.min(_articles.c.published_at)))).scalar_one()
        return None if oldest is None else from_micros(oldest).date()

    async def _stored(self, condition: Any) -> list[Stored]:
        rows = await self._connection.execute(select(_developments).where(condition))
        return [_stored(row) for row in rows]

    async def _linked(self, condition: Any) -> list[Report]:
        rows = await self._connection.execute(select(_reports).where(condition))
        return sorted((_report(row) for row in rows), key=lambda report: report.event.id)

    async def _upsert(self, table: Table, rows: Sequence[Mapping[str, object]]) -> None:
        if not rows:
            return
        dialect = sqlite if self._connection.dialect.name == "sqlite" else postgresql
        statement = dialect.insert(table)
        statement = statement.on_conflict_do_update(
            index_elements=list(table.primary_key),
            set_={name: statement.excluded[name] for name in rows[0] if not table.c[name].primary_key},
        )
        await self._connection.execute(statement, rows)


def _by_creation(found: Iterable[Stored]) -> list[Stored]:
    return sorted(found, key=lambda stored: (stored.created_at, stored.id))


def _applied(row: Row[Any]) -> AppliedArticle:
    return AppliedArticle(
        ref=ArticleRef.model_validate_json(row.document),
        revision=row.revision,
        accepted_at=from_micros(row.accepted_at),
        extractor_version=row.extractor_version,
        lexicon=row.lexicon,
        partition=row.partition,
        offset=row.offset,
    )


def _stored(row: Row[Any]) -> Stored:
    return Stored(
        id=row.id,
        type=EventType(row.type),
        pair=row.pair,
        founding_event=row.founding_event,
        n=row.n,
        created_at=from_micros(row.created_at),
        sequence=row.sequence,
        told_kind=None if row.told_kind is None else NoticeKind(row.told_kind),
        told_status=row.told_status,
        told_notices=tuple(json.loads(row.told_notices)),
        document=_development(row.document),
    )


def _development_row(stored: Stored) -> dict[str, object]:
    return {
        "id": stored.id,
        "type": stored.type,
        "pair": stored.pair,
        "founding_event": stored.founding_event,
        "n": stored.n,
        "state": stored.document.state,
        "flags": json.dumps(stored.document.flags),
        "created_at": to_micros(stored.created_at),
        "sequence": stored.sequence,
        "told_kind": stored.told_kind,
        "told_status": stored.told_status,
        "told_notices": json.dumps(stored.told_notices),
        "document": stored.document.model_dump_json(),
    }


def _report(row: Row[Any]) -> Report:
    return Report(
        event=_event(row.event),
        development=row.development_id,
        reason=json.loads(row.reason),
        ambiguous=bool(row.ambiguous),
    )


def _report_row(article_id: str, report: Report) -> dict[str, object]:
    return {
        "event_id": report.event.id,
        "article_id": article_id,
        "development_id": report.development,
        "reason": json.dumps(report.reason, ensure_ascii=False),
        "ambiguous": int(report.ambiguous),
        "event": EVENT.dump_json(report.event).decode(),
    }


def _delivery_row(notice: str, subscription: str, now: int) -> dict[str, object]:
    return {
        "id": delivery_id(notice=notice, subscription=subscription),
        "notice_id": notice,
        "subscription_id": subscription,
        "state": DeliveryState.PENDING,
        "created_at": now,
        "due_at": now,
    }


@lru_cache(maxsize=PARSED_EVENTS)
def _event(document: str) -> NormalizationEvent:
    """The event in a document; contracts are frozen, so one parsed copy serves everybody."""
    return EVENT.validate_json(document)


@lru_cache(maxsize=PARSED_DEVELOPMENTS)
def _development(document: str) -> Development:
    return Development.model_validate_json(document)


@lru_cache(maxsize=1_024)
def _filter(document: str) -> Filter:
    return Filter.model_validate_json(document)
