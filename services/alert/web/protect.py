"""What every request passes before the application sees it: the API key, and a limit for its body."""

from __future__ import annotations

import hmac
from typing import Final

from pydantic import SecretStr
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from services.alert.web.errors import error_response

OPEN_PATHS: Final = frozenset({"/livez", "/readyz"})
MAX_BODY_BYTES: Final = 65_536


class RequireKey:
    """Lets through what bears the API key; without a key everything. Compared in constant time."""

    def __init__(self, app: ASGIApp, *, api_key: SecretStr | None) -> None:
        self._app = app
        self._expected = None if api_key is None else api_key.get_secret_value().encode()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on, or answer 401."""
        if scope["type"] == "http" and not self._may_pass(scope):
            message = "send the API key as `Authorization: Bearer <key>`"
            refusal = error_response(401, "unauthorized", message, headers={"WWW-Authenticate": "Bearer"})
            await refusal(scope, receive, send)
            return
        await self._app(scope, receive, send)

    def _may_pass(self, scope: Scope) -> bool:
        if self._expected is None or scope["path"] in OPEN_PATHS:
            return True
        given = [value for name, value in scope["headers"] if name == b"authorization"]
        scheme, _, key = given[0].partition(b" ") if len(given) == 1 else (b"", b"", b"")
        return scheme.lower() == b"bearer" and hmac.compare_digest(key.strip(), self._expected)


class LimitBody:
    """Answers 413 to a body above `MAX_BODY_BYTES`, whether its length is announced or not."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on with a bounded body."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        announced = next((value for name, value in scope["headers"] if name == b"content-length"), b"0")
        if announced.isdigit() and int(announced) > MAX_BODY_BYTES:
            await error_response(413, "too_large", _too_large())(scope, receive, send)
            return
        read = 0

        async def counted() -> Message:
            nonlocal read
            message = await receive()
            read += len(message.get("body", b""))
            if read > MAX_BODY_BYTES:
                raise HTTPException(413, _too_large())
            return message

        await self._app(scope, counted, send)


def _too_large() -> str:
    return f"the body is larger than {MAX_BODY_BYTES} bytes"
