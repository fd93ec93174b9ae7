"""What the README shows is what the program does."""

from __future__ import annotations

import json
import re

import pytest

from schemas.codes import EventType, NoticeKind
from schemas.event import AgreementEvent, VisitEvent
from schemas.topics import TOPICS, dead_letter_topics
from services.cli import cli
from tests import readme
from tests.architecture.checkout import ROOT
from tests.documents import README, blocks, written

TEXT = README.read_text(encoding="utf-8")
BLOCKS = blocks(TEXT)
DAY_MS = 86_400_000


@pytest.fixture(scope="module")
def generated() -> dict[str, str]:
    """The blocks as the program makes them now."""
    return readme.generated()


@pytest.mark.parametrize("name", ["event", "notice", "settings", "quality"])
def test_generated_blocks_are_what_the_program_gives_now(generated: dict[str, str], name: str) -> None:
    """The event and the notice are real ones, the tables have every setting and figure; `make readme` writes them anew."""
    assert BLOCKS[name] == generated[name], "README.md is not up to date: run `make readme`, look at the difference, commit it"


def test_the_article_of_the_readme_gives_the_memorandum_and_the_visit() -> None:
    """One signed memorandum, one visit, and nothing else."""
    memorandum, visit = readme.events()

    assert isinstance(memorandum, AgreementEvent) and isinstance(visit, VisitEvent)
    assert (memorandum.stage, set(memorandum.parties), memorandum.place.city) == ("signed", {"BHR", "ISR"}, "Manama")
    assert (visit.from_, visit.to, [person.name for person in visit.visitors]) == ("ISR", "BHR", ["Benny Gantz"])


async def test_the_notice_of_the_readme_is_a_new_type_of_agreement() -> None:
    """What the README promises of the first such agreement."""
    notice = await readme.notice()

    assert (notice["type"], notice["data"]["novelty"]["level"]) == ("agreement.new_type", "new_domain_for_pair")


def test_writing_the_readme_again_changes_nothing(generated: dict[str, str]) -> None:
    """`make readme` fills the blocks and leaves everything else alone."""
    assert written(TEXT, generated) == TEXT


def test_the_table_of_commands_names_every_command_and_no_other() -> None:
    """Nobody looks for a command that is not there, or misses one that is."""
    context = cli.make_context("musafaha", ["--help"], resilient_parsing=True)

    listed = re.findall(r"^\| `musafaha (\w+)", TEXT, flags=re.MULTILINE)

    assert sorted(listed) == sorted(cli.list_commands(context))


def test_the_table_of_topics_is_the_topic_table() -> None:
    """Names, keys and days that readers rely on."""
    expected = [(topic.name, topic.key, topic.retention_ms // DAY_MS) for topic in TOPICS]
    (kept_dead,) = {topic.retention_ms // DAY_MS for topic in dead_letter_topics()}
    expected.append(("<topic>.dlq", "as it came", kept_dead))

    rows = re.findall(r"^\| `([^`]+)` \| (.+?) \| .+? \| (\d+) days \|$", TEXT, flags=re.MULTILINE)

    assert [(name, key.replace("`", ""), int(days)) for name, key, days in rows] == expected


def test_all_types_of_event_are_listed_and_every_kind_that_is_named_exists() -> None:
    """The list of languages and types is true."""
    section = TEXT.split("## Languages, events, notices")[1].split("## ")[0]
    named = set(re.findall(r"`([a-z_.]+)`", section))

    assert set(EventType) <= named
    assert {name for name in named if "." in name} | {"retracted"} <= set(NoticeKind)


def test_the_article_is_valid_json_without_anything_that_ingest_would_refuse() -> None:
    """The article can be published as it stands."""
    assert readme.article().text.startswith(json.loads(BLOCKS["article"])["title"])


def test_every_file_and_make_target_that_is_named_exists() -> None:
    """No link of the documents leads nowhere."""
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    documents = [path.read_text(encoding="utf-8") for path in ROOT.glob("*.md")]

    links = {link for text in documents for link in re.findall(r"\]\(([\w./-]+)\)", text)}
    targets = {target for text in documents for target in re.findall(r"`?\bmake ([a-z]+)\b(?=[` A-Z])", text) if f"`make {target}" in text}

    assert [link for link in links if not (ROOT / link).exists()] == []
    assert [target for target in targets if not re.search(rf"^{target}:", makefile, flags=re.MULTILINE)] == []
