"""Dates that lean on the date named before them."""

from __future__ import annotations

from services.extract.engine.words.dates import DateExpression
from services.extract.engine.words.items import Item
from services.extract.engine.words.sameperiod import tie_to_last


def _dated(expression: DateExpression) -> Item:
    return Item(0, 1, 0, 0, frozenset({"date"}), (), expression)


def test_the_same_month_is_the_month_named_before() -> None:
    """ "On 22 of the same month" in a text of February is no day of February when December was spoken of."""
    december = DateExpression(days=[10], months=[12], which=-1)
    later = DateExpression(days=[22], unit=30, same=True)
    last = tie_to_last([_dated(december), _dated(later)], None)
    assert (later.days, later.months, later.which, later.unit) == ([22], [12], -1, None)
    assert last is later


def test_the_same_day_is_the_day_named_before() -> None:
    """ "On the same day" is not the day of the article."""
    fifth = DateExpression(days=[5], months=[1])
    same = DateExpression(offset=0, same=True)
    tie_to_last([_dated(same)], fifth)
    assert (same.days, same.months, same.offset) == ([5], [1], None)


def test_without_a_date_before_nothing_is_made_up() -> None:
    """A text that opens with "the same month" names no other month that it could mean."""
    alone = DateExpression(days=[3], unit=30, same=True)
    assert tie_to_last([_dated(alone)], None) is None
    assert (alone.months, alone.unit) == ([], 30)
