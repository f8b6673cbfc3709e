"""With the delays of AWS, each service shows a change when it has propagated."""

from __future__ import annotations

import json
from typing import Any

import pytest
from botocore import xform_name
from botocore.exceptions import ClientError
from moto.s3.models import S3Backend

from embedded_aws.core.consistency import (
    IAM_CHANGE,
    KMS_KEY,
    LOGS_STORED_BYTES,
    S3_BUCKET_LIST,
    SNS_SUBSCRIPTIONS,
    TAGGING_API,
)
from embedded_aws.s3 import bucket_list
from tests.support import guide_chain as chain
from tests.support.in_process import InProcess, slow_aws

__all__ = ["slow_aws"]

TOPIC = {"TopicArn": chain.TOPIC_ARN}


def test_a_deleted_bucket_is_listed_but_does_not_exist(slow_aws: InProcess, monkeypatch: pytest.MonkeyPatch) -> None:
    # Another test of this process checks that moto still needs its patches, so they are undone.
    monkeypatch.setattr(S3Backend, "list_buckets", bucket_list._list_with_deleted)
    monkeypatch.setattr(S3Backend, "delete_bucket", bucket_list._delete_and_remember)
    s3 = slow_aws.client("s3")
    s3.create_bucket(Bucket="gone")
    s3.delete_bucket(Bucket="gone")
    assert [bucket["Name"] for bucket in s3.list_buckets()["Buckets"]] == ["gone"]
    with pytest.raises(ClientError, match="404"):
        s3.head_bucket(Bucket="gone")
    slow_aws.advance(S3_BUCKET_LIST.most)
    assert s3.list_buckets()["Buckets"] == []


def test_the_tagging_api_shows_resources_and_tags_of_minutes_ago(slow_aws: InProcess) -> None:
    secrets, tagging = slow_aws.client("secretsmanager"), slow_aws.client("resourcegroupstaggingapi")

    def tags() -> list[Any]:
        return [item["Tags"] for item in tagging.get_resources()["ResourceTagMappingList"]]

    secrets.create_secret(Name="a", SecretString="x", Tags=[{"Key": "k", "Value": "1"}])
    assert tags() == []
    slow_aws.advance(TAGGING_API.most)
    assert tags() == [[{"Key": "k", "Value": "1"}]]
    secrets.tag_resource(SecretId="a", Tags=[{"Key": "k", "Value": "2"}])
    assert tags() == [[{"Key": "k", "Value": "1"}]]
    slow_aws.advance(TAGGING_API.most)
    assert tags() == [[{"Key": "k", "Value": "2"}]]


def test_the_confirmed_subscription_of_a_deleted_topic_is_listed_until_it_is_removed(slow_aws: InProcess) -> None:
    sns = slow_aws.client("sns")
    for subscribed in ("arn:aws:sqs:us-east-1:123456789012:q1", "arn:aws:sqs:us-east-1:123456789012:q2"):
        sns.create_topic(Name="SecurityAlarms")
        arn = sns.subscribe(**TOPIC, Protocol="sqs", Endpoint=subscribed)["SubscriptionArn"]
        sns.delete_topic(**TOPIC)
        (listed,) = sns.list_subscriptions()["Subscriptions"]
        assert (listed["SubscriptionArn"], listed["Endpoint"]) == (arn, subscribed)
        if subscribed.endswith("1"):
            sns.unsubscribe(SubscriptionArn=arn)
            assert sns.list_subscriptions()["Subscriptions"] == []
    slow_aws.advance(SNS_SUBSCRIPTIONS.most)
    assert sns.list_subscriptions()["Subscriptions"] == []


def test_cloudtrail_refuses_a_new_role_until_it_sees_role_and_policy(slow_aws: InProcess) -> None:
    *steps, create_trail = chain.chain_steps()[1:7]
    for step in steps:
        perform(slow_aws, step)
    with pytest.raises(ClientError, match="InvalidCloudWatchLogsRoleArnException"):
        perform(slow_aws, create_trail)
    slow_aws.advance(IAM_CHANGE.most)
    perform(slow_aws, create_trail)


def test_cloudtrail_sees_the_policy_of_a_role_as_it_was_before_the_change(slow_aws: InProcess) -> None:
    for step in chain.chain_steps()[1:6]:
        perform(slow_aws, step)
    slow_aws.advance(60)
    slow_aws.client("iam").delete_role_policy(RoleName=chain.ROLE, PolicyName="Write")
    perform(slow_aws, chain.chain_steps()[6])
    slow_aws.advance(IAM_CHANGE.most)
    with pytest.raises(ClientError, match="InvalidCloudWatchLogsLogGroupArnException"):
        slow_aws.client("cloudtrail").update_trail(
            Name=chain.TRAIL,
            CloudWatchLogsLogGroupArn=f"arn:aws:logs:us-east-1:{chain.ACCOUNT}:log-group:{chain.GROUP}:*",
            CloudWatchLogsRoleArn=f"arn:aws:iam::{chain.ACCOUNT}:role/{chain.ROLE}",
        )


def test_a_new_key_is_refused_for_some_seconds(slow_aws: InProcess) -> None:
    statement = {"Effect": "Allow", "Principal": "*", "Action": "kms:*", "Resource": "*"}
    policy = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    key = slow_aws.client("kms").create_key(Policy=policy)["KeyMetadata"]["Arn"]
    logs = slow_aws.client("logs")
    with pytest.raises(ClientError, match="The specified KMS"):
        logs.create_log_group(logGroupName="/a", kmsKeyId=key)
    slow_aws.advance(KMS_KEY.most)
    logs.create_log_group(logGroupName="/a", kmsKeyId=key)


def test_the_size_of_a_log_group_is_that_of_hours_ago(slow_aws: InProcess) -> None:
    logs = slow_aws.client("logs")
    logs.create_log_group(logGroupName="/a")
    logs.create_log_stream(logGroupName="/a", logStreamName="s")
    event = {"timestamp": int(slow_aws.state.clock.now().timestamp() * 1000), "message": "hello"}
    logs.put_log_events(logGroupName="/a", logStreamName="s", logEvents=[event])

    def size() -> int:
        return int(logs.describe_log_groups()["logGroups"][0]["storedBytes"])

    assert size() == 0
    slow_aws.advance(LOGS_STORED_BYTES.most)
    assert size() == 5


def perform(aws: InProcess, step: chain.Step) -> None:
    getattr(aws.client(step.service), xform_name(step.operation))(**step.parameters)
