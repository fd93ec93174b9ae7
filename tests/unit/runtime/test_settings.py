"""Settings: every slip in the environment is told by the name of its variable, before anything starts."""

from __future__ import annotations

import os

import pytest
from pydantic import ValidationError

from services.runtime.errors import ConfigError
from services.runtime.settings import PREFIX, KafkaSettings, Settings, load_settings, settings_table, variables

KEY = "0123456789abcdef"
DEFAULTS = Settings.model_construct()


@pytest.fixture(autouse=True)
def clean_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """No test sees the settings of whoever runs it."""
    for name in list(os.environ):
        if name.upper().startswith(PREFIX):
            monkeypatch.delenv(name)


def _load(monkeypatch: pytest.MonkeyPatch, environment: dict[str, str]) -> Settings:
    for name, value in environment.items():
        monkeypatch.setenv(f"{PREFIX}{name}", value)
    return load_settings()


def test_without_any_variable_everything_has_its_default() -> None:
    """A newcomer sets nothing."""
    assert load_settings() == DEFAULTS
    assert load_settings().kafka == KafkaSettings()


def test_one_variable_changes_one_setting_and_leaves_its_neighbours(monkeypatch: pytest.MonkeyPatch) -> None:
    """A section is not replaced as a whole."""
    settings = _load(monkeypatch, {"ALERT__CONCURRENCY": "7", "ALERT__RETRY_DELAYS_S": "[1, 2.5]"})

    assert (settings.alert.concurrency, settings.alert.retry_delays_s) == (7, (1.0, 2.5))
    assert settings.alert.per_endpoint == DEFAULTS.alert.per_endpoint


def test_an_empty_value_counts_as_not_set(monkeypatch: pytest.MonkeyPatch) -> None:
    """Compose files pass on variables that nobody filled in."""
    settings = _load(monkeypatch, {"KAFKA__BOOTSTRAP_SERVERS": "", "INGEST__PORT": ""})

    assert settings == DEFAULTS


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("KAFKA__BOOTSTRAP_SERVER", "did you mean MUSAFAHA_KAFKA__BOOTSTRAP_SERVERS?"),
        ("HTTP_API_KEY", "did you mean MUSAFAHA_HTTP__API_KEY?"),
        ("KAFKA", "MUSAFAHA_KAFKA is no setting"),
        ("ZZZ", "All settings: README.md"),
    ],
)
def test_an_unknown_variable_is_refused_with_the_nearest_known_one(monkeypatch: pytest.MonkeyPatch, name: str, hint: str) -> None:
    """A misspelt name would otherwise mean a default that nobody wanted."""
    with pytest.raises(ConfigError) as caught:
        _load(monkeypatch, {name: "x"})

    assert f"{PREFIX}{name} is no setting" in str(caught.value)
    assert hint in str(caught.value)


def test_names_are_read_in_any_case(monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither is a lower-case name lost, nor a lower-case slip."""
    monkeypatch.setenv("musafaha_ingest__port", "77")
    assert load_settings().ingest.port == 77

    monkeypatch.setenv("musafaha_ingest__prt", "78")
    with pytest.raises(ConfigError, match="musafaha_ingest__prt is no setting"):
        load_settings()


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("INGEST__PORT", "eighty", "MUSAFAHA_INGEST__PORT: Input should be a valid integer"),
        ("API__PORT", "65536", "MUSAFAHA_API__PORT: Input should be less than or equal to 65535"),
        ("RUNNER__TASK_TIMEOUT_S", "56", "MUSAFAHA_RUNNER__TASK_TIMEOUT_S: Input should be less than or equal to 55"),
        ("RUNNER__WINDOW", "0", "MUSAFAHA_RUNNER__WINDOW: Input should be greater than or equal to 1"),
        ("KAFKA__SECURITY_PROTOCOL", "TLS", "MUSAFAHA_KAFKA__SECURITY_PROTOCOL: Input should be 'PLAINTEXT', 'SSL'"),
        ("LOGS__LEVEL", "LOUD", "MUSAFAHA_LOGS__LEVEL: Input should be 'DEBUG'"),
        ("ALERT__RETRY_DELAYS_S", "[5, -1]", "MUSAFAHA_ALERT__RETRY_DELAYS_S: entry 2: Input should be greater than or equal to 0"),
        ("ALERT__RETRY_DELAYS_S", "5", "MUSAFAHA_ALERT__RETRY_DELAYS_S: Input should be a valid tuple"),
        ("ALERT__RETRY_DELAYS_S", "5, 30", "a list is written as JSON"),
        ("ALERT__ALLOW_LOOPBACK_TARGETS", "perhaps", "MUSAFAHA_ALERT__ALLOW_LOOPBACK_TARGETS: Input should be a valid boolean"),
        ("INGEST__MAX_ARTICLE_BYTES", "1000001", "MUSAFAHA_INGEST__MAX_ARTICLE_BYTES: Input should be less than or equal to 1000000"),
    ],
)
def test_a_bad_value_is_refused_with_its_variable_and_what_would_do(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str, message: str
) -> None:
    """The operator knows at once which line to change."""
    with pytest.raises(ConfigError) as caught:
        _load(monkeypatch, {name: value})

    assert message in str(caught.value)


def test_all_bad_values_are_told_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody has to start five times to find five slips."""
    with pytest.raises(ConfigError) as caught:
        _load(monkeypatch, {"INGEST__PORT": "x", "API__PORT": "y"})

    assert "MUSAFAHA_INGEST__PORT" in str(caught.value) and "MUSAFAHA_API__PORT" in str(caught.value)


@pytest.mark.parametrize(
    ("environment", "message"),
    [
        pytest.param({"HTTP__HOST": "0.0.0.0"}, "set MUSAFAHA_HTTP__API_KEY first", id="open-without-key"),
        pytest.param({"HTTP__HOST": "::"}, "set MUSAFAHA_HTTP__API_KEY first", id="open-ipv6-without-key"),
        pytest.param({"HTTP__HOST": "news.example"}, "set MUSAFAHA_HTTP__API_KEY first", id="named-host-without-key"),
        pytest.param({"HTTP__API_KEY": "short"}, "shorter than 16 characters", id="short-key"),
        pytest.param(
            {"KAFKA__SECURITY_PROTOCOL": "SASL_SSL"}, "needs MUSAFAHA_KAFKA__USERNAME and MUSAFAHA_KAFKA__PASSWORD", id="sasl-alone"
        ),
        pytest.param(
            {"KAFKA__SECURITY_PROTOCOL": "SASL_PLAINTEXT", "KAFKA__USERNAME": "u", "KAFKA__PASSWORD": "p"},
            "would send the password unencrypted",
            id="password-in-the-clear",
        ),
        pytest.param({"KAFKA__USERNAME": "u"}, "is no SASL protocol", id="user-without-sasl"),
        pytest.param({"KAFKA__PASSWORD": "p", "KAFKA__SECURITY_PROTOCOL": "SSL"}, "is no SASL protocol", id="password-without-sasl"),
        pytest.param({"KAFKA__CERT_FILE": "c.pem"}, "only one is set", id="certificate-without-key"),
        pytest.param({"KAFKA__KEY_FILE": "k.pem"}, "only one is set", id="key-without-certificate"),
        pytest.param({"ALERT__LEASE_S": "29"}, "at least twice MUSAFAHA_ALERT__DELIVERY_TIMEOUT_S", id="lease-too-short"),
    ],
)
def test_settings_that_contradict_each_other_are_refused(
    monkeypatch: pytest.MonkeyPatch, environment: dict[str, str], message: str
) -> None:
    """What would be unsafe or could not work stops the process before it starts."""
    with pytest.raises(ConfigError) as caught:
        _load(monkeypatch, environment)

    assert message in str(caught.value)


@pytest.mark.parametrize(
    "environment",
    [
        pytest.param({"HTTP__HOST": "0.0.0.0", "HTTP__API_KEY": KEY}, id="open-with-key"),
        pytest.param({"HTTP__HOST": "::1"}, id="loopback-ipv6"),
        pytest.param({"HTTP__HOST": "127.0.0.2"}, id="any-loopback-address"),
        pytest.param({"HTTP__HOST": "localhost"}, id="localhost"),
        pytest.param({"KAFKA__SECURITY_PROTOCOL": "SASL_SSL", "KAFKA__USERNAME": "u", "KAFKA__PASSWORD": "p"}, id="sasl-over-tls"),
        pytest.param(
            {
                "KAFKA__SECURITY_PROTOCOL": "SASL_PLAINTEXT",
                "KAFKA__USERNAME": "u",
                "KAFKA__PASSWORD": "p",
                "KAFKA__ALLOW_PLAINTEXT_CREDENTIALS": "true",
            },
            id="password-in-the-clear-on-purpose",
        ),
        pytest.param({"KAFKA__SECURITY_PROTOCOL": "SSL", "KAFKA__CERT_FILE": "c.pem", "KAFKA__KEY_FILE": "k.pem"}, id="client-certificate"),
        pytest.param({"ALERT__LEASE_S": "30"}, id="lease-just-long-enough"),
    ],
)
def test_the_same_settings_made_consistent_are_accepted(monkeypatch: pytest.MonkeyPatch, environment: dict[str, str]) -> None:
    """The checks refuse the contradiction, not the setting."""
    assert _load(monkeypatch, environment) != DEFAULTS


def test_secrets_are_not_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    """Settings may be logged; keys and passwords may not."""
    settings = _load(
        monkeypatch,
        {"HTTP__API_KEY": KEY, "KAFKA__SECURITY_PROTOCOL": "SASL_SSL", "KAFKA__USERNAME": "u", "KAFKA__PASSWORD": "swordfish"},
    )

    assert KEY not in repr(settings) and "swordfish" not in repr(settings)


def test_settings_are_frozen() -> None:
    """Nothing changes after it was read."""
    with pytest.raises(ValidationError, match="frozen"):
        load_settings().ingest.port = 1  # type: ignore[misc]


def test_every_setting_is_described_in_the_table() -> None:
    """There is no setting that only its author knows."""
    table = settings_table()

    assert all(f"| `{name}` |" in table for name, _ in variables())
    assert all(field.description and field.description.rstrip().endswith((".", "`")) for _, field in variables())
