"""Serving an HTTP application: a listener whose port is known before the first request, and a stop by signal with exit code 0."""

from __future__ import annotations

import asyncio
import signal
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import uvicorn

from services.runtime.errors import ConfigError


@contextmanager
def listening(host: str, port: int, *, setting: str) -> Iterator[tuple[socket.socket, str]]:
    """A bound listener, and the address at which this machine reaches it. Raises `ConfigError` that names the port's `setting`.

    It refuses connections until `listen` is called on it, which is to be done before the address is told to anybody.
    """
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)[0]
        listener = socket.socket(family, kind, protocol)
        try:
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            listener.bind(address)
        except OSError:
            listener.close()
            raise
    except OSError as error:
        raise ConfigError(
            f"cannot listen on {host}:{port} ({error.strerror or error}); "
            f"set another MUSAFAHA_HTTP__HOST or {setting} (0 takes a free one)."
        ) from error
    with listener:
        yield listener, _reachable(host, listener)


async def serve(app: Any, listener: socket.socket, *, drain_s: int) -> None:
    """Serve an ASGI `app` until SIGTERM or SIGINT; requests under way then get `drain_s` seconds."""
    server = _Server(uvicorn.Config(app, log_config=None, access_log=False, server_header=False, timeout_graceful_shutdown=drain_s))
    loop = asyncio.get_running_loop()

    def stop() -> None:
        server.should_exit = True

    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop)
    try:
        await server.serve(sockets=[listener])
    finally:
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.remove_signal_handler(number)


class _Server(uvicorn.Server):
    """Uvicorn that leaves signals to us: by itself it would end the process by the signal instead of with exit code 0."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


def _reachable(host: str, listener: socket.socket) -> str:
    port = listener.getsockname()[1]
    local = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104
    return f"http://[{local}]:{port}" if ":" in local else f"http://{local}:{port}"
