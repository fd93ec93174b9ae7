"""The generated files are valid, complete and what the models say."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator
from jsonschema.exceptions import SchemaError

from schemas import export
from tests.contract.contracts import SCHEMAS, committed_schema


@pytest.fixture
def copied(tmp_path: Path) -> Path:
    """A copy of the committed files that a test may spoil."""
    shutil.copytree(SCHEMAS / "json", tmp_path / "json")
    shutil.copy(SCHEMAS / "asyncapi.json", tmp_path)
    return tmp_path


@pytest.mark.parametrize("name", export.CONTRACTS)
def test_every_json_schema_is_valid_by_its_own_meta_schema(name: str) -> None:
    """Any validator of JSON Schema 2020-12 can load the committed file."""
    schema = committed_schema(name)

    Draft202012Validator.check_schema(schema)

    assert schema["$schema"] == Draft202012Validator.META_SCHEMA["$id"]


def test_the_meta_schema_refuses_a_wrong_schema() -> None:
    """The check before this one can fail: a misspelt type is no JSON Schema."""
    spoilt = committed_schema("article")
    spoilt["properties"]["text"]["type"] = "strung"

    with pytest.raises(SchemaError):
        Draft202012Validator.check_schema(spoilt)


def test_committed_files_are_what_the_models_say() -> None:
    """Nobody changes a model without changing what readers in other languages see."""
    assert export.differences(SCHEMAS) == []


def test_generation_gives_the_same_text_twice() -> None:
    """A difference always means a change of a model, never chance."""
    assert export.documents() == export.documents()


def test_check_shows_what_differs_and_what_to_do(copied: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A forgotten regeneration fails with the changed line and the command that repairs it."""
    path = copied / "json" / "article.schema.json"
    path.write_text(path.read_text(encoding="utf-8").replace('"maxLength": 1000', '"maxLength": 999'), encoding="utf-8")

    code = export.main(["--check", "--folder", str(copied)])

    shown = capsys.readouterr().err
    assert code == 1
    assert '"maxLength": 999' in shown and '"maxLength": 1000' in shown and "make schemas" in shown
    assert "event.schema.json" not in shown


def test_check_names_missing_and_left_over_files(copied: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A contract that was added or removed leaves no half of it behind."""
    (copied / "asyncapi.json").unlink()
    (copied / "json" / "gossip.schema.json").write_text("{}", encoding="utf-8")

    code = export.main(["--check", "--folder", str(copied)])

    shown = capsys.readouterr().err
    assert code == 1
    assert "asyncapi.json: missing" in shown
    assert "gossip.schema.json: no contract has this name" in shown


def test_writing_repairs_everything_that_check_names(copied: Path) -> None:
    """`make schemas` is all that has to be done."""
    (copied / "asyncapi.json").write_text("{}", encoding="utf-8")
    (copied / "json" / "gossip.schema.json").write_text("{}", encoding="utf-8")

    export.main(["--folder", str(copied)])

    assert export.main(["--check", "--folder", str(copied)]) == 0


def test_the_command_works_from_an_unrelated_folder(tmp_path: Path) -> None:
    """`python -m schemas.export --check` finds its files wherever it is run."""
    done = subprocess.run([sys.executable, "-m", "schemas.export", "--check"], cwd=tmp_path, capture_output=True, text=True, check=False)

    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize("name", export.CONTRACTS)
def test_no_schema_refers_to_anything_outside_itself(name: str) -> None:
    """A reader may copy one file and needs no other."""
    text = json.dumps(committed_schema(name))

    references = {part.split('"')[0] for part in text.split('"$ref": "')[1:]}

    assert all(reference.startswith("#/$defs/") for reference in references)
