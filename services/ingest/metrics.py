"""What ingest counts, in the registry of all metrics."""

from __future__ import annotations

from prometheus_client import Counter, Histogram

from services.ingest.accept import Reason
from services.runtime.metrics import REGISTRY

KINDS = ("push", "file", "feed")
FETCH_OUTCOMES = ("ok", "unchanged", "status", "timeout", "connection", "too_large", "blocked", "redirects", "encoding", "parse")

ACCEPTED = Counter("musafaha_articles_accepted_total", "Articles that the broker has confirmed.", ("kind",), registry=REGISTRY)
DUPLICATE = Counter("musafaha_articles_duplicate_total", "Articles whose last accepted revision came again.", ("kind",), registry=REGISTRY)
REFUSED = Counter("musafaha_articles_refused_total", "Articles that do not go on.", ("reason",), registry=REGISTRY)
UNCONFIRMED = Counter("musafaha_articles_unconfirmed_total", "Articles that the broker did not confirm.", ("kind",), registry=REGISTRY)
FETCHES = Counter("musafaha_fetches_total", "Feeds fetched.", ("outcome",), registry=REGISTRY)
FETCH_SECONDS = Histogram("musafaha_fetch_seconds", "From asking for a feed to having read it.", registry=REGISTRY)

# Without a first value of 0 the first error makes no `rate()`.
for _kind in KINDS:
    ACCEPTED.labels(_kind)
    DUPLICATE.labels(_kind)
    UNCONFIRMED.labels(_kind)
for _reason in Reason:
    REFUSED.labels(_reason)
for _outcome in FETCH_OUTCOMES:
    FETCHES.labels(_outcome)
