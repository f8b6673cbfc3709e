"""A run that is killed after any write, or loses any answer, is finished by itself or by the next run, without orphans.

The run is that of site.yml with `secmon_encrypt`: the modules that it calls in its order, in the process of the test.
SECMON_EVERY_KILL=1 breaks it at every write in three ways; without it, in the ways that left a second key.
tests/acceptance/test_killed_runs.py kills the playbook itself.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.support.account_snapshot import Snapshot, take_snapshot_with_mails
from tests.support.embedded_control import ask
from tests.support.module_runner import ModuleRunner
from tests.support.trail_setup import ACCOUNT, SERVICE

ADDRESS = "security@example.com"
GROUP, BUCKET, TRAIL, ROLE = "/aws/cloudtrail/logs", f"trail-{ACCOUNT}", "trail", "CloudTrailToLogs"
HERE = f"us-east-1:{ACCOUNT}"
TOPIC = f"arn:aws:sns:{HERE}:SecurityAlarms"
TRAIL_ARN = f"arn:aws:cloudtrail:{HERE}:trail/{TRAIL}"
EVERY = os.environ.get("SECMON_EVERY_KILL") == "1"
KILLED = {"timeout_seconds": 0}
# Killed before the write, after it, and not killed at all although the answer is lost.
WAYS: list[tuple[str, dict[str, Any]]] = [("reset", KILLED), ("kill_after", KILLED), ("kill_after", {})]
CHEAP = [("CreateKey", WAYS[1]), ("CreateKey", WAYS[2]), ("CreateAlias", WAYS[0])]
ALARM = {
    **{"metric_namespace": "SecurityMetrics", "metric_name": "SecretAccessCount", "statistic": "Sum"},
    **{"period_seconds": 60, "evaluation_periods": 1, "threshold": 1, "alarm_actions": [TOPIC]},
    "comparison": "GreaterThanOrEqualToThreshold",
}

Write = tuple[str, str]


def allow(**statement: Any) -> dict[str, Any]:
    return {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", **statement}]}


def key(service: str) -> dict[str, Any]:
    """Return the task of a key that everybody may use."""
    policy = allow(Principal="*", Action="kms:*", Resource="*")
    return {"alias": f"alias/secmon-{service}", "description": f"Encrypts {service}", "policy": policy}


def tasks() -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield the modules of a run with their arguments; `KEY` stands for the ARN of the key that was ensured last."""
    subscription = {"protocol": "email", "endpoint": ADDRESS}
    yield "secret", {"name": "MySampleSecret", "value": "value"}
    yield "encryption_key", key("topic")
    yield "alert_topic", {"name": "SecurityAlarms", "kms_key_arn": "KEY", "subscriptions": [subscription]}
    yield "encryption_key", key("logs")
    yield "log_group", {"name": GROUP, "retention_days": 365, "kms_key_arn": "KEY"}
    yield (
        "trail_role",
        {
            "name": ROLE,
            "trust_policy": allow(Principal=SERVICE, Action="sts:AssumeRole"),
            "policy_name": "Write",
            "policy": allow(Action="logs:*", Resource="*"),
        },
    )
    yield "log_bucket", {"name": BUCKET, "trail_arns": [TRAIL_ARN]}
    yield "encryption_key", key("trail")
    yield (
        "trail",
        {
            "name": TRAIL,
            "s3_bucket_name": BUCKET,
            "kms_key_arn": "KEY",
            "log_group_arn": f"arn:aws:logs:{HERE}:log-group:{GROUP}:*",
            "log_group_role_arn": f"arn:aws:iam::{ACCOUNT}:role/{ROLE}",
            "exclude_management_event_sources": ["kms.amazonaws.com"],
            "logging": True,
        },
    )
    reads = {"name": "Reads", "pattern": "{ $.eventName = GetSecretValue }", "metric_name": "SecretAccessCount"}
    yield "metric_filters", {"log_group_name": GROUP, "filters": [{**reads, "metric_namespace": "SecurityMetrics"}]}
    yield "metric_alarms", {"alarms": [{"name": "SecretIsAccessed", **ALARM}]}


class Account:
    """One account on the embedded AWS."""

    def __init__(self, endpoint: str, client: Callable[..., Any]) -> None:
        self.endpoint = endpoint
        self.client = client

    def run(self, **options: Any) -> str:
        """Run the modules until one fails; return its message, or an empty string."""
        arn = ""
        for name, arguments in tasks():
            known = {option: arn if value == "KEY" else value for option, value in arguments.items()}
            result = ModuleRunner(self.endpoint, name)(**known, **options)
            if result.get("failed"):
                return str(result["msg"])
            arn = result.get("encryption_key", {}).get("arn", arn)
        return ""

    def writes(self) -> list[Write]:
        """Return the writing calls so far that were carried out."""
        calls = ask(self.endpoint, "calls")
        return [(call["service"], call["action"]) for call in calls if call["access"] == "write" and not call["error"]]

    def state(self) -> Snapshot:
        return take_snapshot_with_mails(self.client, self.endpoint, ADDRESS)

    def arm(self, writes: list[Write], count: int, mode: str, times: int = 1) -> None:
        """Break the write after the first `count` ones in a mode, and with `times` the next ones of its name too."""
        service, action = writes[count]
        named = {"service": service, "action": action}
        before = Counter(writes[:count])[service, action]
        passing = [{**named, "delay": 0.001, "times": before}] if before else []
        ask(self.endpoint, "faults", [*passing, {**named, "mode": mode, "times": times}])

    def reset(self) -> None:
        ask(self.endpoint, "reset", method="POST")


@pytest.fixture
def account(run_module: ModuleRunner, aws_client: Callable[..., Any]) -> Account:
    return Account(run_module.endpoint, aws_client)


def breaks(writes: list[Write]) -> list[tuple[int, tuple[str, dict[str, Any]]]]:
    """Return at which writes the run is broken, and in which way."""
    if EVERY:
        return [(count, way) for count in range(len(writes)) for way in WAYS]
    actions = [action for _service, action in writes]
    return [(actions.index(action), way) for action, way in CHEAP]


def test_a_run_that_breaks_at_a_write_ends_like_an_unbroken_run(account: Account) -> None:
    assert account.run() == ""
    writes, expected = account.writes(), account.state()
    assert len(expected["keys"]) == 3 and all(key["alias"] for key in expected["keys"])
    for count, (mode, options) in breaks(writes):
        account.reset()
        account.arm(writes, count, mode)
        failed = account.run(**options)
        ask(account.endpoint, "faults", [])
        what = f"{mode} {options} at write {count + 1} of {len(writes)}, {writes[count]}: {failed}"
        assert options or not failed, what
        assert account.run() == "", what
        assert account.state() == expected, what
