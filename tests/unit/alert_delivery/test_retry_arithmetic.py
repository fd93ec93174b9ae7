"""When a failed delivery is tried again."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.subscription import DeliveryState
from services.alert.claims import Claim
from services.alert.outcome import outcome_of
from services.alert.retry import MAX_RETRY_AFTER_S, next_delay_s, retry_after_s
from services.alert.send import Answer
from services.runtime.settings import AlertSettings

NOW = datetime(2026, 1, 1, 12, 0, 0, tzinfo=UTC)
DELAYS_S = AlertSettings().retry_delays_s

chances = st.floats(min_value=0, max_value=1, exclude_max=True)
schedules = st.lists(st.floats(min_value=0, max_value=1e6), max_size=20)


@given(schedules, st.integers(min_value=1, max_value=30), chances)
def test_a_retry_is_never_early_and_at_most_a_tenth_late(delays_s: list[float], failed: int, chance: float) -> None:
    """The schedule that we publish is kept; chance only spreads it."""
    delay_s = next_delay_s(failed, delays_s=delays_s, chance_0_1=chance)

    if failed > len(delays_s):
        assert delay_s is None
    else:
        assert delay_s is not None
        assert delays_s[failed - 1] <= delay_s <= delays_s[failed - 1] * 1.1 + 1e-9


@given(st.integers(min_value=1, max_value=len(DELAYS_S)), chances, st.floats(min_value=0, max_value=MAX_RETRY_AFTER_S))
def test_a_receivers_wish_only_makes_it_later(failed: int, chance: float, wish_s: float) -> None:
    """`Retry-After` never makes us come earlier than the schedule."""
    delay_s = next_delay_s(failed, delays_s=DELAYS_S, chance_0_1=chance, retry_after_s=wish_s)

    assert delay_s == max(next_delay_s(failed, delays_s=DELAYS_S, chance_0_1=chance) or 0.0, wish_s)


def test_the_default_schedule_spans_nearly_three_days() -> None:
    """Twelve attempts over 66.7 hours: a weekend without anybody at the receiver's desk loses nothing."""
    assert len(DELAYS_S) + 1 == 12
    assert round(sum(DELAYS_S) / 3_600, 1) == 66.7


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        (None, None),
        ("", None),
        ("soon", None),
        ("-5", None),
        ("1.5", None),
        ("٥", None),
        ("0", 0.0),
        ("120", 120.0),
        ("  7 ", 7.0),
        ("99999999999999999999", MAX_RETRY_AFTER_S),
        ("9" * 400, None),
        ("Thu, 01 Jan 2026 12:02:00 GMT", 120.0),
        ("Thu, 01 Jan 2026 12:02:00 -0000", 120.0),
        ("Thu, 01 Jan 2026 15:02:00 +0300", 120.0),
        ("Thursday, 01-Jan-26 12:02:00 GMT", 120.0),
        ("Thu, 01 Jan 2015 12:00:00 GMT", 0.0),
        ("Thu, 01 Jan 9999 12:00:00 GMT", MAX_RETRY_AFTER_S),
        ("Thu, 32 Jan 2026 12:00:00 GMT", None),
        ("\udcff\udcfe", None),
    ],
)
def test_retry_after_is_seconds_or_a_date_and_at_most_a_day(value: str | None, seconds: float | None) -> None:
    """Both forms of the header are read; nonsense asks for nothing, and nobody can put us off for ever."""
    assert retry_after_s(value, now=NOW) == seconds


@given(st.text(max_size=40))
def test_no_text_breaks_the_reading_of_retry_after(value: str) -> None:
    """A receiver can send what it likes."""
    seconds = retry_after_s(value, now=NOW)

    assert seconds is None or 0 <= seconds <= MAX_RETRY_AFTER_S


@given(st.integers(min_value=-(10**9), max_value=10**9))
def test_a_date_in_retry_after_is_kept_to_the_second(away_s: int) -> None:
    """A date is as good as the seconds that it is away."""
    moment = NOW + timedelta(seconds=away_s)
    seconds = retry_after_s(format_datetime(moment, usegmt=True), now=NOW)

    assert seconds == min(max((moment - NOW).total_seconds(), 0.0), MAX_RETRY_AFTER_S)


def outcome(answer: Answer, *, failed: int = 0, delays_s: tuple[float, ...] = (10.0, 20.0)) -> dict[str, Any]:
    claim = Claim("dlv_1", "s1", fence=1, failed=failed, created_at=NOW, url="u", secret="s", document="d")
    made = outcome_of(claim, answer, at=NOW, ended=NOW, duration_ms=5, delays_s=delays_s, chance_0_1=0.0)
    due_s = None if made.due_at is None else (made.due_at - NOW).total_seconds()
    quiet_s = None if made.quiet_until is None else (made.quiet_until - NOW).total_seconds()
    return {"state": made.state.value, "due_s": due_s, "quiet_s": quiet_s, "gone": made.gone}


@pytest.mark.parametrize(
    ("answer", "failed", "expected"),
    [
        pytest.param(Answer(code=200), 0, ("delivered", None, None, False), id="200"),
        pytest.param(Answer(code=299), 2, ("delivered", None, None, False), id="299 at the last try"),
        pytest.param(Answer(code=200, retry_after="60"), 0, ("delivered", None, None, False), id="200 with a wish"),
        pytest.param(Answer(code=300), 0, ("pending", 10.0, None, False), id="300"),
        pytest.param(Answer(code=500), 0, ("pending", 10.0, None, False), id="500"),
        pytest.param(Answer(code=500), 1, ("pending", 20.0, None, False), id="500 again"),
        pytest.param(Answer(code=500), 2, ("failed", None, None, False), id="schedule spent"),
        pytest.param(Answer(code=500, retry_after="60"), 0, ("pending", 10.0, None, False), id="a wish with 500 is none"),
        pytest.param(Answer(code=429, retry_after="60"), 0, ("pending", 60.0, 60.0, False), id="429 with a wish"),
        pytest.param(Answer(code=503, retry_after="5"), 0, ("pending", 10.0, 5.0, False), id="503 with a short wish"),
        pytest.param(Answer(code=503, retry_after="60"), 2, ("failed", None, 60.0, False), id="503 with the schedule spent"),
        pytest.param(Answer(code=429), 0, ("pending", 10.0, None, False), id="429 without a wish"),
        pytest.param(Answer(code=410), 0, ("failed", None, None, True), id="410"),
        pytest.param(Answer(error="timeout"), 0, ("pending", 10.0, None, False), id="timeout"),
        pytest.param(Answer(error="dns"), 0, ("pending", 10.0, None, False), id="name not found may be a passing fault"),
        pytest.param(Answer(error="target_not_allowed", final=True), 0, ("failed", None, None, False), id="forbidden url"),
    ],
)
def test_an_answer_decides_what_becomes_of_the_delivery(answer: Answer, failed: int, expected: tuple[Any, ...]) -> None:
    """Only 2xx is success, only 410 ends a subscription, and everything else follows the schedule to its end."""
    assert tuple(outcome(answer, failed=failed).values()) == expected


@given(st.integers(min_value=100, max_value=599), st.integers(min_value=0, max_value=5))
def test_every_status_leads_to_an_end_or_to_a_next_try(code: int, failed: int) -> None:
    """No status leaves a delivery pending without a time, or ended with one."""
    made = outcome(Answer(code=code), failed=failed)

    assert (made["state"] == DeliveryState.PENDING.value) == (made["due_s"] is not None)


def test_a_naive_clock_of_a_receiver_costs_nothing() -> None:
    """A date without a zone is GMT."""
    assert retry_after_s("Thu, 01 Jan 2026 12:01:00", now=NOW + timedelta(seconds=30)) == 30.0
