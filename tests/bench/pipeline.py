"""One extract worker on a real broker, beside the engine alone and a bare consume-produce loop, on the same articles."""

from __future__ import annotations

import asyncio
import contextlib
import os
import re
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import httpx
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition

from schemas.cloudevents import Envelope, article_type
from schemas.topics import ARTICLES, EXTRACTIONS
from services.extract.app import make_handler
from services.extract.core import Extractor, load_extractor
from services.runtime.broker.ports import free_port
from services.runtime.kafka import client_arguments, ensure_topics
from services.runtime.records import Record
from services.runtime.settings import KafkaSettings
from tests.bench.engine import ROUNDS, relevant, seconds_an_article

BARE_TOPIC = EXTRACTIONS.name + ".bare"
BARE_BATCH = 500


async def measure_pipeline(bootstrap: str, *, articles: int) -> None:
    """Print milliseconds an article: engine, bare loop, worker, and what the runner adds to the first two."""
    kafka = KafkaSettings(bootstrap_servers=bootstrap)
    await ensure_topics(kafka)
    await _fill(kafka, articles)
    extractor = load_extractor()
    engine_ms = seconds_an_article(extractor, relevant(200)) * 1_000
    handler_ms = await _handler_alone(extractor)
    bare_ms = await _bare_loop(kafka, articles)
    worker_ms, inside_ms = await _worker(kafka, articles)
    print(f"pipeline  engine alone           {engine_ms:6.3f} ms an article", flush=True)
    print(f"pipeline  handler alone          {handler_ms:6.3f} ms an article: engine, and JSON in and out", flush=True)
    print(f"pipeline  bare aiokafka loop     {bare_ms:6.3f} ms an article", flush=True)
    print(f"pipeline  one extract worker     {worker_ms:6.3f} ms an article, {1_000 / worker_ms:.0f} articles a second", flush=True)
    print(f"pipeline  handler in the worker  {inside_ms:6.3f} ms an article, by the worker's own metric", flush=True)
    print(
        f"pipeline  the runner adds        {worker_ms - inside_ms - bare_ms:6.3f} ms an article to handler and bare loop (at most 0.5); "
        f"{worker_ms - engine_ms - bare_ms:.3f} to an engine that had the machine to itself",
        flush=True,
    )


async def _handler_alone(extractor: Extractor) -> float:
    """All that the worker does between Kafka and Kafka, in this process: the best of a few rounds. Milliseconds an article."""
    handle = make_handler(extractor)
    articles = relevant(200)
    records = [Record(ARTICLES.name, 0, n, 1, a.id.encode(), a.model_dump_json().encode()) for n, a in enumerate(articles)]
    best = float("inf")
    for _ in range(ROUNDS + 1):
        began = time.perf_counter()
        for record in records:
            await handle(record)
        best = min(best, time.perf_counter() - began)
    return best * 1_000 / len(records)


async def _fill(kafka: KafkaSettings, count: int) -> None:
    producer = AIOKafkaProducer(**client_arguments(kafka), acks="all", linger_ms=5, max_batch_size=131_072)
    await producer.start()
    try:
        futures = []
        for n, article in enumerate(relevant(count)):
            envelope = Envelope(id=f"bench-{n}", source="urn:musafaha:bench", type=article_type(), subject=article.id)
            value = article.model_dump_json().encode()
            futures.append(await producer.send(ARTICLES.name, value, key=article.id.encode(), headers=envelope.headers()))
        await asyncio.gather(*futures)
    finally:
        await producer.stop()


async def _bare_loop(kafka: KafkaSettings, count: int) -> float:
    """Consume, produce as it is, confirm, commit: what any Kafka program pays. Milliseconds an article."""
    consumer = AIOKafkaConsumer(
        ARTICLES.name, **client_arguments(kafka), group_id="bench-bare", auto_offset_reset="earliest", enable_auto_commit=False
    )
    producer = AIOKafkaProducer(**client_arguments(kafka), acks="all", linger_ms=5, max_batch_size=131_072, compression_type="gzip")
    await _create(kafka, BARE_TOPIC)
    await consumer.start()
    await producer.start()
    try:
        done, began = 0, 0.0
        while done < count:
            batches = await consumer.getmany(timeout_ms=1_000, max_records=BARE_BATCH)
            if batches and not began:
                began = time.perf_counter()
            futures = [await producer.send(BARE_TOPIC, record.value, key=record.key) for records in batches.values() for record in records]
            await asyncio.gather(*futures)
            if futures:
                await consumer.commit()
            done += len(futures)
        return (time.perf_counter() - began) * 1_000 / count
    finally:
        await producer.stop()
        await consumer.stop()


async def _create(kafka: KafkaSettings, name: str) -> None:
    from dataclasses import replace

    await ensure_topics(kafka, [replace(EXTRACTIONS, name=name)])


async def _worker(kafka: KafkaSettings, count: int) -> tuple[float, float]:
    """A real `musafaha run extract` on the filled topic, from its first extraction to its last; and what its handler took of that.

    Both in milliseconds an article. The handler is timed where it runs: with Kafka busy beside it, it is slower than alone.
    """
    port = free_port()
    environment = os.environ | {
        "MUSAFAHA_KAFKA__BOOTSTRAP_SERVERS": kafka.bootstrap_servers or "",
        "MUSAFAHA_OPS__EXTRACT_PORT": str(port),
        "MUSAFAHA_LOGS__LEVEL": "WARNING",
    }
    with tempfile.TemporaryFile() as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "services", "run", "extract"], env=environment, stdout=log, stderr=log, cwd=Path(__file__).parents[2]
        )
        try:
            first, last = await _times_of_extractions(kafka, count, process)
            inside_s = await _handler_seconds(port)
        finally:
            process.terminate()
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(30)
            process.kill()
    return (last - first) / (count - 1), inside_s * 1_000


async def _handler_seconds(port: int) -> float:
    """The mean time of the handler, from the worker's `/metrics`."""
    async with httpx.AsyncClient(trust_env=False) as client:
        metrics = (await client.get(f"http://127.0.0.1:{port}/metrics")).text
    total, times = (
        float(re.search(rf'^musafaha_handler_seconds_{part}{{outcome="done"}} (\S+)$', metrics, re.MULTILINE)[1])  # type: ignore[index]
        for part in ("sum", "count")
    )
    return total / times


async def _times_of_extractions(kafka: KafkaSettings, count: int, process: subprocess.Popen[bytes]) -> tuple[int, int]:
    """Kafka's timestamps, in milliseconds, of the first and the last extraction."""
    consumer = AIOKafkaConsumer(**client_arguments(kafka))
    await consumer.start()
    try:
        partitions = [TopicPartition(EXTRACTIONS.name, n) for n in range(EXTRACTIONS.partitions)]
        consumer.assign(partitions)
        await consumer.seek_to_beginning(*partitions)
        times: list[int] = []
        while len(times) < count:
            if process.poll() is not None:
                raise SystemExit(f"the extract worker ended with code {process.returncode}")
            batches = await consumer.getmany(timeout_ms=500, max_records=1_000)
            times += [record.timestamp for records in batches.values() for record in records]
        return min(times), max(times)
    finally:
        await consumer.stop()
