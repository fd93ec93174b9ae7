"""Feeds as they really come: wrong labels, broken bytes, lost entries, dates without zone."""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.ingest.feedbody import MAX_ENTRIES, BadFeed, Entry, read_feed
from services.ingest.feeddates import parse_date
from services.ingest.htmltext import text_of

URL = "https://outlet.example/feeds/rss.xml"
TITLE = "وزير الخارجية يصل إلى العاصمة في زيارة رسمية"
TEXT = "وصل وزير الخارجية اليوم إلى العاصمة في زيارة رسمية تستغرق يومين يلتقي خلالها نظيره ويبحث معه التعاون في النقل الجوي."


def rss(*items: str, declaration: str = '<?xml version="1.0" encoding="utf-8"?>') -> str:
    return f'{declaration}<rss version="2.0"><channel><title>Outlet</title><link>https://outlet.example/</link>{"".join(items)}</channel></rss>'


def item(
    title: str = TITLE, text: str = TEXT, link: str = "https://outlet.example/1", date: str = "Wed, 24 Nov 2021 12:00:00 +0000"
) -> str:
    return f"<item><title>{title}</title><link>{link}</link><description>{text}</description><pubDate>{date}</pubDate></item>"


def read(feed: str | bytes, content_type: str | None = None) -> list[Entry]:
    return read_feed(feed if isinstance(feed, bytes) else feed.encode(), content_type=content_type, url=URL)


def test_an_rss_item_is_an_entry() -> None:
    """What a reader of the feed sees, and the moment in UTC."""
    found = read(rss(item()))

    assert found == [Entry("https://outlet.example/1", "https://outlet.example/1", TITLE, TEXT, datetime(2021, 11, 24, 12, tzinfo=UTC))]


def test_an_atom_entry_is_an_entry() -> None:
    """Its date of publication counts, not that of its last change."""
    feed = """<feed xmlns="http://www.w3.org/2005/Atom"><title>x</title><entry><title type="html">&lt;b&gt;A title&lt;/b&gt;</title>
      <link href="/a"/><id>urn:1</id><published>2021-11-24T13:00:00+01:00</published><updated>2022-01-01T00:00:00Z</updated>
      <content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml"><p>One.</p><p>Two.</p></div></content></entry>
      <entry><title>B</title><id>urn:2</id><updated>2022-01-01T00:00:00Z</updated><summary>Short.</summary></entry></feed>"""

    assert read(feed) == [
        Entry("https://outlet.example/a", "urn:1", "A title", "One.\nTwo.", datetime(2021, 11, 24, 12, tzinfo=UTC)),
        Entry(None, "urn:2", "B", "Short.", None),
    ]


@pytest.mark.parametrize(
    ("label", "codec", "content_type"),
    [
        ("utf-8", "utf-8", None),
        ("windows-1256", "utf-8", "text/xml; charset=windows-1256"),
        ("windows-1256", "windows-1256", None),
        ("utf-8", "windows-1256", "text/xml; charset=utf-8"),
        ("iso-8859-6", "iso-8859-6", None),
        ("utf-16", "utf-16", None),
        ("utf-8", "utf-8-sig", "text/xml; charset=iso-8859-1"),
    ],
)
def test_the_text_is_right_whatever_the_label_says(label: str, codec: str, content_type: str | None) -> None:
    """Bytes that are UTF-8 are UTF-8; else the label counts, unless it is wrong as well."""
    feed = rss(item(), declaration=f'<?xml version="1.0" encoding="{label}"?>').encode(codec)
    found = read(feed, content_type)

    assert [(entry.title, entry.text) for entry in found] == [(TITLE, TEXT)]


def test_a_feed_that_was_cut_within_a_character_gives_what_came() -> None:
    """Half a character at the end is no reason to read the rest as another encoding."""
    feed = rss(item(), item(text=TEXT)).encode()
    cut = feed[: feed.rindex(TEXT.encode()) + 61]
    found = read(cut)

    assert (len(found), found[0].text, TEXT.startswith(found[1].text.rstrip("\ufffd"))) == (2, TEXT, True)


def test_one_broken_character_does_not_spoil_a_feed() -> None:
    """Systems that cut texts by bytes leave such halves behind."""
    feed = rss(item(), item()).encode().replace(TEXT.encode(), TEXT.encode()[:41], 1)

    assert [entry.title for entry in read(feed)] == [TITLE, TITLE]


@pytest.mark.parametrize("stray", ["\x0b", "\x00", "&nbsp;", "&eacute;", "&unknown;", " & ", "&#3;", "<br>"])
def test_stray_characters_and_html_entities_lose_no_entry(stray: str) -> None:
    """One slip in one title must not cost the other articles."""
    found = read(rss(item(), item(title=f"A{stray}B"), item()))

    assert [entry.title for entry in found[::2]] == [TITLE, TITLE]
    assert (found[1].title or "").startswith("A")
    assert (found[1].title or "").endswith("B")


def test_markup_within_cdata_is_text_and_links_keep_their_ampersands() -> None:
    """Feeds put HTML into CDATA and addresses anywhere."""
    found = read(rss(item(text="<![CDATA[<p>One &amp; two</p><p>Tom & Jerry</p>]]>", link="https://outlet.example/?a=1&b=2")))

    assert (found[0].text, found[0].url) == ("One & two\nTom & Jerry", "https://outlet.example/?a=1&b=2")


def test_relative_links_are_resolved_against_the_feed() -> None:
    """A link without host means the outlet's own."""
    assert read(rss(item(link="/news/1")))[0].url == "https://outlet.example/news/1"


def test_an_entry_without_text_has_its_title_as_text() -> None:
    """A headline is news as well."""
    assert read(rss(item(text="")))[0].text == TITLE


def test_more_entries_than_a_feed_has_are_left() -> None:
    """A feed of millions of entries is no feed."""
    assert len(read(rss(*[item(text="A text.")] * (MAX_ENTRIES + 1)))) == MAX_ENTRIES


BAD = [
    pytest.param(b"", "begins with", id="empty"),
    pytest.param(b'{"items": []}', "begins with", id="json"),
    pytest.param(b"<html><body><h1>Just a moment...</h1></body></html>", "no RSS or Atom", id="challenge-page"),
    pytest.param(b'<!DOCTYPE a [<!ENTITY b "c">]><rss/>', "entities", id="entities"),
    pytest.param(b"<rss><channel><item>" + b"<a>" * 100_000, "nested", id="deep"),
    pytest.param(bytes(range(128, 256)) * 50, "begins with|nothing else fits", id="bytes"),
]


@pytest.mark.parametrize(("body", "said"), BAD)
def test_what_is_no_feed_is_refused(body: bytes, said: str) -> None:
    """An error page that answers 200 is no feed without news."""
    with pytest.raises(BadFeed, match=said):
        read(body)


COSTLY = [
    rss(item(text="&lt;p " + "a=1 " * 40_000 + "&gt;x")),
    rss(item(text="&lt;p&gt;" * 50_000)),
    rss(item(text="&lt;!--" * 50_000)),
    rss(item(text="&lt;" * 100_000)),
    rss("<item>" * 50_000),
    "<rss" + " a='1'" * 50_000 + ">",
    rss(item(title="&" * 100_000)),
]
READ_WITHIN_LIMIT = """
import json, resource, sys
from services.ingest.feedbody import BadFeed, read_feed
resource.setrlimit(resource.RLIMIT_CPU, (60, 60))  # seconds; the kernel ends the process beyond
for body in json.load(sys.stdin):
    try:
        read_feed(body.encode(), content_type=None, url="https://outlet.example/")
    except BadFeed:
        pass
"""


def test_no_feed_of_a_few_hundred_kilobytes_keeps_a_processor_busy() -> None:
    """Parsers have inputs that take them minutes each; none of them gets there."""
    command = [sys.executable, "-c", READ_WITHIN_LIMIT]
    done = subprocess.run(command, input=json.dumps(COSTLY), capture_output=True, text=True, check=False)

    assert (done.returncode, done.stderr) == (0, "")


@given(st.binary(max_size=300) | st.text(max_size=200).map(lambda text: rss(item(text=text)).encode()))
def test_any_bytes_are_a_feed_or_a_bad_feed(body: bytes) -> None:
    """Nothing that a server sends ends the poller."""
    try:
        entries = read(body)
    except BadFeed:
        return

    assert all(isinstance(entry, Entry) for entry in entries)


NOON = datetime(2021, 11, 24, 12, tzinfo=UTC)
DATES = [
    ("Wed, 24 Nov 2021 12:00:00 +0000", NOON),
    ("Wed, 24 Nov 2021 13:00:00 +0100", NOON),
    ("Wed, 24 Nov 2021 12:00 GMT", NOON),
    ("24 Nov 2021 12:00:00 UT", NOON),
    ("Wed, 24 November 2021 14:00:00 +02:00", NOON),
    ("Wed, 24 Nov 2021 15:00:00 EEST", NOON),
    ("Wed, 24 Nov 2021 07:00:00 EST", NOON),
    ("2021-11-24T12:00:00Z", NOON),
    ("2021-11-24T13:00:00+01:00", NOON),
    (" 2021-11-24 12:00:00+0000\n", NOON),
    ("Wed, 24 Nov 2021 12:00:00", None),
    ("Wed, 24 Nov 2021 12:00:00 -0000", None),
    ("Wed, 24 Nov 2021 12:00:00 AST", None),
    ("Wed, 24 Nov 2021 12:00:00 IST", None),
    ("Wed, 24 Nov 2021 12:00:00 XYZ", None),
    ("Wed, 24 Nov 21 12:00:00 GMT", None),
    ("Wed, 31 Nov 2021 12:00:00 GMT", None),
    ("2021-11-24T12:00:00", None),
    ("2021-11-24", None),
    ("0001-01-01T00:00:00+10:00", None),
    ("24 نوفمبر 2021 12:00:00 +0000", None),
    ("1637755200", None),
    ("", None),
    (None, None),
]


@pytest.mark.parametrize(("written", "moment"), DATES)
def test_a_date_is_a_moment_only_with_a_zone_beyond_doubt(written: str | None, moment: datetime | None) -> None:
    """A wrong hour may be a wrong day; no date is better."""
    assert parse_date(written) == moment


@pytest.mark.parametrize("parser_loses_entries", [False, True])
def test_a_date_without_zone_stays_missing_whichever_parser_reads(parser_loses_entries: bool) -> None:
    """One of the two parsers takes it for UTC and does not say so."""
    spoiler = "<item>" if parser_loses_entries else ""
    found = read(rss(item(date="Wed, 24 Nov 2021 12:00:00"), item(), spoiler))

    assert [entry.published_at for entry in found[:2]] == [None, NOON]


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("plain\u00a0text", "plain text"),
        ("<p>One.</p>\n\n<p>Two <b>bold</b>, <a href='x'>linked</a>.</p>", "One.\nTwo bold, linked."),
        ("One.<br/>Two.", "One.\nTwo."),
        ("<ul><li>a</li><li>b</li></ul>", "a\nb"),
        ("a<script>x()</script><style>y</style>b<!-- c -->d", "abd"),
        ("&lt;tag&gt; &amp;amp;", "<tag> &amp;"),
        ("<div>unclosed <p>markup", "unclosed\nmarkup"),
        (f"<img src='data:{'x' * 9_000}'>text", "text"),
        ("<p></p>", ""),
        ("", ""),
    ],
)
def test_html_becomes_the_text_that_a_reader_sees(html: str, text: str) -> None:
    """Paragraphs are lines, so that no sentence runs into the next one."""
    assert text_of(html) == text
