"""What CloudWatch would refuse is refused with a reason, all of it at once, before anything is asked."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.secmon.aws.plugins.module_utils.cloudwatch.request import read_request
from ansible_collections.secmon.aws.plugins.module_utils.core.problems import RequestError

from tests.unit.module_utils.cloudwatch.alarm_setup import ALARM, REGION, TOPIC, task

WRONG: dict[str, tuple[dict[str, Any], str]] = {
    "name": ({"name": "a" * 256}, "1 to 255"),
    "name control": ({"name": "a\tb"}, "no control characters"),
    "name empty": ({"name": ""}, "1 to 255"),
    "description": ({"description": "d" * 1025}, "1025 characters"),
    "namespace": ({"metric_namespace": ":x"}, "does not begin with a colon"),
    "metric name": ({"metric_name": "m" * 256}, "metric_name has 256"),
    "statistic": ({"statistic": "Summe"}, 'one of SampleCount, Average, Sum, Minimum, Maximum. Did you mean "Sum"?'),
    "no statistic": ({"statistic": None}, "either statistic or extended_statistic"),
    "two statistics": ({"extended_statistic": "p99"}, "and not both"),
    "extended": ({"statistic": None, "extended_statistic": "p101"}, "such as p99"),
    "period": ({"period_seconds": 45}, "10, 20, 30 or a multiple of 60"),
    "period zero": ({"period_seconds": 0}, "10, 20, 30 or a multiple of 60"),
    "periods": ({"evaluation_periods": 0}, "1 or more"),
    "datapoints": ({"datapoints_to_alarm": 2}, "1 to evaluation_periods (1)"),
    "more than a day": ({"evaluation_periods": 1441}, "86460 seconds"),
    "more than a week": ({"period_seconds": 3600, "evaluation_periods": 169}, "608400 seconds"),
    "threshold": ({"threshold": float("nan")}, "no finite number"),
    "comparison": ({"comparison": ">="}, "comparison is '>='"),
    "comparison empty": ({"comparison": ""}, "comparison is ''"),
    "missing data": ({"missing_data": "notbreaching"}, 'Did you mean "notBreaching"?'),
    "unit": ({"unit": "Counts"}, 'Did you mean "Count"?'),
    "dimensions": ({"dimensions": {str(number): "v" for number in range(31)}}, "31 dimensions"),
    "dimension name": ({"dimensions": {":x": "v"}}, "the dimension ':x'"),
    "dimension value": ({"dimensions": {"x": ""}}, "1 to 1024"),
    "dimension without a value": ({"dimensions": {"x": None}}, "1 to 1024"),
    "dimension that is not ASCII": ({"dimensions": {"x": "Größe"}}, "ASCII"),
    "dimension with a tabulator": ({"dimensions": {"a\tb": "v"}}, "printable"),
    "actions": ({"alarm_actions": [f"{TOPIC}{number}" for number in range(6)]}, "alarm_actions has 6 entries"),
    "no arn": ({"ok_actions": ["SecurityAlarms"]}, "no ARN"),
    "partition": ({"ok_actions": ["arn:aws-cn:sns:us-east-1:123456789012:t"]}, "in the partition aws"),
    "region": ({"ok_actions": ["arn:aws:sns:eu-west-1:123456789012:t"]}, "own region"),
    "tag": ({"tags": {"aws:x": "1"}}, "aws:"),
}


def problems(params: dict[str, Any], region: str = REGION) -> str:
    with pytest.raises(RequestError) as caught:
        read_request(params, region)
    return "\n".join(caught.value.problems)


@pytest.mark.parametrize(("wrong", "says"), WRONG.values(), ids=list(WRONG))
def test_a_metric_alarm_that_cloudwatch_would_refuse(wrong: dict[str, Any], says: str) -> None:
    assert says in problems(task({**ALARM, **wrong}))


@pytest.mark.parametrize("option", sorted(ALARM.keys() - {"name", "statistic", "actions_enabled"}))
def test_what_an_alarm_cannot_be_without_is_named(option: str) -> None:
    assert f"it lacks {option}." in problems(task({**ALARM, option: None}))


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"rule": None}, "it lacks rule"),
        ({"rule": "ALARM(a"}, "its rule cannot be read"),
        ({"actions_suppressor": "b"}, "actions_suppressor_wait_seconds, actions_suppressor_extension_seconds"),
        ({"actions_suppressor_wait_seconds": -1}, "0 or more"),
        ({"rule": 'ALARM("arn:aws:cloudwatch:eu-west-1:123456789012:alarm:b")'}, "own account and region"),
        ({"alarm_actions": ["arn:aws:automate:us-east-1:ec2:stop:x"]}, "no EC2 or Auto Scaling"),
        ({"rule": "ALARM(c)"}, "in a circle"),
        ({"name": "a"}, "names the alarm 'a' 2 times"),
    ],
)
def test_a_composite_alarm_that_cloudwatch_would_refuse(wrong: dict[str, Any], says: str) -> None:
    assert says in problems(task(ALARM, composites=[{"name": "c", "rule": "ALARM(a)", **wrong}]))


@pytest.mark.parametrize(
    ("params", "says"),
    [
        ({"alarms": None, "composite_alarms": None, "purge_prefix": "x"}, "names no alarms"),
        ({"alarms": None, "composite_alarms": None, "state": "absent"}, "Nothing says which alarms"),
        ({"purge_prefix": ""}, "purge_prefix is empty"),
        ({"purge_tag": {}}, "purge_tag is empty"),
        ({"purge_prefix": "p" * 256}, "256 characters"),
    ],
)
def test_a_task_that_means_no_alarms_or_all_is_refused(params: dict[str, Any], says: str) -> None:
    assert says in problems({**task(ALARM), **params})


def test_all_problems_are_told_at_once() -> None:
    told = problems(task({**ALARM, "period_seconds": 7}, {**ALARM, "name": "b", "threshold": None}))
    assert "'a': period_seconds is 7" in told and "'b': it lacks threshold" in told


def test_what_is_to_be_removed_needs_no_more_than_a_name() -> None:
    assert read_request(task({"name": "a"}, state="absent"), REGION).names == {"a"}


@pytest.mark.parametrize(
    "fine",
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
def test_what_cloudwatch_takes_is_taken(fine: dict[str, Any]) -> None:
    assert read_request(task({**ALARM, **fine}), REGION).names == {"a"}
