"""Kafka without Faust: connection arguments, a producer that returns only when the broker confirmed, topics made beforehand.

Foreign exceptions end here: what leaves this module is one of ours.
"""

from __future__ import annotations

import asyncio
import logging
import ssl
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Sequence
from contextlib import asynccontextmanager
from types import TracebackType
from typing import Any, Self, TypeVar

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from aiokafka.admin.config_resource import ConfigResource, ConfigResourceType
from aiokafka.errors import (
    ClusterAuthorizationFailedError,
    GroupAuthorizationFailedError,
    InvalidReplicationFactorError,
    KafkaConnectionError,
    KafkaError,
    MessageSizeTooLargeError,
    NodeNotReadyError,
    NoError,
    OutOfOrderSequenceNumber,
    PolicyViolationError,
    ProducerClosed,
    RecordListTooLargeError,
    RecordTooLargeError,
    TopicAlreadyExistsError,
    TopicAuthorizationFailedError,
    UnknownTopicOrPartitionError,
    for_code,
)

from schemas.cloudevents import Headers
from schemas.topics import (
    DLQ_MESSAGE_MAX_BYTES,
    DLQ_SUFFIX,
    MESSAGE_MAX_BYTES,
    PRODUCER_MAX_REQUEST_BYTES,
    TOPICS,
    Topic,
    dead_letter_topics,
)
from services.runtime import metrics
from services.runtime.errors import BrokerUnavailable, CommandError, ConfigError, DataError
from services.runtime.records import Message
from services.runtime.settings import KafkaSettings

log = logging.getLogger(__name__)

Answer = TypeVar("Answer")

CONFIRM_WITHIN_S = 30.0
"""Seconds a send may wait for the broker unless its caller says otherwise."""
REPORT_BACK_S = 10.0
"""Seconds that a broker may take to be known again; it reports to its controller every few seconds."""
LINGER_MS = 1
"""Milliseconds a batch waits for more. An article pays it at each of three hops; under load batches fill up by themselves."""
BATCH_BYTES = 131_072
ENVELOPE_BYTES = 1_024
"""What Kafka's own framing may add to key, value and headers."""
_TOO_LARGE = (MessageSizeTooLargeError, RecordListTooLargeError, RecordTooLargeError)
_NOT_ALLOWED = (TopicAuthorizationFailedError, ClusterAuthorizationFailedError, GroupAuthorizationFailedError)


def servers(kafka: KafkaSettings) -> str:
    """The bootstrap servers. Raises `ConfigError` when none are set."""
    if not kafka.bootstrap_servers:
        raise ConfigError(
            "MUSAFAHA_KAFKA__BOOTSTRAP_SERVERS is not set. Name your Kafka (`host:port`), or start one with `musafaha broker start`."
        )
    return kafka.bootstrap_servers


def ssl_context(kafka: KafkaSettings) -> ssl.SSLContext | None:
    """The TLS side of the settings, or `None` for a protocol without TLS. Raises `ConfigError` for an unreadable file."""
    if kafka.security_protocol not in ("SSL", "SASL_SSL"):
        return None
    try:
        context = ssl.create_default_context(cafile=kafka.ca_file)
        if kafka.cert_file is not None:
            context.load_cert_chain(kafka.cert_file, kafka.key_file)
    except (OSError, ssl.SSLError) as error:
        raise ConfigError(
            f"a certificate file cannot be read ({error}); see MUSAFAHA_KAFKA__CA_FILE, __CERT_FILE and __KEY_FILE."
        ) from error
    return context


def client_arguments(kafka: KafkaSettings) -> dict[str, Any]:
    """What every aiokafka client needs to connect."""
    arguments: dict[str, Any] = {
        "bootstrap_servers": servers(kafka),
        "security_protocol": kafka.security_protocol,
        "ssl_context": ssl_context(kafka),
    }
    if kafka.security_protocol.startswith("SASL"):
        assert kafka.username is not None and kafka.password is not None  # load_settings saw to it
        arguments |= {
            "sasl_mechanism": kafka.sasl_mechanism,
            "sasl_plain_username": kafka.username,
            "sasl_plain_password": kafka.password.get_secret_value(),
        }
    return arguments


def unreachable(kafka: KafkaSettings, error: Exception) -> BrokerUnavailable:
    """The error that tells an operator where nobody answered and what to look at."""
    hint = ", or it refused the user or the certificate (its log says which)" if kafka.security_protocol != "PLAINTEXT" else ""
    return BrokerUnavailable(
        f"Kafka does not answer at {kafka.bootstrap_servers} over {kafka.security_protocol}{hint}: {error}. "
        "Is it running? MUSAFAHA_KAFKA__BOOTSTRAP_SERVERS says where it is looked for."
    )


class Producer:
    """Sends messages and returns only when the broker has confirmed them; idempotent, so a retry of the client makes no double.

    Use as `async with Producer(settings.kafka) as producer`. Safe to use from many tasks of one loop.
    """

    def __init__(self, kafka: KafkaSettings, *, confirm_within_s: float = CONFIRM_WITHIN_S) -> None:
        self._kafka = kafka
        self._confirm_within_s = confirm_within_s
        self._client: AIOKafkaProducer | None = None
        self._renewal = asyncio.Lock()
        self._closing: set[asyncio.Task[None]] = set()

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        await self.stop()

    async def start(self) -> None:
        """Connect. Raises `BrokerUnavailable`."""
        self._client = await self._connected()

    async def stop(self) -> None:
        """Disconnect; what is not confirmed within a few seconds stays unconfirmed."""
        client, self._client = self._client, None
        if client is not None:
            await _stop_quietly(client)
        await asyncio.gather(*self._closing)

    async def send(self, message: Message) -> None:
        """Send one message and wait for its confirmation.

        Raises `BrokerUnavailable` (not confirmed in time: it may or may not be on the topic), `DataError` (`too_large`) and
        `ConfigError` (this user may not write there).
        """
        await self.send_raw(message.topic, key=message.key, value=message.value, headers=message.headers)

    async def send_in_order(self, messages: Sequence[Message]) -> None:
        """Send several: the last one only when all before it are confirmed, so that it may speak of them. Raises as `send` does."""
        if len(messages) == 2:
            await self.send(messages[0])
        elif messages[2:]:
            failures = [
                answer for answer in await asyncio.gather(*map(self.send, messages[:-1]), return_exceptions=True) if answer is not None
            ]
            for failure in sorted(failures, key=lambda answer: isinstance(answer, DataError)):  # the graver kind first
                raise failure
        if messages:
            await self.send(messages[-1])

    async def send_raw(self, topic: str, *, key: bytes | None, value: bytes | None, headers: Headers) -> None:
        """`send` for a message whose value may be missing, as a dead letter's may. Raises as `send` does."""
        if key is None and value is None:
            value = b""  # a message of nothing at all is refused by the client; its headers still tell what it was
        self._refuse_too_large(topic, key, value, headers)
        began = time.perf_counter()
        try:
            async with asyncio.timeout(self._confirm_within_s):
                await self._confirmed(topic, key, value, headers)
        except TimeoutError as error:
            self._count(topic, "timeout")
            raise BrokerUnavailable(
                f"Kafka at {self._kafka.bootstrap_servers} did not confirm a message for {topic} within {self._confirm_within_s:g} s."
            ) from error
        except _TOO_LARGE as error:
            self._count(topic, "too_large")
            raise DataError("too_large", f"a message for {topic} is larger than Kafka takes: {error}") from error
        except _NOT_ALLOWED as error:
            self._count(topic, "not_allowed")
            raise ConfigError(f"the Kafka user {self._kafka.username!r} may not write to topic {topic}; grant it Write there.") from error
        except UnknownTopicOrPartitionError as error:
            self._count(topic, "unknown_topic")
            raise BrokerUnavailable(f"topic {topic} does not exist; run `musafaha topics ensure`.") from error
        except KafkaError as error:
            self._count(topic, "connection" if isinstance(error, KafkaConnectionError) else "other")
            raise BrokerUnavailable(f"Kafka did not take a message for {topic}: {error!r}") from error
        metrics.PRODUCE_SECONDS.observe(time.perf_counter() - began)

    async def _confirmed(self, topic: str, key: bytes | None, value: bytes | None, headers: Headers) -> None:
        """Send and wait. After a message that it refused, the broker refuses the next ones of the same client, too, which counts the
        first as sent; they are not on the topic, so a new client sends them again."""
        client = self._client
        if client is None:
            raise BrokerUnavailable("the producer is not connected.")
        if client._sender.sender_task.done():  # after an unclean broker it may die, and would then confirm nothing for ever
            client = await self._renewed(client)
        try:
            await (await client.send(topic, value, key=key, headers=headers))
        except _TOO_LARGE:
            await self._renewed(client)
            raise
        except (OutOfOrderSequenceNumber, ProducerClosed):
            client = await self._renewed(client)
            await (await client.send(topic, value, key=key, headers=headers))

    def _refuse_too_large(self, topic: str, key: bytes | None, value: bytes | None, headers: Headers) -> None:
        """Refuse by the size before compression, so that the same message is always refused or never."""
        limit = DLQ_MESSAGE_MAX_BYTES if topic.endswith(DLQ_SUFFIX) else MESSAGE_MAX_BYTES
        size = len(key or b"") + len(value or b"") + sum(len(name) + len(content) for name, content in headers)
        if size > limit - ENVELOPE_BYTES:
            self._count(topic, "too_large")
            raise DataError("too_large", f"a message for {topic} has {size} bytes; Kafka takes {limit - ENVELOPE_BYTES}.")

    async def _renewed(self, stale: AIOKafkaProducer) -> AIOKafkaProducer:
        """A client in place of the stale one, made once for all who notice it."""
        async with self._renewal:
            if self._client is stale:
                log.warning("producer.renewed")
                self._client = await self._connected()
                closing = asyncio.create_task(_stop_quietly(stale))
                self._closing.add(closing)
                closing.add_done_callback(self._closing.discard)
        if self._client is None:
            raise BrokerUnavailable("the producer is not connected.")
        return self._client

    async def _connected(self) -> AIOKafkaProducer:
        client = AIOKafkaProducer(
            **client_arguments(self._kafka),
            acks="all",
            enable_idempotence=True,
            linger_ms=LINGER_MS,
            max_batch_size=BATCH_BYTES,
            max_request_size=PRODUCER_MAX_REQUEST_BYTES,
            compression_type="gzip",
            request_timeout_ms=int(self._confirm_within_s * 1_000),
        )
        try:
            async with asyncio.timeout(self._confirm_within_s):
                await client.start()
        except _NOT_ALLOWED as error:  # the broker lets a user produce that may write to at least one topic
            await _stop_quietly(client)
            raise ConfigError(
                f"the Kafka user {self._kafka.username!r} may not write to any topic; grant it Write where it sends."
            ) from error
        except (KafkaError, TimeoutError, OSError) as error:
            await _stop_quietly(client)
            raise unreachable(self._kafka, error) from error
        return client

    def _count(self, topic: str, reason: str) -> None:
        metrics.PRODUCE_FAILURES_TOTAL.labels(topic, reason).inc()


async def _stop_quietly(client: AIOKafkaProducer | AIOKafkaConsumer) -> None:
    """Stop a client within seconds, also when its broker is away."""
    try:
        async with asyncio.timeout(5):
            await client.stop()
    except (KafkaError, TimeoutError, OSError) as error:
        log.warning("kafka.stop_incomplete", extra={"reason": repr(error)})


# ---------------------------------------------------------------------------------------------------------------------- topics


async def ensure_topics(kafka: KafkaSettings, topics: Iterable[Topic] | None = None, *, within_s: float = 30.0) -> list[str]:
    """Create the topics that are missing (all of ours unless named) and wait until they can be used; safe to repeat.

    Returns what was done and what differs from the table but was left alone, one sentence each.
    Raises `BrokerUnavailable`, `ConfigError` (replication factor) and `CommandError` (not allowed, refused by a policy).
    """
    wanted = {topic.name: topic for topic in (topics if topics is not None else (*TOPICS, *dead_letter_topics()))}
    async with admin_client(kafka) as admin:
        return await until_answered(lambda: _ensure(admin, kafka, wanted), within_s=within_s)


@asynccontextmanager
async def admin_client(kafka: KafkaSettings) -> AsyncIterator[AIOKafkaAdminClient]:
    """A connected admin client; what it cannot do is raised as `BrokerUnavailable`."""
    admin = AIOKafkaAdminClient(**client_arguments(kafka))
    try:
        try:
            await until_answered(lambda: _knows_a_broker(admin), within_s=REPORT_BACK_S, transient=_is_unknown_yet)
            yield admin
        finally:
            await admin.close()
    except (KafkaError, OSError, TimeoutError) as error:
        raise unreachable(kafka, error) from error


async def _knows_a_broker(admin: AIOKafkaAdminClient) -> None:
    """Start, and ask the cluster: a broker that stood still answers, but names no broker, itself included, until it has reported back."""
    await admin.start()
    await admin.list_topics()


def _is_unknown_yet(error: KafkaError) -> bool:
    return isinstance(error, NodeNotReadyError)


async def partitions_of(kafka: KafkaSettings, topic: str) -> list[int]:
    """The partitions of a topic. Raises `CommandError` when there is no such topic, `BrokerUnavailable`."""
    async with admin_client(kafka) as admin:
        for described in await admin.describe_topics():  # all: asking for one by its name may create it
            if described["topic"] == topic:
                return sorted(partition["partition"] for partition in described["partitions"])
    raise CommandError(f"topic {topic} does not exist (or may not be seen by this user); `musafaha topics ensure` makes ours.")


async def until_answered(
    step: Callable[[], Awaitable[Answer]],
    *,
    within_s: float,
    transient: Callable[[KafkaError], bool] = lambda error: error.retriable,
) -> Answer:
    """Repeat `step` through the transient answers that a broker gives right after its start or the creation of a topic or group.

    Raises another `KafkaError` at once, and the last transient one after `within_s` seconds.
    """
    deadline = time.monotonic() + within_s
    while True:
        try:
            return await step()
        except KafkaError as error:
            if time.monotonic() > deadline or not transient(error):
                raise
            log.debug("kafka.retry", extra={"reason": repr(error)})
            await asyncio.sleep(0.2)


async def _ensure(admin: AIOKafkaAdminClient, kafka: KafkaSettings, wanted: dict[str, Topic]) -> list[str]:
    present = set(await admin.list_topics())
    done = [await _create(admin, kafka, topic) for name, topic in wanted.items() if name not in present]
    described = {found["topic"]: found for found in await admin.describe_topics(list(wanted))}
    for name in wanted:
        _raise_unless_led(described[name])
    differing = [
        f"{name} has {len(described[name]['partitions'])} partitions, not {topic.partitions}; left as it is, since keys would move"
        for name, topic in wanted.items()
        if len(described[name]["partitions"]) != topic.partitions
    ]
    return done + differing + await _differing_configs(admin, [wanted[name] for name in wanted if name in present])


async def _create(admin: AIOKafkaAdminClient, kafka: KafkaSettings, topic: Topic) -> str:
    new = NewTopic(topic.name, topic.partitions, kafka.replication_factor, topic_configs=_configs(topic))
    answer = await admin.create_topics([new])
    code, detail = answer.topic_errors[0][1], answer.topic_errors[0][2] if len(answer.topic_errors[0]) > 2 else None
    error = for_code(code)
    if error in (NoError, TopicAlreadyExistsError):  # somebody else may have been quicker
        return f"created {topic.name} ({topic.partitions} partitions)"
    if error is InvalidReplicationFactorError:
        raise ConfigError(
            f"Kafka cannot keep {kafka.replication_factor} copies of {topic.name} ({detail}); lower MUSAFAHA_KAFKA__REPLICATION_FACTOR."
        )
    if error in _NOT_ALLOWED:
        raise CommandError(
            f"topic {topic.name} is missing and the Kafka user {kafka.username!r} may not create it; "
            "run `musafaha topics ensure` once as a user that may."
        )
    if error is PolicyViolationError:
        raise CommandError(f"Kafka's policy refuses to create {topic.name}: {detail}")
    raise error(f"creating {topic.name}: {detail}")


def _configs(topic: Topic) -> dict[str, str]:
    return {
        "cleanup.policy": topic.cleanup,
        "retention.ms": str(topic.retention_ms),
        "max.message.bytes": str(topic.max_message_bytes),
    }


def _raise_unless_led(described: dict[str, Any]) -> None:
    """Raise the broker's error of a topic, or that of a partition still without leader."""
    for code in (described["error_code"], *(partition["error_code"] for partition in described["partitions"])):
        if code:
            raise for_code(code)(described["topic"])


async def _differing_configs(admin: AIOKafkaAdminClient, topics: Sequence[Topic]) -> list[str]:
    """What an existing topic sets otherwise than the table says. Told, not changed: an operator may have had a reason."""
    if not topics:
        return []
    asked = [ConfigResource(ConfigResourceType.TOPIC, topic.name) for topic in topics]
    found: dict[str, dict[str, str]] = {}
    for answer in await admin.describe_configs(asked):
        for resource in answer.resources:
            found[resource[3]] = {entry[0]: entry[1] for entry in resource[4]}
    return [
        f"{topic.name} has {name}={found[topic.name][name]}, not {value}; left as it is"
        for topic in topics
        for name, value in _configs(topic).items()
        if name in found.get(topic.name, {}) and found[topic.name][name] != value
    ]


async def check_access(kafka: KafkaSettings, *, topic: str, group: str) -> None:
    """Read once from `topic` and from what `group` has committed, moving nothing.

    A consumer without rights would otherwise log one line and wait for ever. Raises `ConfigError` that names the missing right,
    and `BrokerUnavailable`.
    """
    consumer = AIOKafkaConsumer(**client_arguments(kafka), group_id=group, enable_auto_commit=False, fetch_max_wait_ms=50)
    try:
        try:
            await consumer.start()
            partition = TopicPartition(topic, min(consumer.partitions_for_topic(topic) or {0}))
            consumer.assign([partition])
            async with asyncio.timeout(20):
                await consumer.committed(partition)
                await consumer.seek_to_beginning(partition)
                await consumer.getmany(partition, timeout_ms=200, max_records=1)
        finally:
            await _stop_quietly(consumer)
    except TopicAuthorizationFailedError as error:
        raise ConfigError(f"the Kafka user {kafka.username!r} may not read topic {topic}; grant it Read there.") from error
    except GroupAuthorizationFailedError as error:
        raise ConfigError(
            f"the Kafka user {kafka.username!r} may not use the consumer group {group}; grant it Read on the group."
        ) from error
    except (KafkaError, OSError, TimeoutError) as error:
        raise unreachable(kafka, error) from error
