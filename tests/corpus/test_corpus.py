"""The corpus is sound in itself, and the engine reads it no worse than it did."""

from __future__ import annotations

import re
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.corpus.load import Sample, as_event, is_locked, languages, load
from tests.corpus.score import baseline, losses, measure, report

SAMPLES = [pytest.param(sample, id=sample.article.id) for language in languages() for sample in load(language)]
FEWEST_WORDS, MOST_WORDS = 80, 350
NAMES_OF_DAYS = (
    ("الاثنين", "الثلاثاء", "الأربعاء", "الخميس", "الجمعة", "السبت", "الأحد"),
    ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
    ("lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche"),
    ("שני", "שלישי", "רביעי", "חמישי", "שישי", "שבת", "ראשון"),
)
WEEKDAYS = {name: number for names in NAMES_OF_DAYS for number, name in enumerate(names)} | {"الإثنين": 0}
TODAY = re.compile(r"(?:(?:اليوم|يومه|\btoday,|\b[Cc]e|aujourd'hui,?) |(?:היום|הבוקר|הערב|הלילה) \()(" + "|".join(WEEKDAYS) + ")")
YESTERDAY = re.compile(r"(?:(?:(?<!أول )أمس|\byesterday,|(?<!avant-)\b[Hh]ier,?) |(?:אתמול|אמש) \()(" + "|".join(WEEKDAYS) + ")")
MARKS = re.compile("[\u064b-\u0652\u0670\u0640]")


@pytest.mark.parametrize("sample", SAMPLES)
def test_every_quote_stands_in_its_article(sample: Sample) -> None:
    """A trigger, a person or a temptation that the text does not contain can never be found or avoided."""
    quotes = [trigger for event in sample.events for trigger in event["trigger"]]
    quotes += [person["text"] for event in sample.events for person in event.get("persons", []) if "text" in person]
    quotes += [item.quote for item in sample.tempting]
    assert [quote for quote in quotes if quote not in sample.article.text] == []


@pytest.mark.parametrize("sample", SAMPLES)
def test_every_expected_event_is_one_the_contracts_allow(sample: Sample) -> None:
    """An expectation outside the ontology would be a demand nobody can meet."""
    events = [as_event(gold, sample.article.ref()) for gold in sample.events]
    assert [event.type for event in events] == [gold["type"] for gold in sample.events]


@pytest.mark.parametrize("sample", SAMPLES)
def test_the_locked_third_is_chosen_by_hash(sample: Sample) -> None:
    """What is measured blindly is no matter of taste."""
    assert sample.locked == is_locked(sample.article.id)


@pytest.mark.parametrize("sample", SAMPLES)
def test_weekdays_agree_with_the_day_of_publication(sample: Sample) -> None:
    """A wrong weekday is a trap only where it is meant to be one."""
    published = _day_of(sample)
    text = MARKS.sub("", sample.article.text)
    said = [(WEEKDAYS[name], published) for name in TODAY.findall(text)]
    said += [(WEEKDAYS[name], published - timedelta(days=1)) for name in YESTERDAY.findall(text)]
    assert all(weekday == day.weekday() for weekday, day in said) != sample.stale_weekday


@pytest.mark.parametrize("sample", SAMPLES)
def test_dates_of_events_fit_their_status(sample: Sample) -> None:
    """What is told as past does not lie ahead, and an interval runs forward."""
    published = _day_of(sample).isoformat()
    for event in sample.events:
        when = event.get("date", {})
        start, end = when.get("start", "0001-01-01"), when.get("end", "9999-12-31")
        assert start <= end
        if event.get("status") == "completed" or event.get("stage") in {"signed", "ratified", "delivered"}:
            assert start <= published


@pytest.mark.parametrize("sample", SAMPLES)
def test_articles_have_the_length_of_news(sample: Sample) -> None:
    """Toy sentences would flatter any engine."""
    assert FEWEST_WORDS <= len(sample.article.text.split()) <= MOST_WORDS


@pytest.mark.parametrize("language", languages())
def test_at_least_half_of_the_articles_hold_a_temptation(language: str) -> None:
    """A corpus of clear cases measures nothing; at least a quarter holds no news at all."""
    samples = load(language)
    assert sum(bool(sample.tempting) for sample in samples) * 2 >= len(samples)
    assert sum(not sample.has_news for sample in samples) * 4 >= len(samples)


def test_an_engine_that_says_nothing_earns_nothing() -> None:
    """Silence must not look like precision."""
    figures = measure(load("ar"), lambda article: []).figures()
    assert figures["fresh"]["precision"] == figures["fresh"]["recall"] == 0
    assert figures["false_alarms"] == 0


def test_an_engine_that_gives_the_expected_events_scores_one_everywhere() -> None:
    """The measure itself loses nothing: gold against gold is perfect."""
    samples = load("ar")
    gold = {sample.article.id: [_as_extracted(event, sample) for event in sample.events] for sample in samples}
    tally = measure(samples, lambda article: gold[article.id])
    figures = tally.figures()
    assert tally.differences == []
    assert figures["fresh"]["precision"] == figures["fresh"]["recall"] == figures["background"]["recall"] == 1
    assert {field["accuracy"] for field in figures["fields"].values()} == {1.0}


def test_an_invented_event_in_an_article_without_news_is_a_false_alarm() -> None:
    """The costliest mistake is counted on its own."""
    silent = [sample for sample in load("ar") if not sample.has_news]
    loud = next(sample for sample in load("ar") if sample.has_news and sample.events[0]["type"] == "exercise")
    invented = _as_extracted(loud.events[0], loud)
    assert all(event["type"] != "exercise" for sample in silent for event in sample.events)
    assert measure(silent, lambda article: [invented]).figures()["false_alarms"] == len(silent)


def test_an_engine_that_forgets_or_guesses_is_told_apart_from_one_that_learns() -> None:
    """The baseline catches a loss and lets a gain pass."""
    samples = load("ar")
    gold = {sample.article.id: [_as_extracted(event, sample) for event in sample.events] for sample in samples}
    perfect = measure(samples, lambda article: gold[article.id]).figures()
    forgetful = measure(samples, lambda article: gold[article.id][:1]).figures()
    guessing = measure(samples, lambda article: gold[article.id] + gold["ar-013-drill-with-israeli-unit"]).figures()
    assert losses(forgetful, perfect) == losses(perfect, perfect) == []
    assert any("recall" in loss for loss in losses(perfect, forgetful))
    assert any("false alarms" in loss for loss in losses(perfect, guessing))


@pytest.mark.parametrize("language", languages())
def test_the_engine_reads_the_corpus_no_worse_than_before(language: str) -> None:
    """No figure of the tune part or the locked part falls below the baseline."""
    from tests.corpus.score import with_engine

    before = baseline(language)
    now = {part: tally.figures() for part, tally in report(language, with_engine()).items()}
    assert [f"{part}: {loss}" for part in now for loss in losses(before[part], now[part])] == []


def _day_of(sample: Sample) -> date:
    """The calendar day of publication in its own offset, which `Article` keeps in UTC."""
    line = next(line for line in Path(sample.path).read_text(encoding="utf-8").splitlines() if line.startswith("published_at"))
    return date.fromisoformat(line.split("=")[1].strip()[:10])


def _as_extracted(gold: dict[str, Any], sample: Sample) -> dict[str, Any]:
    evidence = [{"role": "trigger", "start": 0, "end": 1, "quote": trigger} for trigger in gold["trigger"]]
    return dict(as_event(gold, sample.article.ref()).model_dump(mode="json")) | {"evidence": evidence}
