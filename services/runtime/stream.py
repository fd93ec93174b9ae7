"""Runs a handler on a topic so that nothing is lost: the only module that knows Faust.

Faust's defaults lose messages. So: events without automatic acknowledgement, a bounded window acknowledged in order, sends
confirmed before the acknowledgement, a crash that ends the process, and a watchdog for what hangs instead of crashing.
"""

from __future__ import annotations

import asyncio
import logging
import signal
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, cast

import faust
import mode
from aiokafka import TopicPartition
from aiokafka.errors import KafkaError
from faust.transport.drivers.aiokafka import Consumer as KafkaConsumer
from mode.services import WaitResults

from schemas.topics import TOPICS, Topic, dead_letter_topics
from services.runtime import metrics
from services.runtime.eager import Ended, begin
from services.runtime.errors import CommandError, ConfigError, MusafahaError
from services.runtime.health import Health, OpsSite, Probe
from services.runtime.kafka import Producer, check_access, ensure_topics, partitions_of, servers, ssl_context
from services.runtime.lag import Ends
from services.runtime.progress import Progress
from services.runtime.records import Handler, Record
from services.runtime.settings import KafkaSettings, RunnerSettings, Settings
from services.runtime.treat import MAX_BACKOFF_S, Treatment
from services.runtime.watchdog import Watchdog, end_later
from services.runtime.window import AckWindow, Slot

log = logging.getLogger(__name__)

CONFIRM_WITHIN_S = 120.0
"""Seconds a worker waits for a confirmation: long enough to live through the restart of a broker."""
LAG_EVERY_S = 5.0
STOP_AFTER_CRASH_S = 20.0


@dataclass(frozen=True)
class Worker:
    """One service that consumes a topic. `name` is its consumer group: changing it reads everything again.

    `startup` runs before the first message, `shutdown` after the last; `tasks` run beside the stream from start to stop,
    and when one raises, the process ends. `checks` are asked by `/readyz`.
    """

    name: str
    topic: Topic
    handler: Handler
    startup: Callable[[], Awaitable[None]] | None = None
    shutdown: Callable[[], Awaitable[None]] | None = None
    tasks: Mapping[str, Callable[[], Awaitable[None]]] = field(default_factory=dict)
    ops_port: int = 0
    checks: Mapping[str, Probe] = field(default_factory=dict)
    health: Health = field(default_factory=Health)


def run_worker(settings: Settings, worker: Worker) -> int:
    """Run until SIGTERM; returns the exit code (0 stopped, 1 failed, 2 wrong setting). Blocks, once per process.

    The watchdog ends the process by itself with code 70.
    """
    _check(settings.runner)
    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    return _Runner(settings, worker, loop).run()


def _check(runner: RunnerSettings) -> None:
    if runner.stall_timeout_s <= runner.max_tries * runner.task_timeout_s:
        raise ConfigError(
            "MUSAFAHA_RUNNER__STALL_TIMEOUT_S must be above __MAX_TRIES times __TASK_TIMEOUT_S, "
            "or the watchdog ends a worker that is still trying."
        )


_quiet = logging.getLogger("faust.worker")
"""Where Faust's classes write that we derive from: below WARNING it says nothing to an operator."""


class _App(faust.App):
    """Faust without its data folder: we keep no tables, and a container's root is not writable."""

    logger = _quiet

    def _create_directories(self) -> None:
        pass


class _Event(faust.Event):
    """An event that only we acknowledge.

    Faust acknowledges by itself what it skips while a rebalance begins, also on a stream without acknowledgements; the offset
    is then committed and the message is gone.
    """

    def ack(self) -> bool:
        return False


class _Consumer(KafkaConsumer):
    """Faust's consumer without four tasks a message: handing one on almost never waits."""

    async def wait_first(self, *coros: Any, timeout: Any = None) -> Any:  # noqa: ASYNC109 - the signature is Faust's
        first, others = coros[0], coros[1:]
        if timeout is None and asyncio.iscoroutine(first):
            try:
                first = begin(first)
            except BaseException:
                _close(others)
                raise
            if isinstance(first, Ended):
                _close(others)
                await asyncio.sleep(0)  # let what came before be sent while the next one is handled
                return WaitResults([coros[0]], [first.result], self.should_stop)
        return await super().wait_first(first, *others, timeout=timeout)


def _close(coroutines: tuple[Any, ...]) -> None:
    """Give up coroutines that nobody has begun and nobody will."""
    for coroutine in coroutines:
        coroutine.close()


class _Worker(faust.Worker):
    """Faust's worker with our logging and without anything on the terminal."""

    logger = _quiet

    def __init__(self, app: faust.App, *services: mode.Service, loop: asyncio.AbstractEventLoop) -> None:
        super().__init__(app, *services, loop=loop, quiet=True, redirect_stdouts=False, override_logging=False)
        self.spinner = None

    def _setproctitle(self, info: str, *, ident: str = "") -> None:
        """Leave the process its name."""


class _Companion(mode.Service):
    """Starts with the application and stops after it, when the last message is done."""

    logger = _quiet

    def __init__(self, runner: _Runner, **kwargs: Any) -> None:
        self._runner = runner
        super().__init__(**kwargs)

    async def on_start(self) -> None:
        await self._runner.start_tasks()

    async def on_stop(self) -> None:
        await self._runner.close()


class _Runner:
    def __init__(self, settings: Settings, worker: Worker, loop: asyncio.AbstractEventLoop) -> None:
        self._settings = settings
        self._worker = worker
        self._loop = loop
        self._window: AckWindow[faust.Event] = AckWindow(settings.runner.window)
        self._room = asyncio.Event()
        self._lag_every_s = min(LAG_EVERY_S, settings.runner.stall_timeout_s / 4)
        self._progress = Progress(worker.topic.name, lag_fresh_s=3 * self._lag_every_s)
        self._watchdog = Watchdog(self._progress.observation, limit_s=settings.runner.stall_timeout_s)
        self._ops = OpsSite(worker.health, settings.http, worker.ops_port)
        self._background: set[asyncio.Task[None]] = set()
        self._failure: BaseException | None = None
        self._stop_asked = False
        self._rebalance_began: float | None = None
        self._received = metrics.RECEIVED.labels(worker.topic.name)
        self._acked = metrics.ACKED.labels(worker.topic.name)
        self._letter_partitions: list[int] = []
        self._stop_faust: Callable[[], None]
        self._producer: Producer
        self._treatment: Treatment
        self._app: faust.App

    # ------------------------------------------------------------------------------------------------------------------ life

    def run(self) -> int:
        preparation = self._loop.create_task(self._prepare())

        def stop() -> None:
            self._stop_asked = True
            preparation.cancel()

        for number in (signal.SIGTERM, signal.SIGINT):
            self._loop.add_signal_handler(number, stop)
        try:
            self._loop.run_until_complete(preparation)
        except asyncio.CancelledError:
            log.info("worker.stopped", extra={"worker": self._worker.name, "code": 0})
            code = 0
        except Exception as error:
            expected = isinstance(error, MusafahaError)
            log.critical("worker.not_started", exc_info=not expected, extra={"worker": self._worker.name, "error": str(error)})
            code = 2 if isinstance(error, ConfigError) else 1
        else:
            return self._run_faust()
        self._loop.run_until_complete(self.close())
        return code

    async def _prepare(self) -> None:
        """Everything that can fail for an operator's reason, before Faust is started."""
        worker, kafka = self._worker, self._settings.kafka
        metrics.initialise_consumer(worker.topic.name)
        self._add_checks()
        await self._ops.start()
        await self._make_topics()
        await check_access(kafka, topic=worker.topic.name, group=worker.name)
        self._producer = Producer(kafka, confirm_within_s=CONFIRM_WITHIN_S)
        await self._producer.start()
        self._treatment = Treatment(
            service=worker.name, topic=worker.topic, handler=worker.handler, producer=self._producer, runner=self._settings.runner
        )
        if worker.startup is not None:
            await worker.startup()

    async def _make_topics(self) -> None:
        ours = {topic.name: topic for topic in (*TOPICS, *dead_letter_topics())}
        own = self._worker.topic
        needed = {own.name: own, own.dlq: ours.get(own.dlq) or _dead_letters_of(own)}
        try:
            done = await ensure_topics(self._settings.kafka, {**ours, **needed}.values())
        except CommandError as error:
            # A user with no more rights than it needs cannot make topics, and sees its own only.
            for name in needed:
                await partitions_of(self._settings.kafka, name)
            done = [f"topics are left to the operator: {error}"]
        self._letter_partitions = await partitions_of(self._settings.kafka, own.dlq)
        for line in done:
            log.info("topics.ensured", extra={"what": line})

    def _add_checks(self) -> None:
        health, progress = self._worker.health, self._progress
        health.add_live_check("watchdog", self._watchdog.complaint)
        health.add_live_check("application", lambda: None if self._failure is None else "crashed")
        health.add_check("assignment", lambda: None if progress.assigned and not progress.rebalancing else "no partitions are assigned")
        health.add_check("kafka", lambda: None if progress.kafka_answers() else "Kafka does not answer")
        for name, probe in self._worker.checks.items():
            health.add_check(name, probe)

    def _run_faust(self) -> int:
        self._app = _faust_app(self._settings, self._worker, self._loop, self._consume)
        self._app.on_partitions_revoked.connect(self._on_revoked, weak=False)
        self._app.on_partitions_assigned.connect(self._on_assigned, weak=False)
        faust_worker = _Worker(self._app, _Companion(self, loop=self._loop), loop=self._loop)
        self._stop_faust = faust_worker._on_sigterm
        log.info("worker.starting", extra={"worker": self._worker.name, "topic": self._worker.topic.name})
        try:
            faust_worker.execute_from_commandline()
        except SystemExit as stop:
            code = int(stop.code or 0)
        code = code if self._failure is None else 1
        log.info("worker.stopped", extra={"worker": self._worker.name, "code": code})
        return code

    async def start_tasks(self) -> None:
        """Start what runs beside the stream."""
        if self._stop_asked:  # between the end of the preparation and Faust's own signal handlers, which are in place now
            self._loop.call_soon(self._stop_faust)
        own = {"heartbeat": self._beat, "lag": self._measure_lag}
        for name, task in {**own, **self._worker.tasks}.items():
            self._background.add(self._loop.create_task(self._guard(name, task), name=name))
        self._watchdog.start()

    async def _guard(self, name: str, task: Callable[[], Awaitable[None]]) -> None:
        try:
            await task()
        except asyncio.CancelledError:
            raise
        except BaseException as error:
            self._fail(error, of=name)

    async def close(self) -> None:
        """Stop what runs beside the stream and close every connection."""
        for task in self._background:
            task.cancel()
        await asyncio.gather(*self._background, return_exceptions=True)
        if hasattr(self, "_treatment") and self._worker.shutdown is not None:
            await self._worker.shutdown()
        if hasattr(self, "_producer"):
            await self._producer.stop()
        await self._ops.stop()
        self._watchdog.stop()

    # ------------------------------------------------------------------------------------------------------------------ messages

    async def _consume(self, stream: Any) -> None:
        async for event in stream.noack().events():
            self._received.inc()
            message = event.message
            slot = self._window.admit(message.tp, message.offset, message.key, event)
            if slot.started:
                self._start(slot)
            if self._window.full:
                self._room.clear()
                await self._room.wait()

    def _start(self, slot: Slot[faust.Event]) -> None:
        # The loop keeps only weak references to tasks, and the window the event: one strong reference until it is done.
        task = self._loop.create_task(self._treat(slot))
        self._background.add(task)
        task.add_done_callback(self._background.discard)

    async def _treat(self, slot: Slot[faust.Event]) -> None:
        try:
            await self._treatment.treat(_record(slot.payload.message))
        except asyncio.CancelledError:
            raise
        except BaseException as error:
            self._fail(error, of="stream")
        else:
            self._finish(slot)

    def _finish(self, slot: Slot[faust.Event]) -> None:
        released = self._window.finish(slot)
        for done in released.acked:
            done.payload.message.ack(self._app.consumer)
            self._progress.acked(done.payload.message.partition, done.offset)
        self._acked.inc(len(released.acked))
        if released.next is not None and self._failure is None:
            self._start(released.next)
        if not self._window.full:
            self._room.set()

    def _fail(self, error: BaseException, *, of: str) -> None:
        """End the process: nothing after this message may be acknowledged, and somebody else has to start it again."""
        if self._failure is not None:
            return
        self._failure = error
        expected = isinstance(error, MusafahaError)
        log.critical("worker.failed", exc_info=None if expected else error, extra={"part": of, "error": f"{type(error).__name__}: {error}"})
        end_later(STOP_AFTER_CRASH_S, 1)
        crash = self._loop.create_task(self._app.crash(error))
        self._background.add(crash)
        crash.add_done_callback(self._background.discard)

    # ------------------------------------------------------------------------------------------------------------------ watching

    async def _beat(self) -> None:
        while True:
            expected = self._loop.time() + 0.5
            await asyncio.sleep(0.5)
            metrics.LOOP_LAG.observe(max(0.0, self._loop.time() - expected))
            metrics.IN_FLIGHT.set(len(self._window))
            self._progress.beat(rebalancing=self._app.rebalancing, crashed=self._app.crashed)

    async def _measure_lag(self) -> None:
        """Ask Kafka again and again how much is waiting."""
        while True:
            try:
                async with Ends(self._settings.kafka) as ends:
                    while True:
                        await self._note_lag(ends)
                        await self._note_dead_letters(ends)
                        await asyncio.sleep(self._lag_every_s)
            except (KafkaError, OSError, TimeoutError) as error:
                log.warning("lag.unknown", extra={"reason": repr(error)})
                await asyncio.sleep(self._lag_every_s)

    async def _note_lag(self, ends: Ends) -> None:
        partitions = self._progress.partitions
        bounds = await ends.bounds(self._worker.topic.name, partitions)
        lag = {partition: end - self._next_offset(partition, first) for partition, (first, end) in bounds.items()}
        now = time.time()
        ages = {slot.payload.message.partition: now - slot.payload.message.timestamp for slot in self._window.oldest()}
        self._progress.lags(lag, ages)

    async def _note_dead_letters(self, ends: Ends) -> None:
        bounds = await ends.bounds(self._worker.topic.dlq, self._letter_partitions)
        metrics.DLQ_MESSAGES.labels(self._worker.topic.dlq).set(sum(end - first for first, end in bounds.values()))

    def _next_offset(self, partition: int, first: int) -> int:
        """The offset of the next message to be done: after what was acknowledged, else after what was committed, else the oldest."""
        done = self._progress.next_offset.get(partition)
        committed = cast("Any", self._app.consumer)._committed_offset.get(TopicPartition(self._worker.topic.name, partition))
        return max(first, done or 0, committed or 0)

    async def _on_revoked(self, *arguments: Any, **named: Any) -> None:
        self._rebalance_began = time.monotonic()

    async def _on_assigned(self, *arguments: Any, **named: Any) -> None:
        _app, assigned = arguments
        partitions = sorted(tp.partition for tp in assigned)
        metrics.REBALANCES.inc()
        if self._rebalance_began is not None:
            metrics.REBALANCE_SECONDS.observe(time.monotonic() - self._rebalance_began)
            self._rebalance_began = None
        self._progress.assign(partitions)
        log.info("partitions.assigned", extra={"topic": self._worker.topic.name, "partitions": partitions})


def _record(message: Any) -> Record:
    return Record(
        topic=message.topic,
        partition=message.partition,
        offset=message.offset,
        timestamp_ms=int(message.timestamp * 1_000 + 0.5),
        key=message.key,
        value=message.value,
        headers=tuple(message.headers or ()),
    )


def _dead_letters_of(topic: Topic) -> Topic:
    pattern = next(dead_letter_topics())
    return Topic(
        name=topic.dlq,
        key=pattern.key,
        model=pattern.model,
        partitions=pattern.partitions,
        retention_ms=pattern.retention_ms,
        message_type=pattern.message_type,
        max_message_bytes=pattern.max_message_bytes,
    )


def _credentials(kafka: KafkaSettings) -> Any:
    context = ssl_context(kafka)
    if kafka.security_protocol.startswith("SASL"):
        assert kafka.username is not None and kafka.password is not None  # load_settings saw to it
        return faust.SASLCredentials(
            username=kafka.username, password=kafka.password.get_secret_value(), mechanism=kafka.sasl_mechanism, ssl_context=context
        )
    return None if context is None else faust.SSLCredentials(context=context)


def _faust_app(settings: Settings, worker: Worker, loop: asyncio.AbstractEventLoop, consume: Callable[[Any], Awaitable[None]]) -> faust.App:
    """The application with every setting on which nothing being lost depends (tried on a real broker; see ARCHITECTURE.md)."""
    runner = settings.runner
    app = _App(
        worker.name,
        version=1,
        loop=loop,
        autodiscover=False,
        Event=_Event,
        broker=[f"kafka://{server.strip()}" for server in servers(settings.kafka).split(",")],
        broker_credentials=_credentials(settings.kafka),
        key_serializer="raw",
        value_serializer="raw",
        store="memory://",
        agent_supervisor=mode.CrashingSupervisor,
        consumer_auto_offset_reset="earliest",
        topic_allow_declare=False,
        topic_disable_leader=True,
        table_standby_replicas=0,  # aiokafka's round robin: members of a group cannot mix assignors, so never change it
        web_enabled=False,
        stream_wait_empty=True,
        stream_buffer_maxsize=64,
        broker_max_poll_records=50,
        broker_max_poll_interval=86_400,  # the check is the client's own, and it hangs for ever where it strikes
        broker_commit_interval=1.0,
        broker_session_timeout=runner.session_timeout_s,
        broker_heartbeat_interval=min(3.0, runner.session_timeout_s / 3),
        broker_request_timeout=max(90.0, runner.session_timeout_s + 10),
        broker_rebalance_timeout=_rebalance_timeout_s(runner),
        producer_request_timeout=120,
        worker_redirect_stdouts=False,
    )
    cast("Any", app.transport).Consumer = _Consumer
    topic = app.topic(worker.topic.name, key_type=bytes, value_type=bytes, key_serializer="raw", value_serializer="raw", allow_empty=True)
    app.agent(topic, name=worker.name, concurrency=1)(consume)
    return app


def _rebalance_timeout_s(runner: RunnerSettings) -> float:
    """A rebalance waits for what is in flight, and that may take all its tries."""
    return max(60.0, runner.max_tries * (runner.task_timeout_s + MAX_BACKOFF_S) + 15)
