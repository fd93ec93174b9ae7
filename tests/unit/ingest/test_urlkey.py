"""The key of an address: one for all its spellings, never one for two articles."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.ingest.urlkey import BadUrl, url_key

ARABIC = "https://example.com/%D8%AE%D8%A8%D8%B1/%D9%A1"

SAME = [
    pytest.param("https://example.com/a", "https://example.com/a", id="plain"),
    pytest.param("http://example.com/a", "https://example.com/a", id="http"),
    pytest.param("https://www.example.com/a", "https://example.com/a", id="www"),
    pytest.param("HTTPS://Example.COM./a", "https://example.com/a", id="case-and-dot-of-host"),
    pytest.param("https://example.com:443/a", "https://example.com/a", id="default-port"),
    pytest.param("http://example.com:80/a", "https://example.com/a", id="default-port-http"),
    pytest.param("https://user:secret@example.com/a", "https://example.com/a", id="user"),
    pytest.param("https://example.com", "https://example.com/", id="no-path"),
    pytest.param("https://example.com/a/", "https://example.com/a", id="trailing-slash"),
    pytest.param("https://example.com//a///b", "https://example.com/a/b", id="slashes"),
    pytest.param("https://example.com/x/../a", "https://example.com/a", id="dots"),
    pytest.param("https://example.com/a#part-2", "https://example.com/a", id="fragment"),
    pytest.param("https://example.com/a?utm_source=rss&fbclid=x&id=3&gclid=9", "https://example.com/a?id=3", id="tracking"),
    pytest.param("https://example.com/a?at_medium=RSS&ocid=1&igshid=2", "https://example.com/a", id="tracking-of-outlets"),
    pytest.param("https://example.com/a?b=2&a=1", "https://example.com/a?a=1&b=2", id="order-of-query"),
    pytest.param("https://example.com/a?x=1&amp;y=2", "https://example.com/a?x=1&y=2", id="escaped-twice"),
    pytest.param("https://example.com/amp/a", "https://example.com/a", id="amp-first"),
    pytest.param("https://example.com/a/amp/", "https://example.com/a", id="amp-last"),
    pytest.param("https://example.com/a?amp=1", "https://example.com/a", id="amp-query"),
    pytest.param("https://example.com/a?amp", "https://example.com/a", id="amp-bare"),
    pytest.param("https://example.com/a.amp.html", "https://example.com/a.html", id="amp-suffix"),
    pytest.param("https://amp.example.com/a", "https://example.com/a", id="amp-host"),
    pytest.param("https://example.com/a;jsessionid=1F2E?x=1", "https://example.com/a?x=1", id="session"),
    pytest.param("  https://example.com/a\n", "https://example.com/a", id="white-space"),
    pytest.param("https://example.com/a\u200f", "https://example.com/a", id="bidi-mark"),
    pytest.param("https://example.com/a%E2%80%8F?q=%e2%80%8e1", "https://example.com/a?q=1", id="bidi-mark-encoded"),
    pytest.param("https://example.com/خبر/١", ARABIC, id="arabic-raw"),
    pytest.param("https://example.com/%d8%ae%d8%a8%d8%b1/%d9%a1/", ARABIC, id="arabic-lower-case-escapes"),
    pytest.param("https://مثال.example/a", "https://xn--mgbh0fb.example/a", id="arabic-host"),
]

APART = [
    pytest.param("https://example.com/n?id=1", "https://example.com/n?id=2", id="id"),
    pytest.param("https://example.com/n?cid=1", "https://example.com/n?cid=2", id="cid"),
    pytest.param("https://example.com/n?eid=1", "https://example.com/n?eid=2", id="eid"),
    pytest.param("https://example.com/n?uid=1", "https://example.com/n?uid=2", id="uid"),
    pytest.param("https://example.com/n?gallery=1", "https://example.com/n?gallery=2", id="gallery"),
    pytest.param("https://example.com/n?s=1", "https://example.com/n?s=2", id="s"),
    pytest.param("https://example.com/n.asp?1001", "https://example.com/n.asp?1002", id="value-without-name"),
    pytest.param("https://example.com/#!/news/1", "https://example.com/#!/news/2", id="page-built-in-the-browser"),
    pytest.param("https://example.com/a", "https://example.com/A", id="case-of-path"),
    pytest.param("https://example.com/a", "https://example.org/a", id="host"),
    pytest.param("https://example.com/a", "https://example.com:8443/a", id="port"),
    pytest.param("https://archive.example/https://a.example/1", "https://archive.example/https://a.example/2", id="address-in-address"),
    pytest.param("https://example.com/a b", "https://example.com/ab", id="space"),
    pytest.param("https://example.com/camp", "https://example.com/c", id="amp-within-a-word"),
    pytest.param('https://example.com/a"b', 'https://example.com/a"c', id="after-a-quote"),
]

BAD = ["", "example.com/a", "//example.com/a", "ftp://example.com/a", "javascript:alert(1)", "https://", "http:///a"]
BAD += ["https://exa mple.com/", "https://example.com:99999/", "https://example.com:0/", "https://[::1/a", "https://a<b>.example/"]


@pytest.mark.parametrize(("url", "key"), SAME)
def test_spellings_of_one_address_have_one_key(url: str, key: str) -> None:
    """What can't tell articles apart is not in the key."""
    assert url_key(url) == key


@pytest.mark.parametrize(("one", "other"), APART)
def test_addresses_of_different_articles_have_different_keys(one: str, other: str) -> None:
    """A false duplicate would hide news."""
    assert url_key(one) != url_key(other)


@pytest.mark.parametrize("url", BAD)
def test_what_is_no_absolute_web_address_is_refused(url: str) -> None:
    """The key of something that is no address would mean nothing."""
    with pytest.raises(BadUrl):
        url_key(url)


PIECES = st.sampled_from(
    [
        "/amp",
        "/",
        "//",
        "..",
        ".",
        "amp=1",
        "&",
        "?",
        "#",
        ";",
        "=",
        "%E2%80%8F",
        "%25",
        "%",
        "www.",
        "ا",
        "a",
        "b",
        "\u200f",
        " ",
        '"',
        "http://",
        "utm_x=1",
    ]
)


@given(st.lists(PIECES, max_size=12).map("".join) | st.text(max_size=40))
def test_the_key_of_a_key_is_itself(tail: str) -> None:
    """An address that came through twice still names the same article."""
    try:
        key = url_key(f"https://www.example.com/{tail}")
    except BadUrl:
        return

    assert url_key(key) == key
