"""Let waits of a playbook and its modules move the embedded clock instead of taking time; PYTHONPATH names this folder.

With the clock at speed 0 only waits move it, so that a run has the same times on every machine, however busy it is.
"""

from __future__ import annotations

import json
import os
import time
import urllib.request

_SHORTEST_SECONDS = 0.5
_sleep, _monotonic = time.sleep, time.monotonic
_waited = 0.0


def sleep(seconds: float) -> None:
    """Advance the clock, except for the short waits of Ansible for its own processes."""
    global _waited
    endpoint = os.environ.get("AWS_ENDPOINT_URL")
    if endpoint is None or seconds < _SHORTEST_SECONDS:
        _sleep(seconds)
        return
    _waited += seconds
    body = json.dumps({"advance_seconds": seconds}).encode()
    with urllib.request.urlopen(f"{endpoint}/_embedded/clock", data=body, timeout=120) as answer:
        answer.read()


def monotonic() -> float:
    """Return the time of the machine and of all waits, so that they use up the time of a task."""
    return _monotonic() + _waited


time.sleep, time.monotonic = sleep, monotonic
