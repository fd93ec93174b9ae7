"""Dates that are all numbers ("22.11.2021", "5/5/24"), in languages that write the day first.

A day and month without a year is too like a decimal: it counts only where a punctuation mark or the end closes it.
"""

from __future__ import annotations

import re

from services.extract.engine.text import Text
from services.extract.engine.words.items import Item

NUMERIC = "date.numeric"
_DATE = re.compile(r"(?<![\d.,/])(\d{1,2})([./])(\d{1,2})(?:\2(\d{4}|\d{2})(?![\d/])|(?=\s*(?:[,)(\n-]|\.(?!\d)|\Z)))")
_CANDIDATE = re.compile(r"\d[./]\d")
CENTURY = 2000


def with_numeric_dates(text: Text, items: list[Item]) -> list[Item]:
    """`items` with each date of numbers as one item, whose value is its day, month and year (`None` when it names none)."""
    if _CANDIDATE.search(text.norm) is None:  # every text comes here, and most have no such date
        return items
    out: list[Item] = []
    covered = -1
    for item in items:
        if item.start < covered:
            continue
        if "number" in item.tags and (match := _DATE.match(text.norm, item.start)) is not None and _is_day(match):
            last = text.token(match.end() - 1)
            found = Item(match.start(), match.end(), item.first, last, frozenset({NUMERIC}), ())
            year = match.group(4)
            full = int(year) if year and len(year) == len("2024") else CENTURY + int(year) if year else None
            found.value = (int(match.group(1)), int(match.group(3)), full)
            out.append(found)
            covered = match.end()
        else:
            out.append(item)
    return out


def _is_day(match: re.Match[str]) -> bool:
    return 1 <= int(match.group(1)) <= 31 and 1 <= int(match.group(3)) <= 12
