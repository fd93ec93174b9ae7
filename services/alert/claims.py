"""The queue of webhook deliveries as rows: which are taken next, and what is written when a try has ended.

A claim is a lease with a fence: the row belongs to `owner` until `lease_until`, and every claim or cancellation raises `fence`,
so that a worker which comes back late changes nothing. Every function runs inside the caller's write transaction.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cache
from typing import Any, Final

from sqlalchemy import (
    CTE,
    BigInteger,
    BindParameter,
    ColumnElement,
    Integer,
    Select,
    bindparam,
    case,
    func,
    insert,
    or_,
    select,
    true,
    update,
)
from sqlalchemy.ext.asyncio import AsyncConnection

from schemas.subscription import DeliveryState, SubscriptionState
from services.alert.tables import attempts, deliveries, notices, subscriptions
from services.runtime.clock import from_micros, to_micros

# Written into the statement and not bound: only so does the planner see that the partial indexes apply.
_PENDING: Final[BindParameter[str]] = bindparam("pending", DeliveryState.PENDING.value, literal_execute=True)
_NOW: Final[BindParameter[int]] = bindparam("now", type_=BigInteger)


@dataclass(frozen=True, slots=True)
class Claim:
    """A delivery that this worker may try now. `failed` counts the tries before it.

    `document` is the notice as it is stored, `accepted_at` the time of the article that caused it.
    """

    delivery_id: str
    subscription_id: str
    fence: int
    failed: int
    created_at: datetime
    url: str = field(repr=False)
    secret: str = field(repr=False)
    document: str = field(repr=False)
    accepted_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one try made of a delivery.

    `due_at` is the next try while `state` is pending. Nothing goes to the whole subscription before `quiet_until`; `gone` means
    that its receiver wants nothing any more.
    """

    claim: Claim
    state: DeliveryState
    at: datetime
    duration_ms: int
    code: int | None = None
    error: str | None = None
    response: str | None = None
    due_at: datetime | None = None
    quiet_until: datetime | None = None
    gone: bool = False


async def claim(
    connection: AsyncConnection,
    *,
    owner: str,
    now: datetime,
    lease_s: float,
    limit: int,
    per_endpoint: int,
    slow: Collection[str] = (),
) -> list[Claim]:
    """Take up to `limit` due deliveries, the subscriptions in turns, so that nobody's long queue holds up another's first notice.

    Of each subscription only its first `per_endpoint` due deliveries are looked at, those in flight among them: that bounds what
    is in flight to one receiver over all workers, and makes the cost independent of the queues' length. Subscriptions that are
    known to be `slow` come last and get one at a time: however long they keep a try waiting, the others' slots stay free.
    """
    values = {"now": to_micros(now), "limit": limit, "per_endpoint": per_endpoint, "slow": list(slow)}
    found = await connection.execute(_claimable(connection.dialect.name), values)
    claims = [
        Claim(
            delivery_id=row.id,
            subscription_id=row.subscription_id,
            fence=row.fence + 1,
            failed=row.attempts,
            created_at=from_micros(row.created_at),
            url=row.url,
            secret=row.secret,
            document=row.document,
            accepted_at=None if row.accepted_at is None else from_micros(row.accepted_at),
        )
        for row in found
    ]
    if claims:
        lease = {"lease_owner": owner, "lease_until": to_micros(now + timedelta(seconds=lease_s)), "fence": deliveries.c.fence + 1}
        await connection.execute(update(deliveries).where(deliveries.c.id.in_([c.delivery_id for c in claims])).values(lease))
    return claims


@dataclass(frozen=True, slots=True)
class Queue:
    """How the queue stands: since when the oldest delivery that may be sent waits, and when the next one becomes due."""

    oldest_due: datetime | None
    next_due: datetime | None


async def queue(connection: AsyncConnection, *, now: datetime) -> Queue:
    """How the queue stands at `now`; what is in flight counts as waiting, what waits for a receiver's quiet to end does not."""
    row = (await connection.execute(_QUEUE, {"now": to_micros(now)})).one()
    return Queue(
        oldest_due=None if row.oldest is None else from_micros(row.oldest), next_due=None if row.later is None else from_micros(row.later)
    )


async def complete(connection: AsyncConnection, outcomes: Sequence[Outcome], *, owner: str) -> list[Outcome]:
    """Write what became of tries, each with its attempt row; returns those that were still this worker's to write."""
    holds = await _still_held(connection, [o.claim.delivery_id for o in outcomes], owner=owner)
    ours = [outcome for outcome in outcomes if holds.get(outcome.claim.delivery_id) == outcome.claim.fence]
    if not ours:
        return []
    await connection.execute(_COMPLETE, [_completed(outcome) for outcome in ours])
    await connection.execute(insert(attempts), [_attempt(outcome) for outcome in ours])
    for outcome in ours:
        if outcome.quiet_until is not None:
            await _quieten(connection, outcome.claim.subscription_id, until=outcome.quiet_until)
    if gone := {outcome.claim.subscription_id for outcome in ours if outcome.gone}:
        await _disable(connection, gone)
    return ours


async def cancel_pending(connection: AsyncConnection, subscription_ids: Collection[str]) -> None:
    """Cancel what is still to be sent to these subscriptions; a try in flight ends without effect."""
    await connection.execute(
        update(deliveries)
        .where(deliveries.c.subscription_id.in_(subscription_ids), deliveries.c.state == _PENDING)
        .values(state=DeliveryState.CANCELLED.value, due_at=None, lease_owner=None, lease_until=None, fence=deliveries.c.fence + 1)
    )


async def release(connection: AsyncConnection, claims: Sequence[Claim], *, owner: str) -> None:
    """Give claims back untried, so that another worker need not wait for the lease to run out."""
    held = await _still_held(connection, [c.delivery_id for c in claims], owner=owner)
    ids = [c.delivery_id for c in claims if held.get(c.delivery_id) == c.fence]
    await connection.execute(update(deliveries).where(deliveries.c.id.in_(ids)).values(lease_owner=None, lease_until=None))


async def free_all(connection: AsyncConnection) -> None:
    """Free every lease. Only for a store that has a single worker, when that one starts."""
    await connection.execute(
        update(deliveries)
        .where(deliveries.c.state == _PENDING, deliveries.c.lease_owner.is_not(None))
        .values(lease_owner=None, lease_until=None)
    )


def _listening() -> tuple[ColumnElement[bool], ...]:
    quiet_is_over = or_(subscriptions.c.not_before.is_(None), subscriptions.c.not_before <= _NOW)
    return subscriptions.c.state == SubscriptionState.ACTIVE.value, quiet_is_over


@cache
def _claimable(dialect: str) -> Select[Any]:
    """What may be claimed, in order. Parameters: `now`, `limit`, `per_endpoint`, `slow`.

    Built once, as that takes longer than running it.
    """
    turns = _turns(dialect)
    slow = deliveries.c.subscription_id.in_(bindparam("slow", expanding=True))
    return (
        select(
            deliveries.c.id,
            deliveries.c.subscription_id,
            deliveries.c.fence,
            deliveries.c.attempts,
            deliveries.c.created_at,
            subscriptions.c.url,
            subscriptions.c.secret,
            notices.c.document,
            notices.c.accepted_at,
        )
        .join(turns, turns.c.id == deliveries.c.id)
        .join(subscriptions, subscriptions.c.id == deliveries.c.subscription_id)
        .join(notices, notices.c.id == deliveries.c.notice_id)
        .where(or_(deliveries.c.lease_until.is_(None), deliveries.c.lease_until <= _NOW), or_(turns.c.turn == 1, ~slow))
        .order_by(case((slow, 1), else_=0), turns.c.turn, turns.c.due_at, turns.c.id)
        .limit(bindparam("limit", type_=Integer))
        # SQLite, with its one writer, leaves this out; PostgreSQL passes over rows that another worker is just taking.
        .with_for_update(of=deliveries, skip_locked=True)
    )


def _turns(dialect: str) -> CTE:
    """The heads of all queues, each row with its turn: 1 for the first of its subscription. One form for each dialect."""
    queue = deliveries.alias("queue")
    head = (
        select(queue.c.id, queue.c.subscription_id, queue.c.due_at)
        .where(queue.c.subscription_id == subscriptions.c.id, queue.c.state == _PENDING, queue.c.due_at <= _NOW)
        .order_by(queue.c.due_at, queue.c.id)
        .limit(bindparam("per_endpoint", type_=Integer))
    )
    if dialect == "sqlite":
        # It knows no LATERAL, but runs a correlated IN through the primary key. The outer join is there for the planner: it makes
        # it begin with the subscriptions (a scan of all deliveries was 500 times slower); empty queues fall out in `_claimable`.
        heads = deliveries.alias("heads")
        ids = head.with_only_columns(queue.c.id).correlate(subscriptions).scalar_subquery()
        source = subscriptions.outerjoin(heads, heads.c.id.in_(ids))
        columns: Any = heads.c
    else:
        lateral = head.correlate(subscriptions).lateral("heads")
        source = subscriptions.join(lateral, true())
        columns = lateral.c
    turn: ColumnElement[int] = func.row_number().over(partition_by=subscriptions.c.id, order_by=(columns.due_at, columns.id))
    return select(columns.id, columns.due_at, turn.label("turn")).select_from(source).where(*_listening()).cte("turns")


def _queue_statement() -> Select[Any]:
    waiting = select(deliveries.c.due_at).where(deliveries.c.state == _PENDING).order_by(deliveries.c.due_at).limit(1)
    oldest = waiting.join(subscriptions).where(deliveries.c.due_at <= _NOW, *_listening())
    later = waiting.where(deliveries.c.due_at > _NOW)
    return select(oldest.scalar_subquery().label("oldest"), later.scalar_subquery().label("later"))


_QUEUE: Final = _queue_statement()


async def _still_held(connection: AsyncConnection, ids: Sequence[str], *, owner: str) -> dict[str, int]:
    """The fences of those that `owner` still holds, locked until the transaction ends."""
    query = (
        select(deliveries.c.id, deliveries.c.fence)
        .where(deliveries.c.id.in_(ids), deliveries.c.lease_owner == owner, deliveries.c.state == DeliveryState.PENDING.value)
        .with_for_update()
    )
    return {row.id: row.fence for row in await connection.execute(query)}


_COMPLETE: Final = (
    update(deliveries)
    .where(deliveries.c.id == bindparam("delivery"))
    .values(state=bindparam("new_state"), due_at=bindparam("due"), attempts=bindparam("tried"), lease_owner=None, lease_until=None)
)


def _completed(outcome: Outcome) -> dict[str, object]:
    return {
        "delivery": outcome.claim.delivery_id,
        "new_state": outcome.state.value,
        "due": None if outcome.due_at is None else to_micros(outcome.due_at),
        "tried": outcome.claim.failed + 1,
    }


def _attempt(outcome: Outcome) -> dict[str, object]:
    return {
        "delivery_id": outcome.claim.delivery_id,
        "number": outcome.claim.failed + 1,
        "at": to_micros(outcome.at),
        "duration_ms": outcome.duration_ms,
        "code": outcome.code,
        "error": outcome.error,
        "response": outcome.response,
    }


async def _quieten(connection: AsyncConnection, subscription_id: str, *, until: datetime) -> None:
    """A later quiet already asked for stands."""
    micros = to_micros(until)
    later = case((subscriptions.c.not_before > micros, subscriptions.c.not_before), else_=micros)
    await connection.execute(update(subscriptions).where(subscriptions.c.id == subscription_id).values(not_before=later))


async def _disable(connection: AsyncConnection, subscription_ids: Collection[str]) -> None:
    active = subscriptions.c.state == SubscriptionState.ACTIVE.value
    await connection.execute(
        update(subscriptions).where(subscriptions.c.id.in_(subscription_ids), active).values(state=SubscriptionState.DISABLED.value)
    )
    await cancel_pending(connection, subscription_ids)
