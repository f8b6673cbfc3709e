"""Pytest plugin for suites of other projects: write the outcome, the calls and the first difference of each test.

It runs in the environment of the suite, so it imports pytest and botocore only. Variables of the environment:

    FIDELITY_RESULTS   file of JSON lines to append to
    FIDELITY_MARKER    run only the tests with this marker
    FIDELITY_EXCLUDED  file of test IDs to leave out
    FIDELITY_SECONDS   limit of one test, its fixtures included; no limit if unset
    FIDELITY_UNMARK    if set, run the tests that the suite itself skips or expects to fail
    FIDELITY_STUBS     JSON: modules to provide if they are missing, with their attributes
"""

from __future__ import annotations

import importlib
import json
import os
import re
import signal
import sys
import types
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

try:
    from botocore.client import BaseClient
except ImportError:  # a suite without boto3
    BaseClient = None

_STYLE = re.compile(r"\x1b\[[0-9;]*m")
_CALLS: set[str] = set()
_SKIPPING = {"skip", "skipif", "xfail"}


class TooSlow(Exception):  # noqa: N818 - shown as the difference
    """A test took longer than FIDELITY_SECONDS."""


def pytest_configure(config: pytest.Config) -> None:
    """Record the calls of boto3, and provide the missing modules."""
    if BaseClient is not None:
        original = BaseClient._make_api_call

        def make_api_call(client: Any, operation: str, parameters: Any) -> Any:
            _CALLS.add(f"{client.meta.service_model.service_name}:{operation}")
            return original(client, operation, parameters)

        BaseClient._make_api_call = make_api_call
    for name, attributes in json.loads(os.environ.get("FIDELITY_STUBS", "{}")).items():
        try:
            importlib.import_module(name)
        except ImportError:
            sys.modules[name] = types.ModuleType(name)
            sys.modules[name].__dict__.update(attributes)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Select the tests."""
    marker, excluded = os.environ.get("FIDELITY_MARKER"), os.environ.get("FIDELITY_EXCLUDED")
    left_out = set(Path(excluded).read_text(encoding="utf-8").splitlines()) if excluded else set()
    selected = [
        item for item in items if (not marker or item.get_closest_marker(marker)) and item.nodeid not in left_out
    ]
    config.hook.pytest_deselected(items=[item for item in items if item not in set(selected)])
    items[:] = selected
    if os.environ.get("FIDELITY_UNMARK"):
        for node in {node for item in items for node in item.listchain()}:
            node.own_markers[:] = [mark for mark in node.own_markers if mark.name not in _SKIPPING]


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Iterator[None]:
    """Limit the time of one test."""
    _CALLS.clear()
    seconds = int(os.environ.get("FIDELITY_SECONDS", "0"))

    def stop(*_arguments: Any) -> None:
        raise TooSlow(f"took longer than {seconds} seconds")

    signal.signal(signal.SIGALRM, stop)
    signal.alarm(seconds)
    yield
    signal.alarm(0)


@pytest.hookimpl(hookwrapper=True, tryfirst=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Iterator[None]:
    """Append the outcome of a test. A failure of its set-up counts, one of its clean-up does not."""
    outcome = yield
    report: pytest.TestReport = outcome.get_result()
    if report.when == "teardown" or (report.when == "setup" and report.passed):
        return
    line = {
        "id": item.nodeid,
        "passed": report.passed,
        "seconds": round(report.duration, 1),
        "calls": sorted(_CALLS),
        "difference": "" if report.passed else _difference(report, call),
    }
    with Path(os.environ["FIDELITY_RESULTS"]).open("a", encoding="utf-8") as file:
        file.write(json.dumps(line) + "\n")


def _difference(report: pytest.TestReport, call: pytest.CallInfo[None]) -> str:
    """Return the report of a snapshot, or the exception and where it was raised."""
    if call.excinfo is None or call.excinfo.typename == "SnapshotAssertionError":
        return _STYLE.sub("", str(report.longrepr))[:3000]
    places = [
        entry for entry in call.excinfo.traceback if "/tests/" in str(entry.path) and entry.path != Path(__file__)
    ]
    place = f"{Path(str(places[-1].path)).name}:{places[-1].lineno + 1}: " if places else ""
    return place + _STYLE.sub("", call.excinfo.exconly())[:3000]
