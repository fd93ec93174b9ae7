"""Where webhooks may go: rules for the text of a URL and for the addresses that its host resolves to. Opens no connection.

A URL is judged when a subscription is made and again before every attempt; addresses are judged after every resolution and
once more when the socket is made.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

from yarl import URL

from services.runtime.errors import MusafahaError
from services.runtime.netaddress import LOCALHOST, forbidden, is_loopback, is_this_machine

HTTPS_PORTS: Final = frozenset({443, 8443})
MAX_HOST_CHARS: Final = 253
"""RFC 1035, section 2.3.4, without the root's dot."""

VAGUE: Final = "target not allowed"
"""All that a subscriber hears of a forbidden host, so that our answers map nobody's inner network."""

_LABEL = re.compile(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?")
_NUMBER = re.compile(r"[0-9]+|0x[0-9a-f]*")
"""What makes the last label of a host an IPv4 address in one of its many spellings (WHATWG URL, "ends in a number")."""

_TO_QUOTE = re.compile(r'["<>^`{|}]')
"""Printable ASCII that a URL must not have as it is (RFC 3986)."""

_INNER_NAMES: Final = (
    "localhost",
    "localdomain",
    "local",
    "internal",
    "intranet",
    "private",
    "corp",
    "home",
    "lan",
    "home.arpa",
)


class TargetNotAllowed(MusafahaError):
    """A URL that webhooks may not go to. The message is fit for the subscriber; `reason` is for our own logs only."""

    def __init__(self, message: str, *, reason: str) -> None:
        super().__init__(message)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Guard:
    """The rules. `allow_loopback` also lets targets on this machine through, by any port and without TLS; for development."""

    allow_loopback: bool = False
    ports: frozenset[int] = HTTPS_PORTS

    def target(self, text: str) -> URL:
        """The URL as the HTTP client must take it, so that nobody parses it a second time. Raises `TargetNotAllowed`."""
        url, host = _parsed(text)
        local = self.allow_loopback and is_this_machine(host)
        if url.scheme != "https" and not (url.scheme == "http" and local):
            raise TargetNotAllowed("the URL must begin with https://", reason="scheme")
        if url.port not in self.ports and not local:
            raise TargetNotAllowed(f"the port must be one of {', '.join(map(str, sorted(self.ports)))}", reason="port")
        if not local:
            _check_host(host)
        return _exact(text, url, host)

    def forbids(self, address: str, *, host: str) -> str | None:
        """Why no connection to `address`, to which `host` resolved, may be made; `None` when it may."""
        loopback = is_loopback(address)
        if host == LOCALHOST and not loopback:
            return "localhost that is not loopback"
        if loopback and self.allow_loopback:
            return None
        return forbidden(address)


def _check_host(host: str) -> None:
    labels = host.split(".")
    if ":" in host or _NUMBER.fullmatch(labels[-1]):
        if why := forbidden(host):
            raise TargetNotAllowed(VAGUE, reason=why)
        return
    if len(host) > MAX_HOST_CHARS or not all(_LABEL.fullmatch(label) for label in labels):
        raise TargetNotAllowed("the host is no name of letters, digits, hyphens and single dots", reason="host name")
    if len(labels) == 1 or any(host.endswith(f".{name}") for name in _INNER_NAMES):
        raise TargetNotAllowed(VAGUE, reason="inner name")


def _parsed(text: str) -> tuple[URL, str]:
    """The URL and its host in ASCII and lower case, an IPv6 address without brackets."""
    if any(_is_unprintable(character) for character in text) or "\\" in text:
        raise TargetNotAllowed("the URL has a space, a backslash or a character that does not print", reason="characters")
    if "#" in text:
        raise TargetNotAllowed("the URL must not have a fragment (#…)", reason="fragment")
    try:
        authority = urlsplit(text).netloc
        url = URL(text)
        host, port = url.raw_host, url.port
    except ValueError as error:
        raise TargetNotAllowed("this is no URL", reason="syntax") from error
    if "@" in authority:
        raise TargetNotAllowed("the URL must not name a user or password", reason="userinfo")
    if not url.scheme or not host or not port or ("[" in authority and ":" not in host):
        raise TargetNotAllowed("the URL must be absolute: https://host/path", reason="syntax")
    return url, host


def _exact(text: str, url: URL, host: str) -> URL:
    """The URL with path and query as they were written: receivers that sign their URLs mind whether it says `%2F` or `/`."""
    if not text.isascii() or _TO_QUOTE.search(text):
        return url
    written = URL(text, encoded=True)
    return URL.build(
        scheme=url.scheme,
        host=f"[{host}]" if ":" in host else host,
        port=url.explicit_port,
        path=written.raw_path,
        query_string=written.raw_query_string,
        encoded=True,
    )


def _is_unprintable(character: str) -> bool:
    """Controls, invisible format characters, surrogates, unassigned code points and every kind of space."""
    return unicodedata.category(character)[0] in "CZ"
