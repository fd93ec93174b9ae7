"""A broker that speaks only TLS to known users: our clients come in with the right password and rights, and say what is missing."""

from __future__ import annotations

import asyncio
import os
import socket
import struct
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
import trustme
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, load_pem_private_key
from pydantic import SecretStr

from services.runtime.broker.config import HOST, server_properties
from services.runtime.broker.jars import default_cache, ensure_jars
from services.runtime.broker.java import find_java
from services.runtime.broker.pins import load_pins
from services.runtime.broker.ports import free_port
from services.runtime.broker.probe import ask_metadata
from services.runtime.errors import BrokerUnavailable, CommandError, ConfigError
from services.runtime.kafka import Producer, check_access, ensure_topics
from services.runtime.records import Message
from services.runtime.settings import KafkaSettings
from tests.fixtures.workers import Line, until
from tests.integration.worker_under_test import trial_topic

PASSWORD = "only-for-this-test"
TOPIC, GROUP = 2, 3  # resource types of Kafka's protocol
READ, WRITE, DESCRIBE = 3, 4, 8  # operations
ANY_PARTITIONS = 2


@dataclass(frozen=True)
class SecuredBroker:
    """A broker whose users come in over `secured` (SASL_SSL) and whose owner over `inside` (loopback, all rights)."""

    inside: str
    secured: str
    ca_file: Path

    @property
    def owner(self) -> KafkaSettings:
        return KafkaSettings(bootstrap_servers=self.inside)

    def user(self, name: str = "worker", password: str = PASSWORD) -> KafkaSettings:
        return KafkaSettings(
            bootstrap_servers=self.secured,
            security_protocol="SASL_SSL",
            sasl_mechanism="SCRAM-SHA-512",
            username=name,
            password=SecretStr(password),
            ca_file=self.ca_file,
        )

    def allow(self, *rights: tuple[int, str, int], user: str = "worker") -> None:
        """Grant (resource type, name, operation) to a user."""
        _create_acls(self.inside, [(kind, name, f"User:{user}", operation) for kind, name, operation in rights])


def _create_acls(address: str, grants: list[tuple[int, str, str, int]]) -> None:
    """CreateAcls version 1 of Kafka's protocol by hand, since the client library has no such call."""

    def text(value: str) -> bytes:
        return struct.pack(">h", len(value)) + value.encode()

    literal, allow = 3, 3
    body = struct.pack(">i", len(grants))
    for kind, name, principal, operation in grants:
        body += struct.pack(">b", kind) + text(name) + struct.pack(">b", literal)
        body += text(principal) + text("*") + struct.pack(">bb", operation, allow)
    request = struct.pack(">hhi", 30, 1, 1) + text("test") + body
    host, _, port = address.partition(":")
    with socket.create_connection((host, int(port)), timeout=10) as connection, connection.makefile("rb") as answer:
        connection.sendall(struct.pack(">i", len(request)) + request)
        (size,) = struct.unpack(">i", answer.read(4))
        _correlation, _throttle, count = struct.unpack_from(">iii", received := answer.read(size))
        codes, at = [], 12
        for _ in range(count):
            code, length = struct.unpack_from(">hh", received, at)
            codes.append(code)
            at += 4 + max(length, 0)
    assert codes == [0] * len(grants)


def _properties(folder: Path, inside: int, secured: int) -> str:
    """The embedded broker's own settings, with a second listener for known users and an authorizer."""
    plain = server_properties(storage=folder / "storage", port=inside, controller_port=free_port())
    listeners = next(row for row in plain.splitlines() if row.startswith("listeners="))
    changed = {
        "listeners": f"{listeners.partition('=')[2]},SECURED://{HOST}:{secured}",
        "advertised.listeners": f"PLAINTEXT://{HOST}:{inside},SECURED://{HOST}:{secured}",
        "listener.security.protocol.map": "PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT,SECURED:SASL_SSL",
        "inter.broker.listener.name": "PLAINTEXT",
        "listener.name.secured.sasl.enabled.mechanisms": "SCRAM-SHA-512",
        "listener.name.secured.scram-sha-512.sasl.jaas.config": "org.apache.kafka.common.security.scram.ScramLoginModule required;",
        "ssl.keystore.type": "PEM",
        "ssl.keystore.location": folder / "server.pem",
        "authorizer.class.name": "org.apache.kafka.metadata.authorizer.StandardAuthorizer",
        "super.users": "User:ANONYMOUS",
        "allow.everyone.if.no.acl.found": "false",
    }
    kept = [row for row in plain.splitlines() if row.partition("=")[0] not in changed]
    return "\n".join([*kept, *(f"{name}={value}" for name, value in changed.items())]) + "\n"


def _answers(port: int) -> bool:
    told = ask_metadata(HOST, port, timeout_s=1)
    return told is not None and bool(told.nodes)


def _key_store(certificate: trustme.LeafCert) -> bytes:
    """Key and certificates as Java reads them: the key in PKCS #8."""
    key = load_pem_private_key(certificate.private_key_pem.bytes(), None)
    chain = b"".join(part.bytes() for part in certificate.cert_chain_pems)
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()) + chain


@contextmanager
def _running(folder: Path) -> Iterator[SecuredBroker]:
    authority = trustme.CA()
    authority.cert_pem.write_to_path(folder / "ca.pem")
    (folder / "server.pem").write_bytes(_key_store(authority.issue_cert(HOST)))
    inside, secured = free_port(), free_port()
    properties = folder / "server.properties"
    properties.write_text(_properties(folder, inside, secured), encoding="utf-8")
    java = find_java(None)
    environment = {**os.environ, "CLASSPATH": os.pathsep.join(map(str, ensure_jars(load_pins(), default_cache())))}
    users = [f"--add-scram=SCRAM-SHA-512=[name={name},password={PASSWORD}]" for name in ("worker", "stranger")]
    command = [java, "kafka.tools.StorageTool", "format", "--cluster-id=4L6g3nShT-eMCtK--X86sw", "-c", properties, *users]
    subprocess.run(command, env=environment, check=True, capture_output=True)
    with (folder / "broker.log").open("wb") as log:
        process = subprocess.Popen([java, "-Xmx256m", "kafka.Kafka", properties], env=environment, stdout=log, stderr=log)
    try:
        asyncio.run(until(lambda: process.poll() is not None or _answers(inside), "the secured broker"))
        assert process.poll() is None, [
            row for row in (folder / "broker.log").read_text().splitlines() if "ERROR" in row or "Exception" in row
        ]
        yield SecuredBroker(inside=f"{HOST}:{inside}", secured=f"{HOST}:{secured}", ca_file=folder / "ca.pem")
    finally:
        process.kill()
        process.wait()


@pytest.fixture(scope="module")
def secured(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SecuredBroker]:
    """A broker with TLS, passwords and rights."""
    with _running(tmp_path_factory.mktemp("secured")) as running:
        yield running


async def test_a_worker_with_exactly_its_rights_works_and_every_missing_right_is_named(secured: SecuredBroker, tmp_path: Path) -> None:
    """A known user with Read on its input and group and Write on its outputs needs no more; without one, an error says which."""
    name = "trial"
    source, output = trial_topic(f"{name}.in", ANY_PARTITIONS), trial_topic(f"{name}.out", ANY_PARTITIONS)
    dead = trial_topic(source.dlq, 1)
    worker_user, refused = secured.user(), secured.user(password="wrong-password")

    with pytest.raises(BrokerUnavailable, match=r"refused the user"):
        await ensure_topics(refused, [source])
    with pytest.raises(CommandError, match=r"trial\.in is missing and the Kafka user 'worker' may not create it"):
        await ensure_topics(worker_user, [source])
    await ensure_topics(secured.owner)
    await ensure_topics(secured.owner, [source, output, dead])
    with pytest.raises(ConfigError, match=r"'worker' may not use the consumer group trial"):
        await check_access(worker_user, topic=source.name, group=name)
    secured.allow((GROUP, name, READ), (TOPIC, source.name, DESCRIBE))
    with pytest.raises(ConfigError, match=r"'worker' may not read topic trial\.in"):
        await check_access(worker_user, topic=source.name, group=name)
    secured.allow((TOPIC, source.name, READ))
    await check_access(worker_user, topic=source.name, group=name)
    with pytest.raises(ConfigError, match=r"'worker' may not write to any topic"):
        await Producer(worker_user, confirm_within_s=20).start()
    secured.allow((TOPIC, dead.name, WRITE))
    async with Producer(worker_user, confirm_within_s=20) as producer:
        with pytest.raises(ConfigError, match=r"'worker' may not write to topic trial\.out"):
            await producer.send(Message(output.name, b"k", b"v"))
    secured.allow((TOPIC, output.name, WRITE))

    line = Line(kafka=secured.owner, folder=tmp_path, source=source, output=output, group=name)
    await line.feed([{"id": "one"}, {"id": "two", "fail": "data"}])
    login = {
        "KAFKA__BOOTSTRAP_SERVERS": secured.secured,
        "KAFKA__SECURITY_PROTOCOL": "SASL_SSL",
        "KAFKA__USERNAME": "worker",
        "KAFKA__CA_FILE": str(secured.ca_file),
    }
    try:
        worker = line.worker(**login, KAFKA__PASSWORD=PASSWORD)
        outputs = await line.settled(2)
        code = await worker.stop()
        stranger = line.worker(**login, KAFKA__PASSWORD="wrong-password")
        stranger_code = await stranger.ended()
    finally:
        line.clean_up()

    assert (outputs, code) == ({"one/0": 1}, 0)
    assert stranger_code == 1
    assert "refused the user" in stranger.lines("worker.not_started")[0]["error"]
    assert PASSWORD not in worker.text() + stranger.text()
    assert "wrong-password" not in stranger.text()


async def test_a_server_with_an_unknown_certificate_is_not_spoken_to(secured: SecuredBroker) -> None:
    """Without the right authority the connection is refused by us, before any password is sent."""
    nobody = secured.user().model_copy(update={"ca_file": None})

    with pytest.raises(BrokerUnavailable, match="certificate"):
        await asyncio.wait_for(ensure_topics(nobody, []), 60)
