"""`make chaos`: the same articles twice, once in peace and once under kill -9; both must tell the world exactly the same.

The set compared is (notice id, kind, subscription, webhook-id). Articles of one pair of states are fed one after another, each once
the one before is linked; pairs go side by side. Every kill is logged with its time; the same seed makes the same kills.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import os
import random
import signal
import sys
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import httpx

from services.local.demo import publish, until_linked
from services.local.expected import OWN, load_samples
from services.local.line import SERVICES, Line, running_line
from services.local.receiver import Receiver
from services.runtime.broker.process import broker_status
from services.runtime.settings import BrokerSettings, Settings, load_settings
from tests.generated import pair_of, signature

SUBSCRIPTIONS: Mapping[str, Mapping[str, Any]] = {
    "chaos-all": {"kinds": ["*"]},
    "chaos-agreements": {"kinds": ["agreement.*", "retracted"]},
    "chaos-bahrain": {"kinds": ["*"], "filter": {"parties": ["BHR"]}},
}
ROLES = (*SERVICES, "kafka")
QUIET_S = 5.0
FINISHED_WITHIN_S = 300.0
# A killed worker's partitions come back after the session timeout, so the shortest that Kafka allows keeps the run short.
# Receivers live; the first retry may be quick.
OVERRIDES = {
    "MUSAFAHA_ALERT__ALLOW_LOOPBACK_TARGETS": "true",
    "MUSAFAHA_ALERT__RETRY_DELAYS_S": "[1, 1, 2, 2, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5]",
    "MUSAFAHA_RUNNER__SESSION_TIMEOUT_S": "6",
}

Told = set[tuple[str, str, str, str]]


def chains(articles: int) -> list[list[Mapping[str, Any]]]:
    """The demo's articles and `articles` generated ones, in chains of those that could share or be compared with a development."""
    samples = load_samples(OWN)
    by_pair: dict[str, list[Mapping[str, Any]]] = defaultdict(list)
    for n in range(articles):
        by_pair[pair_of(n)].append(signature(n, chars=600))
    # The demo's chains concern pairs that generated articles concern too, so they stand before them in one chain.
    first = [samples.articles[name] for chain in samples.chains for name in chain]
    shared = [*first, *(article for pair in ("ARE", "BHR") for article in by_pair.pop(pair, []))]
    return [shared, *by_pair.values()]


async def feed(client: httpx.AsyncClient, line: Line, chain: Sequence[Mapping[str, Any]], counted: Callable[[], None]) -> None:
    """Hand a chain in, each article once the one before is linked; repeats through every outage."""
    for article in chain:
        await publish(client, line.addresses.ingest, article)
        await until_linked(client, line.addresses.api, article["id"], within_s=FINISHED_WITHIN_S)
        counted()


async def subscribe(client: httpx.AsyncClient, line: Line, receivers: Mapping[str, Receiver]) -> None:
    """Make the subscriptions, under fixed ids."""
    for name, wanted in SUBSCRIPTIONS.items():
        answer = await client.post(f"{line.addresses.api}/v1/subscriptions", json={"id": name, "url": receivers[name].url, **wanted})
        answer.raise_for_status()
        receivers[name].secret = answer.json()["secret"]


def told(receivers: Mapping[str, Receiver]) -> Told:
    """What the world was told: the verified webhooks, each once."""
    return {
        (received.notice["data"]["id"], received.notice["type"], name, received.webhook_id)
        for name, receiver in receivers.items()
        for received in receiver.seen
        if received.notice is not None
    }


async def until_quiet(client: httpx.AsyncClient, line: Line, receivers: Mapping[str, Receiver]) -> None:
    """Until no delivery is pending and nothing has come for a while."""
    deadline, calm_since, count = time.monotonic() + FINISHED_WITHIN_S, time.monotonic(), -1
    while time.monotonic() < deadline:
        await asyncio.sleep(0.2)
        seen = sum(len(receiver.seen) for receiver in receivers.values())
        if seen != count or await pending(client, line):
            count, calm_since = seen, time.monotonic()
        elif time.monotonic() - calm_since > QUIET_S:
            return
    raise SystemExit(f"the line did not go quiet within {FINISHED_WITHIN_S:g} s")


async def pending(client: httpx.AsyncClient, line: Line) -> bool:
    """Whether any subscription still waits for a delivery."""
    with contextlib.suppress(httpx.HTTPError, KeyError, ValueError):
        for name in SUBSCRIPTIONS:
            cursor: dict[str, str] = {}
            while True:
                answer = await client.get(f"{line.addresses.api}/v1/subscriptions/{name}/deliveries", params={"limit": "100", **cursor})
                page = answer.json()
                if any(delivery["state"] == "pending" for delivery in page["deliveries"]):
                    return True
                if not page.get("next"):
                    break
                cursor = {"cursor": page["next"]}
        return False
    return True


class Killer:
    """Sends SIGKILL to roles in an order and with pauses that the seed decides."""

    def __init__(self, line: Line, broker: BrokerSettings, *, seed: int, kills: int, began: float) -> None:
        self.line, self.broker, self.began = line, broker, began
        self.random = random.Random(seed)
        self.plan = [role for role in ROLES for _ in range(kills)]
        self.random.shuffle(self.plan)
        self.done: Counter[str] = Counter()

    async def run(self) -> None:
        """Carry out the plan; each role is killed only when it lives."""
        for role in self.plan:
            await asyncio.sleep(self.random.uniform(0.5, 4.0))
            while not self._kill(role):
                await asyncio.sleep(0.1)
            self.done[role] += 1

    def _kill(self, role: str) -> bool:
        pid = broker_status(self.broker).pid if role == "kafka" else self.line.pid(role)
        if pid is None:
            return False
        try:
            os.kill(pid, signal.SIGKILL)
        except ProcessLookupError:
            return False
        print(f"{time.monotonic() - self.began:8.2f} s  kill -9 {role} (pid {pid})", flush=True)
        return True


async def run(articles: int, *, seed: int, kills: int) -> tuple[Told, Counter[str]]:
    """One run on a fresh folder; what the world was told, and how often each role was killed."""
    settings = load_settings()
    began = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="musafaha-chaos-", ignore_cleanup_errors=True) as folder:
        receivers = {name: Receiver() for name in SUBSCRIPTIONS}
        async with contextlib.AsyncExitStack() as stack:
            for receiver in receivers.values():
                await stack.enter_async_context(receiver)
            line = await stack.enter_async_context(running_line(Path(folder), settings, overrides=OVERRIDES, tell=_say(began)))
            client = await stack.enter_async_context(httpx.AsyncClient(trust_env=False, timeout=10))
            await subscribe(client, line, receivers)
            killer = Killer(line, _broker_of(settings, Path(folder)), seed=seed, kills=kills, began=began)
            killing = asyncio.create_task(killer.run())
            progress: Counter[str] = Counter()
            await asyncio.gather(*(feed(client, line, chain, lambda: progress.update(["linked"])) for chain in chains(articles)))
            print(f"{time.monotonic() - began:8.2f} s  all {progress['linked']} articles are linked", flush=True)
            await killing
            await until_quiet(client, line, receivers)
            problems = [received.problem for receiver in receivers.values() for received in receiver.seen if received.problem]
            if problems:
                raise SystemExit(f"webhooks with a wrong signature: {problems}")
        return told(receivers), killer.done


def _say(began: float) -> Callable[[str], None]:
    return lambda text: print(f"{time.monotonic() - began:8.2f} s  {text}", flush=True)


def _broker_of(settings: Settings, data: Path) -> BrokerSettings:
    return BrokerSettings.model_validate(settings.broker.model_dump() | {"data": data / "kafka"})


def main() -> int:
    """Both runs and their comparison; exit code 1 when they differ."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--articles", type=int, default=300, help="generated articles beside those of the demo")
    parser.add_argument("--kills", type=int, default=20, help="kill -9 of each role")
    parser.add_argument("--seed", type=int, default=int(time.time()), help="repeats a run's kills")
    arguments = parser.parse_args()
    print(f"seed {arguments.seed}; first a run without kills", flush=True)
    peaceful, _ = asyncio.run(run(arguments.articles, seed=arguments.seed, kills=0))
    print(f"told in peace: {_by_kind(peaceful)}", flush=True)
    killed, kills = asyncio.run(run(arguments.articles, seed=arguments.seed, kills=arguments.kills))
    print(f"told under kills: {_by_kind(killed)}; kills: {dict(kills)}", flush=True)
    for missing in sorted(peaceful - killed):
        print("missing", *missing)
    for surplus in sorted(killed - peaceful):
        print("surplus", *surplus)
    same = peaceful == killed and bool(peaceful)
    print("the same" if same else "NOT THE SAME", flush=True)
    return 0 if same else 1


def _by_kind(world: Told) -> dict[str, int]:
    return dict(Counter(kind for _, kind, _, _ in world))


if __name__ == "__main__":
    sys.exit(main())
