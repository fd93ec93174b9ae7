"""The ack window against a plain model: in order, one of a key at a time, nobody forgotten."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from hypothesis import given
from hypothesis import strategies as st

from services.runtime.window import AckWindow, Slot

_keys = st.sampled_from([None, b"a", b"b", b"c"])


@dataclass
class _Play:
    """Messages admitted and finished in an order that hypothesis chooses."""

    window: AckWindow[int] = field(default_factory=lambda: AckWindow(limit=8))
    slots: list[Slot[int]] = field(default_factory=list)
    acked: list[Slot[int]] = field(default_factory=list)
    next_offset: dict[int, int] = field(default_factory=dict)

    def admit(self, partition: int, key: bytes | None) -> None:
        offset = self.next_offset.get(partition, 0)
        self.next_offset[partition] = offset + 1
        self.slots.append(self.window.admit(partition, offset, key, len(self.slots)))

    def finish(self, choice: int) -> None:
        running = [slot for slot in self.slots if slot.started and not slot.done]
        if running:
            released = self.window.finish(running[choice % len(running)])
            self.acked.extend(released.acked)

    def finish_all(self) -> None:
        while any(not slot.done for slot in self.slots):
            self.finish(0)


_steps = st.lists(st.tuples(st.sampled_from(["admit", "finish"]), st.integers(0, 2), _keys, st.integers(0, 50)), max_size=80)


def _played(steps: list[tuple[str, int, bytes | None, int]], check: Callable[[_Play], None] = lambda play: None) -> _Play:
    play = _Play()
    for what, partition, key, choice in steps:
        if what == "admit" and not play.window.full:
            play.admit(partition, key)
        else:
            play.finish(choice)
        check(play)
    return play


@given(_steps)
def test_offsets_of_a_partition_are_acknowledged_in_order_and_only_behind_what_is_done(
    steps: list[tuple[str, int, bytes | None, int]],
) -> None:
    """A committed offset never passes a message that is not done."""

    def check(play: _Play) -> None:
        for partition in play.next_offset:
            mine = [slot for slot in play.slots if slot.partition == partition]
            done_in_front = next((at for at, slot in enumerate(mine) if not slot.done), len(mine))
            assert [slot.offset for slot in play.acked if slot.partition == partition] == list(range(done_in_front))

    _played(steps, check)


@given(_steps)
def test_of_one_key_one_message_is_worked_on_at_a_time_in_the_order_of_admission(steps: list[tuple[str, int, bytes | None, int]]) -> None:
    """The second revision of an article waits for the first."""

    def check(play: _Play) -> None:
        for key in (b"a", b"b", b"c"):
            open_slots = [slot.started for slot in play.slots if slot.key == key and not slot.done]
            assert open_slots == [True, *[False] * (len(open_slots) - 1)][: len(open_slots)]

    _played(steps, check)


@given(_steps)
def test_a_message_without_key_never_waits(steps: list[tuple[str, int, bytes | None, int]]) -> None:
    """No key means no order to keep."""
    play = _played(steps)

    assert all(slot.started for slot in play.slots if slot.key is None)


@given(_steps)
def test_the_window_never_holds_more_than_its_limit_and_is_empty_when_all_is_done(steps: list[tuple[str, int, bytes | None, int]]) -> None:
    """Memory and repeats after a kill are bounded; nothing stays behind."""

    def check(play: _Play) -> None:
        assert len(play.window) == len(play.slots) - len(play.acked) <= play.window.limit

    play = _played(steps, check)
    play.finish_all()

    assert (len(play.window), list(play.window), list(play.window.oldest())) == (0, [], [])
    assert len(play.acked) == len(play.slots)


def test_the_end_of_a_message_names_the_next_one_of_its_key() -> None:
    """Whoever finishes a message starts the one that waited for it."""
    window: AckWindow[str] = AckWindow(limit=8)
    first = window.admit(0, 10, b"k", "first")
    window.admit(0, 11, None, "between")
    second = window.admit(1, 5, b"k", "second")
    released = window.finish(first)

    assert (first.started, second.started) == (True, True)
    assert released.next is second
    assert [slot.offset for slot in released.acked] == [10]
    assert [slot.payload for slot in window.oldest()] == ["between", "second"]
