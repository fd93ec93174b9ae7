"""Who may work on a store: one alert worker on SQLite, several on PostgreSQL."""

from __future__ import annotations

from tests.fixtures.alerts import AlertLine
from tests.integration.test_alert_app import NOW, an_extraction


async def test_a_second_worker_is_refused_on_sqlite_and_welcome_on_postgresql(alert_line: AlertLine, dialect: str) -> None:
    """Two workers on one SQLite file would take each other's leases; the second says what to use instead."""
    first = alert_line.worker()
    await first.logged("store.opened")
    second = alert_line.worker()
    if dialect == "sqlite":
        assert await second.ended() == 2
        (refusal,) = second.lines("worker.not_started")
        assert f"process {first.pid}" in refusal["error"]
        assert "MUSAFAHA_STORE__URL=postgresql://" in refusal["error"]
    else:
        await second.logged("store.opened")
    await alert_line.feed(an_extraction())
    await alert_line.applied("a1", NOW)
    await alert_line.marked(2)

    assert first.running
    assert len(await alert_line.published()) == 2


async def test_a_killed_worker_leaves_the_store_free(alert_line: AlertLine) -> None:
    """A lock that outlives its holder would need a person."""
    first = alert_line.worker()
    await first.logged("store.opened")
    await first.kill()

    await alert_line.worker().logged("store.opened")
