"""A delivery worker as a process of its own, for tests that kill it: `python deliver_process.py STORE_URL`."""

from __future__ import annotations

import asyncio
import sys

from services.alert.deliver import run_deliveries
from services.runtime.settings import AlertSettings, Settings
from services.runtime.store import open_engine

SETTINGS = Settings(alert=AlertSettings(allow_loopback_targets=True, delivery_timeout_s=30.0, lease_s=2.0, retry_delays_s=(0.1,)))
"""The lease is short, so that a test need not wait long for the one of a killed process to run out."""


async def main(url: str) -> None:
    """Deliver until killed."""
    await run_deliveries(open_engine(url, busy_timeout_ms=2_000), SETTINGS, wake=asyncio.Event())


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1]))
