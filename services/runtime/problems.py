"""What went wrong, in one JSON shape for every path of every process: `{"error": {"code", "message", "fields"}}`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from pydantic import BaseModel

_CODES: Final = {400: "bad_request", 401: "unauthorized", 404: "not_found", 405: "method_not_allowed", 413: "too_large"}


class FieldProblem(BaseModel):
    """What is wrong with one field of the request."""

    field: str
    message: str


class Problem(BaseModel):
    """`code` is for programs, `message` for people; `fields` is empty unless single fields are to blame."""

    code: str
    message: str
    fields: list[FieldProblem] = []


class ErrorBody(BaseModel):
    """The body of every answer that is no success."""

    error: Problem


def error_body(code: str, message: str, *, fields: Sequence[FieldProblem] = ()) -> dict[str, Any]:
    """The one shape of errors, as JSON values."""
    return ErrorBody(error=Problem(code=code, message=message, fields=list(fields))).model_dump()


def code_of(status: int) -> str:
    """The code of an error of which only the HTTP status is known."""
    return _CODES.get(status, "error")
