"""moto does not keep every object that it creates."""

from __future__ import annotations

import gc
import subprocess
import sys
import weakref
from pathlib import Path

from moto.logs.models import LogEvent

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


def test_moto_still_needs_the_override() -> None:
    """When this fails, moto has been fixed and the override can be removed."""
    event = weakref.ref(LogEvent(0, {"timestamp": 0, "message": "x"}))
    gc.collect()
    assert event() is not None
