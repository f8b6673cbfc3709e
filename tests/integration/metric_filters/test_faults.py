"""The module metric_filters on failures, denied calls, missing prerequisites and interrupted runs."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.integration.metric_filters.metric_filter_setup import (
    GROUP,
    TASK,
    actions,
    filters,
    make_filters,
    make_group,
)
from tests.support.module_runner import ModuleRunner


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


@pytest.mark.promise("prerequisite")
def test_a_missing_log_group_names_the_module_that_creates_it(run_module: ModuleRunner) -> None:
    message = run_module.fail(**TASK)
    assert f"Log group {GROUP} does not exist" in message and "secmon.aws.log_group" in message
    assert "account 123456789012, region us-east-1" in message


@pytest.mark.promise("prerequisite")
def test_explains_a_log_group_of_another_class(run_module: ModuleRunner, aws_client: Callable[..., Any]) -> None:
    make_group(aws_client("logs"), logGroupClass="INFREQUENT_ACCESS")
    assert "class STANDARD" in run_module.fail(**TASK)
