"""Subscriptions to notices, and what became of each notice: deliveries and their attempts."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

from pydantic import Field, StringConstraints, field_validator

from schemas.base import Contract, CountryCode, Identifier, Instant, Request
from schemas.codes import Domain, NoticeKind

SubscriptionId = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{1,64}$")]
Pair = Annotated[str, StringConstraints(pattern=r"^[A-Z]{3}-[A-Z]{3}$")]
"""Two states, in either order: `MAR-ISR` and `ISR-MAR` mean the same."""


class SubscriptionState(StrEnum):
    """A deleted subscription stays for its log but gets nothing; a disabled one was refused by its receiver for good (410)."""

    ACTIVE = "active"
    DISABLED = "disabled"
    DELETED = "deleted"


class Filter(Request):
    """Which developments: each list that is not empty must be met, by at least one of its values."""

    parties: tuple[CountryCode, ...] = ()
    pairs: tuple[Pair, ...] = ()
    domains: tuple[Domain, ...] = ()


class SubscriptionRequest(Request):
    """The body of `POST /v1/subscriptions`. `kinds` are exact, or end in `*`, as in `agreement.*`; `*` alone means all."""

    id: SubscriptionId | None = None
    url: Annotated[str, StringConstraints(min_length=1, max_length=2_048)]
    kinds: Annotated[tuple[str, ...], Field(min_length=1, max_length=50)] = ("*",)
    filter: Filter = Filter()
    description: Annotated[str, StringConstraints(max_length=500, pattern=r"^[^\x00]*$")] | None = None

    @field_validator("kinds")
    @classmethod
    def _known(cls, kinds: tuple[str, ...]) -> tuple[str, ...]:
        for kind in kinds:
            if not any(matches_kind(kind, known) for known in NoticeKind):
                raise ValueError(f"no notice kind matches {kind!r}; the kinds are {', '.join(NoticeKind)}")
        return kinds


def matches_kind(pattern: str, kind: str) -> bool:
    """Whether `kind` is `pattern`, or begins with what stands before its trailing `*`."""
    return kind.startswith(pattern[:-1]) if pattern.endswith("*") else kind == pattern


class Subscription(Contract):
    """A subscription as the API shows it. `secret` is there once, in the answer that creates it."""

    id: SubscriptionId
    url: str
    kinds: tuple[str, ...]
    filter: Filter = Filter()
    description: str | None = None
    state: SubscriptionState = SubscriptionState.ACTIVE
    created_at: Instant
    secret: str | None = None


class DeliveryState(StrEnum):
    """`pending` until a receiver answered 2xx (`delivered`), all tries failed or it was refused for good (`failed`), or the
    subscription went (`cancelled`)."""

    PENDING = "pending"
    DELIVERED = "delivered"
    FAILED = "failed"
    CANCELLED = "cancelled"


class Attempt(Contract):
    """One HTTP try. `code` is null when no answer came; then `error` says why, in one of a few words."""

    number: Annotated[int, Field(ge=1)]
    at: Instant
    duration_ms: Annotated[int, Field(ge=0)]
    code: int | None = None
    error: str | None = None
    response: str | None = None


class Delivery(Contract):
    """One notice for one subscription; its id is sent as `webhook-id`."""

    id: Identifier
    notice: Identifier
    kind: NoticeKind
    subscription: SubscriptionId
    state: DeliveryState
    created_at: Instant
    next_attempt_at: Instant | None = None
    attempts: tuple[Attempt, ...] = ()
