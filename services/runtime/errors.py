"""The error tree, split by what the caller should do.

    MusafahaError
      ConfigError        stop now and tell the operator which setting to change
      DataError          this message can never work: dead letter, with the original bytes and the cause
      TransientError     try again later, unchanged
        BrokerUnavailable
        StoreUnavailable
      CommandError       a command cannot do what it was asked; the message says what to do

Foreign exceptions are translated once, where they come in, with `raise ... from`.
"""

from __future__ import annotations


class MusafahaError(Exception):
    """Base of everything that we raise on purpose."""


class ConfigError(MusafahaError):
    """A setting is missing, unknown or contradicts another."""


class DataError(MusafahaError):
    """A message that no repetition can make readable. `reason` is one short word of a closed set, fit for a metric label."""

    def __init__(self, reason: str, detail: str) -> None:
        super().__init__(detail)
        self.reason = reason
        self.detail = detail


class TransientError(MusafahaError):
    """Something outside is away for a while."""


class BrokerUnavailable(TransientError):
    """Kafka does not answer or did not confirm in time."""


class StoreUnavailable(TransientError):
    """The database does not answer, or stayed locked longer than the busy timeout."""


class CommandError(MusafahaError):
    """A command can't be carried out; shown without a traceback, exit code 1."""
