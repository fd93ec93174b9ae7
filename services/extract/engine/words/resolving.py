"""Which days a date expression means in a text that was published on a given day. Never invented: what has no meaning has none."""

from __future__ import annotations

import calendar
from datetime import date, timedelta

from schemas.codes import Precision
from services.extract.engine.words.dates import DAY, FIRST_YEAR, MONTH, WEEK, YEAR, DateExpression, When


def resolve(expression: DateExpression, published: date, *, future: bool, week_starts: int) -> When | None:
    """The days that `expression` means in a text published on `published`; `future` when its verb looks ahead."""
    e = expression
    try:
        if e.offset is not None:
            return _relative_day(e, published)
        if e.months:
            return _month_date(e, published, future)
        if e.hijri is not None and not e.weekdays:
            return _hijri(*e.hijri)
        if e.weekdays:
            return _weekday_date(e, published, future)
        if e.recent or (e.several and (e.ago or e.which is None)):
            return When(None, published - timedelta(days=1), Precision.APPROX_BEFORE)
        if e.soon:
            return When(published + timedelta(days=1), None, Precision.APPROX_AFTER)
        if e.unit is not None:
            return _within_all_news(_unit_date(e, published, week_starts, future))
        if e.year is not None:
            return _year(e.year, e.part)
    except (ValueError, OverflowError):
        return None
    return None


def _within_all_news(when: When | None) -> When | None:
    """`when`, unless it lies before any news: a number that somebody meant as a figure of speech."""
    start = when.start if when is not None else None
    return None if start is not None and start.year < FIRST_YEAR else when


def _day(day: date) -> When:
    return When(day, day, Precision.DAY)


def _relative_day(e: DateExpression, published: date) -> When:
    assert e.offset is not None
    if e.offset == 0 and (e.year is not None or (e.ago and e.count and e.unit is not None)):
        return _day(_this_day_then(e, published))
    target = published + timedelta(days=e.offset)
    if e.weekdays and target.weekday() != e.weekdays[0]:
        # A wire story that is printed later keeps its old weekday; the weekday decides.
        weekday = e.weekdays[0]
        if e.offset > 0:
            target = published + timedelta(days=(weekday - published.weekday()) % 7 or 7)
        else:
            back = (published.weekday() - weekday) % 7
            target = published - timedelta(days=back or (7 if e.offset < 0 else 0))
    return _day(target)


def _this_day_then(e: DateExpression, published: date) -> date:
    """ "forty years ago today", "on this day in 1979": an anniversary, to the day."""
    if e.unit in (DAY, WEEK) and e.year is None:
        return published - timedelta(days=(e.count or 0) * e.unit)
    back = (e.count or 0) if e.year is None and e.unit == MONTH else 0
    index = published.year * 12 + published.month - 1 - back
    year, month = divmod(index, 12)
    year = e.year if e.year is not None else year - ((e.count or 0) if e.unit == YEAR else 0)
    return date(year, month + 1, min(published.day, calendar.monthrange(year, month + 1)[1]))


def _hijri(day: int, month: int, year: int) -> When:
    """A day of the Islamic calendar by its arithmetic form; the sighted moon may differ by a day, so it is a window of three."""
    ordinal = (11 * year + 3) // 30 + 354 * year + 30 * month - (month - 1) // 2 + day + 1_948_440 - 385 - 1_721_425
    middle = date.fromordinal(ordinal)
    return When(middle - timedelta(days=1), middle + timedelta(days=1), Precision.APPROX)


def _weekday_date(e: DateExpression, published: date, future: bool) -> When:
    ahead = e.which == 1 or (e.which is None and future)
    days = []
    for weekday in e.weekdays:
        if ahead:
            step = (weekday - published.weekday()) % 7
            days.append(published + timedelta(days=step or (7 if e.which == 1 else 0)))
        else:
            step = (published.weekday() - weekday) % 7
            days.append(published - timedelta(days=step or (7 if e.which == -1 else 0)))
    start, end = days[0], days[-1]
    if end < start:
        end += timedelta(days=7) if ahead else timedelta(0)
        if end < start:
            start -= timedelta(days=7)
    return When(start, end, Precision.DAY)


def _month_date(e: DateExpression, published: date, future: bool) -> When:
    month = e.months[0]
    if e.days:
        first, last = e.days[0], e.days[-1]
        last_month = e.months[-1] if len(e.days) > 1 and len(e.months) > 1 else month
        year = (
            e.year if e.year is not None else _year_of(date(published.year, month, min(first, 28)).replace(day=first), e, published, future)
        )
        start, end = date(year, month, first), date(year, last_month, last)
        return When(start, max(end, start), Precision.DAY)
    year = e.year if e.year is not None else _year_of_month(month, e, published, future)
    if e.part:
        return _part_of_month(year, month, e.part)
    end_month, end_year = month, year
    return When(date(year, month, 1), date(end_year, end_month, calendar.monthrange(end_year, end_month)[1]), Precision.MONTH)


def _year_of(day: date, e: DateExpression, published: date, future: bool) -> int:
    """The year of a day and month without one: the latest before, or the earliest after the publication."""
    if e.which == -1:
        return published.year if day < published else published.year - 1
    if e.which == 1 or (e.which is None and future):
        return published.year if day >= published else published.year + 1
    if e.which == 0:
        return published.year
    return published.year if day <= published else published.year - 1


def _year_of_month(month: int, e: DateExpression, published: date, future: bool) -> int:
    if e.unit == YEAR and e.which is not None:
        return published.year + e.which
    if e.which == -1:
        return published.year if month < published.month else published.year - 1
    if e.which == 1:
        return published.year if month > published.month else published.year + 1
    if e.which == 0:
        return published.year
    if future:
        return published.year if month >= published.month else published.year + 1
    return published.year if month <= published.month else published.year - 1


def _part_of_month(year: int, month: int, part: int) -> When:
    last = calendar.monthrange(year, month)[1]
    first_day, last_day = {1: (1, 10), 2: (11, 20), 3: (21, last)}[part]
    return When(date(year, month, first_day), date(year, month, last_day), Precision.DECADE)


def _year(year: int, part: int | None) -> When:
    if part:
        first = {1: 1, 2: 5, 3: 9}[part]
        return When(date(year, first, 1), date(year, first + 3, calendar.monthrange(year, first + 3)[1]), Precision.INTERVAL)
    return When(date(year, 1, 1), date(year, 12, 31), Precision.YEAR)


def _unit_date(e: DateExpression, published: date, week_starts: int, future: bool) -> When | None:
    if e.year is not None:
        return _year(e.year, e.part)
    if e.ago and e.unit is not None:
        count = e.count or 1
        centre = published - timedelta(days=count * e.unit)
        half = timedelta(days=e.unit // 2)
        end = min(centre + half, published - timedelta(days=1))
        return When(centre - half, end, Precision.APPROX)
    which = e.which if e.which is not None else 0
    if e.unit == WEEK:
        start = published - timedelta(days=(published.weekday() - week_starts) % 7)
        if which < 0:
            return When(start - timedelta(days=7), published - timedelta(days=1), Precision.WEEK_LOOSE)
        if which > 0:
            return When(published + timedelta(days=1), start + timedelta(days=13), Precision.WEEK)
        return When(start, start + timedelta(days=6), Precision.WEEK)
    if e.unit == MONTH:
        if e.days and not e.months:
            index = published.year * 12 + published.month - 1 + which
            return _day(date(index // 12, index % 12 + 1, e.days[0]))
        index = published.year * 12 + published.month - 1 + which
        year, month = divmod(index, 12)
        if e.part:
            return _part_of_month(year, month + 1, e.part)
        return When(date(year, month + 1, 1), date(year, month + 1, calendar.monthrange(year, month + 1)[1]), Precision.MONTH)
    if e.unit == YEAR:
        return _year(published.year + which, e.part)
    if e.unit == DAY and which < 0:
        return When(None, published - timedelta(days=1), Precision.APPROX_BEFORE)
    if e.unit == DAY and which > 0:
        return When(published + timedelta(days=1), None, Precision.APPROX_AFTER)
    return None
