"""What ingest remembers: the last accepted revision of each article, and how each feed stands. One SQLite file, one process."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import BigInteger, Column, Integer, MetaData, Row, String, Table, select
from sqlalchemy.dialects.sqlite import insert
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from services.runtime.clock import from_micros, to_micros
from services.runtime.errors import ConfigError
from services.runtime.store import open_engine, read_transaction, write_transaction

SCHEMA_VERSION = 1
_CHUNK = 500
"""Ids in one query; SQLite allows 999 parameters in its older versions."""

_metadata = MetaData()
# Times are microseconds since 1970 in UTC.
_seen = Table(
    "articles_seen",
    _metadata,
    Column("id", String, primary_key=True),
    Column("revision", String, nullable=False),
    Column("accepted_at", BigInteger, nullable=False),
    sqlite_with_rowid=False,
)
_feeds = Table(
    "feeds",
    _metadata,
    Column("id", String, primary_key=True),
    Column("url", String, nullable=False),
    Column("next_poll_at", BigInteger, nullable=False),
    Column("etag", String),
    Column("last_modified", String),
    Column("body_sha256", String),
    Column("full_at", BigInteger),
    Column("success_at", BigInteger),
    Column("failures", Integer, nullable=False),
    Column("last_error", String),
)


@dataclass(frozen=True, slots=True)
class Seen:
    """The last accepted revision of an article."""

    revision: str
    accepted_at: datetime


@dataclass(frozen=True, slots=True)
class FeedState:
    """How a feed stands. `full_at` is when its body was last asked for without conditions, `failures` counts those in a row."""

    id: str
    url: str
    next_poll_at: datetime
    etag: str | None = None
    last_modified: str | None = None
    body_sha256: str | None = None
    full_at: datetime | None = None
    success_at: datetime | None = None
    failures: int = 0
    last_error: str | None = None


class IngestStore:
    """The store of one ingest process. Every method raises `StoreUnavailable` when the file can't be read or written."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    @classmethod
    async def open(cls, path: Path, *, busy_timeout_ms: int) -> IngestStore:
        """The store in this file, made when it is not there. Raises `ConfigError` when a newer Musafaha wrote it."""
        store = cls(open_engine(f"sqlite:///{path}", busy_timeout_ms=busy_timeout_ms))
        try:
            async with write_transaction(store._engine) as connection:
                await _prepare(connection, path)
        except BaseException:
            await store.close()
            raise
        return store

    async def close(self) -> None:
        """Let the file go."""
        await self._engine.dispose()

    async def last_seen(self, ids: Collection[str]) -> dict[str, Seen]:
        """The last accepted revision of each of these articles that was accepted before."""
        found: dict[str, Seen] = {}
        wanted = sorted(set(ids))
        async with read_transaction(self._engine) as connection:
            for start in range(0, len(wanted), _CHUNK):
                rows = await connection.execute(select(_seen).where(_seen.c.id.in_(wanted[start : start + _CHUNK])))
                found |= {row.id: Seen(row.revision, from_micros(row.accepted_at)) for row in rows}
        return found

    async def mark_seen(self, seen: Mapping[str, Seen]) -> None:
        """Remember these as the last accepted revisions, all of them or none."""
        if not seen:
            return
        statement = insert(_seen)
        statement = statement.on_conflict_do_update(
            index_elements=[_seen.c.id],
            set_={"revision": statement.excluded.revision, "accepted_at": statement.excluded.accepted_at},
        )
        rows = [{"id": id, "revision": last.revision, "accepted_at": to_micros(last.accepted_at)} for id, last in seen.items()]
        async with write_transaction(self._engine) as connection:
            await connection.execute(statement, rows)

    async def feed_states(self) -> dict[str, FeedState]:
        """How each feed that was ever polled stands, by its id."""
        async with read_transaction(self._engine) as connection:
            rows = await connection.execute(select(_feeds))
            return {row.id: _feed_state(row) for row in rows}

    async def save_feed_state(self, state: FeedState) -> None:
        """Replace what is remembered of a feed."""
        row: dict[str, object] = {name: getattr(state, name) for name in _feeds.c.keys()}  # noqa: SIM118
        row |= {name: to_micros(moment) for name, moment in row.items() if isinstance(moment, datetime)}
        statement = insert(_feeds).values(row)
        async with write_transaction(self._engine) as connection:
            await connection.execute(statement.on_conflict_do_update(index_elements=[_feeds.c.id], set_=row))


async def _prepare(connection: AsyncConnection, path: Path) -> None:
    version = (await connection.exec_driver_sql("PRAGMA user_version")).scalar_one()
    if version > SCHEMA_VERSION:
        raise ConfigError(
            f"{path} was written by a newer Musafaha (schema {version}, this one knows {SCHEMA_VERSION}); "
            "install that version again or set MUSAFAHA_INGEST__STORE to another file"
        )
    await connection.run_sync(_metadata.create_all)
    await connection.exec_driver_sql(f"PRAGMA user_version = {SCHEMA_VERSION}")


def _feed_state(row: Row[Any]) -> FeedState:
    values = dict(row._mapping)
    for name in ("next_poll_at", "full_at", "success_at"):
        values[name] = None if values[name] is None else from_micros(values[name])
    return FeedState(**values)
