"""Processes of ours, started by tests: their environment, their log, their health, their end; and waiting for what they do."""

from __future__ import annotations

import asyncio
import inspect
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

import httpx

ROOT = Path(__file__).resolve().parents[1]
PATIENCE_S = 90.0
"""Seconds until a wait is given up; generous, since two cores are shared with other tests."""


def clean_environment(**settings: str) -> dict[str, str]:
    """The environment of these tests without any setting of ours but those given, by the full names of their variables."""
    return {name: value for name, value in os.environ.items() if not name.startswith("MUSAFAHA_")} | settings


async def until(
    condition: Callable[[], object] | Callable[[], Awaitable[object]],
    what: str,
    detail: Callable[[], str] = lambda: "",
    *,
    patience_s: float = PATIENCE_S,
    pause_s: float = 0.02,
) -> None:
    """Look at another process's doing from outside until `condition()`, which may be async, is true."""
    deadline = time.monotonic() + patience_s
    while True:
        found = condition()
        if await found if inspect.isawaitable(found) else found:
            return
        if time.monotonic() > deadline:
            raise AssertionError(f"waited in vain for {what}\n{detail()}")
        await asyncio.sleep(pause_s)


class WorkerProcess:
    """A started `python -m module`: its log lines, its health, its end."""

    def __init__(self, module: str, arguments: Sequence[str], environment: Mapping[str, str], log: Path) -> None:
        self._log = log
        with log.open("ab") as stream:
            self._process = subprocess.Popen(
                [sys.executable, "-m", module, *arguments],
                cwd=ROOT,
                env=clean_environment(**environment),
                stdout=stream,
                stderr=stream,
            )

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def running(self) -> bool:
        return self._process.poll() is None

    def text(self) -> str:
        """Everything it wrote."""
        return self._log.read_text(encoding="utf-8")

    def lines(self, event: str) -> list[dict[str, Any]]:
        """The log lines of this event."""
        found = []
        for line in self.text().splitlines():
            with suppress(ValueError):
                entry = json.loads(line)
                if entry.get("event") == event:
                    found.append(entry)
        return found

    async def logged(self, event: str) -> dict[str, Any]:
        """The first log line of this event, once it is there."""
        await until(lambda: self.lines(event) or not self.running, f"log line {event}", self.text)
        return self.lines(event)[0]

    async def port(self) -> int:
        """The port of its health and metrics."""
        return int((await self.logged("ops.listening"))["port"])

    async def get(self, path: str, **arguments: Any) -> httpx.Response:
        """Ask its ops port."""
        async with httpx.AsyncClient() as client:
            return await client.get(f"http://127.0.0.1:{await self.port()}{path}", **arguments)

    async def ready(self) -> None:
        """Wait until it consumes."""
        await self._readiness(200)

    async def unready(self) -> None:
        """Wait until it says that it cannot consume."""
        await self._readiness(503)

    async def _readiness(self, status: int) -> None:

        async def reached() -> bool:
            with suppress(httpx.HTTPError):
                return (await self.get("/readyz")).status_code == status
            return False

        await until(lambda: reached() if self.running else True, f"/readyz to become {status}", self.text, pause_s=0.05)
        assert self.running, self.text()

    def signal(self, number: signal.Signals) -> None:
        self._process.send_signal(number)

    async def ended(self) -> int:
        """Its exit code, once it has ended; negative when a signal killed it."""
        await until(lambda: not self.running, "the worker's end", self.text)
        return self._process.wait()

    async def stop(self) -> int:
        """SIGTERM; the exit code."""
        self.signal(signal.SIGTERM)
        return await self.ended()

    async def kill(self) -> None:
        """SIGKILL."""
        self.signal(signal.SIGKILL)
        await self.ended()

    def clean_up(self) -> None:
        """Make sure that it is gone."""
        if self.running:
            self._process.kill()
        self._process.wait()
