"""The extract worker as a process on a real broker: an article goes in, its events and its extraction come out."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from aiokafka import AIOKafkaProducer

from schemas import topics
from schemas.cloudevents import read_headers
from schemas.event import EVENT
from schemas.extraction import Extraction
from services.runtime.kafka import client_arguments, ensure_topics
from services.runtime.settings import KafkaSettings
from tests.fixtures.workers import bytes_of, read_topic
from tests.processes import WorkerProcess, until

TEXT = "وقعت إسرائيل والبحرين اليوم الأربعاء مذكرة تفاهم في مجال الزراعة."


@pytest.fixture
async def kafka(broker: Any) -> KafkaSettings:
    """The shared broker with its topics made."""
    settings = KafkaSettings(bootstrap_servers=broker.bootstrap_servers)
    await ensure_topics(settings)
    return settings


@pytest.fixture
async def worker(kafka: KafkaSettings, tmp_path: Path) -> AsyncIterator[WorkerProcess]:
    """`musafaha run extract`, stopped at the end."""
    environment = {"MUSAFAHA_KAFKA__BOOTSTRAP_SERVERS": str(kafka.bootstrap_servers), "MUSAFAHA_OPS__EXTRACT_PORT": "0"}
    process = WorkerProcess("services", ["run", "extract"], environment, tmp_path / "extract.log")
    yield process
    process.clean_up()


async def _put(kafka: KafkaSettings, key: str, value: bytes) -> None:
    async with AIOKafkaProducer(**client_arguments(kafka), acks="all") as producer:
        await producer.send_and_wait(topics.ARTICLES.name, value, key=key.encode())


async def test_an_article_on_the_topic_becomes_events_and_one_extraction(kafka: KafkaSettings, worker: WorkerProcess) -> None:
    """What other services consume is there, keyed and enveloped as agreed; what is no article is in the dead letters."""
    good, bad = f"good-{uuid4()}", f"bad-{uuid4()}"
    await _put(kafka, good, json.dumps({"id": good, "text": TEXT, "published_at": "2024-05-15T12:00:00+03:00"}).encode())
    await _put(kafka, bad, b'{"id": "x"}')

    async def extracted() -> list[Any]:
        return [r for r in await read_topic(kafka, topics.EXTRACTIONS.name) if r.key == good.encode()]

    async def dead() -> list[Any]:
        return [r for r in await read_topic(kafka, topics.ARTICLES.dlq) if r.key == bad.encode()]

    await until(extracted, "the extraction", worker.text)
    await until(dead, "the dead letter", worker.text)

    (record,) = await extracted()
    extraction = Extraction.model_validate_json(record.value)
    events = [r for r in await read_topic(kafka, topics.EVENTS.name) if EVENT.validate_json(r.value).article.id == good]
    assert [e.date.start.isoformat() for e in extraction.events if e.date.start] == ["2024-05-15"]
    assert [(r.key, EVENT.validate_json(r.value)) for r in events] == [(b"BHR-ISR", extraction.events[0])]
    envelope = read_headers(events[0].headers)
    assert envelope is not None
    assert envelope.type == "musafaha.event.agreement.v1"
    (letter,) = await dead()
    assert (letter.value, bytes_of(letter, "dlq_reason")) == (b'{"id": "x"}', b"schema")
