"""Who may import whom: checked by import-linter, which is checked itself by planted violations."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.architecture.checkout import ROOT

LINT = Path(sys.executable).parent / "lint-imports"


def _lint(folder: Path) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PYTHONPATH": str(folder)}
    return subprocess.run([LINT, "--no-cache"], cwd=folder, env=environment, capture_output=True, text=True, check=False)


@pytest.fixture
def copied(tmp_path: Path) -> Path:
    """A copy of the packages that a test may spoil."""
    for package in ("services", "schemas"):
        shutil.copytree(ROOT / package, tmp_path / package, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    return tmp_path


def test_the_import_rules_hold() -> None:
    """Services share nothing but schemas and topics; the pure cores reach nothing outside."""
    done = _lint(ROOT)

    assert (done.returncode, "0 broken" in done.stdout) == (0, True), done.stdout


@pytest.mark.parametrize(
    ("file", "line", "broken"),
    [
        pytest.param("services/extract/spoilt.py", "import services.alert.ports", "Services never import each other BROKEN", id="sibling"),
        pytest.param("services/runtime/spoilt.py", "import services.ingest", "services, then runtime, then schemas BROKEN", id="upwards"),
        pytest.param(
            "schemas/spoilt.py", "import services.runtime.errors", "services, then runtime, then schemas BROKEN", id="schemas-upwards"
        ),
        pytest.param("services/alert/fold.py", "import sqlalchemy", "Pure cores: values in, values out; no Kafka, HTTP, SQL", id="sql"),
        pytest.param(
            "services/extract/engine/spoilt.py", "import os", "Pure cores: values in, values out; no Kafka, HTTP, SQL", id="environment"
        ),
        pytest.param(
            "services/ingest/accept.py", "import services.runtime.kafka", "Pure cores: values in, values out; no Kafka", id="indirect"
        ),
        pytest.param(
            "schemas/spoilt.py", "import yaml", "schemas needs pydantic and the standard library only BROKEN", id="schemas-library"
        ),
    ],
)
def test_a_planted_import_is_found(copied: Path, file: str, line: str, broken: str) -> None:
    """Each rule can fail."""
    with (copied / file).open("a", encoding="utf-8") as spoilt:
        spoilt.write(f"\n{line}\n")

    done = _lint(copied)

    assert done.returncode == 1
    assert broken in " ".join(done.stdout.split()), done.stdout
