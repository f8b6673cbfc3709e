"""What every module that writes promises, whatever it manages."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import pytest
from ansible_collections.secmon.aws.plugins.module_utils.core.iam_actions import iam_action

from tests.integration.every_module.transitions import KINDS, Task, Transition, anywhere, filled, transitions
from tests.support.embedded_control import ask
from tests.support.module_runner import ModuleRunner, hidden_in
from tools.generate_docs.modules import writing_modules

TRANSITIONS = [pytest.param(step, id=f"{step.module}-{step.name}") for step in transitions()]
CREATIONS = [pytest.param(step, id=step.module) for step in transitions() if step.name == "create"]
EACH_TRANSITION = pytest.mark.parametrize("step", TRANSITIONS)
EVERYWHERE = [pytest.param(step, id=step.module) for step in anywhere()]
EACH_MODULE = pytest.mark.parametrize("step", CREATIONS)
THROTTLED = {"error": "ThrottlingException", "status": 400}
DENIED = {"error": "AccessDeniedException", "status": 403}
# Each call meets all of them, one after the other; the last one carries it out and loses the answer.
TRANSIENT = (
    {**THROTTLED, "times": 2},
    {"error": "ServiceFailure", "status": 500},
    {"mode": "reset"},
    {"mode": "kill_after"},
)

UNFORESEEABLE = ("arn", "deleted_date", "delivery", "invocation", "replicas", "subscription_arn")

Call = Mapping[str, Any]


class Account:
    """An account on the embedded AWS in the state from which a transition starts."""

    def __init__(self, runner: ModuleRunner, client: Callable[..., Any], step: Transition, partition: str) -> None:
        self.module = ModuleRunner(runner.endpoint, step.module, region=runner.region)
        self.aws = lambda service, region=runner.region: client(service, region)
        self.step = step
        self.partition = partition
        self.begin()

    def begin(self) -> None:
        """Start again from the state before the transition."""
        ask(self.module.endpoint, "reset", method="POST")
        self.values = self.step.kind.prepare(self.aws)
        self.nothing = self.state()
        for task in self.step.history:
            self.module.succeed(**self.filled(task))

    def filled(self, task: Task) -> dict[str, Any]:
        return filled(task, self.values, self.module.region, self.partition)

    @property
    def task(self) -> dict[str, Any]:
        return self.filled(self.step.task)

    def state(self) -> Any:
        return self.step.kind.read(self.aws)

    def run(self) -> tuple[Any, list[Call]]:
        """Carry the transition out; return the state after it and the calls."""
        calls = self.module.calls(lambda: self.module.succeed(**self.task))
        return self.state(), calls

    def fault(self, call: Call, fault: Mapping[str, Any]) -> None:
        self.module.faults({"service": call["service"], "action": call["action"], **fault})


Start = Callable[..., Account]


@pytest.fixture
def start(run_module: ModuleRunner, aws_client: Callable[..., Any]) -> Start:
    return lambda step, partition="aws": Account(run_module, aws_client, step, partition)


def distinct(calls: list[Call]) -> list[Call]:
    """Return one call of each action, without that of STS, which only finds the account of messages out."""
    return list({call["action"]: call for call in calls if call["service"] != "sts"}.values())


def foreseeable(result: Any) -> Any:
    """Return a result without what only AWS knows after the run."""
    if isinstance(result, dict):
        return {key: foreseeable(value) for key, value in result.items() if key not in UNFORESEEABLE}
    return [foreseeable(item) for item in result] if isinstance(result, list) else result


@pytest.mark.promise("changed")
@pytest.mark.promise("check")
@EACH_TRANSITION
def test_check_mode_predicts_a_run_and_the_next_one_changes_nothing(start: Start, step: Transition) -> None:
    account = start(step)
    before = account.state()
    predicted = account.module.predict(**account.task)
    assert account.state() == before
    real = account.module.succeed(**account.task)
    assert real["changed"] and predicted["changed"]
    assert account.state() != before
    if step.name == "delete":
        assert account.state() == account.nothing
    assert foreseeable(real) == foreseeable(predicted)
    assert real["diff"]["before"] != real["diff"]["after"]
    again = account.module.succeed(**account.task)
    assert not again["changed"] and not account.module.predict(**account.task)["changed"]


@pytest.mark.promise("check")
@EACH_MODULE
def test_a_removal_of_nothing_changes_nothing(start: Start, step: Transition) -> None:
    account = start(step)
    absent = account.filled(step.kind.absent)
    assert not account.module.predict(**absent)["changed"] and not account.module.succeed(**absent)["changed"]


@pytest.mark.promise("secrets")
@EACH_MODULE
def test_the_secret_key_is_never_printed(start: Start, step: Transition) -> None:
    account = start(step)
    account.module.secret_key = canary = 'canary/secret+key"'
    result, calls = account.module.recorded(**account.task)
    outputs = []
    for call in (calls[0], calls[-1]):
        account.begin()
        account.fault(call, {**DENIED, "message": f"Signed with {canary}"})
        outputs.append(account.module(**account.task))
    assert [output.get("failed") for output in outputs] == [True, True]
    assert hidden_in([result, *outputs], canary) == []


@pytest.mark.promise("retry")
@EACH_TRANSITION
def test_throttling_failures_broken_connections_and_lost_answers_are_retried(start: Start, step: Transition) -> None:
    account = start(step)
    expected, calls = account.run()
    account.begin()
    faults = [
        {"service": call["service"], "action": call["action"], **fault}
        for call in distinct(calls)
        for fault in TRANSIENT
    ]
    account.module.faults(*faults)
    assert account.module.succeed(**account.task, timeout_seconds=3_000)["changed"]
    assert account.state() == expected
    account.module.faults()
    assert not account.module.succeed(**account.task)["changed"]


@pytest.mark.promise("budget")
@EACH_MODULE
@pytest.mark.parametrize("access", ["read", "write"])
def test_retries_stop_after_timeout_seconds(start: Start, step: Transition, access: str) -> None:
    account = start(step)
    _expected, calls = account.run()
    call = next(call for call in calls if call["access"] == access)
    account.begin()
    account.fault(call, {**THROTTLED, "times": 500})
    message = account.module.fail(**account.task, timeout_seconds=60)
    assert THROTTLED["error"] in message and "timeout_seconds" in message


@pytest.mark.promise("denied")
@EACH_MODULE
def test_a_denied_call_names_the_action_to_allow(start: Start, step: Transition) -> None:
    asked: set[str] = set()
    # In `create`, S3 may deny a read of a bucket that does not exist.
    own = {each.name: each for each in transitions() if each.module == step.module}
    for transition in (own["update"], own["create"], own["delete"]):
        account = start(transition)
        _expected, calls = account.run()
        account.begin()
        for call in sorted(distinct(calls), key=lambda each: str(each["access"])):
            if call["action"] in asked:
                continue
            asked.add(call["action"])
            if call["access"] == "write":
                account.begin()
            account.fault(call, DENIED)
            message = account.module.fail(**account.task)
            action = iam_action(call["service"], call["action"], of_version=call["action"] == "DeleteObjects")
            for words in (f"Allow {action} on ", "account 123456789012", "region us-east-1"):
                assert words in message, call["action"]


@pytest.mark.promise("resume")
@EACH_TRANSITION
def test_the_next_run_completes_one_that_ended_at_a_write(start: Start, step: Transition) -> None:
    account = start(step)
    expected, calls = account.run()
    written = [call for call in calls if call["access"] == "write"]
    assert written
    for call in distinct(written):
        account.begin()
        account.fault(call, {"mode": "kill_after"})
        account.module.fail(**account.task, timeout_seconds=0)
        account.module.succeed(**account.task)
        assert account.state() == expected, call["action"]
        assert not account.module.succeed(**account.task)["changed"], call["action"]


@pytest.mark.promise("partition")
@pytest.mark.parametrize("step", EVERYWHERE)
def test_a_module_works_in_each_partition(start: Start, step: Transition, partition: str) -> None:
    account = start(step, partition)
    result = account.module.succeed(**account.task)
    assert result["changed"] and not account.module.succeed(**account.task)["changed"]
    assert partition == "aws" or "arn:aws:" not in str(result)
    account.begin()
    _expected, calls = account.run()
    account.begin()
    account.fault(next(call for call in reversed(calls) if call["access"] == "write"), DENIED)
    assert f" on arn:{partition}:{step.kind.service}:" in account.module.fail(**account.task)


def test_every_module_that_writes_is_here() -> None:
    assert list(KINDS) == writing_modules()
