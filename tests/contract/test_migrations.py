"""The schema of the alert store: its steps end where the models say, on both databases, also when two processes take them at once."""

from __future__ import annotations

import asyncio
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection, inspect, text

from services.alert import schema
from services.alert.schema import check_schema, migrate
from services.alert.tables import metadata
from services.runtime.errors import ConfigError
from services.runtime.store import open_engine, read_transaction, write_transaction
from tests.fixtures.stores import BUSY_TIMEOUT_MS


async def test_migrating_an_empty_database_gives_exactly_the_tables_of_the_models(empty_store_url: str) -> None:
    """What the steps build and what the queries expect are one thing."""
    await migrate(empty_store_url, busy_timeout_ms=BUSY_TIMEOUT_MS)

    assert await _differences(empty_store_url) == []


async def test_a_second_migration_does_nothing_and_keeps_the_rows(empty_store_url: str) -> None:
    """Migrating is safe to repeat."""
    await migrate(empty_store_url, busy_timeout_ms=BUSY_TIMEOUT_MS)
    await _execute(empty_store_url, "INSERT INTO locks (name, fence) VALUES ('outbox', 7)")

    again = await migrate(empty_store_url, busy_timeout_ms=BUSY_TIMEOUT_MS)

    assert (again.before, again.after) == ("0001", "0001")
    assert await _value(empty_store_url, "SELECT fence FROM locks") == 7


async def test_two_processes_that_migrate_at_once_both_succeed(empty_store_url: str, tmp_path: Path) -> None:
    """Two services started together on an empty machine don't break each other, and the folder they start in doesn't matter."""
    processes = [
        await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "services",
            "db",
            "migrate",
            cwd=tmp_path,
            env={"PATH": "/usr/bin:/bin", "MUSAFAHA_STORE__URL": empty_store_url},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        for _ in range(2)
    ]
    said = [await process.communicate() for process in processes]

    assert [process.returncode for process in processes] == [0, 0], said
    assert sorted(out.decode().rsplit(": ", 1)[1].strip() for out, _ in said) == ["schema 0001, nothing to do", "schema none -> 0001"]
    assert await _differences(empty_store_url) == []


async def test_a_store_without_tables_is_refused_with_what_to_do(empty_store_url: str) -> None:
    """A worker does not start on a store that nobody migrated."""
    with pytest.raises(ConfigError, match="musafaha db migrate"):
        await check_schema(empty_store_url, busy_timeout_ms=BUSY_TIMEOUT_MS)


async def test_a_newer_store_is_accepted_and_left_alone(store_url: str) -> None:
    """Old and new workers run side by side while a new version is rolled out, on the new schema."""
    await check_schema(store_url, busy_timeout_ms=BUSY_TIMEOUT_MS)

    await _execute(store_url, "UPDATE alembic_version SET version_num = '9999'")
    await check_schema(store_url, busy_timeout_ms=BUSY_TIMEOUT_MS)
    untouched = await migrate(store_url, busy_timeout_ms=BUSY_TIMEOUT_MS)
    assert (untouched.before, untouched.after) == ("9999", "9999")


async def test_a_store_one_step_behind_is_refused(store_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A worker that needs a newer schema says which one, and which one is there."""
    longer = shutil.copytree(schema.MIGRATIONS, tmp_path / "migrations", ignore=shutil.ignore_patterns("__pycache__"))
    (longer / "versions" / "rev_0002_later.py").write_text(
        "revision = '0002'\ndown_revision = '0001'\n\n\ndef upgrade() -> None:\n    pass\n", encoding="utf-8"
    )
    monkeypatch.setattr(schema, "MIGRATIONS", longer)

    with pytest.raises(ConfigError, match="has schema 0001, this version needs 0002"):
        await check_schema(store_url, busy_timeout_ms=BUSY_TIMEOUT_MS)
    stepped = await migrate(store_url, busy_timeout_ms=BUSY_TIMEOUT_MS)
    assert (stepped.before, stepped.after) == ("0001", "0002")


async def _differences(url: str) -> list[object]:
    def compare(connection: Connection) -> list[object]:
        found = list(compare_metadata(MigrationContext.configure(connection, opts={"compare_type": True}), metadata))
        tables = set(inspect(connection).get_table_names()) - {"alembic_version"}
        assert tables == set(metadata.tables)
        return found

    engine = open_engine(url, busy_timeout_ms=BUSY_TIMEOUT_MS)
    async with read_transaction(engine) as connection:
        found = await connection.run_sync(compare)
    await engine.dispose()
    return found


async def _execute(url: str, statement: str) -> None:
    engine = open_engine(url, busy_timeout_ms=BUSY_TIMEOUT_MS)
    async with write_transaction(engine) as connection:
        await connection.execute(text(statement))
    await engine.dispose()


async def _value(url: str, query: str) -> object:
    engine = open_engine(url, busy_timeout_ms=BUSY_TIMEOUT_MS)
    async with read_transaction(engine) as connection:
        value = (await connection.execute(text(query))).scalar_one()
    await engine.dispose()
    return value
