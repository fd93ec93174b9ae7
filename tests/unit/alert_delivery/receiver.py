"""A webhook receiver on loopback that behaves as each test wants, down to the bytes; and rows to deliver to it."""

from __future__ import annotations

import asyncio
import contextlib
import json
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import dataclass, field

from sqlalchemy import insert
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from schemas.ids import delivery_id
from services.alert.tables import deliveries, developments, notices, subscriptions
from services.runtime.store import write_transaction

SECRET = "whsec_" + "bXVzYWZhaGEtdGVzdC1zZWNyZXQtMDEyMzQ1Njc4OS0="
URL = "https://hooks.example.org/musafaha"


@dataclass(frozen=True)
class Got:
    """One request as it came in; header names in lower case."""

    path: str
    headers: dict[str, str]
    body: bytes


Behaviour = Callable[[Got, asyncio.StreamWriter], Awaitable[None]]
"""Writes the answer to one request, or misbehaves."""


def answers(status: int, *, headers: Sequence[str] = (), body: bytes = b"") -> Behaviour:
    """An ordinary answer."""

    async def behave(_got: Got, writer: asyncio.StreamWriter) -> None:
        lines = [f"HTTP/1.1 {status} X", f"Content-Length: {len(body)}", *headers]
        writer.write("\r\n".join(lines).encode("latin-1") + b"\r\n\r\n" + body)

    return behave


def raw(*pieces: bytes, pause_s: float = 0.0, hang_up: bool = True) -> Behaviour:
    """Exactly these bytes, then the connection is closed."""

    async def behave(_got: Got, writer: asyncio.StreamWriter) -> None:
        for piece in pieces:
            writer.write(piece)
            await writer.drain()
            await asyncio.sleep(pause_s)
        if hang_up:
            writer.close()

    return behave


async def resets(_got: Got, writer: asyncio.StreamWriter) -> None:
    """Ends the connection without an answer."""
    writer.transport.abort()


async def never_answers(_got: Got, _writer: asyncio.StreamWriter) -> None:
    """Keeps the caller waiting until it goes away."""
    await asyncio.Event().wait()


@dataclass
class Receiver:
    """What came in, in order, and how to answer it: by the path, else by `default`."""

    default: Behaviour = field(default_factory=lambda: answers(200))
    by_path: dict[str, Behaviour] = field(default_factory=dict)
    got: list[Got] = field(default_factory=list)
    port: int = 0
    connections: int = 0
    _arrived: asyncio.Condition = field(default_factory=asyncio.Condition)

    def url(self, path: str = "/") -> str:
        """Where `path` of this receiver is reached."""
        return f"http://127.0.0.1:{self.port}{path}"

    def ids(self, path: str | None = None) -> list[str]:
        """The `webhook-id` of what came in."""
        return [got.headers["webhook-id"] for got in self.got if path is None or got.path == path]

    async def until(self, holds: Callable[[], bool], *, timeout_s: float = 20.0) -> None:
        """Wait until `holds` after an arrival."""
        async with asyncio.timeout(timeout_s), self._arrived:
            await self._arrived.wait_for(holds)

    async def until_count(self, count: int, path: str | None = None) -> None:
        """Wait until so many requests have come in."""
        await self.until(lambda: len(self.ids(path)) >= count)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection: any number of requests, one after another."""
        self.connections += 1
        try:
            while not writer.is_closing() and (got := await _read(reader)) is not None:
                self.got.append(got)
                async with self._arrived:
                    self._arrived.notify_all()
                await self.by_path.get(got.path, self.default)(got, writer)
                if not writer.is_closing():
                    await writer.drain()
        except (ConnectionError, ssl.SSLError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()
            with contextlib.suppress(ConnectionError, ssl.SSLError):
                await writer.wait_closed()


async def _read(reader: asyncio.StreamReader) -> Got | None:
    try:
        head = await reader.readuntil(b"\r\n\r\n")
    except asyncio.IncompleteReadError:
        return None
    first, *lines = head.decode("latin-1").strip().split("\r\n")
    headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
    return Got(first.split()[1], headers, await reader.readexactly(int(headers.get("content-length", "0"))))


@contextlib.asynccontextmanager
async def receiving(*, tls: ssl.SSLContext | None = None, **options: object) -> AsyncIterator[Receiver]:
    """A receiver that listens on a free port of this machine."""
    receiver = Receiver(**options)  # type: ignore[arg-type]
    tasks: set[asyncio.Task[None]] = set()

    def accept(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.create_task(receiver.serve(reader, writer))
        tasks.add(task)
        task.add_done_callback(tasks.discard)

    server = await asyncio.start_server(accept, "127.0.0.1", 0, ssl=tls)
    receiver.port = server.sockets[0].getsockname()[1]
    try:
        yield receiver
    finally:
        server.close()
        for task in list(tasks):
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await server.wait_closed()


async def subscribe(engine: AsyncEngine, id: str, url: str = URL, *, state: str = "active", secret: str = SECRET) -> None:
    """A subscription as a row."""
    row = {"id": id, "url": url, "kinds": '["*"]', "filter": "{}", "secret": secret, "state": state, "created_at": 0}
    async with write_transaction(engine) as connection:
        await connection.execute(insert(subscriptions).values(row))


async def notify(engine: AsyncEngine, notice: str, receivers: Sequence[str], *, at: int = 0) -> list[str]:
    """A notice as a row of its own development with a due delivery for each receiver; returns the deliveries' ids."""
    async with write_transaction(engine) as connection:
        return await _notify(connection, notice, receivers, at)


async def _notify(connection: AsyncConnection, notice: str, receivers: Sequence[str], at: int) -> list[str]:
    development = f"dev_{notice}"
    await connection.execute(
        insert(developments).values(
            id=development, type="visit", pair="ISR-MAR", founding_event=f"evt_{notice}", n=0, state="active", flags="[]", created_at=0,
            sequence=1, told_notices="[]", document="{}",
        )
    )  # fmt: skip
    await connection.execute(
        insert(notices).values(
            id=notice, development_id=development, kind="visit.new", sequence=1, created_at=at, document=document_of(notice)
        )
    )
    ids = [delivery_id(notice=notice, subscription=receiver) for receiver in receivers]
    if ids:
        rows = [
            {"id": id, "notice_id": notice, "subscription_id": receiver, "state": "pending", "created_at": at, "due_at": at}
            for id, receiver in zip(ids, receivers, strict=True)
        ]
        await connection.execute(insert(deliveries), [{**row, "attempts": 0, "fence": 0} for row in rows])
    return ids


def document_of(notice: str) -> str:
    """A notice's stored text, with letters beyond ASCII as real ones have."""
    return json.dumps(
        {"type": "visit.new", "timestamp": "2021-11-24T12:00:03Z", "data": {"id": notice, "title": "مصافحة"}}, ensure_ascii=False
    )
