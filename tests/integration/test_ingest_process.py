"""Ingest and `musafaha publish` as processes on a real broker."""

from __future__ import annotations

import asyncio
import json
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from queue import SimpleQueue
from threading import Thread
from uuid import uuid4

import aiohttp
import httpx
import pytest
from aiokafka import AIOKafkaConsumer, TopicPartition

from schemas.article import Article
from schemas.cloudevents import read_headers
from schemas.topics import ARTICLES
from services.runtime.broker import RunningBroker
from tests.fixtures.broker import FreshBroker
from tests.processes import clean_environment

KEY = "0123456789abcdef0123"
KILL_POINT = """
import asyncio, os, signal, sys
from services.ingest import publish
from services.ingest.command import publish as command
from services.runtime.kafka import Producer

class DiesAfterConfirmation(Producer):
    async def send(self, message):
        await super().send(message)
        os.kill(os.getpid(), signal.SIGKILL)

publish.Producer = DiesAfterConfirmation
command(sys.argv[1:])
"""


@dataclass(frozen=True, slots=True)
class Setup:
    """The environment of processes that share one store and one broker."""

    environment: Mapping[str, str]

    def command(self, *arguments: str, stdin: str = "") -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "services", *arguments]
        return subprocess.run(command, env=self.environment, input=stdin, capture_output=True, text=True, timeout=120, check=False)


@dataclass(frozen=True, slots=True)
class Ingest:
    """A running ingest process."""

    process: subprocess.Popen[str]
    address: str

    def post(self, articles: object, **headers: str) -> httpx.Response:
        return httpx.post(f"{self.address}/v1/articles", json=articles, headers=headers, timeout=60, trust_env=False)


@contextmanager
def running(setup: Setup, **more: str) -> Iterator[Ingest]:
    environment = {**setup.environment, "MUSAFAHA_INGEST__PORT": "0", **more}
    command = [sys.executable, "-m", "services", "run", "ingest"]
    with subprocess.Popen(command, env=environment, stderr=subprocess.PIPE, text=True) as process:
        lines: SimpleQueue[str | None] = SimpleQueue()
        reader = Thread(target=_drain, args=(process, lines))
        reader.start()
        try:
            yield Ingest(process, _address(lines))
        finally:
            if process.poll() is None:
                process.kill()
            reader.join()


def _drain(process: subprocess.Popen[str], lines: SimpleQueue[str | None]) -> None:
    """Read to the end: a process whose log nobody reads stands still when the pipe is full."""
    assert process.stderr is not None
    for line in process.stderr:
        lines.put(line)
    lines.put(None)


def _address(lines: SimpleQueue[str | None]) -> str:
    said: list[str] = []
    while (line := lines.get(timeout=60)) is not None:
        said.append(line)
        if '"ingest.listening"' in line:
            return str(json.loads(line)["address"])
    pytest.fail(f"ingest did not start: {''.join(said)}")


@pytest.fixture
def setup(tmp_path: Path, broker: RunningBroker) -> Setup:
    return setup_of(tmp_path, broker.bootstrap_servers)


def setup_of(folder: Path, bootstrap_servers: str, **more: str) -> Setup:
    settings = {"MUSAFAHA_KAFKA__BOOTSTRAP_SERVERS": bootstrap_servers, "MUSAFAHA_INGEST__STORE": str(folder / "ingest.db")}
    return Setup(clean_environment(**settings, **more))


@pytest.fixture
def name() -> str:
    """An article id that no other test uses: the topic is shared."""
    return f"test-{uuid4().hex}"


async def on_the_topic(bootstrap_servers: str, *ids: str) -> list[Article]:
    """The articles with these ids on the topic, in its order; the headers of each are checked against it."""
    consumer = AIOKafkaConsumer(bootstrap_servers=bootstrap_servers, auto_offset_reset="earliest")
    await consumer.start()
    try:
        partitions = [TopicPartition(ARTICLES.name, number) for number in range(ARTICLES.partitions)]
        consumer.assign(partitions)
        ends = await consumer.end_offsets(partitions)
        await consumer.seek_to_beginning(*partitions)
        found = []
        while any([await consumer.position(partition) < ends[partition] for partition in partitions]):
            for records in (await consumer.getmany(*partitions, timeout_ms=1_000)).values():
                found += [record for record in records if record.key is not None and record.key.decode() in ids]
    finally:
        await consumer.stop()
    articles = []
    for record in found:
        article = Article.model_validate_json(record.value)
        envelope = read_headers(record.headers)
        assert envelope is not None
        assert (envelope.subject, envelope.time) == (article.id, article.accepted_at)
        articles.append(article)
    return articles


async def test_a_pushed_article_is_on_the_topic_when_the_answer_comes(setup: Setup, broker: RunningBroker, name: str) -> None:
    """202 means that Kafka has it."""
    with running(setup) as ingest:
        response = ingest.post({"id": name, "title": "A title", "text": "Two ministers met."})

        found = await on_the_topic(broker.bootstrap_servers, name)

    assert (response.status_code, [article.text for article in found]) == (202, ["A title\nTwo ministers met."])


async def test_sigterm_ends_with_exit_code_0_and_a_restart_knows_what_was_seen(setup: Setup, broker: RunningBroker, name: str) -> None:
    """A roll-out loses nothing and repeats nothing."""
    with running(setup) as ingest:
        ingest.post({"id": name, "text": "A."})
        ingest.process.send_signal(signal.SIGTERM)
        assert ingest.process.wait(30) == 0
    with running(setup) as ingest:
        outcomes = [ingest.post({"id": name, "text": text}).json()["results"][0]["outcome"] for text in ("A.", "B.", "A.")]
    found = await on_the_topic(broker.bootstrap_servers, name)

    assert outcomes == ["duplicate", "accepted", "accepted"]
    assert [article.text for article in found] == ["A.", "B.", "A."]


async def test_a_thousand_posts_at_once_of_one_article_keep_their_stamps_increasing(setup: Setup, broker: RunningBroker, name: str) -> None:
    """The order on the topic is the order of the stamps."""
    with running(setup) as ingest:
        async with aiohttp.ClientSession(ingest.address) as http:

            async def post(n: int) -> int:
                async with http.post("/v1/articles", json={"id": name, "text": f"Text {n}."}) as response:
                    return response.status

            statuses = set(await asyncio.gather(*(post(n) for n in range(1_000))))
    stamps = [article.accepted_at for article in await on_the_topic(broker.bootstrap_servers, name) if article.accepted_at]

    assert (statuses, len(stamps)) == ({202}, 1_000)
    assert all(earlier < later for earlier, later in pairwise(stamps))


def test_a_body_of_ten_megabytes_is_answered_413_to_its_sender(setup: Setup) -> None:
    """The sender reads a sentence instead of a broken connection, and ingest lives on."""
    with running(setup) as ingest:
        response = ingest.post({"text": "a" * 10_000_000})
        after = ingest.post([])

    assert (response.status_code, "8,000,000 are allowed" in response.json()["error"]["message"], after.status_code) == (413, True, 202)


@pytest.mark.parametrize(
    ("path", "said"), [("/livez", '"ok":true'), ("/readyz", '"store":"ok"'), ("/metrics", "musafaha_articles_accepted_total")]
)
def test_health_and_metrics_answer(setup: Setup, path: str, said: str) -> None:
    """Whoever watches the process can see how it is."""
    with running(setup) as ingest:
        answer = httpx.get(ingest.address + path, trust_env=False)

    assert (answer.status_code, said in answer.text) == (200, True), answer.text


def test_a_second_ingest_on_the_same_store_does_not_start(setup: Setup) -> None:
    """Two would each forget what the other has seen."""
    with running(setup) as ingest:
        second = setup.command("run", "ingest")

    assert (second.returncode, f"in use by process {ingest.process.pid}" in second.stderr) == (1, True), second.stderr


async def test_publish_without_ingest_goes_straight_to_the_topic(setup: Setup, broker: RunningBroker, name: str, tmp_path: Path) -> None:
    """A file can be published with nothing running but Kafka."""
    lines = tmp_path / "articles.jsonl"
    lines.write_text(f'{{"id": "{name}", "text": "One."}}\n{{"id": "{name}-b", "text": ""}}\nno json\n')
    text = tmp_path / f"{name}-c.txt"
    text.write_text("Two ministers met.")

    first = setup.command("publish", str(lines), str(text), "--published-at", "2021-11-24T12:00:00+00:00", "--language", "en")
    again = setup.command("publish", str(text), "--published-at", "2021-11-24T12:00:00Z", "--language", "en")
    found = await on_the_topic(broker.bootstrap_servers, name, f"{name}-c")

    assert (first.returncode, first.stdout) == (1, "accepted 2, duplicates 0, refused 2\n"), first.stderr
    assert f"{lines}:2: refused (empty_text)" in first.stderr
    assert f"{lines}:3: refused (bad_json)" in first.stderr
    assert (again.returncode, again.stdout) == (0, "accepted 0, duplicates 1, refused 0\n"), again.stderr
    assert sorted((article.id, article.language) for article in found) == [(name, None), (f"{name}-c", "en")]


def test_publish_goes_through_the_ingest_that_runs(setup: Setup, name: str) -> None:
    """One memory of what was seen, whichever way an article comes; with the key that both were given."""
    line = json.dumps({"id": name, "text": "وقّع الوزيران مذكرة."}, ensure_ascii=False) + "\n"
    guarded = Setup({**setup.environment, "MUSAFAHA_HTTP__API_KEY": KEY})
    with running(guarded) as ingest:
        pushed = ingest.post({"id": name, "text": "وقّع الوزيران مذكرة."}, Authorization=f"Bearer {KEY}")
        stranger = ingest.post([])
        published = guarded.command("publish", "-", stdin=line)
        without_key = setup.command("publish", "-", stdin=line)

    assert (pushed.status_code, stranger.status_code) == (202, 401)
    assert (published.returncode, published.stdout) == (0, "accepted 0, duplicates 1, refused 0\n"), published.stderr
    assert (without_key.returncode, "MUSAFAHA_HTTP__API_KEY" in without_key.stderr) == (1, True), without_key.stderr


def test_publish_of_many_articles_goes_in_requests_that_ingest_takes(setup: Setup, name: str) -> None:
    """However small the other side's limit is."""
    lines = "".join(json.dumps({"id": f"{name}-{n}", "text": f"Text {n}. " * 20}) + "\n" for n in range(500))
    with running(setup, MUSAFAHA_INGEST__MAX_BODY_BYTES="5000"):
        published = setup.command("publish", "-", stdin=lines + json.dumps({"text": "a" * 6_000}) + "\n")

    assert (published.returncode, published.stdout) == (1, "accepted 500, duplicates 0, refused 1\n"), published.stderr
    assert "standard input:501: refused (too_large)" in published.stderr


async def test_killed_between_confirmation_and_memory_the_article_comes_again(setup: Setup, broker: RunningBroker, name: str) -> None:
    """A crash at the worst moment repeats an article, with a later stamp, and never loses one."""
    line = json.dumps({"id": name, "text": "One."}) + "\n"
    command = [sys.executable, "-c", KILL_POINT, "-"]

    killed = subprocess.run(command, env=setup.environment, input=line, capture_output=True, text=True, timeout=120, check=False)
    after = [setup.command("publish", "-", stdin=line).stdout for _ in range(2)]
    found = await on_the_topic(broker.bootstrap_servers, name)

    assert killed.returncode == -signal.SIGKILL, killed.stderr
    assert after == ["accepted 1, duplicates 0, refused 0\n", "accepted 0, duplicates 1, refused 0\n"]
    assert len({article.revision for article in found}) == 1
    assert [article.accepted_at for article in found] == sorted({article.accepted_at for article in found if article.accepted_at})
    assert len(found) == 2


def test_publish_without_kafka_says_which_setting_is_missing(setup: Setup) -> None:
    """Exit code 2 is a matter of settings."""
    nowhere = Setup({name: value for name, value in setup.environment.items() if "KAFKA" not in name})
    done = nowhere.command("publish", "-", stdin='{"text": "One."}\n')

    assert (done.returncode, "MUSAFAHA_KAFKA__BOOTSTRAP_SERVERS" in done.stderr) == (2, True)


async def test_while_the_broker_is_away_nothing_is_accepted_and_afterwards_everything(
    fresh_broker: FreshBroker, tmp_path: Path, name: str
) -> None:
    """The sender keeps an article until it is confirmed, and ingest needs no restart."""
    setup = setup_of(tmp_path, fresh_broker.bootstrap_servers)
    with running(setup) as ingest:
        before = ingest.post({"id": f"{name}-a", "text": "One."})
        fresh_broker.kill()
        away = ingest.post({"id": f"{name}-b", "text": "Two."})
        fresh_broker.start()
        statuses = []
        async with asyncio.timeout(90):
            while 202 not in statuses:
                statuses.append((await asyncio.to_thread(ingest.post, {"id": f"{name}-b", "text": "Two."})).status_code)
    found = {article.id for article in await on_the_topic(fresh_broker.bootstrap_servers, f"{name}-a", f"{name}-b")}

    assert (before.status_code, away.status_code, away.headers["retry-after"]) == (202, 503, "5")
    assert found == {f"{name}-a", f"{name}-b"}
