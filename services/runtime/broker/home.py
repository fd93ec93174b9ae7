"""The data folder of the broker: what lies where in it, and what is remembered from one start to the next."""

from __future__ import annotations

import errno
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

from services.runtime.broker.diagnose import damaged, disk_full
from services.runtime.broker.locks import only_one
from services.runtime.errors import CommandError


@dataclass(frozen=True, slots=True)
class State:
    """What one start leaves for the next.

    The port that this data folder keeps, the process that was started last (`None` after a clean stop), and the byte at which its
    part of the log begins.
    """

    port: int
    pid: int | None
    log_start: int = 0


@dataclass(frozen=True, slots=True)
class Home:
    """A data folder, absolute."""

    data: Path

    @property
    def storage(self) -> Path:
        """Kafka's own folder: topics and the cluster's metadata."""
        return self.data / "storage"

    @property
    def properties(self) -> Path:
        """Kafka's configuration, written anew at each start."""
        return self.data / "server.properties"

    @property
    def log(self) -> Path:
        """What Kafka writes while it runs."""
        return self.data / "broker.log"

    @property
    def _state(self) -> Path:
        return self.data / "broker.json"

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Let one process at a time start or stop the broker of this folder.

        What the system refuses during the block (no room, no right) is raised as `CommandError`.
        """
        try:
            self.data.mkdir(parents=True, exist_ok=True)
            with only_one(self.data / "broker.lock"):
                yield
        except OSError as error:
            if error.errno in (errno.ENOSPC, errno.EDQUOT):
                raise CommandError(disk_full(self.data)) from error
            raise CommandError(
                f"Kafka's data folder {self.data} cannot be used ({error}); name another with MUSAFAHA_BROKER__DATA."
            ) from error

    def read_state(self) -> State | None:
        """What was remembered; `None` when there is nothing, or it was cut while being written."""
        try:
            raw = json.loads(self._state.read_text(encoding="utf-8"))
            return State(port=int(raw["port"]), pid=None if raw["pid"] is None else int(raw["pid"]), log_start=int(raw["log_start"]))
        except (OSError, ValueError, KeyError, TypeError):
            return None

    def write_state(self, state: State) -> None:
        """Remember, as a whole or not at all."""
        part = self._state.with_suffix(".part")
        part.write_text(json.dumps(asdict(state)), encoding="utf-8")
        part.replace(self._state)

    def cluster_id(self) -> str | None:
        """The id that formatting gave this storage; `None` when it has not been formatted. Raises `CommandError` when it is damaged."""
        if not self.storage.exists():
            return None
        try:
            lines = (self.storage / "meta.properties").read_text(encoding="utf-8").splitlines()
        except (OSError, UnicodeDecodeError) as error:
            raise CommandError(damaged(self.data, f"meta.properties cannot be read: {error}")) from error
        found = next((line.partition("=")[2].strip() for line in lines if line.startswith("cluster.id=")), "")
        if not found:
            raise CommandError(damaged(self.data, "meta.properties has no cluster.id"))
        return found
