"""`musafaha demo` and `musafaha up`: the whole line on this machine."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import tempfile
from collections.abc import Coroutine, Mapping
from pathlib import Path
from typing import Any

import click
from rich.console import Console

from services.local.demo import Screen, play
from services.local.expected import OWN, Samples, load_samples
from services.local.line import exclusive, running_line
from services.local.receiver import Receiver
from services.runtime.settings import PREFIX, Settings, load_settings

_KEPT_IN_DEMO = ("MUSAFAHA_KAFKA__", "MUSAFAHA_BROKER__CACHE", "MUSAFAHA_BROKER__JAVA", "MUSAFAHA_BROKER__HEAP_MB", "MUSAFAHA_RUNNER__")
"""The demo starts from defaults; only how Kafka is run or reached is the user's."""


@click.command()
@click.option(
    "--samples",
    "folder",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    default=OWN,
    help="A folder with articles.jsonl and expected.toml to play instead of our own.",
)
def demo(folder: Path) -> None:
    """Play sample articles through the whole line and check the signed webhooks that come.

    Starts Kafka and the four services in a temporary folder, and leaves nothing behind. Exit code 0 only if every expected
    webhook came, its signature held, and no other came.
    """
    samples = load_samples(folder)
    raise SystemExit(_until_stopped(run_demo(samples, Screen(Console()), Receiver())))


async def run_demo(samples: Samples, screen: Screen, receiver: Receiver) -> int:
    """The demo in a temporary folder of its own; the exit code."""
    environment = {
        name: value for name, value in os.environ.items() if not name.upper().startswith(PREFIX) or name.upper().startswith(_KEPT_IN_DEMO)
    }
    with tempfile.TemporaryDirectory(prefix="musafaha-demo-", ignore_cleanup_errors=True) as folder:
        async with (
            receiver,
            running_line(
                Path(folder),
                load_settings(),
                overrides={"MUSAFAHA_ALERT__ALLOW_LOOPBACK_TARGETS": "true"},
                tell=screen.step,
                environment=environment,
            ) as line,
        ):
            good = await play(line, samples, screen, receiver)
            screen.step("stopping")
    return 0 if good else 1


@click.command()
@click.option(
    "--data", type=click.Path(file_okay=False, path_type=Path), default=Path("musafaha-data"), help="Folder that keeps everything."
)
def up(data: Path) -> None:
    """Run the whole line on a data folder until Ctrl-C; a service that dies is started again.

    Uses the Kafka of MUSAFAHA_KAFKA__BOOTSTRAP_SERVERS when it is set, else its own in the folder.
    """
    raise SystemExit(_until_stopped(_run_up(data.resolve(), load_settings(), Screen(Console()))))


async def _run_up(data: Path, settings: Settings, screen: Screen) -> int:
    with exclusive(data):
        async with running_line(data, settings, overrides=_named_by_user(os.environ), tell=screen.step) as line:
            at = line.addresses
            screen.step(f"Kafka        {at.kafka}")
            screen.step(f"articles     POST {at.ingest}/v1/articles")
            screen.step(f"subscribe    POST {at.api}/v1/subscriptions")
            screen.step(f"metrics      {at.ingest}/metrics {at.api}/metrics {at.extract_ops}/metrics {at.alert_ops}/metrics")
            screen.step(f"logs         {line.logs}")
            screen.step("running; Ctrl-C stops")
            await asyncio.Event().wait()
    return 0


def _named_by_user(environment: Mapping[str, str]) -> dict[str, str]:
    """What the user set holds against what the line would choose."""
    return {name.upper(): value for name, value in environment.items() if name.upper().startswith(PREFIX)}


def _until_stopped(work: Coroutine[Any, Any, int]) -> int:
    """Run to the end, or until SIGINT or SIGTERM: then everything is wound up in order and the exit code is 128 + the signal."""

    async def run() -> int:
        loop, task = asyncio.get_running_loop(), asyncio.ensure_future(work)
        received: list[int] = []

        def stop(number: int) -> None:
            received.append(number)
            task.cancel()

        for number in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(number, stop, number)
        with contextlib.suppress(asyncio.CancelledError):
            return await task
        return 128 + received[0] if received else 1

    return asyncio.run(run())
