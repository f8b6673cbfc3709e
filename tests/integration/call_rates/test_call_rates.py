"""The module call_rates reads from Insights how often the calls of filters were made."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from ansible_collections.secmon.aws.plugins.module_utils.forecast.rates import calls_of, scan_of_rates

from tests.support.embedded_control import advance
from tests.support.module_runner import ModuleRunner
from tests.support.trail_prerequisites import open_bucket

DAY = timedelta(days=1)
USERS = '{ ($.eventSource = "iam.amazonaws.com") && (($.eventName = "CreateUser") || ($.eventName = "DeleteUser")) }'
FILTERS = [
    {"name": "Users", "pattern": USERS},
    {"name": "Groups", "pattern": '{ $.eventName = "CreateGroup" }'},
    {"name": "Denied", "pattern": '{ $.errorCode = "AccessDenied" }'},
]


@pytest.fixture
def days(run_module: ModuleRunner, aws_client: Callable[..., Any]) -> dict[str, str]:
    """Return the days around now, when three users were created within a minute or two."""
    iam = aws_client("iam")
    for number in range(3):
        iam.create_user(UserName=f"user-{number}")
    advance(run_module.endpoint, 60)
    iam.delete_user(UserName="user-0")
    today = datetime.now(UTC)
    return {"first_day": f"{today - DAY:%Y-%m-%d}", "last_day": f"{today + DAY:%Y-%m-%d}"}


@pytest.fixture
def insights(aws_client: Callable[..., Any]) -> None:
    open_bucket(aws_client("s3"), "audit")
    aws_client("cloudtrail").create_trail(Name="audit", S3BucketName="audit")
    aws_client("cloudtrail").put_insight_selectors(
        TrailName="audit", InsightSelectors=[{"InsightType": "ApiCallRateInsight"}]
    )


@pytest.mark.usefixtures("insights")
def test_the_calls_of_a_filter_are_added_up_by_minute(run_module: ModuleRunner, days: dict[str, str]) -> None:
    found = run_module.succeed(filters=FILTERS, **days)
    assert len(found["rates"]["Users"]) >= 2 and sum(count for _time, count in found["rates"]["Users"]) == 4
    assert found["rates"]["Groups"] == [] and found["unknown"] == ["Denied"]
    assert scan_of_rates(found["rates"], {"Users": "iam_users"}).tallies["iam_users"].matches == 4


def test_without_insights_the_message_says_what_to_do(run_module: ModuleRunner, days: dict[str, str]) -> None:
    assert "set secmon_trail_insight_types, or give log files" in run_module.fail(filters=FILTERS, **days)


@pytest.mark.parametrize(
    ("pattern", "calls"),
    [
        (USERS, [("iam.amazonaws.com", "CreateUser"), ("iam.amazonaws.com", "DeleteUser")]),
        ('{ $.eventName = "PutMetricFilter" }', [("logs.amazonaws.com", "PutMetricFilter")]),
        ('{ $.eventName = "GetSecretValue" }', []),
        ('{ $.eventName = "Delete*" }', []),
        ('{ $.eventName != "CreateUser" }', []),
        ('"CreateUser"', []),
    ],
)
def test_only_writes_that_a_pattern_names_are_read(pattern: str, calls: list[tuple[str, str]]) -> None:
    assert calls_of(pattern) == calls
