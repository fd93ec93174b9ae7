"""A worker on a real broker: it consumes, produces, commits, tells how it is, and stops in order."""

from __future__ import annotations

from tests.fixtures.workers import Line


async def test_every_message_comes_out_once_and_a_stopped_worker_leaves_nothing_behind(line: Line) -> None:
    """In the normal course there is one output per input, and SIGTERM ends the process with code 0."""
    await line.feed({"id": str(number)} for number in range(200))
    worker = line.worker()
    outputs = await line.settled(200)
    code = await worker.stop()
    again = line.worker()
    await again.ready()
    await line.feed([{"id": "last"}])
    after = await line.settled(201)
    await again.stop()

    assert code == 0
    assert outputs == {f"{number}/0": 1 for number in range(200)}
    assert after == {**outputs, "last/0": 1}
