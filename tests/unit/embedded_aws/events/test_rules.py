"""Rules send management events and alarms' changes of state to topics and queues."""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError
from moto import mock_aws

from tests.support.embedded_control import drain

Client = Callable[[str], Any]
ALL = "ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS"


class Watch:
    """A rule with a topic, whose messages a queue collects."""

    def __init__(self, endpoint: str, client: Client, pattern: dict[str, Any], **more: Any) -> None:
        self.endpoint, self.client, self.name = endpoint, client, f"watch-{uuid.uuid4()}"
        sns, sqs, events = client("sns"), client("sqs"), client("events")
        self.topic = sns.create_topic(Name=self.name)["TopicArn"]
        self.permit("events.amazonaws.com")
        self.url = sqs.create_queue(QueueName=self.name)["QueueUrl"]
        queue = sqs.get_queue_attributes(QueueUrl=self.url, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
        sns.subscribe(TopicArn=self.topic, Protocol="sqs", Endpoint=queue)
        target = {"Id": "1", "Arn": more.pop("target", lambda arn: self.topic)(queue), **more.pop("input", {})}
        events.put_rule(Name=self.name, EventPattern=json.dumps(pattern), **more)
        events.put_targets(Rule=self.name, Targets=[target])

    def permit(self, principal: str, **condition: Any) -> None:
        allow = {
            "Effect": "Allow",
            "Principal": {"Service": principal},
            "Action": "sns:Publish",
            "Resource": self.topic,
        }
        document = json.dumps({"Version": "2012-10-17", "Statement": [allow | condition]})
        self.client("sns").set_topic_attributes(TopicArn=self.topic, AttributeName="Policy", AttributeValue=document)

    def received(self) -> list[str]:
        drain(self.endpoint)
        found = self.client("sqs").receive_message(QueueUrl=self.url, MaxNumberOfMessages=10).get("Messages", [])
        return [json.loads(message["Body"]).get("Message", message["Body"]) for message in found]


@pytest.fixture(scope="module")
def logging(aws_client: Client) -> None:
    allow = {"Effect": "Allow", "Principal": {"Service": "cloudtrail.amazonaws.com"}, "Action": "s3:*", "Resource": "*"}
    aws_client("s3").create_bucket(Bucket="trail-files")
    document = json.dumps({"Version": "2012-10-17", "Statement": [allow]})
    aws_client("s3").put_bucket_policy(Bucket="trail-files", Policy=document)
    aws_client("cloudtrail").create_trail(Name="trail", S3BucketName="trail-files", IsMultiRegionTrail=True)
    aws_client("cloudtrail").start_logging(Name="trail")


@pytest.fixture
def watch(logging: None, embedded_aws: str, aws_client: Client) -> Callable[..., Watch]:
    return lambda pattern, **more: Watch(embedded_aws, aws_client, pattern, **more)


@pytest.fixture
def secret(aws_client: Client) -> str:
    return aws_client("secretsmanager").create_secret(Name=str(uuid.uuid4()), SecretString="x")["Name"]


def call_of(name: str, secret: str | None = None) -> dict[str, Any]:
    detail: dict[str, Any] = {"eventName": [name]}
    if secret:
        detail["requestParameters"] = {"secretId": [secret]}
    return {"source": ["aws.secretsmanager"], "detail-type": ["AWS API Call via CloudTrail"], "detail": detail}


def test_a_write_reaches_the_topic_of_a_rule(watch: Callable[..., Watch], aws_client: Client, secret: str) -> None:
    watching = watch(call_of("DeleteSecret", secret))
    aws_client("secretsmanager").delete_secret(SecretId=secret)

    (event,) = map(json.loads, watching.received())
    assert (event["source"], event["account"], event["region"]) == ("aws.secretsmanager", "123456789012", "us-east-1")
    assert event["detail"]["eventName"] == "DeleteSecret"


@pytest.mark.parametrize(("state", "count"), [("ENABLED", 0), (ALL, 1), ("DISABLED", 0)])
def test_a_read_needs_a_rule_for_all_management_events(
    watch: Callable[..., Watch], aws_client: Client, secret: str, state: str, count: int
) -> None:
    watching = watch(call_of("GetSecretValue", secret), State=state)
    aws_client("secretsmanager").get_secret_value(SecretId=secret)

    assert len(watching.received()) == count


def test_another_call_does_not_match(watch: Callable[..., Watch], aws_client: Client, secret: str) -> None:
    watching = watch(call_of("GetSecretValue", secret), State=ALL)
    aws_client("secretsmanager").describe_secret(SecretId=secret)

    assert watching.received() == []


def test_an_input_transformer_creates_the_message(watch: Callable[..., Watch], aws_client: Client, secret: str) -> None:
    transformer = {
        "InputPathsMap": {"who": "$.detail.userIdentity.type", "what": "$.detail.requestParameters.secretId"},
        "InputTemplate": '"<who> read <what>"',
    }
    watching = watch(call_of("GetSecretValue", secret), State=ALL, input={"InputTransformer": transformer})
    aws_client("secretsmanager").get_secret_value(SecretId=secret)

    (message,) = watching.received()
    assert message.startswith('"') and message.endswith(f' read {secret}"')


def test_a_queue_is_a_target_too(watch: Callable[..., Watch], aws_client: Client, secret: str) -> None:
    watching = watch(call_of("GetSecretValue", secret), State=ALL, target=lambda queue: queue)
    aws_client("secretsmanager").get_secret_value(SecretId=secret)

    (event,) = map(json.loads, watching.received())
    assert event["detail"]["requestParameters"] == {"secretId": secret}


@pytest.mark.parametrize(
    ("principal", "condition"),
    [
        ("cloudwatch.amazonaws.com", {}),
        ("events.amazonaws.com", {"Condition": {"StringEquals": {"aws:SourceAccount": "123456789012"}}}),
    ],
    ids=["another service", "with a condition"],
)
def test_a_topic_policy_must_allow_eventbridge_without_a_condition(
    watch: Callable[..., Watch], aws_client: Client, secret: str, principal: str, condition: dict[str, Any]
) -> None:
    watching = watch(call_of("GetSecretValue", secret), State=ALL)
    watching.permit(principal, **condition)
    aws_client("secretsmanager").get_secret_value(SecretId=secret)

    assert watching.received() == []


def test_a_change_of_state_reaches_a_rule(watch: Callable[..., Watch], aws_client: Client) -> None:
    name, cloudwatch = f"alarm-{uuid.uuid4()}", aws_client("cloudwatch")
    pattern = {"source": ["aws.cloudwatch"], "detail": {"alarmName": [name], "state": {"value": ["ALARM"]}}}
    watching = watch(pattern)
    cloudwatch.put_metric_alarm(
        AlarmName=name,
        Namespace="Security",
        MetricName="Reads",
        Statistic="Sum",
        Period=60,
        EvaluationPeriods=1,
        Threshold=1,
        ComparisonOperator="GreaterThanOrEqualToThreshold",
    )
    cloudwatch.set_alarm_state(AlarmName=name, StateValue="ALARM", StateReason="a test")

    (event,) = map(json.loads, watching.received())
    assert (event["detail-type"], event["detail"]["alarmName"]) == ("CloudWatch Alarm State Change", name)


def test_a_custom_event_reaches_a_topic(watch: Callable[..., Watch], aws_client: Client) -> None:
    source = str(uuid.uuid4())
    watching = watch({"source": [source]})
    at = datetime(2026, 9, 13, 10, 11, 12, tzinfo=UTC)
    entry = {"Source": source, "DetailType": "x", "Detail": '{"a": 1}', "Time": at}
    answer = aws_client("events").put_events(Entries=[entry, {"Source": source, "DetailType": "x", "Detail": "{"}])

    assert answer["FailedEntryCount"] == 1
    (event,) = map(json.loads, watching.received())
    assert (event["id"], event["detail"]) == (answer["Entries"][0]["EventId"], {"a": 1})
    assert event["time"] == "2026-09-13T10:11:12Z"


@mock_aws
def test_moto_still_needs_the_override() -> None:
    """When this fails, moto sends to topics itself, and our override of PutEvents can go."""

    events = boto3.client("events", region_name="us-east-1", aws_access_key_id="test", aws_secret_access_key="test")
    events.put_rule(Name="rule", EventPattern='{"source": ["x"]}')
    events.put_targets(Rule="rule", Targets=[{"Id": "1", "Arn": "arn:aws:sns:us-east-1:123456789012:topic"}])
    with pytest.raises((NotImplementedError, ClientError)):
        events.put_events(Entries=[{"Source": "x", "DetailType": "x", "Detail": "{}"}])
