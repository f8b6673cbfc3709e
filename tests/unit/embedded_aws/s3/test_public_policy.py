"""A public bucket policy is refused while BlockPublicPolicy is on, which it is for a new bucket."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from botocore.exceptions import ClientError

from embedded_aws.s3.public_policy import is_public

NAME = "closed"
ALL = {"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": f"arn:aws:s3:::{NAME}/*"}


@pytest.fixture
def s3(aws_client: Callable[[str], Any]) -> Iterator[Any]:
    client = aws_client("s3")
    client.create_bucket(Bucket=NAME)
    yield client
    client.delete_bucket(Bucket=NAME)


def test_a_public_policy_is_refused_until_the_block_is_off(s3: Any) -> None:
    policy = json.dumps({"Version": "2012-10-17", "Statement": [ALL]})
    with pytest.raises(ClientError, match=r"AccessDenied.*BlockPublicPolicy setting in S3 Block Public Access"):
        s3.put_bucket_policy(Bucket=NAME, Policy=policy)
    s3.delete_public_access_block(Bucket=NAME)
    s3.put_bucket_policy(Bucket=NAME, Policy=policy)


@pytest.mark.parametrize(
    ("public", "change"),
    [
        (True, {"Principal": {"AWS": "*"}}),
        (True, {"Principal": {"AWS": ["123456789012", "*"]}}),
        (True, {"Condition": {"StringLike": {"aws:SourceVpc": "vpc-*"}}}),
        (True, {"Condition": {"StringEquals": {"aws:Referer": "example.com"}}}),
        (True, {"Condition": {"StringNotEquals": {"aws:SourceVpc": "vpc-91237329"}}}),
        (True, {"Condition": {"StringEqualsIfExists": {"aws:SourceAccount": "123456789012"}}}),
        (True, {"Condition": {"IpAddress": {"aws:SourceIp": "0.0.0.0/1"}}}),
        (False, {"Effect": "Deny"}),
        (False, {"Principal": {"Service": "cloudtrail.amazonaws.com"}}),
        (False, {"Principal": {"AWS": "arn:aws:iam::123456789012:root"}}),
        (False, {"Condition": {"StringEquals": {"aws:SourceAccount": "123456789012"}}}),
        (False, {"Condition": {"StringEquals": {"aws:PrincipalOrgID": "o-a1b2c3d4e5"}}}),
        (False, {"Condition": {"IpAddress": {"aws:SourceIp": ["192.0.2.0/24"]}}}),
    ],
)
def test_public_is_what_fixes_neither_principal_nor_origin(public: bool, change: dict[str, Any]) -> None:
    assert is_public({"Statement": [ALL | change]}) is public
