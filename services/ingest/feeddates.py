"""The dates of feeds: a moment only when the zone is stated beyond doubt, else none. Pure."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone

_RFC822 = re.compile(
    r"(?:[A-Za-z]+,?\s+)?(?P<day>\d{1,2})[\s-](?P<month>[A-Za-z]{3})[a-z]*[\s-](?P<year>\d{4})\s+"
    r"(?P<hour>\d{1,2}):(?P<minute>\d\d)(?::(?P<second>\d\d))?\s*(?P<zone>[+-]\d\d:?\d\d|[A-Za-z]+)"
)
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_HOURS = dict.fromkeys(("GMT", "UT", "UTC", "Z", "WET"), 0)
_HOURS |= {"EST": -5, "EDT": -4, "CST": -6, "CDT": -5, "MST": -7, "MDT": -6, "PST": -8, "PDT": -7}  # RFC 822, section 5.1
_HOURS |= {"WEST": 1, "CET": 1, "CEST": 2, "EET": 2, "EEST": 3, "IDT": 3, "MSK": 3}
"""Hours ahead of UTC. Left out on purpose: AST, BST and IST, each of which is said of several zones."""


def parse_date(written: str | None) -> datetime | None:
    """The moment of an RFC 822 or ISO 8601 date with a zone; `None` for anything else, which would have to be guessed."""
    text = (written or "").strip()
    return _rfc822(text) or _iso(text)


def _iso(text: str) -> datetime | None:
    try:
        moment = datetime.fromisoformat(text)
        return moment.astimezone(UTC) if moment.tzinfo is not None else None
    except (ValueError, OverflowError):
        return None


def _rfc822(text: str) -> datetime | None:
    found = _RFC822.fullmatch(text)
    if found is None or (zone := _zone(found["zone"])) is None or found["month"].lower() not in _MONTHS:
        return None
    month = _MONTHS.index(found["month"].lower()) + 1
    try:
        moment = datetime(
            *(int(found["year"]), month, int(found["day"]), int(found["hour"]), int(found["minute"]), int(found["second"] or 0)),
            tzinfo=zone,
        )
        return moment.astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def _zone(written: str) -> timezone | None:
    if written[0] not in "+-":
        hours = _HOURS.get(written.upper())
        return None if hours is None else timezone(timedelta(hours=hours))
    hours, minutes = int(written[1:3]), int(written[-2:])
    if hours > 14 or minutes > 59 or written in ("-0000", "-00:00"):  # RFC 2822, section 3.3: -0000 says that the zone is not known
        return None
    offset = timedelta(hours=hours, minutes=minutes)
    return timezone(-offset if written[0] == "-" else offset)
