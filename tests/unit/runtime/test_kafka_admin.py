"""An administrator's client is handed out once the cluster knows a broker, and says plainly when there is none."""

from __future__ import annotations

import pytest
from aiokafka.errors import KafkaConnectionError, NodeNotReadyError

from services.runtime import kafka as runtime_kafka
from services.runtime.errors import BrokerUnavailable
from services.runtime.kafka import partitions_of
from services.runtime.settings import KafkaSettings

KAFKA = KafkaSettings(bootstrap_servers="127.0.0.1:1")


class WakingCluster:
    """Stands for aiokafka's client before a cluster that names no broker in its first answers (or does not answer at all)."""

    nameless_answers = 0
    refused = False
    closed = 0

    def __init__(self, **_arguments: object) -> None:
        pass

    async def start(self) -> None:
        if self.refused:
            raise KafkaConnectionError("refused")

    async def list_topics(self) -> list[str]:
        if type(self).nameless_answers > 0:
            type(self).nameless_answers -= 1
            raise NodeNotReadyError("node id None")
        return ["trial"]

    async def describe_topics(self) -> list[dict[str, object]]:
        return [{"topic": topic, "partitions": [{"partition": 0}]} for topic in await self.list_topics()]

    async def close(self) -> None:
        type(self).closed += 1


@pytest.fixture
def cluster(monkeypatch: pytest.MonkeyPatch) -> type[WakingCluster]:
    fresh = type("FreshCluster", (WakingCluster,), {})
    monkeypatch.setattr(runtime_kafka, "AIOKafkaAdminClient", fresh)
    return fresh


async def test_a_cluster_that_names_no_broker_yet_is_asked_again(cluster: type[WakingCluster]) -> None:
    """Right after Kafka stood still its answers name no node; a question asked then waits instead of failing."""
    cluster.nameless_answers = 2

    assert await partitions_of(KAFKA, "trial") == [0]
    assert cluster.closed == 1


async def test_a_cluster_that_never_names_a_broker_is_unavailable(cluster: type[WakingCluster], monkeypatch: pytest.MonkeyPatch) -> None:
    """The wait has an end, and the client is closed."""
    monkeypatch.setattr(runtime_kafka, "REPORT_BACK_S", 0.3)
    cluster.nameless_answers = 1_000

    with pytest.raises(BrokerUnavailable, match="NodeNotReadyError"):
        await partitions_of(KAFKA, "trial")
    assert cluster.closed == 1


async def test_a_cluster_that_is_not_there_is_unavailable_at_once(cluster: type[WakingCluster]) -> None:
    """Nobody waits for a refused connection: a service must say so while it starts."""
    cluster.refused = True

    with pytest.raises(BrokerUnavailable, match="refused"):
        await partitions_of(KAFKA, "trial")
