"""The two real articles that the project was given, scored by their own scorer; skipped where they are not at hand."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from schemas.article import Article, Source
from services.extract.core import load_extractor
from tests.corpus.load import load

SHARED = Path(__file__).resolve().parents[2].parent / "shared"
SEEDS = SHARED / "seeds" / "articles.jsonl"
pytestmark = pytest.mark.skipif(not SEEDS.exists(), reason="the real articles are not part of the project")


def _events() -> str:
    extractor = load_extractor()
    lines = []
    for line in SEEDS.read_text(encoding="utf-8").splitlines():
        fields = json.loads(line)
        source = Source(**(fields.get("source") or {}))
        article = Article(id=fields["id"], title=fields["title"], text=fields["text"], published_at=fields["published_at"], source=source)
        lines += [event.model_dump_json() for event in extractor.extract(article)]
    return "\n".join(lines)


@pytest.mark.parametrize(
    "arguments",
    [
        pytest.param(["--discourse", "lead", "--min-f1", "1", "--min-attribute", "1"], id="lead-events-with-every-field"),
        pytest.param(["--min-f1", "1", "--min-attribute", "0.95"], id="all-events-and-no-other"),
    ],
)
def test_the_real_articles_give_their_events(arguments: list[str]) -> None:
    """Every event of the annotation, and none beside it."""
    done = subprocess.run(
        [sys.executable, str(SHARED / "tools" / "score_events.py"), str(SHARED / "gold" / "seeds.json"), "-", "--verbose", *arguments],
        input=_events().encode(),
        capture_output=True,
        check=False,
    )

    assert (done.returncode, done.stderr.decode()) == (0, "")


def test_no_rule_fires_on_the_real_articles_alone() -> None:
    """A rule that only two texts need was made for them: each that fires there fires in the corpus of our own, too."""
    extractor = load_extractor()
    here = {rule for line in _events().splitlines() for rule in json.loads(line)["rules"]}
    corpus = {rule for sample in load("ar") for event in extractor.extract(sample.article) for rule in event.rules}

    assert here - corpus == set()
