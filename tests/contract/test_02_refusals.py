"""Calls for resources that do not exist return the documented error codes. The calls are free and create nothing.

In a monitored account these rejected calls can trigger alarms: StopLogging, DeleteTrail and ScheduleKeyDeletion.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError

Client = Callable[[str], Any]

pytestmark = pytest.mark.xdist_group("contract")


@pytest.fixture
def identity(client: Client) -> tuple[str, str]:
    """Return the partition and the account of the credentials."""
    arn = client("sts").get_caller_identity()["Arn"]
    return arn.split(":")[1], arn.split(":")[4]


def code_of(call: Callable[[], Any]) -> str:
    with pytest.raises(ClientError) as refused:
        call()
    return str(refused.value.response["Error"]["Code"])


def test_describe_trails_omits_an_unknown_name(client: Client, name: str) -> None:
    assert client("cloudtrail").describe_trails(trailNameList=[name])["trailList"] == []


@pytest.mark.parametrize(
    "operation", ["get_trail_status", "stop_logging", "start_logging", "delete_trail", "get_trail"]
)
def test_an_unknown_trail_is_not_found(client: Client, name: str, operation: str) -> None:
    call = getattr(client("cloudtrail"), operation)
    assert code_of(lambda: call(Name=name)) == "TrailNotFoundException"


def test_a_trail_requires_an_existing_bucket(client: Client, name: str) -> None:
    cloudtrail = client("cloudtrail")
    assert code_of(lambda: cloudtrail.create_trail(Name=name, S3BucketName=name)) == "S3BucketDoesNotExistException"


@pytest.mark.parametrize("bad", ["a", "with space", "two..dots"])
def test_an_invalid_trail_name_is_rejected(client: Client, name: str, bad: str) -> None:
    cloudtrail = client("cloudtrail")
    assert code_of(lambda: cloudtrail.create_trail(Name=bad, S3BucketName=name)) == "InvalidTrailNameException"


def test_a_metric_filter_requires_an_existing_log_group(client: Client, name: str) -> None:
    transformation = {"metricName": "x", "metricNamespace": "x", "metricValue": "1"}
    members = {
        "logGroupName": name,
        "filterName": name,
        "filterPattern": "x",
        "metricTransformations": [transformation],
    }
    assert code_of(lambda: client("logs").put_metric_filter(**members)) == "ResourceNotFoundException"


def test_an_unknown_log_group_is_not_found(client: Client, name: str) -> None:
    assert code_of(lambda: client("logs").delete_log_group(logGroupName=name)) == "ResourceNotFoundException"


def test_an_unknown_secret_is_not_found(client: Client, name: str) -> None:
    assert code_of(lambda: client("secretsmanager").describe_secret(SecretId=name)) == "ResourceNotFoundException"


def test_an_unknown_key_is_not_found(client: Client) -> None:
    unknown = "00000000-0000-0000-0000-000000000000"
    assert code_of(lambda: client("kms").describe_key(KeyId=unknown)) == "NotFoundException"
    assert code_of(lambda: client("kms").schedule_key_deletion(KeyId=unknown)) == "NotFoundException"


def test_an_unknown_topic_is_not_found(client: Client, identity: tuple[str, str], name: str) -> None:
    sns = client("sns")
    arn = f"arn:{identity[0]}:sns:{sns.meta.region_name}:{identity[1]}:{name}"
    for call in (
        lambda: sns.get_topic_attributes(TopicArn=arn),
        lambda: sns.list_subscriptions_by_topic(TopicArn=arn),
        lambda: sns.subscribe(TopicArn=arn, Protocol="email", Endpoint="nobody@example.com"),
    ):
        assert code_of(call) in ("NotFound", "NotFoundException")


def test_a_pending_subscription_cannot_be_unsubscribed(client: Client) -> None:
    assert code_of(lambda: client("sns").unsubscribe(SubscriptionArn="PendingConfirmation")) == "InvalidParameter"


def test_an_unknown_role_cannot_be_assumed(client: Client, identity: tuple[str, str], name: str) -> None:
    arn = f"arn:{identity[0]}:iam::{identity[1]}:role/{name}"
    assert code_of(lambda: client("sts").assume_role(RoleArn=arn, RoleSessionName="contract")) == "AccessDenied"


def test_describe_alarms_omits_an_unknown_name(client: Client, name: str) -> None:
    assert client("cloudwatch").describe_alarms(AlarmNames=[name])["MetricAlarms"] == []
