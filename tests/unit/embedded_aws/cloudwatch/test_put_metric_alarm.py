"""The operations on alarms and their history."""

from __future__ import annotations

import json
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.support.alarm_setup import (
    Client,
    alarm,
    alarm_names,
    error_code,
    history,
    put_alarm,
    put_value,
    set_state,
    state,
)
from tests.support.embedded_control import advance, drain, now_of


@pytest.fixture
def topic(aws_client: Client) -> str:
    return str(aws_client("sns").create_topic(Name="alarms")["TopicArn"])


def summaries(client: Client, name: str) -> list[str]:
    return [item["HistorySummary"] for item in history(client, name)]


# PutMetricAlarm


def test_an_identical_put_changes_nothing(embedded_aws: str, aws_client: Client) -> None:
    put_alarm(aws_client, "same", AlarmDescription="text")
    before = alarm(aws_client, "same")
    advance(embedded_aws, 10)
    put_alarm(aws_client, "same", AlarmDescription="text")
    assert alarm(aws_client, "same") == before
    assert summaries(aws_client, "same") == ['Alarm "same" created']


def test_an_update_replaces_everything_but_the_state(embedded_aws: str, aws_client: Client) -> None:
    put_alarm(aws_client, "update", AlarmDescription="text")
    put_value(aws_client, embedded_aws, "update", 1)
    before = alarm(aws_client, "update")
    now = advance(embedded_aws, 10)
    put_alarm(aws_client, "update", Threshold=5.0)
    after = alarm(aws_client, "update")
    kept = ("StateValue", "StateReason", "StateReasonData", "StateUpdatedTimestamp", "StateTransitionedTimestamp")
    assert [after[name] for name in kept] == [before[name] for name in kept]
    assert (after["Threshold"], "AlarmDescription" in after) == (5.0, False)
    assert after["AlarmConfigurationUpdatedTimestamp"] >= now.replace(microsecond=0)
    assert summaries(aws_client, "update")[-1] == 'Alarm "update" updated'


def test_tags_are_set_at_creation_only(aws_client: Client) -> None:
    put_alarm(aws_client, "tags", Tags=[{"Key": "a", "Value": "1"}])
    put_alarm(aws_client, "tags", Tags=[{"Key": "b", "Value": "2"}], Threshold=2.0)
    arn = alarm(aws_client, "tags")["AlarmArn"]
    tags = aws_client("cloudwatch").list_tags_for_resource(ResourceARN=arn)["Tags"]
    assert tags == [{"Key": "a", "Value": "1"}]


@pytest.mark.parametrize(
    ("parameters", "code"),
    [
        ({"Period": 45}, "ValidationError"),
        ({"Period": None}, "ValidationError"),
        ({"MetricName": None}, "ValidationError"),
        ({"Statistic": None}, "MissingParameter"),
        ({"ExtendedStatistic": "p99"}, "InvalidParameterCombination"),
        ({"Statistic": None, "ExtendedStatistic": "median"}, "InvalidParameterValue"),
        ({"Statistic": "Median"}, "ValidationError"),
        ({"ComparisonOperator": "Equals"}, "ValidationError"),
        ({"Threshold": None}, "ValidationError"),
        ({"DatapointsToAlarm": 2}, "ValidationError"),
        ({"Period": 60, "EvaluationPeriods": 1441}, "ValidationError"),
        ({"Period": 3600, "EvaluationPeriods": 169}, "ValidationError"),
        ({"TreatMissingData": "notbreaching"}, "ValidationError"),
        ({"AlarmActions": [f"arn:aws:sns:us-east-1:123456789012:t{number}" for number in range(6)]}, "ValidationError"),
        ({"AlarmDescription": "a" * 1025}, "ValidationError"),
        ({"AlarmName": "a" * 256}, "ValidationError"),
    ],
)
def test_rejects_what_aws_rejects(aws_client: Client, parameters: dict[str, Any], code: str) -> None:
    assert error_code(put_alarm, client=aws_client, name="rejected", **parameters) == code
    assert alarm_names(aws_client, AlarmNamePrefix="refused") == []


# SetAlarmState and the switches of the actions


def test_set_alarm_state_runs_actions_until_the_next_evaluation(
    embedded_aws: str, aws_client: Client, topic: str
) -> None:
    put_alarm(aws_client, "set", AlarmActions=[topic], TreatMissingData="notBreaching")
    set_state(aws_client, "set", "ALARM", StateReasonData='{"why": "test"}')
    found = alarm(aws_client, "set")
    shown = ("StateValue", "StateReason", "StateReasonData")
    assert [found[name] for name in shown] == ["ALARM", "a test", '{"why": "test"}']
    drain(embedded_aws)
    assert summaries(aws_client, "set")[1:] == [
        "Alarm updated from INSUFFICIENT_DATA to ALARM",
        f"Successfully executed action {topic}",
    ]
    advance(embedded_aws, 60)
    assert state(aws_client, "set") == "OK"


def test_setting_the_same_state_does_nothing(embedded_aws: str, aws_client: Client, topic: str) -> None:
    put_alarm(aws_client, "set-same", InsufficientDataActions=[topic])
    before = alarm(aws_client, "set-same")
    set_state(aws_client, "set-same", "INSUFFICIENT_DATA")
    drain(embedded_aws)
    assert alarm(aws_client, "set-same") == before
    assert len(history(aws_client, "set-same")) == 1


def test_set_alarm_state_rejects_unknown_alarms_invalid_states_and_invalid_json(aws_client: Client) -> None:
    put_alarm(aws_client, "set-refused")
    call = aws_client("cloudwatch").set_alarm_state
    # Recorded answers of AWS, 2025: an unknown alarm is refused without a text, and AWS has its own order of states.
    with pytest.raises(ClientError) as unknown:
        call(AlarmName="nobody", StateValue="OK", StateReason="")
    error = unknown.value.response["Error"]
    assert (error["Code"], error["Message"]) == ("ResourceNotFound", "")
    with pytest.raises(ClientError, match=r"\[INSUFFICIENT_DATA, ALARM, OK\]$"):
        call(AlarmName="set-refused", StateValue="FINE", StateReason="")
    bad = {"AlarmName": "set-refused", "StateValue": "OK", "StateReason": "", "StateReasonData": "{"}
    assert error_code(call, **bad) == "InvalidFormat"


def test_disabled_actions_do_not_run_and_enabled_ones_do(embedded_aws: str, aws_client: Client, topic: str) -> None:
    put_alarm(aws_client, "switch", AlarmActions=[topic], OKActions=[topic])
    aws_client("cloudwatch").disable_alarm_actions(AlarmNames=["switch"])
    assert alarm(aws_client, "switch")["ActionsEnabled"] is False
    set_state(aws_client, "switch", "ALARM")
    drain(embedded_aws)
    assert history(aws_client, "switch", "Action") == []
    aws_client("cloudwatch").enable_alarm_actions(AlarmNames=["switch"])
    set_state(aws_client, "switch", "OK")
    drain(embedded_aws)
    assert len(history(aws_client, "switch", "Action")) == 1


# DescribeAlarms


@pytest.mark.parametrize("question", [{}, {"AlarmTypes": ["CompositeAlarm"]}, {"AlarmNamePrefix": "no-such-alarm"}])
def test_the_lists_of_all_alarm_types_are_answered_even_if_empty(aws_client: Client, question: dict[str, Any]) -> None:
    """Recorded answer of AWS, 2026-09."""
    answer = aws_client("cloudwatch").describe_alarms(**question)
    assert {name for name in answer if name.endswith("Alarms")} == {"CompositeAlarms", "MetricAlarms", "LogAlarms"}


def test_alarms_are_listed_by_name_in_pages_of_fifty(aws_client: Client) -> None:
    for number in range(51):
        put_alarm(aws_client, f"many-{number:02}")
    describe = aws_client("cloudwatch").describe_alarms
    first = describe(AlarmNamePrefix="many-")
    second = describe(AlarmNamePrefix="many-", NextToken=first["NextToken"])
    assert len(first["MetricAlarms"]) == 50
    assert [found["AlarmName"] for found in second["MetricAlarms"]] == ["many-50"]
    assert "NextToken" not in second
    assert len(describe(AlarmNamePrefix="many-", MaxRecords=100)["MetricAlarms"]) == 51
    assert error_code(describe, MaxRecords=101) == "ValidationError"
    assert error_code(describe, NextToken="forged") == "InvalidNextToken"
    assert error_code(describe, AlarmNamePrefix="other", NextToken=first["NextToken"]) == "InvalidNextToken"


def test_alarms_are_found_by_name_prefix_state_and_action(aws_client: Client, topic: str) -> None:
    put_alarm(aws_client, "find-a", OKActions=[f"{topic}-own"])
    put_alarm(aws_client, "find-b")
    set_state(aws_client, "find-b", "ALARM")
    assert alarm_names(aws_client, AlarmNames=["find-b", "unknown"]) == ["find-b"]
    assert alarm_names(aws_client, AlarmNamePrefix="find-") == ["find-a", "find-b"]
    assert alarm_names(aws_client, AlarmNamePrefix="find-", StateValue="ALARM") == ["find-b"]
    assert alarm_names(aws_client, ActionPrefix=f"{topic}-o") == ["find-a"]
    both = {"AlarmNames": ["find-a"], "AlarmNamePrefix": "find-"}
    assert error_code(aws_client("cloudwatch").describe_alarms, **both) == "InvalidParameterCombination"


def test_alarms_for_a_metric_have_exactly_its_dimensions(aws_client: Client) -> None:
    dimensions = [{"Name": "Secret", "Value": "a"}]
    put_alarm(aws_client, "metric-plain", MetricName="shared")
    put_alarm(aws_client, "metric-dimension", MetricName="shared", Dimensions=dimensions)
    describe = aws_client("cloudwatch").describe_alarms_for_metric
    for question, name in (({}, "metric-plain"), ({"Dimensions": dimensions}, "metric-dimension")):
        found = describe(Namespace="Test", MetricName="shared", **question)["MetricAlarms"]
        assert [each["AlarmName"] for each in found] == [name]


# DeleteAlarms and the history


def test_deleting_an_alarm_keeps_its_history(embedded_aws: str, aws_client: Client) -> None:
    put_alarm(aws_client, "deleted")
    aws_client("cloudwatch").delete_alarms(AlarmNames=["deleted", "unknown"])
    put_value(aws_client, embedded_aws, "deleted", 1)
    assert alarm_names(aws_client, AlarmNames=["deleted"]) == []
    assert summaries(aws_client, "deleted") == ['Alarm "deleted" created', 'Alarm "deleted" deleted']
    assert error_code(aws_client("cloudwatch").delete_alarms, AlarmNames=["deleted"]) == "ResourceNotFound"


def test_the_history_contains_states_and_reasons(embedded_aws: str, aws_client: Client) -> None:
    put_alarm(aws_client, "history")
    put_value(aws_client, embedded_aws, "history", 3)
    (change,) = history(aws_client, "history", "StateUpdate")
    data = json.loads(change["HistoryData"])
    assert data["version"] == "1.0"
    assert data["oldState"] == {
        "stateValue": "INSUFFICIENT_DATA",
        "stateReason": "Unchecked: Initial alarm creation",
    }
    assert data["newState"]["stateReason"].startswith("Threshold Crossed: 1 datapoint [3.0 (")
    assert data["newState"]["stateReasonData"]["recentDatapoints"] == [3.0]
    (creation,) = history(aws_client, "history", "ConfigurationUpdate")
    created = json.loads(creation["HistoryData"])
    assert created["type"] == "Create"
    assert created["createdAlarm"]["alarmName"] == "history"
    assert created["createdAlarm"]["stateValue"] == "INSUFFICIENT_DATA"


def test_the_history_is_filtered_by_time_and_paged(embedded_aws: str, aws_client: Client) -> None:
    put_alarm(aws_client, "read")
    for value in ("OK", "ALARM", "OK"):
        advance(embedded_aws, 1)
        set_state(aws_client, "read", value)
    drain(embedded_aws)
    describe = aws_client("cloudwatch").describe_alarm_history
    paginator = aws_client("cloudwatch").get_paginator("describe_alarm_history")
    pages = list(paginator.paginate(AlarmName="read", PaginationConfig={"PageSize": 3}))
    assert [len(page["AlarmHistoryItems"]) for page in pages] == [3, 1]
    newest = pages[0]["AlarmHistoryItems"][0]
    assert newest["HistorySummary"] == "Alarm updated from ALARM to OK"
    found = describe(AlarmName="read", StartDate=newest["Timestamp"])["AlarmHistoryItems"]
    assert found[0] == newest
    assert describe(AlarmName="read", StartDate=now_of(embedded_aws))["AlarmHistoryItems"] == []


def test_an_hourly_alarm_evaluates_up_to_a_week(aws_client: Client) -> None:
    put_alarm(aws_client, "week", Period=3600, EvaluationPeriods=168)
    assert alarm(aws_client, "week")["EvaluationPeriods"] == 168


def test_a_trimmed_statistic_is_kept(aws_client: Client) -> None:
    put_alarm(aws_client, "trimmed", Statistic=None, ExtendedStatistic="TM(10%:90%)")
    assert alarm(aws_client, "trimmed")["ExtendedStatistic"] == "TM(10%:90%)"


def test_moto_still_needs_the_overrides(moto_client: Client) -> None:
    for number in range(101):
        put_alarm(moto_client, f"alarm-{number}")
    assert state(moto_client, "alarm-0") == "OK"
    assert len(alarm_names(moto_client)) == 101
    with pytest.raises(NotImplementedError):
        moto_client("cloudwatch").describe_alarm_history()
