"""`musafaha publish` against an ingest that says no, not now, and too much."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import httpx
import pytest
from click.testing import CliRunner

from services.ingest.command import publish
from services.ingest.intake import Outcome
from services.ingest.publish import OverHttp
from services.runtime.errors import CommandError
from services.runtime.problems import error_body


def answering(answer: Callable[[list[object]], httpx.Response]) -> httpx.AsyncClient:
    transport = httpx.MockTransport(lambda request: answer(json.loads(request.content)))
    return httpx.AsyncClient(transport=transport, base_url="http://ingest")


def results(*outcomes: Outcome, status: int = 202) -> httpx.Response:
    shown = [{"index": i, "id": "a", "outcome": outcome, "reason": None, "detail": None} for i, outcome in enumerate(outcomes)]
    return httpx.Response(status, json={"results": shown})


async def test_what_was_not_confirmed_is_handed_over_again_and_only_that() -> None:
    """A broker that is started again costs a moment, not an article."""
    asked: list[list[object]] = []

    def answer(items: list[object]) -> httpx.Response:
        asked.append(items)
        if len(asked) == 1:
            return results(Outcome.ACCEPTED, Outcome.UNCONFIRMED, Outcome.REFUSED, status=503)
        return httpx.Response(503, json=error_body("store_unavailable", "away")) if len(asked) == 2 else results(Outcome.ACCEPTED)

    found = await OverHttp(answering(answer), retry_s=0).submit(["a", "b", "c"])

    assert [result.outcome for result in found] == [Outcome.ACCEPTED, Outcome.ACCEPTED, Outcome.REFUSED]
    assert asked == [["a", "b", "c"], ["b"], ["b"]]


async def test_patience_ends() -> None:
    """The command says what was not confirmed instead of waiting for ever."""
    found = await OverHttp(answering(lambda _: httpx.Response(503)), patience_s=0).submit(["a", "b"])

    assert [result.outcome for result in found] == [Outcome.UNCONFIRMED] * 2


async def test_a_request_that_is_too_large_is_sent_in_halves_in_order() -> None:
    """The other side's limit may be smaller than ours."""
    taken: list[object] = []

    def answer(items: list[object]) -> httpx.Response:
        if len(items) > 2 or items == ["huge"]:
            return httpx.Response(413, json=error_body("body_too_large", "too large"))
        if "huge" in items:
            return httpx.Response(413, json=error_body("body_too_large", "too large"))
        taken.extend(items)
        return results(*[Outcome.ACCEPTED] * len(items))

    found = await OverHttp(answering(answer)).submit([1, 2, 3, "huge", 4, 5, 6])

    assert (taken, [result.outcome for result in found].index(Outcome.REFUSED), len(found)) == ([1, 2, 3, 4, 5, 6], 3, 7)


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (lambda _: httpx.Response(401, json=error_body("unauthorized", "no key")), "answers 401: no key. Set MUSAFAHA_HTTP__API_KEY"),
        (lambda _: httpx.Response(404, text="not here"), "answers 404: not here"),
        (lambda _: httpx.Response(500, json=[]), "answers 500"),
    ],
)
async def test_an_answer_that_no_repetition_changes_ends_the_command(answer: Callable[[list[object]], httpx.Response], said: str) -> None:
    """With what it said and, for a key, which setting to look at."""
    with pytest.raises(CommandError) as caught:
        await OverHttp(answering(answer)).submit(["a"])

    assert said in str(caught.value)


async def test_an_ingest_that_is_gone_is_told() -> None:
    """It may be stopping; repeating is harmless."""

    def gone(_: list[object]) -> httpx.Response:
        raise httpx.ConnectError("refused")

    with pytest.raises(CommandError, match="does not answer"):
        await OverHttp(answering(gone)).submit(["a"])


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["a.csv"], "must end in one of .jsonl, .ndjson, .json, .txt"),
        (["a.jsonl", "--encoding", "klingon"], "no such text encoding"),
        (["a.jsonl", "--encoding", "base64"], "no such text encoding"),
        (["a.jsonl", "--language", "ar"], "for .txt files"),
        (["none.txt"], "does not exist"),
        ([], "Missing argument"),
    ],
)
def test_a_slip_on_the_command_line_is_named_before_anything_is_published(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, arguments: list[str], said: str
) -> None:
    """Exit code 2, as for every wrong use of a command."""
    monkeypatch.chdir(tmp_path)
    for name in ("a.csv", "a.jsonl"):
        (tmp_path / name).write_text('{"text": "One."}\n')

    done = CliRunner().invoke(publish, arguments)

    assert (done.exit_code, said in done.output) == (2, True), done.output
