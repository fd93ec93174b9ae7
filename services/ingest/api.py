"""`POST /v1/articles`: articles pushed over HTTP, answered when the broker has confirmed them."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Sequence
from typing import Any, Protocol

from fastapi import APIRouter, FastAPI, Request
from fastapi.responses import JSONResponse
from starlette.requests import ClientDisconnect

from schemas.article import ArticleDraft
from services.ingest.accept import Reason
from services.ingest.intake import Kind, Outcome, Result
from services.ingest.jsontext import BadJson, parse_json
from services.runtime.errors import StoreUnavailable
from services.runtime.settings import HttpSettings
from services.runtime.web import error_response, protect

log = logging.getLogger(__name__)

MAX_ITEMS = 1_000
"""Articles in one request."""
RETRY_AFTER_S = 5
"""Seconds a client is asked to wait when the broker or the store is away."""
BODY_TIMEOUT_S = 60
"""Seconds a request body may take to arrive."""
_DRAIN_FACTOR = 8
"""A body that is too large is read on and dropped up to this many times the limit, so that its sender gets to read the answer."""


class Submit(Protocol):
    """What takes articles: `Intake.submit`."""

    async def __call__(self, items: Sequence[object], *, kind: Kind) -> list[Result]: ...


class Refused(Exception):
    """A request that is answered with an error as a whole."""

    def __init__(self, status: int, code: str, message: str, **headers: str) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.message = message
        self.headers = headers


def create_app(submit: Submit, *, max_body_bytes: int, http: HttpSettings, ops: APIRouter) -> FastAPI:
    """The HTTP application of ingest."""
    app = FastAPI(title="Musafaha ingest", docs_url=None, redoc_url=None)
    app.include_router(ops)

    @app.exception_handler(Refused)
    async def refuse(_: Request, problem: Exception) -> JSONResponse:
        assert isinstance(problem, Refused)
        return error_response(problem.status, problem.code, problem.message, headers=problem.headers)

    @app.post("/v1/articles", status_code=202, openapi_extra=_documented())
    async def post_articles(request: Request) -> JSONResponse:
        """Put one article or a list of them on the topic. Answers 202 when the broker has confirmed all that are new."""
        require_json(request.headers.get("content-type"), request.headers.get("content-encoding"))
        try:
            async with asyncio.timeout(BODY_TIMEOUT_S):
                body = await read_body(request.headers.get("content-length"), request.stream(), max_bytes=max_body_bytes)
        except TimeoutError as error:
            detail = f"the body did not come within {BODY_TIMEOUT_S} s"
            raise Refused(408, "timeout", detail, Connection="close") from error
        except ClientDisconnect as error:
            raise Refused(400, "disconnected", "the body ended early") from error  # nobody is there to read this
        items = read_items(body)
        try:
            results = await submit(items, kind="push")
        except StoreUnavailable as error:
            log.warning("ingest.store_unavailable", extra={"reason": str(error)})
            detail = "the store of articles seen is away; hand the articles in again"
            raise Refused(503, "store_unavailable", detail, **{"Retry-After": str(RETRY_AFTER_S)}) from error
        status = status_of(results)
        headers = {"Retry-After": str(RETRY_AFTER_S)} if status == 503 else None
        return JSONResponse({"results": [_shown(i, result) for i, result in enumerate(results)]}, status_code=status, headers=headers)

    protect(app, http)
    return app


def require_json(content_type: str | None, content_encoding: str | None) -> None:
    """Raise `Refused` (415) unless the body is declared as plain JSON in UTF-8.

    The type must be declared: a web page that somebody visits can post to loopback ports, but not with this type.
    """
    kind, _, parameters = (content_type or "").partition(";")
    if kind.strip().lower() != "application/json":
        said = f"this is {kind.strip()[:80]!r}" if kind.strip() else "none is given"
        raise Refused(415, "unsupported_media_type", f"send `Content-Type: application/json`; {said}")
    for parameter in parameters.split(";"):
        name, _, value = parameter.partition("=")
        charset = value.strip().strip('"')
        if name.strip().lower() == "charset" and charset.lower() not in ("utf-8", "utf8"):
            raise Refused(415, "unsupported_charset", f"JSON is UTF-8; the request declares {charset[:40]!r}. Convert it first.")
    if content_encoding is not None and content_encoding.strip().lower() not in ("", "identity"):
        raise Refused(415, "unsupported_encoding", f"send the body uncompressed; the request declares {content_encoding[:40]!r}")


async def read_body(content_length: str | None, chunks: AsyncIterator[bytes], *, max_bytes: int) -> bytes:
    """The whole body. Raises `Refused` (413) when it is longer than `max_bytes`, of which no more is ever held in memory."""
    declared = int(content_length) if content_length and content_length.isdecimal() else 0
    body = bytearray()
    size = 0
    async for chunk in chunks:
        size += len(chunk)
        if max(size, declared) <= max_bytes:
            body += chunk
        else:
            body.clear()
        if size > _DRAIN_FACTOR * max_bytes:
            break
    if max(size, declared) > max_bytes:
        detail = f"the body has {'at least ' if size < declared else ''}{max(size, declared):,} bytes; {max_bytes:,} are allowed"
        raise Refused(413, "body_too_large", f"{detail}. Send fewer articles at once.", Connection="close")
    return bytes(body)


def read_items(body: bytes) -> list[object]:
    """The articles in a body: a JSON object is one, a list holds several. Raises `Refused` (400, 413)."""
    try:
        value = parse_json(body.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        raise Refused(400, "bad_encoding", f"the body is not UTF-8: byte {error.start} is 0x{body[error.start]:02x}") from error
    except BadJson as error:
        where = "" if error.line is None else f" at line {error.line}, column {error.column}"
        raise Refused(400, "bad_json", f"the body can't be read: {error}{where}") from error
    items = value if isinstance(value, list) else [value]
    if len(items) > MAX_ITEMS:
        raise Refused(413, "too_many_articles", f"the list has {len(items):,} articles; {MAX_ITEMS:,} are allowed in one request")
    return items


def status_of(results: Sequence[Result]) -> int:
    """The status of the whole answer: the one that asks most of the client."""
    if any(result.outcome is Outcome.UNCONFIRMED for result in results):
        return 503
    refusals = {result.reason for result in results if result.outcome is Outcome.REFUSED}
    if Reason.TOO_LARGE in refusals:
        return 413
    return 422 if refusals else 202


def _shown(index: int, result: Result) -> dict[str, object]:
    return {"index": index, "id": result.id, "outcome": result.outcome, "reason": result.reason, "detail": result.detail}


def _documented() -> dict[str, Any]:
    article = ArticleDraft.model_json_schema()
    definitions = article.pop("$defs", {})
    for inner in definitions.values():
        inner.pop("title", None)
    source = definitions.get("SourceDraft", {})
    article["properties"]["source"] = source
    body = {"oneOf": [article, {"type": "array", "items": article, "maxItems": MAX_ITEMS}]}
    return {"requestBody": {"required": True, "content": {"application/json": {"schema": body}}}}
