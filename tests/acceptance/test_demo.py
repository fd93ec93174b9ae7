"""`musafaha demo` as a person runs it: what it says, when it fails, and that nothing is left behind."""

from __future__ import annotations

import io
import os
import re
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import psutil
import pytest
from rich.console import Console

from services.local.command import run_demo
from services.local.demo import Screen
from services.local.expected import OWN, load_samples
from services.local.receiver import Receiver

LASTS_AT_MOST_S = 240


def _demo(*arguments: str, temporary: Path) -> subprocess.Popen[str]:
    temporary.mkdir(exist_ok=True)
    return subprocess.Popen(
        [sys.executable, "-m", "services", "demo", *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        env=os.environ | {"TMPDIR": str(temporary)},
    )


def _processes_of(folder: Path) -> list[int]:
    """Whatever was started for a folder names it on its command line or in its environment."""
    found = []
    for process in psutil.process_iter():
        try:
            told = [*process.cmdline(), *process.environ().values()]
        except (psutil.AccessDenied, psutil.NoSuchProcess, psutil.ZombieProcess):
            continue
        if process.pid != os.getpid() and any(str(folder) in text for text in told):
            found.append(process.pid)
    return found


def test_the_demo_shows_every_step_and_leaves_nothing_behind(tmp_path: Path) -> None:
    """Articles, events, developments, notices, verified webhooks; exit code 0; no process and no folder stay."""
    temporary = tmp_path / "tmp"
    process = _demo(temporary=temporary)
    output, _ = process.communicate(timeout=LASTS_AT_MOST_S)

    assert process.returncode == 0, output
    for what in ("article", "event", "development", "notice", "webhook"):
        assert re.search(rf"^{what} ", output, re.MULTILINE), f"no line tells of a {what}:\n{output}"
    assert len(re.findall(r"^webhook .* signature verified$", output, re.MULTILINE)) == len(load_samples(OWN).notices)
    assert "\x1b[" not in output
    assert list(temporary.glob("musafaha-demo-*")) == []
    assert _processes_of(temporary) == []


def test_ctrl_c_stops_the_demo_cleanly(tmp_path: Path) -> None:
    """Interrupted in the middle, it still takes everything down that it put up."""
    temporary = tmp_path / "tmp"
    process = _demo(temporary=temporary)
    assert process.stdout is not None
    for line in process.stdout:
        if "starting ingest" in line or line.startswith("article"):
            break
    process.send_signal(signal.SIGINT)
    process.communicate(timeout=LASTS_AT_MOST_S)

    assert process.returncode == 128 + signal.SIGINT
    assert list(temporary.glob("musafaha-demo-*")) == []
    assert _processes_of(temporary) == []


def test_a_false_alarm_makes_the_demo_fail(tmp_path: Path) -> None:
    """A webhook that nobody expects is as bad as one that is missing."""
    folder = tmp_path / "samples"
    shutil.copytree(OWN, folder)
    expected = folder / "expected.toml"
    head, *notices = expected.read_text(encoding="utf-8").split("[[notices]]")
    expected.write_text(head + "".join(f"[[notices]]{notice}" for notice in notices[:-1]), encoding="utf-8")

    process = _demo("--samples", str(folder), temporary=tmp_path / "tmp")
    output, _ = process.communicate(timeout=LASTS_AT_MOST_S)

    assert process.returncode == 1, output
    assert "nobody expects" in output


async def test_a_body_changed_on_its_way_makes_the_demo_fail() -> None:
    """A receiver that gets other bytes than were signed must not count them."""
    output = io.StringIO()
    receiver = Receiver(transit=lambda body: body.replace(b"ISR", b"XXX"))

    code = await run_demo(load_samples(OWN), Screen(Console(file=output)), receiver)

    assert code == 1
    assert "the signature does not hold" in output.getvalue()


@pytest.mark.parametrize(
    ("file", "content", "complaint"),
    [
        pytest.param("articles.jsonl", "{not json\n", "can't be read", id="broken article"),
        pytest.param("expected.toml", "notices = 3\n", "can't be read", id="wrong expectations"),
        pytest.param("expected.toml", "free = ['nowhere']\n", "nowhere", id="unknown article"),
    ],
)
def test_samples_that_cannot_be_read_are_named(tmp_path: Path, file: str, content: str, complaint: str) -> None:
    """Nothing is started for samples that are wrong; the message says which file and what."""
    folder = tmp_path / "samples"
    shutil.copytree(OWN, folder)
    (folder / file).write_text(content, encoding="utf-8")

    process = _demo("--samples", str(folder), temporary=tmp_path / "tmp")
    output, _ = process.communicate(timeout=60)

    assert process.returncode == 1
    assert complaint in output
    assert str(folder) in output
