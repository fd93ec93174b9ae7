"""Feeds polled by the ingest process, from a server on loopback to a real topic."""

from __future__ import annotations

import asyncio
import sqlite3
from pathlib import Path
from uuid import uuid4

from services.runtime.broker import RunningBroker
from tests.integration.test_ingest_process import on_the_topic, running, setup_of
from tests.processes import until
from tests.unit.ingest.misbehaving import plain, serving


def feed_of(*articles: tuple[str, str]) -> bytes:
    """An RSS feed of these (guid, text) without links, so that their ids depend on the guids."""
    items = "".join(
        f"<item><title>A title</title><guid isPermaLink='false'>{guid}</guid><description>{text}</description></item>"
        for guid, text in articles
    )
    return f'<rss version="2.0"><channel><title>x</title>{items}</channel></rss>'.encode()


async def test_what_is_known_of_a_feed_survives_a_restart(tmp_path: Path, broker: RunningBroker) -> None:
    """The next process asks only for what is new; a feed that misbehaves beside it disturbs nothing."""
    guid = uuid4().hex
    conditions: list[str | None] = []

    async def answer(request: dict[str, str], writer: asyncio.StreamWriter) -> None:
        conditions.append(request.get("if-none-match"))
        await plain(feed_of((f"{guid}-1", "Two ministers met."), (f"{guid}-2", "")), 'ETag: "v1"')(request, writer)

    feeds, store = tmp_path / "feeds.toml", tmp_path / "ingest.db"
    setup = setup_of(tmp_path, broker.bootstrap_servers, MUSAFAHA_INGEST__FEEDS=str(feeds), MUSAFAHA_INGEST__ALLOW_PRIVATE_FEEDS="true")
    async with serving(answer) as good, serving(plain(b"<html>", status="500 Oops")) as bad:
        feeds.write_text(f'[[feed]]\nid = "good"\nurl = "{good}/rss"\n[[feed]]\nid = "bad"\nurl = "{bad}/rss"\n')
        with running(setup) as ingest:
            await until(lambda: len(_states(store)) == 2, "the states of both feeds")
            ingest.process.terminate()
            assert await asyncio.to_thread(ingest.process.wait, 30) == 0
        known = _states(store)
        _make_due(store)
        with running(setup):
            await until(lambda: len(conditions) == 2, "a second request")

    assert {id: (etag, failures) for id, etag, failures in known} == {"good": ('"v1"', 0), "bad": (None, 1)}
    assert conditions == [None, '"v1"']
    assert sorted(await _texts(broker, tmp_path)) == ["A title", "A title\nTwo ministers met."]


async def test_a_feed_on_an_inner_address_is_not_asked_unless_allowed(tmp_path: Path, broker: RunningBroker) -> None:
    """Without the switch a list of feeds is no way into the own network."""
    feeds = tmp_path / "feeds.toml"
    setup = setup_of(tmp_path, broker.bootstrap_servers)
    asked: list[str] = []

    async def note(request: dict[str, str], writer: asyncio.StreamWriter) -> None:
        asked.append(request[""])

    async with serving(note) as address:
        feeds.write_text(f'[[feed]]\nid = "inner"\nurl = "{address}/rss"\n')
        with running(setup, MUSAFAHA_INGEST__FEEDS=str(feeds)):
            await until(lambda: _states(tmp_path / "ingest.db"), "the state of the feed")

    assert ([(id, failures) for id, _, failures in _states(tmp_path / "ingest.db")], asked) == ([("inner", 1)], [])


def test_a_slip_in_the_list_of_feeds_stops_the_start(tmp_path: Path, broker: RunningBroker) -> None:
    """The operator sees it at once, not when news is missed."""
    feeds = tmp_path / "feeds.toml"
    feeds.write_text('[[feed]]\nid = "a"\nurl = "https://a.example/"\nintervall_s = 5\n')
    setup = setup_of(tmp_path, broker.bootstrap_servers, MUSAFAHA_INGEST__FEEDS=str(feeds))

    done = setup.command("run", "ingest")

    assert (done.returncode, "feed 1, intervall_s" in done.stderr) == (2, True), done.stderr


def _make_due(store: Path) -> None:
    connection = sqlite3.connect(store)
    connection.execute("UPDATE feeds SET next_poll_at = 0")
    connection.commit()
    connection.close()


def _states(store: Path) -> list[tuple[str, str | None, int]]:
    if not store.exists():
        return []
    connection = sqlite3.connect(f"file:{store}?mode=ro", uri=True)
    try:
        return connection.execute("SELECT id, etag, failures FROM feeds").fetchall()
    except sqlite3.OperationalError:
        return []  # not made yet
    finally:
        connection.close()


async def _texts(broker: RunningBroker, folder: Path) -> list[str]:
    connection = sqlite3.connect(folder / "ingest.db")
    ids = [id for (id,) in connection.execute("SELECT id FROM articles_seen")]
    connection.close()
    return [article.text for article in await on_the_topic(broker.bootstrap_servers, *ids)]
