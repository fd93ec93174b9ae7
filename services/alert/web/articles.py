"""`GET /v1/articles/{id}`: what became of an article, so that who handed it in can see that and how it was linked."""

from __future__ import annotations

import json
from typing import Any

from fastapi import APIRouter
from pydantic import BaseModel
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncEngine
from starlette.exceptions import HTTPException

from schemas.article import ArticleRef
from schemas.base import Instant
from services.alert.tables import articles, reports
from services.runtime.clock import from_micros
from services.runtime.store import read_transaction


class LinkedEvent(BaseModel):
    """An event of the article and the development that it reports; `reason` says why, an `ambiguous` link never alerts."""

    event: str
    development: str
    reason: dict[str, Any]
    ambiguous: bool


class AppliedArticle(BaseModel):
    """The article as alert applied it last. An article that tells nothing of the watched states has no reports."""

    article: ArticleRef
    revision: str
    accepted_at: Instant
    reports: list[LinkedEvent]


def articles_router(engine: AsyncEngine) -> APIRouter:
    """The routes of articles."""
    router = APIRouter(prefix="/v1/articles", tags=["articles"])

    # An article's id may be anything that an outlet calls it, slashes included.
    @router.get("/{id:path}")
    async def get(id: str) -> AppliedArticle:
        """What became of an article; 404 until alert has applied it."""
        found = None if "\0" in id else await _applied(engine, id)
        if found is None:
            raise HTTPException(404, "no article with this id was applied so far")
        return found

    return router


async def _applied(engine: AsyncEngine, id: str) -> AppliedArticle | None:
    async with read_transaction(engine) as connection:
        row = (await connection.execute(select(articles).where(articles.c.id == id))).one_or_none()
        links = (await connection.execute(select(reports).where(reports.c.article_id == id).order_by(reports.c.event_id))).all()
    if row is None:
        return None
    return AppliedArticle(
        article=ArticleRef.model_validate_json(row.document),
        revision=row.revision,
        accepted_at=from_micros(row.accepted_at),
        reports=[
            LinkedEvent(
                event=link.event_id, development=link.development_id, reason=json.loads(link.reason), ambiguous=bool(link.ambiguous)
            )
            for link in links
        ],
    )
