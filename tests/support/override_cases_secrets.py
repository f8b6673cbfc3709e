"""The requests of override_cases.py for Secrets Manager."""

from __future__ import annotations

from typing import Any

TAG = {"Key": "owner", "Value": "secmon"}
# Of the length that AWS asks for.
TOKENS = ("t" * 32, "u" * 32, "v" * 32)
POLICY = (
    '{"Version": "2012-10-17", "Statement": [{"Effect": "Deny", "Principal": "*", "Action": "secretsmanager:*",'
    ' "Resource": "*"}]}'
)
PUBLIC = POLICY.replace("Deny", "Allow")
REPLICA = {"Region": "eu-west-1"}
MARKED = {"SecretId": "marked"}

ANSWERED: list[tuple[str, dict[str, Any]]] = [
    ("CreateSecret", {"Name": "created", "SecretString": "s", "Tags": [TAG]}),
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

REFUSED: list[tuple[str, dict[str, Any], str]] = [
    ("CreateSecret", {"Name": "marked", "SecretString": "s"}, "InvalidRequestException"),
    ("GetSecretValue", MARKED, "InvalidRequestException"),
    (
        "PutSecretValue",
        {"SecretId": "kept", "SecretString": "x", "ClientRequestToken": "<version>"},
        "ResourceExistsException",
    ),
    ("UpdateSecret", MARKED | {"SecretString": "s"}, "InvalidRequestException"),
    ("UpdateSecretVersionStage", MARKED | {"VersionStage": "LABEL"}, "InvalidRequestException"),
    ("PutResourcePolicy", {"SecretId": "kept", "ResourcePolicy": "{"}, "MalformedPolicyDocumentException"),
    (
        "PutResourcePolicy",
        {"SecretId": "kept", "ResourcePolicy": PUBLIC, "BlockPublicPolicy": True},
        "PublicPolicyException",
    ),
    ("GetResourcePolicy", MARKED, "InvalidRequestException"),
    ("DeleteResourcePolicy", MARKED, "InvalidRequestException"),
    ("TagResource", MARKED | {"Tags": [TAG]}, "InvalidRequestException"),
    ("UntagResource", MARKED | {"TagKeys": ["owner"]}, "InvalidRequestException"),
    ("ReplicateSecretToRegions", MARKED | {"AddReplicaRegions": [REPLICA]}, "InvalidRequestException"),
    ("RemoveRegionsFromReplication", MARKED | {"RemoveReplicaRegions": ["eu-west-1"]}, "InvalidRequestException"),
    ("RotateSecret", {"SecretId": "kept"}, "InvalidRequestException"),
    ("CancelRotateSecret", MARKED, "InvalidRequestException"),
    ("ListSecretVersionIds", {"SecretId": "none"}, "ResourceNotFoundException"),
]
