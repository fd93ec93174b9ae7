"""Hygiene of the language data: an entry that can never match, or stands there twice, is a mistake that nobody sees in reading."""

from __future__ import annotations

import re
import tomllib
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from pydantic import BaseModel

from schemas.codes import Domain, EventType
from services.extract.core import HERE, LANGUAGES, SHARED
from services.extract.engine.clauses.finders import FINDERS
from services.extract.engine.events.reading import OF_OBJECT, PRONOUN, TOPIC
from services.extract.engine.knowledge import data as shapes
from services.extract.engine.knowledge.data import RuleData, RuleFile, read_toml
from services.extract.engine.knowledge.lexicon import SPECIAL, load_lexicon
from services.extract.engine.text import fold
from services.extract.engine.words.compound import MADE
from services.extract.explain import REASONS
from services.runtime.errors import ConfigError

COMPOSED = {"fut", "inf", "modal", "would", "negated", "refused", "lapsed", "passive", "reduced", "before", "own"}
"""Marks that no word has, but verbs of several words or words with a particle."""
FOLDERS = sorted(path.parent for path in LANGUAGES.glob("*/language.toml"))
FILES = sorted(path for path in LANGUAGES.rglob("*.toml"))
BIDI = re.compile("[\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\u0640]")
PRESENTATION = re.compile("[\ufb50-\ufdff\ufe70-\ufefe]")


def _rules() -> list[RuleData]:
    return [rule for path in sorted(LANGUAGES.glob("*/rules/*.toml")) for rule in read_toml(path, RuleFile).rule]


def _finders_named() -> set[str]:
    """The finders that any rule fills a role with."""
    return {name.removeprefix(OF_OBJECT) for rule in _rules() for names in rule.roles.values() for name in names}


def _strings(value: Any) -> list[str]:
    if isinstance(value, str):
        return [value]
    if isinstance(value, dict):
        return [s for inner in value.values() for s in _strings(inner)]
    return [s for inner in value for s in _strings(inner)] if isinstance(value, list) else []


@pytest.mark.parametrize("path", FILES, ids=lambda p: str(p.relative_to(LANGUAGES)))
def test_data_hold_no_invisible_marks_and_no_presentation_forms(path: Path) -> None:
    """They never match folded text, and nobody sees them."""
    found = [s for s in _strings(tomllib.loads(path.read_text(encoding="utf-8"))) if BIDI.search(s) or PRESENTATION.search(s)]

    assert found == []


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda p: p.name)
def test_affixes_are_written_as_they_stand_in_folded_text(folder: Path) -> None:
    """An affix in another spelling would make forms that no text holds."""
    data = tomllib.loads((folder / "language.toml").read_text(encoding="utf-8"))
    if data.get("accents"):
        return  # affixes are written with their accents there, and folded with the word
    affixes = [prefix for table in data["proclitics"].values() for prefix in table]
    affixes += [
        affix for p in data["paradigms"].values() for slot in p["slots"] for key in ("before", "after") for affix in slot.get(key, [])
    ]

    assert [affix for affix in affixes if affix and fold(affix) != affix] == []


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda p: p.name)
def test_no_lemma_stands_twice_in_one_entry_and_none_is_empty(folder: Path) -> None:
    """Folding makes two spellings one; the second is dead weight."""
    twice: dict[str, list[str]] = {}
    for path in sorted(folder.glob("*.toml")):
        if path.name in SPECIAL:
            continue
        for word in tomllib.loads(path.read_text(encoding="utf-8"))["word"]:
            for paradigm, lemmas in word["forms"].items():
                counted = Counter(tuple(fold(stem) for stem in lemma.split("|")) for lemma in lemmas)
                assert () not in counted
                if bad := [" | ".join(lemma) for lemma, n in counted.items() if n > 1 or not all(lemma)]:
                    twice[f"{path.name} {word['class']} {paradigm}"] = bad

    assert twice == {}


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda p: p.name)
def test_every_class_that_a_rule_names_exists(folder: Path) -> None:
    """A rule on a class without words can never fire."""
    lexicon = load_lexicon(folder, SHARED)
    known = {tag for readings in lexicon.forms.values() for reading in readings for tag in reading.tags}
    known |= {f"{tag}.actor" for tag in known} | {"actor", "colon", "date", "number", *COMPOSED, *MADE} | {f"{tag}.own" for tag in known}
    known |= {f"ing.{tag.removeprefix('v.')}" for tag in known if tag.startswith("v.")}  # participles that stand for a clause
    wanted = {tag for rule in lexicon.rules for tag in (*rule.trigger, *rule.without)}
    wanted |= {tag for rule in lexicon.rules for beside in (rule.object, *rule.needs, *rule.avoids) if beside for tag in beside.class_}

    assert wanted - known == set()


def test_every_role_that_a_rule_names_has_a_finder() -> None:
    """A slip in the name of a role would leave the slot empty for ever."""
    assert _finders_named() - {*FINDERS, TOPIC, PRONOUN} == set()


def test_every_reason_that_a_counterexample_names_is_explained() -> None:
    """Whoever asks why not gets words."""
    assert {example.reason for rule in _rules() for example in rule.counterexamples} - set(REASONS) == set()


def test_every_type_and_domain_has_its_codes() -> None:
    """PLOVER and CAMEO come from one table that misses nothing."""
    codes = tomllib.loads((HERE / "codes.toml").read_text(encoding="utf-8"))

    assert set(codes) == {*EventType, "context"}
    assert set(codes["context"]) == set(Domain)


def test_language_folders_hold_data_alone() -> None:
    """Knowledge of a language is for linguists to read and change; Python would lock them out."""
    assert [path for path in LANGUAGES.rglob("*") if path.is_file() and path.suffix not in (".toml", ".md")] == []


def test_the_engine_names_no_language() -> None:
    """Words in code, and branches on a language, are what the folders are for."""
    offenders = {}
    for path in (HERE / "engine").glob("*.py"):
        if path.name == "text.py":
            continue  # folds characters, whatever the language
        code = path.read_text(encoding="utf-8")
        if re.search("[\u0590-\u06ff]", code) or re.search(r"language(\.code)? *==", code):
            offenders[path.name] = True

    assert offenders == {}


@pytest.mark.parametrize(
    ("name", "content", "complaint"),
    [
        pytest.param("x.toml", '[[word]]\nclas = ["a"]\nforms = { word = ["b"] }', "clas: Extra inputs", id="unknown-key"),
        pytest.param("x.toml", '[[word]]\nclass = ["a"]\nforms = { wrod = ["b"] }', "unknown paradigm 'wrod'", id="unknown-paradigm"),
        pytest.param("x.toml", "[[word]", "is not valid TOML", id="broken"),
        pytest.param("persons.toml", 'nobody = ["b"]', "nobody: not in", id="unknown-person"),
    ],
)
def test_a_slip_in_the_data_is_an_error_that_names_the_file(tmp_path: Path, name: str, content: str, complaint: str) -> None:
    """A typing slip must not make knowledge vanish silently."""
    folder = tmp_path / "xx"
    folder.mkdir()
    (folder / "language.toml").write_text((LANGUAGES / "ar" / "language.toml").read_text(encoding="utf-8"), encoding="utf-8")
    (folder / "countries.toml").write_text("", encoding="utf-8")
    (folder / "persons.toml").write_text("", encoding="utf-8")
    (folder / name).write_text(content, encoding="utf-8")

    with pytest.raises(ConfigError, match=re.escape(complaint)):
        load_lexicon(folder, SHARED)


def test_every_key_of_the_data_is_explained() -> None:
    """Who knows the language need not read the engine to know what a key does."""
    models = [kind for kind in vars(shapes).values() if isinstance(kind, type) and issubclass(kind, BaseModel) and kind is not BaseModel]
    keys = {field.alias or name for model in models for name, field in model.model_fields.items()} - {"word", "rule"}
    table = (LANGUAGES / "README.md").read_text(encoding="utf-8").partition("## Every key")[2].partition("\n## ")[0]

    assert len(keys) > 60
    assert sorted(key for key in keys if not re.search(rf"`\[*(rule\.)?{key}(\.<\w+>)?\]*`", table)) == []


def test_every_finder_serves_a_rule() -> None:
    """A way to fill a role that no rule names is code that nobody proves."""
    assert set(FINDERS) - _finders_named() == set()
