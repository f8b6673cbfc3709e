"""Test metric_alarms with throttling, failures, denials, missing prerequisites and killed runs."""

from __future__ import annotations

from typing import Any

import pytest

from tests.integration.metric_alarms.alarm_setup import (
    ALARM,
    ARN,
    TASK,
    alarms,
)
from tests.support.module_runner import ModuleRunner


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
