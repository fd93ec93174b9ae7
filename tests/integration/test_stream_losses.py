"""What can go wrong, on a real broker: after each of it, every input is an output or a dead letter, and nothing is lost.

Outputs may repeat, but only under the same id, since a message that was not acknowledged is handled again.
"""

from __future__ import annotations

import json
import signal
from collections import Counter
from pathlib import Path

from tests.fixtures.workers import Line, bytes_of, until


def _ids(count: int) -> list[str]:
    return [f"{number:04}" for number in range(count)]


def _expected(ids: list[str]) -> set[str]:
    return {f"{id}/0" for id in ids}


async def test_an_exception_is_tried_again_and_then_dead_lettered_while_the_rest_goes_on(line: Line) -> None:
    """A handler that fails on one message costs neither that message nor any other, and the process stays up."""
    ids = _ids(60)
    await line.feed([{"id": id, **({"fail": "error"} if id == "0031" else {})} for id in ids])
    worker = line.worker()
    outputs = await line.settled(60)
    code = await worker.stop()
    [dead] = await line.dead_letters()

    assert code == 0
    assert outputs == Counter(_expected(ids) - {"0031/0"})
    assert line.begun("0031") == 3
    assert (dead.key, bytes_of(dead, "dlq_reason"), bytes_of(dead, "dlq_attempts")) == (b"0031", b"handler_error", b"3")


async def test_a_message_that_nobody_can_read_is_dead_lettered_at_once_with_its_bytes_and_headers(line: Line) -> None:
    """A poison message is kept byte for byte with the reason, is not tried again, and holds nobody up."""
    place = await line.feed_raw(b"\xff{", key=b"\x00key", headers=[("origin", b"\x01\xff"), ("dlq_reason", b"of an earlier death")])
    await line.feed([{"id": "after"}])
    worker = line.worker()
    outputs = await line.settled(2)
    await worker.stop()
    [dead] = await line.dead_letters()
    headers = dict(dead.headers)

    assert outputs == {"after/0": 1}
    assert (dead.key, dead.value, headers["origin"]) == (b"\x00key", b"\xff{", b"\x01\xff")
    assert [name for name, _ in dead.headers].count("dlq_reason") == 1
    assert headers["dlq_reason"] == b"bad_json"
    assert headers["dlq_topic"] == line.source.name.encode()
    assert (int(headers["dlq_partition"]), int(headers["dlq_offset"])) == (place.partition, place.offset)
    assert (headers["dlq_attempts"], headers["dlq_service"]) == (b"1", line.group.encode())
    assert headers["dlq_time"].endswith(b"Z")
    assert headers["dlq_error"]


async def test_bad_envelopes_and_empty_messages_are_dead_lettered_and_foreign_types_are_passed_over(line: Line) -> None:
    """What is no message of ours never reaches the handler: a broken envelope and a tombstone are kept, another type is skipped."""
    good = [("ce_specversion", b"1.0"), ("ce_id", b"1"), ("ce_source", b"urn:x"), ("ce_type", b"musafaha.trial.v1")]
    await line.feed_raw(b'{"id": "enveloped"}', headers=good)
    await line.feed_raw(b'{"id": "bare"}')
    await line.feed_raw(b'{"id": "incomplete"}', headers=good[:2])
    await line.feed_raw(b'{"id": "foreign"}', headers=[*good[:3], ("ce_type", b"com.example.other")])
    await line.feed_raw(None)
    await line.feed_raw(b'{"id": "last"}')
    worker = line.worker()
    await line.begins("last")
    outputs = await line.settled(5)
    page = (await worker.get("/metrics")).text
    await worker.stop()
    dead = await line.dead_letters()

    assert outputs == {"enveloped/0": 1, "bare/0": 1, "last/0": 1}
    assert {bytes_of(letter, "dlq_reason") for letter in dead} == {b"bad_envelope", b"tombstone"}
    assert {letter.value for letter in dead} == {b'{"id": "incomplete"}', None}
    assert line.begun("foreign") == 0
    assert 'musafaha_handler_seconds_count{outcome="ignored"} 1.0' in page


async def test_a_handler_that_takes_too_long_is_cut_off_tried_again_and_dead_lettered(line: Line) -> None:
    """One message may never hold a partition for good."""
    await line.feed([{"id": "slow", "fail": "hang"}, {"id": "other"}])
    worker = line.worker(RUNNER__TASK_TIMEOUT_S="0.3", RUNNER__MAX_TRIES="2")
    outputs = await line.settled(2)
    await worker.stop()
    [dead] = await line.dead_letters()

    assert outputs == {"other/0": 1}
    assert (line.begun("slow"), bytes_of(dead, "dlq_reason"), bytes_of(dead, "dlq_attempts")) == (2, b"timeout", b"2")


async def test_a_database_that_is_away_ends_the_process_and_the_next_one_goes_on_where_it_stood(line: Line, tmp_path: Path) -> None:
    """A transient error neither loses nor dead-letters: the process exits with 1, and the message is handled after a restart."""
    ids, back = _ids(100), tmp_path / "database-is-back"
    await line.feed([{"id": id, **({"fail": "transient", "until": str(back)} if id == "0050" else {})} for id in ids])
    code = await line.worker().ended()
    back.touch()
    again = line.worker()
    outputs = await line.settled(100)
    await again.stop()

    assert code == 1
    assert set(outputs) == _expected(ids)
    assert await line.dead_letters() == []


async def test_a_task_beside_the_stream_that_breaks_down_ends_the_process(line: Line) -> None:
    """A worker without its publisher or deliveries is no worker: it must be started again as a whole."""
    worker = line.worker()
    await worker.ready()
    line.journal.with_suffix(".break").touch()

    assert await worker.ended() == 1


async def test_sigterm_waits_for_what_is_in_flight_and_starts_nothing_anew(line: Line, tmp_path: Path) -> None:
    """A stop in order finishes and commits the messages in flight: the next worker repeats none of them."""
    go, ids = tmp_path / "go", _ids(40)
    await line.feed([{"id": id, "block": str(go)} for id in ids])
    worker = line.worker()
    await line.begins("0000")
    worker.signal(signal.SIGTERM)
    go.touch()
    code = await worker.ended()
    again = line.worker()
    await again.ready()
    outputs = await line.settled(40)
    second_code = await again.stop()

    assert (code, second_code) == (0, 0)
    assert outputs == Counter(_expected(ids))
    assert line.history().count("shutdown -") == 2


async def test_sigkill_with_messages_in_flight_loses_none(line: Line, tmp_path: Path) -> None:
    """What was not acknowledged is handled again by the next process."""
    ids, late = _ids(300), tmp_path / "late"
    await line.feed([{"id": id, **({"fail": "kill", "until": str(late)} if id == "0150" else {})} for id in ids])
    code = await line.worker().ended()
    late.touch()
    again = line.worker()
    outputs = await line.settled(300)
    await again.stop()

    assert code == -signal.SIGKILL
    assert set(outputs) == _expected(ids)


async def test_a_slow_message_at_the_head_of_its_partition_is_not_lost_when_the_process_is_killed(line: Line, tmp_path: Path) -> None:
    """Later messages that are done do not move the committed offset past one that is not."""
    go, ids = tmp_path / "go", _ids(30)
    head = await line.feed_raw(json.dumps({"id": "head", "block": str(go)}).encode())
    await line.feed({"id": id} for id in ids)
    worker = line.worker()
    await line.begins("head")
    await until(lambda: all(line.begun(id) for id in ids), "the messages behind the head")
    await line.settled(30)
    committed = await line.commits_all_but(head.partition)
    await worker.kill()
    go.touch()
    again = line.worker()
    outputs = await line.settled(31)
    await again.stop()

    assert committed[head.partition] <= head.offset
    assert set(outputs) == _expected(["head", *ids])


async def test_a_second_worker_joins_and_both_stop_one_after_the_other_without_a_loss(line: Line) -> None:
    """A rolling restart moves partitions between processes and loses nothing."""
    ids = _ids(600)
    await line.feed([{"id": id, "sleep": 0.01} for id in ids[:300]])
    first = line.worker()
    await line.begins("0100")
    second = line.worker()
    await second.ready()
    await line.feed([{"id": id, "sleep": 0.01} for id in ids[300:]])
    first_code = await first.stop()
    await second.kill()
    third = line.worker()
    await third.ready()  # the others may have done everything; a stop in order needs a worker that has started
    outputs = await line.settled(600)
    third_code = await third.stop()

    assert (first_code, third_code) == (0, 0)
    assert set(outputs) == _expected(ids)


async def test_messages_with_one_key_are_handled_one_after_the_other_in_their_order(line: Line) -> None:
    """Two revisions of one article never overtake each other, although others go on beside them."""
    ids = _ids(120)
    await line.feed([{"id": id, "sleep": 0.002} for id in ids], keys={id: f"key-{int(id) % 5}" for id in ids})
    worker = line.worker()
    await line.settled(120)
    await worker.stop()
    history = [entry.split(" ") for entry in line.history() if entry[:3] in ("beg", "end")]

    for lane in range(5):
        mine = [(what, id) for what, id in history if int(id) % 5 == lane]
        expected = [(what, id) for id in ids if int(id) % 5 == lane for what in ("begin", "end")]
        assert mine == expected


async def test_the_last_output_of_a_message_is_not_sent_while_one_before_it_is_unconfirmed(line: Line) -> None:
    """The last output speaks of the others: when Kafka refuses one of them, it must not tell of it."""
    await line.feed([{"id": "whole", "outputs": 5}, {"id": "broken", "outputs": 5, "too_large": 1}])
    worker = line.worker()
    await until(lambda: worker.lines("dead_letter.sent"), "the dead letter", worker.text)
    outputs = await line.settled(9)
    await worker.stop()
    [dead] = await line.dead_letters()

    assert outputs == {f"whole/{number}": 1 for number in range(5)} | {f"broken/{number}": 1 for number in (0, 2, 3)}
    assert (dead.key, bytes_of(dead, "dlq_reason")) == (b"broken", b"too_large")
