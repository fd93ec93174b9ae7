"""Logging in tests: put back as it was, and as text for tests that look for what must not be in it."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from io import StringIO

from services.runtime.logs import configure_logging
from services.runtime.settings import LogSettings


@contextmanager
def restored_logging() -> Iterator[None]:
    """Whatever is configured in the block, the loggers are afterwards as they were before."""
    root = logging.getLogger()
    handlers, levels = root.handlers[:], {name: logging.getLogger(name).level for name in ("", *logging.root.manager.loggerDict)}
    try:
        yield
    finally:
        root.handlers[:] = handlers
        for name, level in levels.items():
            logging.getLogger(name).setLevel(level)


@contextmanager
def logging_to_text() -> Iterator[StringIO]:
    """Log as a service does at level DEBUG, into a text; everything is put back afterwards."""
    text = StringIO()
    with restored_logging():
        configure_logging(LogSettings(level="DEBUG"), stream=text)
        yield text
