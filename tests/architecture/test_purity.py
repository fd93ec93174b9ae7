"""The pure cores ask nobody for the time or the environment: they are given what they need."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.architecture.checkout import ROOT, files_of, pure_modules

CALLS = {
    "datetime.now",
    "datetime.utcnow",
    "datetime.today",
    "date.today",
    "datetime.datetime.now",
    "datetime.date.today",
    "time.time",
    "time.monotonic",
    "time.perf_counter",
    "utc_now",
    "clock.utc_now",
    "os.getenv",
    "input",
    "print",
}
NAMES = {"os.environ"}
CORES = (
    "services.alert.fold",
    "services.alert.identity",
    "services.alert.link",
    "services.alert.match",
    "services.alert.novelty",
    "services.alert.retry",
    "services.alert.sign",
    "services.alert.wording",
    "services.extract.core",
    "services.extract.engine",
    "services.ingest.accept",
    "services.ingest.feedbody",
    "services.ingest.feeddates",
    "services.ingest.htmltext",
    "services.ingest.jsontext",
    "services.ingest.urlkey",
)
"""What the architecture calls a core; each must be declared pure in pyproject.toml."""


def _dotted(node: ast.expr) -> str:
    match node:
        case ast.Name(id=name):
            return name
        case ast.Attribute(value=value, attr=name):
            return f"{_dotted(value)}.{name}"
        case _:
            return "?"


def impurities(source: str) -> Iterator[str]:
    """Every use of clock or environment in a module, with its line."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call) and _dotted(node.func) in CALLS:
            yield f"line {node.lineno}: {_dotted(node.func)}()"
        elif isinstance(node, ast.Attribute) and _dotted(node) in NAMES:
            yield f"line {node.lineno}: {_dotted(node)}"


@pytest.mark.parametrize(
    "file", [file for module in pure_modules() for file in files_of(module)], ids=lambda file: str(file.relative_to(ROOT))
)
def test_a_pure_module_asks_for_neither_time_nor_environment(file: Path) -> None:
    """The same values in give the same values out, today and in a replay."""
    assert list(impurities(file.read_text(encoding="utf-8"))) == []


@pytest.mark.parametrize(
    "source",
    [
        "from datetime import datetime, UTC\nnow = datetime.now(UTC)",
        "import datetime\ntoday = datetime.date.today()",
        "import time\nstarted = time.monotonic()",
        "import os\nhome = os.environ['HOME']",
        "from services.runtime.clock import utc_now\ndef f(at=None):\n    return at or utc_now()",
    ],
)
def test_a_planted_use_of_clock_or_environment_is_found(source: str) -> None:
    """The check can fail."""
    assert len(list(impurities(source))) == 1


def test_being_given_a_clock_is_pure() -> None:
    """Naming the type of a clock, or computing with dates that were given, is no use of the clock."""
    source = "from datetime import date, timedelta\ndef f(clock, day):\n    return clock(), day + timedelta(days=1), date(2022, 2, 3)"

    assert list(impurities(source)) == []


@pytest.mark.parametrize("module", CORES)
def test_every_core_is_declared_pure(module: str) -> None:
    """A new core cannot be forgotten in the import rules."""
    assert files_of(module) != []
    assert module in pure_modules()
