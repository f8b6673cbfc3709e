"""Run a module of this collection as Ansible does, but in the process of the test, which is much faster."""

from __future__ import annotations

import base64
import importlib
import io
import json
import urllib.parse
from collections.abc import Callable, Iterable, Mapping
from contextlib import redirect_stdout
from dataclasses import dataclass
from typing import Any
from unittest.mock import patch

import pytest
from ansible.module_utils import _internal
from ansible.module_utils.common import warnings
from ansible.module_utils.testing import patch_module_args
from ansible_collections.amazon.aws.plugins.module_utils import botocore
from ansible_collections.secmon.aws.plugins.module_utils.core import retries
from ansible_collections.secmon.aws.plugins.module_utils.core.iam_actions import iam_action
from botocore.loaders import create_loader

from tests.support.embedded_control import ask

_CLIENTS: dict[str, Any] = {}
_LOADER = create_loader()
MODULES = "ansible_collections.secmon.aws.plugins.modules"


@dataclass
class ModuleRunner:
    """Run one module against one embedded AWS.

    Attributes:
        endpoint: The URL of the embedded AWS.
        name: The module's name.
        access_key: An access key; an unknown one is root of the first account.
        secret_key: Its secret key.
        region: The region.
    """

    endpoint: str
    name: str
    access_key: str = "deployer"
    secret_key: str = "embedded"
    region: str = "us-east-1"

    def __call__(self, *, check: bool = False, **arguments: Any) -> dict[str, Any]:
        """Return the result of the module, even if it failed (`failed`)."""
        return self._run(f"{MODULES}.{self.name}", check, arguments)

    def upstream(self, name: str, /, *, check: bool = False, **arguments: Any) -> dict[str, Any]:
        """Return the result of a module of another collection, such as `amazon.aws.cloudtrail`."""
        namespace, collection, module = name.split(".")
        path = f"ansible_collections.{namespace}.{collection}.plugins.modules.{module}"
        return self._run(path, check, arguments)

    def _run(self, path: str, check: bool, arguments: dict[str, Any]) -> dict[str, Any]:
        connection = {
            "endpoint_url": self.endpoint,
            "region": self.region,
            "access_key": self.access_key,
            "secret_key": self.secret_key,
            "_ansible_check_mode": check,
            "_ansible_diff": True,
        }
        module = importlib.import_module(path)
        printed = io.StringIO()
        # Ansible keeps warnings until the process ends, which normally runs one module.
        warnings._global_warnings.clear()
        warnings._global_deprecations.clear()
        with (
            # Another test may have imported the controller's code, which prints warnings instead of returning them.
            patch.object(_internal, "is_controller", False),
            patch_module_args(connection | arguments),
            redirect_stdout(printed),
            pytest.raises(SystemExit),
        ):
            module.main()
        result: dict[str, Any] = json.loads(printed.getvalue())
        return result | {"warnings": [_text(warning) for warning in result.get("warnings", [])]}

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

    def recorded(self, **arguments: Any) -> tuple[dict[str, Any], list[dict[str, Any]]]:
        """Return the result of a run, even of a failed one, and the calls that it made."""
        result: dict[str, Any] = {}
        calls = self.calls(lambda: result.update(self(**arguments)))
        return result, calls

    def predict(self, **arguments: Any) -> dict[str, Any]:
        """Return the result of a run in check mode that neither failed nor wrote anything."""
        result, calls = self.recorded(check=True, **arguments)
        assert not result.get("failed"), result["msg"]
        assert writes(calls) == []
        return result

    def fail_before_calls(self, **arguments: Any) -> str:
        """Return the message of a run that failed before its first call."""
        result, calls = self.recorded(**arguments)
        assert result.get("failed"), result
        assert calls == []
        return str(result["msg"])

    def fail_before_writes(self, **arguments: Any) -> str:
        """Return the message of a run that failed before its first call that writes."""
        result, calls = self.recorded(**arguments)
        assert result.get("failed"), result
        assert writes(calls) == []
        return str(result["msg"])

    def actions(self, **arguments: Any) -> list[str]:
        """Return the actions of the calls of a run that did not fail."""
        return [call["action"] for call in self.calls(lambda: self.succeed(**arguments))]

    def repair(self, change: Callable[[], Any], read: Callable[[], Any], **task: Any) -> dict[str, Any]:
        """Return the result of a run that undoes a manual change, as check mode predicts; `read` returns the state."""
        self.succeed(**task)
        expected = read()
        change()
        assert read() != expected
        predicted = self.predict(**task)
        repaired = self.succeed(**task)
        assert repaired["changed"] and predicted["changed"]
        assert repaired["diff"] == predicted["diff"]
        assert repaired["diff"]["before"] != repaired["diff"]["after"]
        assert read() == expected
        assert not self.succeed(**task)["changed"]
        return repaired

    def calls(self, act: Callable[[], Any]) -> list[dict[str, Any]]:
        """Return the calls that the embedded AWS recorded during an action."""
        before = ask(self.endpoint, "calls")
        act()
        # Calls of several threads are recorded when they end, and numbered when they begin.
        since = max((call["id"] for call in before), default=0)
        recorded: list[dict[str, Any]] = ask(self.endpoint, f"calls?since={since}")
        return recorded

    def iam_actions(self, act: Callable[[], Any]) -> set[str]:
        """Return the IAM actions of the calls during an action."""
        return iam_actions_of(self.calls(act))

    def faults(self, *faults: dict[str, Any]) -> None:
        """Arm faults for the next calls; docs/embedded_aws.md describes them."""
        ask(self.endpoint, "faults", list(faults))


def _text(warning: Any) -> str:
    """Return the text of a warning, which newer releases of ansible-core wrap."""
    return str(warning["event"]["msg"] if isinstance(warning, dict) else warning)


def writes(calls: Iterable[Mapping[str, Any]]) -> list[str]:
    """Return the actions of the recorded calls that write."""
    return [call["action"] for call in calls if call["access"] == "write"]


def iam_actions_of(calls: Iterable[Mapping[str, Any]]) -> set[str]:
    """Return the IAM actions of recorded calls; the collection only deletes object versions."""
    return {iam_action(call["service"], call["action"], of_version=call["action"] == "DeleteObjects") for call in calls}


def hidden_in(output: Any, secret: str) -> list[str]:
    """Return the encodings of a secret that an output contains."""
    text = output if isinstance(output, str) else json.dumps(output)
    forms = {
        secret,
        json.dumps(secret)[1:-1],
        urllib.parse.quote(secret, safe=""),
        urllib.parse.quote_plus(secret),
        base64.b64encode(secret.encode()).decode().rstrip("="),
    }
    return [form for form in sorted(forms) if form in text]


def share_clients(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let modules use the boto3 clients of earlier runs, because to create them takes half of a module's run."""
    create = botocore._boto3_conn

    def connect(**options: Any) -> Any:
        if not options.get("aws_access_key_id"):
            return create(**options)
        config = getattr(options.get("config"), "_user_provided_options", None)
        key = repr(sorted((options | {"config": config}).items()))
        if key not in _CLIENTS:
            _CLIENTS[key] = create(**options)
        return _CLIENTS[key]

    # A loader keeps every model that it loads.
    monkeypatch.setattr("botocore.session.create_loader", lambda _path=None: _LOADER)
    monkeypatch.setattr(botocore, "_boto3_conn", connect)


def skip_waiting(monkeypatch: pytest.MonkeyPatch, instead: Callable[[float], Any] = lambda _seconds: None) -> None:
    """Replace the clock of retries and rate limits, so that waiting takes no time; `instead` receives the seconds."""
    clock = {"now": 0.0}

    def sleep(seconds: float) -> None:
        clock["now"] += seconds
        instead(seconds)

    budget = retries.Budget
    monkeypatch.setattr(
        "ansible_collections.secmon.aws.plugins.module_utils.core.runner.Budget",
        lambda seconds: budget(seconds, now=lambda: clock["now"], sleep=sleep),
    )
