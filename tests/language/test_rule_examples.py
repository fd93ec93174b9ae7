"""Every rule is a claim about the language: each example and counterexample written beside it is read and compared."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from schemas.article import Article, Source
from schemas.event import NormalizationEvent
from services.extract.core import LANGUAGES, Extractor, load_extractor
from services.extract.engine.knowledge.data import Counterexample, Example, RuleData, RuleFile, read_toml


def _rules() -> list[RuleData]:
    return [rule for path in sorted(LANGUAGES.glob("*/rules/*.toml")) for rule in read_toml(path, RuleFile).rule]


EXAMPLES = [pytest.param(rule, example, id=f"{rule.id}-yes{number}") for rule in _rules() for number, example in enumerate(rule.examples)]
COUNTEREXAMPLES = [
    pytest.param(rule, example, id=f"{rule.id}-no{number}") for rule in _rules() for number, example in enumerate(rule.counterexamples)
]


@pytest.fixture(scope="module")
def extractor() -> Extractor:
    """The extractor over the data of the repository."""
    return load_extractor()


def _article(rule: RuleData, example: Example | Counterexample) -> Article:
    return Article(
        id="example",
        text=example.text,
        language=rule.id.partition(".")[0],
        published_at=datetime.fromisoformat(example.published).replace(hour=12, tzinfo=UTC),
        source=Source(id="example", country=example.home),
    )


def _shown(event: NormalizationEvent, wanted: dict[str, Any]) -> dict[str, Any]:
    """The fields of `event` that an example speaks of, under the names it uses."""
    fields = event.model_dump(mode="json")
    people = [person for key in ("visitors", "participants", "signatories") for person in fields.get(key) or []]
    special = {
        "start": fields["date"]["start"],
        "end": fields["date"]["end"],
        "precision": fields["date"]["precision"],
        "first": bool(fields["first"] and fields["first"]["is_first"]),
        "city": fields["place"]["city"],
        "amount": "{value:.0f} {currency}".format(**fields["amount"]) if fields.get("amount") else None,
        "from_city": (fields.get("origin") or {}).get("city"),
        "to_city": (fields.get("destination") or {}).get("city"),
        "persons": [person["name"] for person in people if person["name"]],
        "ranks": [person["rank"] for person in people],
    }
    return {name: special.get(name, fields.get(name)) for name in wanted}


@pytest.mark.parametrize(("rule", "example"), EXAMPLES)
def test_example_gives_exactly_the_event_it_promises(extractor: Extractor, rule: RuleData, example: Example) -> None:
    """A rule finds what its examples say, by that rule, and nothing else in them."""
    events = extractor.extract(_article(rule, example))
    own = [event for event in events if rule.id in event.rules]
    others = [event for event in events if rule.id not in event.rules]

    assert [_shown(event, example.expect) for event in own] == [example.expect]
    assert [_shown(event, wanted) for event, wanted in zip(others, example.also, strict=False)] == list(example.also)
    assert len(others) == len(example.also)


@pytest.mark.parametrize(("rule", "example"), COUNTEREXAMPLES)
def test_counterexample_stays_silent_for_its_reason(extractor: Extractor, rule: RuleData, example: Counterexample) -> None:
    """A rule says nothing about its counterexamples, and explains why."""
    explanation = extractor.explain(_article(rule, example))

    assert [event.rules for event, _ in explanation.events] == []
    assert example.reason in {silence.reason for silence in explanation.silences if silence.rule == rule.id} | (
        {"not_read"} if explanation.reason else set()
    )


def test_rule_ids_are_unique_and_belong_to_their_folder() -> None:
    """An id names one rule, and begins with the code of its language."""
    ids = [rule.id for rule in _rules()]

    assert sorted(set(ids)) == sorted(ids)
    for path in LANGUAGES.glob("*/rules/*.toml"):
        for rule in read_toml(Path(path), RuleFile).rule:
            assert rule.id.split(".")[0] == path.parent.parent.name
