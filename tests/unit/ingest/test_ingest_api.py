"""`POST /v1/articles` without a network."""

from __future__ import annotations

import json
import tracemalloc
from collections.abc import AsyncIterator, Sequence

import httpx
import pytest
from pydantic import SecretStr

from services.ingest import metrics
from services.ingest.accept import Limits
from services.ingest.api import MAX_ITEMS, Refused, Submit, create_app, read_body
from services.ingest.intake import Intake, Kind, Result
from services.runtime.errors import BrokerUnavailable, StoreUnavailable
from services.runtime.health import Health, ops_router
from services.runtime.settings import HttpSettings
from tests.unit.ingest.doubles import DictMemory, RecordingSender, always

KEY = SecretStr("0123456789abcdef0123")
JSON_TYPE = {"Content-Type": "application/json"}
MAX_BODY = 20_000


def client(sender: RecordingSender | None = None, *, api_key: SecretStr | None = None) -> httpx.AsyncClient:
    limits = Limits(max_bytes=5_000)
    intake = Intake(sender=sender or RecordingSender(), memory=DictMemory(), clock=always(), limits=limits)
    return client_of(intake.submit, HttpSettings(api_key=api_key))


def client_of(submit: Submit, http: HttpSettings) -> httpx.AsyncClient:
    app = create_app(submit, max_body_bytes=MAX_BODY, http=http, ops=ops_router(Health()))
    return httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url="http://localhost")


def error_of(response: httpx.Response) -> tuple[int, str]:
    error = response.json()["error"]
    assert set(error) == {"code", "message", "fields"}
    return response.status_code, error["code"]


async def post(content: bytes | str, *, sender: RecordingSender | None = None, **headers: str) -> httpx.Response:
    async with client(sender) as http:
        return await http.post("/v1/articles", content=content, headers=JSON_TYPE | headers)


async def test_one_article_is_answered_202_once_it_is_confirmed() -> None:
    """The answer says what the id is, which is how to find its events later."""
    sender = RecordingSender()
    response = await post('{"id": "a", "text": "One."}', sender=sender)

    accepted = {"index": 0, "id": "a", "outcome": "accepted", "reason": None, "detail": None}
    assert (response.status_code, response.json()) == (202, {"results": [accepted]})
    assert [article.id for article in sender.articles] == ["a"]


async def test_a_list_is_answered_item_by_item_and_its_good_ones_go_on() -> None:
    """422 tells that something was refused; the results tell what."""
    sender = RecordingSender()
    body = [{"id": "a", "text": "One."}, {"id": "b", "text": ""}, {"id": "a", "text": "One."}]
    response = await post(json.dumps(body), sender=sender)

    found = [(result["index"], result["outcome"], result["reason"]) for result in response.json()["results"]]
    assert (response.status_code, found) == (422, [(0, "accepted", None), (1, "refused", "empty_text"), (2, "duplicate", None)])
    assert len(sender.sent) == 1


async def test_a_repetition_is_answered_202() -> None:
    """Who is not sure whether an article got through sends it again."""
    async with client() as http:
        statuses = [(await http.post("/v1/articles", json={"text": "One."})).status_code for _ in range(2)]

    assert statuses == [202, 202]


async def test_an_article_that_is_too_large_is_answered_413() -> None:
    """Cutting it is up to its sender."""
    response = await post(json.dumps({"text": "a" * 5_000}))

    assert (response.status_code, response.json()["results"][0]["reason"]) == (413, "too_large")


async def chunks(count: int) -> AsyncIterator[bytes]:
    for _ in range(count):
        yield b"a" * 1_000


@pytest.mark.parametrize("content", [b"a" * (MAX_BODY + 1), chunks(100)], ids=["declared", "streamed"])
async def test_a_body_that_is_too_large_is_answered_413(content: bytes | AsyncIterator[bytes]) -> None:
    """Whether or not its length was declared."""
    async with client() as http:
        response = await http.post("/v1/articles", content=content, headers=JSON_TYPE)

    assert error_of(response) == (413, "body_too_large")


async def test_a_body_that_is_too_large_is_not_kept_in_memory() -> None:
    """A body of any length costs no more memory than the limit."""

    async def endless() -> AsyncIterator[bytes]:
        chunk = b"a" * 65_536
        while True:
            yield chunk

    tracemalloc.start()
    with pytest.raises(Refused):
        await read_body(None, endless(), max_bytes=4_000_000)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()

    assert peak < 10_000_000


BROKEN = [
    pytest.param(b'{"text": "a" "id"}', "bad_json", "line 1, column 14", id="comma"),
    pytest.param(b'{"text":\n "a"', "bad_json", "line 2, column 5", id="cut"),
    pytest.param(b"", "bad_json", "line 1, column 1", id="empty"),
    pytest.param(b'{"text": NaN}', "bad_json", "NaN is not allowed", id="nan"),
    pytest.param(b"[" * 15_000, "bad_json", "nested too deeply", id="deep"),
    pytest.param(b"1" * 5_000, "bad_json", "no JSON", id="digits"),
    pytest.param('{"text": "é"}'.encode("latin-1"), "bad_encoding", "byte 10 is 0xe9", id="latin-1"),
    pytest.param('{"text": "a"}'.encode("utf-16"), "bad_encoding", "byte 0 is 0xff", id="utf-16"),
]


@pytest.mark.parametrize(("body", "error", "said"), BROKEN)
async def test_a_body_that_is_no_json_is_answered_400_with_the_place(body: bytes, error: str, said: str) -> None:
    """The sender can look at exactly that place."""
    response = await post(body)

    assert (error_of(response), said in response.json()["error"]["message"]) == ((400, error), True), response.text


async def test_a_byte_order_mark_is_no_error() -> None:
    """Some programs put one in front of UTF-8."""
    assert (await post(b"\xef\xbb\xbf" + b'{"text": "One."}')).status_code == 202


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Content-Type": "application/json; charset=UTF-8"}, 202),
        ({"Content-Type": 'application/json;charset="utf-8"'}, 202),
        ({"Content-Type": "application/json; charset=windows-1256"}, 415),
        ({"Content-Type": "text/plain"}, 415),
        ({"Content-Type": "application/x-www-form-urlencoded"}, 415),
        ({"Content-Type": ""}, 415),
        ({"Content-Encoding": "gzip"}, 415),
        ({"Content-Encoding": "identity"}, 202),
    ],
)
async def test_only_plain_json_in_utf8_is_taken(headers: dict[str, str], status: int) -> None:
    """What is declared as something else would be misread; and a foreign web page can't declare JSON."""
    assert (await post('{"text": "One."}', **headers)).status_code == status


async def test_too_many_articles_in_one_list_are_refused() -> None:
    """Each costs a message; the limit keeps one request short."""
    response = await post(json.dumps([0] * (MAX_ITEMS + 1)))

    assert error_of(response) == (413, "too_many_articles")


async def test_an_empty_list_is_nothing_to_do() -> None:
    """A feeder with no news is no error."""
    response = await post("[]")

    assert (response.status_code, response.json()) == (202, {"results": []})


@pytest.mark.parametrize(
    ("header", "status"),
    [(None, 401), ("Bearer wrong", 401), (KEY.get_secret_value(), 401), ("Bearer é", 401), (f"Bearer {KEY.get_secret_value()}", 202)],
)
async def test_with_an_api_key_set_only_its_bearer_may_post(header: str | None, status: int) -> None:
    """A port that others reach takes articles from those who know the key."""
    headers = [(b"content-type", b"application/json")] + ([(b"authorization", header.encode())] if header else [])
    async with client(api_key=KEY) as http:
        response = await http.post("/v1/articles", content='{"text": "One."}', headers=headers)

    assert response.status_code == status


async def test_the_key_is_asked_for_before_the_body_is_read() -> None:
    """A stranger can't make us read."""
    async with client(api_key=KEY) as http:
        response = await http.post("/v1/articles", content=b"a" * (MAX_BODY + 1), headers=JSON_TYPE)

    assert error_of(response) == (401, "unauthorized")


async def test_the_key_is_asked_for_on_every_path_but_the_health_checks() -> None:
    """Whatever path is added later is guarded too."""
    async with client(api_key=KEY) as http:
        answers = [await http.get(path) for path in ("/metrics", "/openapi.json", "/nowhere", "/v1/articles", "//livez")]
        open_paths = [(await http.get(path)).status_code for path in ("/livez", "/readyz")]

    assert [error_of(answer) for answer in answers] == [(401, "unauthorized")] * 5
    assert open_paths == [200, 200]


@pytest.mark.parametrize(("method", "path", "status"), [("GET", "/nowhere", 404), ("GET", "/v1/articles", 405)])
async def test_what_the_framework_refuses_has_the_shape_of_every_error(method: str, path: str, status: int) -> None:
    """A client reads errors in one way."""
    async with client() as http:
        response = await http.request(method, path)

    assert error_of(response)[0] == status


async def test_a_page_that_points_its_name_at_loopback_puts_in_nothing() -> None:
    """DNS rebinding makes a foreign page of one origin with us, so that it may send JSON; its name still stands in `Host`."""
    sender = RecordingSender()
    async with client(sender) as http:
        response = await http.post("http://evil.example.org/v1/articles", json={"text": "One."})

    assert error_of(response) == (421, "wrong_host")
    assert sender.sent == []


async def test_without_confirmation_the_answer_is_503_and_the_repetition_goes_through() -> None:
    """Nothing counts as seen that the broker did not confirm."""
    away = True
    sender = RecordingSender(fail=lambda _: BrokerUnavailable("Kafka is away") if away else None)
    async with client(sender) as http:
        first = await http.post("/v1/articles", json={"text": "One."})
        away = False
        second = await http.post("/v1/articles", json={"text": "One."})

    assert (first.status_code, first.headers["retry-after"]) == (503, "5")
    assert first.json()["results"][0]["outcome"] == "unconfirmed"
    assert (second.status_code, second.json()["results"][0]["outcome"]) == (202, "accepted")


async def test_a_store_that_is_away_is_answered_503() -> None:
    """The sender keeps the article until we can remember it."""

    async def submit(items: Sequence[object], *, kind: Kind) -> list[Result]:
        raise StoreUnavailable("disk full")

    async with client_of(submit, HttpSettings()) as http:
        response = await http.post("/v1/articles", json={"text": "One."})

    assert (error_of(response), response.headers["retry-after"]) == ((503, "store_unavailable"), "5")


async def test_metrics_count_each_article_once() -> None:
    """Accepted, duplicate and refused add up to what came in."""
    counters = [metrics.ACCEPTED.labels("push"), metrics.DUPLICATE.labels("push"), metrics.REFUSED.labels("empty_text")]
    before = [counter._value.get() for counter in counters]
    await post(json.dumps([{"text": "One."}, {"text": "One."}, {"text": ""}, {"text": "Two."}]))

    assert [counter._value.get() - value for counter, value in zip(counters, before, strict=True)] == [2.0, 1.0, 1.0]
