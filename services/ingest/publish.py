"""Where `musafaha publish` puts articles: through the ingest that runs, or as the store's owner straight on the topic."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any, Protocol

import httpx

from schemas.topics import ARTICLES
from services.ingest.accept import Reason
from services.ingest.api import MAX_ITEMS, RETRY_AFTER_S
from services.ingest.app import limits_of, opened_store
from services.ingest.intake import Intake, Outcome, Result
from services.ingest.ownership import Owned, own
from services.runtime.clock import utc_now
from services.runtime.errors import CommandError
from services.runtime.kafka import Producer, ensure_topics, servers
from services.runtime.settings import Settings

PATIENCE_S = 60.0
"""Seconds that a running ingest which says "not now" is asked again."""
OWNER_PATIENCE_S = 15.0
"""Seconds that a starting ingest gets to say where it listens."""


class Target(Protocol):
    """What takes articles, one result each."""

    async def submit(self, items: Sequence[object]) -> list[Result]:
        """Raises `CommandError` when the articles can't be handed over at all, `StoreUnavailable` when the store is away."""


@asynccontextmanager
async def target(settings: Settings) -> AsyncIterator[Target]:
    """The running ingest of this store, or this process as its owner. Raises errors of ours when there is neither."""
    deadline = time.monotonic() + OWNER_PATIENCE_S
    while True:
        try:
            with own(settings.ingest.store):
                async with _direct(settings) as direct:
                    yield direct
                return
        except Owned as error:
            owner = error.owner
        if owner is not None and owner.address is not None:
            async with _client(settings, owner.address) as client:
                yield OverHttp(client)
            return
        if time.monotonic() > deadline:
            who = f"process {owner.pid}" if owner else "another process"
            raise CommandError(f"{who} uses {settings.ingest.store} and takes no articles; wait until it has ended and try again")
        await asyncio.sleep(0.2)


@asynccontextmanager
async def _direct(settings: Settings) -> AsyncIterator[Target]:
    servers(settings.kafka)
    await ensure_topics(settings.kafka, [ARTICLES])
    async with Producer(settings.kafka) as producer, opened_store(settings) as store:
        yield Direct(Intake(sender=producer, memory=store, clock=utc_now, limits=limits_of(settings.ingest)))


def _client(settings: Settings, address: str) -> httpx.AsyncClient:
    key = settings.http.api_key
    headers = {"Content-Type": "application/json"} | ({"Authorization": f"Bearer {key.get_secret_value()}"} if key else {})
    # Longer than the producer of the other side waits for its confirmation. No proxy: the other side is on this machine.
    return httpx.AsyncClient(base_url=address, headers=headers, timeout=90.0, trust_env=False)


class Direct:
    """This process owns the store and puts articles on the topic itself."""

    def __init__(self, intake: Intake) -> None:
        self._intake = intake

    async def submit(self, items: Sequence[object]) -> list[Result]:
        """Raises `StoreUnavailable`."""
        return await self._intake.submit(items, kind="file")


class OverHttp:
    """The running ingest, over `POST /v1/articles`. Seconds: `patience_s` in all, `retry_s` between two requests."""

    def __init__(self, client: httpx.AsyncClient, *, patience_s: float = PATIENCE_S, retry_s: float = RETRY_AFTER_S) -> None:
        self._client = client
        self._patience_s = patience_s
        self._retry_s = retry_s

    async def submit(self, items: Sequence[object]) -> list[Result]:
        """Hand articles over; what is not confirmed is handed over again for a while. Raises `CommandError`."""
        results = [_UNANSWERED] * len(items)
        open_ = list(range(len(items)))
        deadline = time.monotonic() + self._patience_s
        while open_:
            answers = await self._post([items[index] for index in open_])
            for index, answer in zip(open_, answers, strict=True):
                results[index] = answer
            open_ = [index for index in open_ if results[index].outcome is Outcome.UNCONFIRMED]
            if open_ and time.monotonic() + self._retry_s > deadline:
                break
            if open_:
                await asyncio.sleep(self._retry_s)
        return results

    async def _post(self, items: Sequence[object]) -> list[Result]:
        """One request; in halves when it is too large for the other side."""
        if len(items) > MAX_ITEMS:
            return await self._in_halves(items)
        try:
            response = await self._client.post("/v1/articles", content=json.dumps(items).encode())
        except httpx.TransportError as error:
            raise CommandError(
                f"ingest at {self._client.base_url} does not answer ({error!r}). Is it stopping? Try again: repeating is harmless"
            ) from error
        answer = _object(response)
        if isinstance(answer.get("results"), list):
            return [_result(shown) for shown in answer["results"]]
        if response.status_code == 503:
            return [_UNANSWERED] * len(items)
        if response.status_code == 413 and len(items) > 1:
            return await self._in_halves(items)
        if response.status_code == 413:
            return [Result(Outcome.REFUSED, None, Reason.TOO_LARGE, _message(response, answer))]
        hint = ". Set MUSAFAHA_HTTP__API_KEY to the key it was started with" if response.status_code == 401 else ""
        raise CommandError(f"ingest at {self._client.base_url} answers {response.status_code}: {_message(response, answer)}{hint}")

    async def _in_halves(self, items: Sequence[object]) -> list[Result]:
        half = len(items) // 2
        return [*await self._post(items[:half]), *await self._post(items[half:])]


def _object(response: httpx.Response) -> dict[str, Any]:
    try:
        answer = response.json()
    except ValueError:
        answer = None
    return answer if isinstance(answer, dict) else {}


def _message(response: httpx.Response, answer: dict[str, Any]) -> str:
    """What ingest said, or what stands there when somebody else answered."""
    error = answer.get("error")
    return str(error["message"]) if isinstance(error, dict) and "message" in error else response.text[:200]


def _result(shown: dict[str, Any]) -> Result:
    return Result(Outcome(shown["outcome"]), shown["id"], shown["reason"], shown["detail"])


_UNANSWERED = Result(Outcome.UNCONFIRMED, None, "unavailable", "ingest could not take it in time; try again: repeating is harmless")
