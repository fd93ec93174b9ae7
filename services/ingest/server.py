"""Uvicorn inside our own process: a socket that is ours, and signals that end it in order."""

from __future__ import annotations

import asyncio
import signal
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Self

import uvicorn
from fastapi import FastAPI

from services.runtime.errors import ConfigError
from services.runtime.settings import HttpSettings, IngestSettings


def server_of(app: FastAPI, *, drain_s: int) -> uvicorn.Server:
    """A server of this application, to be served on a socket of ours. `drain_s`: seconds that requests under way get at the end."""
    return _Server(uvicorn.Config(app, log_config=None, access_log=False, timeout_graceful_shutdown=drain_s, server_header=False))


class _Server(uvicorn.Server):
    """Uvicorn that leaves signals to us: by itself it would end the process by the signal instead of with exit code 0."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


class Signals:
    """SIGTERM and SIGINT as a wish to stop: the `server` drains; while there is none yet, the task that entered is cancelled."""

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


@contextmanager
def bound(http: HttpSettings, ingest: IngestSettings) -> Iterator[socket.socket]:
    """A socket bound to where ingest shall listen, not listening yet. Raises `ConfigError` when the port can't be had."""
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


def address_of(host: str, listener: socket.socket) -> str:
    """Where this machine reaches the listener."""
    port = listener.getsockname()[1]
    reachable = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104
    return f"http://[{reachable}]:{port}" if ":" in reachable else f"http://{reachable}:{port}"
