"""A small Maven repository on loopback that can be told to misbehave."""

from __future__ import annotations

import hashlib
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import PurePosixPath

from services.runtime.broker.pins import Jar, Pins


@dataclass
class Repository:
    """What it serves, how often it was asked for what, and how it misbehaves.

    `cuts`: how many answers to that path break off half-way. `held`: answers stop half-way until `release` is set.
    """

    address: str = ""
    files: dict[str, bytes] = field(default_factory=dict)
    asked: Counter[str] = field(default_factory=Counter)
    cuts: Counter[str] = field(default_factory=Counter)
    held: set[str] = field(default_factory=set)
    holding: threading.Event = field(default_factory=threading.Event)
    release: threading.Event = field(default_factory=threading.Event)


def some_pins(repository: Repository, count: int = 3) -> Pins:
    """Pins of a few small files that `repository` has."""
    jars = []
    for number in range(count):
        path = PurePosixPath(f"org/example/part{number}/1.0/part{number}-1.0.jar")
        content = f"the content of part {number}".encode() * 100
        repository.files[str(path)] = content
        jars.append(Jar(path=path, sha256=hashlib.sha256(content).hexdigest()))
    return Pins(kafka_version="4.3.1", jars=tuple(jars))


@contextmanager
def serve(repository: Repository) -> Iterator[Repository]:
    """Serve it on a free port of loopback during the block."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            path = self.path.lstrip("/")
            content = repository.files.get(path)
            if content is None:
                self.send_error(404)
                return
            repository.asked[path] += 1
            self.send_response(200)
            self.send_header("content-length", str(len(content)))
            self.end_headers()
            half = len(content) // 2
            self.wfile.write(content[:half])
            if path in repository.held:
                self.wfile.flush()
                repository.holding.set()
                repository.release.wait(60)
            if repository.cuts[path] > 0:
                repository.cuts[path] -= 1
                self.close_connection = True
                return
            try:
                self.wfile.write(content[half:])
            except OSError:
                self.close_connection = True  # whoever asked has gone

        def log_message(self, format: str, *args: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    repository.address = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield repository
    finally:
        repository.release.set()
        server.shutdown()
        server.server_close()
        thread.join()
