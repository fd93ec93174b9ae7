"""The signature of a webhook, as Standard Webhooks 1.0 wants it: HMAC-SHA256 over id, timestamp and body."""

from __future__ import annotations

import base64
import secrets
from datetime import UTC, datetime, timedelta
from typing import Final

from standardwebhooks import Webhook

PREFIX: Final = "whsec_"
SECRET_BYTES: Final = 32
"""The standard asks for 24 to 64."""


def new_secret() -> str:
    """A fresh signing secret, in the form that every Standard Webhooks library takes."""
    return PREFIX + base64.b64encode(secrets.token_bytes(SECRET_BYTES)).decode("ascii")


def signed_headers(secret: str, *, delivery_id: str, at: datetime, body: str) -> dict[str, str]:
    """The three headers that prove who sent `body` and when. `at` must be in UTC: the library signs other zones wrongly.

    Raises `ValueError` for a time in another zone and for an id with a full stop, which would make the signed text ambiguous.
    """
    if at.tzinfo is None or at.utcoffset() != timedelta(0):
        raise ValueError(f"a signature needs a time in UTC, not {at.isoformat()}")
    if "." in delivery_id:
        raise ValueError(f"a webhook-id must not contain a full stop: {delivery_id}")
    moment = at.astimezone(UTC)
    return {
        "webhook-id": delivery_id,
        "webhook-timestamp": str(int(moment.timestamp())),
        "webhook-signature": Webhook(secret).sign(delivery_id, moment, body),
    }
