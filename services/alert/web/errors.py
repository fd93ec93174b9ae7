"""Which error of alert is which answer of the API, in the one shape of errors."""

from __future__ import annotations

import logging
from typing import Final

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse

from services.alert.guard import VAGUE, TargetNotAllowed
from services.alert.subscriptions import BadCursor, Taken, Unknown
from services.runtime.errors import StoreUnavailable
from services.runtime.problems import FieldProblem
from services.runtime.web import error_response

log = logging.getLogger(__name__)

RETRY_AFTER_S: Final = 2
"""Seconds a client is asked to wait when the store is away."""


def _is_json(request: Request) -> bool:
    return request.headers.get("content-type", "").partition(";")[0].strip().lower() == "application/json"


def add_error_handlers(app: FastAPI) -> None:
    """Answer what is wrong with a request; nothing of it is repeated but names of fields."""

    @app.exception_handler(RequestValidationError)
    async def invalid(request: Request, error: RequestValidationError) -> JSONResponse:
        if request.method == "POST" and not _is_json(request):
            return error_response(415, "unsupported_media_type", "send JSON, with the header Content-Type: application/json")
        fields = [FieldProblem(field=".".join(str(part) for part in found["loc"]), message=found["msg"]) for found in error.errors()]
        return error_response(422, "invalid", "the request is not valid; see fields", fields=fields)

    @app.exception_handler(TargetNotAllowed)
    async def not_allowed(_: Request, error: TargetNotAllowed) -> JSONResponse:
        log.info("subscription.refused", extra={"reason": error.reason})
        code = "target_not_allowed" if str(error) == VAGUE else "invalid"
        return error_response(422, code, str(error), fields=[FieldProblem(field="body.url", message=str(error))])

    @app.exception_handler(Unknown)
    async def unknown(_: Request, error: Unknown) -> JSONResponse:
        return error_response(404, "not_found", str(error))

    @app.exception_handler(Taken)
    async def taken(_: Request, error: Taken) -> JSONResponse:
        return error_response(409, "conflict", str(error), fields=[FieldProblem(field="body.id", message=str(error))])

    @app.exception_handler(BadCursor)
    async def bad_cursor(_: Request, error: BadCursor) -> JSONResponse:
        return error_response(422, "invalid", str(error), fields=[FieldProblem(field="query.cursor", message=str(error))])

    @app.exception_handler(StoreUnavailable)
    async def store_away(_: Request, error: StoreUnavailable) -> JSONResponse:
        log.warning("api.store_unavailable", extra={"reason": str(error)})
        message = "the store is away; repeat the request"
        return error_response(503, "unavailable", message, headers={"Retry-After": str(RETRY_AFTER_S)})
