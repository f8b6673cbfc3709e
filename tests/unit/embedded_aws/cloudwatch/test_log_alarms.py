"""Log alarms of the embedded AWS: a scheduled query, and one notification for each contributor."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from embedded_aws.iam.permissions import enforce_iam
from tests.support.alarm_setup import error_code, history, put_alarm
from tests.support.embedded_control import link_in
from tests.support.in_process import ADMINISTRATOR, GUIDE, InProcess, aws

__all__ = ["aws"]

MAILBOX = "ops@example.com"
GROUP = "trail-events"
TOPIC = f"arn:aws:sns:us-east-1:{GUIDE}:alarms"
ROLE = f"arn:aws:iam::{GUIDE}:role/"


def make_role(aws: InProcess, name: str, service: str, *actions: str) -> None:
    trust = {"Effect": "Allow", "Principal": {"Service": service}, "Action": "sts:AssumeRole"}
    allow = {"Effect": "Allow", "Action": list(actions), "Resource": "*"}
    iam = aws.client("iam")
    iam.create_role(RoleName=name, AssumeRolePolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [trust]}))
    policy = json.dumps({"Version": "2012-10-17", "Statement": [allow]})
    iam.put_role_policy(RoleName=name, PolicyName="read", PolicyDocument=policy)


@pytest.fixture
def chain(aws: InProcess) -> InProcess:
    """Make a log group, a topic with a mailbox, and the two roles of log alarms."""
    aws.client("logs").create_log_group(logGroupName=GROUP)
    aws.client("logs").create_log_stream(logGroupName=GROUP, logStreamName="stream")
    aws.client("sns").create_topic(Name="alarms")
    aws.client("sns").subscribe(TopicArn=TOPIC, Protocol="email", Endpoint=MAILBOX)
    token = parse_qs(urlsplit(link_in(mails(aws)[-1], "ConfirmSubscription")).query)["Token"][0]
    aws.client("sns").confirm_subscription(TopicArn=TOPIC, Token=token)
    make_role(aws, "query", "logs.amazonaws.com", "logs:StartQuery", "logs:GetQueryResults")
    make_role(aws, "lines", "cloudwatch.amazonaws.com", "logs:GetLogEvents")
    return aws


def log_alarm(**changes: Any) -> dict[str, Any]:
    """Return the parameters of an alarm on reads of secrets, by actor."""
    query = {
        "QueryString": 'filter eventName = "GetSecretValue"',
        "AggregationExpression": "count(*) by userIdentity.arn, recipientAccountId | sort desc",
        "LogGroupIdentifiers": [GROUP],
        "ScheduledQueryRoleARN": f"{ROLE}query",
        "ScheduleConfiguration": {"ScheduleExpression": "rate(5 minutes)", "StartTimeOffset": 300},
    }
    return {
        "AlarmName": "reads",
        "ScheduledQueryConfiguration": query | changes.pop("query", {}),
        "QueryResultsToEvaluate": 1,
        "QueryResultsToAlarm": 1,
        "Threshold": 1.0,
        "ComparisonOperator": "GreaterThanOrEqualToThreshold",
        "TreatMissingData": "notBreaching",
        "AlarmActions": [TOPIC],
        "ActionLogLineCount": 2,
        "ActionLogLineRoleArn": f"{ROLE}lines",
        "Tags": [{"Key": "severity", "Value": "high"}],
        "ActionConfiguration": {"AlarmTagsPropagation": {"Enabled": True}},
    } | changes


def read(aws: InProcess, *actors: str) -> None:
    """Put an event for each read of a secret."""
    now = int(aws.state.clock.now().timestamp() * 1000)
    messages = [
        {"eventName": "GetSecretValue", "userIdentity": {"arn": actor}, "recipientAccountId": GUIDE} for actor in actors
    ]
    events = [{"timestamp": now, "message": json.dumps(message)} for message in messages]
    aws.client("logs").put_log_events(logGroupName=GROUP, logStreamName="stream", logEvents=events)


def advance(aws: InProcess, minutes: int = 5) -> None:
    """Advance the clock, and run what is due."""
    assert aws.pipeline.drain() == []
    aws.advance(minutes * 60)
    assert aws.pipeline.drain() == []


def mails(aws: InProcess, name: str = "") -> list[Any]:
    assert aws.pipeline.drain() == []
    return [mail for mail in aws.state.mailbox.messages(to=MAILBOX) if name in mail["subject"]]


def described(aws: InProcess) -> dict[str, Any]:
    (found,) = aws.client("cloudwatch").describe_alarms(AlarmTypes=["LogAlarm"])["LogAlarms"]
    return dict(found)


def contributors(aws: InProcess) -> list[str]:
    found = aws.client("cloudwatch").describe_alarm_contributors(AlarmName="reads")["AlarmContributors"]
    return sorted(each["ContributorAttributes"]["userIdentity.arn"] for each in found)


def test_two_actors_give_two_mails_and_one_actor_twice_gives_one(chain: InProcess) -> None:
    chain.client("cloudwatch").put_log_alarm(**log_alarm())
    read(chain, "alice", "bob", "alice")
    advance(chain)
    assert contributors(chain) == ["alice", "bob"]
    texts = [mail["body"] for mail in mails(chain, 'ALARM: "reads"')]
    assert len(texts) == 2
    assert sorted(text.count('"arn": "alice"') for text in texts) == [0, 2]
    assert all("- severity: high" in text for text in texts)
    advance(chain)
    assert (contributors(chain), described(chain)["StateValue"]) == ([], "OK")
    assert len(mails(chain, 'ALARM: "reads"')) == 2
    kinds = [item["HistoryItemType"] for item in history(chain.client, "reads")]
    assert kinds.count("AlarmContributorAction") == 2
    assert kinds.count("AlarmContributorStateUpdate") == 4


def test_a_role_that_cannot_be_used_is_an_evaluation_error_until_it_is_corrected(chain: InProcess) -> None:
    chain.client("cloudwatch").put_log_alarm(**log_alarm(query={"ScheduledQueryRoleARN": f"{ROLE}lines"}))
    read(chain, "alice")
    advance(chain)
    assert described(chain)["EvaluationState"] == "EVALUATION_ERROR"
    assert described(chain)["StateReason"] == f"logs.amazonaws.com may not assume the role {ROLE}lines."
    chain.client("cloudwatch").put_log_alarm(**log_alarm())
    read(chain, "alice")
    advance(chain)
    assert "EvaluationState" not in described(chain)
    assert contributors(chain) == ["alice"]


def test_needs_the_role_for_log_lines_only_for_the_lines(chain: InProcess) -> None:
    chain.client("cloudwatch").put_log_alarm(**log_alarm(ActionLogLineRoleArn=f"{ROLE}query"))
    read(chain, "alice")
    advance(chain)
    (mail,) = mails(chain, 'ALARM: "reads"')
    assert "[userIdentity.arn = alice]" in mail["body"]
    assert "Log Lines:" not in mail["body"]


def test_takes_the_place_of_a_metric_alarm_and_brings_and_removes_its_query(chain: InProcess) -> None:
    cloudwatch, logs = chain.client("cloudwatch"), chain.client("logs")
    put_alarm(chain.client, "reads")
    put_alarm(chain.client, "other")
    cloudwatch.put_log_alarm(**log_alarm())
    assert [alarm["AlarmName"] for alarm in cloudwatch.describe_alarms()["MetricAlarms"]] == ["other"]
    arn = described(chain)["ScheduledQueryConfiguration"]["QueryARN"]
    assert [query["scheduledQueryArn"] for query in logs.list_scheduled_queries()["scheduledQueries"]] == [arn]
    assert error_code(cloudwatch.delete_alarms, AlarmNames=["reads", "other"]) == "ValidationError"
    cloudwatch.delete_alarms(AlarmNames=["reads"])
    assert logs.list_scheduled_queries()["scheduledQueries"] == []


@pytest.mark.parametrize(
    "changes",
    [
        {"QueryResultsToAlarm": 2},
        {"ActionLogLineCount": 51},
        {"ActionLogLineRoleArn": ""},
        {"ComparisonOperator": "GreaterThanUpperThreshold"},
        {"query": {"ScheduleConfiguration": {"ScheduleExpression": "cron(0 * * * *)", "StartTimeOffset": 300}}},
        {
            "query": {
                "ScheduleConfiguration": {
                    "ScheduleExpression": "rate(5 minutes)",
                    "StartTimeOffset": 9,
                    "EndTimeOffset": 9,
                }
            }
        },
        {"query": {"AggregationExpression": "count(*) by a, b, c, d, e, f"}},
    ],
    ids="-".join,
)
def test_rejects_invalid_parameters(chain: InProcess, changes: dict[str, Any]) -> None:
    assert error_code(chain.client("cloudwatch").put_log_alarm, **log_alarm(**changes)) == "ValidationError"


def test_the_caller_must_be_allowed_to_pass_both_roles_and_to_read_the_tags(chain: InProcess) -> None:
    keys = {"aws_access_key_id": ADMINISTRATOR}
    enforce_iam(True)
    try:
        chain.client("cloudwatch", **keys).put_log_alarm(**log_alarm())
    finally:
        enforce_iam(False)
    asked = {(each.action, each.resource.rpartition("/")[2]) for each in chain.state.asked}
    assert {("iam:PassRole", "query"), ("iam:PassRole", "lines")} <= asked
    assert {action for action, _resource in asked} >= {"cloudwatch:ListTagsForResource", "cloudwatch:TagResource"}
