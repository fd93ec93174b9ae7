"""A transport for httpx that reaches public addresses only, so that a feed or a redirect can't make us read inner services."""

from __future__ import annotations

import httpx

from services.runtime.netaddress import forbidden
from services.runtime.netlookup import ForbiddenAddress, Lookup, SystemLookup, vetted

LOOKUP_TIMEOUT_S = 20.0
"""A resolver asks one name server after another, each for 5 s (resolv.conf(5)); a feed can wait for the third."""


class NotPublic(httpx.RequestError):
    """A host that resolved to an address that is not public."""


class PublicTransport(httpx.AsyncBaseTransport):
    """Resolves a host once, refuses it unless all its addresses are public, and connects to one of those addresses.

    Name and certificate are checked against the host as ever. Resolving again while connecting would let a name server answer
    differently the second time.
    """

    def __init__(self, inner: httpx.AsyncBaseTransport, *, lookup: Lookup | None = None) -> None:
        self._inner = inner
        self._system = SystemLookup()
        self._lookup = lookup or self._system

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Raises `NotPublic`, and `httpx.ConnectError` for a host without address."""
        host = request.url.raw_host.decode("ascii")  # as it is in the `Host` header: the name that is resolved must be the name asked
        try:
            addresses = await vetted(self._lookup, host, forbidden, timeout_s=LOOKUP_TIMEOUT_S)
        except ForbiddenAddress as error:
            raise NotPublic(f"{host} is at an address that is not public", request=request) from error
        except OSError as error:
            raise httpx.ConnectError(f"{host} has no address ({error})", request=request) from error
        pinned = httpx.Request(
            request.method,
            # IPv4 first: a machine without an IPv6 route would not get through to the other ones.
            request.url.copy_with(host=min(addresses, key=lambda address: ":" in address)),
            headers=request.headers,  # among them the host as it was
            stream=request.stream,
            extensions={**request.extensions, "sni_hostname": host},
        )
        return await self._inner.handle_async_request(pinned)

    async def aclose(self) -> None:
        await self._inner.aclose()
        await self._system.close()
