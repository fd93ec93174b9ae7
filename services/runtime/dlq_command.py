"""`musafaha dlq list` and `musafaha dlq replay`."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Sequence

import click

from schemas.topics import DLQ_SUFFIX, dead_letter_topics
from services.runtime.dlq import DeadLetter, Replayed, Summary, replay, summarise
from services.runtime.settings import KafkaSettings, load_settings


@click.group()
def dlq() -> None:
    """The dead letters: messages that no service could read.

    They lie on `<topic>.dlq` as they came, with dlq_* headers that say why. Needs MUSAFAHA_KAFKA__BOOTSTRAP_SERVERS.
    """


def _chosen_topics(topic: str | None) -> Sequence[str]:
    if topic is None:
        return [known.name for known in dead_letter_topics()]
    return [topic if topic.endswith(DLQ_SUFFIX) else topic + DLQ_SUFFIX]


# ------------------------------------------------------------------------------------------------------------------------ list


@dlq.command("list")
@click.option("--topic", help="Only this topic (its own name or that of its dead letters); all of ours when not given.")
@click.option("--limit", type=click.IntRange(min=0), default=10, show_default=True, help="Newest dead letters to show of each topic.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line instead of text.")
def list_(topic: str | None, limit: int, as_json: bool) -> None:
    """Show how many there are, why, and the newest few."""
    for summary in asyncio.run(_summaries(load_settings().kafka, _chosen_topics(topic), limit)):
        for line in _json_lines(summary) if as_json else _text_lines(summary):
            click.echo(line)


async def _summaries(kafka: KafkaSettings, topics: Sequence[str], limit: int) -> list[Summary]:
    return [await summarise(kafka, topic, limit=limit) for topic in topics]


def _text_lines(summary: Summary) -> list[str]:
    reasons = ", ".join(f"{count} {reason}" for reason, count in summary.reasons.most_common())
    return [
        f"{summary.topic}: {summary.total}" + (f" ({reasons})" if reasons else ""),
        *(
            f"  {letter.place:>10}  {letter.at or 'no time':<24}  {letter.reason:<13}  from {letter.source}  {_short(letter.error)}"
            for letter in summary.newest
        ),
    ]


def _json_lines(summary: Summary) -> list[str]:
    head = {"topic": summary.topic, "count": summary.total, "reasons": dict(summary.reasons.most_common())}
    return [json.dumps(line, ensure_ascii=False) for line in (head, *(_as_object(letter, summary.topic) for letter in summary.newest))]


def _as_object(letter: DeadLetter, topic: str) -> dict[str, object]:
    return {
        "topic": topic,
        "offset": letter.place,
        "source": letter.source,
        "reason": letter.reason,
        "error": letter.error,
        "time": letter.at,
        "service": letter.service,
        "attempts": letter.attempts,
        "key": None if letter.key is None else letter.key.decode("utf-8", "backslashreplace"),
        "bytes": None if letter.value is None else len(letter.value),
        "cut": letter.cut,
    }


def _short(error: str, width: int = 100) -> str:
    line = " ".join(error.split())
    return line if len(line) <= width else line[: width - 1] + "…"


# ---------------------------------------------------------------------------------------------------------------------- replay


class _Place(click.ParamType):
    """`PARTITION:OFFSET`, as `dlq list` shows it."""

    name = "partition:offset"

    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> str:
        partition, _, offset = value.partition(":")
        if not (partition.isdigit() and offset.isdigit()):
            self.fail(f"{value!r} is no PARTITION:OFFSET, such as 0:17; `musafaha dlq list` shows them.", param, ctx)
        return f"{int(partition)}:{int(offset)}"


@dlq.command("replay")
@click.option("--topic", help="Only this topic (its own name or that of its dead letters); all of ours when not given.")
@click.option("--reason", help="Only dead letters with this reason.")
@click.option("--offset", type=_Place(), help="Only this one, by its place on the dead-letter topic; needs --topic.")
@click.option("--dry-run", is_flag=True, help="Only say what would be sent.")
def replay_(topic: str | None, reason: str | None, offset: str | None, dry_run: bool) -> None:
    """Send dead letters back to the topic they came from, as they were.

    Each is sent once: what an earlier replay sent back is skipped. Fix the cause first, or they will come back.
    """
    if offset is not None and topic is None:
        raise click.UsageError("--offset needs --topic: every dead-letter topic counts for itself.")

    def chosen(letter: DeadLetter) -> bool:
        return (reason is None or letter.reason == reason) and (offset is None or letter.place == offset)

    async def run(kafka: KafkaSettings) -> list[Replayed]:
        return [await replay(kafka, name, chosen=chosen, dry_run=dry_run) for name in _chosen_topics(topic)]

    for result in asyncio.run(run(load_settings().kafka)):
        click.echo(
            f"{result.topic}: {result.sent} {'would be sent' if dry_run else 'sent'}, "
            f"{result.already} already sent back earlier, {result.other} not asked for"
            + (f", {result.cut} too large to be kept whole (see `dlq list` for where they came from)" if result.cut else "")
        )
