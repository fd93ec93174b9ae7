"""Addresses of every class, for properties of what may be connected to."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv4Network, IPv6Address

from hypothesis import strategies as st

INNER_V4 = [
    "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24",
    "192.0.2.0/24", "192.88.99.0/24", "192.168.0.0/16", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4",
]  # fmt: skip
INNER_V6 = [
    "::/128", "::1/128", "::ffff:0:0/96", "::ffff:0:0:0/96", "64:ff9b:1::/48", "100::/64", "2001::/32", "2001:2::/48", "2001:10::/28",
    "2001:20::/28", "2001:db8::/32", "2002::/16", "3fff::/20", "4000::/3", "5f00::/16", "fc00::/7", "fe80::/10", "fec0::/10", "ff00::/8",
]  # fmt: skip

inner_v4 = st.sampled_from(INNER_V4).flatmap(lambda network: st.ip_addresses(network=network))
inner_v6 = st.sampled_from(INNER_V6).flatmap(lambda network: st.ip_addresses(network=network))
public_v4 = st.ip_addresses(v=4).filter(lambda a: a.is_global and not any(a in IPv4Network(n) for n in INNER_V4) and not _is_special(a))


def _is_special(address: IPv4Address | IPv6Address) -> bool:
    """Global by the registry, and still nothing that we should reach."""
    networks = ("168.63.129.16/32", "192.31.196.0/24", "192.52.193.0/24", "192.175.48.0/24")
    return any(address in IPv4Network(network) for network in networks)
