"""The topics: who is keyed by what, how long it is kept. The one place where a topic is named."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from schemas.article import Article
from schemas.event import NormalizationEvent
from schemas.extraction import Extraction
from schemas.notice import Notice

DAY_MS = 24 * 60 * 60 * 1_000
MESSAGE_MAX_BYTES = 2 * 1024 * 1024
DLQ_MESSAGE_MAX_BYTES = 3 * 1024 * 1024
PRODUCER_MAX_REQUEST_BYTES = 3 * 1024 * 1024
"""Every producer's request size: what could be read can always be dead-lettered."""
MAX_ARTICLE_BYTES = 1_000_000
"""An article message as JSON, unless set otherwise at ingest."""
MAX_EXTRACTION_BYTES = 1_500_000
"""An extraction as JSON; above it events are cut from the end and `truncated` is set."""
DLQ_SUFFIX = ".dlq"


@dataclass(frozen=True, slots=True)
class Topic:
    """A topic as `musafaha topics ensure` makes it. `retention_ms` in milliseconds; `key` says in words what the key is."""

    name: str
    key: str
    model: object
    partitions: int
    retention_ms: int
    message_type: str
    max_message_bytes: int = MESSAGE_MAX_BYTES
    cleanup: Literal["delete"] = "delete"

    @property
    def dlq(self) -> str:
        """Where a message of this topic goes that cannot be read."""
        return self.name + DLQ_SUFFIX


ARTICLES = Topic(
    name="musafaha.articles.v1", key="article id", model=Article, partitions=12, retention_ms=7 * DAY_MS, message_type="musafaha.article.v1"
)
EVENTS = Topic(
    name="musafaha.events.v1",
    key="sorted parties, as in ISR-MAR",
    model=NormalizationEvent,
    partitions=12,
    retention_ms=30 * DAY_MS,
    message_type="musafaha.event.<type>.v1",
)
EXTRACTIONS = Topic(
    # Never compacted: gaps in the offsets confuse the commits of a Faust consumer.
    name="musafaha.extractions.v1",
    key="article id",
    model=Extraction,
    partitions=12,
    retention_ms=90 * DAY_MS,
    message_type="musafaha.extraction.v1",
)
NOTICES = Topic(
    name="musafaha.notices.v1",
    key="development id",
    model=Notice,
    partitions=12,
    retention_ms=90 * DAY_MS,
    message_type="musafaha.notice.<kind>.v1",
)

TOPICS: tuple[Topic, ...] = (ARTICLES, EVENTS, EXTRACTIONS, NOTICES)


def dead_letter_topics() -> Iterator[Topic]:
    """The dead-letter topic of each topic that a service of ours reads: as it came, kept long."""
    for topic in (ARTICLES, EXTRACTIONS):
        yield Topic(
            name=topic.dlq,
            key="as it came",
            model=bytes,
            partitions=3,
            retention_ms=180 * DAY_MS,
            message_type="as it came",
            max_message_bytes=DLQ_MESSAGE_MAX_BYTES,
        )
