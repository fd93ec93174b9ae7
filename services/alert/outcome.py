"""What a try means for its delivery, and how it is told to operators."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from schemas.subscription import DeliveryState
from services.alert.claims import Claim, Outcome
from services.alert.retry import next_delay_s, retry_after_s
from services.alert.send import Answer
from services.runtime import metrics

log = logging.getLogger(__name__)

GONE: Final = 410
ASKS_FOR_QUIET: Final = (429, 503)


def outcome_of(
    claim: Claim, answer: Answer, *, at: datetime, ended: datetime, duration_ms: int, delays_s: Sequence[float], chance_0_1: float
) -> Outcome:
    """What a try that began `at` and `ended` means for its delivery: done, given up, or tried again and when."""
    quiet_s = retry_after_s(answer.retry_after, now=ended) if answer.code in ASKS_FOR_QUIET else None
    delay_s = next_delay_s(claim.failed + 1, delays_s=delays_s, chance_0_1=chance_0_1, retry_after_s=quiet_s)
    gone = answer.code == GONE
    if answer.code is not None and 200 <= answer.code < 300:
        state = DeliveryState.DELIVERED
    elif gone or answer.final or delay_s is None:
        state = DeliveryState.FAILED
    else:
        state = DeliveryState.PENDING
    return Outcome(
        claim=claim,
        state=state,
        at=at,
        duration_ms=duration_ms,
        code=answer.code,
        error=answer.error,
        response=answer.response,
        due_at=ended + timedelta(seconds=delay_s) if state is DeliveryState.PENDING and delay_s is not None else None,
        quiet_until=ended + timedelta(seconds=quiet_s) if quiet_s else None,
        gone=gone,
    )


def tell(outcomes: Sequence[Outcome]) -> None:
    """Count and log tries that have been written to the store."""
    for outcome in outcomes:
        _count(outcome)
        level = logging.WARNING if outcome.state is DeliveryState.FAILED else logging.INFO
        fields = {
            "delivery": outcome.claim.delivery_id,
            "subscription": outcome.claim.subscription_id,
            "attempt": outcome.claim.failed + 1,
            "state": outcome.state.value,
            "code": outcome.code,
            "reason": outcome.error,
            "duration_ms": outcome.duration_ms,
        }
        log.log(level, "delivery.attempt", extra=fields)
        if outcome.gone:
            log.warning("subscription.disabled", extra={"subscription": outcome.claim.subscription_id})


def _count(outcome: Outcome) -> None:
    result = outcome.error if outcome.code is None else f"{outcome.code // 100}xx"
    metrics.ATTEMPTS.labels(result or "internal").inc()
    if outcome.state is not DeliveryState.PENDING:
        metrics.DELIVERIES.labels(outcome.state.value).inc()
    if outcome.state is DeliveryState.DELIVERED:
        at = outcome.at + timedelta(milliseconds=outcome.duration_ms)
        metrics.DELIVERY_SECONDS.observe(max((at - outcome.claim.created_at).total_seconds(), 0.0))
        if outcome.claim.accepted_at is not None:
            metrics.NOTICE_AGE.labels("delivered").observe(max((at - outcome.claim.accepted_at).total_seconds(), 0.0))
