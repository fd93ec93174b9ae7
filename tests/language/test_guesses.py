"""What analysts foresee and what somebody would like to do is no plan of a state."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from schemas.article import Article
from services.extract.core import Extractor, load_extractor


@pytest.fixture(scope="module")
def extractor() -> Extractor:
    """The extractor over the data of the repository."""
    return load_extractor()


def _told(extractor: Extractor, language: str, text: str) -> list[str]:
    article = Article(id="a", text=text, language=language, published_at=datetime(2024, 5, 15, 12, tzinfo=UTC))
    return [event.type.value for event in extractor.extract(article)]


@pytest.mark.parametrize(
    ("language", "text"),
    [
        pytest.param("ar", "قال محلل سياسي إن السعودية ستوقع اتفاق تطبيع مع إسرائيل الأحد المقبل.", id="ar"),
        pytest.param("en", "Analysts say Saudi Arabia will sign an agreement with Israel on Sunday.", id="en"),
        pytest.param("fr", "Un analyste a dit que l'Arabie saoudite signera dimanche un accord avec Israël.", id="fr"),
        pytest.param("he", "פרשן אמר כי סעודיה תחתום על הסכם עם ישראל ביום ראשון.", id="he"),
        pytest.param("he", "פרשן מדיני: ראש הממשלה יבקר בסעודיה בקרוב", id="an-analyst-before-a-colon"),
        pytest.param("he", "לדעת מומחים, ראש הממשלה יבקר בסעודיה בקרוב.", id="in-the-view-of-experts"),
        pytest.param("en", "Israel's prime minister said he would be happy to visit Riyadh.", id="a-wish"),
        pytest.param("en", "A former Israeli minister said that he expects Saudi Arabia to open its doors to Israel.", id="he-expects"),
    ],
)
def test_a_guess_or_a_wish_is_no_plan(extractor: Extractor, language: str, text: str) -> None:
    """Only those who act, and those who can name a source, know what is planned."""
    assert _told(extractor, language, text) == []


def test_a_source_is_no_analyst(extractor: Extractor) -> None:
    """Who knows it from inside reports it."""
    assert _told(extractor, "en", "Sources said that Saudi Arabia will sign an agreement with Israel on Sunday.") == ["agreement"]
