"""A trip whose verb is said once: each stop with a day of its own is a visit."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from schemas.article import Article, Source
from services.extract.core import load_extractor

TRIPS = {
    "ar": "سيزور الرئيس الإسرائيلي الإمارات الأحد والبحرين الاثنين والمغرب الأربعاء المقبل.",
}
STOPS = [("ARE", "2024-05-19"), ("BHR", "2024-05-20"), ("MAR", "2024-05-22")]


@pytest.mark.parametrize("language", sorted(TRIPS))
def test_every_stop_of_a_trip_is_a_visit_on_its_own_day(language: str) -> None:
    """The verb is said once for all stops, and no stop takes the day of another."""
    article = Article(
        id="trip",
        text=TRIPS[language],
        language=language,
        published_at=datetime(2024, 5, 15, 12, tzinfo=UTC),
        source=Source(id="example", country=None),
    )
    visits = load_extractor().extract(article)

    assert [(visit.parties[-1], str(visit.date.start)) for visit in visits] == STOPS
