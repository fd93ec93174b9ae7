"""Which jars make the broker: pinned by coordinate and sha256 sum in `deploy/kafka/`, which wheels carry beside this module."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from services.runtime.errors import ConfigError

_KAFKA = "org.apache.kafka:kafka_2.13:"


@dataclass(frozen=True, slots=True)
class Jar:
    """One pinned jar. `path` is its place in any Maven repository: `group/with/slashes/artifact/version/artifact-version.jar`."""

    path: PurePosixPath
    sha256: str

    @property
    def coordinate(self) -> str:
        """`group:artifact:version`, as Maven names it."""
        *group, artifact, version, _file = self.path.parts
        return f"{'.'.join(group)}:{artifact}:{version}"


@dataclass(frozen=True, slots=True)
class Pins:
    """The version of Kafka and every jar that it needs."""

    kafka_version: str
    jars: tuple[Jar, ...]


def pins_folder() -> Path:
    """Where the pins are: beside this module when installed from a wheel, else `deploy/kafka` of the checkout."""
    installed = Path(__file__).parent / "pinned"
    return installed if installed.is_dir() else Path(__file__).parents[3] / "deploy" / "kafka"


def load_pins(folder: Path | None = None) -> Pins:
    """The pins of this version of Musafaha. Raises `ConfigError` when the installation lacks them or they can't be read."""
    folder = folder or pins_folder()
    try:
        coordinates = read_coordinates(folder)
        lines = (folder / "jars.sha256").read_text(encoding="utf-8").splitlines()
    except OSError as error:
        raise ConfigError(f"this installation lacks the list of Kafka's jars ({error}); install Musafaha again.") from error
    version = next((c.removeprefix(_KAFKA) for c in coordinates if c.startswith(_KAFKA)), None)
    jars = tuple(_read_line(line) for line in lines if line.strip())
    if version is None or not jars:
        raise ConfigError(f"{folder} names no Kafka; install Musafaha again.")
    return Pins(kafka_version=version, jars=jars)


def read_coordinates(folder: Path) -> list[str]:
    """What is asked for by name; all the rest follows from it."""
    lines = (folder / "coordinates.txt").read_text(encoding="utf-8").splitlines()
    return [line.strip() for line in lines if line.strip() and not line.startswith("#")]


def _read_line(line: str) -> Jar:
    """One line as `sha256sum` writes it, so that `sha256sum --check` works in the cache folder too."""
    sha256, _, path = line.partition("  ")
    if len(sha256) != 64 or not path.endswith(".jar"):
        raise ConfigError(f"not a line of sha256sum in jars.sha256: {line!r}; install Musafaha again.")
    return Jar(path=PurePosixPath(path), sha256=sha256)
