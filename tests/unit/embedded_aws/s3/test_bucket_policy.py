"""A bucket policy's conditions apply; a call to the endpoint counts as TLS."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError

Client = Callable[[str], Any]
BUCKET = "files"


def statement(effect: str, operator: str, key: str, value: Any) -> dict[str, Any]:
    return {
        "Effect": effect,
        "Principal": "*",
        "Action": "s3:*",
        "Resource": [f"arn:aws:s3:::{BUCKET}", f"arn:aws:s3:::{BUCKET}/*"],
        "Condition": {operator: {key: value}},
    }


TLS_ONLY = statement("Deny", "Bool", "aws:SecureTransport", "false")
NEW_TLS_ONLY = statement("Deny", "NumericLessThan", "s3:TlsVersion", "1.2")


def put_policy(s3: Any, *statements: dict[str, Any]) -> None:
    s3.put_bucket_policy(Bucket=BUCKET, Policy=json.dumps({"Version": "2012-10-17", "Statement": statements}))


def make_object(client: Client) -> Any:
    s3 = client("s3")
    s3.create_bucket(Bucket=BUCKET)
    s3.put_object(Bucket=BUCKET, Key="file", Body=b"x")
    return s3


@pytest.fixture(scope="module")
def s3(aws_client: Client) -> Any:
    return make_object(aws_client)


def test_a_policy_that_requires_tls_allows_calls_to_the_endpoint(s3: Any) -> None:
    put_policy(s3, TLS_ONLY, NEW_TLS_ONLY)

    assert s3.get_object(Bucket=BUCKET, Key="file")["Body"].read() == b"x"
    s3.put_object(Bucket=BUCKET, Key="file", Body=b"x")


@pytest.mark.parametrize(
    ("operator", "key", "value"),
    [
        ("Bool", "aws:SecureTransport", "true"),
        ("NumericLessThan", "s3:TlsVersion", "1.4"),
        ("StringEquals", "aws:PrincipalAccount", "123456789012"),
        ("StringLike", "aws:PrincipalArn", "arn:aws:*:123456789012:*"),
        ("ArnLike", "aws:PrincipalArn", "arn:aws:sts::123456789012:user/*"),
    ],
)
def test_a_deny_with_a_matching_condition_denies(s3: Any, operator: str, key: str, value: str) -> None:
    put_policy(s3, statement("Deny", operator, key, value))

    with pytest.raises(ClientError, match="403"):
        s3.get_object(Bucket=BUCKET, Key="file")


def test_a_header_of_the_request_is_a_condition_key(s3: Any) -> None:
    put_policy(s3, statement("Deny", "StringEquals", "s3:x-amz-acl", "public-read"))

    s3.put_object(Bucket=BUCKET, Key="file", Body=b"x", ACL="private")
    with pytest.raises(ClientError, match="403"):
        s3.put_object(Bucket=BUCKET, Key="file", Body=b"x", ACL="public-read")


def test_an_allow_with_a_failed_condition_does_not_deny(s3: Any) -> None:
    put_policy(s3, statement("Allow", "StringEquals", "aws:SourceArn", "arn:aws:cloudtrail:us-east-1:1:trail/t"))

    assert s3.get_object(Bucket=BUCKET, Key="file")["Body"].read() == b"x"


def test_moto_still_needs_the_override(moto_client: Client) -> None:
    s3 = make_object(moto_client)
    put_policy(s3, TLS_ONLY)
    with pytest.raises(ClientError, match="403"):
        s3.get_object(Bucket=BUCKET, Key="file")
