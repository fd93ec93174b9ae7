"""Date expressions: found around month, weekday and relative words, resolved against the day of publication.

Integer arithmetic only; nothing is invented, and what is loose stays a window. Not here: any word (see `dates.toml`).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache

from schemas.codes import Precision
from services.extract.engine.text import Text
from services.extract.engine.words.items import Item, gap

_SEPARATORS = frozenset(" ,/\\-().")
_ANCHORS = frozenset(
    {"date.month", "date.weekday", "date.day", "date.unit", "date.pair", "date.recent", "date.soon", "date.hijri", "date.numeric"}
)
_DATED = _ANCHORS | {"number"}
"""What every date has at least one of."""
DAY, WEEK, MONTH, YEAR = 1, 7, 30, 365
MAX_WORDS = 12
"""Words of one date expression at most."""
FIRST_YEAR, LAST_YEAR = 1900, 2100


@dataclass(frozen=True, slots=True)
class When:
    """Days, both inclusive; an open bound is `None`."""

    start: date | None
    end: date | None
    precision: Precision


@dataclass(slots=True)
class DateExpression:
    """What a run of date words says, before it is resolved."""

    weekdays: list[int] = field(default_factory=list)
    months: list[int] = field(default_factory=list)
    days: list[int] = field(default_factory=list)
    year: int | None = None
    offset: int | None = None
    which: int | None = None  # -1 last, 0 this, 1 next
    unit: int | None = None
    count: int | None = None
    part: int | None = None
    ago: bool = False
    since: bool = False
    several: bool = False
    recent: bool = False
    soon: bool = False
    same: bool = False  # that of the date before
    hijri: tuple[int, int, int] | None = None  # day, month, year of the Islamic calendar


def find_dates(text: Text, items: list[Item]) -> list[Item]:
    """`items` with every run of date words joined into one item tagged `date` (its value is the `DateExpression`)."""
    for item in items:  # a plain loop, since every sentence comes here and most have no date
        if not _DATED.isdisjoint(item.tags):
            break
    else:
        return items
    found: list[Item] = []
    position = 0
    while position < len(items):
        run = _run(text, items, position) if _is_date(items[position].tags) else None
        if run is not None:
            expression, used = run
            first, last = items[used[0]], items[used[-1]]
            found.extend(item for item in items[position : used[0]] if item.lead >= 0)
            found.append(Item(first.start, last.end, first.first, last.last, frozenset({"date"}), (), expression))
            position = used[-1] + 1
        else:
            found.append(items[position])
            position += 1
    return found


@lru_cache(maxsize=4_096)
def _is_date(tags: frozenset[str]) -> bool:
    return "number" in tags or any(tag.startswith("date.") and tag != "date.range" for tag in tags)


def _bridges(text: Text, items: list[Item], position: int) -> bool:
    """Whether the word at `position` joins two days to a range ("from 5 to 9 May"): a number stands right behind it."""
    if "date.range" not in items[position].tags or position + 1 >= len(items):
        return False
    return "number" in items[position + 1].tags and _joined(text, items[position], items[position + 1])


def _joined(text: Text, left: Item, right: Item) -> bool:
    return gap(left, right) == 0 and _SEPARATORS.issuperset(text.norm[left.end : right.start if right.lead < 0 else right.lead])


def _run(text: Text, items: list[Item], position: int) -> tuple[DateExpression, list[int]] | None:
    """The date expression that begins at `position`, and the positions of its words."""
    end, limit = position + 1, min(position + MAX_WORDS, len(items))
    dated = not _DATED.isdisjoint(items[position].tags)
    while end < limit and (_is_date(items[end].tags) or _bridges(text, items, end)) and _joined(text, items[end - 1], items[end]):
        dated = dated or not _DATED.isdisjoint(items[end].tags)
        end += 1
    if not dated:  # most runs are a preposition that could lead a date
        return None
    used = _trim(items, list(range(position, end)))
    if not used or (not any(_ANCHORS & items[i].tags for i in used) and not _bare_year(items, used)):
        return None
    expression = DateExpression()
    for order, i in enumerate(used):
        _read(items, used, order, items[i], expression)
    bracketed = text.norm[items[used[0]].start - 1] == "(" and text.norm[items[used[-1]].end : items[used[-1]].end + 1] == ")"
    return (expression, used) if _sound(items, used, expression, bracketed=bracketed) else None


def _trim(items: list[Item], used: list[int]) -> list[int]:
    """Words that only glue are no beginning and no end of a date (a trailing "in", a leading "and")."""
    while used and (_only_glues(items[used[-1]].tags) or {"date.leads", "date.since"} & items[used[-1]].tags):
        used = used[:-1]
    while used and _only_glues(items[used[0]].tags) and not _bare_year(items, used):
        used = used[1:]
    return used


@lru_cache(maxsize=4_096)
def _only_glues(tags: frozenset[str]) -> bool:
    return "number" not in tags and not any(tag.startswith("date.") and tag != "date.glue" for tag in tags)


def _bare_year(items: list[Item], used: list[int]) -> bool:
    """A year with the word for year, a part of it or a preposition right before it; "in 2020 and 2021" too."""
    last = items[used[-1]]
    if len(used) == 1 and {"in", "p.of"} & last.tags and _is_year(last.value):
        return True
    years = 0
    while len(used) > years and _is_year(items[used[-1 - years]].value):
        years += 1
    return 0 < years < len(used) and bool({"date.glue", "date.unit", "date.part"} & items[used[-1 - years]].tags)


def _is_year(value: object) -> bool:
    return isinstance(value, int) and FIRST_YEAR <= value <= LAST_YEAR


def _read(items: list[Item], used: list[int], order: int, item: Item, out: DateExpression) -> None:
    """Note what one word of the expression says."""
    following = items[used[order + 1]] if order + 1 < len(used) else None
    if _read_day(item, following, out):
        return
    for tag, list_ in (("date.month", out.months), ("date.weekday", out.weekdays)):
        if tag in item.tags:
            list_.append(_number(item, tag))
            return
    if "date.unit" in item.tags and not (following is not None and "number" in following.tags) and (out.unit is None or not out.months):
        out.unit = _number(item, "date.unit")
    elif "date.pair" in item.tags:
        out.unit, out.count = _number(item, "date.pair"), 2
    for tag, name in _NUMBERED.items():
        if tag in item.tags:
            setattr(out, name, _number(item, tag))
    for tag, (name, value) in _MARKED.items():
        if tag in item.tags:
            setattr(out, name, value)


def _read_day(item: Item, following: Item | None, out: DateExpression) -> bool:
    """Note what a number or ordinal says, or a day of the Islamic calendar; whether the word is one."""
    if "number" in item.tags:
        _read_number(int(str(item.value)), following, out)
    elif "date.numeric" in item.tags and isinstance(item.value, tuple):
        out.days.append(item.value[0])
        out.months.append(item.value[1])
        out.year = item.value[2] or out.year
    elif "date.hijri" in item.tags:
        behind = following.value if following is not None else None
        if out.days and isinstance(behind, int):
            out.hijri = (out.days.pop(), _number(item, "date.hijri"), behind)
    elif "date.ordinal" in item.tags:
        out.days.append(_number(item, "date.ordinal"))
    else:
        return False
    return True


_NUMBERED = {"date.day": "offset", "date.part": "part", "date.count": "count"}
_MARKED: dict[str, tuple[str, int | bool]] = {
    "date.last": ("which", -1),
    "date.this": ("which", 0),
    "date.next": ("which", 1),
    "date.recent": ("recent", True),
    "date.soon": ("soon", True),
    "date.several": ("several", True),
    "date.ago": ("ago", True),
    "date.since": ("since", True),
    "date.same": ("same", True),
}
"""What a word of each class sets in the expression."""


def _read_number(value: int, following: Item | None, out: DateExpression) -> None:
    if FIRST_YEAR <= value <= LAST_YEAR:
        out.year = value
    elif following is not None and "date.unit" in following.tags:
        out.count = value
    elif 1 <= value <= 31:
        out.days.append(value)


def _number(item: Item, tag: str) -> int:
    entry = item.entry(tag)
    return entry.number or 0 if entry else 0


def _sound(items: list[Item], used: list[int], out: DateExpression, *, bracketed: bool) -> bool:
    """A month name that is also another word needs a number, a year, the other name or a qualifier beside it."""
    months = [items[i] for i in used if "date.month" in items[i].tags]
    weekdays = [items[i] for i in used if "date.weekday" in items[i].tags]
    if weekdays and len(used) == 1 and "date.weak" in weekdays[0].tags:
        return bracketed
    if months and all("date.weak" in month.tags for month in months):
        return bool(out.days or out.year or out.which is not None or out.part or len(months) > 1)
    if not (out.months or out.weekdays or out.offset is not None or out.recent or out.soon or out.hijri):
        if out.unit is not None:
            has_which = out.which is not None or out.several or out.ago or out.same
            return has_which or out.year is not None or (out.unit in (WEEK, MONTH, YEAR) and out.part is not None)
        return out.year is not None
    return True
