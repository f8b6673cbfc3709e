"""boto3 clients of a member account of the embedded AWS, through the role that Organizations creates there."""

from __future__ import annotations

from typing import Any

import boto3

ROLE = "OrganizationAccountAccessRole"


def member_client(endpoint: str, account: str, service: str, key: str = "tester") -> Any:
    """Return a client of a service in a member account."""
    options = {"endpoint_url": endpoint, "region_name": "us-east-1"}
    sts = boto3.client("sts", **options, aws_access_key_id=key, aws_secret_access_key="embedded")
    role = f"arn:aws:iam::{account}:role/{ROLE}"
    keys = sts.assume_role(RoleArn=role, RoleSessionName="member")["Credentials"]
    return boto3.client(
        service,
        **options,
        aws_access_key_id=keys["AccessKeyId"],
        aws_secret_access_key=keys["SecretAccessKey"],
        aws_session_token=keys["SessionToken"],
    )
