"""The backend of a known account is found directly, and a reset still reaches it."""

from __future__ import annotations

import inspect
import subprocess
import sys
from pathlib import Path

from moto.core.base_backend import BackendDict

RESET = """
from embedded_aws.core.services import apply_patches
apply_patches()
from moto.core.base_backend import BackendDict
from moto.secretsmanager.models import secretsmanager_backends as backends
first = backends["123456789012"]
assert backends["123456789012"] is first
BackendDict.reset()
assert "123456789012" not in backends
assert backends["123456789012"] is not first
"""


def test_a_known_account_is_found_and_a_reset_drops_it(repository: Path) -> None:
    subprocess.run([sys.executable, "-c", RESET], cwd=repository, check=True)


def test_moto_still_needs_the_override() -> None:
    """When this fails, moto has been fixed and the override can be removed."""
    assert "list(self.keys())" in inspect.getsource(BackendDict._create_account_specific_backend)
