"""Names to addresses: vetted, bounded in time, and without one dead name server holding up the rest."""

from __future__ import annotations

import asyncio
import socket
import threading
from collections.abc import Callable
from typing import Any

import pytest

from services.runtime.netaddress import forbidden
from services.runtime.netlookup import ForbiddenAddress, Lookup, SystemLookup, vetted


def lookup_of(*addresses: str) -> Lookup:
    async def lookup(_host: str) -> tuple[str, ...]:
        return addresses

    return lookup


async def test_addresses_against_which_nothing_speaks_come_in_their_order() -> None:
    """The resolver's preference is kept."""
    addresses = ("2606:4700:4700::1111", "93.184.215.14")

    assert await vetted(lookup_of(*addresses), "feeds.example.org", forbidden, timeout_s=20) == addresses


@pytest.mark.parametrize("position", range(3))
async def test_a_forbidden_address_spoils_the_answer_wherever_it_stands(position: int) -> None:
    """Who connects never gets to choose; the error says which address it was, and why."""
    addresses = ["93.184.215.14", "93.184.215.15"]
    addresses.insert(position, "10.0.0.1")

    with pytest.raises(ForbiddenAddress, match=r"feeds\.example\.org resolves to 10\.0\.0\.1: private"):
        await vetted(lookup_of(*addresses), "feeds.example.org", forbidden, timeout_s=20)


async def test_a_lookup_that_hangs_is_given_up_in_time() -> None:
    """As an error of the network, like every other failure to find a host."""

    async def never(_host: str) -> tuple[str, ...]:
        await asyncio.Event().wait()
        return ()

    with pytest.raises(OSError, match=r"looking up dead\.example\.org took more than 0\.01 s"):
        await vetted(never, "dead.example.org", forbidden, timeout_s=0.01)


async def test_a_name_server_that_hangs_costs_one_thread_and_holds_nobody_up(monkeypatch: pytest.MonkeyPatch) -> None:
    """However many requests wait for a dead name, other names are looked up at once."""
    asked: list[str] = []
    release = threading.Event()
    real: Callable[..., Any] = socket.getaddrinfo

    def getaddrinfo(host: str, *args: Any, **options: Any) -> Any:
        asked.append(host)
        if host == "dead.example.org":
            release.wait(20)
            raise socket.gaierror(socket.EAI_AGAIN, "no answer")
        return real("127.0.0.1", *args, **options)

    monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)
    lookup = SystemLookup()
    waiting = [asyncio.create_task(lookup("dead.example.org")) for _ in range(200)]
    await asyncio.sleep(0)
    found = await asyncio.wait_for(lookup("alive.example.org"), 5)
    release.set()
    failures = await asyncio.gather(*waiting, return_exceptions=True)
    await lookup.close()

    assert found == ("127.0.0.1",)
    assert sorted(asked) == ["alive.example.org", "dead.example.org"]
    assert {type(failure) for failure in failures} == {socket.gaierror}
