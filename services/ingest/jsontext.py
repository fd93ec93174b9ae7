"""JSON as strangers send it: every way to be broken is one error with the place where it is."""

from __future__ import annotations

import json


class BadJson(ValueError):
    """The text is no JSON. `line` and `column` (from 1) say where, when that is known."""

    def __init__(self, problem: str, *, line: int | None = None, column: int | None = None) -> None:
        super().__init__(problem)
        self.line = line
        self.column = column


def parse_json(text: str) -> object:
    """The value of a JSON text. Raises `BadJson`."""
    try:
        return json.loads(text, parse_constant=_no_constant)
    except json.JSONDecodeError as error:
        raise BadJson(f"it is no JSON: {error.msg}", line=error.lineno, column=error.colno) from error
    except RecursionError as error:
        raise BadJson("it is nested too deeply") from error
    except ValueError as error:  # a number of thousands of digits
        raise BadJson(f"it is no JSON: {error}") from error


def _no_constant(name: str) -> object:
    raise ValueError(f"{name} is not allowed")
