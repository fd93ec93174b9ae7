"""Is this process alive, is it ready, what do its metrics say: one `Health` per process and the three HTTP paths that show it.

`/livez` and `/readyz` are open; `/metrics` needs the API key when one is set. Not here: what a check checks.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from services.runtime import metrics
from services.runtime.access import NO_KEY, WRONG_HOST, bears_key, is_for_us
from services.runtime.errors import ConfigError
from services.runtime.problems import code_of, error_body
from services.runtime.settings import HttpSettings

if TYPE_CHECKING:
    from aiohttp import web
    from aiohttp.typedefs import Handler, Middleware
    from fastapi import APIRouter

log = logging.getLogger(__name__)

Probe = Callable[[], "Awaitable[str | None] | str | None"]
"""Answers `None` when all is well, else what is wrong in a few words. May be `async`."""

PROBE_TIMEOUT_S = 2.0
"""A check that takes longer has failed: who asks for health does not wait."""


@dataclass(frozen=True, slots=True)
class Report:
    """The answer of all checks of one kind: name -> `ok`, or what is wrong."""

    checks: dict[str, str]

    @property
    def ok(self) -> bool:
        """Whether every check passed."""
        return all(state == "ok" for state in self.checks.values())


class Health:
    """Named checks and marks of progress of one process.

    Liveness says that a restart would help, readiness that work can be done now; a database that is away makes unready, not dead.
    """

    def __init__(self, *, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._monotonic = monotonic
        self._live: dict[str, Probe] = {}
        self._ready: dict[str, Probe] = {}
        self._progress: dict[str, float] = {}

    def add_live_check(self, name: str, probe: Probe) -> None:
        """Let `/livez` fail, and the process be restarted, while `probe` complains."""
        self._live[name] = probe

    def add_check(self, name: str, probe: Probe) -> None:
        """Let `/readyz` fail while `probe` complains."""
        self._ready[name] = probe
        metrics.READY.labels(name).set(0)

    def progress(self, task: str) -> None:
        """Note that the loop `task` has just got something done (or found nothing to do)."""
        self._progress[task] = self._monotonic()
        metrics.PROGRESS.labels(task).set_to_current_time()

    def age_s(self, task: str) -> float | None:
        """Seconds since the last progress of `task`; `None` when there was none yet."""
        at = self._progress.get(task)
        return None if at is None else self._monotonic() - at

    async def live(self) -> Report:
        """Ask the liveness checks."""
        return Report(await _ask_all(self._live))

    async def ready(self) -> Report:
        """Ask the readiness checks and show their states as the metric `ready`."""
        report = Report(await _ask_all(self._ready))
        for name, state in report.checks.items():
            metrics.READY.labels(name).set(1 if state == "ok" else 0)
        return report


async def _ask_all(probes: dict[str, Probe]) -> dict[str, str]:
    states = await asyncio.gather(*(_ask(probe) for probe in probes.values()))
    return dict(zip(probes, states, strict=True))


async def _ask(probe: Probe) -> str:
    try:
        async with asyncio.timeout(PROBE_TIMEOUT_S):
            answer = probe()
            complaint = answer if answer is None or isinstance(answer, str) else await answer
    except TimeoutError:
        return f"no answer within {PROBE_TIMEOUT_S:g} s"
    except Exception as error:  # a broken check is a failed check, never a failed request
        log.warning("health.check_failed", exc_info=True)
        return type(error).__name__
    return complaint or "ok"


def ops_router(health: Health) -> APIRouter:
    """`/livez`, `/readyz` and `/metrics` for a FastAPI process, whose application `web.protect` must guard."""
    from fastapi import APIRouter
    from fastapi.responses import JSONResponse, Response

    router = APIRouter(include_in_schema=False)

    def answer(report: Report) -> Response:
        return JSONResponse({"ok": report.ok, "checks": report.checks}, status_code=200 if report.ok else 503)

    @router.get("/livez")
    async def livez() -> Response:
        return answer(await health.live())

    @router.get("/readyz")
    async def readyz() -> Response:
        return answer(await health.ready())

    @router.get("/metrics")
    async def show_metrics() -> Response:
        body, content_type = metrics.render()
        return Response(body, headers={"content-type": content_type})

    return router


class OpsSite:
    """The three paths on a port of their own, for a process that serves no other HTTP."""

    def __init__(self, health: Health, http: HttpSettings, port: int) -> None:
        self._health = health
        self._http = http
        self._asked_port = port
        self._runner: web.AppRunner | None = None
        self.port: int | None = None
        """The port that is listened on, once started."""

    async def start(self) -> None:
        """Listen, and log `ops.listening` with the port. Raises `ConfigError` when the port cannot be had."""
        from aiohttp import web

        app = web.Application(middlewares=[_admission(self._http)])
        app.add_routes([web.get("/livez", self._livez), web.get("/readyz", self._readyz), web.get("/metrics", self._metrics)])
        self._runner = web.AppRunner(app, access_log=None, handle_signals=False, shutdown_timeout=1.0)
        await self._runner.setup()
        site = web.TCPSite(self._runner, self._http.host, self._asked_port)
        try:
            await site.start()
        except OSError as error:
            await self.stop()
            raise ConfigError(
                f"cannot listen on {self._http.host}:{self._asked_port} for health and metrics ({error.strerror}); "
                "set another port (MUSAFAHA_OPS__…_PORT), or 0 for a free one."
            ) from error
        self.port = self._runner.addresses[0][1]
        log.info("ops.listening", extra={"host": self._http.host, "port": self.port})

    async def stop(self) -> None:
        """Stop listening."""
        if self._runner is not None:
            await self._runner.cleanup()

    async def _livez(self, request: web.Request) -> web.Response:
        return _answer(await self._health.live())

    async def _readyz(self, request: web.Request) -> web.Response:
        return _answer(await self._health.ready())

    async def _metrics(self, request: web.Request) -> web.Response:
        from aiohttp import web

        body, content_type = metrics.render()
        return web.Response(body=body, headers={"Content-Type": content_type})


def _answer(report: Report) -> web.Response:
    from aiohttp import web

    return web.json_response({"ok": report.ok, "checks": report.checks}, status=200 if report.ok else 503)


def _admission(http: HttpSettings) -> Middleware:
    """What `web.protect` is for FastAPI: only who may ask is let in, and errors have the one shape."""
    from aiohttp import web

    def refusal(status: int, code: str, message: str, **headers: str) -> web.Response:
        return web.json_response(error_body(code, message), status=status, headers=headers)

    def values(request: web.Request, header: str) -> list[bytes]:
        return [value.encode("utf-8", "surrogateescape") for value in request.headers.getall(header, [])]

    @web.middleware
    async def admit(request: web.Request, handler: Handler) -> web.StreamResponse:
        if not is_for_us(values(request, "Host"), listening_on=http.host):
            return refusal(421, "wrong_host", WRONG_HOST)
        there = request.match_info.http_exception is None  # what is not there needs no key
        if there and not bears_key(request.path, values(request, "Authorization"), http.api_key):
            return refusal(401, code_of(401), NO_KEY, **{"WWW-Authenticate": "Bearer"})
        try:
            return await handler(request)
        except web.HTTPException as error:
            allow = {"Allow": error.headers["Allow"]} if "Allow" in error.headers else {}
            return refusal(error.status, code_of(error.status), error.reason, **allow)

    return admit
