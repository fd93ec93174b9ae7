"""Logging of every process: JSON lines for machines or short lines for people, with facts bound to what is being worked on.

An event has a short constant name (`dead_letter.sent`); facts go into fields: `log.info("dead_letter.sent", extra={"topic": topic})`.
Never log article bodies, secrets or signatures.
"""

from __future__ import annotations

import json
import logging
import sys
import traceback
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime
from types import MappingProxyType
from typing import Any, TextIO

from services.runtime.settings import LogSettings

_STANDARD = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName"}
_NOISY = ("aiokafka", "faust", "mode", "httpx", "httpcore", "uvicorn.access", "aiohttp.access", "asyncio")
"""Libraries whose chatter below WARNING says nothing to an operator."""
_TELLTALE = ("aiosqlite",)
"""Libraries that log every value of every statement, secrets of subscriptions among them: never below WARNING."""

_NOTHING: Mapping[str, object] = MappingProxyType({})
_bound: ContextVar[Mapping[str, object]] = ContextVar("musafaha_log_fields", default=_NOTHING)


@contextmanager
def bind(**fields: object) -> Iterator[None]:
    """Add `fields` to every line logged inside, in this task and in those started from it."""
    token = _bound.set({**_bound.get(), **fields})
    try:
        yield
    finally:
        _bound.reset(token)


def configure_logging(settings: LogSettings, *, stream: TextIO | None = None) -> None:
    """Make the root logger write to `stream` (standard error when not given) as the settings say; replaces what was there."""
    handler = logging.StreamHandler(stream or sys.stderr)
    handler.setFormatter(JsonLines() if settings.format == "json" else TextLines())
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(settings.level)
    for name in _NOISY:
        logging.getLogger(name).setLevel(logging.DEBUG if settings.level == "DEBUG" else logging.WARNING)
    for name in _TELLTALE:
        logging.getLogger(name).setLevel(logging.WARNING)


def _fields(record: logging.LogRecord) -> dict[str, object]:
    given = {name: value for name, value in vars(record).items() if name not in _STANDARD and not name.startswith("_")}
    return {**_bound.get(), **given}


class JsonLines(logging.Formatter):
    """One JSON object a line: `at`, `level`, `logger`, `event`, then the fields."""

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, Any] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "event": record.getMessage(),
            **_fields(record),
        }
        if record.exc_info and record.exc_info[0] is not None:
            line["error"] = "".join(traceback.format_exception(*record.exc_info))
        return json.dumps(line, ensure_ascii=False, default=str)


class TextLines(logging.Formatter):
    """`12:00:00 WARNING dead_letter.sent topic=…`, for a person at a terminal."""

    def format(self, record: logging.LogRecord) -> str:
        at = datetime.fromtimestamp(record.created).strftime("%H:%M:%S")  # noqa: DTZ006 - a person reads local time
        fields = "".join(f" {name}={value}" for name, value in _fields(record).items())
        text = f"{at} {record.levelname:<7} {record.getMessage()}{fields}"
        if record.exc_info and record.exc_info[0] is not None:
            text += "\n" + "".join(traceback.format_exception(*record.exc_info)).rstrip()
        return text
