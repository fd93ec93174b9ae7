"""From article published to webhook received, through every process of the line, at a steady rate."""

from __future__ import annotations

import asyncio
import statistics
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import httpx

from services.local.line import running_line
from services.local.receiver import Receiver
from services.runtime.settings import load_settings
from tests.generated import signature, weather

RATE = 100
"""Articles a second."""
EVERY = 4
"""One article in so many tells an agreement; the others concern nobody we watch."""
SETTLE_S = 10.0


class TimedReceiver(Receiver):
    """Notes when the webhook about an article came first."""

    def __init__(self) -> None:
        super().__init__()
        self.came: dict[str, float] = {}

    def _check(self, body: bytes, headers: dict[str, str]) -> Any:
        now = time.perf_counter()
        received = super()._check(body, headers)
        if received.notice is not None:
            for article in received.notice["data"]["articles"]:
                self.came.setdefault(article["id"], now)
        return received


async def measure_latency(*, seconds: int) -> None:
    """Print p50, p99 and the worst of the times in milliseconds, and how many webhooks they were taken from."""
    with tempfile.TemporaryDirectory(prefix="musafaha-bench-", ignore_cleanup_errors=True) as folder:
        overrides = {"MUSAFAHA_ALERT__ALLOW_LOOPBACK_TARGETS": "true", "MUSAFAHA_LOGS__LEVEL": "WARNING"}
        receiver = TimedReceiver()
        async with (
            receiver,
            running_line(Path(folder), load_settings(), overrides=overrides, tell=lambda _: None) as line,
            httpx.AsyncClient(trust_env=False, timeout=30, limits=httpx.Limits(max_connections=32)) as client,
        ):
            answer = await client.post(f"{line.addresses.api}/v1/subscriptions", json={"url": receiver.url})
            receiver.secret = answer.json()["secret"]
            sent = await _publish(client, line.addresses.ingest, seconds=seconds)
            wanted = [name for name in sent if name.startswith("generated-")]
            deadline = time.monotonic() + SETTLE_S
            while time.monotonic() < deadline and not all(name in receiver.came for name in wanted):
                await asyncio.sleep(0.1)
    times = sorted((receiver.came[name] - sent[name]) * 1_000 for name in wanted if name in receiver.came)
    if not times:
        raise SystemExit("no webhook came")
    p50, p99 = statistics.median(times), times[min(len(times) - 1, int(len(times) * 0.99))]
    print(
        f"latency   {RATE} articles a second for {seconds} s: {len(times)} webhooks of {len(wanted)} agreements; "
        f"p50 {p50:.0f} ms, p99 {p99:.0f} ms, worst {times[-1]:.0f} ms (goal: p50 60, p99 300)",
        flush=True,
    )


async def _publish(client: httpx.AsyncClient, ingest: str, *, seconds: int) -> dict[str, float]:
    """Post articles one by one at `RATE`; when each was handed in."""
    sent: dict[str, float] = {}
    # Warm-up: first connections, first rebalance, first imports are no part of a steady rate.
    await asyncio.gather(*(_post(client, ingest, weather(1_000_000 + n), {}) for n in range(20)))
    posts = []
    began = time.perf_counter()
    for n in range(RATE * seconds):
        await asyncio.sleep(max(0.0, began + n / RATE - time.perf_counter()))
        article = signature(n // EVERY) if n % EVERY == 0 else weather(n)
        posts.append(asyncio.create_task(_post(client, ingest, article, sent)))
    await asyncio.gather(*posts)
    return sent


async def _post(client: httpx.AsyncClient, ingest: str, article: Mapping[str, Any], sent: dict[str, float]) -> None:
    sent[article["id"]] = time.perf_counter()
    answer = await client.post(f"{ingest}/v1/articles", json=dict(article))
    answer.raise_for_status()
