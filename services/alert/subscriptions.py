"""Subscriptions and their log, as the API needs them: each function is one transaction on the alert store."""

from __future__ import annotations

import json
import re
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Row, insert, select, tuple_, update
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from schemas.subscription import Attempt, Delivery, DeliveryState, Filter, Subscription, SubscriptionRequest, SubscriptionState
from services.alert.claims import cancel_pending
from services.alert.tables import attempts, deliveries, notices, subscriptions
from services.runtime.clock import from_micros, to_micros
from services.runtime.errors import MusafahaError
from services.runtime.store import read_transaction, write_transaction

MAX_PAGE: Final = 100
"""Items of one page, at most."""

_CURSOR = re.compile(r"([0-9]{1,18})-([A-Za-z0-9_-]{1,64})")
_ID = re.compile(r"[A-Za-z0-9_-]{1,64}")


class Unknown(MusafahaError):
    """There is no subscription with this id."""


class Taken(MusafahaError):
    """The id belongs to another subscription, or did to one that is deleted."""


class BadCursor(MusafahaError):
    """What is no cursor of ours."""


@dataclass(frozen=True, slots=True)
class Created:
    """A subscription after a request to make it; `new` when this request made it, and only then with its secret."""

    subscription: Subscription
    new: bool


@dataclass(frozen=True, slots=True)
class SubscriptionPage:
    """Subscriptions by id; `next` is where to go on, `None` on the last page."""

    items: tuple[Subscription, ...]
    next: str | None


@dataclass(frozen=True, slots=True)
class DeliveryPage:
    """Deliveries with their attempts, newest first; `next` is where to go on, `None` on the last page."""

    items: tuple[Delivery, ...]
    next: str | None


async def create(engine: AsyncEngine, request: SubscriptionRequest, *, secret: str, now: datetime) -> Created:
    """Make the subscription, or find that the very same request made it before. The URL must have passed the guard.

    Raises `Taken` when the id is in use by a different subscription, or by one that was deleted: ids are never used twice.
    """
    wanted = _row(request, secret=secret, now=now)
    async with write_transaction(engine) as connection:
        found = await _find(connection, str(wanted["id"]))
        if found is None:
            await connection.execute(insert(subscriptions).values(wanted))
    if found is None:
        return Created(_subscription(wanted, secret=secret), new=True)
    if found.state == SubscriptionState.DELETED:
        raise Taken(f"the subscription {found.id} was deleted, and ids are not used twice; choose another")
    present = found._asdict()
    if any(present[column] != wanted[column] for column in ("url", "kinds", "filter", "description")):
        raise Taken(f"there is another subscription with the id {found.id}; choose another, or delete that one")
    return Created(_subscription(present), new=False)


async def get(engine: AsyncEngine, id: str) -> Subscription:
    """A subscription, also a deleted one. Raises `Unknown`."""
    async with read_transaction(engine) as connection:
        return _subscription((await _known(connection, id))._asdict())


async def list_all(engine: AsyncEngine, *, after: str | None, limit: int, deleted: bool = False) -> SubscriptionPage:
    """Subscriptions by id, those that come behind `after`; deleted ones only on request."""
    query = select(subscriptions).order_by(subscriptions.c.id).limit(limit + 1)
    if after is not None:
        query = query.where(subscriptions.c.id > after)
    if not deleted:
        query = query.where(subscriptions.c.state != SubscriptionState.DELETED.value)
    async with read_transaction(engine) as connection:
        rows = (await connection.execute(query)).all()
    items = tuple(_subscription(row._asdict()) for row in rows[:limit])
    return SubscriptionPage(items, next=items[-1].id if len(rows) > limit else None)


async def delete(engine: AsyncEngine, id: str) -> None:
    """Mark it deleted and cancel what is still to be sent to it; without effect on one that is deleted. Raises `Unknown`."""
    async with write_transaction(engine) as connection:
        await _known(connection, id)
        await connection.execute(update(subscriptions).where(subscriptions.c.id == id).values(state=SubscriptionState.DELETED.value))
        await cancel_pending(connection, [id])


async def deliveries_of(engine: AsyncEngine, id: str, *, cursor: str | None, limit: int) -> DeliveryPage:
    """What was and will be sent to a subscription, newest first. Raises `Unknown` and `BadCursor`."""
    query = (
        select(deliveries, notices.c.kind)
        .join(notices, notices.c.id == deliveries.c.notice_id)
        .where(deliveries.c.subscription_id == id)
        .order_by(deliveries.c.created_at.desc(), deliveries.c.id.desc())
        .limit(limit + 1)
    )
    if cursor is not None:
        query = query.where(tuple_(deliveries.c.created_at, deliveries.c.id) < tuple_(*_position(cursor)))
    async with read_transaction(engine) as connection:
        subscription = await _known(connection, id)
        rows = (await connection.execute(query)).all()
        tries = await _attempts_of(connection, [row.id for row in rows[:limit]])
    items = tuple(_delivery(row, tries.get(row.id, ()), quiet_until=subscription.not_before) for row in rows[:limit])
    last = rows[limit - 1] if len(rows) > limit else None
    return DeliveryPage(items, next=None if last is None else f"{last.created_at}-{last.id}")


async def _find(connection: AsyncConnection, id: str) -> Row[Any] | None:
    # What cannot be an id is not asked for: PostgreSQL would refuse a NUL in it.
    if not _ID.fullmatch(id):
        return None
    return (await connection.execute(select(subscriptions).where(subscriptions.c.id == id))).one_or_none()


async def _known(connection: AsyncConnection, id: str) -> Row[Any]:
    found = await _find(connection, id)
    if found is None:
        raise Unknown("there is no subscription with this id")
    return found


async def _attempts_of(connection: AsyncConnection, ids: Sequence[str]) -> dict[str, list[Attempt]]:
    query = select(attempts).where(attempts.c.delivery_id.in_(ids)).order_by(attempts.c.delivery_id, attempts.c.number)
    found: dict[str, list[Attempt]] = {}
    for row in await connection.execute(query):
        found.setdefault(row.delivery_id, []).append(
            Attempt(
                number=row.number,
                at=from_micros(row.at),
                duration_ms=row.duration_ms,
                code=row.code,
                error=row.error,
                response=row.response,
            )
        )
    return found


def _position(cursor: str) -> tuple[int, str]:
    found = _CURSOR.fullmatch(cursor)
    if found is None:
        raise BadCursor("the cursor is none that this API gave; leave it out to begin with the newest")
    return int(found[1]), found[2]


def _row(request: SubscriptionRequest, *, secret: str, now: datetime) -> dict[str, Any]:
    return {
        "id": request.id or f"sub_{secrets.token_hex(12)}",
        "url": request.url,
        "kinds": json.dumps(request.kinds),
        "filter": request.filter.model_dump_json(),
        "description": request.description,
        "secret": secret,
        "state": SubscriptionState.ACTIVE.value,
        "created_at": to_micros(now),
    }


def _subscription(row: dict[str, Any], *, secret: str | None = None) -> Subscription:
    """As the API shows it: without the secret unless it is given here."""
    return Subscription(
        id=row["id"],
        url=row["url"],
        kinds=tuple(json.loads(row["kinds"])),
        filter=Filter.model_validate_json(row["filter"]),
        description=row["description"],
        state=SubscriptionState(row["state"]),
        created_at=from_micros(row["created_at"]),
        secret=secret,
    )


def _delivery(row: Row[Any], tries: Sequence[Attempt], *, quiet_until: int | None) -> Delivery:
    due = None if row.due_at is None else max(row.due_at, quiet_until or 0)
    return Delivery(
        id=row.id,
        notice=row.notice_id,
        kind=row.kind,
        subscription=row.subscription_id,
        state=DeliveryState(row.state),
        created_at=from_micros(row.created_at),
        next_attempt_at=None if due is None else from_micros(due),
        attempts=tuple(tries),
    )
