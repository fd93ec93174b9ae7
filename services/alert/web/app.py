"""The API: subscriptions, what was delivered to them, and what became of an article. `musafaha run api`."""

from __future__ import annotations

import asyncio
import logging
from importlib.metadata import version
from typing import Annotated, Any, Final

from fastapi import APIRouter, FastAPI, Query, Response, Security
from fastapi.security import HTTPBearer
from pydantic import BaseModel
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from schemas.subscription import Delivery, Subscription, SubscriptionRequest
from services.alert import subscriptions
from services.alert.guard import Guard
from services.alert.schema import check_schema
from services.alert.sign import new_secret
from services.alert.subscriptions import MAX_PAGE
from services.alert.web.articles import articles_router
from services.alert.web.errors import add_error_handlers
from services.alert.web.protect import LimitBody
from services.runtime import metrics
from services.runtime.clock import Clock, utc_now
from services.runtime.errors import StoreUnavailable
from services.runtime.health import Health, ops_router
from services.runtime.logs import configure_logging
from services.runtime.problems import ErrorBody
from services.runtime.serve import listening, serve
from services.runtime.settings import Settings
from services.runtime.store import open_engine, read_transaction
from services.runtime.web import protect

log = logging.getLogger(__name__)

DRAIN_S: Final = 10

_ERRORS: Final[dict[int | str, dict[str, Any]]] = {
    status: {"model": ErrorBody, "description": description}
    for status, description in (
        (401, "The API key is missing or wrong."),
        (421, "The port serves its own machine, and the Host header names another."),
        (422, "The request is not valid, or its target is not allowed."),
        (503, "The store is away; repeat the request."),
    )
}
_UNKNOWN: Final[dict[int | str, dict[str, Any]]] = {404: {"model": ErrorBody, "description": "There is no such thing."}}


class SubscriptionList(BaseModel):
    """A page of subscriptions, by id. `next` is the `cursor` of the next page."""

    subscriptions: list[Subscription]
    next: str | None


class DeliveryList(BaseModel):
    """A page of deliveries, newest first. `next` is the `cursor` of the next page."""

    deliveries: list[Delivery]
    next: str | None


Limit = Annotated[int, Query(ge=1, le=MAX_PAGE, description="Items on a page, at most.")]
Cursor = Annotated[str | None, Query(max_length=100, description="`next` of the page before.")]


def main(settings: Settings) -> int:
    """Serve until SIGTERM or SIGINT; the exit code. Raises errors of ours when it can't start."""
    configure_logging(settings.logs)
    metrics.describe_build(version("musafaha"))
    asyncio.run(_run(settings))
    return 0


async def _run(settings: Settings) -> None:
    store = settings.store
    await check_schema(store.url, busy_timeout_ms=store.busy_timeout_ms)
    with listening(settings.http.host, settings.api.port, setting="MUSAFAHA_API__PORT") as (listener, address):
        engine = open_engine(store.url, busy_timeout_ms=store.busy_timeout_ms)
        try:
            listener.listen()  # so that whoever reads the address is not refused
            log.info("api.listening", extra={"address": address})
            await serve(create_app(engine, settings), listener, drain_s=DRAIN_S)
        finally:
            await engine.dispose()
    log.info("api.stopped")


def create_app(engine: AsyncEngine, settings: Settings, *, clock: Clock = utc_now) -> FastAPI:
    """The application on an open, migrated store, which stays the caller's to close."""
    app = FastAPI(
        title="Musafaha API",
        version=version("musafaha"),
        docs_url=None,  # their pages would load scripts from elsewhere
        redoc_url=None,
        responses=_ERRORS,
        dependencies=[] if settings.http.api_key is None else [Security(HTTPBearer(auto_error=False, description="The API key."))],
    )
    add_error_handlers(app)
    app.include_router(ops_router(_health(engine)))
    app.include_router(_subscriptions_router(engine, settings, clock))
    app.include_router(articles_router(engine), responses=_UNKNOWN)
    app.add_middleware(LimitBody)
    protect(app, settings.http)
    return app


def _health(engine: AsyncEngine) -> Health:
    async def store_complaint() -> str | None:
        try:
            async with read_transaction(engine) as connection:
                await connection.execute(text("SELECT 1"))
        except StoreUnavailable as error:
            return str(error)
        return None

    health = Health()
    health.add_check("store", store_complaint)
    return health


def _subscriptions_router(engine: AsyncEngine, settings: Settings, clock: Clock) -> APIRouter:
    guard = Guard(settings.alert.allow_loopback_targets)
    router = APIRouter(prefix="/v1/subscriptions", tags=["subscriptions"])
    created: dict[int | str, dict[str, Any]] = {
        200: {"model": Subscription, "description": "The same request was granted before; the secret is not shown again."},
        409: {"model": ErrorBody, "description": "The id belongs to another subscription, or did to a deleted one."},
    }

    @router.post("", status_code=201, responses=created)
    async def create(request: SubscriptionRequest, response: Response) -> Subscription:
        """Subscribe. The answer shows the signing secret, this once; the same request again (with an `id`) changes nothing."""
        guard.target(request.url)
        done = await subscriptions.create(engine, request, secret=new_secret(), now=clock())
        if done.new:
            log.info("subscription.created", extra={"subscription": done.subscription.id})
        response.status_code = 201 if done.new else 200
        response.headers["Location"] = f"/v1/subscriptions/{done.subscription.id}"
        response.headers["Cache-Control"] = "no-store"
        return done.subscription

    @router.get("")
    async def list_subscriptions(limit: Limit = MAX_PAGE, cursor: Cursor = None, *, deleted: bool = False) -> SubscriptionList:
        """All subscriptions by id; deleted ones with `deleted=true`."""
        page = await subscriptions.list_all(engine, after=cursor, limit=limit, deleted=deleted)
        return SubscriptionList(subscriptions=list(page.items), next=page.next)

    @router.get("/{id}", responses=_UNKNOWN)
    async def get(id: str) -> Subscription:
        """One subscription, also a deleted one."""
        return await subscriptions.get(engine, id)

    @router.delete("/{id}", status_code=204, responses=_UNKNOWN)
    async def delete(id: str) -> None:
        """End a subscription: nothing more is sent to it. Its log stays, its id is not used again."""
        await subscriptions.delete(engine, id)
        log.info("subscription.deleted", extra={"subscription": id})

    @router.get("/{id}/deliveries", responses=_UNKNOWN)
    async def list_deliveries(id: str, limit: Limit = MAX_PAGE, cursor: Cursor = None) -> DeliveryList:
        """What was and will be sent to a subscription, newest first, with every attempt."""
        page = await subscriptions.deliveries_of(engine, id, cursor=cursor, limit=limit)
        return DeliveryList(deliveries=list(page.items), next=page.next)

    return router
