"""Backends of known accounts are found directly and reset, and moto does not keep every object."""

from __future__ import annotations

import gc
import inspect
import subprocess
import sys
import weakref
from pathlib import Path

from moto.core.base_backend import BackendDict
from moto.logs.models import LogEvent

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


def test_moto_still_searches_for_a_backend() -> None:
    assert "list(self.keys())" in inspect.getsource(BackendDict._create_account_specific_backend)


FORGOTTEN = """
from embedded_aws.core.services import apply_patches
apply_patches()
import gc, weakref
from moto.logs.models import LogEvent
event = weakref.ref(LogEvent(0, {"timestamp": 0, "message": "x"}))
gc.collect()
assert event() is None
"""


def test_a_log_event_is_garbage_collected(repository: Path) -> None:
    subprocess.run([sys.executable, "-c", FORGOTTEN], cwd=repository, check=True)


def test_moto_still_keeps_every_object() -> None:
    event = weakref.ref(LogEvent(0, {"timestamp": 0, "message": "x"}))
    gc.collect()
    assert event() is not None
