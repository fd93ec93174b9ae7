"""The broker as a process of the operating system: which one is ours, is it alive, end it. Never touches any other process."""

from __future__ import annotations

import contextlib
import os
import signal
from pathlib import Path
from typing import Any

from services.runtime.errors import ConfigError

MAIN_CLASS = "kafka.Kafka"


def _psutil() -> Any:
    try:
        import psutil
    except ImportError as error:
        raise ConfigError("the embedded Kafka needs the extra packages: install `musafaha[embedded]`.") from error
    return psutil


def is_our_broker(pid: int, properties: Path) -> bool:
    """Whether `pid` lives and is the broker started with this very `server.properties`; a pid used again by another program is not."""
    psutil = _psutil()
    try:
        process = psutil.Process(pid)
        if process.status() == psutil.STATUS_ZOMBIE:
            _reap(pid)
            return False
        return bool(process.cmdline()[-2:] == [MAIN_CLASS, str(properties)])
    except (psutil.NoSuchProcess, psutil.AccessDenied):
        return False


def find_our_broker(properties: Path) -> int | None:
    """The living broker started with this `server.properties`, looked for among all processes: for when its pid was not noted."""
    for pid in _psutil().pids():
        if is_our_broker(pid, properties):
            return int(pid)
    return None


def end(pid: int, properties: Path, *, grace_s: float) -> bool:
    """Ask the broker to stop and wait; after `grace_s` seconds kill it. True when it stopped by itself."""
    psutil = _psutil()
    if not is_our_broker(pid, properties):
        return True
    process = psutil.Process(pid)
    try:
        process.send_signal(signal.SIGTERM)
        process.wait(timeout=grace_s)
    except psutil.NoSuchProcess:
        return True
    except psutil.TimeoutExpired:
        kill(pid, properties)
        return False
    return True


def kill(pid: int, properties: Path) -> None:
    """Kill the broker at once (SIGKILL) and wait until it is gone."""
    psutil = _psutil()
    if is_our_broker(pid, properties):
        try:
            process = psutil.Process(pid)
            process.kill()
            process.wait()
        except psutil.NoSuchProcess:
            pass


def _reap(pid: int) -> None:
    """Free the entry of a dead child of this process; somebody else's child is left to them."""
    with contextlib.suppress(ChildProcessError):
        os.waitpid(pid, os.WNOHANG)
