"""Health, metrics and log lines of every process."""

from __future__ import annotations

import asyncio
import io
import json
import logging
from collections.abc import Iterator

import httpx
import pytest
from fastapi import FastAPI
from prometheus_client.parser import text_string_to_metric_families
from pydantic import SecretStr

from services.runtime import health as health_module
from services.runtime import metrics
from services.runtime.health import Health, ops_router
from services.runtime.logs import bind, configure_logging
from services.runtime.settings import HttpSettings, LogSettings
from services.runtime.web import protect
from tests.logs import restored_logging


@pytest.fixture
def put_back() -> Iterator[None]:
    """Logging as it was before the test."""
    with restored_logging():
        yield


async def test_a_process_is_ready_when_every_check_passes_and_tells_which_does_not() -> None:
    """A check may be plain or async, may fail, break, or never answer; none of it breaks the answer."""
    health = Health()

    async def never() -> str | None:
        await asyncio.Event().wait()
        return None

    def broken() -> str | None:
        raise OSError("no such table")

    health.add_check("fine", lambda: None)
    health.add_check("db", lambda: "locked")
    health.add_check("broken", broken)
    health.add_check("never", never)
    report = await health.ready()

    assert not report.ok
    assert report.checks == {
        "fine": "ok",
        "db": "locked",
        "broken": "OSError",
        "never": f"no answer within {health_module.PROBE_TIMEOUT_S:g} s",
    }
    assert (await health.live()).ok


def test_progress_has_an_age_once_there_was_some() -> None:
    """A loop that never began is not mistaken for one that just did."""
    now = 50.0
    health = Health(monotonic=lambda: now)
    before = health.age_s("outbox")
    health.progress("outbox")
    now = 53.5

    assert (before, health.age_s("outbox")) == (None, 3.5)


async def test_a_fastapi_process_shows_health_openly_and_metrics_for_the_key() -> None:
    """The same three paths as on a worker's own port."""
    app, health = FastAPI(), Health()
    health.add_check("db", lambda: "locked")
    app.include_router(ops_router(health))
    protect(app, HttpSettings(api_key=SecretStr("0123456789abcdef")))
    asked = [("/livez", b""), ("/readyz", b""), ("/metrics", b""), ("/metrics", b"Bearer \xff"), ("/metrics", b"Bearer 0123456789abcdef")]
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://localhost") as client:
        answers = [(await client.get(path, headers=[(b"authorization", key)])).status_code for path, key in asked]

    assert answers == [200, 503, 401, 401, 200]


def test_every_metric_carries_our_prefix_and_counters_start_at_zero() -> None:
    """A series that appears with its first error has no rate, and a foreign name belongs to somebody else."""
    metrics.initialise_consumer("trial-topic")
    body, _ = metrics.render()
    families = list(text_string_to_metric_families(body.decode()))
    dead = {
        sample.labels["reason"]: sample.value
        for family in families
        for sample in family.samples
        if sample.name == "musafaha_dead_letters_total" and sample.labels["topic"] == "trial-topic"
    }

    assert {family.name.partition("_")[0] for family in families} == {"musafaha"}
    assert dead == dict.fromkeys(metrics.DEAD_LETTER_REASONS, 0.0)
    assert (metrics.dead_letter_reason("schema"), metrics.dead_letter_reason("what a parser said")) == ("schema", "other")


def test_a_log_line_is_one_json_object_with_bound_and_given_facts(put_back: None) -> None:
    """A line can be searched by the ids of what was worked on, and a traceback stays in its line."""
    out = io.StringIO()
    configure_logging(LogSettings(), stream=out)
    log = logging.getLogger("trial")
    with bind(article_id="a-1"), bind(topic="t"):
        log.info("event.merged", extra={"count": 2})
    try:
        int("مصافحة")
    except ValueError:
        log.exception("handler.failed")
    first, second = [json.loads(row) for row in out.getvalue().splitlines()]

    assert {name: first[name] for name in ("level", "logger", "event", "article_id", "topic", "count")} == {
        "level": "info",
        "logger": "trial",
        "event": "event.merged",
        "article_id": "a-1",
        "topic": "t",
        "count": 2,
    }
    assert first["at"].endswith("Z")
    assert "article_id" not in second
    assert second["error"].endswith("'مصافحة'\n")


def test_text_lines_are_for_people(put_back: None) -> None:
    """Time, level, event, facts."""
    out = io.StringIO()
    configure_logging(LogSettings(format="text", level="WARNING"), stream=out)
    logging.getLogger("trial").info("unseen")
    logging.getLogger("trial").warning("dead_letter.sent", extra={"reason": "schema"})

    assert out.getvalue()[8:] == " WARNING dead_letter.sent reason=schema\n"


async def test_facts_bound_in_one_task_do_not_leak_into_another(put_back: None) -> None:
    """Messages are worked on side by side; each logs its own ids."""
    out = io.StringIO()
    configure_logging(LogSettings(), stream=out)

    async def work(id: str) -> None:
        with bind(id=id):
            await asyncio.sleep(0)
            logging.getLogger("trial").info("done")

    await asyncio.gather(*(work(str(number)) for number in range(5)))

    assert sorted(json.loads(row)["id"] for row in out.getvalue().splitlines()) == ["0", "1", "2", "3", "4"]
