"""Dead letters: how a message is marked that nobody could read, what lies on the dead-letter topics, and how it is sent back.

A dead letter keeps key, value and headers byte for byte; `dlq_*` headers tell the story and are taken off again on replay.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TypedDict

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.errors import KafkaError
from aiokafka.structs import ConsumerRecord, OffsetAndMetadata

from schemas.cloudevents import Headers
from schemas.topics import DLQ_SUFFIX
from services.runtime.errors import CommandError
from services.runtime.kafka import Producer, admin_client, client_arguments, partitions_of, unreachable, until_answered
from services.runtime.records import Record
from services.runtime.settings import KafkaSettings

HEADER_PREFIX = "dlq_"
REPLAY_GROUP = "musafaha-dlq-replay"
"""The consumer group whose committed offsets remember what was sent back."""
MAX_ERROR_CHARS = 1_000
MAX_CUT_BYTES = 1_048_576
MAX_CUT_KEY_BYTES = 65_536
CUT_HEADER = "dlq_cut"
MAX_METADATA_BYTES = 4_000
"""Kafka's default for the metadata of a commit is 4,096 (`offset.metadata.max.bytes`)."""
COORDINATOR_WITHIN_S = 30.0
"""Seconds that Kafka may take to say what a group has committed: the first group of a new Kafka waits for the topic that keeps this."""


def dead_letter_headers(record: Record, *, reason: str, error: str, attempts: int, service: str, at: float) -> Headers:
    """The headers of `record` as a dead letter; `at` is seconds since 1970.

    `dlq_*` headers of an earlier death are dropped, or a message that dies twice would carry two stories.
    """
    return [
        *((name, value) for name, value in record.headers if not name.startswith(HEADER_PREFIX)),
        ("dlq_reason", reason.encode()),
        ("dlq_error", error[:MAX_ERROR_CHARS].encode("utf-8", "backslashreplace")),
        ("dlq_topic", record.topic.encode()),
        ("dlq_partition", str(record.partition).encode()),
        ("dlq_offset", str(record.offset).encode()),
        ("dlq_attempts", str(attempts).encode()),
        ("dlq_service", service.encode()),
        ("dlq_time", datetime.fromtimestamp(at, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z").encode()),
    ]


class _Raw(TypedDict):
    key: bytes | None
    value: bytes | None
    headers: Headers


def beginning_of(record: Record, headers: Headers) -> _Raw:
    """The dead letter of a message too large to be kept whole: its first part, and `dlq_cut` with the bytes it had."""
    own = [(name, value) for name, value in headers if name.startswith(HEADER_PREFIX)]
    value = record.value or b""
    return {
        "key": None if record.key is None else record.key[:MAX_CUT_KEY_BYTES],
        "value": value[:MAX_CUT_BYTES],
        "headers": [*own, (CUT_HEADER, str(len(value)).encode())],
    }


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """One message on a dead-letter topic. (`partition`, `offset`) is its place there; `headers` are those before it died.

    One that is `cut` has only the beginning of its value and cannot be sent back.
    """

    topic: str
    partition: int
    offset: int
    reason: str
    error: str
    at: str
    service: str
    attempts: str
    source: str
    key: bytes | None
    value: bytes | None
    headers: Headers
    cut: bool = False

    @property
    def place(self) -> str:
        """`PARTITION:OFFSET`, as `--offset` takes it."""
        return f"{self.partition}:{self.offset}"


def read_dead_letter(record: ConsumerRecord) -> DeadLetter:
    """A dead letter from its record; what somebody else put there without our headers has the reason `unknown`."""
    told = {name: value.decode("utf-8", "replace") for name, value in record.headers if name.startswith(HEADER_PREFIX)}
    topic = told.get("dlq_topic", record.topic.removesuffix(DLQ_SUFFIX))
    return DeadLetter(
        topic=topic,
        partition=record.partition,
        offset=record.offset,
        reason=told.get("dlq_reason", "unknown"),
        error=told.get("dlq_error", ""),
        at=told.get("dlq_time", ""),
        service=told.get("dlq_service", ""),
        attempts=told.get("dlq_attempts", ""),
        source=f"{topic}:{told.get('dlq_partition', '?')}:{told.get('dlq_offset', '?')}",
        key=record.key,
        value=record.value,
        headers=[(name, value) for name, value in record.headers if not name.startswith(HEADER_PREFIX)],
        cut=CUT_HEADER in told,
    )


@dataclass(slots=True)
class Summary:
    """What lies on one dead-letter topic: how many for which reason, and the newest few."""

    topic: str
    reasons: Counter[str] = field(default_factory=Counter)
    newest: list[DeadLetter] = field(default_factory=list)

    @property
    def total(self) -> int:
        """All dead letters kept."""
        return self.reasons.total()


async def summarise(kafka: KafkaSettings, dlq_topic: str, *, limit: int) -> Summary:
    """Read a dead-letter topic through; keeps the `limit` newest. Raises `BrokerUnavailable`, `CommandError` (no such topic)."""
    summary = Summary(dlq_topic)
    places = await _places(kafka, dlq_topic)
    async with _reader(kafka, places) as reader:
        async for letter in _read_all(reader, places):
            summary.reasons[letter.reason] += 1
            if limit > 0:
                summary.newest.append(letter)
                if len(summary.newest) > 4 * limit + 100:
                    summary.newest = _newest(summary.newest, limit)
    summary.newest = _newest(summary.newest, limit)
    return summary


def _newest(letters: Iterable[DeadLetter], limit: int) -> list[DeadLetter]:
    return sorted(letters, key=lambda letter: (letter.at, letter.partition, letter.offset))[-limit:] if limit > 0 else []


# ---------------------------------------------------------------------------------------------------------------------- replay


@dataclass(frozen=True, slots=True)
class Replayed:
    """What a replay did with one dead-letter topic."""

    topic: str
    sent: int
    already: int
    cut: int
    other: int


@dataclass(frozen=True, slots=True)
class Done:
    """Which offsets of a partition were sent back: all below `below`, and the `scattered` ones above it."""

    below: int = 0
    scattered: frozenset[int] = frozenset()

    def __contains__(self, offset: int) -> bool:
        return offset < self.below or offset in self.scattered

    def with_offset(self, offset: int, *, start: int) -> Done:
        """The same with `offset` added; nothing below `start`, the oldest message kept, matters any more."""
        scattered = self.scattered | {offset}
        below = max(self.below, start)
        while below in scattered:
            below += 1
        return Done(below, frozenset(kept for kept in scattered if kept >= below))

    def encode(self) -> str:
        """`scattered` as ranges (`12-15,20`), kept as the metadata of the commit."""
        ranges: list[list[int]] = []
        for offset in sorted(self.scattered):
            if ranges and offset == ranges[-1][1] + 1:
                ranges[-1][1] = offset
            else:
                ranges.append([offset, offset])
        return ",".join(str(first) if first == last else f"{first}-{last}" for first, last in ranges)


def decode_done(below: int, metadata: str) -> Done:
    """What `Done.encode` wrote; a commit without metadata of ours counts as plain."""
    scattered: set[int] = set()
    for part in metadata.split(",") if metadata else []:
        first, _, last = part.partition("-")
        scattered.update(range(int(first), int(last or first) + 1))
    return Done(max(below, 0), frozenset(scattered))


async def replay(
    kafka: KafkaSettings,
    dlq_topic: str,
    *,
    chosen: Callable[[DeadLetter], bool],
    dry_run: bool,
) -> Replayed:
    """Send the `chosen` dead letters back to where they came from, each confirmed and remembered.

    What was sent back by an earlier replay is not repeated. Interrupted, it has remembered what it sent, but for at most one.
    Raises `BrokerUnavailable`, `CommandError`.
    """
    sent = already = cut = other = 0
    places = await _places(kafka, dlq_topic)
    async with _reader(kafka, places) as reader, _reader(kafka, places, group=REPLAY_GROUP) as memory, Producer(kafka) as producer:
        starts = await reader.beginning_offsets(places)
        done = await _what_was_done(kafka, places)
        async for letter in _read_all(reader, places):
            place = TopicPartition(dlq_topic, letter.partition)
            if not chosen(letter):
                other += 1
            elif letter.offset in done[place]:
                already += 1
            elif letter.cut:
                cut += 1
            else:
                sent += 1
                if dry_run:
                    continue
                now_done = done[place].with_offset(letter.offset, start=starts[place])
                metadata = _checked_metadata(now_done, letter)
                await producer.send_raw(letter.topic, key=letter.key, value=letter.value, headers=letter.headers)
                await memory.commit({place: OffsetAndMetadata(now_done.below, metadata)})
                done[place] = now_done
    return Replayed(dlq_topic, sent, already, cut, other)


def _checked_metadata(done: Done, letter: DeadLetter) -> str:
    metadata = done.encode()
    if len(metadata) > MAX_METADATA_BYTES:
        raise CommandError(
            f"too many scattered dead letters of {letter.topic}{DLQ_SUFFIX} partition {letter.partition} were sent back to remember more; "
            "replay the partition's older ones first (without --reason or --offset)."
        )
    return metadata


async def _what_was_done(kafka: KafkaSettings, places: Sequence[TopicPartition]) -> dict[TopicPartition, Done]:
    async with admin_client(kafka) as admin:
        # The first group that a broker hears of has no coordinator for a moment.
        committed = await until_answered(
            lambda: admin.list_consumer_group_offsets(REPLAY_GROUP, partitions=list(places)), within_s=COORDINATOR_WITHIN_S
        )
    nothing = OffsetAndMetadata(0, "")
    return {place: decode_done(*committed.get(place, nothing)) for place in places}


# ---------------------------------------------------------------------------------------------------------------------- reading


@asynccontextmanager
async def _reader(kafka: KafkaSettings, places: Sequence[TopicPartition], *, group: str | None = None) -> AsyncIterator[AIOKafkaConsumer]:
    consumer = AIOKafkaConsumer(**client_arguments(kafka), group_id=group, enable_auto_commit=False, auto_offset_reset="earliest")
    try:
        try:
            await consumer.start()
            consumer.assign(places)
            yield consumer
        finally:
            await consumer.stop()
    except (KafkaError, OSError) as error:
        raise unreachable(kafka, error) from error


async def _places(kafka: KafkaSettings, topic: str) -> list[TopicPartition]:
    return [TopicPartition(topic, number) for number in await partitions_of(kafka, topic)]


async def _read_all(consumer: AIOKafkaConsumer, places: Sequence[TopicPartition]) -> AsyncIterator[DeadLetter]:
    """Everything that lies on a topic now, each partition in order; what comes later is left alone."""
    ends = await consumer.end_offsets(places)
    for place in places:
        await consumer.seek_to_beginning(place)
        while await consumer.position(place) < ends[place]:
            for record in (await consumer.getmany(place, timeout_ms=1_000, max_records=500)).get(place, ()):
                if record.offset < ends[place]:
                    yield read_dead_letter(record)
