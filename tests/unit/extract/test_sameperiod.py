"""Dates that lean on the date named before them."""

from __future__ import annotations

from services.extract.engine.words.dates import DateExpression
from services.extract.engine.words.items import Item
from services.extract.engine.words.sameperiod import LastDates


def _dated(*expressions: DateExpression) -> list[Item]:
    return [Item(0, 1, 0, 0, frozenset({"date"}), (), expression) for expression in expressions]


def test_the_same_month_is_the_month_named_before() -> None:
    """ "On 22 of the same month" in a text of February is no day of February when December was spoken of, a bare year between or not."""
    december, year = DateExpression(days=[10], months=[12], which=-1), DateExpression(year=2000)
    later = DateExpression(days=[22], unit=30, same=True)
    LastDates().tie(_dated(december, year, later))
    assert (later.days, later.months, later.which, later.unit) == ([22], [12], -1, None)


def test_the_same_day_is_the_day_named_before() -> None:
    """ "On the same day" is not the day of the article."""
    fifth, same = DateExpression(days=[5], months=[1]), DateExpression(offset=0, same=True)
    LastDates().tie(_dated(fifth, same))
    assert (same.days, same.months, same.offset) == ([5], [1], None)


def test_the_same_year_is_the_year_named_before() -> None:
    """ "In the same year" goes back to a bare year too."""
    year, same = DateExpression(year=2018), DateExpression(unit=365, same=True)
    LastDates().tie(_dated(year, same))
    assert same.year == 2018


def test_without_a_date_before_nothing_is_made_up() -> None:
    """A text that opens with "the same month" names no other month that it could mean."""
    alone = DateExpression(days=[3], unit=30, same=True)
    LastDates().tie(_dated(alone))
    assert (alone.months, alone.unit) == ([], 30)
