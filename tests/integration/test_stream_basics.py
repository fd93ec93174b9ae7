"""A worker on a real broker in the normal course: it consumes, commits, tells how it is, and listens nowhere else."""

from __future__ import annotations

import asyncio
import socket
import time
from collections.abc import Callable

import psutil

from tests.fixtures.workers import PATIENCE_S, Line, WorkerProcess

API_KEY = "0123456789abcdef0123"


async def test_every_message_comes_out_once_and_the_next_worker_repeats_none(line: Line) -> None:
    """In the normal course there is one output per input, SIGTERM ends the process with code 0, and all offsets are committed."""
    await line.feed({"id": str(number)} for number in range(200))
    worker = line.worker()
    await line.settled(200)
    code = await worker.stop()
    again = line.worker()
    await again.ready()
    await line.feed([{"id": "last"}])
    outputs = await line.settled(201)
    await again.stop()

    assert code == 0
    assert outputs == {f"{number}/0": 1 for number in range(200)} | {"last/0": 1}
    assert await line.committed() == await line.ends_of_input()


async def test_a_worker_listens_on_its_ops_port_and_on_no_other(line: Line) -> None:
    """Faust's own web server shows data without asking who is there; it must never run."""
    worker = line.worker()
    await worker.ready()
    listening = {
        (connection.laddr.ip, connection.laddr.port)
        for connection in psutil.Process(worker.pid).net_connections(kind="all")
        if connection.family in (socket.AF_INET, socket.AF_INET6) and connection.status in (psutil.CONN_LISTEN, psutil.CONN_NONE)
    }
    await worker.stop()

    assert listening == {("127.0.0.1", await worker.port())}


async def test_health_is_open_and_metrics_need_the_key(line: Line) -> None:
    """A probe needs no secret; whoever reads the figures does, when one is set."""
    worker = line.worker(HTTP__API_KEY=API_KEY)
    await worker.ready()
    answers = await asyncio.gather(
        worker.get("/livez"),
        worker.get("/readyz"),
        worker.get("/metrics"),
        worker.get("/metrics", headers={"Authorization": "Bearer 0123456789abcdef0124"}),
        worker.get("/metrics", headers={"Authorization": f"Bearer {API_KEY}"}),
        worker.get("/"),
    )
    await worker.stop()

    assert [answer.status_code for answer in answers] == [200, 200, 401, 401, 200, 404]
    assert answers[1].json() == {"ok": True, "checks": {"assignment": "ok", "kafka": "ok"}}


async def test_a_worker_tells_how_much_waits_and_how_old_it_is(line: Line) -> None:
    """Lag is told in messages and in seconds, for each partition, and falls to nothing when the work is done."""
    go = line.folder / "go"
    await line.feed([{"id": str(number), "block": str(go)} for number in range(30)])
    worker = line.worker(RUNNER__STALL_TIMEOUT_S="4", RUNNER__WINDOW="4", RUNNER__MAX_TRIES="1", RUNNER__TASK_TIMEOUT_S="3.9")
    waiting = await _sum_of(worker, "musafaha_consumer_lag_messages", lambda total: total == 30)
    oldest = await _sum_of(worker, "musafaha_consumer_lag_seconds", lambda total: total > 0)
    go.touch()
    left = await _sum_of(worker, "musafaha_consumer_lag_messages", lambda total: total == 0)
    await worker.stop()

    assert (waiting, left) == (30, 0)
    assert oldest > 0


async def test_a_worker_tells_how_many_dead_letters_are_kept(line: Line) -> None:
    """An operator sees on a dashboard that something could not be read, also after the worker that buried it is gone."""
    for value in (b"\xff{", b"{}x", b"not json"):
        await line.feed_raw(value, key=b"k")
    first = line.worker(RUNNER__STALL_TIMEOUT_S="4", RUNNER__MAX_TRIES="1", RUNNER__TASK_TIMEOUT_S="3.9")
    await _sum_of(first, "musafaha_dlq_messages", lambda total: total == 3)
    await first.stop()
    second = line.worker(RUNNER__STALL_TIMEOUT_S="4", RUNNER__MAX_TRIES="1", RUNNER__TASK_TIMEOUT_S="3.9")
    kept = await _sum_of(second, "musafaha_dlq_messages", lambda total: total == 3)
    await second.stop()

    assert kept == 3


async def _sum_of(worker: WorkerProcess, metric: str, satisfied: Callable[[float], bool]) -> float:
    """The sum of a metric's series over the partitions, once it is as asked."""
    deadline = time.monotonic() + PATIENCE_S
    while True:
        page = (await worker.get("/metrics")).text
        values = [float(row.rpartition(" ")[2]) for row in page.splitlines() if row.startswith(metric + "{")]
        if values and satisfied(sum(values)):
            return sum(values)
        assert time.monotonic() < deadline, f"{metric} was last {values}"
        await asyncio.sleep(0.05)
