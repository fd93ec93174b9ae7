"""Run by Alembic. The connection comes from `services.alert.schema`, inside a transaction that holds the store's write lock."""

from __future__ import annotations

from alembic import context

from services.alert.tables import metadata

connection = context.config.attributes["connection"]
# SQLite alters a table by making a new one; Alembic's batch mode does that.
context.configure(connection=connection, target_metadata=metadata, render_as_batch=connection.dialect.name == "sqlite")
with context.begin_transaction():
    context.run_migrations()
