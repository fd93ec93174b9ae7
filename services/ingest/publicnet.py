"""A transport for httpx that reaches public addresses only, so that a feed or a redirect can't make us read inner services."""

from __future__ import annotations

import asyncio
import socket
from ipaddress import IPv4Address, IPv6Network, ip_address

import httpx

_GLOBAL_UNICAST = IPv6Network("2000::/3")
_SIX_TO_FOUR = IPv6Network("2002::/16")
_NAT64 = IPv6Network("64:ff9b::/96")
"""RFC 6052: the last 32 bits are the IPv4 address that is reached."""
_CLOUD_METADATA = IPv4Address("168.63.129.16")


class NotPublic(httpx.RequestError):
    """A host that resolved to an address that is not public."""


def is_public(address: str) -> bool:
    """Whether this IP address is one of the public internet, whatever it is wrapped in."""
    try:
        found = ip_address(address)
    except ValueError:
        return False
    if isinstance(found, IPv4Address):
        return found.is_global and not found.is_multicast and found != _CLOUD_METADATA
    if found in _NAT64:
        return is_public(str(IPv4Address(int(found) & 0xFFFF_FFFF)))
    return found.is_global and found in _GLOBAL_UNICAST and found not in _SIX_TO_FOUR and found.scope_id is None


class PublicTransport(httpx.AsyncBaseTransport):
    """Resolves a host once, refuses it unless all its addresses are public, and connects to one of those addresses.

    Name and certificate are checked against the host as ever. Resolving again while connecting would let a name server answer
    differently the second time.
    """

    def __init__(self, inner: httpx.AsyncBaseTransport) -> None:
        self._inner = inner

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Raises `NotPublic`, and `httpx.ConnectError` for a host without address."""
        host, port = request.url.host, request.url.port or {"http": 80, "https": 443}.get(request.url.scheme, 0)
        addresses = await _resolve(host, port, request)
        if not all(map(is_public, addresses)):
            raise NotPublic(f"{host} is at an address that is not public", request=request)
        pinned = httpx.Request(
            request.method,
            request.url.copy_with(host=addresses[0]),
            headers=request.headers,  # among them the host as it was
            stream=request.stream,
            extensions={**request.extensions, "sni_hostname": host},
        )
        return await self._inner.handle_async_request(pinned)

    async def aclose(self) -> None:
        await self._inner.aclose()


async def _resolve(host: str, port: int, request: httpx.Request) -> list[str]:
    try:
        found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except OSError as error:
        raise httpx.ConnectError(f"{host} has no address ({error})", request=request) from error
    # IPv4 first: a machine without an IPv6 route would not get through to the other ones.
    return [str(address[0]) for _, _, _, _, address in sorted(found, key=lambda entry: entry[0] != socket.AF_INET)]
