"""When a failed delivery is tried again: arithmetic only, with the time and the chance as arguments."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Final

MAX_JITTER: Final = 0.1
"""Share of a delay that chance may add, so that receivers which failed together are not called together."""

MAX_RETRY_AFTER_S: Final = 86_400.0
"""The longest quiet that a receiver can ask for: a day."""

_SECONDS = re.compile(r"[0-9]{1,20}")


def next_delay_s(failed: int, *, delays_s: Sequence[float], chance_0_1: float, retry_after_s: float | None = None) -> float | None:
    """Seconds from failure number `failed` (from 1) to the next attempt; `None` when the schedule is spent.

    Never earlier than the schedule says, at most `MAX_JITTER` later, and not before the receiver's own `retry_after_s`.
    """
    if failed > len(delays_s):
        return None
    delay_s = delays_s[failed - 1] * (1 + MAX_JITTER * chance_0_1)
    return delay_s if retry_after_s is None else max(delay_s, retry_after_s)


def retry_after_s(value: str | None, *, now: datetime) -> float | None:
    """Seconds that a `Retry-After` header asks for, 0 to `MAX_RETRY_AFTER_S`; `None` when it is absent or unreadable.

    Both forms of RFC 9110, section 10.2.3: whole seconds and a date. A date that has passed asks for nothing.
    """
    if value is None:
        return None
    text = value.strip()
    if _SECONDS.fullmatch(text):
        return min(float(text), MAX_RETRY_AFTER_S)
    try:
        moment = parsedate_to_datetime(text)
    except (ValueError, OverflowError):
        return None
    if moment.tzinfo is None:  # the header's dates are GMT, also where a server forgets to say so
        moment = moment.replace(tzinfo=UTC)
    return min(max((moment - now).total_seconds(), 0.0), MAX_RETRY_AFTER_S)
