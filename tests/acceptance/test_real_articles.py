"""The two real articles through the whole line: who is told what, and that repetition tells nobody anything."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from schemas.cloudevents import Envelope, article_type
from tests.fixtures.line import LineUnderTest

SEEDS = Path(__file__).resolve().parents[2].parent / "shared" / "seeds" / "articles.jsonl"
needs_seeds = pytest.mark.skipif(not SEEDS.exists(), reason="the real articles are not part of the project")

NEUTRAL = "\nتنشر هذه المادة ضمن النشرة الإخبارية المسائية."


def _articles() -> tuple[Mapping[str, Any], Mapping[str, Any]]:
    first, second = sorted(
        (json.loads(line) for line in SEEDS.read_text(encoding="utf-8").splitlines()), key=lambda a: str(a["published_at"])
    )
    return first, second


def _variants(article: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """The article as it is, with its keys the other way round, and with a sentence that says nothing."""
    return [article, dict(reversed(article.items())), {**article, "text": article["text"] + NEUTRAL}]


@needs_seeds
async def test_the_real_articles_give_just_their_four_notices_however_often_they_come(whole_line: LineUnderTest) -> None:
    """November: a new type and a visit; March: a visit and an agreement of a known type; repetitions, reshaped or extended: nothing."""
    line = whole_line
    first, second = _articles()
    await line.publish(first)
    await line.linked(first["id"])
    await line.drained()

    assert sorted(line.told()) == [("agreement.new_type", "ISR-MAR"), ("visit.new", "ISR-MAR")]
    signed = line.notice("agreement.new_type")["data"]
    assert signed["novelty"]["level"] == "new_domain_for_pair"
    assert signed["development"]["domains"] == ["defence_security"]
    assert [person["name"] for person in line.notice("visit.new")["data"]["development"]["persons"]] == ["Benny Gantz"]

    await line.publish(second)
    await line.linked(second["id"])
    await line.drained()

    expected = [("agreement.new", "ISR-MAR"), ("agreement.new_type", "ISR-MAR"), ("visit.new", "ISR-MAR"), ("visit.new", "ISR-MAR")]
    assert sorted(line.told()) == expected
    assert line.notice("agreement.new")["data"]["development"]["id"] != signed["development"]["id"]
    assert line.notice("visit.new")["data"]["development"]["delegation"] is True

    for article in (first, second):
        for variant in _variants(article):
            await line.publish(variant)
            await line.put(article["id"], json.dumps(variant, ensure_ascii=True, indent=1).encode())
            envelope = Envelope(id="again", source="urn:someone:else", type=article_type(), subject=article["id"])
            await line.put(article["id"], json.dumps(variant, ensure_ascii=False).encode(), envelope.headers())
            await line.drained()

            assert sorted(line.told()) == expected
    assert [received.problem for received in line.receiver.seen if received.problem] == []
