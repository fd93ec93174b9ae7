"""From the bytes of an RSS or Atom feed to its entries, whatever its label, its encoding and its markup are worth. Pure.

Two parsers: fastfeedparser first, feedparser where it lost an entry or gave up. What both get wrong is put right before them
(encoding, stray control characters, HTML's entities) or taken out of their hands (dates).
"""

from __future__ import annotations

import re
from codecs import BOM_UTF8, BOM_UTF16_BE, BOM_UTF16_LE
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from html.entities import html5
from typing import Any
from urllib.parse import urljoin

import fastfeedparser
import feedparser
from charset_normalizer import from_bytes
from lxml import etree

from services.ingest.feeddates import parse_date
from services.ingest.htmltext import one_line, text_of

MAX_ENTRIES = 2_000
MAX_DEPTH = 100
_CDATA = re.compile(r"(<!\[CDATA\[.*?\]\]>)", re.DOTALL)
_DECLARATION = re.compile(r"\s*<\?xml[^>]*\?>")
_LABEL = re.compile(rb"<\?xml[^>]{0,200}?encoding\s*=\s*[\"']([A-Za-z0-9._-]{1,40})[\"']")
_CHARSET = re.compile(r"charset\s*=\s*[\"']?([A-Za-z0-9._-]{1,40})", re.IGNORECASE)
_NOT_IN_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_AMPERSAND = re.compile(r"&(?!(?:amp|lt|gt|quot|apos|#\d{1,7}|#x[0-9A-Fa-f]{1,6});)(?:([A-Za-z][A-Za-z0-9]{1,31});)?")
_TAG = re.compile(r"<(/?)([A-Za-z][\w:.-]*)[^<>]*?(/?)>")
_DATES = ("pubDate", "published", "date", "issued")


class BadFeed(ValueError):
    """The bytes are no feed that can be read; the message says why. `outcome` is `parse` or `encoding`."""

    def __init__(self, outcome: str, detail: str) -> None:
        super().__init__(detail)
        self.outcome = outcome


@dataclass(frozen=True, slots=True)
class Entry:
    """One article as its feed tells it. `published_at` is missing when its zone is not stated; `guid` names it within its feed."""

    url: str | None
    guid: str | None
    title: str | None
    text: str
    published_at: datetime | None


def read_feed(body: bytes, *, content_type: str | None, url: str) -> list[Entry]:
    """The entries of a feed, in its order, at most `MAX_ENTRIES`. `url` is where it came from. Raises `BadFeed`."""
    xml = _repaired(decode_feed(body, content_type=content_type))
    expected = _check(xml)
    content = b'<?xml version="1.0" encoding="utf-8"?>' + xml.encode()
    entries = _fast(content, expected)
    if entries is None:
        entries = _thorough(content)
    return [_entry(found, url) for found in entries[:MAX_ENTRIES]]


def decode_feed(body: bytes, *, content_type: str | None) -> str:
    """The characters of a feed. Bytes that are UTF-8 are UTF-8, whatever the label says. Raises `BadFeed`."""
    for mark, codec in ((BOM_UTF8, "utf-8"), (BOM_UTF16_LE, "utf-16"), (BOM_UTF16_BE, "utf-16")):
        if body.startswith(mark):
            return body.decode(codec, "replace").removeprefix("\ufeff")
    if (text := _utf8(body)) is not None:
        return text
    label = _CHARSET.search(content_type or "")
    declared = _LABEL.search(body[:1_000])
    for name in (label and label[1], declared and declared[1].decode()):
        if name and name.lower().replace("_", "-") not in ("utf-8", "utf8"):
            try:
                return body.decode(name)
            except (LookupError, UnicodeError):
                continue
    best = from_bytes(body[:200_000]).best()
    if best is None:
        raise BadFeed("encoding", "the feed is not in UTF-8 nor in what it declares, and nothing else fits")
    return body.decode(best.encoding, "replace")


def _utf8(body: bytes) -> str | None:
    """The text of bytes that are UTF-8 but for a cut end or single broken characters, as systems make that cut texts by bytes."""
    text = body.decode("utf-8", "replace")
    broken = text.count("\ufffd")
    beyond_ascii = len(text) - len(text.encode("ascii", "ignore"))
    return text if broken == 0 or broken * 20 < beyond_ascii else None


def _repaired(text: str) -> str:
    text = _NOT_IN_XML.sub("", _DECLARATION.sub("", text, count=1))
    return "".join(part if part.startswith("<![CDATA[") else _AMPERSAND.sub(_ampersand, part) for part in _CDATA.split(text)).strip()


def _ampersand(found: re.Match[str]) -> str:
    """An entity of HTML as the character that it means, any other ampersand escaped."""
    name = found[1]
    meant = html5.get(f"{name};") if name else None
    return meant if meant and meant not in "<>&" else f"&amp;{found[0][1:]}"


def _check(xml: str) -> int:
    """The number of entries by their tags. Raises `BadFeed` for what is no feed or would cost a parser too much."""
    if not xml.startswith("<"):
        raise BadFeed("parse", f"it is no RSS or Atom: it begins with {xml[:20]!r}")
    markup = _CDATA.sub("", xml)
    if "<!ENTITY" in markup:
        raise BadFeed("parse", "it declares entities, which feeds don't need and attackers do")
    depth = deepest = entries = 0
    for closing, name, empty in (tag.groups() for tag in _TAG.finditer(markup)):
        if not closing:
            entries += name.rpartition(":")[2] in ("item", "entry")
            depth += not empty
            deepest = max(deepest, depth)
        else:
            depth -= 1
    if deepest > MAX_DEPTH:
        raise BadFeed("parse", f"its elements are nested {deepest} deep; {MAX_DEPTH} are allowed")
    return entries


def _fast(content: bytes, expected: int) -> list[Mapping[str, Any]] | None:
    """The entries by fastfeedparser, or `None` when it lost some."""
    try:
        parsed = fastfeedparser.parse(content, include_tags=False, include_media=False, include_enclosures=False)
    except Exception:  # it raises whatever its own libraries raise
        return None
    entries = parsed["entries"]
    dates = _written_dates(content)
    if len(entries) != expected or len(dates) != expected:
        return None
    # Its own dates are of no use: it takes a date without zone for UTC and does not say so.
    return [{**entry, "published": date} for entry, date in zip(entries, dates, strict=True)]


def _thorough(content: bytes) -> list[Mapping[str, Any]]:
    """The entries by feedparser. Raises `BadFeed` when it finds no feed."""
    parsed = feedparser.parse(content, sanitize_html=False, resolve_relative_uris=False)
    if not parsed.entries and not parsed.version:
        raise BadFeed("parse", f"it is no RSS or Atom ({parsed.get('bozo_exception', 'no feed in it')})")
    return list(parsed.entries)


def _written_dates(content: bytes) -> list[str | None]:
    """The publication date of each entry as it is written."""
    parser = etree.XMLParser(recover=True, resolve_entities=False, no_network=True, huge_tree=False)
    root = etree.fromstring(content, parser)
    if root is None:
        return []
    entries = list(root.iter("{*}item", "{*}entry"))
    return [next((child.text for name in _DATES for child in entry.iterchildren(f"{{*}}{name}") if child.text), None) for entry in entries]


def _entry(found: Mapping[str, Any], feed_url: str) -> Entry:
    link, guid = (str(found.get(name) or "").strip() or None for name in ("link", "id"))
    if link is None and guid is not None and guid.startswith(("http://", "https://")):
        link = guid
    title = one_line(str(found.get("title") or "")) or None
    bodies = [str(part.get("value") or "") for part in _parts(found.get("content"))]
    text = next((text for html in (*bodies, *_summaries(found)) if (text := text_of(html))), "")
    return Entry(
        url=urljoin(feed_url, link) if link else None,
        guid=guid,
        title=title,
        text=text or title or "",
        published_at=parse_date(found.get("published")),
    )


def _parts(content: object) -> Sequence[Mapping[str, Any]]:
    return [part for part in content if isinstance(part, Mapping)] if isinstance(content, list) else []


def _summaries(found: Mapping[str, Any]) -> list[str]:
    return [str(found.get(name) or "") for name in ("summary", "description")]
