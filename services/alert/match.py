"""Which subscriptions a notice is for (pure)."""

from __future__ import annotations

from schemas.codes import NoticeKind
from schemas.development import Development
from schemas.subscription import matches_kind
from services.alert.ports import LivingSubscription


def wants(subscription: LivingSubscription, kind: NoticeKind, development: Development) -> bool:
    """Whether the subscription's kinds name this kind and each list of its filter that is not empty is met.

    A development without domains (a visit) never meets a list of domains.
    """
    parties = {*development.parties, *([development.object_party] if development.object_party else [])}
    wanted = subscription.filter
    return (
        any(matches_kind(pattern, kind) for pattern in subscription.kinds)
        and (not wanted.parties or not parties.isdisjoint(wanted.parties))
        and (not wanted.pairs or any(parties.issuperset(pair.split("-")) for pair in wanted.pairs))
        and (not wanted.domains or not set(development.domains).isdisjoint(wanted.domains))
    )
