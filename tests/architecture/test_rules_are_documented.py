"""`docs/ontology.md` says what every rule is that code and corpora cite, and names no value that is none."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from enum import StrEnum
from pathlib import Path

import pytest
from pydantic import BaseModel

from schemas import codes, event
from tests.architecture.checkout import ROOT

DOCUMENT = (ROOT / "docs" / "ontology.md").read_text(encoding="utf-8")
SERIES = "SECDVMRFXAKIN"
"""The letters of the rules; other letters before a number are none (G20)."""

RULE = re.compile(rf"(?<![\w%.\\-])[{SERIES}]\d{{1,2}}(?!\w|%|\.\d|-\w)")
SECTION = re.compile(r"\b(?:ontology|section) (\d{1,2}(?:\.\d)?)\b|(?<![\w.])(4\.\d)(?![\w.])", re.IGNORECASE)
ROW = re.compile(rf"^\| ([{SERIES}]\d{{1,2}}(?:, [{SERIES}]\d{{1,2}})*) \|", re.MULTILINE)
HEADING = re.compile(r"^#{2,3} (\d{1,2}(?:\.\d)?)\b", re.MULTILINE)


def _rules_in(text: str) -> list[str]:
    return RULE.findall(text)


def _sections_in(text: str) -> list[str]:
    return [number for either in SECTION.findall(text) for number in either if number]


def _files(pattern: str, *folders: str) -> Iterator[Path]:
    for folder in folders:
        yield from sorted((ROOT / folder).rglob(pattern))


def _remarks() -> Iterator[tuple[str, str]]:
    """The lines that may cite a rule, with the file's name: code, comments and reasons in data; never the text of an article."""
    for path in [*_files("*.py", "services", "schemas", "tests/unit", "tests/language"), *_files("*.md", "services", "tests/corpus")]:
        yield from ((path.name, line) for line in path.read_text(encoding="utf-8").splitlines())
    for path in _files("*.toml", "services", "tests/corpus"):
        for line in path.read_text(encoding="utf-8").splitlines():
            if line.startswith("#"):
                yield path.name, line
            yield from ((path.name, reason) for reason in re.findall(r'\b(?:rule|why|reason) *= *"([^"]*)"', line))


def _documented() -> list[str]:
    return [number for row in ROW.findall(DOCUMENT) for number in row.split(", ")]


@pytest.mark.parametrize(
    ("text", "rules"),
    [
        ("E99: nobody knows it", ["E99"]),
        ("S2, E1: both (ontology C8).", ["S2", "E1", "C8"]),
        ("ontology E2 to E7; (S7)", ["E2", "E7", "S7"]),
        ("recall or F0.5 get worse", []),
        (r"%D8%AE or \uE12F or A1-B or FA18 or %E2%80%(?:8E|8F|A[A-E])", []),
        ("the G20, the day before yesterday", []),
    ],
)
def test_a_citation_is_told_from_what_only_looks_like_one(text: str, rules: list[str]) -> None:
    """The tests below are worth what this finds."""
    assert _rules_in(text) == rules


def test_every_rule_that_is_cited_stands_in_the_document() -> None:
    """Whoever reads `rule = "E15"` can look up what that is."""
    cited = [(rule, name) for name, line in _remarks() for rule in _rules_in(line)]
    known = set(_documented())

    assert len(cited) > 800
    assert sorted({(rule, name) for rule, name in cited if rule not in known}) == []


def test_every_section_that_is_cited_is_a_heading() -> None:
    """A remark like "ontology 4.5" leads somewhere."""
    of_the_document = [(name, line) for name, line in _remarks() if name.endswith(".toml") or "ontology" in line]
    cited = [(section, name) for name, line in of_the_document for section in _sections_in(line)]
    known = set(HEADING.findall(DOCUMENT))

    assert len(cited) > 40
    assert sorted({(section, name) for section, name in cited if section not in known}) == []


def test_a_number_means_one_rule_and_none_is_left_out() -> None:
    """Only the first three of A number both a rule of arms deals and a word; the document says so."""
    numbers = Counter(_documented())
    series = defaultdict(list)
    for number in numbers:
        series[number[0]].append(int(number[1:]))

    assert sorted(number for number, times in numbers.items() if times > 1) == ["A1", "A2", "A3"]
    assert sorted(series) == sorted(SERIES)
    assert [letter for letter, found in series.items() if sorted(found) != list(range(min(found), max(found) + 1))] == []


def test_every_value_and_field_in_the_document_is_one_of_the_schemas() -> None:
    """A value that was renamed does not live on in the document."""
    kinds = [kind for kind in vars(codes).values() if isinstance(kind, type) and issubclass(kind, StrEnum)]
    models = [kind for kind in vars(event).values() if isinstance(kind, type) and issubclass(kind, BaseModel)]
    known = {str(value) for kind in kinds for value in kind} | {name for model in models for name in model.model_fields}

    named = {part for quote in re.findall(r"`([a-z_.]+)`", DOCUMENT) if not quote.endswith((".py", ".toml")) for part in quote.split(".")}

    assert len(named) > 60
    assert sorted(named - known) == []
