"""Transactions of the stores, on both databases: who waits for whom, what is kept, what a failure is called."""

from __future__ import annotations

import asyncio
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError, OperationalError, ProgrammingError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from services.runtime.errors import ConfigError, StoreUnavailable
from services.runtime.store import open_engine, read_transaction, shown, sqlite_file, write_transaction
from tests.fixtures.stores import BUSY_TIMEOUT_MS, PostgreSQL


async def _fence(connection: AsyncConnection) -> int:
    return int((await connection.execute(text("SELECT coalesce(max(fence), 0) FROM locks"))).scalar_one())


async def _count_up(engine: AsyncEngine) -> None:
    async with write_transaction(engine) as connection:
        fence = await _fence(connection)
        await connection.execute(text("DELETE FROM locks"))
        await connection.execute(text("INSERT INTO locks (name, fence) VALUES ('n', :fence)"), {"fence": fence + 1})


async def test_writers_of_two_processes_never_read_what_another_is_changing(engine: AsyncEngine, store_url: str) -> None:
    """Reading and then writing is one step: of forty increments through two engines none is lost."""
    other = open_engine(store_url, busy_timeout_ms=BUSY_TIMEOUT_MS)
    await asyncio.gather(*(_count_up(engine if number % 2 else other) for number in range(40)))
    await other.dispose()

    async with read_transaction(engine) as connection:
        assert await _fence(connection) == 40


async def test_an_exception_rolls_everything_back(engine: AsyncEngine) -> None:
    """A transaction is kept whole or not at all."""

    async def write_and_fail() -> None:
        async with write_transaction(engine) as connection:
            await connection.execute(text("INSERT INTO locks (name, fence) VALUES ('n', 1)"))
            raise LookupError

    with pytest.raises(LookupError):
        await write_and_fail()

    async with read_transaction(engine) as connection:
        assert await _fence(connection) == 0


async def test_a_cancelled_writer_leaves_no_lock_behind(engine: AsyncEngine, store_url: str) -> None:
    """A handler that ran out of time does not block the store for everybody after it."""
    inside = asyncio.Event()

    async def hang() -> None:
        async with write_transaction(engine) as connection:
            await connection.execute(text("INSERT INTO locks (name, fence) VALUES ('n', 1)"))
            inside.set()
            await asyncio.Event().wait()

    task = asyncio.create_task(hang())
    await inside.wait()
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    other = open_engine(store_url, busy_timeout_ms=BUSY_TIMEOUT_MS)
    await _count_up(other)
    await other.dispose()

    async with read_transaction(engine) as connection:
        assert await _fence(connection) == 1


async def test_a_reader_sees_one_snapshot_while_a_writer_commits(engine: AsyncEngine) -> None:
    """What is read together belongs together, and no reader waits for a writer."""
    async with read_transaction(engine) as reading:
        before = await _fence(reading)
        await _count_up(engine)
        after = await _fence(reading)

    assert (before, after) == (0, 0)


async def test_a_store_that_stays_locked_is_unavailable(store_url: str) -> None:
    """Waiting for the write lock ends, and with the error that means "try again later"."""
    holder, waiter = (open_engine(store_url, busy_timeout_ms=20) for _ in range(2))
    async with write_transaction(holder):
        with pytest.raises(StoreUnavailable, match="not available"):
            await _count_up(waiter)
    await _count_up(waiter)
    await holder.dispose()
    await waiter.dispose()


async def test_a_transaction_inside_another_is_refused_at_once(engine: AsyncEngine) -> None:
    """A slip of programming shows itself as an error, not as a process that hangs."""
    with pytest.raises(RuntimeError, match="inside write_transaction"):
        async with write_transaction(engine):
            await _count_up(engine)


async def test_faults_of_our_own_statements_are_not_taken_for_an_outage(engine: AsyncEngine) -> None:
    """A broken constraint or a misspelt table would fail again for ever: neither is "try again later"."""
    with pytest.raises(IntegrityError):
        async with write_transaction(engine) as connection:
            await connection.execute(text("INSERT INTO reports VALUES ('e', 'no such article', 'no such development', '{}', 0, '{}')"))
    with pytest.raises((OperationalError, ProgrammingError), match="no_such_table"):
        async with read_transaction(engine) as connection:
            await connection.execute(text("SELECT * FROM no_such_table"))


async def test_a_database_that_does_not_answer_is_unavailable(tmp_path: Path) -> None:
    """A PostgreSQL that is not there yet is an outage, not a crash."""
    engine = open_engine(f"postgresql://postgres@/nothing?host={tmp_path}", busy_timeout_ms=50)
    with pytest.raises(StoreUnavailable):
        await _count_up(engine)
    with pytest.raises(StoreUnavailable):
        async with read_transaction(engine):
            pass
    await engine.dispose()


async def test_a_missing_database_is_told_by_name(postgresql: PostgreSQL) -> None:
    """The message names the store, without its password, and what the server said."""
    engine = open_engine(postgresql.url("nowhere").replace("postgres@", "postgres:hush@"), busy_timeout_ms=50)
    with pytest.raises(StoreUnavailable, match=r'database "nowhere" does not exist') as raised:
        await _count_up(engine)
    await engine.dispose()

    assert "hush" not in str(raised.value)


async def test_a_connection_that_the_server_closed_is_replaced(scratch: str) -> None:
    """After a restart of the database the next transaction works."""
    engine = open_engine(scratch, busy_timeout_ms=BUSY_TIMEOUT_MS)
    async with write_transaction(engine) as connection:
        await connection.execute(text("CREATE TABLE kept (n int)"))
    await _close_all_others(scratch)
    async with write_transaction(engine) as connection:
        await connection.execute(text("INSERT INTO kept VALUES (1)"))

    async with read_transaction(engine) as connection:
        assert (await connection.execute(text("SELECT n FROM kept"))).scalars().all() == [1]
    await engine.dispose()


async def test_a_connection_lost_in_the_middle_is_an_outage_and_nothing_is_kept(scratch: str) -> None:
    """A database that dies under a transaction is told as unavailable; its work is undone."""
    engine = open_engine(scratch, busy_timeout_ms=BUSY_TIMEOUT_MS)

    async def write_while_it_dies() -> None:
        async with write_transaction(engine) as connection:
            await connection.execute(text("CREATE TABLE kept (n int)"))
            await _close_all_others(scratch)
            await connection.execute(text("INSERT INTO kept VALUES (1)"))

    with pytest.raises(StoreUnavailable):
        await write_while_it_dies()

    async with read_transaction(engine) as connection:
        assert (await connection.execute(text("SELECT to_regclass('kept')"))).scalar_one() is None
    await engine.dispose()


@pytest.fixture
def scratch(postgresql: PostgreSQL) -> Iterator[str]:
    """A PostgreSQL database without tables."""
    postgresql.run("CREATE DATABASE scratch")
    yield postgresql.url("scratch")
    postgresql.run("DROP DATABASE scratch WITH (FORCE)")


async def _close_all_others(url: str) -> None:
    """Have the server end every connection to the database of `url`, as a restart would."""
    engine = open_engine(url, busy_timeout_ms=BUSY_TIMEOUT_MS)
    query = "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
    async with read_transaction(engine) as connection:
        await connection.execute(text(query))
    await engine.dispose()


async def test_sqlite_keeps_what_it_committed_and_checks_references(tmp_path: Path) -> None:
    """Write-ahead log, a flush to the disk with every commit, foreign keys, and a file that only its owner reads."""
    path = tmp_path / "new" / "folder" / "alert.db"
    engine = open_engine(f"sqlite:///{path}", busy_timeout_ms=BUSY_TIMEOUT_MS)
    async with read_transaction(engine) as connection:
        names = ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")
        found = [(await connection.execute(text(f"PRAGMA {name}"))).scalar_one() for name in names]
    await engine.dispose()

    assert found == ["wal", 2, 1, BUSY_TIMEOUT_MS]
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


async def test_a_damaged_file_is_told_by_name(tmp_path: Path) -> None:
    """A file that is no database gives an outage with its path, so that no message is given up because of it."""
    path = tmp_path / "alert.db"
    path.write_bytes(b"this is no database at all, whatever its name says" * 100)
    engine = open_engine(f"sqlite:///{path}", busy_timeout_ms=BUSY_TIMEOUT_MS)
    with pytest.raises(StoreUnavailable, match=r"alert\.db.*not a database"):
        await _count_up(engine)
    await engine.dispose()


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("sqlite://", "needs a file"),
        ("sqlite:///:memory:", "needs a file"),
        ("mysql://localhost/alert", "of kind 'mysql' is not known"),
        ("alert.db", "is no URL"),
        ("postgresql://db.internal/alert?sslmod=require", "unknown option sslmod; known there: host, port, ssl, sslmode"),
        ("sqlite:///alert.db?mode=ro", "unknown option mode"),
    ],
)
def test_an_address_we_do_not_know_is_refused_with_the_forms_we_do(url: str, said: str) -> None:
    """A slip in the address is told before anything starts."""
    with pytest.raises(ConfigError, match=said):
        open_engine(url, busy_timeout_ms=0)


def test_an_address_is_shown_without_its_password() -> None:
    """What goes to a log has no secret in it; what names a file is shown whole."""
    assert shown("postgresql://alert:hush@db.internal/alert") == "postgresql://alert:***@db.internal/alert"
    assert shown("sqlite:///./data/alert.db") == "sqlite:///./data/alert.db"
    assert sqlite_file("sqlite:////var/lib/alert.db") == Path("/var/lib/alert.db")
    assert sqlite_file("postgresql://db.internal/alert") is None
