"""Move the clock of the embedded AWS during verify.yml instead of waiting for it.

Ansible calls the plugin before a task starts, so every run has the same result.
"""

from __future__ import annotations

import json
import os
from typing import Any
from urllib.request import Request, urlopen

from ansible.plugins.callback import CallbackBase

DOCUMENTATION = r"""
name: embedded_clock
type: aggregate
short_description: Advance the clock of the embedded AWS during verify.yml
description: Advances the clock of the embedded AWS that AWS_ENDPOINT_URL names.
"""

# Alarms of earlier events return to OK first. CloudTrail writes the digest file of an hour after the hour.
SECONDS_BEFORE = {"secmon.aws.detection_drill": 300, "secmon.aws.log_file_validation": 3700}
# The drill waits for CloudTrail, which takes minutes with `--consistency aws`.
SPEEDS = {"secmon.aws.detection_drill": 60}


class CallbackModule(CallbackBase):  # type: ignore[misc]  # ansible has no types
    """Advance the clock before some tasks, and let it run faster during others."""

    CALLBACK_VERSION = 2.0
    CALLBACK_TYPE = "aggregate"
    CALLBACK_NAME = "embedded_clock"
    CALLBACK_NEEDS_ENABLED = True
    speed = 1

    def v2_playbook_on_task_start(self, task: Any, is_conditional: bool) -> None:
        """Advance the clock as far as the task needs."""
        seconds = SECONDS_BEFORE.get(task.action)
        if seconds and not task.check_mode:
            self._move(advance_seconds=seconds)
        speed = SPEEDS.get(task.action, 1)
        if speed != self.speed and self._ask("health")["consistency"] == "aws":
            self.speed = speed
            self._move(speed=speed)

    def _move(self, **body: int) -> None:
        self._ask("clock", json.dumps(body).encode())

    @staticmethod
    def _ask(path: str, body: bytes | None = None) -> Any:
        with urlopen(Request(f"{os.environ['AWS_ENDPOINT_URL']}/_embedded/{path}", data=body)) as answer:
            return json.load(answer)
