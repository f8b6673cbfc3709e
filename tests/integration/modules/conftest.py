"""What the tests of every module share."""

from __future__ import annotations

import pytest

from tests.embedded_control import ask
from tests.module_runner import ModuleRunner, no_waiting


@pytest.fixture
def run_module(request: pytest.FixtureRequest, running_embedded_aws: str) -> ModuleRunner:
    """Return the module that the test file is named after, on an embedded AWS that is empty."""
    ask(running_embedded_aws, "reset", method="POST")
    name = request.path.stem.removeprefix("test_").split("__")[0]
    return ModuleRunner(running_embedded_aws, name)


@pytest.fixture(autouse=True)
def _no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    no_waiting(monkeypatch)
