"""What all tests share: hypothesis settings, and that nothing is skipped where everything must run."""

from __future__ import annotations

import os

import pytest
from hypothesis import HealthCheck, settings

from real_models import real_models  # noqa: F401 - a fixture that every test may ask for

settings.register_profile(
    "gauger", deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("gauger")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item, call):  # noqa: ARG001 - the hook's own signature
    """With GAUGER_RUN_ALL=1 (as in CI) a skipped test is a failed one: what is missing must be installed."""
    report = yield
    if report.skipped and os.environ.get("GAUGER_RUN_ALL") == "1" and not hasattr(report, "wasxfail"):
        report.outcome = "failed"
        report.longrepr = f"skipped although GAUGER_RUN_ALL=1: {item.nodeid}: {report.longrepr}"
    return report
