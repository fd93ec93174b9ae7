"""Who owns an ingest store: one process at a time, by a lock beside the file that the kernel drops when the process ends."""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import IO

from services.runtime.errors import CommandError


@dataclass(frozen=True, slots=True)
class Owner:
    """Who holds the lock. `address` is where it takes articles over HTTP, or `None` while it takes none."""

    pid: int
    address: str | None = None


class Owned(Exception):
    """Somebody else owns the store; `owner` is `None` when they have not said yet who they are."""

    def __init__(self, owner: Owner | None) -> None:
        super().__init__(f"the store is in use by process {owner.pid}" if owner else "the store is in use")
        self.owner = owner


class Ownership:
    """The lock while it is held."""

    def __init__(self, file: IO[str]) -> None:
        self._file = file

    def announce(self, address: str | None) -> None:
        """Tell others who holds the lock, and where it takes articles."""
        self._file.seek(0)
        self._file.truncate()
        self._file.write(json.dumps(asdict(Owner(os.getpid(), address))))
        self._file.flush()


def lock_path(store: Path) -> Path:
    """The lock that belongs to a store."""
    return store.with_name(store.name + ".lock")


@contextmanager
def own(store: Path) -> Iterator[Ownership]:
    """Own this store. Raises `Owned` at once when another process does, and `CommandError` when the folder can't be written."""
    path = lock_path(store)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        file = path.open("a+", encoding="utf-8")
    except OSError as error:
        raise CommandError(f"cannot lock {store}: {error.strerror or error}; see MUSAFAHA_INGEST__STORE") from error
    # The file is never removed: whoever waits on a removed one would hold a lock that nobody else sees.
    with file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Owned(_read(file)) from None
        ownership = Ownership(file)
        ownership.announce(None)
        yield ownership


def _read(file: IO[str]) -> Owner | None:
    file.seek(0)
    try:
        said = json.loads(file.read())
        return Owner(pid=int(said["pid"]), address=said["address"])
    except (ValueError, KeyError, TypeError):
        return None  # in the instant between locking and announcing
