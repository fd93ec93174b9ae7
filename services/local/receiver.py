"""A webhook receiver on loopback that checks every signature with the public Standard Webhooks library, as a subscriber should."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any, Self

from aiohttp import web
from standardwebhooks import Webhook, WebhookVerificationError

PATH = "/webhook"


@dataclass(frozen=True, slots=True)
class Received:
    """A request that came: its `webhook-id`, and the notice when the signature held."""

    webhook_id: str
    notice: dict[str, Any] | None
    problem: str | None = None


@dataclass(slots=True)
class Receiver:
    """Listens from `async with` to its end. `secret` must be set before the first webhook comes.

    `transit` is what happens to a body on its way; a test puts a man in the middle there.
    """

    transit: Callable[[bytes], bytes] = bytes
    secret: str | None = None
    seen: list[Received] = field(default_factory=list)
    arrival: asyncio.Event = field(default_factory=asyncio.Event)
    url: str = ""
    _runner: web.AppRunner | None = None

    async def __aenter__(self) -> Self:
        application = web.Application(client_max_size=1_000_000)
        application.router.add_post(PATH, self._take)
        self._runner = web.AppRunner(application, access_log=None)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", 0)
        await site.start()
        port = self._runner.addresses[0][1]
        self.url = f"http://127.0.0.1:{port}{PATH}"
        return self

    async def __aexit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        if self._runner is not None:
            await self._runner.cleanup()

    async def _take(self, request: web.Request) -> web.Response:
        body = self.transit(await request.read())
        received = self._check(body, {name.lower(): value for name, value in request.headers.items()})
        self.seen.append(received)
        self.arrival.set()
        return web.Response(status=204 if received.problem is None else 400)

    def _check(self, body: bytes, headers: dict[str, str]) -> Received:
        webhook_id = headers.get("webhook-id", "")
        if self.secret is None:
            return Received(webhook_id, None, "it came before the subscription was made")
        try:
            Webhook(self.secret).verify(body, headers)
            return Received(webhook_id, json.loads(body))
        except (WebhookVerificationError, ValueError) as error:
            return Received(webhook_id, None, f"the signature does not hold: {error}")
