"""Topics are made once, as the table says, and never changed behind an operator's back; the producer tells what Kafka refuses."""

from __future__ import annotations

import asyncio
from typing import Any
from uuid import uuid4

import pytest
from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from click.testing import CliRunner

from schemas.topics import TOPICS, dead_letter_topics
from services.cli import cli
from services.runtime.errors import BrokerUnavailable, ConfigError, DataError
from services.runtime.kafka import Producer, client_arguments, ensure_topics, partitions_of
from services.runtime.records import Message
from services.runtime.settings import KafkaSettings
from tests.fixtures.workers import read_topic
from tests.integration.worker_under_test import trial_topic


def _kafka(broker: Any) -> KafkaSettings:
    return KafkaSettings(bootstrap_servers=broker.bootstrap_servers)


def _name() -> str:
    return f"trial-{uuid4().hex[:10]}"


async def test_the_command_makes_every_topic_of_ours_and_may_be_repeated(broker: Any) -> None:
    """Anyone may run it again at any time: the second run finds everything there."""
    environment = {"MUSAFAHA_KAFKA__BOOTSTRAP_SERVERS": broker.bootstrap_servers}
    first = await asyncio.to_thread(CliRunner().invoke, cli, ["topics", "ensure"], env=environment)
    second = await asyncio.to_thread(CliRunner().invoke, cli, ["topics", "ensure"], env=environment)
    partitions = {topic.name: await partitions_of(_kafka(broker), topic.name) for topic in (*TOPICS, *dead_letter_topics())}

    assert (first.exit_code, second.exit_code) == (0, 0)
    assert second.output == "all topics are there\n"
    assert partitions == {topic.name: list(range(topic.partitions)) for topic in (*TOPICS, *dead_letter_topics())}


async def test_many_processes_may_ensure_at_the_same_time(broker: Any) -> None:
    """All services of a line start together, and each makes what is missing."""
    topics = [trial_topic(_name(), 2) for _ in range(3)]
    answers = await asyncio.gather(*(ensure_topics(_kafka(broker), topics) for _ in range(4)))

    assert {line for answer in answers for line in answer} <= {f"created {topic.name} (2 partitions)" for topic in topics}
    assert [await partitions_of(_kafka(broker), topic.name) for topic in topics] == [[0, 1]] * 3


async def test_a_topic_that_differs_is_told_and_left_as_it_is(broker: Any) -> None:
    """More partitions would send keys elsewhere, and a retention may have been set by hand."""
    kafka, name = _kafka(broker), _name()
    await ensure_topics(kafka, [trial_topic(name, 2)])
    told = await ensure_topics(kafka, [trial_topic(name, 6)])

    assert told == [f"{name} has 2 partitions, not 6; left as it is, since keys would move"]
    assert await partitions_of(kafka, name) == [0, 1]


async def test_more_copies_than_brokers_name_the_setting(broker: Any) -> None:
    """One broker cannot keep three copies; the error says what to lower."""
    kafka = _kafka(broker).model_copy(update={"replication_factor": 3})

    with pytest.raises(ConfigError, match="MUSAFAHA_KAFKA__REPLICATION_FACTOR"):
        await ensure_topics(kafka, [trial_topic(_name())])


async def test_no_broker_in_the_settings_is_a_wrong_setting() -> None:
    """The command says which variable to set, and how to get a broker."""
    with pytest.raises(ConfigError, match="MUSAFAHA_KAFKA__BOOTSTRAP_SERVERS is not set"):
        await ensure_topics(KafkaSettings())


async def test_a_message_that_is_too_large_is_bad_data_and_harms_no_other(broker: Any) -> None:
    """Whatever refuses it, our own limit or a topic's lower one, the producer goes on: also on the same partition."""
    kafka, name = _kafka(broker), _name()
    admin = AIOKafkaAdminClient(**client_arguments(kafka))
    await admin.start()
    await admin.create_topics([NewTopic(name, 1, 1, topic_configs={"max.message.bytes": "2000"})])
    await admin.close()
    await ensure_topics(kafka, [trial_topic(name, 1)])
    async with Producer(kafka) as producer:
        await producer.send(Message(name, b"k", b"first"))
        with pytest.raises(DataError, match="larger than Kafka takes") as by_topic:
            await producer.send(Message(name, b"k", uuid4().hex.encode() + bytes(i * 7 % 251 * i % 256 for i in range(9_000))))
        with pytest.raises(DataError, match="has 3000001 bytes") as by_us:
            await producer.send(Message(name, b"k", b"x" * 3_000_000))
        await asyncio.gather(*(producer.send(Message(name, b"k", f"{number}".encode())) for number in range(5)))
    arrived = [record.value for record in await read_topic(kafka, name)]

    assert (by_topic.value.reason, by_us.value.reason) == ("too_large", "too_large")
    assert sorted(arrived) == [b"0", b"1", b"2", b"3", b"4", b"first"]


async def test_sending_to_a_topic_that_is_not_there_says_what_to_do(broker: Any) -> None:
    """Topics are never made by a misspelt name."""
    async with Producer(_kafka(broker), confirm_within_s=2) as producer:
        with pytest.raises(BrokerUnavailable, match=r"nowhere|did not confirm"):
            await producer.send(Message("nowhere", b"k", b"v"))
