"""The AsyncAPI document is valid and says of every topic what the topic table says."""

from __future__ import annotations

import copy
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft7Validator, Draft202012Validator

from schemas.cloudevents import Envelope
from schemas.codes import EventType, NoticeKind
from schemas.topics import ARTICLES, TOPICS, dead_letter_topics
from services.runtime.dlq import dead_letter_headers
from services.runtime.records import Record
from tests.contract.contracts import SCHEMAS, read

META_SCHEMA = Path(__file__).parent / "metaschemas" / "asyncapi-3.0.0.json"


@pytest.fixture
def document() -> Any:
    """The committed document."""
    return read(SCHEMAS / "asyncapi.json")


@pytest.fixture(scope="module")
def meta() -> Draft7Validator:
    """Checks documents against the meta-schema of AsyncAPI 3.0.0."""
    return Draft7Validator(read(META_SCHEMA))


def test_the_document_is_valid_by_the_meta_schema(document: Any, meta: Draft7Validator) -> None:
    """Any AsyncAPI 3 tool can load it."""
    assert [error.message for error in meta.iter_errors(document)] == []


PLANTED = {
    "unknown-top-level-field": lambda d: d.update(topics={}),
    "operation-without-channel": lambda d: d["operations"]["ingest.send.musafaha.articles.v1"].pop("channel"),
    "unknown-action": lambda d: d["operations"]["ingest.send.musafaha.articles.v1"].update(action="publish"),
    "no-version": lambda d: d["info"].pop("version"),
    "partitions-as-text": lambda d: d["channels"][ARTICLES.name]["bindings"]["kafka"].update(partitions="twelve"),
    "unknown-cleanup-policy": lambda d: d["channels"][ARTICLES.name]["bindings"]["kafka"]["topicConfiguration"].update(
        {"cleanup.policy": ["burn"]}
    ),
    "message-with-unknown-field": lambda d: d["components"]["messages"]["musafaha.article.v1"].update(value={}),
    "header-schema-of-no-known-type": lambda d: d["components"]["messageTraits"]["cloudevent"]["headers"].update(type="strung"),
}


@pytest.mark.parametrize("spoil", PLANTED.values(), ids=PLANTED)
def test_the_meta_schema_refuses_a_planted_error(document: Any, meta: Draft7Validator, spoil: Any) -> None:
    """The check of the document can fail, down to bindings and traits."""
    spoilt = copy.deepcopy(document)
    spoil(spoilt)

    assert not meta.is_valid(spoilt)


def _resolve(document: Any, reference: str) -> Any:
    file, _, pointer = reference.partition("#")
    target = read(SCHEMAS / file) if file else document
    for part in pointer.split("/")[1:]:
        target = target[part]
    return target


def _references(node: Any) -> list[str]:
    if isinstance(node, dict):
        found = [node["$ref"]] if "$ref" in node else []
        return found + [reference for value in node.values() for reference in _references(value)]
    return [reference for value in node for reference in _references(value)] if isinstance(node, list) else []


def test_every_reference_leads_to_something(document: Any) -> None:
    """No message points at a schema, message or channel that is not there."""
    references = _references(document)

    assert len(references) > 50
    assert all(isinstance(_resolve(document, reference), dict) for reference in references)


def test_channels_are_the_topic_table(document: Any) -> None:
    """Name, partitions, retention, cleanup and size are those that `musafaha topics ensure` makes."""
    topics = [*TOPICS, *dead_letter_topics()]

    found = {name: channel["bindings"]["kafka"] for name, channel in document["channels"].items()}

    assert found == {
        topic.name: {
            "topic": topic.name,
            "partitions": topic.partitions,
            "topicConfiguration": {
                "cleanup.policy": ["delete"],
                "retention.ms": topic.retention_ms,
                "max.message.bytes": topic.max_message_bytes,
            },
            "bindingVersion": "0.5.0",
        }
        for topic in topics
    }
    assert all(channel["address"] == name for name, channel in document["channels"].items())


def test_every_type_of_event_and_kind_of_notice_is_a_message(document: Any) -> None:
    """A reader finds the `ce_type` of whatever may arrive."""
    expected = {"musafaha.article.v1", "musafaha.extraction.v1", "dead-letter"}
    expected |= {f"musafaha.event.{event}.v1" for event in EventType} | {f"musafaha.notice.{kind}.v1" for kind in NoticeKind}

    assert set(document["components"]["messages"]) == expected


def test_every_message_of_a_component_is_on_a_channel(document: Any) -> None:
    """Nothing is described that is sent nowhere."""
    on_channels = {name for channel in document["channels"].values() for name in channel["messages"]}

    assert on_channels == set(document["components"]["messages"])


def test_the_services_send_and_receive_what_the_design_says(document: Any) -> None:
    """One writer a topic, apart from dead letters; extract reads articles, alert reads extractions."""
    found = sorted(document["operations"])

    assert found == [
        "alert.receive.musafaha.extractions.v1",
        "alert.send.musafaha.extractions.v1.dlq",
        "alert.send.musafaha.notices.v1",
        "extract.receive.musafaha.articles.v1",
        "extract.send.musafaha.articles.v1.dlq",
        "extract.send.musafaha.events.v1",
        "extract.send.musafaha.extractions.v1",
        "ingest.send.musafaha.articles.v1",
    ]


def test_the_trait_names_exactly_the_headers_that_we_write(document: Any) -> None:
    """The envelope's description and its codec cannot drift apart."""
    full = Envelope(id="a", source="urn:b", type="c", subject="d", time=datetime(2022, 2, 3, tzinfo=UTC), traceparent="e")
    least = Envelope(id="a", source="urn:b", type="c")

    trait = document["components"]["messageTraits"]["cloudevent"]["headers"]

    assert set(trait["properties"]) == {name for name, _ in full.headers()}
    assert set(trait["required"]) == {name for name, _ in least.headers()}


def test_the_headers_of_dead_letters_are_those_that_the_runner_writes(document: Any) -> None:
    """Whoever reads dead letters by a program finds what the document promises."""
    record = Record(topic=ARTICLES.name, partition=3, offset=14, timestamp_ms=0, key=None, value=b"{", headers=())
    written = dict(dead_letter_headers(record, reason="json", error="no JSON", attempts=1, service="extract", at=0.0))

    described = document["components"]["messages"]["dead-letter"]["headers"]

    assert set(described["required"]) == set(described["properties"]) == set(written)
    assert Draft202012Validator(described).is_valid({name: value.decode() for name, value in written.items()})


def test_the_version_is_that_of_the_distribution_and_no_host_is_named(document: Any) -> None:
    """The document belongs to a release, not to somebody's installation."""
    assert document["info"]["version"] == version("musafaha")
    assert "servers" not in document
