"""`musafaha dlq list` and `replay` on a real broker: what died is shown, sent back as it was, and never sent back twice."""

from __future__ import annotations

import asyncio
import json
from typing import Any

from click.testing import CliRunner, Result

from services.cli import cli
from services.runtime.dlq import dead_letter_headers
from services.runtime.kafka import Producer
from services.runtime.records import Record
from tests.fixtures.workers import Line, read_topic

HEADERS = (("ce_id", b"7"), ("origin", b"\xff\x00"))


async def _bury(line: Line, reasons: list[str]) -> None:
    """Dead letters as the runner writes them, one for each reason, all in one partition."""
    async with Producer(line.kafka) as producer:
        for number, reason in enumerate(reasons):
            record = Record(line.source.name, 1, number, 0, f"key-{number}".encode(), f"value-{number}".encode(), HEADERS)
            headers = dead_letter_headers(
                record, reason=reason, error="a\nlong story", attempts=3, service="trial", at=1_700_000_000 + number
            )
            await producer.send_raw(line.source.dlq, key=record.key, value=record.value, headers=headers)


async def _run(line: Line, *arguments: str) -> Result:
    environment = {"MUSAFAHA_KAFKA__BOOTSTRAP_SERVERS": str(line.kafka.bootstrap_servers)}
    return await asyncio.to_thread(CliRunner().invoke, cli, ["dlq", *arguments, "--topic", line.source.name], env=environment)


async def _arrived(line: Line) -> list[tuple[Any, ...]]:
    return [(record.key, record.value, record.headers) for record in await read_topic(line.kafka, line.source.name)]


async def test_the_list_counts_by_reason_and_shows_the_newest_with_place_error_and_time(line: Line) -> None:
    """An operator sees at a glance what is wrong, and where to look."""
    await _bury(line, ["schema", "timeout", "schema"])
    told = await _run(line, "list", "--limit", "2")
    head, *letters = told.output.splitlines()

    assert told.exit_code == 0
    assert head == f"{line.source.dlq}: 3 (2 schema, 1 timeout)"
    assert [letter.split()[:3] for letter in letters] == [
        ["0:1", "2023-11-14T22:13:21.000Z", "timeout"],
        ["0:2", "2023-11-14T22:13:22.000Z", "schema"],
    ]
    assert letters[1].endswith(f"from {line.source.name}:1:2  a long story")


async def test_the_list_as_json_lines_can_be_read_by_a_program(line: Line) -> None:
    """Each line is one object: first the counts, then the letters."""
    await _bury(line, ["bad_json"])
    told = await _run(line, "list", "--json")
    head, letter = [json.loads(row) for row in told.output.splitlines()]

    assert head == {"topic": line.source.dlq, "count": 1, "reasons": {"bad_json": 1}}
    assert letter == {
        "topic": line.source.dlq,
        "offset": "0:0",
        "source": f"{line.source.name}:1:0",
        "reason": "bad_json",
        "error": "a\nlong story",
        "time": "2023-11-14T22:13:20.000Z",
        "service": "trial",
        "attempts": "3",
        "key": "key-0",
        "bytes": 7,
        "cut": False,
    }


async def test_a_replay_sends_the_original_bytes_and_headers_back_once(line: Line) -> None:
    """What comes back is what came first, without the story of its death; a second replay finds nothing to do."""
    await _bury(line, ["schema", "timeout"])
    dry = await _run(line, "replay", "--dry-run")
    nothing_yet = await _arrived(line)
    first = await _run(line, "replay")
    second = await _run(line, "replay")

    assert dry.output == f"{line.source.dlq}: 2 would be sent, 0 already sent back earlier, 0 not asked for\n"
    assert nothing_yet == []
    assert first.output == f"{line.source.dlq}: 2 sent, 0 already sent back earlier, 0 not asked for\n"
    assert second.output == f"{line.source.dlq}: 0 sent, 2 already sent back earlier, 0 not asked for\n"
    assert sorted(await _arrived(line)) == [(b"key-0", b"value-0", HEADERS), (b"key-1", b"value-1", HEADERS)]


async def test_a_replay_works_on_a_kafka_that_no_group_has_used_before(fresh_line: Line) -> None:
    """The first question about a group makes Kafka create the topic of commits; until that is there the answer is waited for."""
    await _bury(fresh_line, ["schema"])

    told = await _run(fresh_line, "replay")

    assert (told.exit_code, told.output) == (0, f"{fresh_line.source.dlq}: 1 sent, 0 already sent back earlier, 0 not asked for\n")


async def test_choosing_by_reason_or_place_leaves_the_others_for_a_later_replay(line: Line) -> None:
    """What was passed over is not taken for done, whatever order an operator chooses."""
    await _bury(line, ["schema", "timeout", "schema", "bad_json"])
    by_reason = await _run(line, "replay", "--reason", "timeout")
    by_place = await _run(line, "replay", "--offset", "0:2")
    again = await _run(line, "replay", "--offset", "0:2")
    rest = await _run(line, "replay")

    assert [told.output.partition(": ")[2] for told in (by_reason, by_place, again, rest)] == [
        "1 sent, 0 already sent back earlier, 3 not asked for\n",
        "1 sent, 0 already sent back earlier, 3 not asked for\n",
        "0 sent, 1 already sent back earlier, 3 not asked for\n",
        "2 sent, 2 already sent back earlier, 0 not asked for\n",
    ]
    assert sorted(value for _, value, _ in await _arrived(line)) == [b"value-0", b"value-1", b"value-2", b"value-3"]


async def test_a_letter_that_was_mended_is_handled_after_its_replay(line: Line) -> None:
    """The whole way: a message dies, its cause is mended, it is sent back and comes out."""
    mended = line.folder / "mended"
    await line.feed([{"id": "one", "fail": "data", "until": str(mended)}])
    worker = line.worker()
    await line.settled(1)
    mended.touch()
    await _run(line, "replay")
    outputs = await line.settled(2)
    await worker.stop()

    assert outputs == {"one/0": 1}


async def test_a_message_larger_than_any_dead_letter_is_kept_in_part_and_not_sent_back(line: Line) -> None:
    """A strongly compressed giant neither stops the line nor vanishes: its beginning and its place are kept."""
    giant = b"{" + b" " * 5_000_000
    await line.feed_compressed(giant)
    await line.feed([{"id": "after"}])
    worker = line.worker()
    outputs = await line.settled(2)
    code = await worker.stop()
    [dead] = await line.dead_letters()
    replayed = await _run(line, "replay")

    assert (outputs, code) == ({"after/0": 1}, 0)
    assert dead.value == giant[:1_048_576]
    assert dict(dead.headers)["dlq_cut"] == b"5000001"
    assert "0 sent" in replayed.output
    assert "1 too large to be kept whole" in replayed.output


async def test_bad_options_and_an_unknown_topic_are_told_plainly(line: Line) -> None:
    """An operator at three in the morning gets a sentence, not a traceback."""
    no_place = await _run(line, "replay", "--offset", "7")
    environment = {"MUSAFAHA_KAFKA__BOOTSTRAP_SERVERS": str(line.kafka.bootstrap_servers)}
    no_topic = await asyncio.to_thread(CliRunner().invoke, cli, ["dlq", "list", "--topic", "nobody.knows"], env=environment)
    place_without_topic = await asyncio.to_thread(CliRunner().invoke, cli, ["dlq", "replay", "--offset", "0:1"], env=environment)

    assert (no_place.exit_code, "'7' is no PARTITION:OFFSET" in no_place.output) == (2, True)
    assert "topic nobody.knows.dlq does not exist" in str(no_topic.exception)
    assert (place_without_topic.exit_code, "--offset needs --topic" in place_without_topic.output) == (2, True)
