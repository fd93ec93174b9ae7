"""Leases in the table `locks`: a task that one process at a time may do belongs to it for a while and has to be renewed.

Every taking raises the fence, so that a holder who slept through its lease finds out before it writes. Times are those of the
process that asks; clocks of several machines may differ by less than a lease lasts.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import insert, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from services.alert.tables import locks
from services.runtime.clock import to_micros


async def is_free(connection: AsyncConnection, name: str, *, now: datetime) -> bool:
    """Whether nobody holds the lease `name`; only a hint, as it may be taken a moment later."""
    query = select(locks.c.until).where(locks.c.name == name, locks.c.owner.is_not(None))
    until = (await connection.execute(query)).scalar_one_or_none()
    return until is None or until <= to_micros(now)


async def take(connection: AsyncConnection, name: str, *, owner: str, now: datetime, lease_s: float) -> int | None:
    """Take the lease if it is free or has run out; its fence, or `None` when somebody holds it. In a write transaction."""
    until = to_micros(now + timedelta(seconds=lease_s))
    free = or_(locks.c.owner.is_(None), locks.c.until <= to_micros(now))
    taken = update(locks).where(locks.c.name == name, free).values(owner=owner, until=until, fence=locks.c.fence + 1)
    fence = (await connection.execute(taken.returning(locks.c.fence))).scalar_one_or_none()
    if fence is not None:
        return int(fence)
    if (await connection.execute(select(locks.c.name).where(locks.c.name == name))).first() is not None:
        return None
    await connection.execute(insert(locks).values(name=name, owner=owner, until=until, fence=1))
    return 1


async def renew(connection: AsyncConnection, name: str, *, fence: int, now: datetime, lease_s: float) -> bool:
    """Make the lease that was taken with `fence` last from now; `False` when somebody else took it since. In a write transaction."""
    until = to_micros(now + timedelta(seconds=lease_s))
    renewed = update(locks).where(locks.c.name == name, locks.c.fence == fence, locks.c.owner.is_not(None)).values(until=until)
    return (await connection.execute(renewed)).rowcount == 1


async def release(connection: AsyncConnection, name: str, *, fence: int) -> None:
    """Give the lease back, if it is still the one that was taken with `fence`. In a write transaction."""
    await connection.execute(update(locks).where(locks.c.name == name, locks.c.fence == fence).values(owner=None, until=None))


async def free_all(connection: AsyncConnection) -> None:
    """Free every lease. Only for a store that has a single worker, when that one starts."""
    await connection.execute(update(locks).values(owner=None, until=None))
