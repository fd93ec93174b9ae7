"""Clauses that only say when something was, or whose something is, tell no news."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from schemas.article import Article
from schemas.codes import Discourse
from services.extract.core import Extractor, load_extractor


@pytest.fixture(scope="module")
def extractor() -> Extractor:
    """The extractor over the data of the repository."""
    return load_extractor()


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(
            "Kazakhstan may be the first to join since the pacts in 2020, when the United Arab Emirates normalized ties with Israel.",
            id="when-behind-a-year",
        ),
        pytest.param("Crowds in Rabat marched on Saturday against their country's normalized relations with Israel.", id="a-possessive"),
        pytest.param("El Al has operated five weekly flights between Israel and Morocco since then.", id="since-then"),
        pytest.param("Exporters say little has changed ten months after Israel and Bahrain signed a trade memorandum.", id="months-after"),
    ],
)
def test_what_is_known_is_no_news(extractor: Extractor, text: str) -> None:
    """It may be kept as background, and never alerts."""
    article = Article(id="a", text=text, language="en", published_at=datetime(2024, 5, 15, 12, tzinfo=UTC))

    assert {event.discourse for event in extractor.extract(article)} <= {Discourse.BACKGROUND}
