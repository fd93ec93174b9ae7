"""The publisher of notices on a real Kafka that stops, dies and comes back."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncEngine

from schemas.topics import NOTICES
from services.alert.outbox import Outbox
from services.alert.repository import SqlRepository
from services.alert.schema import migrate
from services.alert.tables import notices
from services.runtime.kafka import Producer, ensure_topics
from services.runtime.settings import KafkaSettings
from services.runtime.store import open_engine, read_transaction, write_transaction
from tests.fixtures.broker import FreshBroker
from tests.fixtures.stores import BUSY_TIMEOUT_MS
from tests.fixtures.workers import read_topic
from tests.processes import until
from tests.unit.alert_store.samples import NOW, a_development, a_notice, a_report, an_article, an_event


@pytest.fixture
async def own_engine(tmp_path: Path) -> AsyncIterator[AsyncEngine]:
    """A store of the test's own; which database it is makes no difference to Kafka."""
    url = f"sqlite:///{tmp_path / 'alert.db'}"
    await migrate(url, busy_timeout_ms=BUSY_TIMEOUT_MS)
    engine = open_engine(url, busy_timeout_ms=BUSY_TIMEOUT_MS)
    yield engine
    await engine.dispose()


async def _write(engine: AsyncEngine, article: str, *, number: int) -> list[str]:
    """So many notices of one development in the outbox; their ids."""
    event = an_event(article)
    development = a_development(event)
    told = [a_notice(development, sequence=sequence) for sequence in range(1, number + 1)]
    async with write_transaction(engine) as connection:
        repository = SqlRepository(connection)
        await repository.save_article(an_article(article))
        await repository.save_developments([development])
        await repository.replace_reports(article, [a_report(event, development)])
        for notice in told:
            await repository.add_notices([(notice, ())], now=NOW)
    return [notice.data.id for notice in told]


async def _all_marked(engine: AsyncEngine) -> None:
    query = select(func.count()).where(notices.c.published_at.is_(None))

    async def none_left() -> bool:
        async with read_transaction(engine) as connection:
            return (await connection.execute(query)).scalar_one() == 0

    await until(none_left, "all notices to be published", pause_s=0.1)


async def test_notices_wait_for_a_broker_that_stops_or_dies_and_none_is_lost(own_engine: AsyncEngine, fresh_broker: FreshBroker) -> None:
    """Stopped in order, then killed: what is committed meanwhile comes out afterwards, each development in its order."""
    kafka = KafkaSettings(bootstrap_servers=fresh_broker.bootstrap_servers)
    await ensure_topics(kafka, [NOTICES])
    async with Producer(kafka, confirm_within_s=5) as producer:
        outbox = Outbox(own_engine, producer)
        running = asyncio.create_task(outbox.run())
        expected = await _write(own_engine, "a1", number=20)
        outbox.wake()
        await _all_marked(own_engine)
        for article, end in (("a2", fresh_broker.stop), ("a3", fresh_broker.kill)):
            await asyncio.to_thread(end)
            expected += await _write(own_engine, article, number=20)
            outbox.wake()
            await asyncio.to_thread(fresh_broker.start)
            await _all_marked(own_engine)
        assert not running.done()
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)

    found = [dict(record.headers)["ce_id"].decode() for record in await read_topic(kafka, NOTICES.name)]
    first_seen = list(dict.fromkeys(found))
    assert Counter(first_seen) == Counter(expected)
    for at in (0, 20, 40):
        of_one = set(expected[at : at + 20])
        assert [id for id in first_seen if id in of_one] == expected[at : at + 20]
