"""Articles in files, for `musafaha publish`: JSON lines, JSON, plain text. What can't be read is named with its place; the rest go on."""

from __future__ import annotations

import codecs
import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from charset_normalizer import from_bytes

from services.ingest.accept import Reason, Refusal
from services.ingest.jsontext import BadJson, parse_json

SUFFIXES = (".jsonl", ".ndjson", ".json", ".txt")
MAX_LINE_BYTES = 8_000_000
"""A line of JSON lines or a text file: an article of the largest size, however much of it is escaped."""
MAX_FILE_BYTES = 256_000_000
"""A `.json` file, which is read as a whole; JSON lines may be of any length."""
_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),  # before UTF-16, whose mark it begins with
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_SAMPLE_BYTES = 65_536


@dataclass(frozen=True, slots=True)
class Found:
    """One article of a file as a JSON value, or why it can't be read. `place` is `file`, `file:line` or `file[index]`."""

    place: str
    item: object | Refusal


def read_articles(path: Path, *, encoding: str | None, text_fields: Mapping[str, object]) -> Iterator[Found]:
    """Every article of a file whose name ends in one of `SUFFIXES`. `text_fields` are given to an article of plain text."""
    with path.open("rb") as stream:
        match path.suffix.lower():
            case ".txt":
                yield _text_article(stream, path, encoding, text_fields)
            case ".json":
                yield from _json_articles(stream, str(path), encoding)
            case _:
                yield from read_lines(stream, str(path), encoding=encoding)


def read_lines(stream: BinaryIO, name: str, *, encoding: str | None) -> Iterator[Found]:
    """Every article of JSON lines. `encoding` is UTF-8 or what the byte order mark says, unless stated."""
    head = stream.peek(4)[:4] if isinstance(stream, io.BufferedReader) else b""
    marked = _marked(head)
    codec = encoding or marked or "utf-8"
    lines = _byte_lines(stream, codec) if _keeps_newlines(codec) else _decoded_lines(stream, codec)
    for number, line in enumerate(lines, start=1):
        if isinstance(line, Refusal) or line.strip("\ufeff \t\r\n"):
            yield Found(f"{name}:{number}", line if isinstance(line, Refusal) else _parsed(line.lstrip("\ufeff").rstrip(), one_line=True))


def _marked(head: bytes) -> str | None:
    return next((codec for mark, codec in _MARKS if head.startswith(mark)), None)


def _byte_lines(stream: BinaryIO, codec: str) -> Iterator[str | Refusal]:
    while line := stream.readline(MAX_LINE_BYTES + 1):
        if len(line) > MAX_LINE_BYTES:
            while line and not line.endswith(b"\n"):
                line = stream.readline(MAX_LINE_BYTES)
            yield Refusal(Reason.TOO_LARGE, f"the line has more than {MAX_LINE_BYTES:,} bytes")
        else:
            yield _decoded(line, codec)


def _decoded_lines(stream: BinaryIO, codec: str) -> Iterator[str | Refusal]:
    """Lines of an encoding in which a line break is more than one byte; after a bad byte nothing more can be read."""
    text = io.TextIOWrapper(stream, encoding=codec, newline="\n")
    try:
        while line := text.readline(MAX_LINE_BYTES + 1):
            if len(line) > MAX_LINE_BYTES:
                while line and not line.endswith("\n"):
                    line = text.readline(MAX_LINE_BYTES)
                yield Refusal(Reason.TOO_LARGE, f"the line has more than {MAX_LINE_BYTES:,} characters")
            else:
                yield line
    except UnicodeError as error:
        yield Refusal(Reason.BAD_ENCODING, f"from here on the file is not {codec} ({error}); what follows was not read")
    finally:
        text.detach()


def _keeps_newlines(codec: str) -> bool:
    return '\n{"'.encode(codec.removesuffix("-sig")) == b'\n{"'


def _json_articles(stream: BinaryIO, name: str, encoding: str | None) -> Iterator[Found]:
    content = _whole(stream, MAX_FILE_BYTES, "Write one article a line and name the file .jsonl, which may be of any length.")
    decoded = content if isinstance(content, Refusal) else _decoded(content, encoding)
    value = decoded if isinstance(decoded, Refusal) else _parsed(decoded, one_line=False)
    if isinstance(value, list):
        yield from (Found(f"{name}[{index}]", item) for index, item in enumerate(value))
    else:
        yield Found(name, value)


def _text_article(stream: BinaryIO, path: Path, encoding: str | None, fields: Mapping[str, object]) -> Found:
    content = _whole(stream, MAX_LINE_BYTES, "One text file is one article.")
    text = content if isinstance(content, Refusal) else _decoded(content, encoding)
    return Found(str(path), text if isinstance(text, Refusal) else {"id": path.stem, "text": text, **fields})


def _whole(stream: BinaryIO, limit: int, advice: str) -> bytes | Refusal:
    content = stream.read(limit + 1)
    return content if len(content) <= limit else Refusal(Reason.TOO_LARGE, f"the file has more than {limit:,} bytes. {advice}")


def _decoded(content: bytes, encoding: str | None) -> str | Refusal:
    codec = encoding or _marked(content) or "utf-8"
    try:
        return content.decode(codec)
    except UnicodeError as error:
        at = f"byte {error.start} is 0x{content[error.start]:02x}" if isinstance(error, UnicodeDecodeError) else str(error)
        advice = "" if encoding and encoding != "utf-8" else _advice(content)
        return Refusal(Reason.BAD_ENCODING, f"it is not {codec}: {at}{advice}")


def _advice(content: bytes) -> str:
    """What the bytes look like. Only said, never used: several encodings fit most texts, and the wrong one gives another text."""
    best = from_bytes(content[:_SAMPLE_BYTES]).best()
    if best is None or best.encoding in ("utf_8", "ascii"):
        return "; convert it to UTF-8, or state what it is with --encoding"
    likely = best.encoding.replace("_", "-").replace("cp125", "windows-125")
    return f"; it looks like {likely}. If it is, say so with --encoding {likely}, or convert it to UTF-8"


def _parsed(text: str, *, one_line: bool) -> object | Refusal:
    try:
        return parse_json(text)
    except BadJson as error:
        where = f" at column {error.column}" if error.column is not None else ""
        if not one_line and error.line is not None:
            where = f" at line {error.line}, column {error.column}"
        hint = ". If it holds one article a line, name it .jsonl" if not one_line and "Extra data" in str(error) else ""
        nul = ". It has NUL bytes: if it is UTF-16, say so with --encoding utf-16-le" if "\x00" in text else ""
        return Refusal(Reason.BAD_JSON, f"{error}{where}{hint}{nul}")
