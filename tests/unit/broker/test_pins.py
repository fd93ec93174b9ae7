"""The list of jars: complete, readable by sha256sum, and carried by the wheel."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from services.runtime.broker.pins import load_pins, pins_folder
from services.runtime.errors import ConfigError

ROOT = Path(__file__).parents[3]


def test_kafka_4_3_1_and_all_that_it_needs_is_pinned() -> None:
    """46 jars, as Maven resolves them, Kafka's own and a logger among them."""
    pins = load_pins()
    coordinates = {jar.coordinate for jar in pins.jars}

    assert (pins.kafka_version, len(pins.jars), len(coordinates)) == ("4.3.1", 46, 46)
    assert {"org.apache.kafka:kafka_2.13:4.3.1", "org.slf4j:slf4j-simple:1.7.36"} <= coordinates


def test_the_checkout_reads_the_list_from_deploy() -> None:
    """There is one copy of the list in the repository."""
    assert pins_folder() == ROOT / "deploy" / "kafka"


def test_the_wheel_carries_the_list_beside_the_code(tmp_path: Path) -> None:
    """An installed Musafaha knows its jars without the checkout."""
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path)], cwd=ROOT, check=True, capture_output=True
    )
    (wheel,) = tmp_path.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        carried = {name: archive.read(f"services/runtime/broker/pinned/{name}") for name in ("coordinates.txt", "jars.sha256")}

    assert carried == {name: (ROOT / "deploy" / "kafka" / name).read_bytes() for name in carried}


@pytest.mark.parametrize("line", ["nonsense", "0123  a/b/c/1/c-1.jar", "0" * 64 + "  a/b/c/1/c-1.pom"])
def test_a_line_that_is_none_of_sha256sum_is_named(line: str, tmp_path: Path) -> None:
    """A broken installation is told, not half used."""
    (tmp_path / "coordinates.txt").write_text("org.apache.kafka:kafka_2.13:4.3.1\n", encoding="utf-8")
    (tmp_path / "jars.sha256").write_text(line + "\n", encoding="utf-8")

    with pytest.raises(ConfigError, match="not a line of sha256sum"):
        load_pins(tmp_path)


def test_a_missing_list_is_named(tmp_path: Path) -> None:
    """An installation without the list says so."""
    with pytest.raises(ConfigError, match="lacks the list of Kafka's jars"):
        load_pins(tmp_path)
