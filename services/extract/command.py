"""`musafaha extract` and `musafaha explain`: articles in, events or reasons out; no broker, no Faust."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import IO

import click
from pydantic import ValidationError

from schemas.article import Article, ArticleDraft, Source, with_headline
from schemas.ids import article_id
from services.extract.core import load_extractor
from services.extract.explain import as_json, as_text
from services.extract.page import as_page
from services.runtime.errors import CommandError


@dataclass(frozen=True)
class BadLine(Exception):
    """A line that is no article: where, what is wrong, what to do."""

    where: str
    problem: str

    def __str__(self) -> str:
        return f"{self.where}: {self.problem}"


_WATCHLIST = click.option(
    "--watchlist",
    type=click.Path(path_type=Path, dir_okay=False),
    help="A watchlist file, or the name of one that ships (default, rapprochements), instead of the default (Israel and its partners).",
)
_PUBLISHED = click.option("--published-at", help="Publication date of .txt files, for example 2021-11-24 or 2021-11-24T12:00:00+00:00.")


@click.command()
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path, allow_dash=True))
@_PUBLISHED
@_WATCHLIST
def extract(files: tuple[Path, ...], published_at: str | None, watchlist: Path | None) -> None:
    """Print the events of articles, one JSON object a line.

    FILES are JSON lines (one article a line, only `text` is required), .txt files with --published-at, or - for standard input.
    A line that is no article is named on standard error; the rest go on and the exit code is 1.
    """
    extractor = load_extractor(watchlist)
    failed = False
    for article in _articles(files, published_at):
        if isinstance(article, BadLine):
            failed = True
            click.echo(f"musafaha: {article}", err=True)
            continue
        for event in extractor.extract(article):
            click.echo(event.model_dump_json())
    raise SystemExit(1 if failed else 0)


@click.command()
@click.argument("file", type=click.Path(path_type=Path, allow_dash=True))
@_PUBLISHED
@_WATCHLIST
@click.option("--json", "form", flag_value="json", help="As JSON, one object an article.")
@click.option("--html", "form", flag_value="html", help="As one HTML page with the evidence marked in the text.")
def explain(file: Path, published_at: str | None, watchlist: Path | None, form: str | None) -> None:
    """Show how the events of FILE were found, and why other places gave none: as text, as JSON or as a page."""
    extractor = load_extractor(watchlist)
    failed = False
    explained = []
    for article in _articles((file,), published_at):
        if isinstance(article, BadLine):
            failed = True
            click.echo(f"musafaha: {article}", err=True)
            continue
        explanation = extractor.explain(article)
        if form == "html":
            explained.append((article, explanation))
        else:
            click.echo(json.dumps(as_json(explanation), ensure_ascii=False) if form == "json" else as_text(explanation))
    if form == "html":
        click.echo(as_page(explained))
    raise SystemExit(1 if failed else 0)


def _articles(files: tuple[Path, ...], published_at: str | None) -> Iterator[Article | BadLine]:
    published = _moment(published_at)
    for path in files:
        if str(path) == "-":
            yield from _lines(sys.stdin.buffer, "standard input", published)
            continue
        try:
            stream = path.open("rb")
        except OSError as error:
            raise CommandError(f"{path}: cannot be opened ({error.strerror}).") from error
        with stream:
            if path.suffix == ".txt":
                yield _text_file(path, stream.read(), published)
            else:
                yield from _lines(stream, str(path), published)


def _moment(text: str | None) -> datetime | None:
    if text is None:
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise CommandError(f"--published-at {text!r} is no date; write for example 2021-11-24 or 2021-11-24T12:00:00+00:00.") from error
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _text_file(path: Path, content: bytes, published: datetime | None) -> Article | BadLine:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        return BadLine(str(path), f"is not UTF-8 (byte {error.start}); convert it to UTF-8.")
    if not text.strip():
        return BadLine(str(path), "is empty.")
    return Article(id=path.stem, text=text, published_at=published)


def _lines(stream: IO[bytes], name: str, published: datetime | None) -> Iterator[Article | BadLine]:
    for number, line in enumerate(stream, start=1):
        if line.strip():
            yield _line(line, f"{name}:{number}", published)


def _line(line: bytes, where: str, published: datetime | None) -> Article | BadLine:
    try:
        fields = json.loads(line.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        return BadLine(where, f"is not UTF-8 (byte {error.start}); convert the file to UTF-8.")
    except json.JSONDecodeError as error:
        return BadLine(where, f"is no JSON ({error.msg} at character {error.pos}); each line must be one JSON object.")
    if not isinstance(fields, dict):
        return BadLine(where, 'is no JSON object; each line must be one article, for example {"text": "..."}.')
    stamped = {name: fields.pop(name, None) for name in ("revision", "accepted_at")}
    try:
        draft = ArticleDraft.model_validate(fields)
    except ValidationError as error:
        problems = "; ".join(f"{'.'.join(str(part) for part in e['loc'])}: {e['msg']}" for e in error.errors()[:3])
        return BadLine(where, f"{problems}. The fields of an article: id, url, title, text, language, published_at, source.")
    if not draft.text.strip():
        return BadLine(where, "text: is empty.")
    text = with_headline(draft.title, draft.text)
    return Article(
        id=draft.id or article_id(url_key=draft.url, text=text),
        url=draft.url,
        title=draft.title,
        text=text,
        language=draft.language,
        published_at=draft.published_at or published,
        source=Source(**draft.source.model_dump()),
        revision=stamped["revision"] if isinstance(stamped["revision"], str) else None,
    )
