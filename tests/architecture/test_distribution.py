"""One distribution, installed from here, that works from anywhere and carries its data."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

import schemas
import services
from services.cli import cli
from tests.architecture.checkout import ROOT, project

MUSAFAHA = Path(sys.executable).parent / "musafaha"


def _run(*command: str | Path, cwd: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command, cwd=cwd, capture_output=True, text=True, check=False)


def test_both_packages_come_from_this_checkout() -> None:
    """No other distribution's `services` or `schemas` stands in the way of ours."""
    assert [Path(package.__file__ or "").parent for package in (services, schemas)] == [ROOT / "services", ROOT / "schemas"]


@pytest.mark.parametrize("command", [[MUSAFAHA], [sys.executable, "-m", "services"]], ids=["musafaha", "python -m services"])
def test_the_command_works_from_an_unrelated_folder(command: list[str | Path], tmp_path: Path) -> None:
    """Nothing depends on standing in the repository."""
    done = _run(*command, "--version", cwd=tmp_path)

    assert (done.returncode, done.stdout.strip()) == (0, f"musafaha, version {project()['project']['version']}")


def test_every_command_loads_and_explains_itself(tmp_path: Path) -> None:
    """No entry of the table of commands leads nowhere."""
    context = cli.make_context("musafaha", ["--help"], resilient_parsing=True)
    names = cli.list_commands(context)

    commands = {name: cli.get_command(context, name) for name in names}

    assert all(command is not None and command.get_short_help_str() for command in commands.values())


@pytest.mark.parametrize("name", ["extract", "explain"])
def test_working_offline_loads_neither_kafka_nor_web_nor_sql(name: str, tmp_path: Path) -> None:
    """`musafaha extract` starts fast and runs where no broker is."""
    code = (
        "import sys; from services.cli import cli; "
        f"cli.get_command(cli.make_context('musafaha', [], resilient_parsing=True), {name!r}); "
        "print(sorted({'faust', 'mode', 'aiokafka', 'aiohttp', 'fastapi', 'sqlalchemy'} & set(sys.modules)))"
    )

    done = _run(sys.executable, "-c", code, cwd=tmp_path)

    assert (done.stdout.strip(), done.stderr) == ("[]", "")


def test_an_error_of_ours_is_one_line_and_no_traceback(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A slip in the settings costs the operator one line, not forty."""
    monkeypatch.setenv("MUSAFAHA_KAFKA__BOOTSTRAP", "x")

    done = _run(MUSAFAHA, "run", "extract", cwd=tmp_path)

    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("musafaha: MUSAFAHA_KAFKA__BOOTSTRAP is no setting; did you mean MUSAFAHA_KAFKA__BOOTSTRAP_SERVERS?")
    assert done.stderr.count("\n") == 1


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> set[str]:
    """The files in the wheel that images install."""
    folder = tmp_path_factory.mktemp("wheel")
    done = _run(sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder), cwd=ROOT)
    assert done.returncode == 0, done.stderr
    (built,) = folder.glob("*.whl")
    with zipfile.ZipFile(built) as archive:
        return set(archive.namelist())


def test_the_wheel_carries_all_data_that_the_code_reads(wheel: set[str]) -> None:
    """Rules, watchlists, samples, migrations, pins: what works in the checkout works in an image."""
    listed = _run("git", "ls-files", "services", "schemas", cwd=ROOT).stdout.split()

    missing = [path for path in listed if path not in wheel and (ROOT / path).exists()]

    assert len(listed) > 30
    assert missing == []


def test_the_wheel_carries_nothing_else(wheel: set[str]) -> None:
    """No tests, no local data, no other top-level package in somebody's environment."""
    tops = {name.split("/")[0] for name in wheel}

    assert {top for top in tops if not top.endswith(".dist-info")} == {"services", "schemas"}
