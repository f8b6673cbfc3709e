"""The module metric_filters on failures, denied calls, missing prerequisites and interrupted runs."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.integration.metric_filters.metric_filter_setup import (
    GROUP,
    LOGINS,
    NAMESPACE,
    READS,
    TASK,
    actions,
    filters,
    make_filters,
    make_group,
)
from tests.support.module_runner import ModuleRunner

FAULTS: dict[str, dict[str, Any]] = {
    "throttled": {"error": "ThrottlingException", "times": 3},
    "unavailable": {"error": "ServiceUnavailableException", "status": 503, "times": 2},
    "aborted": {"error": "OperationAbortedException"},
    "reset": {"mode": "reset"},
    "response lost": {"mode": "kill_after"},
}


@pytest.mark.promise("retry")
@pytest.mark.parametrize("fault", FAULTS.values(), ids=list(FAULTS))
@pytest.mark.parametrize(
    "action", ["DescribeMetricFilters", "PutMetricFilter", "DeleteMetricFilter", "TestMetricFilter"]
)
def test_retries_transient_errors(run_module: ModuleRunner, logs: Any, action: str, fault: dict[str, Any]) -> None:
    run_module.succeed(log_group_name=GROUP, filters=[{**READS, "name": "Old"}])
    task = {**TASK, "purge_namespace": NAMESPACE}
    run_module.faults({"service": "logs", "action": action, **fault})
    assert run_module.succeed(**task, test_messages=["x"])["changed"]
    assert set(filters(logs)) == {READS["name"], LOGINS["name"]}
    assert not run_module.succeed(**task)["changed"]


@pytest.mark.promise("retry")
def test_restarts_a_listing_after_an_expired_page_token(run_module: ModuleRunner, logs: Any) -> None:
    task = {"log_group_name": GROUP, "filters": make_filters(60)}
    run_module.succeed(**task)
    invalid = {"error": "InvalidParameterException", "message": "The specified nextToken is invalid."}
    run_module.faults(
        {"service": "logs", "action": "DescribeMetricFilters", "delay": 0.001},
        {"service": "logs", "action": "DescribeMetricFilters", **invalid},
    )
    calls = run_module.calls(lambda: run_module.succeed(**task))
    assert actions(calls) == ["DescribeMetricFilters"] * 4
    assert len(filters(logs)) == 60


@pytest.mark.promise("budget")
@pytest.mark.parametrize("action", ["DescribeMetricFilters", "PutMetricFilter"])
def test_stops_retrying_after_timeout_seconds(run_module: ModuleRunner, logs: Any, action: str) -> None:
    run_module.faults({"service": "logs", "action": action, "error": "ThrottlingException", "times": 500})
    message = run_module.fail(**TASK, timeout_seconds=60)
    assert "ThrottlingException" in message and "timeout_seconds" in message


@pytest.mark.promise("denied")
@pytest.mark.parametrize("action", ["DescribeMetricFilters", "PutMetricFilter", "DeleteMetricFilter"])
def test_a_denial_names_the_action_to_allow(run_module: ModuleRunner, logs: Any, action: str) -> None:
    run_module.succeed(log_group_name=GROUP, filters=[{**READS, "name": "Old"}])
    run_module.faults({"service": "logs", "action": action, "error": "AccessDeniedException", "times": 9})
    message = run_module.fail(**TASK, purge_namespace=NAMESPACE)
    for words in (
        f"Allow logs:{action} on arn:aws:logs:us-east-1:*:log-group:{GROUP}:* to",
        "account 123456789012",
        "region us-east-1",
    ):
        assert words in message


@pytest.mark.promise("prerequisite")
def test_a_missing_log_group_names_the_module_that_creates_it(run_module: ModuleRunner) -> None:
    message = run_module.fail(**TASK)
    assert f"Log group {GROUP} does not exist" in message and "secmon.aws.log_group" in message
    assert "account 123456789012, region us-east-1" in message


@pytest.mark.promise("prerequisite")
def test_explains_a_log_group_of_another_class(run_module: ModuleRunner, aws_client: Callable[..., Any]) -> None:
    make_group(aws_client("logs"), logGroupClass="INFREQUENT_ACCESS")
    assert "class STANDARD" in run_module.fail(**TASK)


@pytest.mark.promise("resume")
@pytest.mark.parametrize("interrupted", ["TagResource", "PutMetricFilter", "DeleteMetricFilter"])
@pytest.mark.parametrize("done", range(3))
def test_the_next_run_completes_an_interrupted_one(
    run_module: ModuleRunner, logs: Any, interrupted: str, done: int
) -> None:
    old = {"log_group_name": GROUP, "filters": [{**READS, "name": f"Old{number}"} for number in range(3)]}
    task = {**TASK, "filters": [READS, LOGINS, {**READS, "name": "Third"}], "purge_namespace": NAMESPACE}
    run_module.succeed(**old)
    # The record is written before the new filters, and after the deletions.
    passes = {"service": "logs", "action": interrupted, "delay": 0.001}
    interruption = {"service": "logs", "action": interrupted, "mode": "kill_after"}
    run_module.faults(*[passes] * min(done, 1 if interrupted == "TagResource" else done), interruption)
    run_module.fail(**task, timeout_seconds=0)
    run_module.faults()
    run_module.succeed(**task)
    assert set(filters(logs)) == {item["name"] for item in task["filters"]}
    assert not run_module.succeed(**task)["changed"]
    run_module.succeed(log_group_name=GROUP, filters=[], purge_namespace=NAMESPACE)
    assert filters(logs) == {}
