"""CloudEvents 1.0 in Kafka's binary content mode: attributes as `ce_*` headers, the data as the value.

Written by hand because the mapping is forty lines, while the SDK fills in a random id where ours must be deterministic;
a test holds both against each other in both directions.
Reference: CloudEvents Kafka protocol binding 1.0.2, section 3.2.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime

Headers = list[tuple[str, bytes]]

CONTENT_TYPE = "application/json"
SPEC_VERSION = "1.0"
SOURCE_PREFIX = "urn:musafaha:"
_REQUIRED = ("specversion", "id", "source", "type")


class EnvelopeError(ValueError):
    """The headers are no CloudEvent in binary mode; the message says which attribute is missing or wrong."""


@dataclass(frozen=True, slots=True)
class Envelope:
    """The context attributes of one message. `source` is a URI, `time` has a zone."""

    id: str
    source: str
    type: str
    subject: str | None = None
    time: datetime | None = None
    traceparent: str | None = None

    def headers(self) -> Headers:
        """The headers of a Kafka message that carries this envelope."""
        found: Headers = [
            ("ce_specversion", SPEC_VERSION.encode()),
            ("ce_id", self.id.encode()),
            ("ce_source", self.source.encode()),
            ("ce_type", self.type.encode()),
        ]
        if self.subject is not None:
            found.append(("ce_subject", self.subject.encode()))
        if self.time is not None:
            found.append(("ce_time", self.time.astimezone(UTC).isoformat().replace("+00:00", "Z").encode()))
        if self.traceparent is not None:
            found.append(("ce_traceparent", self.traceparent.encode()))
        found.append(("content-type", CONTENT_TYPE.encode()))
        return found


def read_headers(headers: Iterable[tuple[str, bytes]]) -> Envelope | None:
    """The envelope in `headers`, or `None` when there is no `ce_` header at all (a producer that speaks no CloudEvents).

    Raises `EnvelopeError` for an envelope that is incomplete, of another version, or not UTF-8.
    """
    attributes: dict[str, str] = {}
    content_type = CONTENT_TYPE
    for name, value in headers:
        lowered = name.lower()
        try:
            if lowered.startswith("ce_"):
                attributes[lowered[3:]] = value.decode("utf-8")
            elif lowered == "content-type":
                content_type = value.decode("utf-8")
        except UnicodeDecodeError as error:
            raise EnvelopeError(f"header {name!r} is not UTF-8") from error
    if content_type.startswith("application/cloudevents"):
        raise EnvelopeError("structured content mode is not accepted; send the binary mode (ce_* headers)")
    if not attributes:
        return None
    for name in _REQUIRED:
        if not attributes.get(name):
            raise EnvelopeError(f"header 'ce_{name}' is missing or empty")
    if attributes["specversion"] != SPEC_VERSION:
        raise EnvelopeError(f"ce_specversion is {attributes['specversion']!r}; only {SPEC_VERSION!r} is understood")
    if not content_type.split(";")[0].strip().lower() == CONTENT_TYPE:
        raise EnvelopeError(f"content-type is {content_type!r}; only {CONTENT_TYPE!r} is understood")
    return Envelope(
        id=attributes["id"],
        source=attributes["source"],
        type=attributes["type"],
        subject=attributes.get("subject"),
        time=_moment(attributes.get("time")),
        traceparent=attributes.get("traceparent"),
    )


def _moment(text: str | None) -> datetime | None:
    if text is None:
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise EnvelopeError(f"ce_time {text!r} is no RFC 3339 time") from error
    if moment.tzinfo is None:
        raise EnvelopeError(f"ce_time {text!r} has no zone")
    return moment


def article_type() -> str:
    """`ce_type` of an article."""
    return "musafaha.article.v1"


def event_type(type: str) -> str:
    """`ce_type` of an event of this type."""
    return f"musafaha.event.{type}.v1"


def extraction_type() -> str:
    """`ce_type` of an extraction."""
    return "musafaha.extraction.v1"


def notice_type(kind: str) -> str:
    """`ce_type` of a notice of this kind."""
    return f"musafaha.notice.{kind}.v1"
