"""One process at a time: locks of the kernel on files, so that a killed process never leaves one behind."""

from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def only_one(lock_file: Path, *, waiting: Callable[[], None] = lambda: None) -> Iterator[None]:
    """Hold the lock during the block; when another process has it, call `waiting` once and then wait for it."""
    with lock_file.open("a") as stream:
        try:
            fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            waiting()
            fcntl.flock(stream, fcntl.LOCK_EX)
        yield


@contextmanager
def handed_on(lock_file: Path, *, timeout_s: float) -> Iterator[None]:
    """Hold the lock during the block; a process spawned in it inherits the lock and so holds it for as long as it lives.

    Raises `BlockingIOError` when another one still holds it after `timeout_s` seconds.
    """
    deadline = time.monotonic() + timeout_s
    with lock_file.open("a") as stream:
        while True:
            try:
                fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                if time.monotonic() > deadline:
                    raise
            time.sleep(0.05)
        os.set_inheritable(stream.fileno(), True)
        yield
