"""The process of ingest: articles pushed over HTTP and read from feeds go to `musafaha.articles.v1`."""

from __future__ import annotations

import asyncio
import logging
import signal
import socket
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from datetime import timedelta
from importlib.metadata import version
from typing import Self

import uvicorn

from schemas.topics import ARTICLES
from services.ingest.accept import Limits
from services.ingest.api import create_app
from services.ingest.intake import Intake
from services.ingest.ownership import Owned, Ownership, own
from services.ingest.store import IngestStore
from services.runtime import metrics
from services.runtime.clock import utc_now
from services.runtime.errors import CommandError, ConfigError, StoreUnavailable
from services.runtime.health import Health, ops_router
from services.runtime.kafka import Producer, ensure_topics
from services.runtime.logs import configure_logging
from services.runtime.settings import HttpSettings, IngestSettings, Settings

log = logging.getLogger(__name__)

CONFIRM_WITHIN_S = 15.0
"""Seconds a request waits for the broker before it is answered 503: a broker that is started again is back by then."""
DRAIN_S = 20
"""Seconds that requests under way get after SIGTERM: a little more than they may wait for the broker."""


def main(settings: Settings) -> int:
    """Serve until SIGTERM or SIGINT, then finish what is under way; the exit code. Raises errors of ours when it can't start."""
    configure_logging(settings.logs)
    metrics.describe_build(version("musafaha"))
    try:
        with own(settings.ingest.store) as ownership:
            asyncio.run(_run(settings, ownership))
    except Owned as error:
        raise CommandError(f"{settings.ingest.store}: {error}; one process at a time may use it") from error
    except asyncio.CancelledError:
        log.info("ingest.stopped")  # by a signal, before it was ready
    return 0


async def _run(settings: Settings, ownership: Ownership) -> None:
    """Start what is needed, serve, and stop in reverse order."""
    with _Signals() as signals, _bound(settings.http, settings.ingest) as listener:
        await ensure_topics(settings.kafka, [ARTICLES])
        async with Producer(settings.kafka, confirm_within_s=CONFIRM_WITHIN_S) as producer, opened_store(settings) as store:
            intake = Intake(sender=producer, memory=store, clock=utc_now, limits=limits_of(settings.ingest))
            server = _server(settings, intake, store)
            listener.listen()
            address = _address(settings.http.host, listener)
            ownership.announce(address)
            log.info("ingest.listening", extra={"address": address})
            signals.server = server
            await server.serve(sockets=[listener])
            log.info("ingest.stopped")


def _server(settings: Settings, intake: Intake, store: IngestStore) -> uvicorn.Server:
    health = Health()
    health.add_check("store", lambda: _store_complaint(store))
    key = settings.http.api_key
    ops = ops_router(health, api_key=key)
    app = create_app(intake.submit, max_body_bytes=settings.ingest.max_body_bytes, api_key=key, ops=ops)
    return _Server(uvicorn.Config(app, log_config=None, access_log=False, timeout_graceful_shutdown=DRAIN_S, server_header=False))


def limits_of(ingest: IngestSettings) -> Limits:
    """The limits that the settings give an article."""
    return Limits(max_bytes=ingest.max_article_bytes, max_future=timedelta(seconds=ingest.max_future_s))


@asynccontextmanager
async def opened_store(settings: Settings) -> AsyncIterator[IngestStore]:
    """The store of articles seen; its lock must be held."""
    store = await IngestStore.open(settings.ingest.store, busy_timeout_ms=settings.store.busy_timeout_ms)
    try:
        yield store
    finally:
        await store.close()


class _Server(uvicorn.Server):
    """Uvicorn that leaves signals to us: by itself it would end the process by the signal instead of with exit code 0."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


class _Signals:
    """SIGTERM and SIGINT as a wish to stop: a server drains, and what has not come so far is cancelled."""

    NUMBERS = (signal.SIGTERM, signal.SIGINT)

    def __init__(self) -> None:
        self.server: uvicorn.Server | None = None

    def __enter__(self) -> Self:
        task = asyncio.current_task()
        assert task is not None
        for number in self.NUMBERS:
            asyncio.get_running_loop().add_signal_handler(number, self._stop, task)
        return self

    def __exit__(self, *_: object) -> None:
        for number in self.NUMBERS:
            asyncio.get_running_loop().remove_signal_handler(number)

    def _stop(self, task: asyncio.Task[None]) -> None:
        if self.server is None:
            task.cancel()
        else:
            self.server.should_exit = True


async def _store_complaint(store: IngestStore) -> str | None:
    try:
        await store.last_seen(["readiness"])
    except StoreUnavailable as error:
        return str(error)
    return None


@contextmanager
def _bound(http: HttpSettings, ingest: IngestSettings) -> Iterator[socket.socket]:
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(http.host, ingest.port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)[0]
        listener = socket.socket(family, kind, protocol)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(address)
    except OSError as error:
        raise ConfigError(
            f"cannot listen on {http.host}:{ingest.port} ({error.strerror or error}); "
            "set another MUSAFAHA_HTTP__HOST or MUSAFAHA_INGEST__PORT (0 takes a free one)."
        ) from error
    with listener:
        yield listener


def _address(host: str, listener: socket.socket) -> str:
    """Where this machine reaches the listener."""
    port = listener.getsockname()[1]
    reachable = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104
    return f"http://[{reachable}]:{port}" if ":" in reachable else f"http://{reachable}:{port}"
