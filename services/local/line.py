"""The line as processes of this machine: Kafka, ingest, extract, alert and the API, each started again when it dies.

Knows how to start, watch and stop them; not what flows through them.
"""

from __future__ import annotations

import asyncio
import contextlib
import fcntl
import os
import signal
import sys
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import httpx

from services.runtime.broker import RunningBroker, start_broker, stop_broker
from services.runtime.broker.ports import free_port
from services.runtime.errors import CommandError
from services.runtime.kafka import ensure_topics
from services.runtime.settings import BrokerSettings, KafkaSettings, Settings

SERVICES = ("ingest", "extract", "alert", "api")
READY_WITHIN_S = 90.0
STOP_WITHIN_S = 30.0
_WATCH_EVERY_S = 0.5
_RESTART_DELAYS_S = (0.2, 1.0, 2.0, 5.0, 10.0)
_CALM_S = 30.0
"""Seconds a service must live for its next death to count as the first again."""
_TAIL_LINES = 12

Tell = Callable[[str], None]
"""Takes one line for the person who watches."""


@dataclass(frozen=True, slots=True)
class Addresses:
    """Where the running line is reached."""

    kafka: str
    ingest: str
    api: str
    extract_ops: str
    alert_ops: str

    def readiness(self, service: str) -> str:
        """The URL that answers 200 when the service is ready."""
        base = {"ingest": self.ingest, "extract": self.extract_ops, "alert": self.alert_ops, "api": self.api}[service]
        return f"{base}/readyz"


@dataclass(slots=True)
class _Service:
    name: str
    process: asyncio.subprocess.Process
    started_at: float
    deaths: int = 0


@dataclass(slots=True)
class Line:
    """A running line. `kafka` is how it is reached, `environment` is what its services were started with."""

    kafka: KafkaSettings
    addresses: Addresses
    environment: Mapping[str, str]
    logs: Path
    tell: Tell
    services: dict[str, _Service] = field(default_factory=dict)

    def pid(self, name: str) -> int:
        """The process id of a service, as of now."""
        return self.services[name].process.pid

    async def start(self, name: str, *, deaths: int = 0) -> None:
        """Start one service; its output goes to its log file."""
        with (self.logs / f"{name}.log").open("ab") as log:
            process = await asyncio.create_subprocess_exec(
                sys.executable,
                "-m",
                "services",
                "run",
                name,
                stdin=asyncio.subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env=dict(self.environment),
                start_new_session=True,  # Ctrl-C is ours to handle: services are stopped in order
            )
        self.services[name] = _Service(name, process, asyncio.get_running_loop().time(), deaths)

    async def until_ready(self) -> None:
        """Wait until every service says so. Raises `CommandError` with the end of the log of one that dies or takes too long."""
        async with httpx.AsyncClient(trust_env=False) as client:
            await asyncio.gather(*(self._until_ready(client, name) for name in SERVICES))

    async def _until_ready(self, client: httpx.AsyncClient, name: str) -> None:
        loop = asyncio.get_running_loop()
        deadline = loop.time() + READY_WITHIN_S
        while loop.time() < deadline:
            if self.services[name].process.returncode is not None:
                raise CommandError(f"{name} ended with code {self.services[name].process.returncode} while it started:\n{self.tail(name)}")
            with contextlib.suppress(httpx.HTTPError):
                answer = await client.get(self.addresses.readiness(name), timeout=2)
                if answer.status_code == httpx.codes.OK:
                    return
            await asyncio.sleep(0.1)
        raise CommandError(f"{name} was not ready within {READY_WITHIN_S:g} s:\n{self.tail(name)}")

    def tail(self, name: str) -> str:
        """The last lines of a service's log."""
        file = self.logs / f"{name}.log"
        lines = file.read_text(encoding="utf-8", errors="replace").splitlines() if file.exists() else []
        return "\n".join(f"  {line}" for line in lines[-_TAIL_LINES:]) or "  (it wrote nothing)"

    async def keep_running(self) -> None:
        """Start again what dies, each service for itself, with a pause that grows while it keeps dying; runs until cancelled."""
        async with asyncio.TaskGroup() as group:
            for name in self.services:
                group.create_task(self._keep_running(name))

    async def _keep_running(self, name: str) -> None:
        loop = asyncio.get_running_loop()
        while True:
            service = self.services[name]
            code = await service.process.wait()
            deaths = 0 if loop.time() - service.started_at > _CALM_S else service.deaths
            self.tell(f"{name} died ({_how(code)}); starting it again")
            await asyncio.sleep(_RESTART_DELAYS_S[min(deaths, len(_RESTART_DELAYS_S) - 1)])
            await self.start(name, deaths=deaths + 1)

    async def stop(self) -> None:
        """End all services: SIGTERM, and SIGKILL for what has not drained in time."""
        living = [service.process for service in self.services.values() if service.process.returncode is None]
        for process in living:
            with contextlib.suppress(ProcessLookupError):
                process.terminate()
        ends = [asyncio.ensure_future(process.wait()) for process in living]
        if ends:
            await asyncio.wait(ends, timeout=STOP_WITHIN_S)
        for process in living:
            if process.returncode is None:
                with contextlib.suppress(ProcessLookupError):
                    process.kill()
                await process.wait()


def _how(code: int) -> str:
    return f"signal {signal.Signals(-code).name}" if code < 0 else f"exit code {code}"


@contextlib.contextmanager
def exclusive(data: Path) -> Iterator[None]:
    """Hold a data folder for one line. Raises `CommandError` when another one runs on it."""
    data.mkdir(parents=True, exist_ok=True)
    with (data / "line.lock").open("a+") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise CommandError(f"a line already runs on {data}; stop it, or name another folder with --data.") from error
        yield


@contextlib.asynccontextmanager
async def running_line(
    data: Path, settings: Settings, *, overrides: Mapping[str, str], tell: Tell, environment: Mapping[str, str] | None = None
) -> AsyncIterator[Line]:
    """Start the whole line on a data folder, keep it running, and stop it on the way out whatever happens.

    `overrides` are MUSAFAHA_* variables for its services. Kafka is the one of `settings.kafka.bootstrap_servers` when set,
    else an embedded one in the same folder. Raises `CommandError` when a part does not start.
    """
    logs = data / "logs"
    logs.mkdir(parents=True, exist_ok=True)
    own = BrokerSettings.model_validate(settings.broker.model_dump() | {"data": data / "kafka"})
    kafka, embedded = settings.kafka, settings.kafka.bootstrap_servers is None
    keeper = None
    try:
        if embedded:
            tell("starting Apache Kafka")
            broker = await asyncio.to_thread(start_broker, own)
            kafka = KafkaSettings.model_validate(kafka.model_dump() | {"bootstrap_servers": broker.bootstrap_servers})
            keeper = asyncio.create_task(_keep_broker(broker, own, tell))
        await ensure_topics(kafka)
        async with _running_services(data, kafka, overrides, environment or os.environ, tell) as line:
            yield line
    finally:
        await _ended(keeper)
        if embedded:
            await asyncio.to_thread(stop_broker, own)


@contextlib.asynccontextmanager
async def _running_services(
    data: Path, kafka: KafkaSettings, overrides: Mapping[str, str], environment: Mapping[str, str], tell: Tell
) -> AsyncIterator[Line]:
    ports = {name: str(free_port()) for name in SERVICES}
    variables = {
        "MUSAFAHA_KAFKA__BOOTSTRAP_SERVERS": kafka.bootstrap_servers or "",
        "MUSAFAHA_STORE__URL": f"sqlite:///{(data / 'alert.db').resolve()}",
        "MUSAFAHA_INGEST__STORE": str((data / "ingest.db").resolve()),
        "MUSAFAHA_INGEST__PORT": ports["ingest"],
        "MUSAFAHA_API__PORT": ports["api"],
        "MUSAFAHA_OPS__EXTRACT_PORT": ports["extract"],
        "MUSAFAHA_OPS__ALERT_PORT": ports["alert"],
    }
    chosen = {**environment, **variables, **overrides}
    addresses = Addresses(
        kafka=chosen["MUSAFAHA_KAFKA__BOOTSTRAP_SERVERS"],
        ingest=f"http://127.0.0.1:{chosen['MUSAFAHA_INGEST__PORT']}",
        api=f"http://127.0.0.1:{chosen['MUSAFAHA_API__PORT']}",
        extract_ops=f"http://127.0.0.1:{chosen['MUSAFAHA_OPS__EXTRACT_PORT']}",
        alert_ops=f"http://127.0.0.1:{chosen['MUSAFAHA_OPS__ALERT_PORT']}",
    )
    line = Line(kafka=kafka, addresses=addresses, environment=chosen, logs=data / "logs", tell=tell)
    await _migrate(line)
    keeper = None
    try:
        tell("starting ingest, extract, alert and the API")
        for name in SERVICES:
            await line.start(name)
        await line.until_ready()
        keeper = asyncio.create_task(line.keep_running())
        yield line
    finally:
        await _ended(keeper)
        await line.stop()


async def _ended(task: asyncio.Task[None] | None) -> None:
    """Cancel a task and wait until it is over."""
    if task is not None:
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task


async def _migrate(line: Line) -> None:
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "services",
        "db",
        "migrate",
        env=dict(line.environment),
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    output, _ = await process.communicate()
    if process.returncode != 0:
        raise CommandError(f"the alert store could not be made ready:\n{output.decode(errors='replace').strip()}")


async def _keep_broker(broker: RunningBroker, settings: BrokerSettings, tell: Tell) -> None:
    """Start Kafka again when it dies, also when it dies again while it starts; runs until cancelled.

    On the port it had: the services keep the address that they were started with.
    """
    settings = settings.model_copy(update={"port": int(broker.bootstrap_servers.rpartition(":")[2])})
    while True:
        await asyncio.sleep(_WATCH_EVERY_S)
        try:
            if not await asyncio.to_thread(broker.alive):
                tell("Kafka died; starting it again")
                broker = await asyncio.to_thread(start_broker, settings)
        except CommandError as error:
            tell(f"Kafka did not start: {error}; trying again")
