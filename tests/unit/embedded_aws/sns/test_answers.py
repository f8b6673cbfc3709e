"""The errors of SNS and the attributes of topics and subscriptions, as AWS answers them (recorded 2023 to 2026)."""

from __future__ import annotations

import base64
import json
import uuid
from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding
from moto.sns.models import SNSBackend, Subscription, Topic

from embedded_aws.sns.overrides.messages import envelope, shared_key

Client = Callable[[str], Any]
ARN = "arn:aws:sns:us-east-1:123456789012"
RETRIES = {
    "minDelayTarget": 20,
    "maxDelayTarget": 20,
    "numRetries": 3,
    "numMaxDelayRetries": 0,
    "numNoDelayRetries": 0,
    "numMinDelayRetries": 0,
    "backoffFunction": "linear",
}


@pytest.fixture
def sns(aws_client: Client) -> Any:
    return aws_client("sns")


@pytest.fixture
def topic(sns: Any) -> str:
    return sns.create_topic(Name=f"topic-{uuid.uuid4()}")["TopicArn"]


@pytest.fixture
def queue(aws_client: Client) -> str:
    sqs = aws_client("sqs")
    url = sqs.create_queue(QueueName=str(uuid.uuid4()))["QueueUrl"]
    return sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]


def message_of(call: Callable[..., Any], **parameters: Any) -> str:
    """Return code and message of a rejected call."""
    with pytest.raises(ClientError) as rejected:
        call(**parameters)
    error = rejected.value.response["Error"]
    return f"{error['Code']}: {error['Message']}"


MALFORMED = "Reason: An ARN must have at least 6 elements, not"
JSON = {"MessageStructure": "json"}
ATTRIBUTE = {"SubscriptionArn": "<subscription>", "AttributeName": "RawMessageDelivery", "AttributeValue": "yes"}
BATCH = {"TopicArn": "<topic>"}
INVALID: list[tuple[str, dict[str, Any], str]] = [
    ("create_topic", {"Name": "a.b"}, "Topic Name"),
    ("create_topic", {"Name": "a", "Attributes": {"FifoTopic": "true"}}, "Topic Name"),
    (
        "tag_resource",
        {"ResourceArn": "<topic>", "Tags": [{"Key": "a", "Value": "b"}] * 2},
        "Duplicated keys are not allowed.",
    ),
    ("get_topic_attributes", {"TopicArn": "text"}, f"TopicArn {MALFORMED} 1"),
    ("get_topic_attributes", {"TopicArn": "arn:aws:sns:eu-west-1:123456789012:a"}, "TopicArn"),
    ("subscribe", {"TopicArn": "arn:aws:sns:us-east-1:a", "Protocol": "email"}, f"TopicArn {MALFORMED} 5"),
    ("publish", {"TopicArn": "", "Message": "a"}, f"TopicArn {MALFORMED} 1"),
    ("publish", {"TopicArn": "<topic>", "Message": ""}, "Empty message"),
    ("publish", {"TopicArn": "<topic>", "Message": "a", "Subject": ""}, "Subject"),
    ("publish", {"TopicArn": "<topic>", "Message": "a" * 262_145}, "Message too long"),
    (
        "publish",
        {"TopicArn": "<topic>", "Message": "{}"} | JSON,
        "Message Structure - No default entry in JSON message body",
    ),
    (
        "publish",
        {"TopicArn": "<topic>", "Message": "{"} | JSON,
        "Message Structure - JSON message body failed to parse",
    ),
    ("unsubscribe", {"SubscriptionArn": f"{ARN}:a"}, "SubscriptionId"),
    ("set_subscription_attributes", ATTRIBUTE, "RawMessageDelivery: Invalid value [yes]. Must be true or false."),
    ("set_subscription_attributes", ATTRIBUTE | {"AttributeName": "x"}, "AttributeName"),
    (
        "set_subscription_attributes",
        ATTRIBUTE | {"AttributeName": "RedrivePolicy", "AttributeValue": '{"deadLetterTargetArn": "a"}'},
        "RedrivePolicy: deadLetterTargetArn is an invalid arn",
    ),
]


@pytest.mark.parametrize(("operation", "parameters", "message"), INVALID)
def test_an_invalid_parameter_is_named(
    sns: Any, topic: str, queue: str, operation: str, parameters: dict[str, Any], message: str
) -> None:
    subscription = sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=queue)["SubscriptionArn"]
    known = {"<topic>": topic, "<subscription>": subscription}
    given = {name: known.get(str(value), value) for name, value in parameters.items()}

    assert message_of(getattr(sns, operation), **given) == f"InvalidParameter: Invalid parameter: {message}"


@pytest.mark.parametrize(
    ("operation", "parameters", "what"),
    [
        ("publish", {"TopicArn": f"{ARN}:missing", "Message": "a"}, "Topic"),
        ("get_topic_attributes", {"TopicArn": f"{ARN}:missing"}, "Topic"),
        ("get_subscription_attributes", {"SubscriptionArn": f"{ARN}:missing:1"}, "Subscription"),
    ],
)
def test_what_does_not_exist_is_named(sns: Any, operation: str, parameters: dict[str, str], what: str) -> None:
    assert message_of(getattr(sns, operation), **parameters) == f"NotFound: {what} does not exist"


def test_a_permission_is_checked(sns: Any, topic: str) -> None:
    permission = {"TopicArn": topic, "Label": "a", "AWSAccountId": ["222222222222"]}
    sns.add_permission(**permission, ActionName=["Publish"])

    same = message_of(sns.add_permission, **permission, ActionName=["Subscribe"])
    other = message_of(sns.add_permission, **permission | {"Label": "b"}, ActionName=["Read"])

    assert same == "InvalidParameter: Invalid parameter: Statement already exists"
    assert other == "InvalidParameter: Invalid parameter: Policy statement action out of service scope!"


def test_a_second_subscribe_needs_the_same_attributes(sns: Any, topic: str, queue: str) -> None:
    endpoint = {"TopicArn": topic, "Protocol": "sqs", "Endpoint": queue}
    first = sns.subscribe(**endpoint, Attributes={"RawMessageDelivery": "True"})["SubscriptionArn"]

    same = sns.subscribe(**endpoint, Attributes={"FilterPolicyScope": "MessageAttributes"})["SubscriptionArn"]
    other = message_of(sns.subscribe, **endpoint, Attributes={"RawMessageDelivery": "false"})

    assert same == first
    assert other.endswith("Attributes Reason: Subscription already exists with different attributes")


def test_a_subscription_names_the_principal_that_made_it(sns: Any, topic: str, aws_client: Client) -> None:
    arn = sns.subscribe(TopicArn=topic, Protocol="email", Endpoint="a@example.com", ReturnSubscriptionArn=True)
    attributes = sns.get_subscription_attributes(SubscriptionArn=arn["SubscriptionArn"])["Attributes"]

    assert attributes["SubscriptionPrincipal"] == aws_client("sts").get_caller_identity()["Arn"]


def test_a_topic_answers_its_delivery_policy_only_if_one_is_set(sns: Any, topic: str) -> None:
    before = sns.get_topic_attributes(TopicArn=topic)["Attributes"]
    policy = json.dumps({"http": {"defaultHealthyRetryPolicy": {"numRetries": 1}}})
    sns.set_topic_attributes(TopicArn=topic, AttributeName="DeliveryPolicy", AttributeValue=policy)
    after = sns.get_topic_attributes(TopicArn=topic)["Attributes"]

    assert "DeliveryPolicy" not in before and "SignatureVersion" not in before
    assert json.loads(before["EffectiveDeliveryPolicy"]) == {
        "http": {
            "defaultHealthyRetryPolicy": RETRIES,
            "disableSubscriptionOverrides": False,
            "defaultRequestPolicy": {"headerContentType": "text/plain; charset=UTF-8"},
        }
    }
    assert json.loads(after["DeliveryPolicy"])["http"]["disableSubscriptionOverrides"] is False
    effective = json.loads(after["EffectiveDeliveryPolicy"])["http"]["defaultHealthyRetryPolicy"]
    assert effective == RETRIES | {"numRetries": 1}


def test_a_message_has_the_link_of_its_subscription(aws_client: Client, sns: Any, topic: str) -> None:
    sqs = aws_client("sqs")
    url = sqs.create_queue(QueueName=str(uuid.uuid4()))["QueueUrl"]
    queue = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    subscription = sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=queue)["SubscriptionArn"]
    sns.publish(TopicArn=topic, Message="hello")

    received = json.loads(sqs.receive_message(QueueUrl=url)["Messages"][0]["Body"])

    assert received["SignatureVersion"] == "1"
    assert received["UnsubscribeURL"].endswith(f"&SubscriptionArn={subscription}")


@pytest.mark.parametrize(("version", "algorithm"), [("1", hashes.SHA1()), ("2", hashes.SHA256())])
def test_the_topic_decides_the_version_of_the_signature(version: str, algorithm: hashes.HashAlgorithm) -> None:
    """SNS developer guide, "Verifying message signatures": version 1, the default, is SHA1."""
    topic = Topic("alarms", SNSBackend("us-east-1", "123456789012"))
    if version == "2":
        topic.signature_version = version
    subscription = Subscription("123456789012", topic, "queue", "sqs")

    made = envelope(subscription, "hello", "id", "A subject")

    signed = ("Message", "MessageId", "Subject", "Timestamp", "TopicArn", "Type")
    text = "".join(f"{name}\n{made[name]}\n" for name in signed)
    shared_key().public_key().verify(base64.b64decode(made["Signature"]), text.encode(), padding.PKCS1v15(), algorithm)
    assert made["SignatureVersion"] == version


def test_a_disabled_endpoint_is_refused_before_the_message(aws_client: Callable[[str], Any]) -> None:
    sns = aws_client("sns")
    key = {"PlatformCredential": "key"}
    application = sns.create_platform_application(Name="push", Platform="GCM", Attributes=key)["PlatformApplicationArn"]
    named = {"PlatformApplicationArn": application, "Token": "one", "Attributes": {"Enabled": "false"}}
    target = sns.create_platform_endpoint(**named)["EndpointArn"]
    with pytest.raises(ClientError, match="EndpointDisabled"):
        sns.publish(TargetArn=target, Message="no JSON", MessageStructure="json")
