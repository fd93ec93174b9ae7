"""Which network addresses are public and which are this machine: the rules that decide whom we connect to and who may drive us.

Opens no connection and resolves nothing. The tables are explicit, since `ipaddress.is_global` calls several transition forms of
loopback global (seen with Python 3.11.7: NAT64, 6to4, IPv4-compatible) and every multicast address too.
"""

from __future__ import annotations

from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address
from typing import Final

LOCALHOST: Final = "localhost"

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


def is_loopback(address: str) -> bool:
    """Whether this is loopback proper. An IPv6 address that wraps 127.0.0.1 is no loopback, and stays forbidden."""
    try:
        found = ip_address(address)
    except ValueError:
        return False
    return found in IPv4Network("127.0.0.0/8") if isinstance(found, IPv4Address) else found == IPv6Address("::1")


def is_this_machine(host: str) -> bool:
    """Whether a host as it is written (a name, or an address without brackets) is this machine on any network, by definition."""
    return host.lower() == LOCALHOST or is_loopback(host)


def _why(address: IPv4Address | IPv6Address, table: tuple[tuple[IPv4Network | IPv6Network, str], ...]) -> str | None:
    return next((why for network, why in table if address in network), None)
