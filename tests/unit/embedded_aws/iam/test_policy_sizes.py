"""Policies above the documented sizes are refused, with the codes of AWS."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.support.in_process import InProcess, aws

__all__ = ["aws"]

TRUST = {"Effect": "Allow", "Principal": {"Service": "cloudtrail.amazonaws.com"}, "Action": "sts:AssumeRole"}


def document(size: int, **statement: Any) -> str:
    """Return a policy of this size, with white space that does not count."""
    policy = {"Version": "2012-10-17", "Statement": [{"Sid": "", "Effect": "Allow", "Resource": "*", **statement}]}
    policy["Statement"][0]["Sid"] = "x" * (size - len("".join(json.dumps(policy).split())))  # type: ignore[index]
    return json.dumps(policy, indent=8)


def refusal(call: Callable[..., Any], **parameters: Any) -> tuple[int, str, str]:
    with pytest.raises(ClientError) as refused:
        call(**parameters)
    answer = refused.value.response
    return answer["ResponseMetadata"]["HTTPStatusCode"], answer["Error"]["Code"], answer["Error"]["Message"]


def test_the_inline_policies_of_a_role_have_10240_characters_together(aws: InProcess) -> None:
    iam = aws.client("iam")
    iam.create_role(RoleName="logs", AssumeRolePolicyDocument=json.dumps({"Statement": [TRUST]}))

    def put(name: str, size: int) -> dict[str, str]:
        return {"RoleName": "logs", "PolicyName": name, "PolicyDocument": document(size, Action="logs:*")}

    iam.put_role_policy(**put("one", 10_000))
    iam.put_role_policy(**put("one", 10_000))
    text = "Maximum policy size of 10240 bytes exceeded for role logs"
    assert refusal(iam.put_role_policy, **put("two", 241)) == (409, "LimitExceeded", text)
    iam.put_role_policy(**put("two", 240))


def test_a_trust_policy_has_2048_characters(aws: InProcess) -> None:
    iam = aws.client("iam")
    trust = {"Principal": TRUST["Principal"], "Action": "sts:AssumeRole"}
    iam.create_role(RoleName="logs", AssumeRolePolicyDocument=document(2_048, **trust))
    answer = refusal(iam.update_assume_role_policy, RoleName="logs", PolicyDocument=document(2_049, **trust))
    assert answer == (409, "LimitExceeded", "Cannot exceed quota for ACLSizePerRole: 2048")


def test_a_managed_policy_has_6144_characters(aws: InProcess) -> None:
    iam = aws.client("iam")
    iam.create_policy(PolicyName="large", PolicyDocument=document(6_144, Action="logs:*"))
    answer = refusal(iam.create_policy, PolicyName="larger", PolicyDocument=document(6_145, Action="logs:*"))
    assert answer == (409, "LimitExceeded", "Cannot exceed quota for PolicySize: 6144")


def test_key_bucket_and_topic_policies_have_their_sizes(aws: InProcess) -> None:
    kms, s3, sns = (aws.client(name) for name in ("kms", "s3", "sns"))
    root = {"Principal": {"AWS": "123456789012"}, "Action": "kms:*"}
    compact = json.dumps(json.loads(document(32_769, **root)), separators=(",", ":"))
    assert refusal(kms.create_key, Policy=compact)[1] == "LimitExceededException"
    s3.create_bucket(Bucket="full")
    policy = document(20_481, Principal={"AWS": "123456789012"}, Action="s3:*")
    assert refusal(s3.put_bucket_policy, Bucket="full", Policy=policy)[1] == "PolicyTooLarge"
    topic = sns.create_topic(Name="full")["TopicArn"]
    policy = document(30_721, Principal={"AWS": "123456789012"}, Action="sns:Publish")
    answer = refusal(sns.set_topic_attributes, TopicArn=topic, AttributeName="Policy", AttributeValue=policy)
    assert answer[1] == "InvalidParameter"
