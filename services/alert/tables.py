"""The tables of the alert store. One writer: alert (and the API, for subscriptions). Times are microseconds since 1970 in UTC.

JSON documents are text columns that hold the contract as we write it, so that SQLite and PostgreSQL behave alike.
"""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, ForeignKey, Index, Integer, MetaData, String, Table, Text, UniqueConstraint

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "pk": "pk_%(table_name)s",
    }
)

BigKey = BigInteger().with_variant(Integer, "sqlite")
"""SQLite only counts up by itself in a column of its own INTEGER type."""

articles = Table(
    "articles",
    metadata,
    Column("id", String(256), primary_key=True),
    Column("revision", Text, nullable=False),
    # What was applied last: an extraction must be above (accepted_at, version) to be applied.
    Column("accepted_at", BigInteger, nullable=False),
    Column("extractor_version", Text, nullable=False),
    Column("lexicon", Text, nullable=False),
    # Where it stood on the topic, for "equal with another lexicon: the later offset wins".
    Column("partition", Integer, nullable=False),
    Column("offset", BigInteger, nullable=False),
    Column("published_at", BigInteger, index=True),  # the oldest one says since when we watch
    Column("source_id", String(256)),
    Column("document", Text, nullable=False),  # ArticleRef
)

developments = Table(
    "developments",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("type", String(32), nullable=False),
    Column("pair", Text, nullable=False),  # sorted parties, as in ISR-MAR
    Column("founding_event", String(256), nullable=False),
    Column("n", Integer, nullable=False),
    Column("state", String(16), nullable=False),  # active | retracted
    Column("flags", Text, nullable=False, default="[]"),
    Column("created_at", BigInteger, nullable=False),
    Column("sequence", Integer, nullable=False, default=0),  # of the last notice
    # What the world has been told and not told otherwise since: the difference to what holds now makes the next notices.
    Column("told_kind", String(32)),
    Column("told_status", String(32)),
    Column("told_notices", Text, nullable=False, default="[]"),  # ids that a retraction would withdraw
    Column("document", Text, nullable=False),  # Development
    UniqueConstraint("founding_event", "n"),
)
Index("ix_developments_pair_type", developments.c.pair, developments.c.type)

reports = Table(
    "reports",
    metadata,
    Column("event_id", String(256), primary_key=True),
    Column("article_id", String(256), ForeignKey("articles.id"), nullable=False, index=True),
    Column("development_id", String(64), ForeignKey("developments.id"), nullable=False, index=True),
    Column("reason", Text, nullable=False),  # why it was linked
    Column("ambiguous", Integer, nullable=False, default=0),
    Column("event", Text, nullable=False),  # NormalizationEvent
)

notices = Table(
    "notices",
    metadata,
    Column("position", BigKey, primary_key=True, autoincrement=True),  # order of the outbox
    Column("id", String(64), nullable=False, unique=True),
    Column("development_id", String(64), ForeignKey("developments.id"), nullable=False),
    Column("kind", String(32), nullable=False),
    Column("sequence", Integer, nullable=False),
    Column("created_at", BigInteger, nullable=False),
    Column("published_at", BigInteger),  # confirmed by the broker
    Column("accepted_at", BigInteger),  # of the article that caused it: how long the world waited
    Column("document", Text, nullable=False),  # Notice: the exact bytes of topic and webhook
    UniqueConstraint("development_id", "sequence"),
)
Index(
    "ix_notices_unpublished",
    notices.c.position,
    sqlite_where=notices.c.published_at.is_(None),
    postgresql_where=notices.c.published_at.is_(None),
)

subscriptions = Table(
    "subscriptions",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("url", Text, nullable=False),
    Column("kinds", Text, nullable=False),  # JSON list
    Column("filter", Text, nullable=False),  # Filter
    Column("description", Text),
    Column("secret", Text, nullable=False),
    Column("state", String(16), nullable=False),
    Column("created_at", BigInteger, nullable=False),
    # Its receiver asked for quiet (Retry-After): nothing is sent to it before this time.
    Column("not_before", BigInteger),
)

deliveries = Table(
    "deliveries",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("notice_id", String(64), ForeignKey("notices.id"), nullable=False),
    Column("subscription_id", String(64), ForeignKey("subscriptions.id"), nullable=False),
    Column("state", String(16), nullable=False),
    Column("created_at", BigInteger, nullable=False),
    Column("due_at", BigInteger),  # next attempt; null when nothing is left to do
    Column("attempts", Integer, nullable=False, default=0),
    # A claim: who, until when, and a counter that fences off a late finisher.
    Column("lease_owner", String(64)),
    Column("lease_until", BigInteger),
    Column("fence", Integer, nullable=False, default=0),
    UniqueConstraint("notice_id", "subscription_id"),
)
Index(
    "ix_deliveries_due", deliveries.c.due_at, sqlite_where=deliveries.c.state == "pending", postgresql_where=deliveries.c.state == "pending"
)
# The head of one subscription's queue, so that claiming costs the same however long the queue is.
Index(
    "ix_deliveries_queue",
    deliveries.c.subscription_id,
    deliveries.c.due_at,
    deliveries.c.id,
    sqlite_where=deliveries.c.state == "pending",
    postgresql_where=deliveries.c.state == "pending",
)
# The log of one subscription, newest first.
Index("ix_deliveries_log", deliveries.c.subscription_id, deliveries.c.created_at, deliveries.c.id)

attempts = Table(
    "attempts",
    metadata,
    Column("delivery_id", String(64), ForeignKey("deliveries.id"), primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("at", BigInteger, nullable=False),
    Column("duration_ms", Integer, nullable=False),
    Column("code", Integer),
    Column("error", String(32)),
    Column("response", Text),
)

locks = Table(
    "locks",
    metadata,
    Column("name", String(64), primary_key=True),
    Column("owner", String(64)),
    Column("until", BigInteger),
    Column("fence", Integer, nullable=False, default=0),
)
"""Leases of tasks that one process at a time may do, such as publishing the outbox."""
