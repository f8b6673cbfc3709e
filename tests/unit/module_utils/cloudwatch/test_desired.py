"""Test that invalid tasks are rejected before any call, with all problems together."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.secmon.aws.plugins.module_utils.cloudwatch.checks import alarm_problems
from ansible_collections.secmon.aws.plugins.module_utils.cloudwatch.desired import desired_alarms
from ansible_collections.secmon.aws.plugins.module_utils.cloudwatch.kinds import METRIC
from ansible_collections.secmon.aws.plugins.module_utils.core.problems import RequestError

from tests.unit.module_utils.cloudwatch.alarm_setup import ALARM, REGION, TOPIC, task

INVALID: dict[str, tuple[dict[str, Any], str]] = {
    "name": ({"name": "a" * 256}, "1-255"),
    "name control": ({"name": "a\tb"}, "without control characters"),
    "name empty": ({"name": ""}, "1-255"),
    "description": ({"description": "d" * 1025}, "1025 characters"),
    "namespace": ({"metric_namespace": ":x"}, "the first not a colon"),
    "metric name": ({"metric_name": "m" * 256}, "metric_name has 256"),
    "statistic": ({"statistic": "Summe"}, 'one of SampleCount, Average, Sum, Minimum, Maximum. Did you mean "Sum"?'),
    "no statistic": ({"statistic": None}, "either statistic or extended_statistic"),
    "two statistics": ({"extended_statistic": "p99"}, "not both"),
    "extended": ({"statistic": None, "extended_statistic": "p101"}, "for example, p99"),
    "period": ({"period_seconds": 45}, "10, 20, 30 or a multiple of 60"),
    "period zero": ({"period_seconds": 0}, "10, 20, 30 or a multiple of 60"),
    "periods": ({"evaluation_periods": 0}, "1 or more"),
    "datapoints": ({"datapoints_to_alarm": 2}, "1 to evaluation_periods (1)"),
    "more than a day": ({"evaluation_periods": 1441}, "86460 seconds"),
    "more than a week": ({"period_seconds": 3600, "evaluation_periods": 169}, "608400 seconds"),
    "threshold": ({"threshold": float("nan")}, "finite number"),
    "comparison": ({"comparison": ">="}, "comparison is '>='"),
    "comparison empty": ({"comparison": ""}, "comparison is ''"),
    "missing data": ({"missing_data": "notbreaching"}, 'Did you mean "notBreaching"?'),
    "unit": ({"unit": "Counts"}, 'Did you mean "Count"?'),
    "dimensions": ({"dimensions": {str(number): "v" for number in range(31)}}, "31 dimensions"),
    "dimension name": ({"dimensions": {":x": "v"}}, "the dimension ':x'"),
    "dimension value": ({"dimensions": {"x": ""}}, "1-1024"),
    "dimension without a value": ({"dimensions": {"x": None}}, "1-1024"),
    "dimension that is not ASCII": ({"dimensions": {"x": "Größe"}}, "ASCII"),
    "dimension with a tabulator": ({"dimensions": {"a\tb": "v"}}, "printable"),
    "actions": ({"alarm_actions": [f"{TOPIC}{number}" for number in range(6)]}, "alarm_actions has 6 entries"),
    "no arn": ({"ok_actions": ["SecurityAlarms"]}, "not an ARN"),
    "partition": ({"ok_actions": ["arn:aws-cn:sns:us-east-1:123456789012:t"]}, "in partition aws"),
    "region": ({"ok_actions": ["arn:aws:sns:eu-west-1:123456789012:t"]}, "own region"),
    "tag": ({"tags": {"aws:x": "1"}}, "aws:"),
}


def problems(params: dict[str, Any], region: str = REGION) -> str:
    with pytest.raises(RequestError) as caught:
        desired_alarms(params, region, METRIC, alarm_problems)
    return "\n".join(caught.value.problems)


@pytest.mark.parametrize(("invalid", "expected"), INVALID.values(), ids=list(INVALID))
def test_rejects_settings_that_cloudwatch_would_reject(invalid: dict[str, Any], expected: str) -> None:
    assert expected in problems(task({**ALARM, **invalid}))


@pytest.mark.parametrize("option", sorted(ALARM.keys() - {"name", "statistic", "actions_enabled"}))
def test_names_missing_required_settings(option: str) -> None:
    assert f"missing: {option}." in problems(task({**ALARM, option: None}))


@pytest.mark.parametrize(
    ("params", "says"),
    [
        ({"alarms": None, "purge_tag": {"t": "1"}}, "option alarms is missing"),
        ({"alarms": None, "state": "absent"}, "does not select any alarms"),
        ({"purge_tag": {}}, "purge_tag is empty"),
    ],
)
def test_rejects_a_task_that_selects_no_alarms_or_all(params: dict[str, Any], says: str) -> None:
    assert says in problems({**task(ALARM), **params})


def test_reports_all_problems_together() -> None:
    message = problems(task({**ALARM, "period_seconds": 7}, {**ALARM, "name": "b", "threshold": None}))
    assert "'a': period_seconds is 7" in message and "'b': missing: threshold" in message


def test_deletion_needs_only_a_name() -> None:
    assert desired_alarms(task({"name": "a"}, state="absent"), REGION, METRIC, alarm_problems).names == {"a"}


@pytest.mark.parametrize(
    "valid",
    [
        {"period_seconds": 10, "evaluation_periods": 8640},
        {"period_seconds": 86_400, "evaluation_periods": 7},
        {"statistic": None, "extended_statistic": "TM(10%:90%)"},
        {"unit": "None"},
        {"unit": "", "description": "", "dimensions": {}, "alarm_actions": [], "datapoints_to_alarm": 0},
        {"dimensions": {"Region": 7}, "tags": {"cost": 42}},
        {"ok_actions": ["arn:aws:ssm:us-east-1:123456789012:opsitem:1#CATEGORY=Security"]},
    ],
)
def test_accepts_settings_that_cloudwatch_accepts(valid: dict[str, Any]) -> None:
    assert desired_alarms(task({**ALARM, **valid}), REGION, METRIC, alarm_problems).names == {"a"}
