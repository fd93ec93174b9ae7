"""The broker as a process of the operating system: which one is ours, is it alive, end it. Never touches any other process.

A process is known by its command line and by the moment of its start, never by its number alone, which the system gives away again.
"""

from __future__ import annotations

import contextlib
import os
import signal
import time
from pathlib import Path
from typing import Any

from services.runtime.errors import ConfigError

MAIN_CLASS = "kafka.Kafka"
_UNCLEAR_S = 2.0


class Spawned:
    """A child that this process has just spawned; it is ours whatever its command line says."""

    def __init__(self, pid: int) -> None:
        self.pid = pid
        self._process = _psutil().Process(pid)

    def alive(self) -> bool:
        """Whether it has not ended yet."""
        return not _has_ended(self._process)

    def kill(self) -> None:
        """End it at once (SIGKILL) and wait until it is gone."""
        _kill(self._process)


def is_our_broker(pid: int, properties: Path) -> bool:
    """Whether `pid` lives and is the broker started with this very `server.properties`; a pid used again by another program is not."""
    return _our_process(pid, properties) is not None


def find_our_broker(properties: Path) -> int | None:
    """The living broker started with this `server.properties`, looked for among all processes: for when its pid was not noted."""
    psutil = _psutil()
    for process in psutil.process_iter():
        with contextlib.suppress(psutil.Error):
            if _is_broker_line(process.cmdline(), properties) and not _has_ended(process):
                return int(process.pid)
    return None


def end(pid: int, properties: Path, *, grace_s: float) -> bool:
    """Ask the broker to stop and wait; after `grace_s` seconds kill it. True when it stopped by itself."""
    psutil = _psutil()
    process = _our_process(pid, properties)
    if process is None:
        return True
    try:
        process.send_signal(signal.SIGTERM)
        process.wait(timeout=grace_s)
    except psutil.NoSuchProcess:
        return True
    except psutil.TimeoutExpired:
        _kill(process)
        return False
    return True


def kill(pid: int, properties: Path) -> None:
    """Kill the broker at once (SIGKILL) and wait until it is gone."""
    process = _our_process(pid, properties)
    if process is not None:
        _kill(process)


def _our_process(pid: int, properties: Path) -> Any | None:
    psutil = _psutil()
    deadline = time.monotonic() + _UNCLEAR_S
    try:
        process = psutil.Process(pid)
        # While a process begins or ends its command line is empty for a moment, which says nothing either way.
        while not _has_ended(process):
            line = process.cmdline()
            if line or time.monotonic() > deadline:
                return process if _is_broker_line(line, properties) else None
            time.sleep(0.02)
    except (psutil.NoSuchProcess, psutil.AccessDenied):
        pass
    return None


def _is_broker_line(line: list[str], properties: Path) -> bool:
    return line[-2:] == [MAIN_CLASS, str(properties)]


def _has_ended(process: Any) -> bool:
    """Whether it is gone, or only waits for its parent to notice; when that is us, we do."""
    psutil = _psutil()
    try:
        if process.status() != psutil.STATUS_ZOMBIE:
            return not process.is_running()
    except psutil.NoSuchProcess:
        return True
    with contextlib.suppress(ChildProcessError):
        os.waitpid(process.pid, os.WNOHANG)
    return True


def _kill(process: Any) -> None:
    with contextlib.suppress(_psutil().NoSuchProcess):
        process.kill()
        process.wait()


def _psutil() -> Any:
    try:
        import psutil
    except ImportError as error:
        raise ConfigError("the embedded Kafka needs the extra packages: install `musafaha[embedded]`.") from error
    return psutil
