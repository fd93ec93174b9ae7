"""Why did the broker not start, or die? Read from what Kafka 4.3 and Java write, in the words of somebody who has to act."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

_LAST_BYTES = 500_000

PORT_TAKEN = re.compile(r"Address already in use|Socket server failed to bind")
_FULL = re.compile(r"No space left on device|Disk quota exceeded|unsafe memory access operation")
_IN_USE = re.compile(r"Failed to acquire lock on file \.lock")
_HEAP = re.compile(r"OutOfMemoryError|Could not reserve enough space|insufficient memory for the Java Runtime|Invalid maximum heap size")
# What Kafka said when one of its files was damaged (tried, each of them).
_DAMAGE = re.compile(
    r"Malformed line|Error while reading (?:meta\.properties|checkpoint file|partition metadata file|the Quorum status)"
    r"|Stored node id|Invalid cluster\.id|No readable meta\.properties|in the bootstrap metadata|CorruptRecordException"
)
_ERROR = re.compile(r"^\S+ \[[^\]]*\] (?:ERROR|FATAL) \S+ - (?P<said>.*)$|^(?:Error|Exception).*$", re.MULTILINE)
_EXCEPTION = re.compile(r"^(?:Caused by: )?[\w.$]+(?:Exception|Error): (?P<said>.+)$", re.MULTILINE)


def log_since(log: Path, start: int) -> str:
    """What was written to the log from byte `start` on, its last part when that is much; empty when there is no log."""
    try:
        with log.open("rb") as stream:
            size = stream.seek(0, 2)
            stream.seek(max(start, size - _LAST_BYTES))
            return stream.read().decode("utf-8", "replace")
    except OSError:
        return ""


def explain(text: str, *, data: Path, log: Path, port: int | None, heap_mb: int) -> str:
    """One message: what is wrong and what to do. `text` is what the broker or the formatting tool wrote."""
    causes: tuple[tuple[re.Pattern[str], Callable[[], str]], ...] = (
        (PORT_TAKEN, lambda: port_taken(port)),
        (_FULL, lambda: disk_full(data)),
        (_IN_USE, lambda: in_use(data)),
        (_HEAP, lambda: f"{heap_mb} MiB of Java heap are too few, or more than this machine can give; set MUSAFAHA_BROKER__HEAP_MB."),
        (_DAMAGE, lambda: damaged(data, _first_error(text) or "see its log")),
    )
    for pattern, message in causes:
        if pattern.search(text):
            return message()
    error = _first_error(text)
    if error is None:
        return f"Kafka was killed, or its machine went down, for its log tells of no error ({log})."
    return f"Kafka ended with an error: {error}. All it said is in {log}."


def port_taken(port: int | None) -> str:
    """What to tell when another program listens on the port."""
    return f"port {port} of 127.0.0.1 is taken by another program; set MUSAFAHA_BROKER__PORT to another one, or to 0 for any free one."


def in_use(data: Path) -> str:
    """What to tell when a process that is not found among ours holds the folder, for example in a container or under another name."""
    return f"another Kafka uses {data}; stop that one, or name another folder with MUSAFAHA_BROKER__DATA."


def disk_full(data: Path) -> str:
    """What to tell when Kafka has no room."""
    return f"the disk of {data} is full. Free some space (Kafka wants 100 MB and more), or name another folder with MUSAFAHA_BROKER__DATA."


def damaged(data: Path, detail: str) -> str:
    """What to tell when Kafka's data can't be used any more."""
    return f"Kafka's data in {data} are damaged: {detail}. Put back a copy of the folder, or move it away to start with an empty broker."


def _first_error(text: str) -> str | None:
    """What the first error was about: the message of its exception, which says more than the line above it."""
    error = _ERROR.search(text)
    exception = _EXCEPTION.search(text, error.end() if error else 0)
    found = exception["said"] if exception else error and (error["said"] or error[0])
    return found.strip().rstrip(".")[:300] if found else None
