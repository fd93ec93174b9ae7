"""`musafaha broker start|stop|status`."""

from __future__ import annotations

from pathlib import Path

import click

from services.runtime.settings import BrokerSettings, load_settings

NOT_RUNNING = 3
"""Exit code of `status` when no broker runs, as LSB init scripts give it."""

_data = click.option("--data", type=click.Path(path_type=Path), help="Data folder, instead of MUSAFAHA_BROKER__DATA.")


@click.group()
def broker() -> None:
    """The embedded Kafka: real Apache Kafka on this machine, without installing Java or Kafka."""


@broker.command()
@_data
def start(data: Path | None) -> None:
    """Start it, wait until it answers, and print its bootstrap servers. Does nothing more when it runs already."""
    from services.runtime.broker import start_broker

    click.echo(start_broker(_settings(data)).bootstrap_servers)


@broker.command()
@_data
def stop(data: Path | None) -> None:
    """Stop it and wait until it is gone; its data stay."""
    from services.runtime.broker import stop_broker

    click.echo("stopped" if stop_broker(_settings(data)) else "was not running")


@broker.command()
@_data
def status(data: Path | None) -> None:
    """Say whether it runs (exit code 0) or not (exit code 3), and why it died when it did."""
    from services.runtime.broker import broker_status

    found = broker_status(_settings(data))
    if found.pid is None:
        click.echo("not running" + (f"; it died: {found.problem}" if found.problem else ""))
        raise SystemExit(NOT_RUNNING)
    click.echo(f"{'running' if found.answers else 'running, does not answer yet'} at {found.bootstrap_servers} (pid {found.pid})")


def _settings(data: Path | None) -> BrokerSettings:
    settings = load_settings().broker
    return settings if data is None else settings.model_copy(update={"data": data})
