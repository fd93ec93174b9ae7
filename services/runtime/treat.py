"""What is done with one message: envelope, handler with its tries, confirmed sends, dead letter. Knows no Faust.

Whoever calls `Treatment.treat` may acknowledge the message when it returns; when it raises, the process must end.
"""

from __future__ import annotations

import asyncio
import logging
import random
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

from schemas.cloudevents import EnvelopeError, read_headers
from schemas.topics import Topic
from services.runtime import metrics
from services.runtime.dlq import beginning_of, dead_letter_headers
from services.runtime.errors import DataError, MusafahaError
from services.runtime.kafka import Producer
from services.runtime.logs import bind
from services.runtime.records import Handler, Message, Record
from services.runtime.settings import RunnerSettings

log = logging.getLogger(__name__)

FIRST_BACKOFF_S = 0.05
MAX_BACKOFF_S = 2.0
ANY_PART = "<"
"""Marks the changing part of a message type in the topic table, as in `musafaha.event.<type>.v1`."""


def backoff_s(tries: int, *, jitter: Callable[[], float] = random.random) -> float:
    """Seconds to wait after `tries` failed tries: doubling from 50 ms to 2 s, times 0.5 to 1.5 so that workers don't march in step."""
    return min(MAX_BACKOFF_S, FIRST_BACKOFF_S * float(2 ** (tries - 1))) * (0.5 + jitter())


def is_known_type(topic: Topic, type: str) -> bool:
    """Whether `type` is what the topic table announces for `topic`."""
    before, marker, after = topic.message_type.partition(ANY_PART)
    if not marker:
        return type == topic.message_type
    return type.startswith(before) and type.endswith(after.partition(">")[2])


@dataclass(frozen=True, slots=True)
class _Refusal:
    """Why a message goes to the dead letters."""

    reason: str
    error: str
    attempts: int


class Treatment:
    """Treats the messages of one worker."""

    def __init__(
        self,
        *,
        service: str,
        topic: Topic,
        handler: Handler,
        producer: Producer,
        runner: RunnerSettings,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._service = service
        self._topic = topic
        self._handler = handler
        self._producer = producer
        self._runner = runner
        self._sleep = sleep

    async def treat(self, record: Record) -> None:
        """Handle one message to its end: outputs or dead letter confirmed, or knowingly ignored.

        Raises `TransientError` or `ConfigError` when the process cannot go on.
        """
        with bind(topic=record.topic, partition=record.partition, offset=record.offset):
            refusal = await self._handled(record)
            if refusal is not None:
                await self._bury(record, refusal)

    async def _handled(self, record: Record) -> _Refusal | None:
        try:
            if not self._is_for_us(record):
                return None
        except DataError as error:
            return _Refusal(error.reason, error.detail, attempts=0)
        for attempt in range(1, self._runner.max_tries + 1):
            try:
                await self._producer.send_in_order(await self._try(record))
            except DataError as error:
                return _Refusal(error.reason, error.detail, attempt)
            except MusafahaError:
                raise
            except Exception as error:
                last = attempt == self._runner.max_tries
                log.warning("handler.failed", exc_info=True, extra={"attempt": attempt, "last": last})
                if last:
                    reason = "timeout" if isinstance(error, TimeoutError) else "handler_error"
                    return _Refusal(reason, f"{type(error).__name__}: {error}", attempt)
                await self._sleep(backoff_s(attempt))
            else:
                return None
        raise AssertionError("max_tries is at least 1")

    def _is_for_us(self, record: Record) -> bool:
        """Whether the handler should see it. Raises `DataError` for a message that nobody can read."""
        if record.value is None:
            raise DataError("tombstone", "the message has no value")
        try:
            envelope = read_headers(record.headers)
        except EnvelopeError as error:
            raise DataError("bad_envelope", str(error)) from error
        if envelope is None or is_known_type(self._topic, envelope.type):
            return True
        log.info("message.unknown_type", extra={"ce_type": envelope.type[:200]})
        metrics.HANDLER_SECONDS.labels("ignored").observe(0)
        return False

    async def _try(self, record: Record) -> Sequence[Message]:
        outcome = "failed"
        began = time.perf_counter()
        try:
            async with asyncio.timeout(self._runner.task_timeout_s):
                outputs = await self._handler(record)
            outcome = "done"
        except DataError:
            outcome = "dead_letter"
            raise
        except TimeoutError as error:
            raise TimeoutError(f"not done within {self._runner.task_timeout_s:g} s") from error
        finally:
            metrics.HANDLER_SECONDS.labels(outcome).observe(time.perf_counter() - began)
        return outputs

    async def _bury(self, record: Record, refusal: _Refusal) -> None:
        headers = dead_letter_headers(
            record, reason=refusal.reason, error=refusal.error, attempts=refusal.attempts, service=self._service, at=time.time()
        )
        try:
            await self._producer.send_raw(self._topic.dlq, key=record.key, value=record.value, headers=headers)
        except DataError:
            # A strongly compressed message can be larger than any of ours. Keep its beginning: the whole still lies where it came from.
            await self._producer.send_raw(self._topic.dlq, **beginning_of(record, headers))
        metrics.DEAD_LETTERS.labels(record.topic, metrics.dead_letter_reason(refusal.reason)).inc()
        log.warning("dead_letter.sent", extra={"reason": refusal.reason, "error": refusal.error[:500], "attempts": refusal.attempts})
