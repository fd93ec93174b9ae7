"""The watchdog: ends a process that no longer gets anywhere, since Faust and its client have several ways to hang without dying.

It runs in a thread of its own, so that a blocked event loop cannot silence it. What it decides is a pure function.
"""

from __future__ import annotations

import logging
import os
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

log = logging.getLogger(__name__)

EXIT_CODE = 70
"""`EX_SOFTWARE` of sysexits.h: an internal fault; the supervisor starts the process again."""
CRASH_GRACE_S = 20.0
"""Seconds a crashed application may take to stop by itself."""


@dataclass(frozen=True, slots=True)
class Observation:
    """What the worker looks like; all are seconds that something has lasted, 0 when it is not so.

    `stalled_s`: a partition has messages waiting, and none of it was acknowledged.
    """

    loop_silent_s: float = 0.0
    rebalancing_s: float = 0.0
    unassigned_s: float = 0.0
    stalled_s: float = 0.0
    crashed_s: float = 0.0


def verdict(seen: Observation, *, limit_s: float) -> str | None:
    """Why the process must end, or `None` while it may go on. `limit_s` is `runner.stall_timeout_s`."""
    if seen.crashed_s > CRASH_GRACE_S:
        return f"the application crashed {seen.crashed_s:.0f} s ago and has not stopped"
    if seen.loop_silent_s > limit_s:
        return f"the event loop has been blocked for {seen.loop_silent_s:.0f} s"
    if seen.rebalancing_s > limit_s:
        return f"the rebalance has lasted {seen.rebalancing_s:.0f} s"
    if seen.unassigned_s > limit_s:
        return f"no partition was assigned for {seen.unassigned_s:.0f} s; run no more workers than there are partitions"
    if seen.stalled_s > limit_s:
        return f"messages wait, but none was acknowledged for {seen.stalled_s:.0f} s"
    return None


def end_process(code: int) -> None:
    """End at once, whatever still runs: nothing is lost, since nothing unfinished was acknowledged."""
    for stream in (sys.stdout, sys.stderr):
        stream.flush()
    os._exit(code)


class Watchdog:
    """Looks every second, and ends the process with `EXIT_CODE` when `verdict` says so."""

    def __init__(self, observe: Callable[[], Observation], *, limit_s: float, end: Callable[[int], None] = end_process) -> None:
        self._observe = observe
        self._limit_s = limit_s
        self._end = end
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._watch, name="watchdog", daemon=True)

    def start(self) -> None:
        """Begin to watch."""
        self._thread.start()

    def stop(self) -> None:
        """Stop watching."""
        self._stop.set()

    def complaint(self) -> str | None:
        """What would end the process now; for `/livez`."""
        return verdict(self._observe(), limit_s=self._limit_s)

    def _watch(self) -> None:
        while not self._stop.wait(min(1.0, self._limit_s / 4)):
            reason = self.complaint()
            if reason is not None:
                log.critical("watchdog.exit", extra={"reason": reason, "code": EXIT_CODE})
                self._end(EXIT_CODE)
                return


def end_later(seconds: float, code: int) -> None:
    """End the process in `seconds` if it is still there: a crash that hangs while it stops must not last."""

    def wait() -> None:
        time.sleep(seconds)
        log.critical("worker.killed", extra={"reason": f"still running {seconds:g} s after the crash", "code": code})
        end_process(code)

    threading.Thread(target=wait, name="end-later", daemon=True).start()
