"""Dates that lean on the one named before: "on 22 of the same month", "that same day"."""

from __future__ import annotations

from collections.abc import Sequence

from services.extract.engine.words.dates import DAY, MONTH, YEAR, DateExpression
from services.extract.engine.words.items import Item


def tie_to_last(items: Sequence[Item], last: DateExpression | None) -> DateExpression | None:
    """Give the dates of `items` that say "the same" what the date before them says; returns the last date that stands for itself."""
    for item in items:
        expression = item.value if "date" in item.tags else None
        if not isinstance(expression, DateExpression):
            continue
        if expression.same and last is not None:
            _tie(expression, last)
        if expression.months or expression.weekdays or expression.year is not None or expression.offset is not None:
            last = expression
    return last


def _tie(expression: DateExpression, last: DateExpression) -> None:
    expression.which = last.which
    if expression.offset == 0 or expression.unit == DAY:
        expression.offset, expression.unit, expression.weekdays = last.offset, last.unit, last.weekdays
        expression.days, expression.months, expression.year = last.days, last.months, last.year
    elif expression.unit == MONTH and last.months:
        expression.unit, expression.months, expression.year = None, last.months[-1:], last.year
    elif expression.unit == YEAR:
        expression.year = last.year
        expression.which = last.which if last.year is None else None
