"""Fixtures of the tests of the drill."""

from __future__ import annotations

import pytest

from tests.support import guide_chain as chain
from tests.support.embedded_control import advance
from tests.support.module_runner import ModuleRunner, skip_waiting


@pytest.fixture
def drill(run_module: ModuleRunner, monkeypatch: pytest.MonkeyPatch) -> ModuleRunner:
    """Return the module on the guide's chain; its waits advance the embedded clock."""
    chain.build_by_steps(run_module.endpoint, chain.with_boto3)
    skip_waiting(monkeypatch, lambda seconds: advance(run_module.endpoint, seconds))
    return run_module
