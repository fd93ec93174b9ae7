"""The schema of the alert store: bring it up to date, or refuse to work on one that is too old. The steps are in `migrations/`."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Final

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection

from services.runtime.errors import ConfigError
from services.runtime.store import open_engine, read_transaction, shown, write_transaction

MIGRATIONS: Final = Path(__file__).parent / "migrations"


@dataclass(frozen=True, slots=True)
class Migrated:
    """What `migrate` found and left; `before` is `None` for an empty database."""

    before: str | None
    after: str


async def migrate(url: str, *, busy_timeout_ms: int) -> Migrated:
    """Bring the store at `url` to the newest schema, in one transaction; a store that is there already is left alone.

    Two processes that do so at once take turns, as both ask for the write lock first. A store newer than this version is left
    alone too. Raises `StoreUnavailable`.
    """
    # A step over a large table may take long, so no statement is cut off.
    engine = open_engine(url, busy_timeout_ms=busy_timeout_ms, statement_timeout_s=None)
    try:
        async with write_transaction(engine) as connection:
            return await connection.run_sync(_upgrade)
    finally:
        await engine.dispose()


async def check_schema(url: str, *, busy_timeout_ms: int) -> None:
    """Refuse a store older than this version needs, with `ConfigError` that says what to do; a newer one is accepted.

    So the schema is migrated first and the processes of the old and the new version run side by side while they are replaced.
    """
    engine = open_engine(url, busy_timeout_ms=busy_timeout_ms)
    try:
        async with read_transaction(engine) as connection:
            present = await connection.run_sync(_revision)
    finally:
        await engine.dispose()
    needed = _scripts().get_current_head()
    if present is None:
        raise ConfigError(f"the store {shown(url)} has no tables yet; run `musafaha db migrate` first")
    if present != needed and present in {script.revision for script in _scripts().walk_revisions()}:
        raise ConfigError(f"the store {shown(url)} has schema {present}, this version needs {needed}; run `musafaha db migrate` first")


def _upgrade(connection: Connection) -> Migrated:
    before = _revision(connection)
    scripts = _scripts()
    head = scripts.get_current_head()
    assert head is not None
    if before is not None and before not in {script.revision for script in scripts.walk_revisions()}:
        return Migrated(before=before, after=before)
    if before != head:
        config = _config()
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
    return Migrated(before=before, after=head)


def _revision(connection: Connection) -> str | None:
    return MigrationContext.configure(connection).get_current_revision()


def _scripts() -> ScriptDirectory:
    return ScriptDirectory.from_config(_config())


def _config() -> Config:
    config = Config()
    # A percent sign would be taken for an interpolation of the configuration file.
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    return config
