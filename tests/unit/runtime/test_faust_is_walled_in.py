"""Faust stays in one module, and the Faust we build on is the one whose gaps we know."""

from __future__ import annotations

import ast
import asyncio
from pathlib import Path

import faust
import mode
import pytest

from services.runtime.records import Message, Record
from services.runtime.settings import KafkaSettings, RunnerSettings, Settings
from services.runtime.stream import Worker, _Event, _faust_app
from tests.integration.worker_under_test import trial_topic

ROOT = Path(__file__).resolve().parents[3]


def _imports(file: Path) -> set[str]:
    names: set[str] = set()
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names.add(node.module.partition(".")[0])
    return names


def test_faust_is_imported_by_the_runner_alone() -> None:
    """Handlers know nothing of Faust, so that it can be replaced."""
    users = {
        file.relative_to(ROOT).as_posix()
        for folder in ("services", "schemas")
        for file in (ROOT / folder).rglob("*.py")
        if _imports(file) & {"faust", "mode"}
    }

    assert users == {"services/runtime/stream.py"}


@pytest.fixture
def app() -> faust.App:
    """The application of a worker that was never started."""

    async def handle(record: Record) -> list[Message]:
        return []

    async def consume(stream: object) -> None: ...

    settings = Settings(
        kafka=KafkaSettings(bootstrap_servers="one:9092, two:9093"),
        runner=RunnerSettings(session_timeout_s=6, task_timeout_s=40, max_tries=3),
    )
    loop = asyncio.new_event_loop()
    made = _faust_app(settings, Worker(name="trial", topic=trial_topic("t"), handler=handle), loop, consume)
    yield made
    loop.close()


def test_the_settings_on_which_nothing_being_lost_depends_are_pinned(app: faust.App) -> None:
    """A changed default of Faust, or a slip of ours, must not bring a loss back."""
    conf = app.conf
    [agent] = app.agents.values()

    assert (conf.id, conf.version, agent.name, agent.concurrency) == ("trial", 1, "trial", 1)
    assert [str(url) for url in conf.broker] == ["kafka://one:9092", "kafka://two:9093"]
    assert conf.agent_supervisor is mode.CrashingSupervisor
    assert conf.Event is _Event
    assert (conf.web_enabled, conf.topic_allow_declare, conf.topic_disable_leader) == (False, False, True)
    assert (conf.table_standby_replicas, conf.stream_wait_empty, conf.consumer_auto_offset_reset) == (0, True, "earliest")
    assert (conf.stream_buffer_maxsize, conf.broker_max_poll_records, conf.broker_max_poll_interval) == (64, 50, 86_400)
    assert (conf.broker_commit_interval, conf.broker_session_timeout, conf.broker_heartbeat_interval) == (1.0, 6.0, 2.0)
    assert conf.broker_request_timeout == 90
    assert conf.broker_rebalance_timeout == 3 * (40 + 2) + 15
    assert (conf.key_serializer, conf.value_serializer, conf.worker_redirect_stdouts) == ("raw", "raw", False)


def test_what_faust_skips_during_a_rebalance_is_not_acknowledged(app: faust.App) -> None:
    """Faust acknowledges skipped messages by itself; an event of ours does nothing until we acknowledge its message."""
    event = _Event(app, None, b"v", None, message=object())

    assert event.ack() is False
