"""The API as the process that operators run."""

from __future__ import annotations

import asyncio
import json
import signal
import sys

import httpx
import pytest

from tests.processes import ROOT, clean_environment


async def start(**variables: str) -> asyncio.subprocess.Process:
    return await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "services", "run", "api"), cwd=ROOT, env=clean_environment(**variables), stderr=asyncio.subprocess.PIPE
    )


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
async def test_the_api_says_where_it_listens_answers_and_stops_with_exit_code_0(store_url: str, number: signal.Signals) -> None:
    """A supervisor can find it, use it and stop it."""
    process = await start(MUSAFAHA_STORE__URL=store_url, MUSAFAHA_API__PORT="0")
    assert process.stderr is not None
    try:
        async with asyncio.timeout(30):
            while (line := json.loads(await process.stderr.readline()))["event"] != "api.listening":
                pass
            async with httpx.AsyncClient(base_url=line["address"], trust_env=False) as client:
                created = await client.post("/v1/subscriptions", json={"url": "https://hooks.example.org/"})
                ready = await client.get("/readyz")
                metrics = await client.get("/metrics")
            process.send_signal(number)
            code = await process.wait()
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()

    assert (created.status_code, ready.status_code, metrics.status_code) == (201, 200, 200)
    assert "musafaha_build_info" in metrics.text
    assert code == 0


async def test_the_api_refuses_a_store_without_tables_and_says_what_to_do(empty_store_url: str) -> None:
    """An operator reads one line instead of a traceback."""
    process = await start(MUSAFAHA_STORE__URL=empty_store_url, MUSAFAHA_API__PORT="0")
    async with asyncio.timeout(30):
        _, said = await process.communicate()

    assert process.returncode == 2
    assert "musafaha db migrate" in said.decode()
    assert "Traceback" not in said.decode()
