"""Test metric_alarms with throttling, failures, denials, missing prerequisites and killed runs."""

from __future__ import annotations

from typing import Any

import pytest

from tests.integration.metric_alarms.alarm_setup import (
    ABSENT,
    ALARM,
    ARN,
    MANAGED_TAG,
    MINIMAL,
    TASK,
    alarms,
)
from tests.support.module_runner import ModuleRunner

FAULTS = {
    "throttled": {"error": "Throttling", "times": 3},
    "unavailable": {"error": "ServiceUnavailable", "status": 503, "times": 2},
    "failed": {"error": "InternalServiceError", "status": 500},
    "reset": {"mode": "reset"},
    "response lost": {"mode": "kill_after"},
}
PUT_AND_READ = [
    ("cloudwatch", "DescribeAlarms"),
    ("resourcegroupstaggingapi", "GetResources"),
    ("cloudwatch", "PutMetricAlarm"),
    ("cloudwatch", "TagResource"),
    ("cloudwatch", "UntagResource"),
    ("cloudwatch", "ListTagsForResource"),
]


@pytest.mark.promise("retry")
@pytest.mark.parametrize("fault", FAULTS.values(), ids=list(FAULTS))
@pytest.mark.parametrize(("service", "action"), PUT_AND_READ, ids=[action for _service, action in PUT_AND_READ])
def test_retries_transient_failures(
    run_module: ModuleRunner, cloudwatch: Any, service: str, action: str, fault: dict[str, Any]
) -> None:
    run_module.succeed(alarms=[{"name": "read", **MINIMAL}], tags={"old": "1"})
    run_module.faults({"service": service, "action": action, **fault})
    assert run_module.succeed(**TASK)["changed"]
    found = alarms(cloudwatch)
    assert sorted(found) == ["minimal", "read"]
    assert found["read"]["Tags"] == {"team": "security", **MANAGED_TAG}
    assert not run_module.succeed(**TASK)["changed"]


@pytest.mark.promise("retry")
@pytest.mark.parametrize("fault", FAULTS.values(), ids=list(FAULTS))
def test_retries_a_deletion(run_module: ModuleRunner, cloudwatch: Any, fault: dict[str, Any]) -> None:
    run_module.succeed(**TASK)
    run_module.faults({"service": "cloudwatch", "action": "DeleteAlarms", **fault})
    assert run_module.succeed(**ABSENT)["changed"]
    assert alarms(cloudwatch) == {}


@pytest.mark.promise("retry")
def test_restarts_the_listing_of_tags_if_its_token_expires(run_module: ModuleRunner) -> None:
    run_module.succeed(**TASK)
    run_module.faults(
        {
            "service": "resourcegroupstaggingapi",
            "action": "GetResources",
            "error": "PaginationTokenExpiredException",
            "status": 400,
        }
    )
    assert not run_module.succeed(**TASK)["changed"]


@pytest.mark.promise("budget")
def test_gives_up_after_timeout_seconds(run_module: ModuleRunner) -> None:
    run_module.faults({"service": "cloudwatch", "action": "PutMetricAlarm", "error": "Throttling", "times": 500})
    message = run_module.fail(**TASK, timeout_seconds=60)
    assert "Throttling" in message and "timeout_seconds" in message


DENIED = [*PUT_AND_READ, ("cloudwatch", "DeleteAlarms")]


@pytest.mark.promise("denied")
@pytest.mark.parametrize(("service", "action"), DENIED, ids=[action for _service, action in DENIED])
def test_denial_names_the_action_to_allow_and_the_resource(
    run_module: ModuleRunner, cloudwatch: Any, service: str, action: str
) -> None:
    run_module.succeed(alarms=[{"name": "read", **MINIMAL}, {"name": "old", **MINIMAL}], tags={"old": "1"})
    run_module.faults({"service": service, "action": action, "error": "AccessDenied", "status": 403})
    message = run_module.fail(**TASK, purge_tag={"old": "1"})
    prefix = "tag" if action == "GetResources" else "cloudwatch"
    for word in (f"Allow {prefix}:{action} on", "alarm", "account 123456789012", "region us-east-1"):
        assert word in message


@pytest.mark.promise("denied")
def test_denial_of_tags_on_creation_names_the_tagging_action(run_module: ModuleRunner) -> None:
    caller, resource = "arn:aws:iam::123456789012:user/x", f"{ARN}read"
    denial = f"User: {caller} is not authorized to perform: cloudwatch:TagResource on resource: {resource}"
    fault = {"service": "cloudwatch", "action": "PutMetricAlarm", "error": "AccessDenied", "message": denial}
    run_module.faults(fault)
    message = run_module.fail(alarms=[ALARM])
    assert f"Allow cloudwatch:TagResource on {resource} to {caller}." in message


@pytest.mark.promise("prerequisite")
def test_explains_that_a_composite_alarm_refers_to_an_alarm_to_delete(
    run_module: ModuleRunner, cloudwatch: Any
) -> None:
    run_module.succeed(alarms=[ALARM])
    cloudwatch.put_composite_alarm(AlarmName="uses-read", AlarmRule="ALARM(read)")
    message = run_module.fail(alarms=[{"name": "read"}], state="absent")
    assert "uses-read" in message and "change or delete that one first" in message
    assert "read" in alarms(cloudwatch)


@pytest.mark.promise("prerequisite")
def test_explains_that_the_quota_is_reached(run_module: ModuleRunner) -> None:
    run_module.faults({"service": "cloudwatch", "action": "PutMetricAlarm", "error": "LimitExceeded"})
    assert "Service Quotas" in run_module.fail(alarms=[ALARM])


@pytest.mark.promise("resume")
@pytest.mark.parametrize("mode", [{"mode": "kill_after"}, {"error": "AccessDenied", "status": 403}])
@pytest.mark.parametrize("killed_at", range(4))
def test_completes_an_interrupted_run(
    run_module: ModuleRunner, cloudwatch: Any, mode: dict[str, Any], killed_at: int
) -> None:
    def prepare() -> None:
        run_module.succeed(alarms=[{"name": "read", **MINIMAL}, {"name": "old", **MINIMAL}], tags={"old": "1"})

    task = {**TASK, "purge_tag": {"old": "1"}}
    prepare()
    run_module.succeed(**task)
    expected = alarms(cloudwatch)
    run_module.succeed(**ABSENT)
    prepare()
    action = ["PutMetricAlarm", "TagResource", "UntagResource", "DeleteAlarms"][killed_at]
    run_module.faults({"service": "cloudwatch", "action": action, **mode})
    run_module.fail(**task, timeout_seconds=0)
    run_module.succeed(**task)
    assert alarms(cloudwatch) == expected
    assert not run_module.succeed(**task)["changed"]
