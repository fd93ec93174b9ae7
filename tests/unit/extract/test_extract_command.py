"""`musafaha extract` and `musafaha explain`: bad lines are named and the rest goes on."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from services.extract.command import explain, extract
from services.runtime.errors import CommandError, ConfigError

TEXT = "وقعت إسرائيل والبحرين اليوم الأربعاء مذكرة تفاهم في مجال الزراعة."
GOOD = json.dumps({"id": "a1", "text": TEXT, "published_at": "2024-05-15T12:00:00+00:00"})


def test_one_event_a_line_as_json(tmp_path: Path) -> None:
    """The output is what the topic of events carries."""
    file = tmp_path / "articles.jsonl"
    file.write_text(GOOD + "\n\n", encoding="utf-8")

    done = CliRunner().invoke(extract, [str(file)])

    events = [json.loads(line) for line in done.stdout.splitlines()]
    assert (done.exit_code, done.stderr) == (0, "")
    assert [(e["type"], e["parties"], e["article"]["id"]) for e in events] == [("agreement", ["ISR", "BHR"], "a1")]


@pytest.mark.parametrize(
    ("line", "complaint"),
    [
        pytest.param("{broken", "is no JSON", id="no-json"),
        pytest.param('["text"]', "is no JSON object", id="no-object"),
        pytest.param('{"id": "x"}', "text: Field required", id="no-text"),
        pytest.param('{"text": "  "}', "text: is empty", id="empty-text"),
        pytest.param('{"text": "x", "titel": "y"}', "titel: Extra inputs are not permitted", id="unknown-field"),
        pytest.param('{"text": "x", "published_at": "gestern"}', "published_at:", id="bad-date"),
    ],
)
def test_a_bad_line_is_named_and_the_rest_goes_on(tmp_path: Path, line: str, complaint: str) -> None:
    """One slip in a file of thousands costs one line, and the exit code tells."""
    file = tmp_path / "articles.jsonl"
    file.write_text(f"{line}\n{GOOD}\n", encoding="utf-8")

    done = CliRunner().invoke(extract, [str(file)])

    assert done.exit_code == 1
    assert f"{file}:1: " in done.stderr
    assert complaint in done.stderr
    assert len(done.stdout.splitlines()) == 1


def test_a_line_that_is_not_utf8_is_named(tmp_path: Path) -> None:
    """The wrong encoding is said, not guessed."""
    file = tmp_path / "articles.jsonl"
    file.write_bytes(b'{"text": "\xe9"}\n')

    done = CliRunner().invoke(extract, [str(file)])

    assert (done.exit_code, f"{file}:1: is not UTF-8 (byte 10)" in done.stderr) == (1, True)


def test_standard_input_is_read_for_a_dash() -> None:
    """Pipes work."""
    done = CliRunner().invoke(extract, ["-"], input="x\n" + GOOD)

    assert (done.exit_code, len(done.stdout.splitlines())) == (1, 1)
    assert "standard input:1: " in done.stderr


def test_a_text_file_takes_its_date_from_the_option(tmp_path: Path) -> None:
    """Relative dates need a day to count from."""
    file = tmp_path / "story.txt"
    file.write_text(TEXT, encoding="utf-8")

    dated = CliRunner().invoke(extract, [str(file), "--published-at", "2024-05-15"])
    undated = CliRunner().invoke(extract, [str(file)])

    assert json.loads(dated.stdout)["date"]["start"] == "2024-05-15"
    assert json.loads(undated.stdout)["date"] == {"start": None, "end": None, "precision": "none", "basis": None, "text": None}


def test_an_article_without_id_gets_the_one_ingest_would_give(tmp_path: Path) -> None:
    """Offline and on the topic an article has one name."""
    file = tmp_path / "articles.jsonl"
    file.write_text(json.dumps({"text": TEXT}) + "\n", encoding="utf-8")

    first = CliRunner().invoke(extract, [str(file)])
    second = CliRunner().invoke(extract, [str(file)])

    assert json.loads(first.stdout)["article"]["id"].startswith("art_")
    assert first.stdout == second.stdout


@pytest.mark.parametrize("arguments", [["missing.jsonl"], ["-", "--published-at", "gestern"]])
def test_what_cannot_be_done_is_said(arguments: list[str]) -> None:
    """A file that is not there and a date that is none are errors of the call."""
    done = CliRunner().invoke(extract, arguments)

    assert isinstance(done.exception, CommandError)


def test_a_broken_watchlist_is_an_error_that_names_the_file(tmp_path: Path) -> None:
    """Which states are watched is never guessed."""
    file = tmp_path / "watch.toml"
    file.write_text('focus = ["ISR"]\npartnrs = {}\n', encoding="utf-8")

    done = CliRunner().invoke(extract, ["-", "--watchlist", str(file)], input=GOOD)

    assert isinstance(done.exception, ConfigError)
    assert str(file) in str(done.exception)


def test_explain_tells_the_rule_the_roles_and_the_reasons(tmp_path: Path) -> None:
    """An analyst sees why, and why not."""
    file = tmp_path / "story.txt"
    file.write_text(TEXT + "\nووقعت السعودية والعراق مذكرة تفاهم في مجال الأمن.", encoding="utf-8")

    shown = CliRunner().invoke(explain, [str(file), "--published-at", "2024-05-15"]).stdout
    plain = json.loads(CliRunner().invoke(explain, [str(file), "--published-at", "2024-05-15", "--json"]).stdout)

    assert "[ar.agreement.sign.verb]" in shown
    assert "out_of_scope" in shown
    assert [d["rule"] for d in plain["events"][0]["derivation"]] == ["ar.agreement.sign.verb"]
    assert {n["reason"] for n in plain["nothing"]} == {"out_of_scope"}


def test_explain_says_when_an_article_was_not_read(tmp_path: Path) -> None:
    """No watched pair, no reading."""
    file = tmp_path / "story.txt"
    file.write_text("Two teams drew in Paris.", encoding="utf-8")

    assert "not read" in CliRunner().invoke(explain, [str(file)]).stdout
