"""The engine alone, in this process on one core."""

from __future__ import annotations

import gc
import json
import resource
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from schemas.article import Article
from services.extract.core import Extractor, load_extractor
from tests.corpus.load import languages, load
from tests.generated import signature, weather

SEEDS = Path(__file__).resolve().parents[2].parent / "shared" / "seeds" / "articles.jsonl"
ROUNDS = 5

_LEAD = signature(2)["text"].split("\n")[1]
"""A sentence that makes a text matter, whatever stands behind it."""
LONG: dict[str, Callable[[float], str]] = {
    "an article of 1 MB": lambda share: "\n".join(str(signature(n)["text"]) for n in range(int(210 * share))),
    "100 KB without a space": lambda share: f"{_LEAD}\n{'اتفاقية' * int(7_150 * share)}",
    "10,000 repeated triggers": lambda share: f"{_LEAD}\n{'وقعت ' * int(10_000 * share)}",
    "10,000 signatures in one line": lambda share: f"{_LEAD}\n{'وقعت إسرائيل والمغرب اتفاقا ' * int(10_000 * share)}",
}
"""Texts that would take for ever if anything looked back or forth without bound: built to a share of their length."""

_START = """
import resource, time
from schemas.article import Article
from services.extract.core import load_extractor
extractor = load_extractor()
{ready}
print(time.process_time(), resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)
"""


_READY = {
    "Arabic alone": "extractor.extract(Article(id='a', text='وقعت إسرائيل والبحرين مذكرة تفاهم.'))",
    "all languages": "extractor.load_all()",
}
"""What is loaded by the time that the clock is read: what the first article in Arabic waits for, and what a service loads."""


def relevant(count: int) -> list[Article]:
    """Generated articles of about 5 KB that each tell an agreement."""
    return [Article.model_validate(signature(n)) for n in range(count)]


def seeds() -> list[Article]:
    """The two real articles, where they are at hand."""
    if not SEEDS.exists():
        return []
    return [Article.model_validate(json.loads(line)) for line in SEEDS.read_text(encoding="utf-8").splitlines() if line.strip()]


def seconds_an_article(extractor: Extractor, articles: Sequence[Article]) -> float:
    """The best of a few rounds over all articles, after one to warm up; of this process alone, whatever else the machine does."""
    best = float("inf")
    for _ in range(ROUNDS + 1):
        began = time.process_time()
        for article in articles:
            extractor.extract(article)
        best = min(best, time.process_time() - began)
    return best / len(articles)


def growth(extractor: Extractor, build: Callable[[float], str]) -> tuple[float, float, float]:
    """Size in KB and seconds of a long text, and how much longer it takes than a quarter of it: 4 where reading is linear."""
    quarter, whole = (Article.model_validate(signature(2) | {"text": build(share)}) for share in (0.25, 1))
    seconds = seconds_an_article(extractor, [whole])
    return len(whole.text.encode()) / 1_000, seconds, seconds / seconds_an_article(extractor, [quarter])


def measure_engine() -> None:
    """Print articles a second for each kind of article, how time grows with length, start time and memory."""
    for name, ready in _READY.items():
        start_s, start_mb = map(float, subprocess.check_output([sys.executable, "-c", _START.format(ready=ready)], text=True).split())
        print(f"engine    start, {name:<20} {start_s:.2f} s of one core, {start_mb:.0f} MB resident in a fresh process", flush=True)
    extractor = load_extractor()
    extractor.load_all()
    gc.collect()
    gc.freeze()  # as the worker does; else a long text pays for walks through the whole lexicon
    kinds = {
        "relevant, generated": relevant(200),
        "relevant, the two real ones": seeds() * 50,
        "irrelevant, generated": [Article.model_validate(weather(n)) for n in range(1_000)],
    }
    kinds |= {f"relevant, corpus {language}": [sample.article for sample in load(language)] for language in languages()}
    for name, articles in kinds.items():
        if not articles:
            continue
        each = seconds_an_article(extractor, articles)
        size = sum(len(article.text.encode()) for article in articles) / len(articles) / 1_000
        print(
            f"engine    {name:<28} {size:4.1f} KB  {each * 1e6:7.0f} us an article, {each * 1e6 / size:6.0f} a KB  "
            f"{1 / each:7.0f} a second on one core",
            flush=True,
        )
    print(f"engine    peak {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB resident", flush=True)
    for name, build in LONG.items():
        size, seconds, times = growth(extractor, build)
        print(
            f"engine    {name:<29} {size:5.0f} KB {seconds * 1e3:6.0f} ms, {seconds * 1e6 / size:6.0f} us a KB; "
            f"four times the length takes {times:.1f} times as long",
            flush=True,
        )
