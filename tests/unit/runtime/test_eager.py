"""A coroutine that is begun at once ends as it would in a task of its own."""

from __future__ import annotations

import asyncio

import pytest

from services.runtime.eager import Ended, begin


async def test_a_coroutine_without_waiting_ends_at_once() -> None:
    """Nothing to wait for: the result is there, no task was made."""

    async def seven() -> int:
        return 7

    assert begin(seven()) == Ended(7)


async def test_the_rest_of_a_coroutine_goes_on_where_it_waited() -> None:
    """Every wait after the first one works as in a task, bare yields to the loop included."""
    answer: asyncio.Future[int] = asyncio.get_running_loop().create_future()

    async def doubled() -> int:
        await asyncio.sleep(0)
        first = await answer
        await asyncio.sleep(0)
        return 2 * first

    rest = begin(doubled())
    assert not isinstance(rest, Ended)
    task = asyncio.ensure_future(rest)
    answer.set_result(21)

    assert await task == 42


async def test_an_error_before_the_first_wait_is_raised_at_once() -> None:
    """Whoever begins it hears of it."""

    async def broken() -> None:
        raise ValueError("at once")

    with pytest.raises(ValueError, match="at once"):
        begin(broken())


async def test_an_error_after_the_first_wait_is_raised_to_who_awaits_the_rest() -> None:
    """Exceptions travel through the rest of the coroutine, and it may catch what it waited for."""
    answer: asyncio.Future[int] = asyncio.get_running_loop().create_future()

    async def patient() -> None:
        try:
            await answer
        except KeyError as error:
            raise ValueError("later") from error

    rest = begin(patient())
    assert not isinstance(rest, Ended)
    answer.set_exception(KeyError("missing"))

    with pytest.raises(ValueError, match="later"):
        await rest


async def test_cancelling_the_rest_cancels_the_coroutine() -> None:
    """A rebalance cancels what waits: the coroutine cleans up after itself."""
    cleaned = []

    async def waiting() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            cleaned.append(True)

    rest = begin(waiting())
    assert not isinstance(rest, Ended)
    task = asyncio.ensure_future(rest)
    await asyncio.sleep(0)
    task.cancel()

    with pytest.raises(asyncio.CancelledError):
        await task
    assert cleaned == [True]
