"""`musafaha db`: operations on the alert store."""

from __future__ import annotations

import asyncio

import click

from services.runtime.settings import load_settings


@click.group()
def db() -> None:
    """Operations on the alert store (MUSAFAHA_STORE__URL)."""


@db.command()
def migrate() -> None:
    """Make or update the tables of the alert store; does nothing when they are up to date.

    Reads MUSAFAHA_STORE__URL and MUSAFAHA_STORE__BUSY_TIMEOUT_MS. Run it before a new version of alert or the API starts.
    """
    from services.alert.schema import migrate as bring_up_to_date
    from services.runtime.store import shown

    store = load_settings().store
    done = asyncio.run(bring_up_to_date(store.url, busy_timeout_ms=store.busy_timeout_ms))
    if done.before == done.after:
        click.echo(f"{shown(store.url)}: schema {done.after}, nothing to do")
    else:
        click.echo(f"{shown(store.url)}: schema {done.before or 'none'} -> {done.after}")
