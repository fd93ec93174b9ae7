"""When a worker must be ended, decided from what it looks like."""

from __future__ import annotations

import threading
from dataclasses import replace

import pytest

from services.runtime.progress import Progress
from services.runtime.watchdog import CRASH_GRACE_S, EXIT_CODE, Observation, Watchdog, verdict

LIMIT_S = 120.0


class _Clock:
    def __init__(self) -> None:
        self.now = 1_000.0

    def __call__(self) -> float:
        return self.now


@pytest.mark.parametrize(
    ("field", "words"),
    [
        pytest.param("loop_silent_s", "event loop", id="blocked-loop"),
        pytest.param("rebalancing_s", "rebalance", id="stuck-rebalance"),
        pytest.param("unassigned_s", "no partition", id="nothing-assigned"),
        pytest.param("stalled_s", "none was acknowledged", id="no-progress"),
    ],
)
def test_each_way_to_hang_ends_the_process_only_after_the_limit(field: str, words: str) -> None:
    """Up to the limit it may be a slow moment, above it nobody will come back by himself."""
    at_limit, above = replace(Observation(), **{field: LIMIT_S}), replace(Observation(), **{field: LIMIT_S + 0.1})

    assert verdict(at_limit, limit_s=LIMIT_S) is None
    assert words in str(verdict(above, limit_s=LIMIT_S))


def test_a_crashed_application_that_does_not_stop_is_ended_soon() -> None:
    """A crash is no reason to wait as long as for a slow message."""
    assert verdict(Observation(crashed_s=CRASH_GRACE_S), limit_s=LIMIT_S) is None
    assert "crashed" in str(verdict(Observation(crashed_s=CRASH_GRACE_S + 0.1), limit_s=LIMIT_S))


def test_the_watchdog_ends_the_process_from_its_own_thread() -> None:
    """It must act when the event loop cannot."""
    ended, codes = threading.Event(), []

    def end(code: int) -> None:
        codes.append((code, threading.current_thread() is threading.main_thread()))
        ended.set()

    watchdog = Watchdog(lambda: Observation(loop_silent_s=1.0), limit_s=0.04, end=end)
    watchdog.start()

    assert ended.wait(30)
    assert codes == [(EXIT_CODE, False)]


def test_waiting_messages_without_an_acknowledgement_are_a_stall_of_their_partition() -> None:
    """One partition that stands still is a stall, also while others move."""
    clock = _Clock()
    progress = Progress("trial", lag_fresh_s=15, monotonic=clock)
    progress.assign([0, 1])
    clock.now += 50
    progress.acked(1, 7)
    progress.lags({0: 3, 1: 5}, {})

    assert progress.observation().stalled_s == 50
    assert progress.next_offset == {1: 8}


def test_a_partition_with_nothing_waiting_never_stalls() -> None:
    """An idle topic is no fault, and what comes after a quiet hour gets its full time."""
    clock = _Clock()
    progress = Progress("trial", lag_fresh_s=15, monotonic=clock)
    progress.assign([0])
    clock.now += 3_600
    progress.lags({0: 0}, {})
    clock.now += 5
    progress.lags({0: 1}, {})

    assert progress.observation().stalled_s == 5


def test_with_kafka_away_nothing_is_held_against_the_worker() -> None:
    """A worker without its broker is not ready, but restarting it would not help."""
    clock = _Clock()
    progress = Progress("trial", lag_fresh_s=15, monotonic=clock)
    progress.assign([0])
    progress.lags({0: 3}, {})
    clock.now += 500

    assert progress.observation().stalled_s == 0
    assert progress.lag_age_s() == 500


def test_a_rebalance_and_a_missing_assignment_count_from_their_beginning() -> None:
    """What lasts is what matters, and an end of it starts the count anew."""
    clock = _Clock()
    progress = Progress("trial", lag_fresh_s=15, monotonic=clock)
    clock.now += 10
    progress.beat(rebalancing=True, crashed=False)
    clock.now += 20
    progress.beat(rebalancing=True, crashed=True)
    seen = progress.observation()
    progress.assign([4])
    progress.beat(rebalancing=False, crashed=True)
    after = progress.observation()

    assert (seen.unassigned_s, seen.rebalancing_s, seen.crashed_s) == (30, 20, 0)
    assert (after.unassigned_s, after.rebalancing_s) == (0, 0)
    assert (progress.assigned, progress.partitions) == (True, [4])


def test_after_kafka_was_away_what_waits_gets_its_full_time_again() -> None:
    """While Kafka does not answer nothing can move: its return must not find the worker guilty of the time it was gone."""
    clock = _Clock()
    progress = Progress("trial", lag_fresh_s=15, monotonic=clock)
    progress.assign([0])
    progress.lags({0: 3}, {})
    clock.now += 500
    progress.lags({0: 3}, {})
    back = progress.observation().stalled_s
    clock.now += 10
    progress.lags({0: 3}, {})

    assert (back, progress.observation().stalled_s) == (0, 10)
