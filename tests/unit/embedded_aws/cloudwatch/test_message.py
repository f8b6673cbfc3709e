"""An alarm's message and e-mail have the texts of CloudWatch."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import pytest

from embedded_aws.cloudwatch.alarms.message import email_text, json_message, published_message, subject
from embedded_aws.core.events import AlarmTransition

TOPIC = "arn:aws:sns:us-east-1:123456789012:alerts"
REASON = "Threshold Crossed: 1 datapoint [1.0 (26/03/21 22:48:00)] was greater than or equal to the threshold (1.0)."


def transition(region: str = "us-east-1", **members: Any) -> AlarmTransition:
    dimension = SimpleNamespace(name="Secret", value="db")
    alarm = {
        "configuration": {},
        "name": "SecretRead",
        "alarm_arn": "arn:aws:cloudwatch:us-east-1:123456789012:alarm:SecretRead",
        "description": "The secret was read",
        "configuration_updated_timestamp": datetime(2021, 3, 26, 22, 0, 0, 5000),
        "ok_actions": [],
        "alarm_actions": [TOPIC],
        "insufficient_data_actions": [],
        "rule": None,
        "metric_data_queries": [],
        "metric_name": "Reads",
        "namespace": "Security",
        "statistic": "Sum",
        "extended_statistic": None,
        "unit": None,
        "dimensions": [dimension],
        "period": 60,
        "evaluation_periods": 1,
        "datapoints_to_alarm": None,
        "comparison_operator": "GreaterThanOrEqualToThreshold",
        "threshold": 1,
        "treat_missing_data": "notBreaching",
        "evaluate_low_sample_count_percentile": None,
    }
    at = datetime(2021, 3, 26, 22, 49, 42, 123456, tzinfo=UTC)
    alarm_object = SimpleNamespace(**(alarm | members))
    return AlarmTransition("123456789012", region, alarm_object, "OK", "ALARM", REASON, "{}", at, (TOPIC,))


def test_the_subject_names_state_alarm_and_region() -> None:
    assert subject(transition()) == 'ALARM: "SecretRead" in US East (N. Virginia)'
    assert subject(transition("eu-central-1")) == 'ALARM: "SecretRead" in Europe (Frankfurt)'


def test_a_region_without_a_display_name_is_named_by_its_code() -> None:
    assert subject(transition("xx-moon-1")) == 'ALARM: "SecretRead" in xx-moon-1'


@pytest.mark.parametrize(
    ("name", "shown"),
    [("Lecture du secret é à", "Lecture du secret _ _"), ("世界", "_"), ("x" * 200, "x" * 63 + "...")],
)
def test_the_subject_is_ascii_of_100_characters_at_most(name: str, shown: str) -> None:
    text = subject(transition(name=name))

    assert text == f'ALARM: "{shown}" in US East (N. Virginia)'
    assert len(text) <= 100


def test_the_email_has_all_parts_of_cloudwatchs_email() -> None:
    assert (
        email_text(transition())
        == f"""\
You are receiving this email because your Amazon CloudWatch Alarm "SecretRead" in the US East (N. Virginia) region has \
entered the ALARM state, because "{REASON}" at "Friday 26 March, 2021 22:49:42 UTC".

View this alarm in the AWS Management Console:
https://us-east-1.console.aws.amazon.com/cloudwatch/deeplink.js?region=us-east-1#alarmsV2:alarm/SecretRead

Alarm Details:
- Name:                       SecretRead
- Description:                The secret was read
- State Change:               OK -> ALARM
- Reason for State Change:    {REASON}
- Timestamp:                  Friday 26 March, 2021 22:49:42 UTC
- AWS Account:                123456789012
- Alarm Arn:                  arn:aws:cloudwatch:us-east-1:123456789012:alarm:SecretRead

Threshold:
- The alarm is in the ALARM state when the metric is GreaterThanOrEqualToThreshold 1.0 for at least 1 of the last \
1 period(s) of 60 seconds.

Monitored Metric:
- MetricNamespace:                     Security
- MetricName:                          Reads
- Dimensions:                          [Secret = db]
- Period:                              60 seconds
- Statistic:                           Sum
- Unit:                                not specified
- TreatMissingData:                    notBreaching

State Change Actions:
- OK:
- ALARM: [{TOPIC}]
- INSUFFICIENT_DATA:"""
    )


def test_the_json_message_has_cloudwatchs_members() -> None:
    assert json_message(transition()) == {
        "AlarmName": "SecretRead",
        "AlarmDescription": "The secret was read",
        "AWSAccountId": "123456789012",
        "AlarmConfigurationUpdatedTimestamp": "2021-03-26T22:00:00.005+0000",
        "NewStateValue": "ALARM",
        "NewStateReason": REASON,
        "StateChangeTime": "2021-03-26T22:49:42.123+0000",
        "Region": "US East (N. Virginia)",
        "AlarmArn": "arn:aws:cloudwatch:us-east-1:123456789012:alarm:SecretRead",
        "OldStateValue": "OK",
        "OKActions": [],
        "AlarmActions": [TOPIC],
        "InsufficientDataActions": [],
        "Trigger": {
            "MetricName": "Reads",
            "Namespace": "Security",
            "StatisticType": "Statistic",
            "Statistic": "SUM",
            "Unit": None,
            "Dimensions": [{"value": "db", "name": "Secret"}],
            "Period": 60,
            "EvaluationPeriods": 1,
            "ComparisonOperator": "GreaterThanOrEqualToThreshold",
            "Threshold": 1.0,
            "TreatMissingData": "notBreaching",
            "EvaluateLowSampleCountPercentile": "",
        },
    }


def test_optional_attributes_may_be_missing() -> None:
    message = json_message(transition(description="", datapoints_to_alarm=2, extended_statistic="p90"))

    assert message["AlarmDescription"] is None
    assert message["Trigger"]["DatapointsToAlarm"] == 2
    assert message["Trigger"]["ExtendedStatistic"] == "p90"
    assert "Statistic" not in message["Trigger"]


def test_a_composite_alarm_has_a_rule_and_no_trigger() -> None:
    changed = transition(rule="ALARM(a) OR ALARM(b)")

    message = json_message(changed)
    assert message["AlarmRule"] == "ALARM(a) OR ALARM(b)"
    assert "Trigger" not in message
    assert "Alarm Rule:\n- ALARM(a) OR ALARM(b)" in email_text(changed)
    assert "Monitored Metric" not in email_text(changed)


def test_metric_math_has_metrics_in_its_trigger() -> None:
    metric = SimpleNamespace(namespace="Security", metric_name="Reads", dimensions=[])
    stat = SimpleNamespace(metric=metric, period="60", stat="Sum")
    queries = [
        SimpleNamespace(id="e1", label="total", return_data="true", expression="m1 * 2", metric_stat=None),
        SimpleNamespace(id="m1", label=None, return_data="false", expression=None, metric_stat=stat),
    ]

    assert json_message(transition(metric_data_queries=queries))["Trigger"]["Metrics"] == [
        {"Id": "e1", "Label": "total", "ReturnData": True, "Expression": "m1 * 2"},
        {
            "Id": "m1",
            "ReturnData": False,
            "MetricStat": {
                "Metric": {"Dimensions": [], "MetricName": "Reads", "Namespace": "Security"},
                "Period": 60,
                "Stat": "Sum",
            },
        },
    ]


def test_email_gets_the_text_and_other_protocols_the_json() -> None:
    message = published_message(transition())

    assert message["email"] == email_text(transition())
    assert json.loads(message["default"]) == json_message(transition())


def test_the_message_of_a_composite_alarm_names_the_child_that_changed() -> None:
    """Recorded answer of AWS, 2025."""
    state = {"value": "ALARM", "timestamp": "2021-03-26T22:49:42.123+0000"}
    data = json.dumps({"triggeringAlarms": [{"arn": "arn:child", "state": state}]})
    composite = transition(rule="ALARM(child)")
    shown = {"Arn": "arn:child", "State": {"Value": "ALARM", "Timestamp": "2021-03-26T22:49:42.123+0000"}}
    assert json_message(replace(composite, reason_data=data))["TriggeringChildren"] == [shown]
    for other in ("", "[]", '{"triggeringAlarms": [{"arn": "arn:child"}]}'):
        assert json_message(replace(composite, reason_data=other))["TriggeringChildren"] == []
