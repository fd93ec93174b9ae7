"""Fetching one feed: conditional, bounded in bytes, time and redirects, and polite."""

from __future__ import annotations

import asyncio
import zlib
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from email.utils import parsedate_to_datetime

import httpx

from services.ingest.publicnet import NotPublic, PublicTransport

MAX_BYTES = 10_000_000
"""Of a feed, decompressed."""
TOTAL_TIMEOUT_S = 30.0
"""Of one fetch with all its redirects."""
MAX_REDIRECTS = 5
MAX_RETRY_AFTER_S = 86_400.0
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_STEP_BYTES = 65_536


class FetchFailed(Exception):
    """A fetch that gave no feed. `outcome` is one word of `metrics.FETCH_OUTCOMES`; `retry_after_s` is what the server asked for."""

    def __init__(self, outcome: str, detail: str, *, retry_after_s: float | None = None) -> None:
        super().__init__(detail)
        self.outcome = outcome
        self.retry_after_s = retry_after_s


@dataclass(frozen=True, slots=True)
class Fetched:
    """A feed as it came. `body` is `None` when the server says that nothing has changed; `url` is where it came from in the end."""

    url: str
    body: bytes | None
    content_type: str | None = None
    etag: str | None = None
    last_modified: str | None = None


def feed_client(*, user_agent: str, allow_private: bool) -> httpx.AsyncClient:
    """The client that feeds are fetched with. It reaches public addresses only, unless `allow_private`."""
    transport = httpx.AsyncHTTPTransport(retries=0)
    headers = {
        "User-Agent": user_agent,
        "Accept": "application/rss+xml, application/atom+xml, application/xml;q=0.9, text/xml;q=0.9, */*;q=0.5",
        "Accept-Encoding": "gzip",  # what the bounded reader below can undo
    }
    return httpx.AsyncClient(transport=transport if allow_private else PublicTransport(transport), headers=headers, timeout=10.0)


async def fetch(
    client: httpx.AsyncClient,
    url: str,
    *,
    now: datetime,
    etag: str | None = None,
    last_modified: str | None = None,
    max_bytes: int = MAX_BYTES,
    timeout_s: float = TOTAL_TIMEOUT_S,
) -> Fetched:
    """The feed at `url`, if it has changed since it had this `etag` or `last_modified`. Raises `FetchFailed`."""
    conditions = {"If-None-Match": etag, "If-Modified-Since": last_modified}
    request = client.build_request("GET", url, headers={name: value for name, value in conditions.items() if value is not None})
    try:
        async with asyncio.timeout(timeout_s):
            return await _follow(client, request, now=now, max_bytes=max_bytes)
    except TimeoutError as error:
        raise FetchFailed("timeout", f"no answer within {timeout_s:g} s") from error
    except httpx.TimeoutException as error:
        raise FetchFailed("timeout", f"the server is silent ({type(error).__name__})") from error
    except NotPublic as error:
        raise FetchFailed("blocked", f"{error}; MUSAFAHA_INGEST__ALLOW_PRIVATE_FEEDS=true would allow it") from error
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise FetchFailed("connection", f"{type(error).__name__}: {error}") from error


async def _follow(client: httpx.AsyncClient, request: httpx.Request, *, now: datetime, max_bytes: int) -> Fetched:
    for _ in range(MAX_REDIRECTS + 1):
        response = await client.send(request, stream=True, follow_redirects=False)
        try:
            if response.status_code not in _REDIRECTS:
                return await _read(response, now=now, max_bytes=max_bytes)
            following = response.next_request
        finally:
            await response.aclose()
        if following is None or following.url.scheme not in ("http", "https"):
            raise FetchFailed("redirects", f"{response.status_code} without a web address to go to")
        request = following
    raise FetchFailed("redirects", f"more than {MAX_REDIRECTS} redirects")


async def _read(response: httpx.Response, *, now: datetime, max_bytes: int) -> Fetched:
    url, headers = str(response.url), response.headers
    if response.status_code == 304:
        return Fetched(url, None)
    if response.status_code != 200:
        wait_s = retry_after_s(headers, now=now)
        raise FetchFailed("status", f"the server answers {response.status_code}", retry_after_s=wait_s)
    encoding = headers.get("content-encoding", "identity").strip().lower()
    if encoding not in ("", "identity", "gzip", "x-gzip", "deflate"):
        raise FetchFailed("encoding", f"compressed as {encoding!r}, which was not asked for")
    raw = response.aiter_raw()
    body = await _bounded(raw if encoding in ("", "identity") else _inflated(raw), max_bytes)
    return Fetched(url, body, headers.get("content-type"), headers.get("etag"), headers.get("last-modified"))


async def _bounded(chunks: AsyncIterator[bytes], max_bytes: int) -> bytes:
    body = bytearray()
    async for chunk in chunks:
        body += chunk
        if len(body) > max_bytes:
            raise FetchFailed("too_large", f"more than {max_bytes:,} bytes")
    return bytes(body)


async def _inflated(chunks: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    """Decompressed in small steps: a bomb is noticed at the limit, not when it has gone off."""
    inflater = zlib.decompressobj(wbits=47)  # gzip or zlib, by the header
    try:
        async for chunk in chunks:
            rest = chunk
            while rest and not inflater.eof:
                yield inflater.decompress(rest, _STEP_BYTES)
                rest = inflater.unconsumed_tail
    except zlib.error as error:
        raise FetchFailed("encoding", f"the compressed body is damaged ({error})") from error
    if not inflater.eof:
        raise FetchFailed("encoding", "the compressed body ends too early")


def retry_after_s(headers: Mapping[str, str], *, now: datetime) -> float | None:
    """Seconds the server asks us to stay away (RFC 9110, section 10.2.3), at most a day; `None` when it does not say."""
    asked = headers.get("retry-after", "").strip()
    if asked.isdecimal() and len(asked) <= 9:
        return min(float(asked), MAX_RETRY_AFTER_S)
    try:
        moment = parsedate_to_datetime(asked)
        seconds = (moment - now).total_seconds()
    except (ValueError, TypeError):
        return None
    return min(max(seconds, 0.0), MAX_RETRY_AFTER_S)
