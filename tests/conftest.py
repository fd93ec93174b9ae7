"""Fixtures by name; each family in its own module."""

pytest_plugins = ["tests.fixtures.broker", "tests.fixtures.line", "tests.fixtures.stores", "tests.fixtures.workers"]
