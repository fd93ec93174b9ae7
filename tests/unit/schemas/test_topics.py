"""The topic table: what operators create and others subscribe to."""

from __future__ import annotations

from schemas.article import Article
from schemas.event import NormalizationEvent
from schemas.extraction import Extraction
from schemas.notice import Notice
from schemas.topics import (
    DLQ_MESSAGE_MAX_BYTES,
    MAX_ARTICLE_BYTES,
    MAX_EXTRACTION_BYTES,
    MESSAGE_MAX_BYTES,
    PRODUCER_MAX_REQUEST_BYTES,
    TOPICS,
    dead_letter_topics,
)

DAY_MS = 86_400_000
MIB = 1_048_576


def test_the_four_topics_have_the_agreed_names_models_and_keeping() -> None:
    """Names and kept days are promises to other programs."""
    assert [(topic.name, topic.model, topic.partitions, topic.retention_ms // DAY_MS, topic.cleanup) for topic in TOPICS] == [
        ("musafaha.articles.v1", Article, 12, 7, "delete"),
        ("musafaha.events.v1", NormalizationEvent, 12, 30, "delete"),
        ("musafaha.extractions.v1", Extraction, 12, 90, "delete"),
        ("musafaha.notices.v1", Notice, 12, 90, "delete"),
    ]


def test_keys_keep_together_what_must_stay_in_order() -> None:
    """One article, one pair, one development: each stays in one partition."""
    assert [topic.key for topic in TOPICS] == ["article id", "sorted parties, as in ISR-MAR", "article id", "development id"]


def test_every_topic_that_a_service_reads_has_dead_letters_that_are_kept_longer_than_itself() -> None:
    """There is time to repair the cause and replay them."""
    kept = {topic.name: topic.retention_ms for topic in TOPICS}

    letters = {topic.name: topic.retention_ms for topic in dead_letter_topics()}

    assert set(letters) == {"musafaha.articles.v1.dlq", "musafaha.extractions.v1.dlq"}
    assert all(retention_ms > kept[name.removesuffix(".dlq")] for name, retention_ms in letters.items())


def test_what_could_be_read_can_always_be_dead_lettered() -> None:
    """An article fits its topic, what comes of it fits the next, and either fits among the dead letters with its reasons."""
    assert MAX_ARTICLE_BYTES == 1_000_000
    assert MAX_EXTRACTION_BYTES == 1_500_000
    assert MAX_ARTICLE_BYTES < MAX_EXTRACTION_BYTES < MESSAGE_MAX_BYTES == 2 * MIB
    assert MESSAGE_MAX_BYTES < DLQ_MESSAGE_MAX_BYTES == PRODUCER_MAX_REQUEST_BYTES == 3 * MIB
    assert all(topic.max_message_bytes == MESSAGE_MAX_BYTES for topic in TOPICS)
    assert all(topic.max_message_bytes == DLQ_MESSAGE_MAX_BYTES for topic in dead_letter_topics())
