"""An alarm on a Metrics Insights query has a state, and sends a notification, for each of its time series."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.support.alarm_setup import (
    Client,
    alarm,
    error_code,
    history,
    make_group,
    put_alarm,
    put_filter,
    put_messages,
    put_value,
    state,
)
from tests.support.embedded_control import advance

QUERY = 'SELECT SUM({name}) FROM SCHEMA("Test", account) GROUP BY account ORDER BY SUM() DESC'
PLAIN = ("MetricName", "Namespace", "Statistic", "Period")
ONE, TWO = "111111111111", "222222222222"


def put_query_alarm(client: Client, name: str, query: str = QUERY, **parameters: Any) -> None:
    metrics = [{"Id": "m", "Expression": query.format(name=name), "Period": 60, "ReturnData": True}]
    alarm = {"Metrics": metrics, "TreatMissingData": "notBreaching", **dict.fromkeys(PLAIN), **parameters}
    put_alarm(client, name, **alarm)


def in_alarm(client: Client, name: str) -> list[dict[str, Any]]:
    return list(client("cloudwatch").describe_alarm_contributors(AlarmName=name)["AlarmContributors"])


def accounts(client: Client, name: str) -> list[str]:
    return [one["ContributorAttributes"]["account"] for one in in_alarm(client, name)]


def count(client: Client, endpoint: str, name: str, account: str) -> None:
    put_value(client, endpoint, name, 1, Dimensions=[{"Name": "account", "Value": account}])


def test_each_contributor_sends_a_notification_that_names_it(embedded_aws: str, aws_client: Client) -> None:
    topic = aws_client("sns").create_topic(Name="contributors")["TopicArn"]
    queue = aws_client("sqs").create_queue(QueueName="contributors")["QueueUrl"]
    arn = "arn:aws:sqs:us-east-1:123456789012:contributors"
    aws_client("sns").subscribe(TopicArn=topic, Protocol="sqs", Endpoint=arn)
    put_query_alarm(aws_client, "reads", AlarmActions=[topic])
    put_value(aws_client, embedded_aws, "reads", 1)
    assert accounts(aws_client, "reads") == [], "a metric without the dimension is none of the schema"
    count(aws_client, embedded_aws, "reads", ONE)
    assert (state(aws_client, "reads"), accounts(aws_client, "reads")) == ("ALARM", [ONE])
    # The alarm is in ALARM already; the second account is notified nevertheless.
    count(aws_client, embedded_aws, "reads", TWO)
    assert accounts(aws_client, "reads") == [ONE, TWO]
    assert alarm(aws_client, "reads")["StateReason"] == "1 out of 1 time series evaluated to ALARM"
    received = aws_client("sqs").receive_message(QueueUrl=queue, MaxNumberOfMessages=10)["Messages"]
    sent = [json.loads(json.loads(message["Body"])["Message"]) for message in received]
    assert [message["AlarmContributorAttributes"] for message in sent] == [{"account": ONE}, {"account": TWO}]
    assert len(history(aws_client, "reads", "AlarmContributorAction")) == 2
    assert history(aws_client, "reads", "Action") == []
    (changed, _other) = history(aws_client, "reads", "AlarmContributorStateUpdate")
    assert changed["AlarmContributorAttributes"] == {"account": ONE}
    advance(embedded_aws, 180)
    assert (state(aws_client, "reads"), accounts(aws_client, "reads")) == ("OK", [])
    count(aws_client, embedded_aws, "reads", ONE)
    assert accounts(aws_client, "reads") == [ONE]


def test_a_metric_filter_counts_each_account_of_a_log_group(embedded_aws: str, aws_client: Client) -> None:
    group = make_group(aws_client, "organization")
    dimensions = {"account": "$.recipientAccountId"}
    put_filter(aws_client, group, "own", '{ $.eventName = "Read" }', metricName="own", dimensions=dimensions)
    put_query_alarm(aws_client, "own")
    record = {"eventName": "Read", "recipientAccountId": ONE}
    put_messages(aws_client, embedded_aws, group, json.dumps(record), json.dumps(record | {"eventName": "Write"}))
    assert accounts(aws_client, "own") == [ONE]


@pytest.mark.parametrize(
    "query",
    [
        "SELECT SUM(x) FROM Test GROUP BY account ORDER BY SUM() DESC",
        'SELECT SUM(x) FROM SCHEMA("Test", account, region) GROUP BY account ORDER BY SUM() DESC',
        "SELECT P99(x) FROM SCHEMA(Test, account) GROUP BY account ORDER BY P99() DESC",
        "SELECT SUM(x) FROM SCHEMA(Test, account) GROUP BY account",
    ],
)
def test_refuses_a_query_that_is_not_supported(aws_client: Client, query: str) -> None:
    metrics = [{"Id": "m", "Expression": query, "Period": 60}]
    parameters = {"Metrics": metrics, "EvaluationPeriods": 1, "Threshold": 1.0}
    comparison = "GreaterThanOrEqualToThreshold"
    call = aws_client("cloudwatch").put_metric_alarm
    assert error_code(call, AlarmName="refused", ComparisonOperator=comparison, **parameters) == "ValidationError"
