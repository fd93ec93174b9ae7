"""Names that no list knows: whole where they are first told, recognised where only the surname returns."""

from __future__ import annotations

import pytest

from schemas.article import Article
from schemas.event import AgreementEvent
from services.extract.core import Extractor, load_extractor


@pytest.fixture(scope="module")
def extractor() -> Extractor:
    return load_extractor()


def _signatories(extractor: Extractor, text: str) -> list[tuple[str | None, str | None]]:
    article = Article(id="a", text=f"خبر من المنامة\n{text}", published_at="2022-02-03T12:00:00Z")  # type: ignore[arg-type]
    (event,) = (event for event in extractor.extract(article) if isinstance(event, AgreementEvent))
    return [(person.name_in_text, person.country) for person in event.signatories]


@pytest.mark.parametrize("name", ["وليد السالمي", "عبد الحميد السالمي", "خالد بن سالم"])
def test_an_unknown_name_is_kept_whole(extractor: Extractor, name: str) -> None:
    """That its last word may return alone as a surname does not cut it where it stands in full."""
    text = f"وقع وزير الصحة الإسرائيلي ونظيره البحريني {name}، اليوم الخميس، مذكرة تفاهم للتعاون الصحي."

    assert (name, "BHR") in _signatories(extractor, text)


def test_two_unknown_names_in_one_sentence_leave_both_sides_in_it(extractor: Extractor) -> None:
    """An event is not lost because nobody knows those who signed."""
    text = "وقع وزير الصحة الإسرائيلي نيتسان هوروفيتس ونظيره البحريني وليد السالمي، اليوم الخميس، مذكرة تفاهم للتعاون الصحي."

    assert _signatories(extractor, text) == [("نيتسان هوروفيتس", "ISR"), ("وليد السالمي", "BHR")]
