"""Fixtures by name; each family in its own module. One that imports another stands after it."""

pytest_plugins = [
    "tests.fixtures.broker",
    "tests.fixtures.line",
    "tests.fixtures.stores",
    "tests.fixtures.workers",
    "tests.fixtures.alerts",
]
