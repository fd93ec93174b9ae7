"""What every FastAPI application of ours has in common: who may ask, and the shape of what went wrong.

Not here: which of a service's own errors is which answer.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence

from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Receive, Scope, Send

from services.runtime.access import NO_KEY, WRONG_HOST, bears_key, is_for_us
from services.runtime.problems import FieldProblem, code_of, error_body
from services.runtime.settings import HttpSettings

log = logging.getLogger(__name__)


def error_response(
    status: int, code: str, message: str, *, fields: Sequence[FieldProblem] = (), headers: Mapping[str, str] | None = None
) -> JSONResponse:
    """An answer in the one shape of errors."""
    return JSONResponse(error_body(code, message, fields=fields), status_code=status, headers=headers)


def protect(app: FastAPI, http: HttpSettings) -> None:
    """Let in only who may ask, whatever the path, and answer in the one shape what is refused or breaks. To be called last."""

    @app.exception_handler(HTTPException)
    async def refused(_: Request, error: HTTPException) -> JSONResponse:
        return error_response(error.status_code, code_of(error.status_code), str(error.detail), headers=error.headers)

    @app.exception_handler(Exception)
    async def broken(_: Request, error: Exception) -> JSONResponse:
        log.error("http.broken", exc_info=error)
        return error_response(500, "internal", "something is wrong on our side; it was logged")

    app.add_middleware(Admission, http=http)  # the last one added sees a request first


class Admission:
    """Answers requests that are for another host (421) or bear no API key (401) before anybody looks at them."""

    def __init__(self, app: ASGIApp, *, http: HttpSettings) -> None:
        self._app = app
        self._http = http

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on, or refuse."""
        refusal = None if scope["type"] == "lifespan" else self._refusal(scope)
        if refusal is None:
            await self._app(scope, receive, send)
        elif scope["type"] == "http":
            await refusal(scope, receive, send)
        else:  # a web socket that is closed before it was accepted is answered 403
            await send({"type": "websocket.close", "code": 1008, "reason": ""})

    def _refusal(self, scope: Scope) -> JSONResponse | None:
        if not is_for_us(_values(scope, b"host"), listening_on=self._http.host):
            return error_response(421, "wrong_host", WRONG_HOST)
        if not bears_key(scope["path"], _values(scope, b"authorization"), self._http.api_key):
            return error_response(401, code_of(401), NO_KEY, headers={"WWW-Authenticate": "Bearer"})
        return None


def _values(scope: Scope, header: bytes) -> list[bytes]:
    return [value for name, value in scope["headers"] if name == header]
