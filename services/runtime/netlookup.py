"""Host names to addresses by the machine's own resolver: one dead name server holds up no other host, and every answer is vetted."""

from __future__ import annotations

import asyncio
import contextlib
import errno
import socket
import threading
from collections.abc import Awaitable, Callable
from typing import Final

MAX_LOOKUPS: Final = 64
"""Threads that wait for the machine's resolver at once; it can't be interrupted and may take half a minute."""

Addresses = tuple[str, ...]

Lookup = Callable[[str], Awaitable[Addresses]]
"""All addresses of a host. Raises `OSError` when there is none."""


class ForbiddenAddress(OSError):
    """An address that must not be connected to. An `OSError`, as HTTP clients expect of what resolves for them."""


async def vetted(lookup: Lookup, host: str, forbids: Callable[[str], str | None], *, timeout_s: float) -> Addresses:
    """The addresses of `host`, when `forbids` has nothing against any of them: a single forbidden one spoils the answer.

    Raises `ForbiddenAddress`, and `OSError` when there is no address within `timeout_s`.
    """
    try:
        async with asyncio.timeout(timeout_s):
            addresses = await lookup(host)
    except TimeoutError as error:
        raise OSError(errno.EHOSTUNREACH, f"looking up {host} took more than {timeout_s:g} s") from error
    for address in addresses:
        if why := forbids(address):
            raise ForbiddenAddress(errno.EACCES, f"{host} resolves to {address}: {why}")
    return addresses


class SystemLookup:
    """At most one lookup per host at a time: who asks meanwhile shares its answer, so a dead name costs one thread."""

    def __init__(self) -> None:
        self._running: dict[str, asyncio.Task[Addresses]] = {}
        self._slots = asyncio.Semaphore(MAX_LOOKUPS)

    async def __call__(self, host: str) -> Addresses:
        """All addresses of `host`, at least one. Raises `OSError` when there is none."""
        task = self._running.get(host)
        if task is None:
            task = self._running[host] = asyncio.create_task(self._looked_up(host))
            task.add_done_callback(lambda done: self._forget(host, done))
        return await asyncio.shield(task)

    async def close(self) -> None:
        """Stop waiting; threads still in the resolver end by themselves and keep no process alive."""
        for task in list(self._running.values()):
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError, OSError):
                await task

    def _forget(self, host: str, done: asyncio.Task[Addresses]) -> None:
        self._running.pop(host, None)
        if not done.cancelled():
            done.exception()  # everybody who asked may have given up; then nobody else takes it

    async def _looked_up(self, host: str) -> Addresses:
        async with self._slots:
            answer: asyncio.Future[Addresses] = asyncio.get_running_loop().create_future()
            # Daemons, since the threads of an executor would be waited for when the process ends.
            threading.Thread(target=_look_up, args=(host, answer), name=f"lookup {host}", daemon=True).start()
            return await answer


def _look_up(host: str, answer: asyncio.Future[Addresses]) -> None:
    def tell(addresses: Addresses, error: OSError | None) -> None:
        if not answer.done():
            answer.set_exception(error) if error else answer.set_result(addresses)

    found: Addresses = ()
    failed: OSError | None = None
    try:
        # A name that looks right can still have a label that the resolver's own codec refuses (UnicodeError).
        infos = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
        found = tuple(dict.fromkeys(str(info[4][0]) for info in infos))
        failed = None if found else OSError(f"{host} has no address")
    except (OSError, UnicodeError) as error:
        failed = error if isinstance(error, OSError) else OSError(str(error))
    with contextlib.suppress(RuntimeError):  # the loop has ended meanwhile
        answer.get_loop().call_soon_threadsafe(tell, found, failed)
