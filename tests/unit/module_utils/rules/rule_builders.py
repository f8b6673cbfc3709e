"""Build rules and records for the tests of the rule layer."""

from __future__ import annotations

import copy
from pathlib import Path
from typing import Any

import yaml
from ansible_collections.secmon.aws.plugins.module_utils.rules.reader import read_rule
from ansible_collections.secmon.aws.plugins.module_utils.rules.rule import Rule
from ansible_collections.secmon.aws.plugins.module_utils.validation.document import Document
from ansible_collections.secmon.aws.plugins.module_utils.validation.problems import ValidationError

ARN = "arn:aws:secretsmanager:eu-central-1:111122223333:secret:MySampleSecret"

_RECORD: dict[str, Any] = {
    "eventVersion": "1.09",
    "userIdentity": {
        "type": "IAMUser",
        "principalId": "AIDAEXAMPLEEXAMPLEEX",
        "arn": "arn:aws:iam::111122223333:user/alice",
        "accountId": "111122223333",
        "accessKeyId": "AKIAEXAMPLEEXAMPLEEX",
        "userName": "alice",
    },
    "eventTime": "2026-09-13T10:00:00Z",
    "eventSource": "secretsmanager.amazonaws.com",
    "eventName": "GetSecretValue",
    "awsRegion": "eu-central-1",
    "sourceIPAddress": "203.0.113.7",
    "userAgent": "aws-cli/2.15.0",
    "requestParameters": {"secretId": "MySampleSecret"},
    "responseElements": None,
    "requestID": "11111111-1111-4111-8111-111111111111",
    "eventID": "22222222-2222-4222-8222-222222222222",
    "readOnly": True,
    "eventType": "AwsApiCall",
    "managementEvent": True,
    "recipientAccountId": "111122223333",
    "eventCategory": "Management",
}


def record(**changes: Any) -> dict[str, Any]:
    """Return a complete CloudTrail record of GetSecretValue with some keys changed."""
    return {**copy.deepcopy(_RECORD), **changes}


def secret_read(secret_id: str) -> dict[str, Any]:
    """Return the record of a read of one secret."""
    return record(requestParameters={"secretId": secret_id})


def rule_body(**changes: Any) -> dict[str, Any]:
    """Return a valid rule as a mapping, without any lint finding, with some top-level keys changed."""
    body: dict[str, Any] = {
        "id": "secret_access",
        "title": "A secret value was read",
        "severity": "high",
        "description": "A secret was read.",
        "pattern": '{ ($.eventSource = "secretsmanager.amazonaws.com") && ($.eventName = "GetSecretValue") }',
        "filter_name": "TrackSecretAccess",
        "metric": {"namespace": "SecurityMetrics", "name": "SecretAccessCount", "value": "1", "default_value": 0},
        "alarm": {
            "statistic": "Sum",
            "period_seconds": 60,
            "evaluation_periods": 1,
            "threshold": 1,
            "comparison": "GreaterThanOrEqualToThreshold",
            "missing_data": "notBreaching",
        },
        "references": {"mitre_attack": ["T1555.006"]},
        "false_positives": ["The application reads its secret when it starts."],
        "runbook": "1. Ask the caller.",
        "tests": [
            {"name": "read by a user", "match": True, "event": record()},
            {"name": "read by ARN", "match": True, "event": secret_read(ARN)},
            {"name": "described", "match": False, "event": record(eventName="DescribeSecret")},
            {"name": "listed", "match": False, "event": record(eventName="ListSecrets")},
            {"name": "another service", "match": False, "event": record(eventSource="ssm.amazonaws.com")},
        ],
    }
    return {**body, **changes}


def narrowed_body(**changes: Any) -> dict[str, Any]:
    """Return a rule with the optional parameter ``secret``."""
    parameters = {"secret": {"type": "secret", "description": "The secret.", "required": False, "samples": [ARN]}}
    pattern = '{ ($.eventName = "GetSecretValue") && ($.requestParameters.secretId = "${secret}") }'
    return rule_body(**{"pattern": pattern, "parameters": parameters, **changes})


def make_rule(**changes: Any) -> Rule:
    """Return a valid rule with some top-level keys changed; raise ValidationError if that makes it invalid."""
    return rule_from(rule_body(**changes))


def rule_from(body: dict[str, Any]) -> Rule:
    """Return the rule that a mapping describes; raise ValidationError."""
    document = Document("rule", body)
    rule = read_rule(document, None, body["id"])
    if rule is None:
        raise ValidationError(document.problems)
    return rule


def write_rule(folder: Path, body: dict[str, Any]) -> Path:
    """Write a rule file and return its path."""
    path = folder / f"{body['id']}.yml"
    path.write_text(yaml.safe_dump(body, sort_keys=False), encoding="utf-8")
    return path
