"""Date expressions against a day of publication: the arithmetic of each row is in its comment.

Published on Wednesday 2024-05-15 unless a row says otherwise. Week begins on Saturday in the Arabic data.
"""

from __future__ import annotations

from datetime import date

import pytest

from services.extract.core import LANGUAGES, SHARED
from services.extract.engine.knowledge.lexicon import Lexicon, load_lexicon
from services.extract.engine.text import normalize
from services.extract.engine.words.dates import DateExpression, When, find_dates
from services.extract.engine.words.items import numbers, scan
from services.extract.engine.words.resolving import resolve

WEDNESDAY = "2024-05-15"


@pytest.fixture(scope="module")
def arabic() -> Lexicon:
    """The Arabic lexicon."""
    return load_lexicon(LANGUAGES / "ar", SHARED)


def _expressions(lexicon: Lexicon, text: str) -> list[DateExpression]:
    folded = normalize(text)
    items = find_dates(folded, numbers(folded, scan(folded, lexicon)))
    return [item.value for item in items if isinstance(item.value, DateExpression)]


def _resolved(lexicon: Lexicon, text: str, published: str, *, future: bool) -> When | None:
    expressions = _expressions(lexicon, text)
    assert len(expressions) == 1, f"{len(expressions)} dates in {text!r}"
    return resolve(expressions[0], date.fromisoformat(published), future=future, week_starts=lexicon.language.week_starts)


PAST = [
    # today and yesterday
    ("اليوم", "2024-05-15", "2024-05-15", "day"),
    ("اليوم الأربعاء", "2024-05-15", "2024-05-15", "day"),
    ("اليوم الثلاثاء", "2024-05-14", "2024-05-14", "day"),  # reprinted a day late: the weekday decides
    ("يومه الأربعاء", "2024-05-15", "2024-05-15", "day"),
    ("صباح اليوم الأربعاء", "2024-05-15", "2024-05-15", "day"),
    ("أمس", "2024-05-14", "2024-05-14", "day"),
    ("أمس الثلاثاء", "2024-05-14", "2024-05-14", "day"),
    ("أمس الاثنين", "2024-05-13", "2024-05-13", "day"),
    ("مساء أمس", "2024-05-14", "2024-05-14", "day"),
    ("البارحة", "2024-05-14", "2024-05-14", "day"),
    ("أول أمس", "2024-05-13", "2024-05-13", "day"),
    ("أول من أمس", "2024-05-13", "2024-05-13", "day"),
    ("أمس الأول", "2024-05-13", "2024-05-13", "day"),
    # weekdays with a past verb
    ("الأربعاء", "2024-05-15", "2024-05-15", "day"),
    ("الثلاثاء", "2024-05-14", "2024-05-14", "day"),
    ("الخميس", "2024-05-09", "2024-05-09", "day"),
    ("يوم الجمعة", "2024-05-10", "2024-05-10", "day"),
    ("ليل الثلاثاء", "2024-05-14", "2024-05-14", "day"),
    ("فجر الاثنين", "2024-05-13", "2024-05-13", "day"),
    ("الأربعاء الماضي", "2024-05-08", "2024-05-08", "day"),  # never today
    ("السبت المنصرم", "2024-05-11", "2024-05-11", "day"),
    ("الأحد الفائت", "2024-05-12", "2024-05-12", "day"),
    # day and month, in every family of month names
    ("16 أكتوبر 2021", "2021-10-16", "2021-10-16", "day"),
    ("16 تشرين الأول/أكتوبر 2021", "2021-10-16", "2021-10-16", "day"),
    ("16 تشرين الأول / أكتوبر 2021", "2021-10-16", "2021-10-16", "day"),
    ("16 أكتوبر (تشرين الأول) 2021", "2021-10-16", "2021-10-16", "day"),
    ("24 غشت 2022", "2022-08-24", "2022-08-24", "day"),
    ("24 أوت 2022", "2022-08-24", "2022-08-24", "day"),
    ("24 آب 2022", "2022-08-24", "2022-08-24", "day"),
    ("3 دجنبر 2020", "2020-12-03", "2020-12-03", "day"),
    ("9 شتنبر 2020", "2020-09-09", "2020-09-09", "day"),
    ("5 نونبر 2020", "2020-11-05", "2020-11-05", "day"),
    ("30 يوليوز 2021", "2021-07-30", "2021-07-30", "day"),
    ("1 جويلية 2021", "2021-07-01", "2021-07-01", "day"),
    ("7 جانفي 2021", "2021-01-07", "2021-01-07", "day"),
    ("8 فيفري 2021", "2021-02-08", "2021-02-08", "day"),
    ("12 نيسان/أبريل 2023", "2023-04-12", "2023-04-12", "day"),
    ("٢٤ نوفمبر ٢٠٢١", "2021-11-24", "2021-11-24", "day"),
    ("24 من نوفمبر من عام 2021", "2021-11-24", "2021-11-24", "day"),
    ("الأربعاء 24 نوفمبر 2021", "2021-11-24", "2021-11-24", "day"),
    ("10 مارس الماضي", "2024-03-10", "2024-03-10", "day"),
    ("20 مايو الماضي", "2023-05-20", "2023-05-20", "day"),  # 20 May has not come yet this year
    ("10 مايو الجاري", "2024-05-10", "2024-05-10", "day"),
    ("3 أبريل", "2024-04-03", "2024-04-03", "day"),
    ("3 يونيو", "2023-06-03", "2023-06-03", "day"),  # the latest one not after the publication
    ("27 و28 مارس 2022", "2022-03-27", "2022-03-28", "day"),
    # months
    ("سبتمبر 2020", "2020-09-01", "2020-09-30", "month"),
    ("كانون الأول/ ديسمبر 2020", "2020-12-01", "2020-12-31", "month"),
    ("شباط/فبراير الماضي", "2024-02-01", "2024-02-29", "month"),  # a leap year
    ("ديسمبر الماضي", "2023-12-01", "2023-12-31", "month"),
    ("مايو الماضي", "2023-05-01", "2023-05-31", "month"),  # the same month: a year ago
    ("مايو الجاري", "2024-05-01", "2024-05-31", "month"),
    ("أغسطس من العام الماضي", "2023-08-01", "2023-08-31", "month"),
    ("الشهر الماضي", "2024-04-01", "2024-04-30", "month"),
    ("الشهر الجاري", "2024-05-01", "2024-05-31", "month"),
    ("مطلع مارس الماضي", "2024-03-01", "2024-03-10", "decade"),
    ("منتصف سبتمبر/أيلول الماضي", "2023-09-11", "2023-09-20", "decade"),
    ("أواخر فبراير 2023", "2023-02-21", "2023-02-28", "decade"),
    # years, weeks, distances
    ("عام 2000", "2000-01-01", "2000-12-31", "year"),
    ("العام الماضي", "2023-01-01", "2023-12-31", "year"),
    ("العام الجاري", "2024-01-01", "2024-12-31", "year"),
    ("مطلع عام 2022", "2022-01-01", "2022-04-30", "interval"),
    ("نهاية العام الماضي", "2023-09-01", "2023-12-31", "interval"),
    ("الأسبوع الماضي", "2024-05-04", "2024-05-14", "week_loose"),  # previous week's Saturday to the day before
    ("هذا الأسبوع", "2024-05-11", "2024-05-17", "week"),
    ("قبل شهرين", "2024-03-01", "2024-03-31", "approx"),  # 60 days back, 15 to each side
    ("قبل ثلاثة أيام", "2024-05-12", "2024-05-12", "approx"),
    ("قبل عدة أشهر", None, "2024-05-14", "approx_before"),
    ("مؤخرا", None, "2024-05-14", "approx_before"),
]
FUTURE = [
    ("غدا", "2024-05-16", "2024-05-16", "day"),
    ("غدا الخميس", "2024-05-16", "2024-05-16", "day"),
    ("بعد غد", "2024-05-17", "2024-05-17", "day"),
    ("الأحد المقبل", "2024-05-19", "2024-05-19", "day"),
    ("الأربعاء القادم", "2024-05-22", "2024-05-22", "day"),  # never today
    ("الخميس", "2024-05-16", "2024-05-16", "day"),
    ("يومي الأحد والإثنين القادم", "2024-05-19", "2024-05-20", "day"),  # the adjective binds both
    ("الأسبوع المقبل", "2024-05-16", "2024-05-24", "week"),
    ("الشهر المقبل", "2024-06-01", "2024-06-30", "month"),
    ("مارس المقبل", "2025-03-01", "2025-03-31", "month"),
    ("سبتمبر/أيلول المقبل", "2024-09-01", "2024-09-30", "month"),
    ("العام المقبل", "2025-01-01", "2025-12-31", "year"),
    ("3 يونيو", "2024-06-03", "2024-06-03", "day"),
    ("الأيام المقبلة", "2024-05-16", None, "approx_after"),
]


def _when(start: str | None, end: str | None, precision: str) -> tuple[date | None, date | None, str]:
    return (date.fromisoformat(start) if start else None, date.fromisoformat(end) if end else None, precision)


@pytest.mark.parametrize(("text", "start", "end", "precision"), PAST, ids=[row[0] for row in PAST])
def test_a_date_with_a_past_verb(arabic: Lexicon, text: str, start: str | None, end: str | None, precision: str) -> None:
    """What lies behind is the latest day that fits."""
    found = _resolved(arabic, text, WEDNESDAY, future=False)

    assert found is not None
    assert (found.start, found.end, found.precision.value) == _when(start, end, precision)


@pytest.mark.parametrize(("text", "start", "end", "precision"), FUTURE, ids=[row[0] for row in FUTURE])
def test_a_date_with_a_verb_that_looks_ahead(arabic: Lexicon, text: str, start: str | None, end: str | None, precision: str) -> None:
    """What lies ahead is the earliest day that fits."""
    found = _resolved(arabic, text, WEDNESDAY, future=True)

    assert found is not None
    assert (found.start, found.end, found.precision.value) == _when(start, end, precision)


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("مارس الرجل عمله", id="practised-is-no-march"),
        pytest.param("الأمين العام للمنظمة", id="secretary-general-is-no-year"),
        pytest.param("ربيع الأول", id="a-month-of-another-calendar"),
        pytest.param("القراءة الأولى", id="first-reading"),
        pytest.param("اليوم الوطني", id="national-day"),
        pytest.param("500 مليون دولار", id="a-sum"),
        pytest.param("30 فبراير 2021", id="a-day-that-never-was"),
    ],
)
def test_what_looks_like_a_date_and_is_none(arabic: Lexicon, text: str) -> None:
    """No day is invented."""
    found = [resolve(e, date(2024, 5, 15), future=False, week_starts=5) for e in _expressions(arabic, text)]

    assert [when for when in found if when is not None] == []
