"""Links to other news around a story tell nothing of this one: the commonest way in which a whole page gives false events."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from schemas.article import Article
from services.extract.core import Extractor, load_extractor

STORY = {
    "ar": "ارتفعت أسعار القمح مجددا في مصر، بحسب تجار، وكانت إسرائيل من بين المصدرين.\nولا يتوقع الخبازون تغييرا قبل الخريف.\n",
    "en": "Wheat prices rose again in Egypt, traders said, and Israel was among the exporters.\nBakers expect no change before autumn.\n",
    "fr": "Le prix du blé a encore augmenté en Égypte, et Israël figure parmi les exportateurs.\nRien ne changera avant l'automne.\n",
    "he": "מחירי החיטה עלו שוב במצרים, אמרו סוחרים, וישראל בין היצואניות.\nהאופים אינם מצפים לשינוי לפני הסתיו.\n",
}
LINKS = {
    "ar": [
        "اقرأ أيضا: إسرائيل والمغرب توقعان اتفاقية دفاعية",
        "شاهد أيضا.. وزير إسرائيلي يزور أبوظبي",
        "مواضيع ذات صلة\nغانتس يزور البحرين\nوصول وفد إسرائيلي إلى الرباط",
    ],
    "en": [
        "Read also: Israel and Morocco sign defence agreement",
        "READ MORE Israeli minister visits Abu Dhabi",
        "Related:\nGantz visits Bahrain\nIsraeli delegation in Rabat",
    ],
    "fr": [
        "Lire aussi : Israël et le Maroc signent un accord de défense",
        "À lire également - Un ministre israélien en visite à Abou Dhabi",
        "Sur le même sujet\nGantz se rend à Bahreïn",
    ],
    "he": [
        "קראו גם: ישראל ומרוקו חתמו על הסכם ביטחוני",
        "ראו גם | שר החוץ ביקר באבו דאבי",
        "עוד בנושא:\nגנץ ביקר בבחריין\nמשלחת ישראלית הגיעה לרבאט",
    ],
}
TOLD = {
    "ar": "وقعت إسرائيل والبحرين أمس مذكرة تفاهم.",
    "en": "Israel and Bahrain signed a memorandum of understanding on Tuesday.",
    "fr": "Israël et Bahreïn ont signé mardi un protocole d'accord.",
    "he": "ישראל ובחריין חתמו אתמול על מזכר הבנות.",
}


@pytest.fixture(scope="module")
def extractor() -> Extractor:
    """The extractor over the data of the repository."""
    return load_extractor()


def _told(extractor: Extractor, language: str, text: str) -> list[str]:
    article = Article(id="a", text=text, language=language, published_at=datetime(2024, 5, 15, 12, tzinfo=UTC))
    return [event.type.value for event in extractor.extract(article)]


@pytest.mark.parametrize(("language", "link"), [(language, link) for language, links in LINKS.items() for link in links])
def test_the_headline_of_another_story_is_not_read(extractor: Extractor, language: str, link: str) -> None:
    """Neither on the line of the link nor in the list below its heading."""
    assert _told(extractor, language, STORY[language] + link) == []


@pytest.mark.parametrize("language", sorted(LINKS))
def test_the_story_goes_on_behind_a_link(extractor: Extractor, language: str) -> None:
    """A link stands between two paragraphs, a list of them ends where sentences begin again."""
    for link in LINKS[language]:
        assert _told(extractor, language, f"{STORY[language]}{link}\n{TOLD[language]}\n") == ["agreement"], link


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "Related to this, Israel and Bahrain signed a memorandum of understanding on Tuesday."),
        ("en", "Latest news from Manama: Israel and Bahrain signed a memorandum of understanding on Tuesday."),
        ("fr", "En relation avec ce dossier, Israël et Bahreïn ont signé mardi un protocole d'accord."),
    ],
)
def test_a_sentence_that_only_begins_like_a_heading_is_read(extractor: Extractor, language: str, text: str) -> None:
    """A heading stands alone, or before a colon."""
    assert _told(extractor, language, STORY[language] + text) == ["agreement"]


@pytest.mark.parametrize("language", sorted(TOLD))
def test_the_headline_is_never_furniture(extractor: Extractor, language: str) -> None:
    """Whatever a text begins with is its headline."""
    heading = LINKS[language][0].partition(":")[0].strip()
    assert _told(extractor, language, f"{heading}: {TOLD[language]}") == ["agreement"]


def test_a_ticker_is_not_read_and_a_chronicle_is(extractor: Extractor) -> None:
    """Three short lines with a time each are news of others; one line is part of the story."""
    lines = [
        "12:40 Israel and Morocco sign defence agreement",
        "12:51 | Israeli minister visits Abu Dhabi",
        "• 13.05 Heavy rain in the north",
    ]

    assert _told(extractor, "en", STORY["en"] + "\n".join(lines)) == []
    assert _told(extractor, "en", STORY["en"] + lines[0]) == ["agreement"]
    assert _told(extractor, "en", "\n".join([STORY["en"] + lines[0], *lines[1:], TOLD["en"]])) == ["agreement"]
