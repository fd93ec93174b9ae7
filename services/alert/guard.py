"""Where webhooks may go: rules for the text of a URL and for the addresses that its host resolves to. Opens no connection.

A URL is judged when a subscription is made and again before every attempt; addresses are judged after every resolution and
once more when the socket is made. The tables are explicit, since `ipaddress.is_global` calls several transition forms of
loopback global (seen with Python 3.11.7: NAT64, 6to4, IPv4-compatible) and every multicast address too.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address
from typing import Final
from urllib.parse import urlsplit

from yarl import URL

from services.runtime.errors import MusafahaError

HTTPS_PORTS: Final = frozenset({443, 8443})
MAX_HOST_CHARS: Final = 253
"""RFC 1035, section 2.3.4, without the root's dot."""

VAGUE: Final = "target not allowed"
"""All that a subscriber hears of a forbidden host, so that our answers map nobody's inner network."""

LOCALHOST: Final = "localhost"

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

# IANA special-purpose address registries (RFC 6890 and its updates), and addresses at which clouds offer inner services.
_FORBIDDEN_V4: Final = tuple(
    (IPv4Network(network), why)
    for network, why in (
        ("0.0.0.0/8", "this network"),
        ("10.0.0.0/8", "private"),
        ("100.64.0.0/10", "shared by carriers"),
        ("127.0.0.0/8", "loopback"),
        ("168.63.129.16/32", "cloud metadata"),
        ("169.254.0.0/16", "link-local"),
        ("172.16.0.0/12", "private"),
        ("192.0.0.0/24", "protocol assignments"),
        ("192.0.2.0/24", "documentation"),
        ("192.31.196.0/24", "AS112"),
        ("192.52.193.0/24", "multicast relay"),
        ("192.88.99.0/24", "6to4 relay"),
        ("192.168.0.0/16", "private"),
        ("192.175.48.0/24", "AS112"),
        ("198.18.0.0/15", "benchmarks"),
        ("198.51.100.0/24", "documentation"),
        ("203.0.113.0/24", "documentation"),
        ("224.0.0.0/4", "multicast"),
        ("240.0.0.0/4", "reserved"),
    )
)
_FORBIDDEN_V6: Final = tuple(
    (IPv6Network(network), why)
    for network, why in (
        ("::1/128", "loopback"),
        ("::/8", "unspecified, or an IPv4 address in disguise"),
        ("100::/8", "discard, or reserved"),
        ("2001::/23", "protocol assignments (Teredo, ORCHID, benchmarks)"),
        ("2001:db8::/32", "documentation"),
        ("2002::/16", "6to4"),
        ("2620:4f:8000::/48", "AS112"),
        ("3fff::/20", "documentation"),
        ("5f00::/16", "segment routing"),
        ("fc00::/7", "private"),
        ("fe80::/10", "link-local"),
        ("fec0::/10", "site-local"),
        ("ff00::/8", "multicast"),
    )
)
_GLOBAL_UNICAST: Final = IPv6Network("2000::/3")
_NAT64: Final = IPv6Network("64:ff9b::/96")
"""RFC 6052: the last 32 bits are the IPv4 address that is reached. Networks without IPv4 see the whole world through it."""


class TargetNotAllowed(MusafahaError):
    """A URL that webhooks may not go to. The message is fit for the subscriber; `reason` is for our own logs only."""

    def __init__(self, message: str, *, reason: str) -> None:
        super().__init__(message)
        self.reason = reason


class ForbiddenAddress(OSError):
    """A host resolved to an address that webhooks may not go to. An `OSError`, as the HTTP client expects of its resolver."""


@dataclass(frozen=True, slots=True)
class Guard:
    """The rules. `allow_loopback` also lets targets on this machine through, by any port and without TLS; for development."""

    allow_loopback: bool = False
    ports: frozenset[int] = HTTPS_PORTS

    def target(self, text: str) -> URL:
        """The URL as the HTTP client must take it, so that nobody parses it a second time. Raises `TargetNotAllowed`."""
        url, host = _parsed(text)
        local = self.allow_loopback and (host == LOCALHOST or _is_loopback(host))
        if url.scheme != "https" and not (url.scheme == "http" and local):
            raise TargetNotAllowed("the URL must begin with https://", reason="scheme")
        if url.port not in self.ports and not local:
            raise TargetNotAllowed(f"the port must be one of {', '.join(map(str, sorted(self.ports)))}", reason="port")
        if not local:
            _check_host(host)
        return _exact(text, url, host)

    def forbids(self, address: str, *, host: str) -> str | None:
        """Why no connection to `address`, to which `host` resolved, may be made; `None` when it may."""
        loopback = _is_loopback(address)
        if host == LOCALHOST and not loopback:
            return "localhost that is not loopback"
        if loopback and self.allow_loopback:
            return None
        return forbidden(address)


def forbidden(address: str) -> str | None:
    """Why this IP address is out of bounds, `None` when it is public. What is no address in its canonical spelling is forbidden."""
    try:
        found = ip_address(address)
    except ValueError:
        return "no canonical address"
    if isinstance(found, IPv4Address):
        return _why(found, _FORBIDDEN_V4)
    if found.scope_id is not None:
        return "an address with a zone"
    if found in _NAT64:
        return forbidden(str(IPv4Address(int(found) & 0xFFFF_FFFF)))
    return _why(found, _FORBIDDEN_V6) or (None if found in _GLOBAL_UNICAST else "not global unicast")


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


def _why(address: IPv4Address | IPv6Address, table: tuple[tuple[IPv4Network | IPv6Network, str], ...]) -> str | None:
    return next((why for network, why in table if address in network), None)


def _is_loopback(address: str) -> bool:
    """Loopback proper. An IPv6 address that wraps 127.0.0.1 is no loopback, and stays forbidden."""
    try:
        found = ip_address(address)
    except ValueError:
        return False
    return found in IPv4Network("127.0.0.0/8") if isinstance(found, IPv4Address) else found == IPv6Address("::1")


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
