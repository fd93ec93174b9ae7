"""The committed contracts as the tests of this folder read them: generated files, examples, validators."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator
from pydantic import TypeAdapter

from schemas.export import CONTRACTS

SCHEMAS = Path(__file__).resolve().parents[2] / "schemas"
EXAMPLES = sorted(path.stem for path in (SCHEMAS / "examples").glob("*.json"))
"""Names of the example files, without `.json`."""


def read(path: Path) -> Any:
    """The content of a JSON file."""
    return json.loads(path.read_text(encoding="utf-8"))


def example(name: str) -> Any:
    """The example with this file name (without `.json`)."""
    return read(SCHEMAS / "examples" / f"{name}.json")


def contract_of(name: str) -> str:
    """Which contract an example is of: what stands before the first dot of its name."""
    return name.partition(".")[0]


def committed_schema(name: str) -> Any:
    """The committed JSON Schema of a contract."""
    return read(SCHEMAS / "json" / f"{name}.schema.json")


def validator(name: str) -> Draft202012Validator:
    """Checks values against the committed JSON Schema of a contract, formats included."""
    return Draft202012Validator(committed_schema(name), format_checker=Draft202012Validator.FORMAT_CHECKER)


def model(name: str) -> TypeAdapter[Any]:
    """Reads and writes values of a contract."""
    return TypeAdapter(CONTRACTS[name])
