"""Writes the contracts for people who do not use Python: one JSON Schema (2020-12) each, and the topics as AsyncAPI 3.

`python -m schemas.export` writes, `python -m schemas.export --check` fails with a diff when the committed files differ.
Not here: any shape; everything is derived from the models, `schemas.topics` and `schemas.cloudevents`.
"""

from __future__ import annotations

import argparse
import difflib
import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter
from pydantic.json_schema import GenerateJsonSchema

from schemas.article import Article, ArticleDraft
from schemas.cloudevents import CONTENT_TYPE, SPEC_VERSION, article_type, event_type, extraction_type, notice_type
from schemas.codes import EventType, NoticeKind
from schemas.development import Development
from schemas.event import NormalizationEvent
from schemas.extraction import Extraction
from schemas.notice import Notice
from schemas.subscription import Delivery, Subscription, SubscriptionRequest
from schemas.topics import ARTICLES, EVENTS, EXTRACTIONS, NOTICES, Topic, dead_letter_topics

Document = dict[str, Any]

FOLDER = Path(__file__).resolve().parent
CONTRACTS: Mapping[str, Any] = {
    "article-draft": ArticleDraft,
    "article": Article,
    "event": NormalizationEvent,
    "extraction": Extraction,
    "development": Development,
    "notice": Notice,
    "subscription-request": SubscriptionRequest,
    "subscription": Subscription,
    "delivery": Delivery,
}
"""Every contract by the name of its file."""

SCHEMA_FORMAT = "application/schema+json;version=draft-2020-12"
"""How an AsyncAPI document says that a payload is described in JSON Schema 2020-12."""
KAFKA_BINDING = "0.5.0"
DIFF_LINES = 60
"""Lines of a difference that `--check` shows of each file."""


class _WithoutFieldTitles(GenerateJsonSchema):
    """A field's title would only repeat its name."""

    def field_title_should_be_set(self, schema: Any) -> bool:
        return False


def json_schema(name: str) -> Document:
    """The JSON Schema of a contract, as it is written to `json/<name>.schema.json`."""
    body = TypeAdapter(CONTRACTS[name]).json_schema(by_alias=True, schema_generator=_WithoutFieldTitles)
    body.setdefault("title", "NormalizationEvent")
    return {"$schema": GenerateJsonSchema.schema_dialect, "$id": f"urn:musafaha:schema:{name}:v1", **body}


@dataclass(frozen=True, slots=True)
class _Kind:
    """One kind of message: its `ce_type`, the topic it is on, and the JSON Schema file (with fragment) of its value."""

    ce_type: str
    topic: Topic
    schema: str
    summary: str


def _kinds() -> Iterator[_Kind]:
    yield _Kind(article_type(), ARTICLES, "article.schema.json", "One text as it was accepted.")
    for event in EventType:
        model = "".join(word.capitalize() for word in event.split("_")) + "Event"
        yield _Kind(
            event_type(event), EVENTS, f"event.schema.json#/$defs/{model}", f"One event of type `{event}`, as one article reports it."
        )
    yield _Kind(
        extraction_type(), EXTRACTIONS, "extraction.schema.json", "All events of one revision of one article, also when there are none."
    )
    for kind in NoticeKind:
        yield _Kind(notice_type(kind), NOTICES, "notice.schema.json", f"A notice of kind `{kind}`.")


def asyncapi(release: str) -> Document:
    """The AsyncAPI 3 document of all topics: who sends and who receives what. `release` is the version of the distribution."""
    return {
        "asyncapi": "3.0.0",
        "id": "urn:musafaha",
        "info": {
            "title": "Musafaha",
            "version": release,
            "description": (
                "What flows between the services of Musafaha over Kafka, and what other programs may read there. Every message is a "
                "CloudEvent 1.0 in binary mode: attributes in `ce_*` headers, the value is the JSON of the model. Delivery is at least "
                "once; a message sent twice has the same `ce_id`. Readers must ignore fields they do not know."
            ),
            "license": {"name": "Apache-2.0"},
        },
        "defaultContentType": CONTENT_TYPE,
        "channels": _channels(),
        "operations": _operations(),
        "components": {
            "messages": {kind.ce_type: _message(kind) for kind in _kinds()} | {"dead-letter": _dead_letter()},
            "messageTraits": {"cloudevent": {"headers": _envelope()}},
        },
    }


def _channels() -> Document:
    found: Document = {}
    for topic in (ARTICLES, EVENTS, EXTRACTIONS, NOTICES):
        found[topic.name] = _channel(topic, [kind.ce_type for kind in _kinds() if kind.topic is topic])
    for topic in dead_letter_topics():
        found[topic.name] = _channel(topic, ["dead-letter"])
    return found


def _channel(topic: Topic, messages: Sequence[str]) -> Document:
    return {
        "address": topic.name,
        "description": f"Key: {topic.key}.",
        "messages": {name: {"$ref": f"#/components/messages/{name}"} for name in messages},
        "bindings": {
            "kafka": {
                "topic": topic.name,
                "partitions": topic.partitions,
                "topicConfiguration": {
                    "cleanup.policy": [topic.cleanup],
                    "retention.ms": topic.retention_ms,
                    "max.message.bytes": topic.max_message_bytes,
                },
                "bindingVersion": KAFKA_BINDING,
            }
        },
    }


def _operations() -> Document:
    found: Document = {}
    for service, action, topic, summary in (
        ("ingest", "send", ARTICLES.name, "Every accepted article."),
        ("extract", "receive", ARTICLES.name, "Each article is read on its own, in any order."),
        ("extract", "send", EVENTS.name, "Each event by itself, for whoever wants events."),
        ("extract", "send", EXTRACTIONS.name, "After the events of an article, one record that lists them all."),
        ("extract", "send", ARTICLES.dlq, "Articles that can never be read."),
        ("alert", "receive", EXTRACTIONS.name, "Each extraction replaces what an earlier one said of its article."),
        ("alert", "send", NOTICES.name, "What is new, changed or withdrawn, in the order in which it was decided."),
        ("alert", "send", EXTRACTIONS.dlq, "Extractions that can never be read."),
    ):
        found[f"{service}.{action}.{topic}"] = {
            "action": action,
            "channel": {"$ref": f"#/channels/{topic}"},
            "summary": summary,
            "tags": [{"name": service}],
        }
    return found


def _message(kind: _Kind) -> Document:
    return {
        "name": kind.ce_type,
        "summary": kind.summary,
        "contentType": CONTENT_TYPE,
        "headers": {"type": "object", "properties": {"ce_type": {"const": kind.ce_type}}},
        "payload": {"schemaFormat": SCHEMA_FORMAT, "schema": {"$ref": f"./json/{kind.schema}"}},
        "bindings": {"kafka": {"key": {"type": "string", "description": kind.topic.key}, "bindingVersion": KAFKA_BINDING}},
        "traits": [{"$ref": "#/components/messageTraits/cloudevent"}],
    }


def _envelope() -> Document:
    text = {"type": "string", "minLength": 1}
    return {
        "type": "object",
        "required": ["ce_specversion", "ce_id", "ce_source", "ce_type", "content-type"],
        "properties": {
            "ce_specversion": {"const": SPEC_VERSION},
            "ce_id": {**text, "description": "The same for every copy of one message."},
            "ce_source": {**text, "format": "uri", "description": "The service that sent it."},
            "ce_type": text,
            "ce_subject": {**text, "description": "The id of what the message is about."},
            "ce_time": {"type": "string", "format": "date-time"},
            "ce_traceparent": {**text, "description": "W3C Trace Context."},
            "content-type": {"const": CONTENT_TYPE},
        },
    }


def _dead_letter() -> Document:
    text = {"type": "string"}
    number = {"type": "string", "pattern": "^[0-9]+$"}
    return {
        "name": "dead-letter",
        "summary": "Key, value and headers as they came, and `dlq_*` headers that say why. The value may be anything.",
        "contentType": "application/octet-stream",
        "headers": {
            "type": "object",
            "required": ["dlq_reason", "dlq_error", "dlq_topic", "dlq_partition", "dlq_offset", "dlq_attempts", "dlq_service", "dlq_time"],
            "properties": {
                "dlq_reason": {**text, "description": "One word of a closed set."},
                "dlq_error": {**text, "description": "What was wrong, for people."},
                "dlq_topic": {**text, "description": "Where it was read."},
                "dlq_partition": number,
                "dlq_offset": number,
                "dlq_attempts": {**number, "description": "How often it was tried."},
                "dlq_service": {**text, "description": "Who could not read it."},
                "dlq_time": {**text, "format": "date-time"},
            },
        },
    }


def documents() -> dict[Path, str]:
    """Every generated file, by its path inside `schemas/`, with its whole text."""
    found = {Path("json") / f"{name}.schema.json": _text(json_schema(name)) for name in CONTRACTS}
    found[Path("asyncapi.json")] = _text(asyncapi(version("musafaha")))
    return found


def _text(document: Document) -> str:
    return json.dumps(document, ensure_ascii=False, indent=2) + "\n"


def differences(folder: Path) -> list[str]:
    """What is not as it would be written, as one readable text a file; empty when nothing is."""
    wanted = documents()
    found = [_difference(folder, path, text) for path, text in wanted.items()]
    extra = sorted(path.relative_to(folder) for path in (folder / "json").glob("*") if path.relative_to(folder) not in wanted)
    return [text for text in found if text] + [f"{path}: no contract has this name" for path in extra]


def _difference(folder: Path, path: Path, wanted: str) -> str:
    try:
        present = (folder / path).read_text(encoding="utf-8")
    except FileNotFoundError:
        return f"{path}: missing"
    if present == wanted:
        return ""
    lines = list(
        difflib.unified_diff(present.splitlines(), wanted.splitlines(), f"{path} (committed)", f"{path} (from the models)", lineterm="")
    )
    rest = len(lines) - DIFF_LINES
    return "\n".join(lines[:DIFF_LINES] + ([f"… {rest} more lines"] if rest > 0 else []))


def write(folder: Path) -> None:
    """Write every generated file and remove JSON Schemas of contracts that are no more."""
    wanted = documents()
    (folder / "json").mkdir(parents=True, exist_ok=True)
    for path in (folder / "json").glob("*.schema.json"):
        if path.relative_to(folder) not in wanted:
            path.unlink()
    for path, text in wanted.items():
        (folder / path).write_text(text, encoding="utf-8")


def main(arguments: Sequence[str] | None = None) -> int:
    """Write the files, or with `--check` compare them; exit code 1 when they differ."""
    parser = argparse.ArgumentParser(prog="python -m schemas.export", description="Generate JSON Schemas and the AsyncAPI document.")
    parser.add_argument("--check", action="store_true", help="write nothing; fail when the files are not what would be written")
    parser.add_argument("--folder", type=Path, default=FOLDER, help="where to write (default: the package schemas)")
    options = parser.parse_args(arguments)
    if not options.check:
        write(options.folder)
        return 0
    found = differences(options.folder)
    if found:
        sys.stderr.write(
            "\n\n".join(found) + "\n\nThe generated contracts are not up to date: run `make schemas` and commit what changes.\n"
        )
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
