"""The ack window: which messages are in flight, which may start, and which offsets may be committed. Pure: no clock, no I/O.

Offsets of a partition are released in order and only up to the first message that is not done, so that whatever is committed
is done. A message starts only when no earlier one with the same key is in flight; a message without key waits for nobody.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Hashable, Iterator
from dataclasses import dataclass, field
from typing import Generic, TypeVar

Payload = TypeVar("Payload")


@dataclass(slots=True, eq=False)
class Slot(Generic[Payload]):
    """One message in the window. `started` turns true when it may be worked on, `done` when it has been."""

    partition: Hashable
    offset: int
    key: bytes | None
    payload: Payload
    started: bool = False
    done: bool = False


@dataclass(frozen=True, slots=True)
class Released(Generic[Payload]):
    """What the end of one message sets free: `acked` in the order of their offsets, and the next one of the same key."""

    acked: tuple[Slot[Payload], ...]
    next: Slot[Payload] | None


@dataclass(slots=True)
class AckWindow(Generic[Payload]):
    """At most `limit` messages of all partitions together."""

    limit: int
    _partitions: dict[Hashable, deque[Slot[Payload]]] = field(default_factory=dict)
    _lanes: dict[bytes, deque[Slot[Payload]]] = field(default_factory=dict)
    _size: int = 0

    def __len__(self) -> int:
        """Messages admitted and not yet acknowledged."""
        return self._size

    @property
    def full(self) -> bool:
        """Whether the next message must wait outside."""
        return self._size >= self.limit

    def admit(self, partition: Hashable, offset: int, key: bytes | None, payload: Payload) -> Slot[Payload]:
        """Take in the next message of its partition; its `started` tells whether it may be worked on at once."""
        slot = Slot(partition, offset, key, payload)
        self._partitions.setdefault(partition, deque()).append(slot)
        self._size += 1
        if key is None:
            slot.started = True
        elif (lane := self._lanes.get(key)) is None:
            self._lanes[key] = deque((slot,))
            slot.started = True
        else:
            lane.append(slot)
        return slot

    def finish(self, slot: Slot[Payload]) -> Released[Payload]:
        """Note that a started message is done for good."""
        assert slot.started and not slot.done, "a message is finished once, after it was started"
        slot.done = True
        return Released(self._release(slot.partition), self._advance(slot))

    def _release(self, partition: Hashable) -> tuple[Slot[Payload], ...]:
        queue = self._partitions[partition]
        acked = []
        while queue and queue[0].done:
            acked.append(queue.popleft())
        if not queue:
            del self._partitions[partition]
        self._size -= len(acked)
        return tuple(acked)

    def _advance(self, slot: Slot[Payload]) -> Slot[Payload] | None:
        if slot.key is None:
            return None
        lane = self._lanes[slot.key]
        lane.popleft()
        if not lane:
            del self._lanes[slot.key]
            return None
        lane[0].started = True
        return lane[0]

    def oldest(self) -> Iterator[Slot[Payload]]:
        """The first message of each partition that is not acknowledged."""
        return (queue[0] for queue in self._partitions.values())

    def __iter__(self) -> Iterator[Slot[Payload]]:
        """All messages in the window, each partition in order."""
        return (slot for queue in self._partitions.values() for slot in queue)
