"""The module log_file_validation on the guide's chain."""

from __future__ import annotations

import pytest

from tests.support import guide_chain as chain
from tests.support.embedded_control import advance
from tests.support.module_runner import ModuleRunner


@pytest.fixture
def trail(run_module: ModuleRunner) -> ModuleRunner:
    """Return the module on the guide's chain, before the first digest."""
    for step in chain.chain_steps():
        assert chain.with_boto3(run_module.endpoint, step) is None
    return run_module


@pytest.fixture
def digested(trail: ModuleRunner) -> ModuleRunner:
    """Return the module after three hours with events."""
    for _hour in range(3):
        chain.with_boto3(trail.endpoint, chain.Step("secretsmanager", "ListSecrets", {}))
        advance(trail.endpoint, 3600)
    return trail
