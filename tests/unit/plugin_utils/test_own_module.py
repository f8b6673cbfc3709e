"""Test that a module of this collection ends before the time limit of its task, with a message of its own."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from ansible.plugins.action.normal import ActionModule as NormalActionModule
from ansible_collections.secmon.aws.plugins.action.own_module import ActionModule


@pytest.mark.parametrize(
    ("timeout", "given", "passed"),
    [
        (0, {}, {}),  # no limit
        (610, {}, {}),  # the module's default is shorter
        (40, {}, {"timeout_seconds": 30}),
        (11, {}, {"timeout_seconds": 1}),
        (5, {}, {"timeout_seconds": 1}),
        (40, {"timeout_seconds": 900}, {"timeout_seconds": 900}),
    ],
)
def test_retries_end_before_the_task(
    monkeypatch: pytest.MonkeyPatch, timeout: int, given: dict[str, Any], passed: dict[str, Any]
) -> None:
    monkeypatch.setattr(NormalActionModule, "run", lambda *_arguments: {})
    action = object.__new__(ActionModule)
    action._task = SimpleNamespace(timeout=timeout, args=given, environment=None)
    action.run(None, {"inventory_hostname": "production"})
    assert action._task.args == passed
