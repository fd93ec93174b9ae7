"""The Alembic environment of the alert store; `services.alert.schema` runs it, `versions/` holds one module per step."""
