"""Why did the broker not start, or die? Read from what Kafka 4.3 and Java write, in the words of somebody who has to act."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

from services.runtime.broker.home import Home, damaged

_LAST_BYTES = 200_000

PORT_TAKEN = re.compile(r"Address already in use|Failed to bind|failed to bind to")
_FULL = re.compile(r"No space left on device|Disk quota exceeded|unsafe memory access operation")
_IN_USE = re.compile(r"Failed to acquire lock on file \.lock")
_HEAP = re.compile(r"OutOfMemoryError|Could not reserve enough space|insufficient memory for the Java Runtime|Invalid maximum heap size")
_DAMAGE = re.compile(
    r"CorruptRecordException|InvalidRecordException|InconsistentClusterIdException|InvalidMetadataEncodingException|MetadataParseException"
    r"|meta\.properties|Malformed line|Error while loading (?:log|snapshot)|Found invalid messages|unable to load|Unable to load bootstrap"
)
_ERROR = re.compile(r"^.*?\b(?:ERROR|FATAL)\b (.*)$|^(?:Error|Exception)\b.*$", re.MULTILINE)


def log_since(log: Path, start: int) -> str:
    """What was written to the log from byte `start` on, its last part when that is much."""
    try:
        with log.open("rb") as stream:
            size = stream.seek(0, 2)
            stream.seek(max(start, size - _LAST_BYTES))
            return stream.read().decode("utf-8", "replace")
    except OSError:
        return ""


def explain(text: str, home: Home, *, port: int | None, heap_mb: int) -> str:
    """One message: what is wrong and what to do. `text` is what the broker or the formatting tool wrote."""
    causes: tuple[tuple[re.Pattern[str], Callable[[], str]], ...] = (
        (PORT_TAKEN, lambda: port_taken(port)),
        (_FULL, lambda: disk_full(home.data)),
        (_IN_USE, lambda: f"another Kafka uses {home.storage}; stop that one, or name another folder with MUSAFAHA_BROKER__DATA."),
        (_HEAP, lambda: f"{heap_mb} MiB of Java heap are too few, or more than this machine can give; set MUSAFAHA_BROKER__HEAP_MB."),
        (_DAMAGE, lambda: damaged(home.data, _first_error(text))),
    )
    for pattern, message in causes:
        if pattern.search(text):
            return message()
    return f"Kafka ended by itself ({_first_error(text)}); all it said is in {home.log}."


def port_taken(port: int | None) -> str:
    return f"port {port} of 127.0.0.1 is taken by another program; set MUSAFAHA_BROKER__PORT to another one, or to 0 for any free one."


def disk_full(data: Path) -> str:
    return f"the disk of {data} is full. Free some space (Kafka wants 100 MB and more), or name another folder with MUSAFAHA_BROKER__DATA."


def _first_error(text: str) -> str:
    found = _ERROR.search(text)
    if found is None:
        lines = [line for line in text.splitlines() if line.strip()]
        return lines[-1].strip()[:300] if lines else "it said nothing"
    return (found[1] or found[0]).strip()[:300]
