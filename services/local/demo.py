"""The demo: sample articles through the whole line, and a check that exactly the expected webhooks come, each rightly signed."""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from typing import Any

import httpx
from aiokafka import AIOKafkaConsumer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from schemas.topics import EVENTS, NOTICES
from services.local.expected import Samples, compare
from services.local.line import Line
from services.local.receiver import Receiver
from services.runtime.errors import CommandError
from services.runtime.kafka import client_arguments
from services.runtime.settings import KafkaSettings

SUBSCRIPTION = "demo"
LINKED_WITHIN_S = 60.0
TOLD_WITHIN_S = 60.0
QUIET_S = 2.0
"""Seconds without any webhook, with nothing left to send, after which no other one is expected."""
_POLL_S = 0.05


@dataclass(slots=True)
class Screen:
    """Shows what happens: coloured on a terminal, one plain line a happening otherwise."""

    console: Console

    def step(self, text: str) -> None:
        """Something about the line itself."""
        self._line("·", text, "dim")

    def article(self, article: Mapping[str, Any]) -> None:
        """An article was accepted."""
        self._line("article", f"{article['id']}  {article.get('title') or ''}", "cyan")

    def event(self, event: Mapping[str, Any]) -> None:
        """The extractor read an event."""
        state = event.get("stage") or event.get("status") or event.get("action")
        told = f"{event['type']} {state}  {'-'.join(event['parties'])}  {', '.join(event.get('domains') or [])}"
        self._line("event", f"{told.strip()}  ({event['discourse']}, {event['article']['id']})", "magenta")

    def linked(self, article_id: str, reports: list[Mapping[str, Any]]) -> None:
        """Alert linked an article's events to developments."""
        for report in reports:
            self._line("development", f"{report['development']}  {report['reason']['rule']}  {report['reason']['key']}", "blue")
        if not reports:
            self._line("development", f"none: {article_id} tells nothing of the watched states", "dim")

    def notice(self, notice: Mapping[str, Any]) -> None:
        """A notice stands on its topic."""
        self._line("notice", f"{notice['type']}  {notice['data']['title']}", "yellow")

    def webhook(self, webhook_id: str, notice: Mapping[str, Any] | None, problem: str | None) -> None:
        """A webhook came to our receiver."""
        if notice is None:
            self._line("webhook", f"{webhook_id}  REFUSED: {problem}", "red")
        else:
            self._line("webhook", f"{notice['type']}  {webhook_id}  signature verified", "green")

    def _line(self, what: str, text: str, style: str) -> None:
        self.console.print(f"[{style}]{what:<12}[/{style}] {escape(text)}", soft_wrap=True, highlight=False)

    def verdict(self, rows: list[tuple[bool, str]]) -> None:
        """The expectations, met or not."""
        if not self.console.is_terminal:
            for met, text in rows:
                self.console.print(f"{'ok' if met else 'FAILED':<12} {escape(text)}", soft_wrap=True, highlight=False)
            return
        table = Table(show_header=False, box=None, padding=(0, 1))
        for met, text in rows:
            table.add_row("[green]✓[/green]" if met else "[red]✗[/red]", escape(text))
        self.console.print(table)


async def play(line: Line, samples: Samples, screen: Screen, receiver: Receiver) -> bool:
    """Feed the samples, wait for the webhooks and then for quiet; whether everything came as expected and nothing else."""
    headers = _authorisation(line.environment)
    async with (
        httpx.AsyncClient(trust_env=False, timeout=30, headers=headers) as client,
        _showing(line.kafka, screen),
    ):
        await _subscribe(client, line, receiver)
        shower = asyncio.create_task(_show_webhooks(receiver, screen))
        try:
            await asyncio.gather(*(_feed(client, line, samples, chain, screen) for chain in samples.chains))
            await _until_told(receiver, samples)
            await _until_quiet(client, line, receiver)
        finally:
            shower.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await shower
    return _judge(samples, receiver, screen)


def _authorisation(environment: Mapping[str, str]) -> dict[str, str]:
    key = environment.get("MUSAFAHA_HTTP__API_KEY")
    return {"authorization": f"Bearer {key}"} if key else {}


async def _subscribe(client: httpx.AsyncClient, line: Line, receiver: Receiver) -> None:
    answer = await client.post(f"{line.addresses.api}/v1/subscriptions", json={"id": SUBSCRIPTION, "url": receiver.url, "kinds": ["*"]})
    if answer.status_code != httpx.codes.CREATED:
        raise CommandError(f"the subscription was refused ({answer.status_code}): {answer.text}")
    receiver.secret = answer.json()["secret"]


async def _feed(client: httpx.AsyncClient, line: Line, samples: Samples, chain: tuple[str, ...], screen: Screen) -> None:
    """Publish a chain, each article once the one before is linked."""
    for name in chain:
        article = samples.articles[name]
        await publish(client, line.addresses.ingest, article)
        screen.article(article)
        screen.linked(name, await until_linked(client, line.addresses.api, name))


async def publish(client: httpx.AsyncClient, ingest: str, article: Mapping[str, Any]) -> None:
    """Hand an article in and repeat until the broker has confirmed it. Raises `CommandError` when it is refused."""
    while True:
        with contextlib.suppress(httpx.TransportError):
            answer = await client.post(f"{ingest}/v1/articles", json=dict(article))
            if answer.status_code == httpx.codes.ACCEPTED:
                return
            if answer.is_client_error:
                raise CommandError(f"article {article.get('id')} was refused ({answer.status_code}): {answer.text}")
        await asyncio.sleep(_POLL_S)


async def until_linked(
    client: httpx.AsyncClient, api: str, article_id: str, *, within_s: float = LINKED_WITHIN_S
) -> list[Mapping[str, Any]]:
    """Wait until alert has applied the article; the links of its events. Raises `CommandError` after `within_s` seconds."""
    deadline = asyncio.get_running_loop().time() + within_s
    while asyncio.get_running_loop().time() < deadline:
        with contextlib.suppress(httpx.TransportError):
            answer = await client.get(f"{api}/v1/articles/{article_id}")
            if answer.status_code == httpx.codes.OK:
                reports: list[Mapping[str, Any]] = answer.json()["reports"]
                return reports
        await asyncio.sleep(_POLL_S)
    raise CommandError(f"article {article_id} was not linked within {within_s:g} s; look at the logs of extract and alert.")


def told(receiver: Receiver) -> list[Mapping[str, Any]]:
    """The verified notices, each webhook-id once: a delivery may come twice, a notice is told once."""
    return list({received.webhook_id: received.notice for received in receiver.seen if received.notice is not None}.values())


async def _until_told(receiver: Receiver, samples: Samples) -> None:
    """Until every expected notice is there, something is wrong with a webhook, or the time is up."""
    deadline = asyncio.get_running_loop().time() + TOLD_WITHIN_S
    while asyncio.get_running_loop().time() < deadline:
        if any(received.problem for received in receiver.seen) or not compare(samples.notices, told(receiver))[0]:
            return
        await asyncio.sleep(_POLL_S)


async def _until_quiet(client: httpx.AsyncClient, line: Line, receiver: Receiver) -> None:
    """Until nothing is left to deliver and no webhook has come for `QUIET_S` seconds; one that is refused is not waited for."""
    loop = asyncio.get_running_loop()
    deadline, calm_since, count = loop.time() + TOLD_WITHIN_S, loop.time(), len(receiver.seen)
    while loop.time() < deadline and loop.time() - calm_since < QUIET_S:
        await asyncio.sleep(_POLL_S)
        if any(received.problem for received in receiver.seen):
            return
        if len(receiver.seen) != count or await _pending(client, line):
            count, calm_since = len(receiver.seen), loop.time()


async def _pending(client: httpx.AsyncClient, line: Line) -> bool:
    with contextlib.suppress(httpx.TransportError):
        answer = await client.get(f"{line.addresses.api}/v1/subscriptions/{SUBSCRIPTION}/deliveries", params={"limit": 100})
        return any(delivery["state"] == "pending" for delivery in answer.json()["deliveries"])
    return True


@contextlib.asynccontextmanager
async def _showing(kafka: KafkaSettings, screen: Screen) -> AsyncIterator[None]:
    """Show events and notices from their topics while the block runs, as any other service would read them."""
    consumer = AIOKafkaConsumer(EVENTS.name, NOTICES.name, **client_arguments(kafka), auto_offset_reset="latest")
    await consumer.start()

    async def show() -> None:
        async for record in consumer:
            value = json.loads(record.value or b"null")
            (screen.event if record.topic == EVENTS.name else screen.notice)(value)

    task = asyncio.create_task(show())
    try:
        yield
    finally:
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task
        await consumer.stop()


async def _show_webhooks(receiver: Receiver, screen: Screen) -> None:
    shown = 0
    while True:
        await receiver.arrival.wait()
        receiver.arrival.clear()
        while shown < len(receiver.seen):
            received = receiver.seen[shown]
            screen.webhook(received.webhook_id, received.notice, received.problem)
            shown += 1


def _judge(samples: Samples, receiver: Receiver, screen: Screen) -> bool:
    missing, surplus = compare(samples.notices, told(receiver))
    rows = [(wanted not in missing, wanted.describe()) for wanted in samples.notices]
    rows += [(False, f"nobody expects {notice['type']}: {notice['data']['title']}") for notice in surplus]
    rows += [(False, f"webhook {received.webhook_id}: {received.problem}") for received in receiver.seen if received.problem]
    rows.append((not surplus, "no other webhook came"))
    screen.verdict(rows)
    return all(met for met, _ in rows)
