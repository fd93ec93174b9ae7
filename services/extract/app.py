"""The extract worker: articles in, their events and one extraction out. All Kafka is in the runtime."""

from __future__ import annotations

import gc
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import accumulate

from pydantic import ValidationError

from schemas import ids, topics
from schemas.article import Article, with_headline
from schemas.cloudevents import SOURCE_PREFIX, Envelope, event_type, extraction_type
from schemas.event import NormalizationEvent
from schemas.extraction import Extraction
from services.extract.core import Extractor, load_extractor
from services.runtime.errors import DataError
from services.runtime.records import Handler, Message, Record
from services.runtime.settings import Settings

NAME = "musafaha-extract"
SOURCE = f"{SOURCE_PREFIX}extract"


def make_handler(extractor: Extractor) -> Handler:
    """What the worker does with one article: one message per event, then the extraction that lists them all.

    The handler raises `DataError('schema')` for a record that is no article, and names the field.
    """

    async def handle(record: Record) -> Sequence[Message]:
        article = _article(record)
        written = _written(article, extractor)
        messages = [_event_message(event, document, written) for event, document in zip(written.head.events, written.events, strict=True)]
        messages.append(_extraction_message(written))
        return messages

    return handle


def _article(record: Record) -> Article:
    """The article in `record`, with what an external producer may leave out: headline in the text, revision, acceptance."""
    try:
        article = Article.model_validate_json(record.value or b"")
    except ValidationError as error:
        first = error.errors()[0]
        field = ".".join(str(part) for part in first["loc"]) or "the value"
        raise DataError("schema", f"article: {field}: {first['msg']}") from error
    article = article.model_copy(update={"text": with_headline(article.title, article.text)})
    return article.model_copy(
        update={
            # Never taken from the message: somebody may have changed the text and copied the rest.
            "revision": ids.revision_of(article),
            "accepted_at": article.accepted_at or datetime.fromtimestamp(record.timestamp_ms / 1000, UTC),
        }
    )


@dataclass(frozen=True, slots=True)
class _Written:
    """An extraction with each of its events as JSON, since they stand in two messages and writing costs more than reading."""

    head: Extraction
    events: Sequence[bytes]

    def document(self) -> bytes:
        """The extraction as JSON, around the events as they are already written."""
        frame = self.head.model_copy(update={"events": ()}).model_dump_json().encode()
        # Quotes inside strings are escaped in JSON, so only the field itself looks like this.
        before, after = frame.split(_NO_EVENTS)
        return b"".join((before, b'"events":[', b",".join(self.events), b"]", after))


_NO_EVENTS = b'"events":[]'


def _written(article: Article, extractor: Extractor) -> _Written:
    """What `article` gave, cut from the end when it would be larger than its topic takes."""
    assert article.revision is not None and article.accepted_at is not None
    events = tuple(extractor.extract(article))
    documents = [event.model_dump_json().encode() for event in events]
    head = Extraction(
        article=article.ref(), revision=article.revision, accepted_at=article.accepted_at, extractor=extractor.identity, events=events
    )
    written = _Written(head, documents)
    room = topics.MAX_EXTRACTION_BYTES - len(written.document()) + sum(len(document) + 1 for document in documents)
    kept = sum(total <= room for total in accumulate(len(document) + 1 for document in documents))
    if kept == len(events):
        return written
    return _Written(head.model_copy(update={"events": events[:kept], "truncated": True}), documents[:kept])


def _event_message(event: NormalizationEvent, document: bytes, written: _Written) -> Message:
    envelope = Envelope(
        id=_message_id(event.id, written.head),
        source=SOURCE,
        type=event_type(event.type.value),
        subject=event.id,
        time=written.head.accepted_at,
    )
    return Message(topic=topics.EVENTS.name, key=ids.pair_key(event.parties).encode(), value=document, headers=envelope.headers())


def _extraction_message(written: _Written) -> Message:
    article = written.head.article.id
    envelope = Envelope(
        id=_message_id(article, written.head),
        source=SOURCE,
        type=extraction_type(),
        subject=article,
        time=written.head.accepted_at,
    )
    return Message(topic=topics.EXTRACTIONS.name, key=article.encode(), value=written.document(), headers=envelope.headers())


def _message_id(subject: str, extraction: Extraction) -> str:
    identity = extraction.extractor
    return ids.message_id(subject, revision=extraction.revision, version=identity.version, lexicon=identity.lexicon)


def main(settings: Settings) -> int:
    """Run the worker until it gets SIGTERM; returns the exit code."""
    from services.runtime.stream import Worker, run_worker

    extractor = load_extractor(settings.extract.watchlist)
    extractor.load_all()
    # The lexicon lives as long as the process; without this every full collection walks through it again.
    gc.collect()
    gc.freeze()
    worker = Worker(
        name=NAME,
        topic=topics.ARTICLES,
        handler=make_handler(extractor),
        startup=None,
        shutdown=None,
        tasks={},
        ops_port=settings.ops.extract_port,
    )
    return run_worker(settings, worker)
