"""The subscriptions API on a real store, asked through its own ASGI interface."""

from __future__ import annotations

import asyncio
import base64
import json
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
from pydantic import SecretStr
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncEngine

from services.alert.subscriptions import MAX_PAGE
from services.alert.tables import deliveries, subscriptions
from services.alert.web.app import create_app
from services.alert.web.protect import MAX_BODY_BYTES
from services.runtime.settings import AlertSettings, HttpSettings, Settings
from services.runtime.store import read_transaction
from tests.logs import logging_to_text
from tests.unit.alert_delivery.receiver import notify

KEY = "a-key-of-more-than-16-characters"
WANTED: dict[str, Any] = {
    "id": "desk",
    "url": "https://hooks.example.org/musafaha",
    "kinds": ["agreement.*", "visit.new"],
    "filter": {"parties": [], "pairs": ["ISR-MAR"], "domains": ["aviation"]},
    "description": "مكتب التحرير",
}


def client_of(engine: AsyncEngine, *, api_key: str | None = None, loopback: bool = False) -> httpx.AsyncClient:
    http = HttpSettings(api_key=None if api_key is None else SecretStr(api_key))
    app = create_app(engine, Settings(http=http, alert=AlertSettings(allow_loopback_targets=loopback)))
    return httpx.AsyncClient(transport=httpx.ASGITransport(app, raise_app_exceptions=False), base_url="http://localhost")


@pytest.fixture
async def client(engine: AsyncEngine) -> AsyncIterator[httpx.AsyncClient]:
    async with client_of(engine) as opened:
        yield opened


def error_of(answer: httpx.Response) -> tuple[int, str]:
    error = answer.json()["error"]
    assert set(error) == {"code", "message", "fields"}
    return answer.status_code, error["code"]


async def test_a_new_subscription_is_shown_as_it_was_asked_for_with_its_secret_once(client: httpx.AsyncClient) -> None:
    """The secret is there when the subscription is made and in no other answer."""
    created = await client.post("/v1/subscriptions", json=WANTED)
    again = await client.post("/v1/subscriptions", json=WANTED)
    read = await client.get("/v1/subscriptions/desk")
    listed = await client.get("/v1/subscriptions")

    secret = created.json().pop("secret")
    assert (created.status_code, created.headers["location"]) == (201, "/v1/subscriptions/desk")
    assert {name: created.json()[name] for name in WANTED} == WANTED
    assert created.json()["state"] == "active"
    assert 24 <= len(base64.b64decode(secret.removeprefix("whsec_"), validate=True)) <= 64
    assert again.status_code == 200
    assert again.json() == read.json() == listed.json()["subscriptions"][0] == {**created.json(), "secret": None}


async def test_a_subscription_without_an_id_gets_one_and_all_kinds(client: httpx.AsyncClient) -> None:
    """The least that a request must have is a URL."""
    answers = [await client.post("/v1/subscriptions", json={"url": WANTED["url"]}) for _ in range(2)]

    assert [answer.status_code for answer in answers] == [201, 201]
    assert len({answer.json()["id"] for answer in answers}) == 2
    assert len({answer.json()["secret"] for answer in answers}) == 2
    assert answers[0].json()["kinds"] == ["*"]


@pytest.mark.parametrize(
    "change",
    [
        {"url": "https://hooks.example.org/other"},
        {"kinds": ["visit.new"]},
        {"filter": {}},
        {"description": None},
    ],
)
async def test_the_same_id_with_another_wish_is_a_conflict(client: httpx.AsyncClient, change: dict[str, Any]) -> None:
    """A repeated request can't silently mean something else."""
    await client.post("/v1/subscriptions", json=WANTED)
    answer = await client.post("/v1/subscriptions", json={**WANTED, **change})

    assert error_of(answer) == (409, "conflict")


async def test_two_equal_requests_at_once_make_one_subscription(client: httpx.AsyncClient) -> None:
    """Who repeats a request for want of an answer gets no second subscription."""
    answers = await asyncio.gather(*(client.post("/v1/subscriptions", json=WANTED) for _ in range(5)))

    assert sorted(answer.status_code for answer in answers) == [200, 200, 200, 200, 201]


async def test_a_deleted_subscription_stays_for_its_log_and_its_id_is_burnt(engine: AsyncEngine, client: httpx.AsyncClient) -> None:
    """Nothing more is sent, nothing is forgotten, and deleting twice is no error."""
    await client.post("/v1/subscriptions", json=WANTED)
    await notify(engine, "n1", ["desk"])
    answers = [await client.delete("/v1/subscriptions/desk") for _ in range(2)]
    read = await client.get("/v1/subscriptions/desk")
    listed = await client.get("/v1/subscriptions")
    with_deleted = await client.get("/v1/subscriptions", params={"deleted": "true"})
    log = await client.get("/v1/subscriptions/desk/deliveries")
    again = await client.post("/v1/subscriptions", json=WANTED)
    async with read_transaction(engine) as connection:
        row = (await connection.execute(select(deliveries))).one()

    assert [answer.status_code for answer in answers] == [204, 204]
    assert read.json()["state"] == "deleted"
    assert listed.json() == {"subscriptions": [], "next": None}
    assert [item["id"] for item in with_deleted.json()["subscriptions"]] == ["desk"]
    assert [item["state"] for item in log.json()["deliveries"]] == ["cancelled"]
    assert (row.due_at, row.lease_owner) == (None, None)
    assert error_of(again) == (409, "conflict")


@pytest.mark.parametrize("id", ["nobody", "%00", "a%20b", "x" * 65, "%F0%9F%A4%9D"])
async def test_what_is_not_there_is_404(client: httpx.AsyncClient, id: str) -> None:
    """Any text may stand in the path, also what no store could be asked for."""
    answers = [
        await client.get(f"/v1/subscriptions/{id}"),
        await client.delete(f"/v1/subscriptions/{id}"),
        await client.get(f"/v1/subscriptions/{id}/deliveries"),
        await client.get(f"/v1/articles/{id}"),
        await client.get(f"/nowhere/{id}"),
    ]

    assert [error_of(answer) for answer in answers] == [(404, "not_found")] * 5


@pytest.mark.parametrize(
    ("body", "field"),
    [
        pytest.param(b"", "body", id="nothing"),
        pytest.param(b"{", "body.1", id="no JSON"),
        pytest.param(b"[]", "body", id="a list"),
        pytest.param(b"\xff\xfe", None, id="no UTF-8"),
        pytest.param(b"{}", "body.url", id="no url"),
        pytest.param(b'{"url": 5}', "body.url", id="url is a number"),
        pytest.param(b'{"url": "https://a.example.org/", "urls": 1}', "body.urls", id="unknown field"),
        pytest.param(b'{"url": "https://a.example.org/", "kinds": []}', "body.kinds", id="no kinds"),
        pytest.param(b'{"url": "https://a.example.org/", "kinds": ["visit.gone"]}', "body.kinds", id="unknown kind"),
        pytest.param(b'{"url": "https://a.example.org/", "filter": {"pairs": ["ISR"]}}', "body.filter.pairs.0", id="no pair"),
        pytest.param(b'{"url": "https://a.example.org/", "filter": {"domains": ["war"]}}', "body.filter.domains.0", id="no domain"),
        pytest.param(b'{"url": "https://a.example.org/", "id": "a b"}', "body.id", id="no id"),
        pytest.param(b'{"url": "https://a.example.org/", "id": "a\\n"}', "body.id", id="id with a line end"),
        pytest.param(b'{"url": "https://a.example.org/", "description": "a\\u0000b"}', "body.description", id="NUL"),
        pytest.param(b'{"url": "https://a.example.org/", "description": "\\ud800"}', "body.description", id="half a character"),
        pytest.param(b'{"url": "https://a.example.org/\\ud800"}', "body.url", id="half a character in the url"),
        pytest.param(json.dumps({"url": "https://a.example.org/" + "a" * 2_048}).encode(), "body.url", id="url too long"),
        pytest.param(b'{"url": "http://a.example.org/"}', "body.url", id="http"),
        pytest.param(b'{"url": "https://a.example.org:22/"}', "body.url", id="port"),
    ],
)
async def test_a_bad_request_is_refused_with_the_field_that_is_wrong(client: httpx.AsyncClient, body: bytes, field: str | None) -> None:
    """Nobody has to guess what was wrong, and nothing is stored."""
    answer = await client.post("/v1/subscriptions", content=body, headers={"content-type": "application/json"})
    listed = await client.get("/v1/subscriptions")

    assert error_of(answer) in {(422, "invalid"), (400, "bad_request")}
    assert field is None or [problem["field"] for problem in answer.json()["error"]["fields"]] == [field]
    assert listed.json()["subscriptions"] == []


@pytest.mark.parametrize("kind", [None, "application/x-www-form-urlencoded", "text/plain"])
async def test_a_body_that_does_not_say_it_is_json_is_told_so(client: httpx.AsyncClient, kind: str | None) -> None:
    """What curl sends by itself is named, and a web page elsewhere can't subscribe by a plain form."""
    content = json.dumps({"url": WANTED["url"]}).encode()
    answer = await client.post("/v1/subscriptions", content=content, headers={} if kind is None else {"content-type": kind})

    assert error_of(answer) == (415, "unsupported_media_type")


@pytest.mark.parametrize(
    "url",
    [
        "https://127.0.0.1/",
        "https://10.0.0.1/",
        "https://169.254.169.254/latest/meta-data",
        "https://[::1]/",
        "https://localhost/",
        "https://printer/",
        "https://db.internal/",
        "https://2130706433/",
    ],
)
async def test_inner_targets_are_refused_with_one_vague_answer(client: httpx.AsyncClient, url: str) -> None:
    """Our answers tell nobody what is behind a name."""
    answer = await client.post("/v1/subscriptions", json={"url": url})

    assert error_of(answer) == (422, "target_not_allowed")
    assert answer.json()["error"]["message"] == "target not allowed"


async def test_the_development_switch_lets_loopback_through(engine: AsyncEngine) -> None:
    """The demo's receiver listens on this machine without TLS."""
    async with client_of(engine, loopback=True) as client:
        answers = [await client.post("/v1/subscriptions", json={"url": url}) for url in ("http://127.0.0.1:9000/", "http://10.0.0.1/")]

    assert [answer.status_code for answer in answers] == [201, 422]


async def test_a_body_that_is_too_large_is_refused_announced_or_not(client: httpx.AsyncClient) -> None:
    """Nobody can fill our memory."""

    async def pieces() -> AsyncIterator[bytes]:
        for _ in range(100):
            yield b" " * 1_024

    headers = {"content-type": "application/json"}
    answers = [
        await client.post("/v1/subscriptions", content=b" " * (MAX_BODY_BYTES + 1), headers=headers),
        await client.post("/v1/subscriptions", content=pieces(), headers=headers),
    ]

    assert [error_of(answer) for answer in answers] == [(413, "too_large")] * 2


async def test_the_api_key_guards_every_path_but_the_health_checks(engine: AsyncEngine) -> None:
    """Whatever path is added later is guarded too, as the key is asked for before the path is looked at."""
    paths = ["/v1/subscriptions", "/v1/subscriptions/x", "/v1/articles/x", "/openapi.json", "/metrics", "/nowhere", "/livez/", "//livez"]
    bad = [None, "", "Bearer", "Bearer ", f"Bearer {KEY}x", f"Bearer {KEY[:-1]}", f"Basic {KEY}", KEY, "Bearer \xe9"]
    async with client_of(engine, api_key=KEY) as client:
        refused = [
            await client.get(path, headers={} if given is None else {"authorization": given.encode("latin-1")})  # type: ignore[dict-item]
            for path in paths
            for given in bad
        ]
        passed = [await client.get(path, headers={"authorization": f"Bearer {KEY}"}) for path in paths[:5]]
        lower = await client.get("/v1/subscriptions", headers={"authorization": f"bearer {KEY}"})
        open_paths = [await client.get(path) for path in ("/livez", "/readyz")]

    assert {error_of(answer) for answer in refused} == {(401, "unauthorized")}
    assert {answer.headers["www-authenticate"] for answer in refused} == {"Bearer"}
    assert [answer.status_code for answer in passed] == [200, 404, 404, 200, 200]
    assert lower.status_code == 200
    assert [answer.status_code for answer in open_paths] == [200, 200]


async def test_two_authorization_headers_are_none(engine: AsyncEngine) -> None:
    """A proxy and we must not disagree about which one counts."""
    async with client_of(engine, api_key=KEY) as client:
        answer = await client.get("/v1/subscriptions", headers=[("authorization", f"Bearer {KEY}"), ("authorization", "Bearer other")])

    assert answer.status_code == 401


async def test_deliveries_are_paged_newest_first_without_gap_or_repeat(engine: AsyncEngine, client: httpx.AsyncClient) -> None:
    """The log can be walked through while new deliveries come in."""
    await client.post("/v1/subscriptions", json=WANTED)
    made = [(await notify(engine, f"n{n}", ["desk"], at=n // 3))[0] for n in range(25)]
    seen: list[str] = []
    params: dict[str, Any] = {"limit": 7}
    while True:
        page = (await client.get("/v1/subscriptions/desk/deliveries", params=params)).json()
        seen += [item["id"] for item in page["deliveries"]]
        if page["next"] is None:
            break
        if len(seen) == 7:
            await notify(engine, "late", ["desk"], at=99)
        params["cursor"] = page["next"]
    whole = (await client.get("/v1/subscriptions/desk/deliveries")).json()

    assert sorted(seen) == sorted(made)
    assert [item["id"] for item in whole["deliveries"]][1:] == seen
    assert whole["deliveries"][1] == {
        "id": seen[0],
        "notice": "n24",
        "kind": "visit.new",
        "subscription": "desk",
        "state": "pending",
        "created_at": "1970-01-01T00:00:00.000008Z",
        "next_attempt_at": "1970-01-01T00:00:00.000008Z",
        "attempts": [],
    }


@pytest.mark.parametrize("params", [{"limit": 0}, {"limit": MAX_PAGE + 1}, {"limit": "x"}, {"cursor": "x"}, {"cursor": "1-\0"}])
async def test_a_bad_page_is_refused(client: httpx.AsyncClient, params: dict[str, Any]) -> None:
    """A page that can't be had is no empty page."""
    await client.post("/v1/subscriptions", json=WANTED)
    answer = await client.get("/v1/subscriptions/desk/deliveries", params=params)

    assert error_of(answer) == (422, "invalid")


async def test_subscriptions_are_paged_by_id(client: httpx.AsyncClient) -> None:
    """Many subscriptions come in pages."""
    for name in ("c", "a", "b"):
        await client.post("/v1/subscriptions", json={**WANTED, "id": name})
    first = (await client.get("/v1/subscriptions", params={"limit": 2})).json()
    second = (await client.get("/v1/subscriptions", params={"limit": 2, "cursor": first["next"]})).json()

    assert [[item["id"] for item in page["subscriptions"]] for page in (first, second)] == [["a", "b"], ["c"]]
    assert second["next"] is None


async def test_the_secret_is_in_no_log(engine: AsyncEngine, client: httpx.AsyncClient) -> None:
    """Whoever reads our logs, at the chattiest level, can't sign in our name."""
    with logging_to_text() as log:
        secret = (await client.post("/v1/subscriptions", json=WANTED)).json()["secret"]
        await client.post("/v1/subscriptions", json=WANTED)
        await client.delete("/v1/subscriptions/desk")
    async with read_transaction(engine) as connection:
        kept = (await connection.execute(select(subscriptions.c.secret))).scalar_one()

    assert kept == secret
    assert "subscription.created" in log.getvalue()
    assert secret not in log.getvalue()


async def test_the_openapi_document_names_every_path_and_the_key(engine: AsyncEngine) -> None:
    """What a client is generated from is complete."""
    async with client_of(engine, api_key=KEY) as client:
        document = (await client.get("/openapi.json", headers={"authorization": f"Bearer {KEY}"})).json()

    assert set(document["paths"]) == {
        "/v1/subscriptions",
        "/v1/subscriptions/{id}",
        "/v1/subscriptions/{id}/deliveries",
        "/v1/articles/{id}",
    }
    assert document["components"]["securitySchemes"]["HTTPBearer"]["scheme"] == "bearer"
