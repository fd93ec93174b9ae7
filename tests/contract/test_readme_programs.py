"""The programs in the README are run as they stand, against a real broker and with really signed requests."""

from __future__ import annotations

import asyncio
import json
import os
import shlex
import shutil
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest

from schemas.topics import NOTICES
from services.alert.schema import migrate
from services.alert.sign import signed_headers
from services.alert.web.app import create_app
from services.runtime.broker import RunningBroker
from services.runtime.broker.ports import free_port
from services.runtime.kafka import Producer, ensure_topics
from services.runtime.records import Message
from services.runtime.settings import KafkaSettings, Settings
from services.runtime.store import open_engine
from tests.contract.contracts import example
from tests.documents import README, blocks

NODE_CLIENT = "@platformatic/kafka@1.35.0"
WITHIN_S = 60.0
PROGRAMS = blocks(README.read_text(encoding="utf-8"))
SECRET = "whsec_" + "c2VjcmV0c2VjcmV0c2VjcmV0c2VjcmV0"


@asynccontextmanager
async def _running(*command: str | Path, cwd: Path, environment: Mapping[str, str]) -> AsyncIterator[asyncio.subprocess.Process]:
    process = await asyncio.create_subprocess_exec(
        *command, cwd=cwd, env={**os.environ, **environment}, stdin=asyncio.subprocess.DEVNULL, stdout=asyncio.subprocess.PIPE
    )
    try:
        yield process
    finally:
        if process.returncode is None:
            process.terminate()
        await process.communicate()


async def _line_with(process: asyncio.subprocess.Process, text: str) -> str:
    assert process.stdout is not None
    async with asyncio.timeout(WITHIN_S):
        async for line in process.stdout:
            if text in line.decode():
                return line.decode().strip()
    pytest.fail(f"the program ended with code {await process.wait()} without a line with {text!r}")


async def _publish(kafka: KafkaSettings, title: str) -> dict[str, Any]:
    notice: dict[str, Any] = example("notice.agreement.new_type")
    notice["data"]["title"] = title
    async with Producer(kafka) as producer:
        await producer.send(Message(topic=NOTICES.name, key=b"dev_1", value=json.dumps(notice, ensure_ascii=False).encode()))
    return notice


@pytest.fixture
async def kafka(broker: RunningBroker) -> KafkaSettings:
    """A broker with the topics of Musafaha."""
    settings = KafkaSettings(bootstrap_servers=broker.bootstrap_servers)
    await ensure_topics(settings)
    return settings


async def test_the_python_consumer_reads_notices(kafka: KafkaSettings, tmp_path: Path) -> None:
    """Fifteen lines are enough, and what was published before they started is read too."""
    (tmp_path / "consumer.py").write_text(PROGRAMS["python consumer"], encoding="utf-8")
    await _publish(kafka, "For a reader in Python")

    async with _running(sys.executable, "consumer.py", cwd=tmp_path, environment={"KAFKA": kafka.bootstrap_servers or ""}) as process:
        line = await _line_with(process, "For a reader in Python")

    assert line == "agreement.new_type For a reader in Python"


@pytest.mark.skipif(not (shutil.which("node") and shutil.which("npm")), reason="needs node and npm, which are no requirement of ours")
async def test_the_node_consumer_reads_notices(kafka: KafkaSettings, tmp_path: Path) -> None:
    """The topics are no matter of Python."""
    (tmp_path / "consumer.mjs").write_text(PROGRAMS["node consumer"], encoding="utf-8")
    (tmp_path / "package.json").write_text('{"private": true}', encoding="utf-8")
    async with _running(
        "npm", "install", "--no-audit", "--no-fund", "--ignore-scripts", NODE_CLIENT, cwd=tmp_path, environment={}
    ) as installation:
        output, _ = await installation.communicate()
    assert installation.returncode == 0, output.decode()
    await _publish(kafka, "For a reader in Node")

    async with _running("node", "consumer.mjs", cwd=tmp_path, environment={"KAFKA": kafka.bootstrap_servers or ""}) as process:
        line = await _line_with(process, "For a reader in Node")

    assert line == "agreement.new_type For a reader in Node"


async def test_the_subscription_of_the_readme_is_granted(tmp_path: Path) -> None:
    """The curl command, copied and pasted, subscribes and shows a secret."""
    words = shlex.split(PROGRAMS["subscribe"].replace("\\\n", " "))
    url = f"sqlite:///{tmp_path}/alert.db"
    await migrate(url, busy_timeout_ms=1_000)
    engine = open_engine(url, busy_timeout_ms=1_000)

    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(create_app(engine, Settings.model_construct())), base_url="http://localhost"
    ) as client:
        answer = await client.request(
            words[words.index("-X") + 1],
            words[words.index("-X") + 2].removeprefix("$API"),
            content=words[words.index("-d") + 1].encode(),
            headers=[tuple(words[words.index("-H") + 1].split(": "))],
        )
    await engine.dispose()

    assert (answer.status_code, answer.json()["kinds"], answer.json()["secret"][:6]) == (201, ["agreement.*", "visit.new"], "whsec_")


async def _post(client: httpx.AsyncClient, url: str, body: bytes, headers: dict[str, str]) -> int:
    async with asyncio.timeout(WITHIN_S):
        while True:
            try:
                return (await client.post(url, content=body, headers=headers)).status_code
            except httpx.ConnectError:  # it is still starting
                await asyncio.sleep(0.05)


async def test_the_receiver_takes_what_is_signed_and_refuses_what_was_changed_on_the_way(tmp_path: Path) -> None:
    """A subscriber who copies it is safe."""
    (tmp_path / "receiver.py").write_text(PROGRAMS["receiver"], encoding="utf-8")
    port = free_port()
    body = json.dumps(example("notice.visit.new"), ensure_ascii=False).encode()
    headers = signed_headers(SECRET, delivery_id="dlv_1", at=datetime.now(UTC), body=body.decode())

    async with (
        _running(sys.executable, "receiver.py", cwd=tmp_path, environment={"SECRET": SECRET, "PORT": str(port)}) as process,
        httpx.AsyncClient(trust_env=False) as client,
    ):
        url = f"http://127.0.0.1:{port}/"
        answers = [
            await _post(client, url, body, headers),
            await _post(client, url, body.replace(b"Manama", b"Muscat"), headers),
            await _post(client, url, body, {**headers, "webhook-id": "dlv_2"}),
            await _post(client, url, body, {}),
        ]
        line = await _line_with(process, "dlv_1")

    assert answers == [204, 400, 400, 400]
    assert line == f"dlv_1 visit.new {example('notice.visit.new')['data']['title']}"
