"""The real alert worker on topics of a test's own, ended by SIGKILL at a chosen point. Started as a process by the tests.

Arguments: consumer group, extractions topic, notices topic, and the point (`committed`, `unpublished`, `unmarked`) or `never`.
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from schemas.extraction import Extraction
from schemas.topics import EXTRACTIONS, NOTICES
from services.alert import app, outbox
from services.alert.apply import Outcome
from services.runtime.records import Message
from services.runtime.settings import load_settings


def _die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def _die_when_committed() -> None:
    """After the commit of the database and before the message is acknowledged."""

    def committed(self: app.AlertService, extraction: Extraction, outcome: Outcome) -> None:
        if outcome.notices:
            _die()

    app.AlertService._committed = committed  # type: ignore[method-assign]


def _die_before_publishing() -> None:
    """Between the row in the outbox and its message."""

    async def send(self: Any, message: Message) -> None:
        _die()

    app.Producer.send = send  # type: ignore[method-assign]


def _die_before_marking() -> None:
    """After the broker has confirmed the message and before the row is marked."""

    async def mark(connection: AsyncConnection, positions: Sequence[int], *, now: datetime) -> None:
        _die()

    outbox.mark_published = mark


POINTS = {"committed": _die_when_committed, "unpublished": _die_before_publishing, "unmarked": _die_before_marking, "never": lambda: None}


def main() -> int:
    group, extractions, notices, point = sys.argv[1:5]
    app.GROUP = group  # type: ignore[misc]
    app.EXTRACTIONS = replace(EXTRACTIONS, name=extractions, partitions=1)  # type: ignore[misc]
    outbox.NOTICES = replace(NOTICES, name=notices, partitions=1)  # type: ignore[misc]
    POINTS[point]()
    return app.main(load_settings())


if __name__ == "__main__":
    sys.exit(main())
