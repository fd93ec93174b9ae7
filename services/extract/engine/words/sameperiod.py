"""Dates that lean on one named before: "on 22 of the same month", "that same day"."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from services.extract.engine.words.dates import DAY, MONTH, YEAR, DateExpression
from services.extract.engine.words.items import Item


@dataclass(slots=True)
class LastDates:
    """The last date of the text that names a day or month, and the last that names a year."""

    day: DateExpression | None = None
    year: DateExpression | None = None

    def tie(self, items: Sequence[Item]) -> None:
        """Give the dates of `items` that say "the same" what the date before them says."""
        for item in items:
            expression = item.value if "date" in item.tags else None
            if not isinstance(expression, DateExpression):
                continue
            if expression.same:
                self._complete(expression)
            if expression.months or expression.weekdays or expression.offset is not None:
                self.day = self.year = expression
            elif expression.year is not None:
                self.year = expression

    def _complete(self, expression: DateExpression) -> None:
        last = self.year if expression.unit == YEAR and expression.offset is None else self.day
        if last is None:
            return
        expression.which = last.which
        if expression.offset == 0 or expression.unit == DAY:
            expression.offset, expression.unit, expression.weekdays = last.offset, last.unit, last.weekdays
            expression.days, expression.months, expression.year = last.days, last.months, last.year
        elif expression.unit == MONTH and last.months:
            expression.unit, expression.months, expression.year = None, last.months[-1:], last.year
        elif expression.unit == YEAR and last.year is not None:
            expression.year, expression.which = last.year, None
