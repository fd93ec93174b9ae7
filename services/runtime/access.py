"""Which HTTP requests are let in, whatever serves them: those that are meant for this machine and bear the API key.

A port on loopback is reached by every program of this machine, a browser with a foreign web page among them. Such a page can point
its own name at 127.0.0.1 (DNS rebinding) and is then of one origin with us; but the `Host` header still bears its name.
"""

from __future__ import annotations

import hmac
import re
from collections.abc import Sequence
from typing import Final

from pydantic import SecretStr

from services.runtime.netaddress import is_this_machine

OPEN_PATHS: Final = frozenset({"/livez", "/readyz"})
"""Need no API key: who restarts or balances processes has none."""

NO_KEY: Final = "send the API key as `Authorization: Bearer <key>`"
WRONG_HOST: Final = (
    "this port serves its own machine, and the Host header names another; "
    "ask for localhost or 127.0.0.1 (a proxy in front has to send that as Host)"
)

_HOST = re.compile(r"(?:\[([^\[\]]*)\]|([^:\[\]]*))(?::[0-9]*)?")
"""RFC 9110, section 7.2: a name or address, an IPv6 address in brackets, and perhaps a port."""


def is_for_us(hosts: Sequence[bytes], *, listening_on: str) -> bool:
    """Whether these `Host` headers name this machine. Always true when `listening_on` is no loopback: then names are up to others."""
    if not is_this_machine(listening_on):
        return True
    found = _HOST.fullmatch(hosts[0].decode("latin-1")) if len(hosts) == 1 else None
    return found is not None and is_this_machine(found[1] or found[2] or "")


def bears_key(path: str, authorizations: Sequence[bytes], api_key: SecretStr | None) -> bool:
    """Whether these `Authorization` headers give access to `path`: without a key all do. Compared in constant time."""
    if api_key is None or path in OPEN_PATHS:
        return True
    # Of two headers a proxy might mean one and we the other.
    scheme, _, key = authorizations[0].partition(b" ") if len(authorizations) == 1 else (b"", b"", b"")
    return scheme.lower() == b"bearer" and hmac.compare_digest(key.strip(), api_key.get_secret_value().encode())
