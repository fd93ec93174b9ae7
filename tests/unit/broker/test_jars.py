"""Fetching the jars: once, whole or not at all, one process at a time."""

from __future__ import annotations

import os
import pty
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from services.runtime.broker.jars import default_cache, ensure_jars
from services.runtime.broker.pins import Pins
from services.runtime.errors import CommandError
from tests.unit.broker.maven_repository import Repository, serve, some_pins

ROOT = Path(__file__).parents[3]
FETCH = """
import sys
from pathlib import Path, PurePosixPath
from services.runtime.broker.jars import ensure_jars
from services.runtime.broker.pins import Jar, Pins
address, cache, *jars = sys.argv[1:]
pins = Pins("4.3.1", tuple(Jar(PurePosixPath(path), sha256) for path, _, sha256 in (jar.partition("=") for jar in jars)))
print(len(ensure_jars(pins, Path(cache), repository=address)))
"""


@pytest.fixture
def repository() -> Iterator[Repository]:
    with serve(Repository()) as served:
        yield served


def _fetch_command(repository: Repository, cache: Path, pins: Pins) -> list[str]:
    jars = [f"{jar.path}={jar.sha256}" for jar in pins.jars]
    return [sys.executable, "-c", FETCH, repository.address, str(cache), *jars]


def _files(cache: Path) -> set[str]:
    return {str(file.relative_to(cache)) for file in cache.rglob("*") if file.is_file() and file.name != ".lock"}


def test_every_jar_is_fetched_once_and_then_never_again(repository: Repository, tmp_path: Path) -> None:
    """The second start asks the network for nothing."""
    pins = some_pins(repository)

    first = ensure_jars(pins, tmp_path, repository=repository.address)
    second = ensure_jars(pins, tmp_path, repository="http://127.0.0.1:1")

    assert first == second == [tmp_path / jar.path for jar in pins.jars]
    assert [file.read_bytes() for file in first] == list(repository.files.values())
    assert set(repository.asked.values()) == {1}


def test_a_download_that_is_cut_is_tried_again(repository: Repository, tmp_path: Path) -> None:
    """Two broken connections for one file are no failure."""
    pins = some_pins(repository)
    repository.cuts[str(pins.jars[1].path)] = 2

    ensure_jars(pins, tmp_path, repository=repository.address)

    assert repository.asked[str(pins.jars[1].path)] == 3
    assert _files(tmp_path) == set(repository.files)


def test_a_download_that_stays_cut_leaves_no_bad_file(repository: Repository, tmp_path: Path) -> None:
    """What is in the cache is whole; the rest is named as missing, with the way out."""
    pins = some_pins(repository)
    cut = str(pins.jars[0].path)
    repository.cuts[cut] = 1_000

    with pytest.raises(CommandError, match=r"of the 3 jars of Apache Kafka 4\.3\.1 are missing in .*MUSAFAHA_BROKER__CACHE"):
        ensure_jars(pins, tmp_path, repository=repository.address)

    assert cut not in _files(tmp_path)
    assert all((tmp_path / name).read_bytes() == repository.files[name] for name in _files(tmp_path))


def test_an_altered_file_is_thrown_away(repository: Repository, tmp_path: Path) -> None:
    """A file with another sum than the pinned one never gets its name, and both sums are told."""
    pins = some_pins(repository)
    path = str(pins.jars[2].path)
    repository.files[path] = b"something else"

    with pytest.raises(
        CommandError, match=rf"part2-1\.0\.jar came with the wrong sha256 sum [0-9a-f]{{64}}, expected {pins.jars[2].sha256}"
    ):
        ensure_jars(pins, tmp_path, repository=repository.address)

    assert path not in _files(tmp_path)


def test_a_damaged_file_in_the_cache_is_replaced(repository: Repository, tmp_path: Path) -> None:
    """Sums are checked at each use, so a bad disk is noticed and only the bad file is fetched again."""
    pins = some_pins(repository)
    ensure_jars(pins, tmp_path, repository=repository.address)
    (tmp_path / pins.jars[0].path).write_bytes(b"rotten")

    ensure_jars(pins, tmp_path, repository=repository.address)

    assert [repository.asked[str(jar.path)] for jar in pins.jars] == [2, 1, 1]
    assert (tmp_path / pins.jars[0].path).read_bytes() == repository.files[str(pins.jars[0].path)]


def test_no_network_and_an_empty_cache_say_what_to_do(repository: Repository, tmp_path: Path) -> None:
    """Without network the first start can't work; the message names the number, the folder and the setting."""
    pins = some_pins(repository)

    with pytest.raises(
        CommandError, match=rf"3 of the 3 jars .* missing in {tmp_path} .*Connect to the network once.*MUSAFAHA_BROKER__CACHE"
    ):
        ensure_jars(pins, tmp_path, repository="http://127.0.0.1:1")


def test_a_cache_folder_that_is_a_file_is_named(repository: Repository, tmp_path: Path) -> None:
    """A wrong setting is told as one."""
    pins = some_pins(repository)
    (tmp_path / "cache").write_text("no folder", encoding="utf-8")

    with pytest.raises(CommandError, match=r"cache folder .* cannot be used .*MUSAFAHA_BROKER__CACHE"):
        ensure_jars(pins, tmp_path / "cache", repository=repository.address)


def test_two_processes_at_once_fetch_each_jar_once(repository: Repository, tmp_path: Path) -> None:
    """While one fills the cache the other waits, says so, and then finds all there."""
    pins = some_pins(repository)
    repository.held = {str(pins.jars[0].path)}
    command = _fetch_command(repository, tmp_path, pins)
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as first:
        assert repository.holding.wait(30)
        with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as second:
            assert second.stderr is not None
            waiting = second.stderr.readline()
            repository.release.set()
            told = [process.communicate(timeout=60)[0].strip() for process in (first, second)]

    assert told == ["3", "3"]
    assert "Waiting for another process" in waiting
    assert set(repository.asked.values()) == {1}


def test_after_a_kill_in_the_middle_the_next_one_completes_and_clears_up(repository: Repository, tmp_path: Path) -> None:
    """SIGKILL while a file comes in leaves nothing that is taken for good, no lock, and no rubbish for ever."""
    pins = some_pins(repository)
    repository.held = {str(pins.jars[0].path)}
    with subprocess.Popen(
        _fetch_command(repository, tmp_path, pins), cwd=ROOT, stderr=subprocess.DEVNULL, stdout=subprocess.DEVNULL
    ) as killed:
        assert repository.holding.wait(30)
        killed.send_signal(signal.SIGKILL)
    left = list(tmp_path.glob(".part-*"))
    repository.release.set()

    ensure_jars(pins, tmp_path, repository=repository.address)

    assert left != []
    assert (list(tmp_path.glob(".part-*")), _files(tmp_path)) == ([], set(repository.files))


def test_without_a_terminal_progress_is_one_line(repository: Repository, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Logs get a line, standard output stays free for results."""
    ensure_jars(some_pins(repository), tmp_path, repository=repository.address)

    told = capsys.readouterr()

    assert told.out == ""
    assert told.err == f"Fetching Apache Kafka 4.3.1: 3 jars into {tmp_path}, once.\n"


def test_on_a_terminal_progress_is_a_bar(repository: Repository, tmp_path: Path) -> None:
    """A person sees how far it is."""
    pins = some_pins(repository)
    ours, theirs = pty.openpty()
    try:
        command = _fetch_command(repository, tmp_path, pins)
        environment = os.environ | {"TERM": "xterm", "COLUMNS": "100"}
        subprocess.run(command, cwd=ROOT, stderr=theirs, stdout=subprocess.DEVNULL, env=environment, timeout=60, check=True)
        shown = os.read(ours, 100_000).decode()
    finally:
        os.close(ours)
        os.close(theirs)

    assert "Fetching Apache Kafka 4.3.1" in shown
    assert "/3" in shown


@pytest.mark.parametrize(
    ("value", "expected"), [("/somewhere", "/somewhere/musafaha"), ("", "~/.cache/musafaha"), ("relative", "~/.cache/musafaha")]
)
def test_the_cache_is_the_users_by_the_xdg_rule(value: str, expected: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """An absolute XDG_CACHE_HOME counts, anything else is ignored, as the specification has it."""
    monkeypatch.setenv("XDG_CACHE_HOME", value)

    assert default_cache() == Path(expected).expanduser()
