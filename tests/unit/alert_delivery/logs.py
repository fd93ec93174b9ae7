"""The log of the process as text, for tests that look for what must not be in it."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from io import StringIO

from services.runtime.logs import configure_logging
from services.runtime.settings import LogSettings


@contextmanager
def logging_to_text() -> Iterator[StringIO]:
    """Log as a service does at level DEBUG, into a text; everything is put back afterwards."""
    root, text = logging.getLogger(), StringIO()
    handlers, levels = root.handlers[:], {name: logging.getLogger(name).level for name in ("", *logging.root.manager.loggerDict)}
    configure_logging(LogSettings(level="DEBUG"), stream=text)
    try:
        yield text
    finally:
        root.handlers[:] = handlers
        for name, level in levels.items():
            logging.getLogger(name).setLevel(level)
