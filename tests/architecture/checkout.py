"""Where things are in this checkout, for the tests of its structure."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]


def project() -> dict[str, Any]:
    """The content of pyproject.toml."""
    return tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))


def pure_modules() -> list[str]:
    """The modules that pyproject.toml declares pure, packages with all they contain."""
    contracts = project()["tool"]["importlinter"]["contracts"]
    found: list[str] = next(contract["source_modules"] for contract in contracts if contract["name"].startswith("Pure cores"))
    return found


def files_of(module: str) -> list[Path]:
    """The files of a module or package; none when it does not exist."""
    path = ROOT.joinpath(*module.split("."))
    return sorted(path.rglob("*.py")) if path.is_dir() else [file for file in [path.with_suffix(".py")] if file.exists()]
