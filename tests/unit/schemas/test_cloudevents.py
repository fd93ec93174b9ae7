"""The envelope: what we write others read, what others write we read, and what is wrong is named."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from cloudevents.core.bindings.kafka import KafkaMessage, from_binary, to_binary
from cloudevents.core.formats.json import JSONFormat
from cloudevents.core.v1.event import CloudEvent
from hypothesis import given
from hypothesis import strategies as st

from schemas.cloudevents import Envelope, EnvelopeError, Headers, article_type, event_type, extraction_type, notice_type, read_headers
from schemas.codes import EventType, NoticeKind
from schemas.topics import ARTICLES, EVENTS, EXTRACTIONS, NOTICES

NOON = datetime(2022, 2, 3, 12, 0, 0, 250_000, tzinfo=UTC)
FULL = Envelope(
    id="msg_16917efdbe13a8adf3543934",
    source="urn:musafaha:extract",
    type="musafaha.event.visit.v1",
    subject="زيارة غانتس",
    time=NOON,
    traceparent="00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
)
TIMED = Envelope(id="1", source="urn:musafaha:ingest", type="musafaha.article.v1", time=NOON)
"""The fewest attributes that the public library writes: it fills in a time by itself."""
LEAST = Envelope(id="1", source="urn:musafaha:ingest", type="musafaha.article.v1")


@pytest.mark.parametrize("envelope", [FULL, TIMED], ids=["full", "least"])
def test_the_public_library_reads_what_we_write(envelope: Envelope) -> None:
    """Consumers with a CloudEvents SDK get every attribute and the value."""
    value = json.dumps({"text": "نص"}, ensure_ascii=False).encode()

    read = from_binary(KafkaMessage(headers=dict(envelope.headers()), key=None, value=value), JSONFormat(), CloudEvent)

    assert (read.get_id(), read.get_source(), read.get_type()) == (envelope.id, envelope.source, envelope.type)
    assert (read.get_subject(), read.get_time()) == (envelope.subject, envelope.time)
    assert read.get_extension("traceparent") == envelope.traceparent
    assert (read.get_specversion(), read.get_datacontenttype()) == ("1.0", "application/json")
    assert read.get_data() == {"text": "نص"}


@pytest.mark.parametrize("envelope", [FULL, TIMED], ids=["full", "least"])
def test_we_read_what_the_public_library_writes(envelope: Envelope) -> None:
    """Producers with a CloudEvents SDK need to know nothing of us."""
    attributes: dict[str, Any] = {"id": envelope.id, "source": envelope.source, "type": envelope.type, "specversion": "1.0"}
    attributes |= {"datacontenttype": "application/json", "time": envelope.time}
    if envelope is FULL:
        attributes |= {"subject": envelope.subject, "traceparent": envelope.traceparent}

    message = to_binary(CloudEvent(attributes, {"text": "نص"}), JSONFormat())

    assert read_headers(message.headers.items()) == envelope


@given(
    st.builds(
        Envelope,
        id=st.text(min_size=1),
        source=st.text(min_size=1),
        type=st.text(min_size=1),
        subject=st.none() | st.text(),
        time=st.none() | st.datetimes(timezones=st.just(UTC)),
        traceparent=st.none() | st.text(),
    )
)
def test_reading_gives_back_what_was_written(envelope: Envelope) -> None:
    """Nothing is lost or changed between two of our services."""
    assert read_headers(envelope.headers()) == envelope


def test_times_are_written_in_utc() -> None:
    """One spelling of a moment, whatever zone it was given in."""
    there = Envelope(id="1", source="s", type="t", time=NOON.astimezone(timezone(timedelta(hours=3))))

    assert dict(there.headers())["ce_time"] == b"2022-02-03T12:00:00.250000Z"


@pytest.mark.parametrize("headers", [[], [("content-type", b"application/json")], [("traceparent", b"00-1"), ("X-From", b"\xff")]])
def test_a_message_without_any_attribute_is_no_cloudevent_but_no_error_either(headers: Headers) -> None:
    """A producer that speaks no CloudEvents may still send us articles, with whatever headers of its own."""
    assert read_headers(headers) is None


def _changed(**changes: bytes | None) -> Headers:
    found = dict(LEAST.headers())
    for name, value in changes.items():
        key = name if name.startswith("ce_") else name.replace("_", "-")
        if value is None:
            found.pop(key)
        else:
            found[key] = value
    return list(found.items())


@pytest.mark.parametrize(
    ("headers", "message"),
    [
        (_changed(ce_id=None), "'ce_id' is missing or empty"),
        (_changed(ce_source=b""), "'ce_source' is missing or empty"),
        (_changed(ce_type=None), "'ce_type' is missing or empty"),
        (_changed(ce_specversion=None), "'ce_specversion' is missing or empty"),
        (_changed(ce_specversion=b"0.3"), "ce_specversion is '0.3'"),
        (_changed(ce_id=b"\xff"), "'ce_id' is not UTF-8"),
        (_changed(ce_time=b"yesterday"), "'yesterday' is no RFC 3339 time"),
        (_changed(ce_time=b"2022-02-03T12:00:00"), "has no zone"),
        (_changed(content_type=b"text/xml"), "content-type is 'text/xml'"),
        (_changed(content_type=b"\xff"), "'content-type' is not UTF-8"),
        ([("content-type", b"application/cloudevents+json; charset=UTF-8")], "structured content mode is not accepted"),
    ],
)
def test_a_broken_envelope_is_refused_with_its_fault(headers: Headers, message: str) -> None:
    """Whoever reads the dead letter sees what the producer has to change."""
    with pytest.raises(EnvelopeError, match=message):
        read_headers(headers)


@pytest.mark.parametrize("content_type", [b"application/json; charset=utf-8", b"Application/JSON"])
def test_parameters_and_case_of_the_content_type_do_not_matter(content_type: bytes) -> None:
    """Both are the same media type."""
    assert read_headers(_changed(content_type=content_type)) == LEAST


def test_header_names_are_read_in_any_case_and_unknown_attributes_are_ignored() -> None:
    """Libraries differ in capitals, and extensions of others are none of our business."""
    loud = [(name.upper(), value) for name, value in LEAST.headers()] + [("ce_partitionkey", b"k")]

    assert read_headers(loud) == LEAST


def test_types_of_messages_are_those_of_the_topic_table() -> None:
    """The table, the document and the code name a `ce_type` alike."""
    assert article_type() == ARTICLES.message_type
    assert extraction_type() == EXTRACTIONS.message_type
    assert [event_type(event) for event in EventType] == [EVENTS.message_type.replace("<type>", event) for event in EventType]
    assert [notice_type(kind) for kind in NoticeKind] == [NOTICES.message_type.replace("<kind>", kind) for kind in NoticeKind]
