"""`musafaha publish`: articles from files onto the topic, through the same checks as `POST /v1/articles`."""

from __future__ import annotations

import asyncio
import codecs
import sys
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

import click

from services.ingest.files import SUFFIXES, Found, read_articles, read_lines
from services.runtime.settings import load_settings

if TYPE_CHECKING:
    from services.ingest.publish import Target

BATCH = 200
"""Articles handed over at once."""


@dataclass(frozen=True, slots=True)
class Options:
    """What the command line says about the files."""

    encoding: str | None
    text_fields: dict[str, object]


@click.command()
@click.argument("files", nargs=-1, required=True, type=click.Path(exists=True, dir_okay=False, allow_dash=True, path_type=Path))
@click.option("--encoding", metavar="NAME", help="Encoding of all files, when it is neither UTF-8 nor told by a byte order mark.")
@click.option("--published-at", metavar="TIME", help="For .txt files: when it was published, as in 2021-11-24T12:00:00+00:00.")
@click.option("--language", metavar="TAG", help="For .txt files: language, as in ar.")
@click.option("--source-id", metavar="ID", help="For .txt files: id of the outlet.")
@click.option("--source-country", metavar="CODE", help="For .txt files: the outlet's home state, as in MAR.")
def publish(
    *,
    files: tuple[Path, ...],
    encoding: str | None,
    published_at: str | None,
    language: str | None,
    source_id: str | None,
    source_country: str | None,
) -> None:
    """Put the articles in FILES on the topic and wait for the broker's confirmation.

    FILES are JSON lines (.jsonl, .ndjson), a JSON object or list (.json), plain text (.txt: one article, its id is the file's name),
    or - for JSON lines from standard input. What is refused is named on standard error, the rest goes on; then the exit code is 1.
    Publishing again is harmless: what has not changed is a duplicate.

    Goes through the ingest that runs on the same store (MUSAFAHA_INGEST__STORE), else straight to MUSAFAHA_KAFKA__BOOTSTRAP_SERVERS.
    """
    _check(files, encoding)
    source = {"id": source_id, "country": source_country}
    text_fields = _given({"published_at": published_at, "language": language, "source": _given(source) or None})
    if text_fields and not any(file.suffix.lower() == ".txt" for file in files):
        raise click.UsageError("--published-at, --language, --source-id and --source-country are for .txt files, and there is none.")
    counts = asyncio.run(_publish(files, Options(encoding, text_fields)))
    click.echo(f"accepted {counts['accepted']:,}, duplicates {counts['duplicate']:,}, refused {counts['refused']:,}" + _open(counts))
    sys.exit(1 if counts["refused"] or counts["unconfirmed"] else 0)


def _check(files: Sequence[Path], encoding: str | None) -> None:
    for file in files:
        if str(file) != "-" and file.suffix.lower() not in SUFFIXES:
            raise click.UsageError(f"{file}: the name must end in one of {', '.join(SUFFIXES)}, so that its form is known.")
    if encoding is not None:
        try:
            "".encode(codecs.lookup(encoding).name)
        except (LookupError, ValueError) as error:
            raise click.UsageError(f"--encoding {encoding}: no such text encoding; for example utf-8, utf-16, windows-1256.") from error


def _given(values: Mapping[str, object]) -> dict[str, object]:
    return {name: value for name, value in values.items() if value is not None}


def _open(counts: Counter[str]) -> str:
    if not counts["unconfirmed"]:
        return ""
    return f", not confirmed {counts['unconfirmed']:,} (the rest was not tried; publish again, which is harmless)"


async def _publish(files: Sequence[Path], options: Options) -> Counter[str]:
    from services.ingest.publish import target

    counts: Counter[str] = Counter()
    async with target(load_settings()) as taking:
        found = (item for file in files for item in _read(file, options))
        while not counts["unconfirmed"] and (batch := list(islice(found, BATCH))):
            counts += await _hand_over(batch, taking)
    return counts


def _read(file: Path, options: Options) -> Iterator[Found]:
    if str(file) == "-":
        return read_lines(sys.stdin.buffer, "standard input", encoding=options.encoding)
    return read_articles(file, encoding=options.encoding, text_fields=options.text_fields)


async def _hand_over(batch: Sequence[Found], taking: Target) -> Counter[str]:
    """Hand over what could be read, and name on standard error what does not go on."""
    from services.ingest.accept import Refusal

    counts: Counter[str] = Counter()
    readable = [found.item for found in batch if not isinstance(found.item, Refusal)]
    answers = iter(await taking.submit(readable) if readable else [])
    for found in batch:
        if isinstance(found.item, Refusal):
            outcome, reason, detail = "refused", str(found.item.reason), found.item.detail
        else:
            answer = next(answers)
            outcome, reason, detail = answer.outcome, answer.reason or "", answer.detail or ""
        counts[outcome] += 1
        if outcome in ("refused", "unconfirmed"):
            click.echo(f"{found.place}: {outcome} ({reason}): {detail}", err=True)
    return counts
