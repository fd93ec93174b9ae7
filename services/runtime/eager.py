"""Starting a coroutine without a task: most of ours end at once, and a task for each would cost more than they do."""

from __future__ import annotations

import types
from collections.abc import Coroutine, Generator
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

Result = TypeVar("Result")


@dataclass(frozen=True, slots=True)
class Ended(Generic[Result]):
    """What a coroutine returned that had nothing to wait for."""

    result: Result


def begin(coroutine: Coroutine[Any, Any, Result]) -> Ended[Result] | Coroutine[Any, Any, Result]:
    """Run `coroutine` up to its first wait. Returns its result, or the rest of it to be awaited; raises what it raises.

    Python 3.12 has eager tasks; this does the same for one coroutine from 3.11 on. Until its first wait the coroutine runs as part of
    the current task, so it must not begin a timeout there.
    """
    try:
        waiting = coroutine.send(None)
    except StopIteration as end:
        return Ended(end.value)
    return _rest(coroutine, waiting)


async def _rest(coroutine: Coroutine[Any, Any, Result], waiting: Any) -> Result:
    return await _go_on(coroutine, waiting)


@types.coroutine
def _go_on(coroutine: Coroutine[Any, Any, Result], waiting: Any) -> Generator[Any, Any, Result]:
    """Wait for what the coroutine waits for, hand it the answer, and so on to its end."""
    while True:
        failure: BaseException | None = None
        answer: Any = None
        try:
            answer = yield waiting
        except BaseException as error:
            failure = error
        try:
            waiting = coroutine.send(answer) if failure is None else coroutine.throw(failure)
        except StopIteration as end:
            return end.value  # type: ignore[no-any-return]
