"""The requests of override_cases for Secrets Manager."""

from __future__ import annotations

from typing import Any

TAG = {"Key": "owner", "Value": "secmon"}
# AWS requires client request tokens of 32-64 characters.
TOKENS = ("t" * 32, "u" * 32, "v" * 32)
POLICY = (
    '{"Version": "2012-10-17", "Statement": [{"Effect": "Deny", "Principal": "*", "Action": "secretsmanager:*",'
    ' "Resource": "*"}]}'
)
PUBLIC = POLICY.replace("Deny", "Allow")
REPLICA = {"Region": "eu-west-1"}
DELETED = {"SecretId": "deleted"}

ACCEPTED: list[tuple[str, dict[str, Any]]] = [
    ("CreateSecret", {"Name": "created", "SecretString": "s", "Tags": [TAG], "ClientRequestToken": TOKENS[0]}),
    ("GetSecretValue", {"SecretId": "kept"}),
    (
        "PutSecretValue",
        {"SecretId": "kept", "SecretString": "t", "ClientRequestToken": TOKENS[0], "VersionStages": ["AWSCURRENT"]},
    ),
    ("UpdateSecret", {"SecretId": "kept", "SecretString": "u", "ClientRequestToken": TOKENS[1]}),
    (
        "UpdateSecretVersionStage",
        {"SecretId": "kept", "VersionStage": "LABEL", "MoveToVersionId": "<version>"},
    ),
    ("ListSecretVersionIds", {"SecretId": "kept", "MaxResults": 10}),
    ("DescribeSecret", {"SecretId": "kept"}),
    ("DeleteSecret", {"SecretId": "created", "RecoveryWindowInDays": 7}),
    ("RestoreSecret", {"SecretId": "created"}),
    ("ValidateResourcePolicy", {"SecretId": "kept", "ResourcePolicy": POLICY}),
    ("PutResourcePolicy", {"SecretId": "kept", "ResourcePolicy": POLICY, "BlockPublicPolicy": True}),
    ("GetResourcePolicy", {"SecretId": "kept"}),
    ("DeleteResourcePolicy", {"SecretId": "kept"}),
    ("TagResource", {"SecretId": "kept", "Tags": [TAG]}),
    ("UntagResource", {"SecretId": "kept", "TagKeys": ["owner"]}),
    ("ReplicateSecretToRegions", {"SecretId": "kept", "AddReplicaRegions": [REPLICA]}),
    ("RemoveRegionsFromReplication", {"SecretId": "kept", "RemoveReplicaRegions": ["eu-west-1"]}),
    (
        "RotateSecret",
        {
            "SecretId": "rotated",
            "RotationLambdaARN": "<function>",
            "RotationRules": {"AutomaticallyAfterDays": 30},
            "RotateImmediately": False,
            "ClientRequestToken": TOKENS[2],
        },
    ),
    ("CancelRotateSecret", {"SecretId": "rotated"}),
]

REJECTED: list[tuple[str, dict[str, Any], str]] = [
    ("CreateSecret", {"Name": "untokened", "SecretString": "s"}, "InvalidRequestException"),
    (
        "CreateSecret",
        {"Name": "deleted", "SecretString": "s", "ClientRequestToken": TOKENS[0]},
        "InvalidRequestException",
    ),
    ("GetSecretValue", DELETED, "InvalidRequestException"),
    (
        "PutSecretValue",
        {"SecretId": "kept", "SecretString": "x", "ClientRequestToken": "<version>"},
        "ResourceExistsException",
    ),
    ("UpdateSecret", DELETED | {"SecretString": "s", "ClientRequestToken": TOKENS[0]}, "InvalidRequestException"),
    ("DescribeSecret", {"SecretId": "a b"}, "ValidationException"),
    ("DeleteSecret", {"SecretId": "a b"}, "ValidationException"),
    ("RestoreSecret", {"SecretId": "a b"}, "ValidationException"),
    ("ValidateResourcePolicy", {"SecretId": "kept", "ResourcePolicy": "{"}, "MalformedPolicyDocumentException"),
    ("UpdateSecretVersionStage", DELETED | {"VersionStage": "LABEL"}, "InvalidRequestException"),
    ("PutResourcePolicy", {"SecretId": "kept", "ResourcePolicy": "{"}, "MalformedPolicyDocumentException"),
    (
        "PutResourcePolicy",
        {"SecretId": "kept", "ResourcePolicy": PUBLIC, "BlockPublicPolicy": True},
        "PublicPolicyException",
    ),
    ("GetResourcePolicy", DELETED, "InvalidRequestException"),
    ("DeleteResourcePolicy", DELETED, "InvalidRequestException"),
    ("TagResource", DELETED | {"Tags": [TAG]}, "InvalidRequestException"),
    ("UntagResource", DELETED | {"TagKeys": ["owner"]}, "InvalidRequestException"),
    ("ReplicateSecretToRegions", DELETED | {"AddReplicaRegions": [REPLICA]}, "InvalidRequestException"),
    ("RemoveRegionsFromReplication", DELETED | {"RemoveReplicaRegions": ["eu-west-1"]}, "InvalidRequestException"),
    ("RotateSecret", {"SecretId": "kept"}, "InvalidParameterException"),
    ("RotateSecret", {"SecretId": "kept", "ClientRequestToken": TOKENS[0]}, "InvalidRequestException"),
    ("CancelRotateSecret", DELETED, "InvalidRequestException"),
    ("ListSecretVersionIds", {"SecretId": "none"}, "ResourceNotFoundException"),
]
