"""The right to be the only alert worker on an SQLite store: a locked file beside it, free again however its holder ends."""

from __future__ import annotations

import fcntl
import os
from pathlib import Path

from services.runtime.errors import ConfigError, StoreUnavailable


class SoleWorker:
    """Holds the lock from its making until `release` or the end of the process, kill -9 included."""

    def __init__(self, store: Path) -> None:
        """Raises `ConfigError` when another worker works on `store`, and `StoreUnavailable` when the lock file cannot be made."""
        path = store.with_name(store.name + ".worker")
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._file = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
        except OSError as error:
            raise StoreUnavailable(f"the lock file {path} cannot be made: {error.strerror}") from error
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            holder = os.read(self._file, 32).decode(errors="replace").strip()
            os.close(self._file)
            raise ConfigError(
                f"another alert worker (process {holder or 'unknown'}) works on the SQLite store {store}, and only one can. Stop it, or "
                "use PostgreSQL for more than one worker: MUSAFAHA_STORE__URL=postgresql://user:password@host/database"
            ) from error
        os.ftruncate(self._file, 0)
        os.pwrite(self._file, f"{os.getpid()}\n".encode(), 0)

    def release(self) -> None:
        """Let another worker in."""
        os.close(self._file)
