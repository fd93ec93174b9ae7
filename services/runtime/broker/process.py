"""Start, stop and look at the embedded Kafka: one node, its data in one folder, its process on its own.

The broker outlives whoever started it, unless that one stops it; a second start finds it running and says where.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import time
import uuid
from base64 import urlsafe_b64encode
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from services.runtime.broker import diagnose, processes
from services.runtime.broker.config import HOST, NODE_ID, server_properties
from services.runtime.broker.home import Home, State
from services.runtime.broker.integrity import forgotten_topics
from services.runtime.broker.jars import default_cache, ensure_jars
from services.runtime.broker.java import find_java
from services.runtime.broker.locks import handed_on
from services.runtime.broker.pins import load_pins
from services.runtime.broker.ports import free_port, is_free
from services.runtime.broker.probe import ask_metadata
from services.runtime.errors import CommandError
from services.runtime.settings import BrokerSettings

START_TIMEOUT_S = 90.0
"""Seconds until a started broker must answer; after a kill it first checks its logs, which took 12 s where much was in them."""
STOP_GRACE_S = 60.0
_MIN_FREE_BYTES = 100_000_000
_LOG_ROTATES_AT = 5_000_000
_PORT_TRIES = 3
_LIGHT = ("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC")
"""One compiler and a plain collector: a start costs 3.3 s of processor time instead of 5.6 s, and messages go no slower (measured)."""
_DYING_S = 5.0
"""Seconds that a killed broker may take to let go of its lock."""


@dataclass(frozen=True, slots=True)
class RunningBroker:
    """A broker that answers."""

    bootstrap_servers: str
    pid: int
    data: Path

    def alive(self) -> bool:
        """Whether its process still lives."""
        return processes.is_our_broker(self.pid, Home(self.data).properties)


@dataclass(frozen=True, slots=True)
class BrokerStatus:
    """What can be said of the broker of a data folder. `answers` is false while it starts; `problem` says why it died."""

    bootstrap_servers: str | None
    pid: int | None
    answers: bool
    problem: str | None


class _PortLost(CommandError):
    """Somebody took the port between our look and Kafka's."""


def start_broker(settings: BrokerSettings, *, timeout_s: float = START_TIMEOUT_S) -> RunningBroker:
    """The broker of `settings.data`, started unless it runs, answering when this returns.

    Raises `CommandError` (port taken, disk full, jars not to be had, data damaged, no answer in `timeout_s` seconds) and
    `ConfigError` (the named Java, an installation without the extra packages).
    """
    home = _home(settings)
    with home.locked():
        state = home.read_state()
        pid = _living(home, state)
        if pid is None:
            return _start(settings, home, state, timeout_s)
        found = State(port=_port_of(home, state), pid=pid, log_start=state.log_start if state is not None else 0)
        home.write_state(found)
        return _await_answer(settings, home, found, alive=lambda: processes.is_our_broker(pid, home.properties), timeout_s=timeout_s)


def stop_broker(settings: BrokerSettings, *, grace_s: float = STOP_GRACE_S) -> bool:
    """Stop the broker of `settings.data` and wait until it is gone; false when none ran. After `grace_s` seconds it is killed."""
    home = _home(settings)
    if not home.data.is_dir():
        return False
    with home.locked():
        state = home.read_state()
        pid = _living(home, state)
        if pid is not None:
            processes.end(pid, home.properties, grace_s=grace_s)
        if state is not None:
            _note_stopped(home, state.port)
        return pid is not None


def broker_status(settings: BrokerSettings) -> BrokerStatus:
    """What the broker of `settings.data` does now; changes nothing."""
    home = _home(settings)
    state = home.read_state()
    pid = _living(home, state) if home.data.is_dir() else None
    if pid is None:
        problem = None
        if state is not None and state.pid is not None:  # a clean stop would have taken the pid out
            problem = _explain(diagnose.log_since(home.log, state.log_start), settings, home, state.port)
        return BrokerStatus(bootstrap_servers=None, pid=None, answers=False, problem=problem)
    port = _port_of(home, state)
    return BrokerStatus(bootstrap_servers=f"{HOST}:{port}", pid=pid, answers=_answers(home, port), problem=None)


def _home(settings: BrokerSettings) -> Home:
    return Home(settings.data.expanduser().resolve())


def _note_stopped(home: Home, port: int) -> None:
    """Take the pid out of the state. On a full disk it stays, which does no harm: a pid counts only while its process is our broker."""
    with suppress(OSError):
        home.write_state(State(port=port, pid=None))


def _living(home: Home, state: State | None) -> int | None:
    if state is not None and state.pid is not None and processes.is_our_broker(state.pid, home.properties):
        return state.pid
    # Whoever started it may have been killed before noting the pid.
    return processes.find_our_broker(home.properties)


def _port_of(home: Home, state: State | None) -> int:
    """The port of a running broker, by its own properties, since the state may have been lost."""
    for line in home.properties.read_text(encoding="utf-8").splitlines():
        if line.startswith("advertised.listeners="):
            return int(line.rpartition(":")[2])
    if state is None:
        raise CommandError(f"{home.properties} names no port; stop the broker's process by hand.")
    return state.port


def _start(settings: BrokerSettings, home: Home, state: State | None, timeout_s: float) -> RunningBroker:
    if settings.port and not is_free(settings.port):
        raise CommandError(diagnose.port_taken(settings.port))
    if shutil.disk_usage(home.data).free < _MIN_FREE_BYTES:
        raise CommandError(diagnose.disk_full(home.data))
    java = find_java(settings.java)
    jars = ensure_jars(load_pins(), (settings.cache or default_cache()).expanduser().resolve())
    try:
        # A second Kafka on the same data ruins them before Kafka's own lock stops it (tried: it writes to the metadata log first).
        with handed_on(home.data / "in-use.lock", timeout_s=_DYING_S):
            return _run_alone(settings, home, java, jars, kept=state.port if state is not None else None, timeout_s=timeout_s)
    except BlockingIOError as error:
        raise CommandError(diagnose.in_use(home.data)) from error


def _run_alone(
    settings: BrokerSettings, home: Home, java: Path, jars: Sequence[Path], *, kept: int | None, timeout_s: float
) -> RunningBroker:
    if home.cluster_id() is None:
        _format(settings, home, java, jars)
    elif lost := forgotten_topics(home.storage):
        raise CommandError(diagnose.damaged(home.data, f"its list of topics lost {', '.join(lost)}, whose messages are still there"))
    for attempt in range(1, _PORT_TRIES + 1):
        port = settings.port or free_port(kept=kept if attempt == 1 else None)
        try:
            return _launch(settings, home, java, jars, port=port, timeout_s=timeout_s)
        except _PortLost:
            if settings.port or attempt == _PORT_TRIES:
                raise
    raise AssertionError("unreachable")


def _format(settings: BrokerSettings, home: Home, java: Path, jars: Sequence[Path]) -> None:
    """Format the storage as a whole or not at all: in a folder beside it, renamed when it is complete."""
    part = home.data / "storage.part"
    shutil.rmtree(part, ignore_errors=True)
    # These ports are not listened on: the tool only wants to see a whole configuration.
    home.properties.write_text(server_properties(storage=part, port=9092, controller_port=9093), encoding="utf-8")
    cluster = urlsafe_b64encode(uuid.uuid4().bytes).decode().rstrip("=")
    # An id that starts with a dash would be read as an option.
    options = ["format", f"--cluster-id={cluster}", "-c", str(home.properties)]
    command = [str(java), "-Xmx128m", *_LIGHT, "kafka.tools.StorageTool", *options]
    done = subprocess.run(command, env=_environment(jars), capture_output=True, text=True, errors="replace", check=False)  # noqa: S603
    if done.returncode != 0:
        raise CommandError(_explain(done.stdout + done.stderr, settings, home, None))
    part.replace(home.storage)


def _launch(settings: BrokerSettings, home: Home, java: Path, jars: Sequence[Path], *, port: int, timeout_s: float) -> RunningBroker:
    controller_port = free_port(but_not=port)
    home.properties.write_text(server_properties(storage=home.storage, port=port, controller_port=controller_port), encoding="utf-8")
    log_start = _rotate(home.log)
    command = [
        str(java),
        f"-Xmx{settings.heap_mb}m",
        *_LIGHT,
        f"-XX:ErrorFile={home.data}/java-crash.log",
        "-XX:-UsePerfData",
        "-XX:+ExitOnOutOfMemoryError",
        "-Djava.awt.headless=true",
        "-Dorg.slf4j.simpleLogger.showDateTime=true",
        "-Dorg.slf4j.simpleLogger.dateTimeFormat=yyyy-MM-dd'T'HH:mm:ss.SSSXXX",
        "-Dorg.slf4j.simpleLogger.log.org.apache.kafka.common.config=warn",
        processes.MAIN_CLASS,
        str(home.properties),
    ]
    log = os.open(home.log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    try:
        # In a session of its own, so that Ctrl-C in the terminal reaches only us, and we stop it in order.
        files = [(os.POSIX_SPAWN_OPEN, 0, os.devnull, os.O_RDONLY, 0), (os.POSIX_SPAWN_DUP2, log, 1), (os.POSIX_SPAWN_DUP2, log, 2)]
        pid = os.posix_spawn(command[0], command, _environment(jars), file_actions=files, setsid=True)
    finally:
        os.close(log)
    spawned = processes.Spawned(pid)
    try:
        state = State(port=port, pid=pid, log_start=log_start)
        home.write_state(state)
        return _await_answer(settings, home, state, alive=spawned.alive, timeout_s=timeout_s)
    except BaseException:
        spawned.kill()
        _note_stopped(home, port)
        raise


def _await_answer(settings: BrokerSettings, home: Home, state: State, *, alive: Callable[[], bool], timeout_s: float) -> RunningBroker:
    assert state.pid is not None
    deadline = time.monotonic() + timeout_s
    while time.monotonic() < deadline:
        if _answers(home, state.port):
            return RunningBroker(bootstrap_servers=f"{HOST}:{state.port}", pid=state.pid, data=home.data)
        if not alive():
            told = diagnose.log_since(home.log, state.log_start)
            if diagnose.PORT_TAKEN.search(told):
                raise _PortLost(diagnose.port_taken(state.port))
            raise CommandError(_explain(told, settings, home, state.port))
        time.sleep(0.05)
    raise CommandError(f"Kafka did not answer within {timeout_s:g} s; what it said is in {home.log}.")


def _explain(told: str, settings: BrokerSettings, home: Home, port: int | None) -> str:
    return diagnose.explain(told, data=home.data, log=home.log, port=port, heap_mb=settings.heap_mb)


def _answers(home: Home, port: int) -> bool:
    """Whether it is our cluster that answers on this port, with its one node ready to serve."""
    metadata = ask_metadata(HOST, port, timeout_s=2)
    return metadata is not None and metadata.cluster_id == home.cluster_id() and NODE_ID in metadata.nodes


def _rotate(log: Path) -> int:
    """Put a long log aside (one older one is kept); the byte at which the next start's part begins."""
    size = log.stat().st_size if log.exists() else 0
    if size <= _LOG_ROTATES_AT:
        return size
    log.replace(log.with_suffix(".log.1"))
    return 0


def _environment(jars: Sequence[Path]) -> dict[str, str]:
    """The environment of Java: ours without what would change Java's behaviour, and without our settings, which hold secrets."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("MUSAFAHA_", "JAVA_", "_JAVA_", "JDK_JAVA_", "KAFKA_")) and name != "CLASSPATH"
    }
    # In the environment, since 46 paths would make the process's command line unreadable; UTF-8 for folders with other letters.
    return kept | {"CLASSPATH": os.pathsep.join(str(jar) for jar in jars), "LC_ALL": "C.UTF-8"}
