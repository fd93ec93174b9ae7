"""An article is read no further than it tells anything, and nobody can see where reading ended."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from schemas.article import Article
from services.extract.core import Extractor, load_extractor
from tests.corpus.load import languages, load

LEAD = "Israel and Bahrain signed a memorandum of understanding on health in Manama on Wednesday, officials of both sides said.\n"
PADDING = "Prices of vegetables rose slightly this week as buyers waited for the harvest.\n" * 4


@pytest.fixture(scope="module")
def extractor() -> Extractor:
    """The extractor over the data of the repository."""
    return load_extractor()


@pytest.mark.parametrize("language", languages())
def test_what_is_found_without_reading_to_the_end_is_what_reading_all_of_it_finds(extractor: Extractor, language: str) -> None:
    """Extracting may leave out the end of an article, explaining never does: both give the same events."""
    for sample in load(language):
        explained = [event for event, _ in extractor.explain(sample.article).events]
        assert extractor.extract(sample.article) == explained, sample.path.name


@pytest.mark.parametrize(
    ("last", "events"),
    [
        ("Analysts expect prices to fall.", 1),
        ("The Bahraini defence minister arrived in Israel on Tuesday.", 2),
        ("Jordan's foreign minister, Ayman Safadi, met Israeli Foreign Minister Gideon Saar in Amman on Tuesday.", 2),
    ],
)
def test_news_in_the_last_sentence_is_found_whatever_stands_before_it(extractor: Extractor, last: str, events: int) -> None:
    """Only the end of an article is left out, never what stands behind sentences that tell nothing."""
    text = f"Israel and Bahrain sign health deal\n{LEAD}{PADDING}{last}"
    article = Article(id="a", text=text, language="en", published_at=datetime(2022, 2, 3, 12, tzinfo=UTC))
    assert len(extractor.extract(article)) == events


def test_an_end_that_tells_nothing_is_not_read(extractor: Extractor) -> None:
    """Behind the last sentence that could tell anything nobody is looked for."""
    text = f"Israel and Bahrain sign health deal\n{LEAD}{PADDING}An expert said that he was tired.\n"
    article = Article(id="a", text=text, language="en")
    read, whole = extractor.read(article, whole=False), extractor.read(article)
    assert whole.sentences[-1].actors
    assert not read.sentences[-1].actors
