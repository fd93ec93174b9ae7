"""Date expressions in sentences, one table a language in `dates/<code>.toml`: what each means on its day of publication.

A row has `text` (a sentence with one date expression), `published` (Wednesday 2024-05-15 when left out), `start`, `end` (a bound that is
left out is open), `precision`, and `future = true` when the verb looks ahead. A row with `none = true` holds what is no date.
"""

from __future__ import annotations

import tomllib
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from services.extract.core import LANGUAGES, SHARED, _words
from services.extract.engine.knowledge.reader import compiled
from services.extract.engine.text import normalize
from services.extract.engine.words.dates import DateExpression, When, find_dates
from services.extract.engine.words.resolving import resolve

TABLES = sorted((Path(__file__).parent / "dates").glob("*.toml"))
WEDNESDAY = date(2024, 5, 15)


@cache
def _rows(path: Path) -> list[dict[str, Any]]:
    return list(tomllib.loads(path.read_text(encoding="utf-8"))["date"])


def _cases() -> list[Any]:
    return [pytest.param(path.stem, row, id=f"{path.stem}-{row['text']}") for path in TABLES for row in _rows(path)]


def _found(language: str, row: dict[str, Any]) -> list[When]:
    lexicon = compiled(LANGUAGES / language, SHARED)
    text = normalize(row["text"])
    items = find_dates(text, _words(text, lexicon))
    published = row.get("published", WEDNESDAY)
    week = lexicon.language.week_starts
    whens = [
        resolve(item.value, published, future=row.get("future", False), week_starts=week)
        for item in items
        if isinstance(item.value, DateExpression)
    ]
    return [when for when in whens if when is not None]


@pytest.mark.parametrize(("language", "row"), _cases())
def test_a_date_expression_means_the_days_that_its_row_says(language: str, row: dict[str, Any]) -> None:
    """Every family of month names and relative words is resolved against the day of publication, and nothing is invented."""
    wanted = [] if row.get("none") else [(row.get("start"), row.get("end"), row["precision"])]

    assert [(when.start, when.end, when.precision.value) for when in _found(language, row)] == wanted


@pytest.mark.parametrize("path", TABLES, ids=lambda path: path.stem)
def test_no_row_stands_twice_in_a_table(path: Path) -> None:
    """A row that is there twice proves nothing more."""
    keys = [(row["text"], row.get("published"), row.get("future", False)) for row in _rows(path)]

    assert sorted(set(map(str, keys))) == sorted(map(str, keys))
