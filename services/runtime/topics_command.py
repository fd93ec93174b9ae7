"""`musafaha topics ensure`."""

from __future__ import annotations

import asyncio

import click

from services.runtime.settings import load_settings


@click.group()
def topics() -> None:
    """The Kafka topics."""


@topics.command()
def ensure() -> None:
    """Create the topics that are missing; safe to repeat.

    Needs MUSAFAHA_KAFKA__BOOTSTRAP_SERVERS; MUSAFAHA_KAFKA__REPLICATION_FACTOR says how many copies. A topic that exists is
    never changed: where it differs, a line says so.
    """
    from services.runtime.kafka import ensure_topics

    for line in asyncio.run(ensure_topics(load_settings().kafka)) or ["all topics are there"]:
        click.echo(line)
