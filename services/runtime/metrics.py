"""All metrics of all processes, declared in one place: prefix `musafaha_`, base units, label values from closed sets.

A label never carries an id, a URL, a title or the text of an exception. Age is computed in the query from `_timestamp_seconds`.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_LATEST

REGISTRY: Final = CollectorRegistry()
"""Ours alone, so that no library adds series of its own."""

HANDLER_OUTCOMES: Final = ("done", "retried", "dead_letter", "ignored", "failed")
DEAD_LETTER_REASONS: Final = (
    "bad_envelope",
    "tombstone",
    "bad_json",
    "bad_encoding",
    "schema",
    "too_large",
    "too_long",
    "timeout",
    "handler_error",
    "other",
)
"""What `DataError.reason` may be, plus what the runner itself finds; anything else is counted as `other`."""
PRODUCE_FAILURES: Final = ("timeout", "too_large", "not_allowed", "unknown_topic", "connection", "other")

_FAST: Final = (0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 25.0)


def _counter(name: str, help: str, labels: Iterable[str] = ()) -> Counter:
    return Counter(f"musafaha_{name}", help, tuple(labels), registry=REGISTRY)


def _gauge(name: str, help: str, labels: Iterable[str] = ()) -> Gauge:
    return Gauge(f"musafaha_{name}", help, tuple(labels), registry=REGISTRY)


def _histogram(name: str, help: str, labels: Iterable[str] = (), buckets: tuple[float, ...] = _FAST) -> Histogram:
    return Histogram(f"musafaha_{name}", help, tuple(labels), registry=REGISTRY, buckets=buckets)


# Every process
BUILD_INFO = _gauge("build_info", "Always 1; the labels say what runs here.", ("version", "engine", "lexicon"))
READY = _gauge("ready", "1 when this readiness check passed the last time it was asked.", ("check",))
PROGRESS = _gauge("progress_timestamp_seconds", "When this loop last got something done.", ("task",))
LOOP_LAG = _histogram("event_loop_lag_seconds", "How late the event loop woke up; a blocking call freezes everything.")

# Consuming (extract, alert)
LAG_MESSAGES = _gauge("consumer_lag_messages", "Messages of a partition that are not acknowledged yet.", ("topic", "partition"))
LAG_SECONDS = _gauge("consumer_lag_seconds", "Age of the oldest message that is not acknowledged yet.", ("topic", "partition"))
RECEIVED = _counter("consumer_received_total", "Messages taken from the topic, repeats included.", ("topic",))
ACKED = _counter("consumer_acked_total", "Messages whose offset may be committed.", ("topic",))
IN_FLIGHT = _gauge("consumer_in_flight", "Messages being worked on, or waiting for one with the same key.")
REBALANCES = _counter("consumer_rebalances_total", "Times the group shared its partitions out again.")
REBALANCE_SECONDS = _histogram("rebalance_seconds", "From the loss of the partitions to the new ones.")
HANDLER_SECONDS = _histogram("handler_seconds", "One try of a handler, without sending.", ("outcome",))
DEAD_LETTERS = _counter("dead_letters_total", "Messages confirmed on the dead-letter topic.", ("topic", "reason"))
DLQ_MESSAGES = _gauge("dlq_messages", "Messages kept on a dead-letter topic.", ("topic",))

# Producing
PRODUCE_SECONDS = _histogram("produce_seconds", "From sending to the broker's confirmation.")
PRODUCE_FAILURES_TOTAL = _counter("produce_failures_total", "Sends that were not confirmed.", ("topic", "reason"))


def dead_letter_reason(reason: str) -> str:
    """The label value for a reason: itself when declared, else `other`."""
    return reason if reason in DEAD_LETTER_REASONS else "other"


def initialise_consumer(topic: str) -> None:
    """Start the series of a consumed topic at 0: without that the first error makes no `rate()`."""
    RECEIVED.labels(topic)
    ACKED.labels(topic)
    for outcome in HANDLER_OUTCOMES:
        HANDLER_SECONDS.labels(outcome)
    for reason in DEAD_LETTER_REASONS:
        DEAD_LETTERS.labels(topic, reason)


def describe_build(version: str, *, engine: str = "", lexicon: str = "") -> None:
    """Say which version runs, so that a mixed roll-out can be seen."""
    BUILD_INFO.labels(version, engine, lexicon).set(1)


def render() -> tuple[bytes, str]:
    """The exposition text and its content type."""
    return generate_latest(REGISTRY), CONTENT_TYPE_LATEST
