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

HANDLER_OUTCOMES: Final = ("done", "dead_letter", "ignored", "failed")
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

# Delivering (alert)
DELIVERIES = _counter("deliveries_total", "Deliveries that came to an end.", ("state",))
ATTEMPTS = _counter("delivery_attempts_total", "Tries of deliveries: the class of the answer's code, or why none came.", ("result",))
ATTEMPT_SECONDS = _histogram("delivery_attempt_seconds", "One try of a delivery, from the lookup of the host to the answer.")
DELIVERY_SECONDS = _histogram(
    "delivery_seconds", "From the notice to the receiver's 2xx.", buckets=(*_FAST, 60.0, 600.0, 3_600.0, 86_400.0)
)
DELIVERIES_IN_FLIGHT = _gauge("deliveries_in_flight", "Tries that wait for an answer.")
OLDEST_DUE = _gauge("oldest_due_delivery_timestamp_seconds", "Since when the oldest due delivery waits; 0 when none does.")

# Alert: the store and the outbox
LINKS = _counter("links_total", "Events linked to developments.", ("rule",))
NOTICES = _counter("notices_total", "Notices committed.", ("kind",))
STALE_EXTRACTIONS = _counter("stale_extractions_total", "Extractions without effect, as the store held the same or a later one.")
OUTBOX_ROWS = _gauge("outbox_rows", "Notices committed and not yet published.")
OUTBOX_OLDEST = _gauge("outbox_oldest_timestamp_seconds", "When the oldest unpublished notice was committed; 0 when there is none.")
NOTICE_AGE = _histogram(
    "notice_age_seconds",
    "From the acceptance of the article to the notice being committed, published, delivered.",
    ("stage",),
    buckets=(0.01, 0.025, 0.05, 0.1, 0.2, 0.3, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 300.0, 600.0),
)


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
