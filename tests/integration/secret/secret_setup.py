"""Shared by the tests of the module `secret`: a secret with all settings, and its visible state."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

NAME = "MySampleSecret"
ACCOUNT = "123456789012"
FUNCTION = f"arn:aws:lambda:us-east-1:{ACCOUNT}:function:rotate"
KEY = "this key is 26 letters long"
POLICY = {
    "Version": "2012-10-17",
    "Statement": [
        {
            "Sid": "Readers",
            "Effect": "Allow",
            "Principal": {"AWS": [f"arn:aws:iam::{ACCOUNT}:root"]},
            "Action": ["secretsmanager:GetSecretValue", "secretsmanager:DescribeSecret"],
            "Resource": "*",
        }
    ],
}
DESIRED = {
    "name": NAME,
    "value": {"username": "admin-user", "password": "correct horse"},
    "description": "For the guide",
    "kms_key_id": "alias/secrets",
    "resource_policy": POLICY,
    "replica_regions": ["eu-west-1", {"region": "us-west-2", "kms_key_id": "alias/west"}],
    "rotation": {"lambda_arn": FUNCTION, "days": 30},
    "tags": {"team": "security"},
}

AwsClient = Callable[..., Any]


def make_function(aws_client: AwsClient, name: str = "rotate") -> None:
    """Create a Lambda function for a rotation."""
    trust = {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}
    document = json.dumps({"Version": "2012-10-17", "Statement": [trust]})
    role = aws_client("iam").create_role(RoleName=f"run-{name}", AssumeRolePolicyDocument=document)["Role"]["Arn"]
    aws_client("lambda").create_function(
        FunctionName=name, Runtime="python3.12", Role=role, Handler="a.b", Code={"ZipFile": b"PK"}
    )


def make_keys(aws_client: AwsClient) -> str:
    """Create the key of the aliases that tests use, and return its ARN."""
    kms = aws_client("kms")
    arn = str(kms.create_key()["KeyMetadata"]["Arn"])
    for alias in ("alias/secrets", "alias/other"):
        kms.create_alias(AliasName=alias, TargetKeyId=arn)
    return arn


def state_of(aws_client: AwsClient, name: str = NAME) -> dict[str, Any]:
    """Return the stable state of a secret; empty if it does not exist."""
    client = aws_client("secretsmanager")
    try:
        described = client.describe_secret(SecretId=name)
    except client.exceptions.ResourceNotFoundException:
        return {}
    if "DeletedDate" in described:
        return {"deleted": described["DeletedDate"]}
    kept = ("Name", "Description", "KmsKeyId", "RotationEnabled", "RotationLambdaARN", "RotationRules")
    return {key: described.get(key) for key in kept} | {
        "tags": {tag["Key"]: tag["Value"] for tag in described.get("Tags", [])},
        "replicas": {replica["Region"]: replica["KmsKeyId"] for replica in described.get("ReplicationStatus", [])},
        "policy": json.loads(client.get_resource_policy(SecretId=name).get("ResourcePolicy", "{}")),
        "stages": sorted(map(sorted, described.get("VersionIdsToStages", {}).values())),
        "value": value(aws_client, name) if described.get("VersionIdsToStages") else None,
    }


def value(aws_client: AwsClient, name: str = NAME) -> str:
    """Return the current value of a secret."""
    return str(aws_client("secretsmanager").get_secret_value(SecretId=name)["SecretString"])
