"""What hangs on a condition is no plan, whatever the language; the same sentence without it is."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from schemas.article import Article
from services.extract.core import load_extractor

CASES = [
    ("ar", "ستوقع السعودية اتفاقا مع إسرائيل", " يوم الثلاثاء.", " في حال توقفت الحرب."),
    ("fr", "L'Arabie saoudite signera un accord avec Israël", " mardi à Washington.", " dès que la guerre aura pris fin."),
    ("he", "סעודיה תחתום על הסכם עם ישראל", " ביום שלישי.", " אם תיפסק המלחמה."),
    ("en", "Indonesia will recognise Israel next week", ", the foreign minister said.", " if it accepts a Palestinian state."),
    ("en", "The foreign minister of Indonesia said it would recognise Israel", " next week.", " once it had left Gaza."),
]


def _found(language: str, text: str) -> int:
    article = Article(id="a", text=text, language=language, published_at=datetime(2025, 10, 14, 12, tzinfo=UTC))
    return len(load_extractor().extract(article))


@pytest.mark.parametrize(("language", "stem", "plain", "condition"), CASES)
def test_a_condition_behind_a_plan_makes_it_none(language: str, stem: str, plain: str, condition: str) -> None:
    """ "Will recognise it if ..." tells what somebody asks for, not what is going to happen."""
    assert _found(language, stem + plain) == 1
    assert _found(language, stem + condition) == 0
