"""A newer writer breaks no reader; a typing slip in a request is caught."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from typing import Any

import pytest
from pydantic import ValidationError

from tests.contract.contracts import EXAMPLES, contract_of, example, model, validator

MESSAGES = [name for name in EXAMPLES if contract_of(name) not in ("article-draft", "subscription-request")]
OPEN_MAPS = ("roles", "canonical_hint")
"""Fields whose keys are data, not names of fields."""


def _objects(node: Any, key: str = "") -> Iterator[dict[str, Any]]:
    if isinstance(node, dict):
        if key not in OPEN_MAPS and key != "filter":
            yield node
        for name, value in node.items():
            yield from _objects(value, name)
    elif isinstance(node, list):
        for value in node:
            yield from _objects(value)


@pytest.mark.parametrize("name", MESSAGES)
def test_a_field_from_the_future_is_ignored_at_every_depth(name: str) -> None:
    """Today's readers, ours and those that use the JSON Schema, take tomorrow's messages."""
    contract, today = contract_of(name), example(name)
    tomorrow = copy.deepcopy(today)
    for node in list(_objects(tomorrow)):
        node["added_later"] = {"any": ["thing"]}

    read = model(contract).validate_python(tomorrow)

    assert read == model(contract).validate_python(today)
    assert validator(contract).is_valid(tomorrow)


@pytest.mark.parametrize("name", ["article-draft", "subscription-request"])
def test_an_unknown_field_of_a_request_is_refused(name: str) -> None:
    """A person who writes `titel` is told so instead of losing the title."""
    value = {**example(name), "titel": "x"}

    assert not validator(name).is_valid(value)
    with pytest.raises(ValidationError, match="titel"):
        model(name).validate_python(value)


@pytest.mark.parametrize("name", ["event.agreement", "event.visit", "development", "extraction", "delivery"])
def test_an_old_message_without_the_optional_fields_is_still_read(name: str) -> None:
    """Fields may be added with a default: what was written before them stays readable."""
    contract, value = contract_of(name), example(name)
    required = validator(contract)
    shortest = {key: part for key, part in value.items() if not required.is_valid({k: v for k, v in value.items() if k != key})}

    read = model(contract).validate_python(shortest)

    assert 0 < len(shortest) < len(value)
    assert model(contract).dump_python(read, mode="json").keys() == value.keys()
