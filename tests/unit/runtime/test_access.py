"""Who may ask: the same answers from FastAPI processes and from the workers' own port."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager

import httpx
import pytest
from fastapi import FastAPI
from hypothesis import example, given
from hypothesis import strategies as st
from pydantic import SecretStr
from starlette.types import Message, Receive, Scope, Send

from services.runtime.access import bears_key, is_for_us
from services.runtime.health import Health, OpsSite, ops_router
from services.runtime.settings import HttpSettings
from services.runtime.web import Admission, protect
from tests.addresses import public_v4

KEY = "0123456789abcdef0123"
PATHS = ("/livez", "/readyz", "/metrics")


@pytest.mark.parametrize(
    ("hosts", "passes"),
    [
        (["localhost"], True),
        (["LOCALHOST:8080"], True),
        (["127.0.0.1"], True),
        (["127.0.0.1:8080"], True),
        (["127.0.0.1:"], True),
        (["127.8.9.10:1"], True),
        (["[::1]"], True),
        (["[::1]:8080"], True),
        ([], False),
        ([""], False),
        ([":8080"], False),
        (["::1"], False),
        (["[::1"], False),
        (["[::1]8080"], False),
        (["localhost:http"], False),
        (["localhost:8080:1"], False),
        (["localhost."], False),
        (["localhost.example.org"], False),
        (["127.0.0.1.example.org"], False),
        (["127.0.0.1@example.org"], False),
        (["example.org:8080"], False),
        (["0.0.0.0:8080"], False),
        (["[::]"], False),
        (["[::ffff:127.0.0.1]"], False),
        (["2130706433"], False),
        (["127.1"], False),
        (["10.0.0.1"], False),
        (["localhost", "localhost"], False),
        (["localhost", "example.org"], False),
        (["local\xe9host"], False),
    ],
)
@pytest.mark.parametrize("listening_on", ["127.0.0.1", "localhost", "::1", "127.0.0.2"])
def test_on_loopback_only_requests_for_this_machine_are_for_us(hosts: list[str], passes: bool, listening_on: str) -> None:
    """A name that somebody else may point at us is no name of ours."""
    assert is_for_us([host.encode("latin-1") for host in hosts], listening_on=listening_on) == passes


@given(st.binary(max_size=40) | st.ip_addresses(v=6).map(lambda a: f"[{a}]".encode()) | public_v4.map(lambda a: str(a).encode()))
@example(b"[]")
@example(b"[:]:")
def test_any_bytes_in_the_host_header_are_judged(host: bytes) -> None:
    """Nothing makes the judgement fail, and what passes is written as loopback."""
    assert not is_for_us([host], listening_on="127.0.0.1") or host.lower().startswith((b"localhost", b"127.", b"[::1]", b"[127."))


@pytest.mark.parametrize("listening_on", ["0.0.0.0", "::", "192.168.1.5", "ingest"])
def test_a_port_for_other_machines_takes_any_host(listening_on: str) -> None:
    """Under which names others reach it, we can't know; there the API key is required."""
    assert is_for_us([b"ingest:8080"], listening_on=listening_on)
    assert is_for_us([], listening_on=listening_on)


@pytest.mark.parametrize(
    ("headers", "passes"),
    [
        ([f"Bearer {KEY}"], True),
        ([f"bearer  {KEY} "], True),
        ([], False),
        (["Bearer"], False),
        ([KEY], False),
        ([f"Basic {KEY}"], False),
        ([f"Bearer {KEY}x"], False),
        ([f"Bearer {KEY}", f"Bearer {KEY}"], False),
        (["Bearer \xff"], False),
    ],
)
def test_the_key_is_borne_by_exactly_one_header(headers: list[str], passes: bool) -> None:
    """A proxy and we must not disagree about which one counts."""
    given = [header.encode("latin-1") for header in headers]

    assert bears_key("/metrics", given, SecretStr(KEY)) == passes
    assert bears_key("/metrics", given, None)
    assert bears_key("/livez", given, SecretStr(KEY))


@asynccontextmanager
async def by_fastapi(http: HttpSettings) -> AsyncIterator[httpx.AsyncClient]:
    app = FastAPI(openapi_url=None)
    app.include_router(ops_router(Health()))
    protect(app, http)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://127.0.0.1") as client:
        yield client


@asynccontextmanager
async def by_worker(http: HttpSettings) -> AsyncIterator[httpx.AsyncClient]:
    site = OpsSite(Health(), http, 0)
    await site.start()
    try:
        async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{site.port}", trust_env=False) as client:
            yield client
    finally:
        await site.stop()


Process = Callable[[HttpSettings], AbstractAsyncContextManager[httpx.AsyncClient]]
both = pytest.mark.parametrize("process", [by_fastapi, by_worker])


def error_of(answer: httpx.Response) -> tuple[int, str]:
    error = answer.json()["error"]
    assert set(error) == {"code", "message", "fields"}
    return answer.status_code, error["code"]


@both
async def test_a_page_that_points_its_name_at_loopback_gets_nothing(process: Process) -> None:
    """DNS rebinding: neither the metrics nor the health of a process are for a web page that its user happens to visit."""
    async with process(HttpSettings()) as client:
        refused = [await client.get(path, headers={"Host": "evil.example.org"}) for path in (*PATHS, "/nowhere")]
        passed = [(await client.get(path, headers={"Host": host})).status_code for path in PATHS for host in ("localhost:80", "[::1]")]

    assert [error_of(answer) for answer in refused] == [(421, "wrong_host")] * 4
    assert "evil" not in refused[0].text
    assert passed == [200] * 6


@both
async def test_a_process_that_others_may_reach_is_asked_by_any_name_with_the_key(process: Process) -> None:
    """Containers call each other by the names of services."""
    async with process(HttpSettings(host="0.0.0.0", api_key=SecretStr(KEY))) as client:
        named = {"Host": "extract:8090"}
        answers = [await client.get(path, headers=named | {"Authorization": f"Bearer {KEY}"}) for path in PATHS]
        health = [(await client.get(path, headers=named)).status_code for path in PATHS[:2]]
        refused = await client.get("/metrics", headers=named)

    assert [answer.status_code for answer in answers] == [200] * 3
    assert health == [200, 200]
    assert (error_of(refused), refused.headers["www-authenticate"]) == ((401, "unauthorized"), "Bearer")


@both
async def test_what_is_refused_has_the_shape_of_every_error(process: Process) -> None:
    """A client reads errors in one way, whichever process it asks."""
    async with process(HttpSettings()) as client:
        missing, wrong = await client.get("/nowhere"), await client.post("/metrics")

    assert (error_of(missing), error_of(wrong)) == ((404, "not_found"), (405, "method_not_allowed"))
    assert "GET" in wrong.headers["allow"]


async def test_an_error_of_ours_shows_nothing_of_itself() -> None:
    """What broke is in the log; a stranger learns only that something did."""
    app = FastAPI(openapi_url=None)

    @app.get("/broken")
    async def broken() -> None:
        raise RuntimeError("password of the store")

    protect(app, HttpSettings())
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app, raise_app_exceptions=False), base_url="http://localhost") as client:
        answer = await client.get("/broken")

    assert error_of(answer) == (500, "internal")
    assert "password" not in answer.text


@pytest.mark.parametrize(("host", "opens"), [(b"localhost:8081", True), (b"evil.example.org", False)])
async def test_a_web_socket_is_judged_like_a_request(host: bytes, opens: bool) -> None:
    """Pages may open sockets to any origin, and browsers don't ask us first."""
    reached: list[str] = []
    sent: list[str] = []

    async def application(scope: Scope, receive: Receive, send: Send) -> None:
        reached.append(scope["path"])

    async def receive() -> Message:
        return {"type": "websocket.connect"}

    async def send(message: Message) -> None:
        sent.append(message["type"])

    await Admission(application, http=HttpSettings())({"type": "websocket", "path": "/live", "headers": [(b"host", host)]}, receive, send)

    assert (reached, sent) == ((["/live"], []) if opens else ([], ["websocket.close"]))
