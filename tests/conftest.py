"""Fixtures by name; each family in its own module. One that imports another stands after it."""

from hypothesis import HealthCheck, settings

pytest_plugins = [
    "tests.fixtures.broker",
    "tests.fixtures.line",
    "tests.fixtures.stores",
    "tests.fixtures.workers",
    "tests.fixtures.alerts",
]

# A busy machine is no defect: properties are held without any limit on time.
settings.register_profile("musafaha", deadline=None, suppress_health_check=[HealthCheck.too_slow], print_blob=True)
settings.load_profile("musafaha")
