"""Where webhooks may go: every class of address in every spelling, and what the text of a URL may say."""

from __future__ import annotations

import socket
from ipaddress import IPv4Address, IPv6Address

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from yarl import URL

from services.alert.guard import Guard, TargetNotAllowed
from services.runtime.netaddress import forbidden
from tests.addresses import inner_v4, inner_v6

GUARD = Guard()
OPEN = Guard(allow_loopback=True)


def target_of(host: str) -> str | None:
    """Why a URL with this host is refused, `None` when it is not."""
    try:
        GUARD.target(f"https://{host}/hook")
    except TargetNotAllowed as refusal:
        return refusal.reason
    return None


def passed(text: str) -> URL | None:
    """The URL, `None` when it was refused."""
    try:
        return GUARD.target(text)
    except TargetNotAllowed:
        return None


@given(inner_v4)
def test_no_inner_ipv4_address_is_let_through(address: IPv4Address) -> None:
    """Every block of the special-purpose registry is closed, in a URL and after a lookup."""
    assert GUARD.forbids(str(address), host="hooks.example.org") is not None
    assert target_of(str(address)) is not None


@given(inner_v6)
@example(IPv6Address("fd00:ec2::254"))
def test_no_inner_ipv6_address_is_let_through(address: IPv6Address) -> None:
    """Every block of the special-purpose registry is closed, in a URL and after a lookup, in both spellings."""
    assert GUARD.forbids(str(address), host="hooks.example.org") is not None
    assert target_of(f"[{address}]") is not None
    assert target_of(f"[{address.exploded}]") is not None


@given(st.ip_addresses(v=4), st.data())
def test_an_ipv4_address_has_one_spelling(address: IPv4Address, data: st.DataObject) -> None:
    """Octal, hexadecimal, shortened and whole-number forms are refused, as readers differ about what they mean."""
    number = int(address)
    a, b, c, d = address.packed
    spelling = data.draw(
        st.sampled_from(
            [
                str(number),
                hex(number),
                f"0{number:o}",
                f"{a}.{number & 0xFFFFFF}",
                f"{a}.{b}.{number & 0xFFFF}",
                f"0{a:o}.{b}.{c}.{d}",
                f"{a}.{b}.{c}.0{d}",
                f"{hex(a)}.{b}.{c}.{d}",
                f"{a}.{b}.{c}.{hex(d)}",
                f"{a}.{b}.{c}.{d}.",
                f"{a}.{b}.{c}.{d}.0",
                f"{a}.{b}.{c}.{d + 256}",
                f"%{ord(str(a)[0]):x}{str(a)[1:]}.{b}.{c}.0{d}",
            ]
        )
    )

    assert target_of(spelling) is not None


@given(inner_v4)
def test_digits_of_other_scripts_do_not_hide_an_address(address: IPv4Address) -> None:
    """IDNA folds full-width digits and dots to ASCII; the folded form is what is judged."""
    wide = "".join(chr(ord(c) + 0xFEE0) if c.isdigit() else "。" for c in str(address))

    assert target_of(wide) is not None


@given(st.text(max_size=60))
@example("https://hooks.example.org/")
def test_any_text_is_a_target_or_refused_with_a_reason(text: str) -> None:
    """No text makes the guard fail, and what passes names a host that the guard has judged."""
    url = passed(text)

    assert url is None or (url.scheme == "https" and url.raw_host)


@given(st.text(alphabet="https:/@.[]%#?\\0127xlocalhost ", max_size=40).map(lambda rest: "https://" + rest))
def test_what_passes_goes_to_a_public_name(text: str) -> None:
    """From the very characters of attacks nothing can be put together that leads inside."""
    url = passed(text)
    host = "example.org" if url is None else url.raw_host or ""
    try:
        # What the C library makes of the host, which reads more spellings of an address than we allow.
        number = socket.inet_ntoa(socket.inet_aton(host))
    except OSError:
        number = None

    assert "." in host or ":" in host
    assert number is None or forbidden(number) is None


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "syntax"),
        ("hooks.example.org", "syntax"),
        ("//hooks.example.org/", "syntax"),
        ("https:///hook", "syntax"),
        ("https://hooks.example.org:0/", "syntax"),
        ("https://hooks.example.org:99999/", "syntax"),
        ("https://[::1", "syntax"),
        ("https://[v1.fe]/", "syntax"),
        ("http://hooks.example.org/", "scheme"),
        ("ftp://hooks.example.org:443/", "scheme"),
        ("file:///etc/passwd", "syntax"),
        ("https://hooks.example.org:80/", "port"),
        ("https://hooks.example.org:22/", "port"),
        ("https://user@hooks.example.org/", "userinfo"),
        ("https://user:word@hooks.example.org/", "userinfo"),
        ("https://@hooks.example.org/", "userinfo"),
        ("https://hooks.example.org/#part", "fragment"),
        ("https://hooks.example.org#@10.0.0.1/", "fragment"),
        ("https://hooks.example.org\\@10.0.0.1/", "characters"),
        ("https://hooks.example.org/a b", "characters"),
        ("https://hooks.example.org/\r\nX: y", "characters"),
        ("https://hooks.example.org/\N{ZERO WIDTH SPACE}", "characters"),
        ("https://hooks.example.org/\ud800", "characters"),
        (" https://hooks.example.org/", "characters"),
        ("https://localhost/", "inner name"),
        ("https://printer/", "inner name"),
        ("https://a.localhost/", "inner name"),
        ("https://a.local/", "inner name"),
        ("https://metadata.google.internal/", "inner name"),
        ("https://A.LOCAL/", "inner name"),
        ("https://nas.home.arpa/", "inner name"),
        ("https://a.local./", "host name"),
        ("https://hooks..example.org/", "host name"),
        ("https://-hooks.example.org/", "host name"),
        ("https://under_score.example.org/", "host name"),
        (f"https://{'a' * 64}.example.org/", "host name"),
        (f"https://{'a.' * 127}org/", "host name"),
        ("https://[::1%25lo]/", "an address with a zone"),
        ("https://168.63.129.16/", "cloud metadata"),
    ],
)
def test_a_url_is_refused_for_its_reason(text: str, reason: str) -> None:
    """Operators find the rule in their logs."""
    with pytest.raises(TargetNotAllowed) as caught:
        GUARD.target(text)

    assert caught.value.reason == reason


@pytest.mark.parametrize(
    ("text", "sent"),
    [
        ("https://hooks.example.org", "https://hooks.example.org/"),
        ("HTTPS://HOOKS.Example.ORG/Path", "https://hooks.example.org/Path"),
        ("https://hooks.example.org:8443/a%2Fb?x=%2F&y=a+b", "https://hooks.example.org:8443/a%2Fb?x=%2F&y=a+b"),
        ("https://hooks.example.org/a/../b?q={x}", "https://hooks.example.org/b?q=%7Bx%7D"),
        ("https://مثال.إختبار/أ", "https://xn--mgbh0fb.xn--kgbechtv/%D8%A3"),
        ("https://93.184.215.14/", "https://93.184.215.14/"),
        ("https://[2606:4700:4700::1111]/", "https://[2606:4700:4700::1111]/"),
    ],
)
def test_a_good_url_is_sent_as_it_was_written(text: str, sent: str) -> None:
    """Path and query stay as the subscriber wrote them, since some receivers sign their URLs."""
    assert str(GUARD.target(text)) == sent


@pytest.mark.parametrize("text", ["http://127.0.0.1:9000/", "http://localhost:1/", "https://127.0.0.2:9000/", "http://[::1]:80/"])
def test_the_development_switch_allows_loopback_by_any_port(text: str) -> None:
    """The demo's receiver has a free port and no certificate; without the switch it is refused."""
    assert OPEN.target(text)
    with pytest.raises(TargetNotAllowed):
        GUARD.target(text)


@pytest.mark.parametrize(
    "text",
    ["http://10.0.0.1/", "https://10.0.0.1/", "http://hooks.example.org/", "http://0.0.0.0/", "https://[::ffff:127.0.0.1]/", "https://db/"],
)
def test_the_development_switch_allows_nothing_but_loopback(text: str) -> None:
    """Plain http never leaves this machine, and inner hosts stay closed."""
    with pytest.raises(TargetNotAllowed):
        OPEN.target(text)


def test_localhost_must_resolve_to_loopback() -> None:
    """A machine whose `localhost` points elsewhere does not send plain http there."""
    assert OPEN.forbids("127.0.0.1", host="localhost") is None
    assert OPEN.forbids("::1", host="localhost") is None
    assert OPEN.forbids("93.184.215.14", host="localhost") is not None
    assert OPEN.forbids("10.0.0.1", host="hooks.example.org") is not None
