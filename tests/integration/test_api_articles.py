"""What became of an article, as the API tells it."""

from __future__ import annotations

import json
from urllib.parse import quote

import httpx
import pytest
from sqlalchemy import insert
from sqlalchemy.ext.asyncio import AsyncEngine

from services.alert.tables import articles, reports
from services.alert.web.app import create_app
from services.runtime.settings import Settings
from services.runtime.store import write_transaction
from tests.unit.alert_delivery.receiver import notify


@pytest.mark.parametrize("id", ["art_1", "https://desk.example/news/1?a=b", "مقال/١"])
async def test_an_applied_article_is_shown_with_its_links(engine: AsyncEngine, id: str) -> None:
    """Whoever handed an article in can see, under the id that its outlet gave it, that it was applied and why it was linked."""
    await notify(engine, "n1", [])
    row = {"id": id, "revision": "rev_1", "accepted_at": 1_000_000, "extractor_version": "1", "lexicon": "l", "partition": 0, "offset": 0}
    reason = {"rule": "founded", "key": "k"}
    async with write_transaction(engine) as connection:
        await connection.execute(insert(articles).values(**row, document=json.dumps({"id": id, "title": "مصافحة"})))
        link = {
            "event_id": "evt_1",
            "article_id": id,
            "development_id": "dev_n1",
            "reason": json.dumps(reason),
            "ambiguous": 0,
            "event": "{}",
        }
        await connection.execute(insert(reports).values(link))
    app = create_app(engine, Settings())
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://localhost") as client:
        answer = await client.get(f"/v1/articles/{quote(id, safe='')}")
        other = await client.get("/v1/articles/art_2")

    shown = answer.json()
    assert (shown["article"]["id"], shown["revision"], shown["accepted_at"]) == (id, "rev_1", "1970-01-01T00:00:01Z")
    assert shown["reports"] == [{"event": "evt_1", "development": "dev_n1", "reason": reason, "ambiguous": False}]
    assert (other.status_code, other.json()["error"]["code"]) == (404, "not_found")
