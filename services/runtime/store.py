"""SQL stores of all processes: how one is opened, how a transaction begins, and what its failures are called. Knows no table.

SQLite and PostgreSQL behave alike here: a writing transaction holds the one write lock of its store from its first statement,
so what it reads cannot change before it commits; a reading transaction sees one snapshot and waits for nobody.
"""

from __future__ import annotations

import asyncio
import random
import sqlite3
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import Any, Final, Literal
from weakref import WeakKeyDictionary

from sqlalchemy import event, text
from sqlalchemy.engine import URL, Connection, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from services.runtime.errors import ConfigError, StoreUnavailable

BUSY_TRIES: Final = 3
"""Times that a write lock is asked for; each waits as long as the busy timeout."""

WRITE_LOCK: Final = 0x6D_75_73_61
"""The key of PostgreSQL's advisory lock: the letters "musa". Advisory locks belong to one database, so stores don't share it."""

TURN_WITHIN_S: Final = 20.0
"""Seconds that a task waits for the writers of its own process before it; longer, and the store is too slow to work with."""

IDLE_TRANSACTION_MS: Final = 60_000
"""PostgreSQL ends a transaction that does nothing for so long: a frozen process must not hold the write lock for ever."""

_BEGIN: Final = "musafaha_begin"

# What no other statement would cure: the file is away, full, locked or damaged. Errors of our own SQL are not among them.
_SQLITE_UNAVAILABLE: Final = frozenset(
    {
        sqlite3.SQLITE_PERM,
        sqlite3.SQLITE_BUSY,
        sqlite3.SQLITE_LOCKED,
        sqlite3.SQLITE_NOMEM,
        sqlite3.SQLITE_READONLY,
        sqlite3.SQLITE_INTERRUPT,
        sqlite3.SQLITE_IOERR,
        sqlite3.SQLITE_CORRUPT,
        sqlite3.SQLITE_FULL,
        sqlite3.SQLITE_CANTOPEN,
        sqlite3.SQLITE_PROTOCOL,
        sqlite3.SQLITE_AUTH,
        sqlite3.SQLITE_NOTADB,
    }
)
# SQLSTATE classes (PostgreSQL, appendix A): connection, authorization, database name, rollback by the server, resources,
# prerequisite state (lock timeout), operator intervention, system error.
_POSTGRESQL_UNAVAILABLE: Final = ("08", "28", "3D", "40", "53", "55", "57", "58", "25P03")
_LOCK_NOT_AVAILABLE: Final = "55P03"

Synchronous = Literal["FULL", "NORMAL"]


def open_engine(
    url: str, *, busy_timeout_ms: int, synchronous: Synchronous = "FULL", statement_timeout_s: float | None = 10.0
) -> AsyncEngine:
    """An engine for `sqlite:///path` or `postgresql://…`; nothing connects yet. The caller disposes of it.

    `synchronous` is SQLite's: with FULL a commit survives a power cut, which is needed where a Kafka message is acked because of
    it; with NORMAL it survives a killed process only. `statement_timeout_s` holds for PostgreSQL. Raises `ConfigError` for
    another kind of address and `StoreUnavailable` when SQLite's folder cannot be made.
    """
    address = _address(url)
    if address.get_backend_name() == "sqlite":
        return _open_sqlite(address, busy_timeout_ms=busy_timeout_ms, synchronous=synchronous)
    return _open_postgresql(address, busy_timeout_ms=busy_timeout_ms, statement_timeout_s=statement_timeout_s)


def sqlite_file(url: str) -> Path | None:
    """The file of an SQLite address, `None` for PostgreSQL. Raises `ConfigError` as `open_engine`."""
    address = _address(url)
    if address.get_backend_name() != "sqlite":
        return None
    assert address.database is not None
    return Path(address.database)


def shown(url: str) -> str:
    """The address as it may be logged: without its password."""
    address = _address(url)
    return address.set(drivername=address.get_backend_name()).render_as_string(hide_password=True)


@asynccontextmanager
async def write_transaction(engine: AsyncEngine) -> AsyncIterator[AsyncConnection]:
    """A transaction that holds the store's write lock from the start; commits at the end, rolls back on any exception.

    Short by contract: no network call inside. Not to be nested. Raises `StoreUnavailable` when the store does not answer or
    stays locked for `BUSY_TRIES` times its busy timeout; errors of a statement (a broken constraint) come through unchanged.
    """
    async with _turn(engine):
        connection = await _begin_writing(engine)
        try:
            with _translated(engine):
                yield connection
                await connection.commit()
        finally:
            await asyncio.shield(connection.close())


@asynccontextmanager
async def read_transaction(engine: AsyncEngine) -> AsyncIterator[AsyncConnection]:
    """A transaction that only reads and sees one snapshot. Raises `StoreUnavailable` when the store does not answer."""
    options = {_BEGIN: "BEGIN"} if engine.dialect.name == "sqlite" else {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
    with _translated(engine):
        async with engine.connect() as connection:
            await connection.execution_options(**options)
            await connection.begin()
            yield connection


def _address(url: str) -> URL:
    try:
        address = make_url(url)
    except ArgumentError as error:
        # The text itself is not shown: what is no address may still hold a password.
        raise ConfigError("the store's address is no URL; write sqlite:///path or postgresql://user:password@host/database") from error
    match address.drivername:
        case "sqlite" | "sqlite+aiosqlite":
            if not address.database or address.database == ":memory:" or address.database.startswith("file:"):
                raise ConfigError("an SQLite store needs a file, since several connections share it: sqlite:///path")
            _refuse_options(address, known=())
            return address.set(drivername="sqlite+aiosqlite")
        case "postgresql" | "postgres" | "postgresql+asyncpg":
            _refuse_options(address, known=("host", "port", "ssl", "sslmode"))
            return _with_ssl(address.set(drivername="postgresql+asyncpg"))
        case other:
            raise ConfigError(f"a store of kind {other!r} is not known; use sqlite:///path or postgresql://user:password@host/database")


def _refuse_options(address: URL, *, known: tuple[str, ...]) -> None:
    """What stands after the question mark: an unknown word would be an error deep inside the driver, or be ignored."""
    unknown = sorted(set(address.query) - set(known))
    if unknown:
        allowed = f"known there: {', '.join(known)}" if known else "none is known there"
        raise ConfigError(f"the store's address has an unknown option {', '.join(unknown)}; {allowed}")


def _with_ssl(address: URL) -> URL:
    """`sslmode`, as every other PostgreSQL client calls it, under the driver's own name for it."""
    mode = address.query.get("sslmode")
    return address if mode is None else address.difference_update_query(["sslmode"]).update_query_dict({"ssl": mode})


def _open_sqlite(address: URL, *, busy_timeout_ms: int, synchronous: Synchronous) -> AsyncEngine:
    assert address.database is not None
    _make_private_file(Path(address.database))
    engine = create_async_engine(address, hide_parameters=True, connect_args={"timeout": busy_timeout_ms / 1_000})

    @event.listens_for(engine.sync_engine, "connect")
    def _configure(connection: Any, _record: object) -> None:
        # The driver must not open transactions by itself: it would begin them deferred, and a deferred transaction that reads
        # and then writes fails at once, whatever the timeout, when somebody else wrote in between.
        connection.isolation_level = None
        cursor = connection.cursor()
        for pragma in ("journal_mode = WAL", f"synchronous = {synchronous}", "foreign_keys = ON"):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    @event.listens_for(engine.sync_engine, "begin")
    def _begin(connection: Connection) -> None:
        connection.exec_driver_sql(connection.get_execution_options().get(_BEGIN, "BEGIN IMMEDIATE"))

    return engine


def _make_private_file(path: Path) -> None:
    """The file (with its folders) readable by its owner only, as secrets of subscriptions are in it; SQLite's side files follow suit."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        if not path.exists():
            path.touch(mode=0o600)
    except OSError as error:
        raise StoreUnavailable(f"the store {path} cannot be made: {error.strerror or error}") from error


def _open_postgresql(address: URL, *, busy_timeout_ms: int, statement_timeout_s: float | None) -> AsyncEngine:
    server_settings = {
        "application_name": "musafaha",
        "lock_timeout": str(busy_timeout_ms),
        "idle_in_transaction_session_timeout": str(IDLE_TRANSACTION_MS),
    }
    command_timeout = None if statement_timeout_s is None else statement_timeout_s + busy_timeout_ms / 1_000
    return create_async_engine(
        address,
        # Errors are logged, and values of statements may be secrets.
        hide_parameters=True,
        # A connection that a restarted server has closed is noticed before it is used, and replaced.
        pool_pre_ping=True,
        connect_args={"timeout": 10.0, "command_timeout": command_timeout, "server_settings": server_settings},
    )


class _Turn:
    """The write lock among the tasks of this process: they queue in order, instead of each polling the database for it."""

    def __init__(self) -> None:
        self._lock = asyncio.Lock()
        self._owner: asyncio.Task[Any] | None = None

    async def __aenter__(self) -> None:
        task = asyncio.current_task()
        if task is not None and task is self._owner:
            raise RuntimeError("write_transaction inside write_transaction: the inner one would wait for the outer one for ever")
        try:
            async with asyncio.timeout(TURN_WITHIN_S):
                await self._lock.acquire()
        except TimeoutError as error:
            raise StoreUnavailable(f"the store is so slow that a write waited {TURN_WITHIN_S:g} s for those before it") from error
        self._owner = task

    async def __aexit__(self, *_: object) -> None:
        self._owner = None
        self._lock.release()


_turns: WeakKeyDictionary[AsyncEngine, _Turn] = WeakKeyDictionary()


def _turn(engine: AsyncEngine) -> _Turn:
    return _turns.setdefault(engine, _Turn())


async def _begin_writing(engine: AsyncEngine) -> AsyncConnection:
    for attempt in range(1, BUSY_TRIES + 1):
        try:
            return await _try_to_begin(engine)
        except (SQLAlchemyError, OSError) as error:
            if attempt == BUSY_TRIES or not _is_busy(error):
                _raise_translated(engine, error)
        # Two processes that gave up at the same moment should not come back at the same moment.
        await asyncio.sleep(random.uniform(0.01, 0.05))  # noqa: S311
    raise AssertionError("the last attempt returns or raises")


async def _try_to_begin(engine: AsyncEngine) -> AsyncConnection:
    connection = await engine.connect()
    try:
        await connection.begin()
        if engine.dialect.name != "sqlite":
            await connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": WRITE_LOCK})
    except BaseException:
        await asyncio.shield(connection.close())
        raise
    return connection


@contextmanager
def _translated(engine: AsyncEngine) -> Iterator[None]:
    try:
        yield
    except (SQLAlchemyError, OSError) as error:
        _raise_translated(engine, error)
    except Exception as error:
        # asyncpg's own errors while connecting are not wrapped by SQLAlchemy.
        if getattr(error, "sqlstate", None) is None:
            raise
        _raise_translated(engine, error)


def _raise_translated(engine: AsyncEngine, error: Exception) -> None:
    if not _is_unavailable(error):
        raise error
    cause = error.orig if isinstance(error, DBAPIError) and error.orig is not None else error
    told = str(cause).strip() or type(cause).__name__
    where = shown(engine.url.render_as_string(hide_password=False))
    raise StoreUnavailable(f"the store {where} is not available: {told}") from error


def _is_unavailable(error: Exception) -> bool:
    if isinstance(error, PoolTimeout | OSError):
        return True
    if isinstance(error, DBAPIError) and error.connection_invalidated:
        return True
    if (code := _sqlite_code(error)) is not None:
        return code in _SQLITE_UNAVAILABLE
    return (_sqlstate(error) or "").startswith(_POSTGRESQL_UNAVAILABLE)


def _is_busy(error: Exception) -> bool:
    return _sqlite_code(error) in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED) or _sqlstate(error) == _LOCK_NOT_AVAILABLE


def _sqlite_code(error: Exception) -> int | None:
    """SQLite's primary result code, the low byte of the extended one."""
    code = getattr(getattr(error, "orig", error), "sqlite_errorcode", None)
    return code & 0xFF if isinstance(code, int) else None


def _sqlstate(error: Exception) -> str | None:
    code = getattr(getattr(error, "orig", error), "sqlstate", None)
    return code if isinstance(code, str) else None
