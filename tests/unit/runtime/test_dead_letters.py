"""How a dead letter is marked, and how a replay remembers what it sent back."""

from __future__ import annotations

import pytest
from aiokafka.structs import ConsumerRecord
from hypothesis import given
from hypothesis import strategies as st

from schemas.topics import ARTICLES, EVENTS
from services.runtime.dlq import Done, dead_letter_headers, decode_done, read_dead_letter
from services.runtime.records import Record
from services.runtime.treat import MAX_BACKOFF_S, backoff_s, is_known_type


def _consumed(headers: list[tuple[str, bytes]]) -> ConsumerRecord:
    return ConsumerRecord("t.dlq", 2, 9, 0, 0, b"k", b"v", None, 1, 1, tuple(headers))


def test_a_dead_letter_keeps_the_original_headers_and_tells_its_story() -> None:
    """What was written can be read back, and the original headers are as they were."""
    record = Record("t", 1, 5, 0, b"k", b"v", (("ce_id", b"\xff"), ("dlq_reason", b"of an earlier death")))
    headers = dead_letter_headers(record, reason="schema", error="no title \ud800", attempts=2, service="extract", at=0.25)
    letter = read_dead_letter(_consumed(headers))

    assert letter.headers == [("ce_id", b"\xff")]
    assert (letter.reason, letter.error, letter.attempts, letter.service) == ("schema", "no title \\ud800", "2", "extract")
    assert (letter.at, letter.source, letter.place) == ("1970-01-01T00:00:00.250Z", "t:1:5", "2:9")


def test_a_foreign_message_on_a_dead_letter_topic_is_shown_as_unknown() -> None:
    """Somebody else's message there breaks neither list nor replay; it belongs to the topic before `.dlq`."""
    letter = read_dead_letter(_consumed([]))

    assert (letter.reason, letter.topic) == ("unknown", "t")


@given(st.integers(0, 30), st.lists(st.integers(0, 60), unique=True))
def test_what_was_sent_back_is_remembered_whatever_the_order(start: int, offsets: list[int]) -> None:
    """Position and ranges of a commit hold exactly what was sent, and nothing that was not."""
    sent = [start + offset for offset in offsets]
    done = Done()
    for offset in sent:
        done = decode_done(done.below, done.encode()).with_offset(offset, start=start)

    assert {offset for offset in range(start, start + 70) if offset in done} == set(sent)


def test_ranges_are_short_when_neighbours_were_sent() -> None:
    """A commit has room for some thousand bytes only."""
    assert Done(0, frozenset({12, 13, 14, 20})).encode() == "12-14,20"


def test_only_the_types_that_the_topic_announces_are_for_us() -> None:
    """The topic table decides; the part in angle brackets may be anything."""
    answers = [
        is_known_type(ARTICLES, "musafaha.article.v1"),
        is_known_type(ARTICLES, "musafaha.article.v2"),
        is_known_type(EVENTS, "musafaha.event.visit.v1"),
        is_known_type(EVENTS, "musafaha.notice.visit.v1"),
        is_known_type(EVENTS, "musafaha.event.visit.v2"),
    ]

    assert answers == [True, False, True, False, False]


def test_waiting_times_double_up_to_a_limit_and_vary_around_it() -> None:
    """Tries come soon at first, and never all at the same moment."""
    middle = [backoff_s(tries, jitter=lambda: 0.5) for tries in range(1, 9)]

    assert middle == [0.05, 0.1, 0.2, 0.4, 0.8, 1.6, MAX_BACKOFF_S, MAX_BACKOFF_S]
    assert [backoff_s(1, jitter=lambda: 0.0), backoff_s(1, jitter=lambda: 1.0)] == pytest.approx([0.025, 0.075])
