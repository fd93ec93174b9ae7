"""The committed examples are real messages: valid for the models and for the JSON Schemas, and true to our own rules."""

from __future__ import annotations

import copy

import pytest
from pydantic import ValidationError

from schemas import ids
from schemas.article import Article, ArticleDraft, with_headline
from schemas.codes import EventType
from schemas.export import CONTRACTS
from tests.contract.contracts import EXAMPLES, contract_of, example, model, validator

REQUESTS = ("article-draft", "subscription-request")
KINDS_NOW = ["agreement.new", "agreement.new_type", "retracted", "visit.changed", "visit.new"]


@pytest.mark.parametrize("name", EXAMPLES)
def test_example_is_valid_by_its_json_schema(name: str) -> None:
    """A reader in another language accepts what we send."""
    contract, value = contract_of(name), example(name)

    assert [error.message for error in validator(contract).iter_errors(value)] == []


@pytest.mark.parametrize("name", EXAMPLES)
def test_example_is_read_and_written_again_without_loss(name: str) -> None:
    """An example holds every field as we write it, so that it is also the full list of fields."""
    contract, value = contract_of(name), example(name)

    adapter = model(contract)
    written = adapter.dump_python(adapter.validate_python(value), mode="json", exclude_unset=contract in REQUESTS)

    assert written == value


def test_every_contract_type_of_event_and_present_kind_of_notice_has_an_example() -> None:
    """Whoever adds a message adds an example of it."""
    expected = {name for name in CONTRACTS if name not in ("event", "notice")}
    expected |= {f"event.{event}" for event in EventType} | {f"notice.{kind}" for kind in KINDS_NOW}

    assert set(EXAMPLES) == expected
    assert all(example(f"event.{event}")["type"] == event for event in EventType)
    assert all(example(f"notice.{kind}")["type"] == kind for kind in KINDS_NOW)


@pytest.mark.parametrize(
    ("name", "field"),
    [
        ("article-draft", "text"),
        ("article", "id"),
        ("event.visit", "status"),
        ("event.agreement", "evidence_start"),
        ("extraction", "revision"),
        ("development", "parties"),
        ("notice.visit.new", "timestamp"),
        ("subscription-request", "url"),
        ("subscription", "created_at"),
        ("delivery", "state"),
    ],
)
def test_model_and_json_schema_both_refuse_a_message_without_a_required_field(name: str, field: str) -> None:
    """The two descriptions of one contract agree on what is wrong, too."""
    value = copy.deepcopy(example(name))
    if field == "evidence_start":
        value["evidence"][0].pop("start")
    else:
        value.pop(field)
    contract = contract_of(name)

    assert not validator(contract).is_valid(value)
    with pytest.raises(ValidationError):
        model(contract).validate_python(value)


def test_quotes_are_the_code_points_of_the_article_that_their_offsets_name() -> None:
    """Offsets count code points of the whole text, headline first."""
    text = example("article")["text"]

    for span in example("event.agreement")["evidence"] + example("event.visit")["evidence"]:
        assert text[span["start"] : span["end"]] == span["quote"]


def test_the_draft_becomes_the_article() -> None:
    """Accepting adds the headline to the text and stamps a revision; everything else stays."""
    draft = ArticleDraft.model_validate(example("article-draft"))
    article = Article.model_validate(example("article"))

    assert article.text == with_headline(draft.title, draft.text)
    assert article.ref().model_dump() == draft.model_dump(exclude={"text"})
    assert article.revision == ids.revision_of(article)


def test_ids_in_the_examples_are_those_that_the_rules_give() -> None:
    """The examples show real ids, made from what the ids are said to depend on."""
    agreement, development, notice, delivery = (
        example(n) for n in ("event.agreement", "development", "notice.agreement.new_type", "delivery")
    )

    assert agreement["id"] == ids.event_id(article=agreement["article"]["id"], type="agreement", parties=["ISR", "BHR"], ordinal=0)
    assert development["id"] == ids.development_id(type="agreement", parties=["ISR", "BHR"], founding_event=agreement["id"], n=0)
    assert notice["data"]["id"] == ids.notice_id(development=development["id"], kind="agreement.new_type", sequence=1)
    assert delivery["id"] == ids.delivery_id(notice=notice["data"]["id"], subscription="desk-gulf")


def test_the_extraction_lists_the_two_events_of_the_article() -> None:
    """Events on their own topic and in the extraction are the same values."""
    assert example("extraction")["events"] == [example("event.agreement"), example("event.visit")]
