"""How well the engine reads the corpus: `python -m tests.corpus.score ar` prints precision, recall and field accuracy.

The tune part is open: every difference is named. Of the locked part only the figures are shown.
An expected and an extracted event can match when they have one type and at least half of their parties in common; among the
possible pairs, those that agree on most are matched first, one to one (the measurement of the ontology, section 9).
"""

from __future__ import annotations

import argparse
import io
import json
import sys
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from pathlib import Path
from typing import Any

from schemas.article import Article
from tests.corpus.load import PERSONS_OF, Gold, Sample, languages, load

BASELINES = Path(__file__).parent / "baseline"
ENOUGH_IN_COMMON = 2.0
"""Type and parties alone give 1 at most: below this two events are not the same."""
FRESH = ("lead", "body")
TOLERANCE = 5e-5
"""Figures are rounded to four places."""

Predicted = dict[str, Any]
Extract = Callable[[Article], list[Predicted]]


@dataclass
class Tally:
    """Counts over one part of the corpus, and what each field was worth on the matched pairs."""

    articles: int = 0
    counts: Counter[str] = field(default_factory=Counter)
    fields: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    differences: list[str] = field(default_factory=list)

    def figures(self) -> dict[str, Any]:
        """Everything as plain numbers."""
        return {
            "articles": self.articles,
            "fresh": self._prf("fresh"),
            "background": self._prf("background"),
            "false_alarms": self.counts["false_alarms"],
            "silent_articles": self.counts["silent_articles"],
            "fields": {
                name: {"accuracy": _share(sum(v), len(v)), "right": round(sum(v), 4), "n": len(v)}
                for name, v in sorted(self.fields.items())
            },
        }

    def _prf(self, kind: str) -> dict[str, float | int]:
        gold, predicted, hit = (self.counts[f"{kind}.{name}"] for name in ("gold", "predicted", "matched"))
        return {
            "gold": gold,
            "predicted": predicted,
            "matched": hit,
            "precision": _share(hit, predicted),
            "recall": _share(hit, gold),
            "f05": _f05(_share(hit, predicted), _share(hit, gold)),
        }


def measure(samples: list[Sample], extract: Extract) -> Tally:
    """Reads every sample with `extract` and compares."""
    tally = Tally(articles=len(samples))
    for sample in samples:
        _add(tally, sample, extract(sample.article))
    return tally


def _add(tally: Tally, sample: Sample, predicted: list[Predicted]) -> None:
    pairs = match(sample.events, predicted)
    gold_of = {j: sample.events[i] for i, j in pairs}
    name = sample.article.id
    for event in sample.events:
        tally.counts[f"{_kind(event)}.gold"] += 1
    for j, event in enumerate(predicted):
        tally.counts[f"{_kind(gold_of.get(j, event))}.predicted"] += 1
        if j not in gold_of:
            tally.differences.append(f"{name}: extra {_describe(event)}")
    for i, j in pairs:
        tally.counts[f"{_kind(sample.events[i])}.matched"] += 1
        for what, worth, wanted, given in compare(sample.events[i], predicted[j]):
            tally.fields[what].append(worth)
            if worth < 1:
                tally.differences.append(f"{name}: {_describe(sample.events[i])}: {what} is {given}, expected {wanted}")
    found = {i for i, _ in pairs}
    for i, event in enumerate(sample.events):
        if i not in found:
            tally.differences.append(f"{name}: missed {_describe(event)} {event['trigger'][0]!r}")
    if not sample.has_news:
        tally.counts["silent_articles"] += 1
        tally.counts["false_alarms"] += sum(_kind(event) == "fresh" for j, event in enumerate(predicted) if j not in gold_of)


def match(gold: tuple[Gold, ...], predicted: list[Predicted]) -> list[tuple[int, int]]:
    """Which expected event is which extracted one, best fit first."""
    fits = sorted((-affinity(g, p), i, j) for i, g in enumerate(gold) for j, p in enumerate(predicted))
    pairs: list[tuple[int, int]] = []
    for negative_fit, i, j in fits:
        taken = any(i == a or j == b for a, b in pairs)
        if -negative_fit >= ENOUGH_IN_COMMON and not taken:
            pairs.append((i, j))
    return pairs


def affinity(gold: Gold, predicted: Predicted) -> float:
    """How well two events fit: the sum of what they share, or -1 when they cannot be the same."""
    common = _jaccard(set(gold["parties"]), set(predicted["parties"]))
    if gold["type"] != predicted["type"] or common < 0.5:
        return -1.0
    named = _names(gold, predicted)
    return (
        common
        + (state(gold) == state(predicted))
        + _overlap(gold.get("date"), predicted.get("date"))
        + 1.5 * _evident(gold, predicted)
        + (0.5 if named is None else named)
        + (_jaccard(set(gold["domains"]), set(predicted.get("domains") or [])) if gold.get("domains") else 0)
    )


def compare(gold: Gold, predicted: Predicted) -> Iterator[tuple[str, float, Any, Any]]:
    """Field, worth between 0 and 1, expected and given value, for every field the corpus speaks of."""
    wanted_date, given_date = gold.get("date") or {}, predicted.get("date") or {}
    exact: list[tuple[str, Any, Any]] = [
        ("parties", sorted(gold["parties"]), sorted(predicted["parties"])),
        ("state", state(gold), state(predicted)),
        ("date", (wanted_date.get("start"), wanted_date.get("end")), (given_date.get("start"), given_date.get("end"))),
        ("date_precision", wanted_date.get("precision", "none"), given_date.get("precision", "none")),
        ("discourse", gold["discourse"], predicted["discourse"]),
        ("factuality", gold.get("factuality", "asserted"), predicted["factuality"]),
        ("first", gold.get("first", False), bool((predicted.get("first") or {}).get("is_first"))),
        ("actor_level", gold.get("actor_level", "state"), predicted["actor_level"]),
    ]
    exact += [(name, gold[name], predicted.get(name)) for name in ("instrument", "item_class", "aggregate", "contested") if name in gold]
    place, given_place = gold.get("place") or {}, predicted.get("place") or {}
    if "country" in place:
        exact.append(("place_country", place["country"], given_place.get("country") or predicted.get("to")))
    for what, wanted, given in exact:
        yield what, float(wanted == given), wanted, given
    if "city" in place:
        cities = {given_place.get("city"), *(predicted.get("cities") or [])} - {None}
        yield "city", float(any(_same_name(place["city"], str(city)) for city in cities)), place["city"], sorted(map(str, cities))
    if "domains" in gold:
        yield "domains", _jaccard(set(gold["domains"]), set(predicted["domains"])), gold["domains"], predicted["domains"]
    yield from _compare_persons(gold, predicted)


def _compare_persons(gold: Gold, predicted: Predicted) -> Iterator[tuple[str, float, Any, Any]]:
    people = gold.get("persons") or []
    given = _people(predicted)
    named = _names(gold, predicted)
    if named is not None:
        yield "persons", named, [p.get("name") or p["text"] for p in people if "text" in p], [p["name"] or p["name_in_text"] for p in given]
    wanted_ranks, given_ranks = Counter(p["rank"] for p in people if "rank" in p), Counter(p["rank"] for p in given)
    if wanted_ranks:
        worth = (wanted_ranks & given_ranks).total() / wanted_ranks.total()
        yield "ranks", worth, sorted(wanted_ranks.elements()), sorted(given_ranks.elements())


def state(event: dict[str, Any]) -> str:
    """What an event says of its course: stage or status, or the action with its status unless that is `done`."""
    if event.get("action"):
        status = event.get("status") or "done"
        return str(event["action"]) if status == "done" else f"{event['action']}/{status}"
    return str(event.get("stage") or event.get("status"))


def _kind(event: dict[str, Any]) -> str:
    return "fresh" if event["discourse"] in FRESH else "background"


def _describe(event: dict[str, Any]) -> str:
    return f"{event['type']} {state(event)} {'-'.join(sorted(event['parties']))} ({event['discourse']})"


def _share(part: float, whole: float) -> float:
    """Share of a whole; of nothing it is 0, so that an engine that says nothing earns nothing."""
    return round(part / whole, 4) if whole else 0.0


def _f05(precision: float, recall: float) -> float:
    """Both in one figure in which precision weighs twice as much as recall: a false event costs more than a missed one."""
    return round(1.25 * precision * recall / (0.25 * precision + recall), 4) if precision and recall else 0.0


def _jaccard(a: set[str], b: set[str]) -> float:
    return len(a & b) / len(a | b) if a | b else 1.0


def _overlap(a: dict[str, Any] | None, b: dict[str, Any] | None) -> bool:
    first, second = a or {}, b or {}
    lowest, highest = "0001-01-01", "9999-12-31"
    return (first.get("start") or lowest) <= (second.get("end") or highest) and (second.get("start") or lowest) <= (
        first.get("end") or highest
    )


def _evident(gold: Gold, predicted: Predicted) -> bool:
    """Whether a quoted trigger and an extracted span have words in common."""
    quotes = [str(span["quote"]) for span in predicted.get("evidence") or [] if span["role"] == "trigger"]
    return any(trigger in quote or quote in trigger for trigger in gold["trigger"] for quote in quotes)


def _people(predicted: Predicted) -> list[dict[str, Any]]:
    return list(predicted.get(PERSONS_OF.get(predicted["type"], "")) or [])


def _names(gold: Gold, predicted: Predicted) -> float | None:
    """Which share of the named persons is named; `None` when nobody is."""
    wanted = [p for p in gold.get("persons") or [] if "text" in p]
    if not wanted:
        return None
    given = _people(predicted)
    return sum(any(_same_person(w, g) for g in given) for w in wanted) / len(wanted)


def _same_person(wanted: dict[str, Any], given: dict[str, Any]) -> bool:
    if wanted.get("name") and given.get("name") and _same_name(wanted["name"], given["name"]):
        return True
    return _same_name(wanted["text"], given.get("name_in_text") or "")


def _same_name(a: str, b: str) -> bool:
    a, b = _skeleton(a), _skeleton(b)
    if not a or not b:
        return False
    return SequenceMatcher(None, a.split()[-1], b.split()[-1]).ratio() >= 0.75 or SequenceMatcher(None, a, b).ratio() >= 0.8


def _skeleton(name: str) -> str:
    decomposed = unicodedata.normalize("NFKD", name)
    return "".join(c for c in decomposed if not unicodedata.combining(c) and c != "ـ").lower().strip()


def with_engine() -> Extract:
    """The product's own engine, giving events as they go over the wire."""
    from services.extract.core import load_extractor

    extractor = load_extractor()
    return lambda article: [event.model_dump(mode="json") for event in extractor.extract(article)]


def report(language: str, extract: Extract) -> dict[str, Tally]:
    """The tallies of the tune part and of the locked part."""
    samples = load(language)
    return {part: measure([s for s in samples if s.locked == (part == "locked")], extract) for part in ("tune", "locked")}


def losses(before: dict[str, Any], now: dict[str, Any]) -> list[str]:
    """Every figure that is worse than it was, as a sentence; the baseline may not fall.

    Precision may give way only where recall gains more than it costs (F0.5). Of a field the number of right values counts, not their
    share: finding one more event, with one field of it wrong, is no loss.
    """
    worse = [
        f"{kind} {name} fell from {before[kind][name]} to {now[kind][name]}"
        for kind in ("fresh", "background")
        for name in ("recall", "f05")
        if now[kind][name] < before[kind][name] - TOLERANCE
    ]
    if now["false_alarms"] > before["false_alarms"]:
        worse.append(f"false alarms rose from {before['false_alarms']} to {now['false_alarms']}")
    for name, figure in before["fields"].items():
        right = now["fields"].get(name, {"right": 0.0})["right"]
        if right < figure["right"] - TOLERANCE:
            worse.append(f"right values of {name} fell from {figure['right']} to {right}")
    return worse


def baseline(language: str) -> dict[str, Any]:
    """The figures of both parts that may not fall; empty for a language that was never measured."""
    file = _baseline_file(language)
    return dict(json.loads(file.read_text(encoding="utf-8"))) if file.exists() else {}


def _baseline_file(language: str) -> Path:
    return BASELINES / f"{language}.json"


def _show(part: str, tally: Tally) -> None:
    figures = tally.figures()
    print(f"{part}: {figures['articles']} articles, {figures['silent_articles']} of them without news")
    for kind in ("fresh", "background"):
        f = figures[kind]
        counts = f"{f['matched']} right of {f['predicted']} found, {f['gold']} wanted"
        print(f"  {kind:<11} precision {f['precision']:.3f}  recall {f['recall']:.3f}  ({counts})")
    print(f"  false alarms in articles without news: {figures['false_alarms']}")
    for name, figure in figures["fields"].items():
        print(f"  {name:<15} {figure['accuracy']:.3f}  (of {figure['n']})")


def _show_gap(tallies: dict[str, Tally]) -> None:
    """How much worse the part is read that nobody tunes on: the sign of rules made for texts."""
    tune, locked = (tallies[part].figures()["fresh"] for part in ("tune", "locked"))
    gaps = "  ".join(f"{name} {tune[name] - locked[name]:+.3f}" for name in ("precision", "recall"))
    print(f"gap, tune less locked, fresh: {gaps}")


def main(arguments: list[str] | None = None) -> int:
    """Prints the figures; with `--update` they become the new baseline. Exit code 1 when a figure is below the baseline."""
    parser = argparse.ArgumentParser(prog="python -m tests.corpus.score", description=__doc__)
    parser.add_argument("language", choices=languages())
    parser.add_argument("--update", action="store_true", help="write these figures into baseline/LANGUAGE.json")
    parser.add_argument("--quiet", action="store_true", help="do not name the differences of the tune part")
    options = parser.parse_args(arguments)
    if isinstance(sys.stdout, io.TextIOWrapper):  # a locale without UTF-8 must not keep Arabic quotes from being shown
        sys.stdout.reconfigure(encoding="utf-8")
    tallies = report(options.language, with_engine())
    if not options.quiet:
        print("\n".join(tallies["tune"].differences))
    for part, tally in tallies.items():
        _show(part, tally)
    _show_gap(tallies)
    now = {part: tally.figures() for part, tally in tallies.items()}
    if options.update:
        _baseline_file(options.language).write_text(json.dumps(now, indent=2, sort_keys=True) + "\n", encoding="utf-8")
        return 0
    worse = [f"{part}: {loss}" for part, old in baseline(options.language).items() for loss in losses(old, now[part])]
    print("\n".join(worse), file=sys.stderr)
    return 1 if worse else 0


if __name__ == "__main__":
    sys.exit(main())
