"""The text of a piece of HTML: paragraphs become lines, markup and scripts go. Pure."""

from __future__ import annotations

import re

from lxml import etree

_BLOCKS = frozenset(
    {"address", "article", "aside", "blockquote", "br", "dd", "div", "dl", "dt", "figcaption", "figure", "footer", "header"}
)
_BLOCKS |= {"h1", "h2", "h3", "h4", "h5", "h6", "hr", "li", "main", "nav", "ol", "p", "pre", "section", "table", "td", "th", "tr", "ul"}
_SILENT = frozenset(["script", "style", "template", "noscript", "iframe", "object", "svg", "head", "title"])
# A tag of thousands of attributes takes a parser minutes; a picture written into its address has no text. Stops at each `<`.
_LONG_TAG = re.compile(r"<[^<>]{4000,}>")
_BLANKS = re.compile(r"[^\S\n]+")
_EMPTY_LINES = re.compile(r"\s*\n\s*")


def text_of(html: str) -> str:
    """The text that a reader of this HTML sees, one paragraph a line."""
    if "<" not in html and "&" not in html:
        return _tidy(html)
    parser = etree.HTMLParser(encoding="utf-8", no_network=True, remove_comments=True, remove_pis=True)
    root = etree.fromstring(b"<div>" + _LONG_TAG.sub(" ", html).encode("utf-8", "replace") + b"</div>", parser)
    return "" if root is None else _tidy("".join(_pieces(root)))


def one_line(html: str) -> str:
    """The text of HTML that is no longer than a line, as titles are."""
    return " ".join(text_of(html).split())


def _pieces(root: etree._Element) -> list[str]:
    pieces: list[str] = []
    silent = 0
    for moment, element in etree.iterwalk(root, events=("start", "end")):
        tag = element.tag
        if moment == "start":
            silent += tag in _SILENT
            pieces.append("\n" if tag in _BLOCKS else "")
            pieces.append(element.text or "" if not silent else "")
        else:
            silent -= tag in _SILENT
            pieces.append("\n" if tag in _BLOCKS else "")
            pieces.append(element.tail or "" if not silent else "")
    return pieces


def _tidy(text: str) -> str:
    return _EMPTY_LINES.sub("\n", _BLANKS.sub(" ", text)).strip()
