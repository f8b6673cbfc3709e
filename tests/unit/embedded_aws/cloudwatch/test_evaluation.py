"""Alarms change their state with clock and samples, and run actions on a change only."""

from __future__ import annotations

import json
from typing import Any

import boto3
import pytest

from tests.support.alarm_setup import (
    Client,
    alarm,
    history,
    make_group,
    put_alarm,
    put_filter,
    put_messages,
    put_value,
    state,
)
from tests.support.embedded_control import advance, drain, now_of


@pytest.fixture
def topic(aws_client: Client) -> str:
    return str(aws_client("sns").create_topic(Name="alarms")["TopicArn"])


def actions(client: Client, name: str) -> list[str]:
    return [json.loads(item["HistoryData"])["notificationResource"] for item in history(client, name, "Action")]


def test_an_alarm_starts_with_insufficient_data_and_is_first_evaluated_after_a_minute(
    embedded_aws: str, aws_client: Client
) -> None:
    put_alarm(aws_client, "begins", TreatMissingData="notBreaching")
    drain(embedded_aws)
    found = alarm(aws_client, "begins")
    assert (found["StateValue"], found["StateReason"]) == ("INSUFFICIENT_DATA", "Unchecked: Initial alarm creation")
    advance(embedded_aws, 60)
    assert state(aws_client, "begins") == "OK"


def test_a_filtered_event_raises_the_alarm_within_one_drain(embedded_aws: str, aws_client: Client, topic: str) -> None:
    group = make_group(aws_client, "raises")
    put_filter(aws_client, group, "filter", '{ $.eventName = "GetSecretValue" }', metricName="raises", defaultValue=0)
    put_alarm(aws_client, "raises", AlarmActions=[topic])
    put_messages(aws_client, embedded_aws, group, '{"eventName": "ListSecrets"}')
    assert state(aws_client, "raises") == "OK"
    put_messages(aws_client, embedded_aws, group, '{"eventName": "GetSecretValue"}')
    assert state(aws_client, "raises") == "ALARM"
    assert actions(aws_client, "raises") == [topic]


def test_a_second_breach_in_alarm_runs_no_action(embedded_aws: str, aws_client: Client, topic: str) -> None:
    put_alarm(aws_client, "once", AlarmActions=[topic])
    put_value(aws_client, embedded_aws, "once", 1)
    first = alarm(aws_client, "once")
    put_value(aws_client, embedded_aws, "once", 5)
    assert alarm(aws_client, "once") == first
    assert actions(aws_client, "once") == [topic]


def test_an_alarm_returns_to_ok_when_its_period_has_passed_and_not_before(
    embedded_aws: str, aws_client: Client, topic: str
) -> None:
    put_alarm(aws_client, "returns", Period=300, TreatMissingData="notBreaching", OKActions=[topic])
    put_value(aws_client, embedded_aws, "returns", 1)
    advance(embedded_aws, 230)
    assert state(aws_client, "returns") == "ALARM"
    before = alarm(aws_client, "returns")["StateTransitionedTimestamp"]
    now = advance(embedded_aws, 120)
    found = alarm(aws_client, "returns")
    assert found["StateValue"] == "OK"
    assert before < found["StateTransitionedTimestamp"] <= now
    assert actions(aws_client, "returns") == [topic]


def test_missing_data_returns_the_alarm_to_insufficient_data(embedded_aws: str, aws_client: Client, topic: str) -> None:
    put_alarm(aws_client, "vanishes", InsufficientDataActions=[topic])
    put_value(aws_client, embedded_aws, "vanishes", 0)
    assert state(aws_client, "vanishes") == "OK"
    advance(embedded_aws, 60)
    assert state(aws_client, "vanishes") == "INSUFFICIENT_DATA"
    assert actions(aws_client, "vanishes") == [topic]


def test_breaching_missing_data_alarms_without_a_sample(embedded_aws: str, aws_client: Client) -> None:
    put_alarm(aws_client, "silent", TreatMissingData="breaching")
    advance(embedded_aws, 60)
    assert state(aws_client, "silent") == "ALARM"


def test_ignored_missing_data_keeps_the_state(embedded_aws: str, aws_client: Client) -> None:
    put_alarm(aws_client, "keeps", TreatMissingData="ignore")
    put_value(aws_client, embedded_aws, "keeps", 1)
    advance(embedded_aws, 3600)
    assert state(aws_client, "keeps") == "ALARM"


def test_two_of_three_datapoints_to_alarm(embedded_aws: str, aws_client: Client) -> None:
    put_alarm(aws_client, "two", EvaluationPeriods=3, DatapointsToAlarm=2)
    put_value(aws_client, embedded_aws, "two", 0)
    advance(embedded_aws, 60)
    put_value(aws_client, embedded_aws, "two", 1)
    assert state(aws_client, "two") == "OK"
    advance(embedded_aws, 60)
    put_value(aws_client, embedded_aws, "two", 1)
    found = alarm(aws_client, "two")
    assert found["StateValue"] == "ALARM"
    assert found["StateReason"].startswith("Threshold Crossed: 2 out of the last 3 datapoints [1.0 (")
    assert found["StateReason"].endswith("(minimum 2 datapoints for OK -> ALARM transition).")


def test_disabled_actions_do_not_run_when_the_state_changes(embedded_aws: str, aws_client: Client, topic: str) -> None:
    put_alarm(aws_client, "disabled", AlarmActions=[topic], OKActions=[topic], ActionsEnabled=False)
    put_value(aws_client, embedded_aws, "disabled", 1)
    assert state(aws_client, "disabled") == "ALARM"
    assert actions(aws_client, "disabled") == []


def test_a_late_sample_is_evaluated_in_its_own_period(embedded_aws: str, aws_client: Client) -> None:
    group = make_group(aws_client, "late")
    put_filter(aws_client, group, "filter", "ERROR", metricName="late")
    put_alarm(aws_client, "late")
    put_messages(aws_client, embedded_aws, group, "ERROR", seconds_ago=200)
    assert state(aws_client, "late") == "ALARM"


@pytest.mark.parametrize(
    ("statistic", "threshold", "values", "expected"),
    [
        ({"Statistic": "Sum"}, 6, [1, 2, 3], "ALARM"),
        ({"Statistic": "Sum"}, 7, [1, 2, 3], "OK"),
        ({"Statistic": "Average"}, 2, [1, 2, 3], "ALARM"),
        ({"Statistic": "Average"}, 2.1, [1, 2, 3], "OK"),
        ({"Statistic": "Minimum"}, 1.1, [1, 2, 3], "OK"),
        ({"Statistic": "Maximum"}, 3, [1, 2, 3], "ALARM"),
        ({"Statistic": "SampleCount"}, 3, [0, 0, 0], "ALARM"),
        ({"ExtendedStatistic": "p90"}, 9, list(range(1, 11)), "ALARM"),
        ({"ExtendedStatistic": "p90"}, 9.1, list(range(1, 11)), "OK"),
    ],
)
def test_every_statistic_is_evaluated(
    embedded_aws: str,
    aws_client: Client,
    statistic: dict[str, str],
    threshold: float,
    values: list[float],
    expected: str,
) -> None:
    name = f"statistic-{'-'.join(statistic.values())}-{threshold}"
    put_alarm(aws_client, name, **({"Statistic": None} | statistic), Threshold=threshold)
    datums = [{"MetricName": name, "Values": values}]
    aws_client("cloudwatch").put_metric_data(Namespace="Test", MetricData=datums)
    drain(embedded_aws)
    assert state(aws_client, name) == expected


def test_a_statistic_set_counts(embedded_aws: str, aws_client: Client) -> None:
    put_alarm(aws_client, "set", Threshold=10)
    sets = {"SampleCount": 4, "Sum": 10, "Minimum": 1, "Maximum": 4}
    datums = [{"MetricName": "set", "StatisticValues": sets}]
    aws_client("cloudwatch").put_metric_data(Namespace="Test", MetricData=datums)
    drain(embedded_aws)
    assert state(aws_client, "set") == "ALARM"


def test_a_ten_second_alarm_changes_up_to_thirty_seconds_after_a_sample(embedded_aws: str, aws_client: Client) -> None:
    """Recorded answers of AWS, 2026-09: see test_alarm_recordings.py."""
    put_alarm(aws_client, "fast", Period=10, TreatMissingData="notBreaching")
    put_value(aws_client, embedded_aws, "fast", 1, StorageResolution=1)
    assert state(aws_client, "fast") != "ALARM"
    advance(embedded_aws, 31)
    assert state(aws_client, "fast") == "ALARM"
    advance(embedded_aws, 31)
    assert state(aws_client, "fast") == "OK"


def test_a_ten_second_alarm_sees_data_of_a_minute(embedded_aws: str, aws_client: Client) -> None:
    """A recorded answer of AWS, 2026-02; such data stands at the start of its minute."""
    put_alarm(aws_client, "mixed", Period=10, TreatMissingData="ignore")
    advance(embedded_aws, 115 - now_of(embedded_aws).second)
    put_value(aws_client, embedded_aws, "mixed", 1)
    advance(embedded_aws, 31)
    assert state(aws_client, "mixed") == "ALARM"


def test_only_samples_of_the_same_dimensions_and_unit_count(embedded_aws: str, aws_client: Client) -> None:
    dimensions = [{"Name": "Secret", "Value": "a"}]
    put_alarm(aws_client, "exact", Dimensions=dimensions, Unit="Count")
    put_value(aws_client, embedded_aws, "exact", 1, Unit="Count")
    put_value(aws_client, embedded_aws, "exact", 1, Dimensions=dimensions)
    assert state(aws_client, "exact") == "INSUFFICIENT_DATA"
    put_value(aws_client, embedded_aws, "exact", 1, Dimensions=dimensions, Unit="Count")
    assert state(aws_client, "exact") == "ALARM"


def test_a_year_of_silence_is_evaluated_at_once(embedded_aws: str, aws_client: Client) -> None:
    put_alarm(aws_client, "year", TreatMissingData="notBreaching")
    put_value(aws_client, embedded_aws, "year", 1)
    advance(embedded_aws, 365 * 86_400)
    assert [
        json.loads(item["HistoryData"])["newState"]["stateValue"] for item in history(aws_client, "year", "StateUpdate")
    ] == [
        "ALARM",
        "OK",
    ]


def test_an_alarm_on_one_metric_of_a_metrics_list_is_evaluated(embedded_aws: str, aws_client: Client) -> None:
    stat = {"Metric": {"Namespace": "Test", "MetricName": "listed"}, "Period": 60, "Stat": "Sum"}
    put_alarm(
        aws_client,
        "listed",
        Metrics=[{"Id": "m", "MetricStat": stat, "ReturnData": True}],
        **dict.fromkeys(("Namespace", "MetricName", "Statistic", "Period")),
    )
    put_value(aws_client, embedded_aws, "listed", 1)
    assert state(aws_client, "listed") == "ALARM"


@pytest.mark.parametrize("by", ["event", "datum"])
def test_an_alarm_acts_again_if_its_period_had_passed_before_the_next_breach(
    embedded_aws: str, aws_client: Client, topic: str, by: str
) -> None:
    group = make_group(aws_client, f"again-{by}")
    put_filter(aws_client, group, "filter", "ERROR", metricName=f"again-{by}")
    put_alarm(aws_client, f"again-{by}", AlarmActions=[topic], TreatMissingData="notBreaching")
    for _turn in range(2):
        if by == "event":
            put_messages(aws_client, embedded_aws, group, "ERROR")
        else:
            put_value(aws_client, embedded_aws, f"again-{by}", 1)
        # The clock moves, and nothing but the next breach lets the pipeline notice.
        advance(embedded_aws, 3600)
    assert actions(aws_client, f"again-{by}") == [topic, topic]


def test_a_heartbeat_in_every_period_keeps_an_alarm_on_silence_quiet(embedded_aws: str, aws_client: Client) -> None:
    put_alarm(
        aws_client,
        "heartbeat",
        Period=120,
        ComparisonOperator="LessThanThreshold",
        TreatMissingData="breaching",
    )
    for _turn in range(4):
        put_value(aws_client, embedded_aws, "heartbeat", 1)
        advance(embedded_aws, 110)
        assert state(aws_client, "heartbeat") == "OK"
    advance(embedded_aws, 80)
    assert state(aws_client, "heartbeat") == "ALARM"


def test_samples_do_not_affect_alarms_of_another_region(embedded_aws: str, aws_client: Client) -> None:
    def elsewhere(service: str) -> Any:
        return boto3.client(
            service,
            endpoint_url=embedded_aws,
            region_name="eu-central-1",
            aws_access_key_id="tester",
            aws_secret_access_key="tester",
        )

    put_alarm(aws_client, "region")
    put_alarm(elsewhere, "region")
    put_value(aws_client, embedded_aws, "region", 1)
    assert (state(aws_client, "region"), state(elsewhere, "region")) == ("ALARM", "INSUFFICIENT_DATA")
