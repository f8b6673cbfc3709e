"""Fixtures of the tests of rule_drill: the module in an account with rules."""

from __future__ import annotations

import pytest

from tests.integration.rule_drill.account import build
from tests.support.embedded_control import advance
from tests.support.module_runner import ModuleRunner, skip_waiting


@pytest.fixture
def drill(run_module: ModuleRunner, monkeypatch: pytest.MonkeyPatch) -> ModuleRunner:
    """Return the module; its waits advance the embedded clock."""
    skip_waiting(monkeypatch, lambda seconds: advance(run_module.endpoint, seconds))
    build(run_module)
    return run_module
