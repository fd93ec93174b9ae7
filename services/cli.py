"""The command `musafaha`. Every sub-command imports what it needs when it runs, so that `extract` never loads Kafka."""

from __future__ import annotations

import sys
from typing import ClassVar

import click

from services.runtime.errors import ConfigError, MusafahaError


class _Lazy(click.Group):
    """A group whose commands live in other modules and are imported when they are used."""

    commands_at: ClassVar[dict[str, tuple[str, str]]] = {
        # name -> (module, attribute)
        "broker": ("services.runtime.broker.command", "broker"),
        "topics": ("services.runtime.topics_command", "topics"),
        "dlq": ("services.runtime.dlq_command", "dlq"),
        "run": ("services.run", "run"),
        "publish": ("services.ingest.command", "publish"),
        "extract": ("services.extract.command", "extract"),
        "explain": ("services.extract.command", "explain"),
        "db": ("services.alert.command", "db"),
        "up": ("services.local.command", "up"),
        "demo": ("services.local.command", "demo"),
    }

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(self.commands_at)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in self.commands_at:
            return None
        from importlib import import_module

        module, attribute = self.commands_at[cmd_name]
        command = getattr(import_module(module), attribute)
        assert isinstance(command, click.Command)
        return command


@click.group(cls=_Lazy, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="musafaha", prog_name="musafaha")
def cli() -> None:
    """Musafaha watches the news for states drawing closer or apart.

    Settings come from MUSAFAHA_* variables; README.md lists them.
    """


def main() -> None:
    """Run the command line; an error of ours is one line on standard error (exit code 2 for a setting, else 1)."""
    try:
        cli(prog_name="musafaha")
    except ConfigError as error:
        sys.exit(_complain(error, code=2))
    except MusafahaError as error:
        sys.exit(_complain(error, code=1))


def _complain(error: Exception, *, code: int) -> int:
    click.echo(f"musafaha: {error}", err=True)
    return code
