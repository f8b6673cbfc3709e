"""Run a module of ours as Ansible does, but inside the test's own process: a hundred times in a second or two."""

from __future__ import annotations

import importlib
import io
import json
from collections.abc import Callable
from contextlib import redirect_stdout
from dataclasses import dataclass
from typing import Any

import pytest
from ansible.module_utils.testing import patch_module_args
from ansible_collections.secmon.aws.plugins.module_utils.aws import retries

from tests.embedded_control import ask

MODULES = "ansible_collections.secmon.aws.plugins.modules"


@dataclass
class ModuleRunner:
    """One module against one embedded AWS.

    Attributes:
        endpoint: Where the embedded AWS listens.
        name: The module's name.
        access_key: A key that the embedded AWS knows; any other is root of the first account.
        region: The region.
    """

    endpoint: str
    name: str
    access_key: str = "deployer"
    region: str = "us-east-1"

    def __call__(self, *, check: bool = False, **arguments: Any) -> dict[str, Any]:
        """Return what the module returned; a failure too, which has `failed`."""
        connection = {
            "endpoint_url": self.endpoint,
            "region": self.region,
            "access_key": self.access_key,
            "secret_key": "embedded",
            "_ansible_check_mode": check,
            "_ansible_diff": True,
        }
        module = importlib.import_module(f"{MODULES}.{self.name}")
        printed = io.StringIO()
        with patch_module_args(connection | arguments), redirect_stdout(printed), pytest.raises(SystemExit):
            module.main()
        result: dict[str, Any] = json.loads(printed.getvalue())
        return result

    def succeed(self, **arguments: Any) -> dict[str, Any]:
        """Return the result of a run that did not fail."""
        result = self(**arguments)
        assert not result.get("failed"), result["msg"]
        return result

    def fail(self, **arguments: Any) -> str:
        """Return the message of a run that failed."""
        result = self(**arguments)
        assert result.get("failed"), result
        return str(result["msg"])

    def calls(self, act: Callable[[], Any]) -> list[dict[str, Any]]:
        """Return the calls that the embedded AWS recorded while something was done."""
        before = ask(self.endpoint, "calls")
        act()
        since = before[-1]["id"] if before else 0
        recorded: list[dict[str, Any]] = ask(self.endpoint, f"calls?since={since}")
        return recorded


def no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let retries and the pace of calls take no time: their clock jumps instead."""
    clock = {"now": 0.0}

    def sleep(seconds: float) -> None:
        clock["now"] += seconds

    budget = retries.Budget
    monkeypatch.setattr(
        "ansible_collections.secmon.aws.plugins.module_utils.shell.run.Budget",
        lambda seconds: budget(seconds, now=lambda: clock["now"], sleep=sleep),
    )
