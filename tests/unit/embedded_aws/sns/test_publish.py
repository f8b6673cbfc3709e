"""Alarms and clients reach a topic's confirmed subscribers, if topic policy and key policy allow it."""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable
from typing import Any

import pytest

from tests.support.embedded_control import drain, follow, link_in, mails

Client = Callable[[str], Any]
ACCOUNT = "123456789012"
NO_KEY_ACCESS = "CloudWatch Alarms does not have authorization to access the SNS topic encryption key."
SERVICE_KEY = {
    "Version": "2012-10-17",
    "Statement": [
        {
            "Effect": "Allow",
            "Principal": {"Service": "cloudwatch.amazonaws.com"},
            "Action": ["kms:GenerateDataKey*", "kms:Decrypt"],
            "Resource": "*",
            "Condition": {"StringEquals": {"aws:SourceAccount": ACCOUNT}},
        }
    ],
}


class Topic:
    """A topic of this test with one confirmed e-mail subscriber."""

    def __init__(self, endpoint: str, client: Client, protocol: str = "email", **attributes: str) -> None:
        self.endpoint, self.client, self.sns = endpoint, client, client("sns")
        self.address = f"{uuid.uuid4()}@example.com"
        self.arn = self.sns.create_topic(Name=f"alerts-{uuid.uuid4()}", Attributes=attributes)["TopicArn"]
        self.sns.subscribe(TopicArn=self.arn, Protocol=protocol, Endpoint=self.address)
        follow(link_in(mails(endpoint, self.address)[0], "ConfirmSubscription"))

    def mails(self) -> list[dict[str, Any]]:
        return mails(self.endpoint, self.address)[1:]

    def queue(self) -> Callable[[], list[Any]]:
        sqs = self.client("sqs")
        url = sqs.create_queue(QueueName=str(uuid.uuid4()))["QueueUrl"]
        arn = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
        self.sns.subscribe(TopicArn=self.arn, Protocol="sqs", Endpoint=arn)
        return lambda: [json.loads(m["Body"]) for m in sqs.receive_message(QueueUrl=url).get("Messages", [])]

    def alarm(self, *actions: str) -> str:
        """Let an alarm with these actions, or the topic, go off; return its name."""
        cloudwatch, name = self.client("cloudwatch"), f"Reads-{uuid.uuid4()}"
        cloudwatch.put_metric_alarm(
            AlarmName=name,
            Namespace="Security",
            MetricName="Reads",
            Statistic="Sum",
            Period=60,
            EvaluationPeriods=1,
            Threshold=1,
            ComparisonOperator="GreaterThanOrEqualToThreshold",
            TreatMissingData="notBreaching",
            AlarmActions=list(actions) or [self.arn],
        )
        cloudwatch.set_alarm_state(AlarmName=name, StateValue="ALARM", StateReason="because of a test")
        drain(self.endpoint)
        return name

    def history(self, alarm: str) -> list[str]:
        items = self.client("cloudwatch").describe_alarm_history(AlarmName=alarm, HistoryItemType="Action")
        return [item["HistorySummary"] for item in items["AlarmHistoryItems"]]


@pytest.fixture
def make_topic(embedded_aws: str, aws_client: Client) -> Callable[..., Topic]:
    return lambda protocol="email", **attributes: Topic(embedded_aws, aws_client, protocol, **attributes)


def policy(principal: str, arn: str, *denials: dict[str, Any]) -> str:
    allow = {"Effect": "Allow", "Principal": {"Service": principal}, "Action": "sns:Publish", "Resource": arn}
    return json.dumps({"Version": "2012-10-17", "Statement": [allow, *denials]})


def test_an_alarm_is_sent_to_a_confirmed_subscriber(make_topic: Callable[..., Topic]) -> None:
    topic = make_topic(DisplayName="Security")
    name = topic.alarm()

    (mail,) = topic.mails()
    assert mail["from"] == "Security <no-reply@sns.amazonaws.com>"
    assert mail["subject"] == f'ALARM: "{name}" in US East (N. Virginia)'
    assert f'your Amazon CloudWatch Alarm "{name}" in the US East (N. Virginia) region has entered' in mail["body"]
    assert "because of a test" in mail["body"]
    assert link_in(mail, "Unsubscribe")
    assert topic.history(name) == [f"Successfully executed action {topic.arn}"]


def test_a_pending_subscriber_gets_nothing(make_topic: Callable[..., Topic], embedded_aws: str) -> None:
    topic, waiting = make_topic(), f"{uuid.uuid4()}@example.com"
    topic.sns.subscribe(TopicArn=topic.arn, Protocol="email", Endpoint=waiting)
    topic.alarm()

    assert [mail["subject"] for mail in mails(embedded_aws, waiting)] == [
        "AWS Notification - Subscription Confirmation"
    ]


def test_an_email_json_subscriber_and_a_queue_get_the_json_message(make_topic: Callable[..., Topic]) -> None:
    topic = make_topic(protocol="email-json")
    messages = topic.queue()
    name = topic.alarm()

    for notification in (json.loads(topic.mails()[0]["body"]), messages()[0]):
        assert (notification["Type"], notification["TopicArn"]) == ("Notification", topic.arn)
        assert json.loads(notification["Message"])["AlarmName"] == name
        assert notification["Subject"] == f'ALARM: "{name}" in US East (N. Virginia)'


def test_a_topic_policy_without_cloudwatch_blocks_alarms(make_topic: Callable[..., Topic]) -> None:
    topic = make_topic()
    topic.sns.set_topic_attributes(
        TopicArn=topic.arn, AttributeName="Policy", AttributeValue=policy("events.amazonaws.com", topic.arn)
    )
    name = topic.alarm()

    assert topic.mails() == []
    alarm_arn = f"arn:aws:cloudwatch:us-east-1:{ACCOUNT}:alarm:{name}"
    assert topic.history(name) == [
        f'Failed to execute action {topic.arn}. Received error: "Resource: {alarm_arn} is not authorized to perform: '
        f'SNS:Publish on resource: {topic.arn}"'[:255]
    ]


def test_a_topic_policy_for_cloudwatch_with_tls_allows_alarms(make_topic: Callable[..., Topic]) -> None:
    topic = make_topic()
    deny = {
        "Effect": "Deny",
        "Principal": "*",
        "Action": "sns:Publish",
        "Resource": topic.arn,
        "Condition": {"Bool": {"aws:SecureTransport": "false"}},
    }
    document = policy("cloudwatch.amazonaws.com", topic.arn, deny)
    topic.sns.set_topic_attributes(TopicArn=topic.arn, AttributeName="Policy", AttributeValue=document)
    topic.alarm()

    assert len(topic.mails()) == 1


@pytest.mark.parametrize("key", ["alias/aws/sns", "alias/unknown"])
def test_a_key_that_cloudwatch_may_not_use_drops_the_alarm(make_topic: Callable[..., Topic], key: str) -> None:
    topic = make_topic(KmsMasterKeyId=key)
    name = topic.alarm()

    assert topic.mails() == []
    assert topic.history(name) == [f'Failed to execute action {topic.arn}. Received error: "{NO_KEY_ACCESS}"']


@pytest.mark.parametrize("granted", [True, False])
def test_a_customer_key_must_allow_cloudwatch(
    make_topic: Callable[..., Topic], aws_client: Client, granted: bool
) -> None:
    kms = aws_client("kms")
    metadata = (kms.create_key(Policy=json.dumps(SERVICE_KEY)) if granted else kms.create_key())["KeyMetadata"]
    alias = f"alias/{uuid.uuid4()}"
    kms.create_alias(AliasName=alias, TargetKeyId=metadata["KeyId"])

    for name in (metadata["Arn"], metadata["KeyId"], alias):
        topic = make_topic(KmsMasterKeyId=name)
        topic.alarm()
        assert len(topic.mails()) == granted


def test_a_key_that_is_disabled_drops_the_alarm(make_topic: Callable[..., Topic], aws_client: Client) -> None:
    key = aws_client("kms").create_key(Policy=json.dumps(SERVICE_KEY))["KeyMetadata"]["KeyId"]
    topic = make_topic(KmsMasterKeyId=key)
    aws_client("kms").disable_key(KeyId=key)
    topic.alarm()

    assert topic.mails() == []


def test_each_action_is_in_the_history(make_topic: Callable[..., Topic]) -> None:
    topic = make_topic()
    name = topic.alarm(f"{topic.arn}-gone", topic.arn)

    assert len(topic.mails()) == 1
    assert sorted(topic.history(name)) == [
        f'Failed to execute action {topic.arn}-gone. Received error: "Topic does not exist"',
        f"Successfully executed action {topic.arn}",
    ]


def test_an_unreachable_endpoint_does_not_prevent_emails(make_topic: Callable[..., Topic]) -> None:
    topic = make_topic()
    topic.sns.subscribe(TopicArn=topic.arn, Protocol="http", Endpoint="http://127.0.0.1:1/hook")
    topic.alarm()

    assert len(topic.mails()) == 1


def test_messages_of_clients_are_sent_by_email(make_topic: Callable[..., Topic]) -> None:
    topic = make_topic()
    topic.sns.publish(TopicArn=topic.arn, Message="plain")
    topic.sns.publish(TargetArn=topic.arn, Message="to a target", Subject="A subject")
    texts = json.dumps({"default": "for all", "email": "for mail"})
    topic.sns.publish(TopicArn=topic.arn, Message=texts, MessageStructure="json")
    topic.sns.publish_batch(
        TopicArn=topic.arn, PublishBatchRequestEntries=[{"Id": "a", "Message": "one"}, {"Id": "b", "Message": "two"}]
    )

    received = [(mail["subject"], mail["body"].split("\n")[0]) for mail in topic.mails()]
    assert received == [
        ("AWS Notification Message", "plain"),
        ("A subject", "to a target"),
        ("AWS Notification Message", "for mail"),
        ("AWS Notification Message", "one"),
        ("AWS Notification Message", "two"),
    ]


def test_filter_policies_apply(make_topic: Callable[..., Topic], embedded_aws: str) -> None:
    topic, address = make_topic(), f"{uuid.uuid4()}@example.com"
    topic.sns.subscribe(
        TopicArn=topic.arn, Protocol="email", Endpoint=address, Attributes={"FilterPolicy": '{"severity": ["high"]}'}
    )
    follow(link_in(mails(embedded_aws, address)[0], "ConfirmSubscription"))
    for severity in ("low", "high"):
        attribute = {"severity": {"DataType": "String", "StringValue": severity}}
        topic.sns.publish(TopicArn=topic.arn, Message=severity, MessageAttributes=attribute)

    assert [mail["body"].split("\n")[0] for mail in mails(embedded_aws, address)[1:]] == ["high"]
