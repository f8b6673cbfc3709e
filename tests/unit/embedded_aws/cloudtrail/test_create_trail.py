"""CreateTrail and UpdateTrail reject a trail that cannot deliver, as on AWS."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.support.embedded_control import drain, reset
from tests.support.trail_setup import (
    ACCOUNT,
    bucket_policy,
    document,
    group_arn,
    log_keys,
    make_bucket,
    make_role,
    make_trail,
    trail_arn,
)

Client = Callable[[str], Any]


@pytest.fixture(autouse=True)
def fresh(embedded_aws: str) -> None:
    """Begin each test with an embedded AWS without trails, since a Region can have five."""
    reset(embedded_aws)


def refusal(client: Client, **settings: Any) -> tuple[str, str]:
    """Return code and message of CreateTrail for the trail and bucket of this file."""
    with pytest.raises(ClientError) as refused:
        client("cloudtrail").create_trail(**{"Name": "asked", "S3BucketName": "asked"} | settings)
    error = refused.value.response["Error"]
    return error["Code"], error["Message"]


def test_a_bucket_that_does_not_exist_is_rejected(aws_client: Client) -> None:
    expected = ("S3BucketDoesNotExistException", "S3 bucket asked does not exist!")
    assert refusal(aws_client) == expected


POLICIES = {
    "no policy": None,
    "another trail": bucket_policy("asked", "another"),
    "another account": bucket_policy("asked", "asked", path="AWSLogs/999999999999/*"),
    "no right to read the ACL": bucket_policy("asked", "asked")
    | {"Statement": bucket_policy("asked", "asked")["Statement"][1:]},
    "no right to write": bucket_policy("asked", "asked")
    | {"Statement": bucket_policy("asked", "asked")["Statement"][:1]},
    "a denial": {
        "Version": "2012-10-17",
        "Statement": [
            *bucket_policy("asked", "asked")["Statement"],
            {
                "Effect": "Deny",
                "Principal": "*",
                "Action": "s3:PutObject",
                "Resource": "arn:aws:s3:::asked/*",
                "Condition": {"StringNotLike": {"aws:SourceArn": "arn:aws:s3:*"}},
            },
        ],
    },
}


@pytest.mark.parametrize("policy", POLICIES.values(), ids=POLICIES)
def test_an_insufficient_bucket_policy_is_rejected(aws_client: Client, policy: dict[str, Any] | None) -> None:
    aws_client("s3").create_bucket(Bucket="asked")
    if policy:
        aws_client("s3").put_bucket_policy(Bucket="asked", Policy=json.dumps(policy))
    expected = ("InsufficientS3BucketPolicyException", "Incorrect S3 bucket policy is detected for bucket: asked")
    assert refusal(aws_client) == expected


def test_file_validation_needs_the_digest_folder(aws_client: Client) -> None:
    make_bucket(aws_client, "asked", "asked", path=f"AWSLogs/{ACCOUNT}/CloudTrail/*")
    assert refusal(aws_client, EnableLogFileValidation=True)[0] == "InsufficientS3BucketPolicyException"
    assert markers(aws_client) == [f"AWSLogs/{ACCOUNT}/CloudTrail/"], "as recorded on AWS, it is left behind"
    aws_client("cloudtrail").create_trail(Name="asked", S3BucketName="asked")


def test_file_validation_writes_an_empty_object_to_the_digest_folder(aws_client: Client) -> None:
    make_bucket(aws_client, "asked", "asked")
    aws_client("cloudtrail").create_trail(Name="asked", S3BucketName="asked")
    aws_client("cloudtrail").update_trail(Name="asked", EnableLogFileValidation=True)
    assert markers(aws_client) == [f"AWSLogs/{ACCOUNT}/CloudTrail-Digest/", f"AWSLogs/{ACCOUNT}/CloudTrail/"]


def markers(client: Client) -> list[str]:
    """Return the keys of the bucket's empty objects."""
    listed = client("s3").list_objects_v2(Bucket="asked").get("Contents", [])
    return [item["Key"] for item in listed if item["Size"] == 0]


def test_arns_may_contain_wildcards(aws_client: Client) -> None:
    policy = json.dumps(bucket_policy("asked", "asked")).replace(
        f'"aws:SourceArn": "{trail_arn("asked")}"', '"aws:SourceArn": "arn:aws:cloudtrail:*:*:trail/a*"'
    )
    statements = json.loads(policy.replace("StringEquals", "StringLike"))
    aws_client("s3").create_bucket(Bucket="asked")
    aws_client("s3").put_bucket_policy(Bucket="asked", Policy=json.dumps(statements))
    aws_client("cloudtrail").create_trail(Name="asked", S3BucketName="asked")


def test_create_trail_writes_an_empty_object_and_creates_a_stream(aws_client: Client) -> None:
    make_bucket(aws_client, "asked", "asked")
    aws_client("logs").create_log_group(logGroupName="asked")
    role = make_role(aws_client, "asked", "asked")
    settings = {"CloudWatchLogsLogGroupArn": group_arn("asked"), "CloudWatchLogsRoleArn": role}
    aws_client("cloudtrail").create_trail(Name="asked", S3BucketName="asked", **settings)
    assert markers(aws_client) == [f"AWSLogs/{ACCOUNT}/CloudTrail/"]
    (stream,) = aws_client("logs").describe_log_streams(logGroupName="asked")["logStreams"]
    assert stream["logStreamName"] == f"{ACCOUNT}_CloudTrail_us-east-1"


GROUP, ROLE = "InvalidCloudWatchLogsLogGroupArnException", "InvalidCloudWatchLogsRoleArnException"
BOTH = "You must specify a log group and a role ARN."
BAD_GROUP = "CloudTrail cannot validate the specified log group ARN."
BAD_ROLE = "CloudTrail cannot validate the specified role ARN."
OTHER_REGION = "You must specify a log group that is in the current region."
NO_PERMISSION = "Access denied. Verify in IAM that the role has adequate permissions."
NO_TRUST = "Access denied. Verify in IAM that the role has adequate trust relationships."
GOOD = f"arn:aws:iam::{ACCOUNT}:role/asked"
MISSING = group_arn("missing"), f"arn:aws:iam::{ACCOUNT}:role/missing"
ELSEWHERE = group_arn("asked").replace("us-east-1", "us-west-2")

# Answers of AWS, recorded in 2026-09: call, log group, role, the role's actions, code and text.
RECORDED = {
    "create, group without role": ("create", group_arn("asked"), None, "both", ROLE, BOTH),
    "create, role without group": ("create", None, GOOD, "both", GROUP, BOTH),
    "create, malformed group": ("create", "not-an-arn", GOOD, "both", GROUP, BAD_GROUP),
    "create, malformed role": ("create", group_arn("asked"), "not-an-arn", "both", ROLE, BAD_ROLE),
    "create, role without a policy": ("create", group_arn("asked"), GOOD, "none", GROUP, NO_PERMISSION),
    "create, role may not put events": ("create", group_arn("asked"), GOOD, "create", GROUP, NO_PERMISSION),
    "update, group without :* alone": ("update", group_arn("asked")[:-2], None, "both", ROLE, BOTH),
    "update, missing group alone": ("update", MISSING[0], None, "both", ROLE, BOTH),
    "update, group elsewhere alone": ("update", ELSEWHERE, None, "both", ROLE, BOTH),
    "update, missing role alone": ("update", None, MISSING[1], "both", GROUP, BOTH),
    "update, group without :*": ("update", group_arn("asked")[:-2], GOOD, "both", GROUP, BAD_GROUP),
    "update, missing group": ("update", MISSING[0], GOOD, "both", GROUP, NO_PERMISSION),
    "update, group elsewhere": ("update", ELSEWHERE, GOOD, "both", GROUP, OTHER_REGION),
    "update, missing role": ("update", group_arn("asked"), MISSING[1], "both", ROLE, NO_TRUST),
    "update, empty group": ("update", "", GOOD, "both", GROUP, BOTH),
    "update, empty role": ("update", group_arn("asked"), "", "both", ROLE, BOTH),
}
ACTIONS = {
    "both": ("logs:CreateLogStream", "logs:PutLogEvents"),
    "create": ("logs:CreateLogStream",),
    "none": ("logs:DescribeLogStreams",),
}


@pytest.mark.parametrize("case", RECORDED)
def test_log_group_and_role_are_refused_with_the_codes_and_texts_of_aws(aws_client: Client, case: str) -> None:
    call, group, role, actions, code, text = RECORDED[case]
    make_bucket(aws_client, "asked", "asked")
    aws_client("logs").create_log_group(logGroupName="asked")
    make_role(aws_client, "asked", "asked", ACTIONS[actions])
    settings = {"CloudWatchLogsLogGroupArn": group, "CloudWatchLogsRoleArn": role}
    settings = {name: value for name, value in settings.items() if value is not None}
    if call == "create":
        assert refusal(aws_client, **settings) == (code, text)
        left = [] if actions != "create" else [f"{ACCOUNT}_CloudTrail_us-east-1"]
        streams = aws_client("logs").describe_log_streams(logGroupName="asked")["logStreams"]
        assert [stream["logStreamName"] for stream in streams] == left
        return
    whole = {"CloudWatchLogsLogGroupArn": group_arn("asked"), "CloudWatchLogsRoleArn": GOOD}
    aws_client("cloudtrail").create_trail(Name="asked", S3BucketName="asked", **whole)
    with pytest.raises(ClientError) as refused:
        aws_client("cloudtrail").update_trail(Name="asked", **settings)
    error = refused.value.response["Error"]
    assert (error["Code"], error["Message"]) == (code, text)
    kept = aws_client("cloudtrail").get_trail(Name="asked")["Trail"]
    assert {name: kept[name] for name in whole} == whole


def test_a_role_that_does_not_trust_cloudtrail_is_rejected(aws_client: Client) -> None:
    make_bucket(aws_client, "asked", "asked")
    aws_client("logs").create_log_group(logGroupName="asked")
    other = make_role(aws_client, "other", "asked", principal={"Service": "ec2.amazonaws.com"})
    for role in (other, "arn:aws:iam::999999999999:role/foreign"):
        settings = {"CloudWatchLogsLogGroupArn": group_arn("asked"), "CloudWatchLogsRoleArn": role}
        assert refusal(aws_client, **settings) == (ROLE, NO_TRUST)


def test_names_are_unique_and_a_region_has_at_most_five_trails(aws_client: Client) -> None:
    for number in range(5):
        make_trail(aws_client, f"trail-{number}")
    make_bucket(aws_client, "asked", "asked")
    assert refusal(aws_client)[0] == "MaximumNumberOfTrailsExceededException"
    assert refusal(aws_client, Name="trail-1", S3BucketName="trail-1")[0] == "TrailAlreadyExistsException"


def test_an_organization_trail_needs_trusted_access(aws_client: Client) -> None:
    make_bucket(aws_client, "asked", "asked", path="AWSLogs/*")
    assert refusal(aws_client, IsOrganizationTrail=True)[0] == "CloudTrailAccessNotEnabledException"


def test_a_rejected_update_changes_nothing(aws_client: Client) -> None:
    cloudtrail = aws_client("cloudtrail")
    make_trail(aws_client, "asked")
    with pytest.raises(cloudtrail.exceptions.S3BucketDoesNotExistException):
        cloudtrail.update_trail(Name="asked", S3BucketName="unknown")
    aws_client("s3").create_bucket(Bucket="closed")
    with pytest.raises(cloudtrail.exceptions.InsufficientS3BucketPolicyException):
        cloudtrail.update_trail(Name="asked", S3BucketName="closed")
    with pytest.raises(cloudtrail.exceptions.InsufficientSnsTopicPolicyException):
        cloudtrail.update_trail(Name="asked", SnsTopicName="unknown")
    trail = cloudtrail.get_trail(Name="asked")["Trail"]
    assert (trail["S3BucketName"], trail.get("SnsTopicName")) == ("asked", None)


@pytest.mark.parametrize("member", ["CloudWatchLogsLogGroupArn", "CloudWatchLogsRoleArn"])
def test_an_empty_log_group_or_role_alone_removes_both(aws_client: Client, member: str) -> None:
    cloudtrail = aws_client("cloudtrail")
    make_trail(aws_client, "asked", logs=True)
    cloudtrail.update_trail(Name="asked", **{member: ""})
    trail = cloudtrail.get_trail(Name="asked")["Trail"]
    assert not {"CloudWatchLogsLogGroupArn", "CloudWatchLogsRoleArn"} & set(trail)


def test_moto_still_needs_the_override(moto_client: Client) -> None:
    moto_client("s3").create_bucket(Bucket="asked")
    cloudtrail = moto_client("cloudtrail")
    settings = {"CloudWatchLogsLogGroupArn": "no", "CloudWatchLogsRoleArn": "no"}
    cloudtrail.create_trail(Name="asked", S3BucketName="asked", **settings)
    assert cloudtrail.update_trail(Name="asked", S3BucketName="unknown")["S3BucketName"] == "unknown"


KEY_STATEMENT = {
    "Effect": "Allow",
    "Principal": {"Service": "cloudtrail.amazonaws.com"},
    "Action": "kms:GenerateDataKey*",
    "Resource": "*",
    "Condition": {
        "StringEquals": {"aws:SourceArn": trail_arn("asked")},
        "StringLike": {"kms:EncryptionContext:aws:cloudtrail:arn": f"arn:aws:cloudtrail:*:{ACCOUNT}:trail/*"},
    },
}


def test_a_key_that_cloudtrail_may_not_use_is_rejected(aws_client: Client) -> None:
    make_bucket(aws_client, "asked", "asked")
    kms = aws_client("kms")
    closed = kms.create_key()["KeyMetadata"]["Arn"]
    for key in (closed, "alias/unknown"):
        assert refusal(aws_client, KmsKeyId=key)[0] == "InsufficientEncryptionPolicyException"
    for key in ("not a key", closed.replace("us-east-1", "eu-west-1")):
        assert refusal(aws_client, KmsKeyId=key)[0] == "KmsKeyNotFoundException"
    usable = kms.create_key(Policy=document(KEY_STATEMENT))["KeyMetadata"]["Arn"]
    kms.disable_key(KeyId=usable.rpartition("/")[2])
    assert refusal(aws_client, KmsKeyId=usable)[0] == "KmsException"


def test_a_key_given_by_alias_is_described_by_its_arn_and_encrypts(embedded_aws: str, aws_client: Client) -> None:
    kms = aws_client("kms")
    key = kms.create_key(Policy=document(KEY_STATEMENT))["KeyMetadata"]["Arn"]
    kms.create_alias(AliasName="alias/trail", TargetKeyId=key)
    make_trail(aws_client, "asked", KmsKeyId="alias/trail")
    assert aws_client("cloudtrail").get_trail(Name="asked")["Trail"]["KmsKeyId"] == key
    drain(embedded_aws)
    head = aws_client("s3").head_object(Bucket="asked", Key=log_keys(aws_client, "asked")[0])
    assert head["ServerSideEncryption"] == "aws:kms"
