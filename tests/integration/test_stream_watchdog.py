"""A worker that hangs instead of crashing is ended by its watchdog, and one that cannot start says why."""

from __future__ import annotations

import socket

from services.runtime.watchdog import EXIT_CODE
from tests.fixtures.workers import Line, until


async def test_a_blocked_event_loop_ends_the_process(line: Line) -> None:
    """A call that never returns freezes everything, health included: only a thread can notice."""
    await line.feed([{"id": "frozen", "fail": "freeze"}])
    worker = line.worker(RUNNER__STALL_TIMEOUT_S="4", RUNNER__TASK_TIMEOUT_S="1", RUNNER__MAX_TRIES="1")
    code = await worker.ended()
    [told] = worker.lines("watchdog.exit")

    assert code == EXIT_CODE
    assert "event loop" in told["reason"]


async def test_a_worker_without_any_partition_ends_and_says_what_to_do(line: Line) -> None:
    """A spare worker leaves the group unnoticed and never comes back, so it must not pass for a healthy one."""
    settings = {"RUNNER__STALL_TIMEOUT_S": "5", "RUNNER__TASK_TIMEOUT_S": "1", "RUNNER__MAX_TRIES": "1"}
    workers = [line.worker(**settings) for _ in range(line.source.partitions + 1)]
    await until(lambda: any(not worker.running for worker in workers), "the end of the spare worker")
    [spare] = [worker for worker in workers if not worker.running]
    code = await spare.ended()
    [told] = spare.lines("watchdog.exit")

    assert code == EXIT_CODE
    assert "no more workers than there are partitions" in told["reason"]


async def test_a_broker_that_is_not_there_is_told_with_its_address(line: Line) -> None:
    """A process that cannot start says where it looked, and ends with 1 so that it is started again."""
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        address = f"127.0.0.1:{closed.getsockname()[1]}"
        worker = line.worker(KAFKA__BOOTSTRAP_SERVERS=address)
        code = await worker.ended()
    told = worker.lines("worker.not_started")

    assert code == 1
    assert address in told[0]["error"]


async def test_a_stall_timeout_below_what_the_tries_may_take_is_refused(line: Line) -> None:
    """A watchdog that is quicker than the tries would end a healthy worker again and again."""
    worker = line.worker(RUNNER__STALL_TIMEOUT_S="10", RUNNER__TASK_TIMEOUT_S="5", RUNNER__MAX_TRIES="2")
    code = await worker.ended()

    assert code != 0
    assert "MUSAFAHA_RUNNER__STALL_TIMEOUT_S" in worker.text()


async def test_a_stop_while_the_worker_still_starts_is_a_stop_in_order(line: Line) -> None:
    """Who starts a line and stops it at once gets no error and no worker left behind."""
    worker = line.worker()
    await worker.logged("ops.listening")

    assert await worker.stop() == 0


async def test_a_port_that_is_taken_is_told_with_the_way_out(line: Line) -> None:
    """Two workers on one machine need two ports; the second says so."""
    first = line.worker()
    second = line.worker(OPS__EXTRACT_PORT=str(await first.port()))
    code = await second.ended()
    told = second.lines("worker.not_started")
    await first.stop()

    assert code == 2
    assert "set another port" in told[0]["error"]
