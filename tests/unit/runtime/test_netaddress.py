"""Which addresses are public: every class of address, whatever it is wrapped in."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from services.runtime.netaddress import forbidden, is_loopback, is_this_machine
from tests.addresses import inner_v4, inner_v6, public_v4


@given(inner_v4 | inner_v6)
@example(IPv6Address("fd00:ec2::254"))
def test_no_inner_address_is_public(address: IPv4Address | IPv6Address) -> None:
    """Every block of the special-purpose registry is closed, in both spellings."""
    assert forbidden(str(address)) is not None
    assert forbidden(address.exploded) is not None


@given(inner_v4)
def test_an_inner_ipv4_address_is_not_let_through_in_disguise(address: IPv4Address) -> None:
    """IPv6 has many ways to wrap an IPv4 address; none of them leads to an inner one."""
    number = int(address)
    wrapped = {
        "mapped": IPv6Address(0xFFFF << 32 | number),
        "compatible": IPv6Address(number),
        "translated": IPv6Address(0xFFFF << 48 | number),
        "NAT64": IPv6Address(int(IPv6Address("64:ff9b::")) | number),
        "local NAT64": IPv6Address(int(IPv6Address("64:ff9b:1::")) | number),
        "6to4": IPv6Address(0x2002 << 112 | number << 80),
        "Teredo": IPv6Address(0x20010000 << 96 | (number ^ 0xFFFF_FFFF)),
    }

    assert [name for name, address in wrapped.items() if forbidden(str(address)) is None] == []


@given(public_v4)
def test_a_public_ipv4_address_is_let_through_also_by_nat64(address: IPv4Address) -> None:
    """A network without IPv4 reaches the world through NAT64; all other wrappings stay closed."""
    nat64 = IPv6Address(int(IPv6Address("64:ff9b::")) | int(address))

    assert forbidden(str(address)) is None
    assert forbidden(str(nat64)) is None
    assert forbidden(f"::ffff:{address}") is not None


@given(st.ip_addresses(v=6, network="2600::/12"))
def test_a_public_ipv6_address_is_let_through(address: IPv6Address) -> None:
    """Ordinary addresses are not caught by a rule that is too wide."""
    inside = address in IPv6Network("2620:4f:8000::/48")

    assert (forbidden(str(address)) is not None) == inside


@given(st.ip_addresses())
def test_what_is_public_is_so_by_the_registry_too(address: IPv4Address | IPv6Address) -> None:
    """Our tables close more than the standard library knows of, and open nothing that it calls inner; NAT64 leads to IPv4."""
    through_nat64 = address in IPv6Network("64:ff9b::/96")

    assert forbidden(str(address)) is not None or through_nat64 or (address.is_global and not address.is_multicast)


@given(st.text(max_size=20))
@example("127.1")
@example("0x7f000001")
@example("017700000001")
@example("127.0.0.1 ")
def test_what_is_no_canonical_address_is_forbidden(text: str) -> None:
    """Readers differ about what other spellings mean."""
    try:
        ip_address(text)
    except ValueError:
        assert forbidden(text) == "no canonical address"
        assert not is_loopback(text)


@pytest.mark.parametrize(
    ("host", "is_it"),
    [
        ("127.0.0.1", True),
        ("127.255.255.254", True),
        ("::1", True),
        ("localhost", True),
        ("LocalHost", True),
        ("0.0.0.0", False),
        ("::", False),
        ("::ffff:127.0.0.1", False),
        ("2130706433", False),
        ("localhost.example.org", False),
        ("localhost.", False),
        ("", False),
    ],
)
def test_only_loopback_is_this_machine(host: str, is_it: bool) -> None:
    """A name or a wrapped address may lead elsewhere."""
    assert is_this_machine(host) == is_it


@pytest.mark.parametrize(
    ("address", "public"),
    [
        ("8.8.8.8", True),
        ("2a00:1450:4001:800::200e", True),
        ("64:ff9b::808:808", True),
        ("127.0.0.1", False),
        ("10.1.2.3", False),
        ("172.16.0.1", False),
        ("192.168.1.1", False),
        ("169.254.169.254", False),
        ("168.63.129.16", False),
        ("100.64.0.1", False),
        ("0.0.0.0", False),
        ("224.0.0.1", False),
        ("255.255.255.255", False),
        ("::1", False),
        ("::", False),
        ("fe80::1", False),
        ("fe80::1%eth0", False),
        ("fd00::1", False),
        ("ff02::1", False),
        ("::ffff:127.0.0.1", False),
        ("64:ff9b::7f00:1", False),
        ("2002:7f00:1::", False),
        ("2001:db8::1", False),
        ("localhost", False),
        (str(int(ip_address("127.0.0.1"))), False),
    ],
)
def test_only_addresses_of_the_public_internet_are_public(address: str, public: bool) -> None:
    """Whatever an inner address is wrapped in."""
    assert (forbidden(address) is None) == public
