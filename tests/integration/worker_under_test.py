"""A worker on the real runner whose messages say what shall happen to them. Started as a process by the tests.

A message is a JSON object: `id`; `sleep` (seconds); `block` (wait until this file exists); `fail` (`data`, `transient`, `error`,
`hang`, `freeze`, `kill`) unless the file `until` exists; `outputs` (how many, 1 when left out), of which number `too_large` is more
than Kafka takes. What it did is appended to a journal.
Output ids follow from the input's id, so a repetition makes the same ones.
"""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
from base64 import b64encode
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from schemas.cloudevents import Envelope
from schemas.topics import DAY_MS, MESSAGE_MAX_BYTES, Topic
from services.runtime.errors import DataError, TransientError
from services.runtime.logs import configure_logging
from services.runtime.records import Message, Record
from services.runtime.settings import load_settings
from services.runtime.stream import Worker, run_worker

MESSAGE_TYPE = "musafaha.trial.v1"


def trial_topic(name: str, partitions: int = 4) -> Topic:
    """A topic of a test."""
    return Topic(name=name, key="any", model=object, partitions=partitions, retention_ms=DAY_MS, message_type=MESSAGE_TYPE)


class Trial:
    """The handler and what it writes down."""

    def __init__(self, *, output: str, journal: Path) -> None:
        self._output = output
        self._journal = os.open(journal, os.O_WRONLY | os.O_APPEND | os.O_CREAT)

    def write(self, what: str, id: str) -> None:
        os.write(self._journal, f"{what} {id}\n".encode())

    async def handle(self, record: Record) -> Sequence[Message]:
        try:
            message = json.loads(record.value or b"")
        except ValueError as error:
            raise DataError("bad_json", str(error)) from error
        self.write("begin", message["id"])
        await self._obey(message)
        self.write("end", message["id"])
        return [
            self._made(record, message["id"], number, too_large=number == message.get("too_large"))
            for number in range(message.get("outputs", 1))
        ]

    async def _obey(self, message: dict[str, Any]) -> None:
        if "sleep" in message:
            await asyncio.sleep(message["sleep"])
        while "block" in message and not Path(message["block"]).exists():
            await asyncio.sleep(0.01)
        if "fail" in message and not ("until" in message and Path(message["until"]).exists()):
            await self._fail(message["fail"])

    async def _fail(self, how: str) -> None:
        if how == "data":
            raise DataError("schema", "field 'title' is missing")
        if how == "transient":
            raise TransientError("the database is away")
        if how == "hang":
            await asyncio.sleep(3_600)
        if how == "freeze":
            signal.pause()
        if how == "kill":
            os.kill(os.getpid(), signal.SIGKILL)
        raise ValueError("nobody thought of this message")

    def _made(self, record: Record, id: str, number: int, *, too_large: bool) -> Message:
        envelope = Envelope(id=f"{id}/{number}", source="urn:musafaha:trial", type=MESSAGE_TYPE)
        # Random, since the producer compresses: what arrives is above the topic's limit, and what is sent below the client's.
        padding = b64encode(os.urandom(MESSAGE_MAX_BYTES + 50_000)).decode() if too_large else ""
        value = json.dumps({"id": f"{id}/{number}", "padding": padding}).encode()
        return Message(topic=self._output, key=record.key, value=value, headers=envelope.headers())


async def _beside(file: Path) -> None:
    """A task beside the stream that breaks down when `file` appears."""
    while not file.exists():
        await asyncio.sleep(0.02)
    raise RuntimeError("the task beside the stream broke down")


def main() -> int:
    """Arguments: group, input topic, output topic, journal file."""
    group, source, output, journal = sys.argv[1:5]
    settings = load_settings()
    configure_logging(settings.logs)
    trial = Trial(output=output, journal=Path(journal))

    async def startup() -> None:
        trial.write("startup", "-")

    async def shutdown() -> None:
        trial.write("shutdown", "-")

    return run_worker(
        settings,
        Worker(
            name=group,
            topic=trial_topic(source),
            handler=trial.handle,
            startup=startup,
            shutdown=shutdown,
            tasks={"beside": lambda: _beside(Path(journal).with_suffix(".break"))},
            ops_port=0 if "MUSAFAHA_OPS__EXTRACT_PORT" not in os.environ else settings.ops.extract_port,
        ),
    )


if __name__ == "__main__":
    sys.exit(main())
