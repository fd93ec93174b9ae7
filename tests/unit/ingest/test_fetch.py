"""Fetching from servers that mean no good or know no better."""

from __future__ import annotations

import asyncio
import gzip
import zlib
from collections.abc import Callable

import httpx
import pytest

from services.ingest.fetch import MAX_REDIRECTS, Fetched, FetchFailed, feed_client, fetch
from services.ingest.publicnet import NotPublic, PublicTransport
from services.runtime.netlookup import Lookup
from tests.unit.ingest.doubles import NOW
from tests.unit.ingest.misbehaving import Answer, plain, serving

BODY = b"<rss/>" * 100


async def fetched(answer: Answer, *, path: str = "/rss", max_bytes: int = 100_000, timeout_s: float = 30.0) -> Fetched:
    async with serving(answer) as address, feed_client(user_agent="test", allow_private=True) as client:
        return await fetch(client, address + path, now=NOW, max_bytes=max_bytes, timeout_s=timeout_s)


async def failure(answer: Answer, **limits: float) -> str:
    with pytest.raises(FetchFailed) as caught:
        await fetched(answer, **limits)  # type: ignore[arg-type]
    return caught.value.outcome


async def test_a_feed_comes_with_what_the_next_request_needs() -> None:
    """Its validators, its type and where it came from in the end."""
    found = await fetched(plain(BODY, 'ETag: "v1"', "Last-Modified: yesterday", "Content-Type: text/xml"))

    assert (found.body, found.etag, found.last_modified, found.content_type) == (BODY, '"v1"', "yesterday", "text/xml")


@pytest.mark.parametrize(("encoding", "pack"), [("gzip", gzip.compress), ("deflate", zlib.compress), ("x-gzip", gzip.compress)])
async def test_a_compressed_feed_is_unpacked(encoding: str, pack: Callable[[bytes], bytes]) -> None:
    """Most servers compress."""
    assert (await fetched(plain(pack(BODY), f"Content-Encoding: {encoding}"))).body == BODY


async def test_a_decompression_bomb_is_stopped_at_the_limit() -> None:
    """A kilobyte that unpacks to megabytes never does so here."""
    assert await failure(plain(gzip.compress(b"0" * 50_000_000), "Content-Encoding: gzip")) == "too_large"


async def test_a_body_without_end_is_stopped_at_the_limit() -> None:
    """Whether or not its length was declared."""

    async def endless(_: dict[str, str], writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\n\r\n")
        while True:
            writer.write(b"x" * 10_000)
            await writer.drain()

    assert await failure(endless) == "too_large"


async def test_a_server_that_drips_is_left_in_time() -> None:
    """The deadline is for the whole, not for each byte."""

    async def dripping(_: dict[str, str], writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\n\r\n")
        while True:
            writer.write(b"x")
            await writer.drain()
            await asyncio.sleep(0.02)

    assert await failure(dripping, timeout_s=0.3) == "timeout"


async def test_a_server_that_says_nothing_is_left_in_time() -> None:
    """Nor may it hold the connection."""

    async def silent(_: dict[str, str], writer: asyncio.StreamWriter) -> None:
        await writer.wait_closed()

    assert await failure(silent, timeout_s=0.3) == "timeout"


@pytest.mark.parametrize(
    ("answer", "outcome"),
    [
        (plain(b"", status="500 Oops"), "status"),
        (plain(b"", status="204 No Content"), "status"),
        (plain(b"not gzip", "Content-Encoding: gzip"), "encoding"),
        (plain(gzip.compress(BODY)[:-20], "Content-Encoding: gzip"), "encoding"),
        (plain(BODY, "Content-Encoding: br"), "encoding"),
        (plain(b"", "Location: /rss", status="302 Found"), "redirects"),
        (plain(b"", "Location: ftp://a.example/", status="302 Found"), "redirects"),
        (plain(b"", "Location: http://[bad", status="302 Found"), "connection"),
    ],
)
async def test_what_is_no_answer_is_a_failure_with_one_word(answer: Answer, outcome: str) -> None:
    """The words are counted; nothing else leaves this module."""
    assert await failure(answer) == outcome


async def test_a_cut_body_and_a_lie_about_its_length_are_failures() -> None:
    """Half a feed must not pass for the whole."""

    async def lying(_: dict[str, str], writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n<rss>")
        await writer.drain()

    async def nonsense(_: dict[str, str], writer: asyncio.StreamWriter) -> None:
        writer.write(b"\x00\x01\x02 hello\r\n\r\n")
        await writer.drain()

    assert (await failure(lying), await failure(nonsense)) == ("connection", "connection")


async def test_redirects_are_followed_up_to_a_limit() -> None:
    """A feed that has moved is found; a circle is left."""
    asked: list[str] = []

    async def moving(request: dict[str, str], writer: asyncio.StreamWriter) -> None:
        number = int(request[""].split()[1].lstrip("/"))
        asked.append(request[""])
        to = plain(BODY) if number == 0 else plain(b"", f"Location: /{number - 1}", status="301 Moved Permanently")
        await to(request, writer)

    found = await fetched(moving, path=f"/{MAX_REDIRECTS}")
    assert (found.body, found.url.endswith("/0"), len(asked)) == (BODY, True, MAX_REDIRECTS + 1)

    with pytest.raises(FetchFailed) as caught:
        await fetched(moving, path=f"/{MAX_REDIRECTS + 1}")
    assert caught.value.outcome == "redirects"


async def test_inner_addresses_are_refused_unless_allowed() -> None:
    """A list of feeds must not be a way into the own network."""
    connections: list[str] = []

    async def noting(request: dict[str, str], writer: asyncio.StreamWriter) -> None:
        connections.append(request[""])

    async with serving(noting) as address, feed_client(user_agent="test", allow_private=False) as client:
        for host in (address, address.replace("127.0.0.1", "localhost"), address.replace("127.0.0.1", "[::ffff:127.0.0.1]")):
            with pytest.raises(FetchFailed) as caught:
                await fetch(client, host, now=NOW)

            assert (caught.value.outcome, "MUSAFAHA_INGEST__ALLOW_PRIVATE_FEEDS" in str(caught.value)) == ("blocked", True)
    assert connections == []


async def test_a_redirect_to_an_inner_address_is_refused() -> None:
    """Each step is checked, not only the first."""
    inner = PublicTransport(httpx.MockTransport(lambda _: httpx.Response(302, headers={"location": "http://169.254.169.254/latest"})))

    async with httpx.AsyncClient(transport=inner) as client:
        with pytest.raises(FetchFailed) as caught:
            await fetch(client, "http://192.88.98.1/rss", now=NOW)

    assert caught.value.outcome == "blocked"


async def test_the_connection_goes_to_the_address_that_was_checked() -> None:
    """Resolving again would let a name server answer differently the second time; the certificate is still that of the name."""
    seen: list[httpx.Request] = []

    def note(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        return httpx.Response(200)

    async with httpx.AsyncClient(transport=PublicTransport(httpx.MockTransport(note))) as client:
        await client.get("https://8.8.8.8/rss")
        with pytest.raises(NotPublic):
            await client.get("https://127.0.0.1/rss")

    assert [(request.url.host, request.headers["host"], request.extensions["sni_hostname"]) for request in seen] == [("8.8.8.8",) * 3]


def lookup_of(*addresses: str) -> Lookup:
    async def lookup(_host: str) -> tuple[str, ...]:
        return addresses

    return lookup


@pytest.mark.parametrize("addresses", [("93.184.215.14", "127.0.0.1"), ("2606:4700:4700::1111", "::1"), ("::ffff:93.184.215.14",)])
async def test_one_inner_address_spoils_the_whole_answer(addresses: tuple[str, ...]) -> None:
    """A name that is half public is not connected to at all."""
    asked: list[httpx.Request] = []

    def note(request: httpx.Request) -> httpx.Response:
        asked.append(request)
        return httpx.Response(200)

    transport = PublicTransport(httpx.MockTransport(note), lookup=lookup_of(*addresses))
    async with httpx.AsyncClient(transport=transport) as client:
        with pytest.raises(NotPublic):
            await client.get("https://feeds.example.org/rss")

    assert asked == []


async def test_the_name_is_looked_up_as_it_is_asked_for_and_ipv4_comes_first() -> None:
    """An international name is one name for resolver, certificate and server; a machine without IPv6 gets through."""
    looked_up: list[str] = []
    seen: list[httpx.Request] = []

    async def lookup(host: str) -> tuple[str, ...]:
        looked_up.append(host)
        return ("2606:4700:4700::1111", "93.184.215.14")

    def note(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        return httpx.Response(200)

    async with httpx.AsyncClient(transport=PublicTransport(httpx.MockTransport(note), lookup=lookup)) as client:
        await client.get("https://faß.example/rss")

    [request] = seen
    assert looked_up == ["xn--fa-hia.example"]
    assert (request.url.host, request.headers["host"], request.extensions["sni_hostname"]) == ("93.184.215.14", *looked_up * 2)
