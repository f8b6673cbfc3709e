"""Records and state changes become the events that EventBridge documents."""

from __future__ import annotations

from datetime import UTC, datetime
from types import SimpleNamespace

import pytest

from embedded_aws.core.events import AlarmTransition
from embedded_aws.events.bus_event import event_of_alarm, event_of_record


@pytest.mark.parametrize(
    ("event_source", "event_type", "source", "detail_type"),
    [
        ("secretsmanager.amazonaws.com", "AwsApiCall", "aws.secretsmanager", "AWS API Call via CloudTrail"),
        ("monitoring.amazonaws.com", "AwsApiCall", "aws.monitoring", "AWS API Call via CloudTrail"),
        ("signin.amazonaws.com", "AwsConsoleSignIn", "aws.signin", "AWS Console Sign In via CloudTrail"),
        ("secretsmanager.amazonaws.com", "AwsServiceEvent", "aws.secretsmanager", "AWS Service Event via CloudTrail"),
    ],
)
def test_source_and_type_of_a_record_determine_the_event(
    event_source: str, event_type: str, source: str, detail_type: str
) -> None:
    record = {
        "eventSource": event_source,
        "eventType": event_type,
        "recipientAccountId": "123456789012",
        "awsRegion": "eu-central-1",
        "eventTime": "2026-09-13T10:11:12Z",
    }
    event = event_of_record(record)

    assert (event["source"], event["detail-type"]) == (source, detail_type)
    assert (event["account"], event["region"], event["time"]) == (
        "123456789012",
        "eu-central-1",
        "2026-09-13T10:11:12Z",
    )
    assert event["detail"] == record


def test_the_event_of_a_state_change_has_both_states() -> None:
    alarm = SimpleNamespace(
        name="Reads",
        alarm_arn="arn:alarm",
        description=None,
        rule=None,
        namespace="Security",
        metric_name="Reads",
        dimensions=[],
        period=60,
        statistic="Sum",
        extended_statistic=None,
    )
    at = datetime(2026, 9, 13, 10, 11, 12, 345678, tzinfo=UTC)
    event = event_of_alarm(AlarmTransition("1", "us-east-1", alarm, "OK", "ALARM", "why", "{}", at, ()))

    assert (event["source"], event["detail-type"]) == ("aws.cloudwatch", "CloudWatch Alarm State Change")
    assert event["resources"] == ["arn:alarm"]
    assert event["detail"]["alarmName"] == "Reads"
    assert event["detail"]["previousState"]["value"] == "OK"
    assert event["detail"]["state"] == {
        "value": "ALARM",
        "reason": "why",
        "reasonData": "{}",
        "timestamp": "2026-09-13T10:11:12.345+0000",
    }
    assert event["detail"]["configuration"]["metrics"][0]["metricStat"]["metric"]["name"] == "Reads"
