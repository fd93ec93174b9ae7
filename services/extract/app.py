"""The extract worker: articles in, their events and one extraction out. All Kafka is in the runtime."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

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
        extraction = _fitted(article, extractor)
        moment = article.accepted_at
        messages = [_event_message(event, extraction, moment) for event in extraction.events]
        messages.append(_extraction_message(extraction, moment))
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
            "revision": article.revision or ids.revision_of(article),
            "accepted_at": article.accepted_at or datetime.fromtimestamp(record.timestamp_ms / 1000, UTC),
        }
    )


def _fitted(article: Article, extractor: Extractor) -> Extraction:
    """The extraction of `article`, cut from the end when it would be larger than its topic takes."""
    assert article.revision is not None and article.accepted_at is not None
    events = tuple(extractor.extract(article))
    extraction = Extraction(
        article=article.ref(), revision=article.revision, accepted_at=article.accepted_at, extractor=extractor.identity, events=events
    )
    sizes = [len(event.model_dump_json().encode()) + 1 for event in events]
    room = topics.MAX_EXTRACTION_BYTES - len(extraction.model_copy(update={"events": (), "truncated": True}).model_dump_json().encode())
    kept = 0
    for size in sizes:
        room -= size
        if room < 0:
            break
        kept += 1
    if kept == len(events):
        return extraction
    return extraction.model_copy(update={"events": events[:kept], "truncated": True})


def _event_message(event: NormalizationEvent, extraction: Extraction, moment: datetime | None) -> Message:
    envelope = Envelope(
        id=_message_id(event.id, extraction), source=SOURCE, type=event_type(event.type.value), subject=event.id, time=moment
    )
    return Message(
        topic=topics.EVENTS.name,
        key=ids.pair_key(event.parties).encode(),
        value=event.model_dump_json().encode(),
        headers=envelope.headers(),
    )


def _extraction_message(extraction: Extraction, moment: datetime | None) -> Message:
    envelope = Envelope(
        id=_message_id(extraction.article.id, extraction),
        source=SOURCE,
        type=extraction_type(),
        subject=extraction.article.id,
        time=moment,
    )
    return Message(
        topic=topics.EXTRACTIONS.name,
        key=extraction.article.id.encode(),
        value=extraction.model_dump_json().encode(),
        headers=envelope.headers(),
    )


def _message_id(subject: str, extraction: Extraction) -> str:
    identity = extraction.extractor
    return ids.message_id(subject, revision=extraction.revision, version=identity.version, lexicon=identity.lexicon)


def main(settings: Settings) -> int:
    """Run the worker until it gets SIGTERM; returns the exit code."""
    from services.runtime.stream import Worker, run_worker

    extractor = load_extractor(settings.extract.watchlist)
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
