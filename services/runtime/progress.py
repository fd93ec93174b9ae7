"""How far a worker has come: per partition what is waiting and since when nothing moved. Feeds watchdog, readiness and lag metrics.

Written by the event loop, read by the watchdog's thread; every field is replaced whole, never changed in place by two sides.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping

from services.runtime import metrics
from services.runtime.watchdog import Observation


class Progress:
    """Marks of one worker; times are those of a monotonic clock in seconds.

    What Kafka told of the lag is believed for `lag_fresh_s`; older than that it does not answer, and nothing can be acknowledged.
    """

    def __init__(self, topic: str, *, lag_fresh_s: float, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._topic = topic
        self._lag_fresh_s = lag_fresh_s
        self._monotonic = monotonic
        now = monotonic()
        self._beat_at = now
        self._unassigned_since: float | None = now
        self._rebalancing_since: float | None = None
        self._crashed_since: float | None = None
        self._lag_known_at: float | None = None
        self._answering_since = now
        self._moved_at: dict[int, float] = {}
        self._lag: dict[int, int] = {}
        self.next_offset: dict[int, int] = {}
        """Per partition the offset after the last one acknowledged since it was assigned."""

    @property
    def assigned(self) -> bool:
        """Whether any partition is ours."""
        return self._unassigned_since is None

    @property
    def rebalancing(self) -> bool:
        """Whether the group is sharing out its partitions."""
        return self._rebalancing_since is not None

    @property
    def partitions(self) -> list[int]:
        """The partitions that are ours."""
        return sorted(self._moved_at)

    def beat(self, *, rebalancing: bool, crashed: bool) -> None:
        """The event loop is alive and sees this."""
        now = self._beat_at = self._monotonic()
        self._rebalancing_since = (self._rebalancing_since or now) if rebalancing else None
        self._crashed_since = (self._crashed_since or now) if crashed else None

    def assign(self, partitions: Iterable[int]) -> None:
        """These partitions are ours from now on, and no others."""
        now = self._monotonic()
        self._drop_series()
        self._moved_at = dict.fromkeys(partitions, now)
        self._lag = {}
        self.next_offset = {}
        self._unassigned_since = None if self._moved_at else (self._unassigned_since or now)

    def acked(self, partition: int, offset: int) -> None:
        """A message of `partition` is done."""
        if partition in self._moved_at:
            self._moved_at[partition] = self._monotonic()
            self.next_offset[partition] = offset + 1

    def lags(self, lag: Mapping[int, int], ages_s: Mapping[int, float]) -> None:
        """So many messages of each partition wait, the oldest of them (where known) for so many seconds."""
        was_away = self._lag_known_at is not None and not self.kafka_answers()
        now = self._lag_known_at = self._monotonic()
        if was_away:
            self._answering_since = now  # what waits gets its full time again: while Kafka was away nothing could move
        for partition in self._moved_at:
            waiting = lag.get(partition, 0)
            if waiting <= 0:
                self._moved_at[partition] = now
            age = ages_s.get(partition, now - self._moved_at[partition]) if waiting > 0 else 0.0
            metrics.LAG_MESSAGES.labels(self._topic, str(partition)).set(max(waiting, 0))
            metrics.LAG_SECONDS.labels(self._topic, str(partition)).set(max(age, 0.0))
        self._lag = dict(lag)

    def lag_age_s(self) -> float:
        """Seconds since Kafka last told how much is waiting; infinite before the first time."""
        return float("inf") if self._lag_known_at is None else self._monotonic() - self._lag_known_at

    def kafka_answers(self) -> bool:
        """Whether Kafka told lately how much is waiting."""
        return self.lag_age_s() <= self._lag_fresh_s

    def observation(self) -> Observation:
        """What the watchdog looks at."""
        now = self._monotonic()
        lag, moved_at = self._lag, self._moved_at
        waiting = [now - max(at, self._answering_since) for partition, at in list(moved_at.items()) if lag.get(partition, 0) > 0]
        return Observation(
            loop_silent_s=now - self._beat_at,
            rebalancing_s=_since(self._rebalancing_since, now),
            unassigned_s=_since(self._unassigned_since, now),
            stalled_s=max(waiting, default=0.0) if self.kafka_answers() else 0.0,
            crashed_s=_since(self._crashed_since, now),
        )

    def _drop_series(self) -> None:
        for partition in self._moved_at:
            for gauge in (metrics.LAG_MESSAGES, metrics.LAG_SECONDS):
                try:
                    gauge.remove(self._topic, str(partition))
                except KeyError:  # no lag was known yet
                    continue


def _since(moment: float | None, now: float) -> float:
    return 0.0 if moment is None else now - moment
