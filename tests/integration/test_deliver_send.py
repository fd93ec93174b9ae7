"""One try over real sockets: TLS, resolution, connections, and what must never happen."""

from __future__ import annotations

import asyncio
import socket
import ssl
from collections.abc import Sequence
from typing import Any

import pytest
import trustme

from services.alert.guard import Guard
from services.alert.send import Answer, HttpSender, Post
from tests.unit.alert_delivery.receiver import Got, answers, receiving

HOST = "hooks.example.org"


def post_to(url: str) -> Post:
    return Post(url=url, headers={"webhook-id": "dlv_1"}, body=b"{}")


class StubLookup:
    """Answers in turns, the last one for ever, as a name server under an attacker's control would."""

    def __init__(self, *turns: Sequence[str]) -> None:
        self.turns = list(turns)
        self.asked: list[str] = []

    async def __call__(self, host: str) -> tuple[str, ...]:
        self.asked.append(host)
        return tuple(self.turns.pop(0) if len(self.turns) > 1 else self.turns[0])


async def sent(posts: Sequence[Post], guard: Guard, **options: Any) -> list[Answer]:
    """The answers to these tries, made one after another by one sender."""
    sender = HttpSender(guard, timeout_s=5.0, **options)
    try:
        return [await sender.send(post) for post in posts]
    finally:
        await sender.close()


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    """An authority of our own."""
    return trustme.CA()


def server_tls(certificate: trustme.LeafCert) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    certificate.configure_cert(context)
    return context


def client_tls(authority: trustme.CA) -> ssl.SSLContext:
    context = ssl.create_default_context()
    authority.configure_trust(context)
    return context


async def test_https_keeps_the_name_and_goes_to_the_vetted_address(authority: trustme.CA) -> None:
    """Certificate and `Host` belong to the name, the connection to the address that was judged."""
    lookup = StubLookup(["127.0.0.1"])
    async with receiving(tls=server_tls(authority.issue_cert(HOST))) as receiver:
        guard = Guard(allow_loopback=True, ports=frozenset({receiver.port}))
        [answer] = await sent([post_to(f"https://{HOST}:{receiver.port}/x")], guard, lookup=lookup, tls=client_tls(authority))

    assert answer == Answer(code=200)
    assert receiver.got[0].headers["host"] == f"{HOST}:{receiver.port}"
    assert lookup.asked == [HOST]


async def test_a_certificate_that_is_not_good_is_refused(authority: trustme.CA) -> None:
    """Another name, or an authority that nobody trusts: nothing is sent."""
    other = server_tls(authority.issue_cert("other.example.org"))
    unknown = server_tls(trustme.CA().issue_cert(HOST))
    for context in (other, unknown):
        async with receiving(tls=context) as receiver:
            guard = Guard(allow_loopback=True, ports=frozenset({receiver.port}))
            url = f"https://{HOST}:{receiver.port}/"
            [answer] = await sent([post_to(url)], guard, lookup=StubLookup(["127.0.0.1"]), tls=client_tls(authority))

        assert answer == Answer(error="tls")
        assert receiver.got == []


async def test_a_name_that_turns_to_an_inner_address_is_refused_at_the_next_try(authority: trustme.CA) -> None:
    """Rebinding: what was public when the subscription was made, and at the first try, is judged again at every connection."""
    lookup = StubLookup(["127.0.0.1"], ["10.0.0.1"])
    async with receiving(tls=server_tls(authority.issue_cert(HOST)), default=answers(200, headers=["Connection: close"])) as receiver:
        guard = Guard(allow_loopback=True, ports=frozenset({receiver.port}))
        posts = [post_to(f"https://{HOST}:{receiver.port}/")] * 2
        first, second = await sent(posts, guard, lookup=lookup, tls=client_tls(authority))

    assert first.code == 200
    assert second == Answer(error="target_not_allowed")
    assert receiver.connections == 1


@pytest.mark.parametrize(
    "addresses",
    [
        ["127.0.0.1"],
        ["10.0.0.1"],
        ["93.184.215.14", "127.0.0.1"],
        ["2606:4700:4700::1111", "::1"],
        ["64:ff9b::7f00:1"],
        ["::ffff:93.184.215.14"],
        ["no address"],
    ],
)
async def test_one_forbidden_address_spoils_the_whole_answer(monkeypatch: pytest.MonkeyPatch, addresses: list[str]) -> None:
    """A name that is half public opens no socket at all: the client never gets to choose."""
    opened: list[object] = []
    monkeypatch.setattr(socket.socket, "connect", lambda *args: opened.append(args))
    [answer] = await sent([post_to(f"https://{HOST}/")], Guard(), lookup=StubLookup(addresses))

    assert answer == Answer(error="target_not_allowed")
    assert opened == []


async def test_a_literal_that_became_forbidden_is_final_and_opens_no_socket() -> None:
    """A row from the time of the development switch leads nowhere, and no repetition would help."""
    async with receiving() as receiver:
        [answer] = await sent([post_to(receiver.url())], Guard())

    assert answer == Answer(error="target_not_allowed", final=True)
    assert receiver.connections == 0


async def test_connections_are_kept_and_one_that_the_receiver_closed_is_replaced_unseen() -> None:
    """A server that closes idle connections costs no failed attempt, so no delay."""
    served: list[asyncio.StreamWriter] = []

    async def behave(got: Got, writer: asyncio.StreamWriter) -> None:
        if writer in served and got.path == "/closed":
            writer.transport.abort()
            return
        served.append(writer)
        await answers(200)(got, writer)

    async with receiving(default=behave) as receiver:
        posts = [post_to(receiver.url(path)) for path in ("/a", "/b", "/c", "/closed", "/d")]
        codes = [answer.code for answer in await sent(posts, Guard(allow_loopback=True))]

    assert codes == [200] * 5
    assert [got.path for got in receiver.got] == ["/a", "/b", "/c", "/closed", "/closed", "/d"]
    assert receiver.connections == 3


async def test_a_fresh_connection_that_is_closed_is_a_failure() -> None:
    """The replacement is for kept connections only: a receiver that always hangs up is not called twice in a row."""

    async def hangs_up(_got: Got, writer: asyncio.StreamWriter) -> None:
        writer.close()

    async with receiving(default=hangs_up) as receiver:
        [answer] = await sent([post_to(receiver.url())], Guard(allow_loopback=True))

    assert answer == Answer(error="reset")
    assert len(receiver.got) == 1


async def test_cookies_and_proxies_of_the_environment_have_no_effect(monkeypatch: pytest.MonkeyPatch) -> None:
    """A proxy would take the connection out of the guard's sight; a cookie would let a receiver mark us."""
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    monkeypatch.delenv("NO_PROXY", raising=False)
    async with receiving(default=answers(200, headers=["Set-Cookie: a=b; Path=/"])) as receiver:
        codes = [answer.code for answer in await sent([post_to(receiver.url())] * 2, Guard(allow_loopback=True))]

    assert codes == [200, 200]
    assert [got.headers.get("cookie") for got in receiver.got] == [None, None]


async def test_a_name_without_address_is_a_failure_of_its_own_kind() -> None:
    """The subscriber sees in the log that the name is the trouble."""

    async def nothing(_host: str) -> tuple[str, ...]:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    [answer] = await sent([post_to(f"https://{HOST}/")], Guard(), lookup=nothing)

    assert answer == Answer(error="dns")
