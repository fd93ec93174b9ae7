"""`musafaha run <service>`: one process of the line, with its settings from the environment."""

from __future__ import annotations

from importlib import import_module

import click

from services.runtime.settings import load_settings

SERVICES = {
    "ingest": "services.ingest.app",
    "extract": "services.extract.app",
    "alert": "services.alert.app",
    "api": "services.alert.web.app",
}


@click.command()
@click.argument("service", type=click.Choice(list(SERVICES)))
def run(service: str) -> None:
    """Run one service until it gets SIGTERM; settings come from MUSAFAHA_* variables."""
    settings = load_settings()
    raise SystemExit(import_module(SERVICES[service]).main(settings))
