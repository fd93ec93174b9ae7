"""Signatures against the public library and against frozen vectors."""

from __future__ import annotations

import base64
import hashlib
import hmac
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st
from standardwebhooks import Webhook, WebhookVerificationError

from services.alert.send import Post
from services.alert.sign import new_secret, signed_headers
from tests.unit.alert_delivery.receiver import SECRET

MOMENT = datetime(2021, 11, 24, 12, 0, 3, 999_999, tzinfo=UTC)


@given(st.text(max_size=300), st.binary(min_size=24, max_size=64))
def test_the_public_library_verifies_what_we_sign(body: str, key: bytes) -> None:
    """Whatever the body and the secret, a receiver with the library accepts it."""
    secret = "whsec_" + base64.b64encode(key).decode()
    try:
        data = body.encode()
    except UnicodeEncodeError:
        return
    headers = signed_headers(secret, delivery_id="dlv_1", at=datetime.now(UTC), body=body)

    Webhook(secret).verify(data, headers, json_parse=False)


@pytest.mark.parametrize(
    ("id", "body", "signature"),
    [
        ("dlv_0011223344556677889900aa", '{"type":"visit.new"}', "v1,TIaYoNCtJKUj5yCPau+JPsuoz1QtHEuPnNPbFmSEBuo="),
        ("dlv_0011223344556677889900aa", '{"title":"مصافحة"}', "v1,qTQneP4jO+tg83N8tHkK/BwjG5Vll8wi9E4VpccJI/U="),
        ("dlv_x", "", "v1,3+IxS6Oh3c+S0XWqCbsid3FOqlAfUO1oSbmLhKtXG2M="),
    ],
)
def test_the_signature_is_the_frozen_one(id: str, body: str, signature: str) -> None:
    """Receivers in the field depend on these bytes, which were computed with the openssl command."""
    headers = signed_headers(SECRET, delivery_id=id, at=MOMENT, body=body)

    assert headers == {"webhook-id": id, "webhook-timestamp": "1637755203", "webhook-signature": signature}


def test_the_signature_is_what_the_standard_says() -> None:
    """The same as written out by hand, so that the library is not only compared with itself."""
    key = base64.b64decode(SECRET.removeprefix("whsec_"))
    digest = hmac.new(key, b"dlv_1.1637755203.{}", hashlib.sha256).digest()

    assert (
        signed_headers(SECRET, delivery_id="dlv_1", at=MOMENT, body="{}")["webhook-signature"] == f"v1,{base64.b64encode(digest).decode()}"
    )


@pytest.mark.parametrize(
    ("age", "change", "body"),
    [
        pytest.param(timedelta(minutes=6), {}, "{}", id="too old"),
        pytest.param(timedelta(minutes=-6), {}, "{}", id="too new"),
        pytest.param(timedelta(), {}, "{ }", id="body written anew"),
        pytest.param(timedelta(), {"webhook-id": "dlv_2"}, "{}", id="another id"),
        pytest.param(timedelta(), {"webhook-signature": "v1,AAAA"}, "{}", id="another signature"),
    ],
)
def test_what_was_changed_or_is_old_is_refused(age: timedelta, change: dict[str, str], body: str) -> None:
    """A receiver that verifies is safe from forgery and from replay after five minutes."""
    headers = signed_headers(SECRET, delivery_id="dlv_1", at=datetime.now(UTC) - age, body="{}")

    with pytest.raises(WebhookVerificationError):
        Webhook(SECRET).verify(body, {**headers, **change})


@pytest.mark.parametrize("at", [MOMENT.replace(tzinfo=None), MOMENT.astimezone(timezone(timedelta(hours=3)))])
def test_a_time_in_another_zone_is_refused(at: datetime) -> None:
    """The library would sign the clock of that zone as if it were UTC."""
    with pytest.raises(ValueError, match="UTC"):
        signed_headers(SECRET, delivery_id="dlv_1", at=at, body="{}")


def test_an_id_with_a_full_stop_is_refused() -> None:
    """Id, time and body are joined by full stops; one inside the id would let two texts have one signature."""
    with pytest.raises(ValueError, match="full stop"):
        signed_headers(SECRET, delivery_id="dlv.1", at=MOMENT, body="{}")


def test_secrets_are_long_and_differ() -> None:
    """32 random bytes each, in the form that the libraries take."""
    made = [new_secret() for _ in range(100)]

    assert len(set(made)) == 100
    assert {len(base64.b64decode(secret.removeprefix("whsec_"), validate=True)) for secret in made} == {32}


def test_a_post_shows_neither_signature_nor_body() -> None:
    """What is printed by accident betrays nothing."""
    shown = repr(Post(url="https://hooks.example.org/", headers={"webhook-signature": "v1,abc"}, body=b"news"))

    assert shown == "Post(url='https://hooks.example.org/')"
