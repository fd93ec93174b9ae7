"""What pages put around a story: links to other news, calls to share, tickers. The headlines of other stories are no part of this one.

Words of class `furniture` at the beginning of a line or sentence begin it; those of class `furniture.heading` only before a colon, a bar
or the end of the line ("Related:").
"""

from __future__ import annotations

import re
from bisect import bisect_left

from services.extract.engine.text import Text
from services.extract.engine.words.items import Item

LINK, HEADING = "furniture", "furniture.heading"
FURNITURE = frozenset({LINK, HEADING})
LINK_WORDS = 20
"""A line with more words is no headline of another story."""
TICKER_LINES = 3
"""So many lines with a time make a ticker; one or two may be a chronicle of the story itself."""
_TIME = re.compile(r"\n[^\w\n]*\d{1,2}[:.]\d{2}(?=[^\w])")
_CLOSES_HEADING = (":", "|", "-", ">", "\n", "")
_ENDS = ".?!"

Span = tuple[int, int]


def without_furniture(text: Text, spans: list[Span], items: list[Item]) -> list[Span]:
    """The sentences that belong to the story; the first, its headline, always does."""
    spans = _without_tickers(text, spans)
    if all(item.tags.isdisjoint(FURNITURE) for item in items):
        return spans
    starts = [item.start for item in items]
    kept: list[Span] = spans[:1]
    reached, listing = 0, False
    for start, end in spans[1:]:
        if start < reached:
            continue
        begins_line = text.norm[start - 1] == "\n"
        line_end = _line_end(text, start)
        if begins_line:
            listing = listing and _is_link(text, start, line_end)
        at = bisect_left(starts, start)
        marker = items[at] if at < len(items) and items[at].start < end else None
        if marker is not None and _opens(text, start, marker):
            if begins_line:
                reached, listing = line_end, listing or not text.flat[marker.end : line_end].strip()
        elif not listing:
            kept.append((start, end))
    return kept


def _without_tickers(text: Text, spans: list[Span]) -> list[Span]:
    """The sentences without short lines that each begin with a time of day, when there are several: a line of news each, of others."""
    lines = [(match.start() + 1, _line_end(text, match.start() + 1)) for match in _TIME.finditer(text.norm)]
    tickers = [(start, end) for start, end in lines if len(text.flat[start:end].split()) <= LINK_WORDS]
    if len(tickers) < TICKER_LINES:
        return spans
    return spans[:1] + [span for span in spans[1:] if not any(start <= span[0] < end for start, end in tickers)]


def _opens(text: Text, start: int, marker: Item) -> bool:
    """Whether the sentence begins with a word that leads away from the story."""
    if text.flat[start : marker.start].strip():
        return False
    following = text.norm[marker.end : marker.end + 2].lstrip(" ")[:1]
    return LINK in marker.tags or (HEADING in marker.tags and following in _CLOSES_HEADING)


def _is_link(text: Text, start: int, end: int) -> bool:
    """Whether the line looks like the headline of another story: short, and without a full stop."""
    return len(text.flat[start:end].split()) <= LINK_WORDS and not text.norm[start:end].rstrip().endswith(tuple(_ENDS))


def _line_end(text: Text, start: int) -> int:
    end = text.norm.find("\n", start)
    return len(text.norm) if end < 0 else end
