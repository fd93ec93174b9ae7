"""Work that shares a transaction: grouping, order, and who hears of which failure."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import pytest

from services.alert.group import GroupCommit
from services.runtime.errors import StoreUnavailable


class Ledger:
    """Does numbers in groups: 13 is always wrong, and while `away` nothing works."""

    def __init__(self) -> None:
        self.groups: list[list[int]] = []
        self.away = False

    async def together(self, works: Sequence[int]) -> list[int]:
        await asyncio.sleep(0)
        if self.away:
            raise StoreUnavailable("away")
        if 13 in works:
            raise ValueError("thirteen")
        self.groups.append(list(works))
        return [10 * work for work in works]


async def test_what_waits_together_is_done_together_in_order() -> None:
    """The first goes alone, since nothing waits with it; what comes meanwhile shares the next transaction."""
    ledger = Ledger()
    group = GroupCommit(ledger.together)

    results = await asyncio.gather(*(group.do(n) for n in range(5)))

    assert results == [0, 10, 20, 30, 40]
    assert [n for batch in ledger.groups for n in batch] == [0, 1, 2, 3, 4]
    assert len(ledger.groups) < 5


async def test_a_group_is_bounded() -> None:
    """Others want the lock too."""
    ledger = Ledger()
    group = GroupCommit(ledger.together, limit=3)

    await asyncio.gather(*(group.do(n) for n in range(10)))

    assert max(map(len, ledger.groups)) == 3


async def test_one_that_fails_does_not_take_the_others_with_it() -> None:
    """After a failure each piece is done alone: only the one at fault hears of it."""
    ledger = Ledger()
    group = GroupCommit(ledger.together)

    results = await asyncio.gather(*(group.do(n) for n in (1, 13, 2, 3)), return_exceptions=True)

    assert [results[0], *results[2:]] == [10, 20, 30]
    assert isinstance(results[1], ValueError)


async def test_a_store_that_is_away_is_told_to_all_and_work_goes_on_afterwards() -> None:
    """Nobody waits for ever, and the next group tries anew."""
    ledger = Ledger()
    ledger.away = True
    group = GroupCommit(ledger.together)

    results = await asyncio.gather(*(group.do(n) for n in range(3)), return_exceptions=True)
    ledger.away = False

    assert [type(result) for result in results] == [StoreUnavailable] * 3
    assert await group.do(7) == 70


async def test_who_gave_up_waiting_is_not_served() -> None:
    """A message that timed out is tried again by the runner; doing it twice at once would be wrong."""
    ledger = Ledger()
    group = GroupCommit(ledger.together)
    first = asyncio.create_task(group.do(1))
    second = asyncio.create_task(group.do(2))
    await asyncio.sleep(0)
    second.cancel()

    with pytest.raises(asyncio.CancelledError):
        await second
    assert await first == 10
    assert [n for batch in ledger.groups for n in batch] == [1]
