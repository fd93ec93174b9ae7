"""The file in which ingest remembers articles and feeds."""

from __future__ import annotations

import sqlite3
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from services.ingest.store import FeedState, IngestStore, Seen
from services.runtime.errors import ConfigError
from tests.unit.ingest.doubles import NOW


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[IngestStore]:
    opened = await IngestStore.open(tmp_path / "folder" / "ingest.db", busy_timeout_ms=100)
    yield opened
    await opened.close()


async def test_what_was_seen_is_found_again_by_id(store: IngestStore) -> None:
    """Only the last revision counts, to the microsecond."""
    await store.mark_seen({"a": Seen("rev_1", NOW), "b": Seen("rev_1", NOW)})
    await store.mark_seen({"a": Seen("rev_2", NOW + timedelta(microseconds=1))})

    found = await store.last_seen(["a", "b", "c"])

    assert found == {"a": Seen("rev_2", NOW + timedelta(microseconds=1)), "b": Seen("rev_1", NOW)}


async def test_thousands_of_ids_are_asked_for_at_once(store: IngestStore) -> None:
    """SQLite's limit of parameters in one statement is not ours."""
    await store.mark_seen({f"id-{n}": Seen("rev", NOW) for n in range(2_500)})

    assert len(await store.last_seen([f"id-{n}" for n in range(3_000)])) == 2_500


async def test_what_is_remembered_survives_a_restart(tmp_path: Path) -> None:
    """A new process goes on where the last one ended."""
    state = FeedState(id="f", url="https://a.example/rss", next_poll_at=NOW, etag='"x"', failures=2, last_error="timeout", full_at=NOW)
    first = await IngestStore.open(tmp_path / "ingest.db", busy_timeout_ms=100)
    await first.mark_seen({"a": Seen("rev_1", NOW)})
    await first.save_feed_state(FeedState(id="f", url="https://old.example/rss", next_poll_at=NOW, success_at=NOW))
    await first.save_feed_state(state)
    await first.close()

    second = await IngestStore.open(tmp_path / "ingest.db", busy_timeout_ms=100)
    found = await second.last_seen(["a"]), await second.feed_states()
    await second.close()

    assert found == ({"a": Seen("rev_1", NOW)}, {"f": state})


async def test_a_file_of_a_newer_version_is_left_alone(tmp_path: Path) -> None:
    """An older Musafaha must not write into what it does not understand."""
    path = tmp_path / "ingest.db"
    with sqlite3.connect(path) as connection:
        connection.execute("PRAGMA user_version = 99")
    connection.close()

    with pytest.raises(ConfigError, match="newer Musafaha"):
        await IngestStore.open(path, busy_timeout_ms=100)
