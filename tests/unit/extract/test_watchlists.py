"""Scope is data: other states are watched by another file, without code."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from schemas.article import Article
from services.extract.core import DEFAULT_WATCHLIST, load_extractor
from services.extract.engine.watch import load_watchlist

SIGNED = "وقعت السعودية وإيران اليوم مذكرة تفاهم في مجال الطاقة."


def test_the_default_watches_the_focus_with_every_tier_and_no_others() -> None:
    """The tiers of the ontology, as they stand there."""
    watch = load_watchlist(DEFAULT_WATCHLIST)

    assert watch.focus == {"ISR"}
    assert len(watch.partners) == 5 + 2 + 16 + 12
    assert watch.in_scope(["ISR", "MAR"])
    assert not watch.in_scope(["ISR", "USA"])
    assert not watch.in_scope(["SAU", "IRN"])


def test_a_pair_of_ones_own_is_watched_without_code(tmp_path: Path) -> None:
    """A user adds a line, and the same rules find that pair's events."""
    file = tmp_path / "watch.toml"
    file.write_text('pairs = [["SAU", "IRN"]]\n', encoding="utf-8")
    article = Article(id="a", text=SIGNED, published_at=datetime(2024, 5, 15, 12, tzinfo=UTC))

    assert [e.parties for e in load_extractor(file).extract(article)] == [("SAU", "IRN")]
    assert load_extractor().extract(article) == []


def test_another_watchlist_is_another_lexicon(tmp_path: Path) -> None:
    """What was read with other data has another name, so it is not taken for a duplicate."""
    file = tmp_path / "watch.toml"
    file.write_text('pairs = [["SAU", "IRN"]]\n', encoding="utf-8")

    assert load_extractor(file).identity.lexicon != load_extractor().identity.lexicon
