"""Work that waits at the same time shares one transaction: a commit costs far more than what it commits.

Each piece still happens as a whole or not at all, and a piece that fails does not take the others with it.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from typing import Generic, TypeVar

from services.runtime.errors import TransientError

Work = TypeVar("Work")
Result = TypeVar("Result")

LIMIT = 16
"""Pieces in one transaction, at most: deliveries and the outbox want the lock too, and a webhook waits for them."""


class GroupCommit(Generic[Work, Result]):
    """Hands work to `together` in groups, in the order of submission; one group at a time.

    `together` does all of a group in one transaction and returns a result each. When it fails, each piece is done alone, so that
    the one at fault is found; when the store is away (`TransientError`) all of the group hear it.
    """

    def __init__(self, together: Callable[[Sequence[Work]], Awaitable[Sequence[Result]]], *, limit: int = LIMIT) -> None:
        self._together = together
        self._limit = limit
        self._waiting: deque[tuple[Work, asyncio.Future[Result]]] = deque()
        self._worker: asyncio.Task[None] | None = None

    async def do(self, work: Work) -> Result:
        """Do one piece of work with whatever else is waiting. Raises what the work raises."""
        future: asyncio.Future[Result] = asyncio.get_running_loop().create_future()
        self._waiting.append((work, future))
        if self._worker is None or self._worker.done():
            self._worker = asyncio.create_task(self._run())
        return await future

    async def _run(self) -> None:
        while self._waiting:
            group = [self._waiting.popleft() for _ in range(min(self._limit, len(self._waiting)))]
            group = [(work, future) for work, future in group if not future.done()]  # who gave up waiting is not served
            if group and not await self._done_together(group):
                for piece in group:
                    await self._done_together([piece])

    async def _done_together(self, group: Sequence[tuple[Work, asyncio.Future[Result]]]) -> bool:
        """Whether the group is settled: with results, or with an error that is everybody's."""
        try:
            results = await self._together([work for work, _ in group])
        except Exception as error:
            if len(group) > 1 and not isinstance(error, TransientError):
                return False
            for _, future in group:
                if not future.done():
                    future.set_exception(error)
            return True
        for (_, future), result in zip(group, results, strict=True):
            if not future.done():
                future.set_result(result)
        return True
