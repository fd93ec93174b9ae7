"""One HTTP try of one delivery: sends a signed body to a vetted address and says in plain values what came of it.

Nothing of the HTTP client leaves this module. Redirects, cookies, proxies of the environment and compressed answers are off.
"""

from __future__ import annotations

import asyncio
import errno
import logging
import socket
import ssl
from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib.metadata import version
from typing import Final, Protocol

import aiohttp
from aiohttp.abc import AbstractResolver, ResolveResult
from yarl import URL

from services.alert.guard import Guard, TargetNotAllowed
from services.runtime.netlookup import ForbiddenAddress, Lookup, SystemLookup, vetted

log = logging.getLogger(__name__)

READ_BYTES: Final = 16_384
"""Of an answer's body, at most; what a receiver sends beyond it is not read."""
KEEP_BYTES: Final = 8_192
BODY_TIMEOUT_S: Final = 2.0
"""Seconds for the body once the status has come: the status decides, so a body that trickles must not hold its slot."""
CUT_MARK: Final = "…[cut]"
LOOKUP_TIMEOUT_S: Final = 5.0
CONNECT_TIMEOUT_S: Final = 5.0
IDLE_S: Final = 4.0
"""Seconds an idle connection is kept: shorter than the 5 s after which common servers close theirs."""


@dataclass(frozen=True, slots=True)
class Post:
    """What to send: `url` as stored, `headers` with the signature (so never shown), `body` exactly as it was signed."""

    url: str
    headers: Mapping[str, str] = field(repr=False)
    body: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Answer:
    """What came of a try. Without a `code` no answer came, and `error` is one word of a closed set that says why.

    `final` means that no repetition can help; `response` is the beginning of the body, with `CUT_MARK` where it was cut.
    """

    code: int | None = None
    error: str | None = None
    response: str | None = None
    retry_after: str | None = None
    final: bool = False


class Sender(Protocol):
    """How a try is made."""

    async def send(self, post: Post) -> Answer:
        """Make one try. Whatever goes wrong is an answer, never an exception."""


class HttpSender:
    """Sends through aiohttp. `timeout_s` bounds a whole try on the wall clock, from the lookup to the last byte."""

    def __init__(self, guard: Guard, *, timeout_s: float, lookup: Lookup | None = None, tls: ssl.SSLContext | None = None) -> None:
        self._guard = guard
        self._timeout_s = timeout_s
        self._system = SystemLookup()
        resolver = VettingResolver(guard, lookup or self._system)
        self._kept = _session(_connector(guard, resolver, tls, keep=True))
        self._fresh = _session(_connector(guard, resolver, tls, keep=False))

    async def close(self) -> None:
        """Close all connections."""
        await self._kept.close()
        await self._fresh.close()
        await self._system.close()

    async def send(self, post: Post) -> Answer:
        """Make one try. Raises nothing but a cancellation."""
        loop = asyncio.get_running_loop()
        deadline = loop.time() + self._timeout_s
        try:
            url = self._guard.target(post.url)
            async with asyncio.timeout_at(deadline):
                response = await self._posted(url, post)
        except TargetNotAllowed as error:
            log.warning("delivery.target_not_allowed", extra={"reason": error.reason})
            return Answer(error="target_not_allowed", final=True)
        except (aiohttp.ClientError, OSError, ValueError) as error:
            word = _word_for(error)
            if word == "target_not_allowed":  # the subscriber hears no more than this word
                log.warning("delivery.target_not_allowed", extra={"reason": str(error)})
            return Answer(error=word)
        try:
            text = await _beginning(response, until=min(deadline, loop.time() + BODY_TIMEOUT_S))
        finally:
            # Only a body that was read to its end leaves the connection fit for the next request.
            response.release() if response.content.at_eof() else response.close()
        return Answer(code=response.status, response=text, retry_after=response.headers.get("Retry-After"))

    async def _posted(self, url: URL, post: Post) -> aiohttp.ClientResponse:
        """Status and headers of the answer. A kept connection that its receiver had closed meanwhile is replaced by a fresh one."""
        trace = _Trace()
        try:
            return await _post(self._kept, url, post, trace)
        except (aiohttp.ServerDisconnectedError, ConnectionError):
            if not trace.reused:
                raise
            return await _post(self._fresh, url, post, trace)


class VettingResolver(AbstractResolver):
    """Resolves a host to addresses of which the guard allows every one: a single forbidden one spoils the answer."""

    def __init__(self, guard: Guard, lookup: Lookup) -> None:
        self._guard = guard
        self._lookup = lookup

    async def resolve(self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_UNSPEC) -> list[ResolveResult]:
        """The vetted addresses. Raises `ForbiddenAddress`, and `OSError` when there is none within `LOOKUP_TIMEOUT_S`."""
        addresses = await vetted(self._lookup, host, lambda address: self._guard.forbids(address, host=host), timeout_s=LOOKUP_TIMEOUT_S)
        return [_resolved(host, port, address) for address in addresses]

    async def close(self) -> None:
        """Nothing is held."""


def _resolved(host: str, port: int, address: str) -> ResolveResult:
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    return ResolveResult(hostname=host, host=address, port=port, family=family, proto=socket.IPPROTO_TCP, flags=socket.AI_NUMERICHOST)


def _connector(guard: Guard, resolver: VettingResolver, tls: ssl.SSLContext | None, *, keep: bool) -> aiohttp.TCPConnector:
    def make_socket(info: aiohttp.AddrInfoType) -> socket.socket:
        family, kind, protocol, _, address = info
        # The last gate: an address that is written in the URL never passes the resolver.
        if why := guard.forbids(str(address[0]), host=""):
            raise ForbiddenAddress(errno.EACCES, f"no connection to {address[0]!s}: {why}")
        return socket.socket(family, kind, protocol)

    return aiohttp.TCPConnector(
        resolver=resolver,
        socket_factory=make_socket,
        use_dns_cache=False,
        limit=0,  # the worker bounds what is in flight
        ssl=True if tls is None else tls,
        force_close=not keep,
        keepalive_timeout=IDLE_S if keep else None,
    )


def _session(connector: aiohttp.TCPConnector) -> aiohttp.ClientSession:
    tracing = aiohttp.TraceConfig()
    tracing.on_connection_reuseconn.append(_note_reuse)
    return aiohttp.ClientSession(
        connector=connector,
        timeout=aiohttp.ClientTimeout(total=None, sock_connect=CONNECT_TIMEOUT_S),
        cookie_jar=aiohttp.DummyCookieJar(),
        trust_env=False,
        auto_decompress=False,
        trace_configs=[tracing],
        headers={"User-Agent": f"musafaha/{version('musafaha')}", "Accept-Encoding": "identity"},
    )


class _Trace:
    """Whether the request went out on a connection that had served another one."""

    reused = False


async def _note_reuse(_session: object, context: object, _params: object) -> None:
    trace = getattr(context, "trace_request_ctx", None)
    if isinstance(trace, _Trace):
        trace.reused = True


async def _post(session: aiohttp.ClientSession, url: URL, post: Post, trace: _Trace) -> aiohttp.ClientResponse:
    headers = {"Content-Type": "application/json", **post.headers}
    return await session.post(url, data=post.body, headers=headers, allow_redirects=False, trace_request_ctx=trace)


async def _beginning(response: aiohttp.ClientResponse, *, until: float) -> str | None:
    """What of the body came in time, at most `KEEP_BYTES` of it, as text. A body that breaks off takes nothing from the status."""
    read = bytearray()
    cut = False
    try:
        async with asyncio.timeout_at(until):
            while len(read) <= READ_BYTES and (piece := await response.content.read(READ_BYTES + 1 - len(read))):
                read += piece
    except (aiohttp.ClientError, OSError, ValueError):
        cut = True
    # PostgreSQL keeps no NUL in text.
    text = bytes(read[:KEEP_BYTES]).decode("utf-8", "replace").replace("\0", "\N{REPLACEMENT CHARACTER}")
    return text + CUT_MARK if cut or len(read) > KEEP_BYTES else text or None


_WORDS: Final[tuple[tuple[type[BaseException], str], ...]] = (
    (ForbiddenAddress, "target_not_allowed"),
    (aiohttp.ClientConnectorDNSError, "dns"),
    (aiohttp.ClientSSLError, "tls"),
    (ssl.SSLError, "tls"),
    (TimeoutError, "timeout"),
    (ConnectionRefusedError, "refused"),
    (aiohttp.ServerDisconnectedError, "reset"),
    (ConnectionError, "reset"),
    (aiohttp.ClientConnectorError, "connection"),
    (aiohttp.ClientError, "protocol"),
    (ValueError, "protocol"),
)
"""The first that fits the error, or the operating system's error behind it."""


def _word_for(error: BaseException) -> str:
    """The failure in one word, fit for a metric label and for the subscriber."""
    cause = getattr(error, "os_error", error)
    return next((word for kind, word in _WORDS if isinstance(error, kind) or isinstance(cause, kind)), "connection")
