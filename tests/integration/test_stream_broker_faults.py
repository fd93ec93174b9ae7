"""Kafka itself stops, dies or stands still: a worker lives through it, and nothing is lost."""

from __future__ import annotations

import os
import signal

from tests.fixtures.broker import FreshBroker
from tests.fixtures.workers import Line, until


def _messages(count: int) -> list[dict[str, object]]:
    return [{"id": f"{number:04}", "sleep": 0.005} for number in range(count)]


def _expected(count: int) -> set[str]:
    return {f"{number:04}/0" for number in range(count)}


async def test_a_worker_lives_through_the_restart_of_its_broker(fresh_broker: FreshBroker, fresh_line: Line) -> None:
    """A broker stopped in order and started again costs time, no message and no restart of the worker."""
    await fresh_line.feed(_messages(1_500))
    worker = fresh_line.worker()
    await fresh_line.begins("0200")
    fresh_broker.stop()
    fresh_broker.start()
    outputs = await fresh_line.settled(1_500)
    code = await worker.stop()

    assert set(outputs) == _expected(1_500)
    assert code == 0


async def test_a_worker_lives_through_the_death_of_its_broker(fresh_broker: FreshBroker, fresh_line: Line) -> None:
    """A broker killed at once recovers its log; what it had confirmed is there, the rest is sent again."""
    await fresh_line.feed(_messages(1_500))
    worker = fresh_line.worker()
    await fresh_line.begins("0200")
    fresh_broker.kill()
    fresh_broker.start()
    outputs = await fresh_line.settled(1_500)
    code = await worker.stop()

    assert set(outputs) == _expected(1_500)
    assert code == 0


async def test_a_broker_that_stands_still_makes_the_worker_unready_and_loses_nothing(fresh_broker: FreshBroker, fresh_line: Line) -> None:
    """While Kafka does not answer nothing is acknowledged, the worker is not ready, and it is not restarted either."""
    await fresh_line.feed(_messages(800))
    worker = fresh_line.worker(RUNNER__STALL_TIMEOUT_S="6", RUNNER__TASK_TIMEOUT_S="1.9")
    await fresh_line.begins("0200")
    os.kill(fresh_broker.pid, signal.SIGSTOP)
    try:
        await worker.unready()
        alive = (await worker.get("/livez")).status_code
    finally:
        os.kill(fresh_broker.pid, signal.SIGCONT)
    await worker.ready()
    outputs = await fresh_line.settled(800)
    code = await worker.stop()

    assert (alive, code) == (200, 0)
    assert set(outputs) == _expected(800)


async def test_a_worker_killed_between_sending_and_confirmation_loses_nothing(fresh_broker: FreshBroker, fresh_line: Line) -> None:
    """An output that was sent but not confirmed is made again under the same id, and its input was not acknowledged."""
    await fresh_line.feed([{"id": "before"}])
    worker = fresh_line.worker()
    await fresh_line.settled(1)
    await fresh_line.feed([{"id": "between", "block": str(fresh_line.folder / "go")}])
    await fresh_line.begins("between")
    os.kill(fresh_broker.pid, signal.SIGSTOP)
    try:
        (fresh_line.folder / "go").touch()
        await fresh_line.ends("between")
        await worker.kill()
    finally:
        os.kill(fresh_broker.pid, signal.SIGCONT)
    again = fresh_line.worker()
    await until(lambda: fresh_line.begun("between") == 2, "the message to be handled again", again.text)
    outputs = await fresh_line.settled(2)
    await again.stop()

    assert set(outputs) == {"before/0", "between/0"}
