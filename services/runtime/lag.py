"""How much is waiting or kept on a topic, asked over a connection of its own: one that hangs together with Faust's would see nothing."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import Self

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.errors import KafkaError

from services.runtime.kafka import client_arguments
from services.runtime.settings import KafkaSettings

ASK_WITHIN_MS = 10_000


class Ends:
    """Asks for the first and the next offset of partitions. Use as an async context manager."""

    def __init__(self, kafka: KafkaSettings) -> None:
        self._consumer = AIOKafkaConsumer(**client_arguments(kafka), request_timeout_ms=ASK_WITHIN_MS)

    async def __aenter__(self) -> Self:
        try:
            await self._consumer.start()
        except BaseException:
            await self._consumer.stop()
            raise
        return self

    async def __aexit__(self, *error: object) -> None:
        with suppress(KafkaError, OSError):
            await self._consumer.stop()

    async def bounds(self, topic: str, partitions: list[int]) -> dict[int, tuple[int, int]]:
        """(first, next) offset of each partition of `topic`. Raises aiokafka's errors."""
        places = [TopicPartition(topic, partition) for partition in partitions]
        if not places:
            return {}
        first, end = await asyncio.gather(self._consumer.beginning_offsets(places), self._consumer.end_offsets(places))
        return {place.partition: (first[place], end[place]) for place in places}
