"""One process at a time owns the store."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from services.ingest.ownership import Owned, Owner, lock_path, own

HOLD = """
import sys, time, pathlib
from services.ingest.ownership import own
with own(pathlib.Path(sys.argv[1])) as ownership:
    ownership.announce("http://127.0.0.1:4711")
    print("held", flush=True)
    sys.stdin.read()
"""


def test_the_second_owner_learns_who_the_first_one_is(tmp_path: Path) -> None:
    """`publish` finds the running ingest by this."""
    store = tmp_path / "ingest.db"
    with own(store) as ownership:
        ownership.announce("http://127.0.0.1:8080")
        with pytest.raises(Owned) as caught, own(store):
            pass

    assert caught.value.owner == Owner(os.getpid(), "http://127.0.0.1:8080")


def test_a_store_that_was_let_go_can_be_owned_again(tmp_path: Path) -> None:
    """What the last owner wrote into the lock file says nothing any more."""
    for _ in range(2):
        with own(tmp_path / "ingest.db"):
            pass


def test_an_owner_that_was_killed_leaves_no_lock(tmp_path: Path) -> None:
    """The kernel lets go of the lock, whatever the file says."""
    store = tmp_path / "ingest.db"
    command = [sys.executable, "-c", HOLD, str(store)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as holder:
        assert holder.stdout is not None and holder.stdout.readline() == "held\n"
        with pytest.raises(Owned) as caught, own(store):
            pass
        os.kill(holder.pid, signal.SIGKILL)

    assert caught.value.owner == Owner(holder.pid, "http://127.0.0.1:4711")
    with own(store):
        pass


def test_an_owner_that_has_not_said_who_it_is_yet_is_an_owner(tmp_path: Path) -> None:
    """Between locking and writing lies an instant."""
    store = tmp_path / "ingest.db"
    with own(store):
        lock_path(store).write_text("")
        with pytest.raises(Owned) as caught, own(store):
            pass

    assert caught.value.owner is None
