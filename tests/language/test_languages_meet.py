"""What outlets of four languages tell of one happening is one development in the store, told to the world once."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import permutations

import pytest

from schemas.article import Article
from schemas.extraction import Extraction
from services.alert.apply import apply_extraction
from services.extract.core import Extractor, load_extractor
from tests.fixtures.memory import MemoryRepository
from tests.language.stories import STORIES

NOON = datetime(2024, 5, 15, 12, tzinfo=UTC)
ORDERS = [order for order in permutations(sorted(STORIES)) if order[0] < order[1]]


@pytest.fixture(scope="module")
def extractor() -> Extractor:
    """The extractor over the data of the repository."""
    return load_extractor()


def _extraction(extractor: Extractor, language: str) -> Extraction:
    article = Article(id=f"story-{language}", text=STORIES[language], language=language, published_at=NOON)
    return Extraction(
        article=article.ref(), revision="rev_1", accepted_at=NOON, extractor=extractor.identity, events=tuple(extractor.extract(article))
    )


@pytest.mark.parametrize("order", ORDERS, ids="-".join)
async def test_one_happening_in_four_languages_is_told_once(extractor: Extractor, order: tuple[str, ...]) -> None:
    """The first report makes the notices, whatever its language; the others join its developments and make none."""
    store = MemoryRepository()
    store.subscribe("all", "*")
    told = []
    for offset, language in enumerate(order):
        outcome = await apply_extraction(
            store, _extraction(extractor, language), partition=0, offset=offset, now=NOON + timedelta(minutes=offset)
        )
        told.append(sorted(str(notice.type) for notice in outcome.notices))

    assert told == [["agreement.new_type", "visit.new"], [], [], []]
    reports = [len(found) for found in (await store.reports_of(list(store.stored))).values()]
    assert reports == [4, 4, 4, 4]
