# Copyright: secmon.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""The CloudTrail records of the calls that deploy a rule, as far as they depend on the rule."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from ...filter_pattern.pattern import CompiledPattern
from ..rule import Rule

_ACCOUNT = "111122223333"
_REGION = "eu-central-1"
DEPLOYER_ROLE = "deployer"
DEPLOYER_ARN = f"arn:aws:iam::{_ACCOUNT}:role/{DEPLOYER_ROLE}"


@dataclass(frozen=True)
class DeploymentCall:
    """A call's name and its record as CloudWatch Logs holds it."""

    name: str
    message: str


def deployment_calls(rule: Rule, compiled: CompiledPattern) -> tuple[DeploymentCall, ...]:
    """Return the records of PutMetricFilter and PutMetricAlarm for a rule, made by a role called ``deployer``."""
    put_filter = {
        "logGroupName": "cloudtrail",
        "filterName": rule.filter_name,
        "filterPattern": str(compiled),
        "metricTransformations": [_transformation(rule)],
    }
    return (
        DeploymentCall("PutMetricFilter", _record("logs.amazonaws.com", "PutMetricFilter", put_filter)),
        DeploymentCall("PutMetricAlarm", _record("monitoring.amazonaws.com", "PutMetricAlarm", _alarm(rule))),
    )


def _transformation(rule: Rule) -> dict[str, Any]:
    transformation: dict[str, Any] = {
        "metricName": rule.metric.name,
        "metricNamespace": rule.metric.namespace,
        "metricValue": rule.metric.value,
    }
    if rule.metric.default_value is not None:
        transformation["defaultValue"] = rule.metric.default_value
    return transformation


def _alarm(rule: Rule) -> dict[str, Any]:
    return {
        "alarmName": rule.filter_name,
        "alarmDescription": rule.title,
        "actionsEnabled": True,
        "namespace": rule.metric.namespace,
        "metricName": rule.metric.name,
        "statistic": rule.alarm.statistic,
        "period": rule.alarm.period_seconds,
        "evaluationPeriods": rule.alarm.evaluation_periods,
        "threshold": rule.alarm.threshold,
        "comparisonOperator": rule.alarm.comparison,
        "treatMissingData": rule.alarm.missing_data,
    }


def _record(source: str, name: str, parameters: dict[str, Any]) -> str:
    """Return a record of eventVersion 1.08 (CloudTrail user guide, record contents)."""
    issuer = {
        "type": "Role",
        "principalId": "AROAEXAMPLEEXAMPLEEX",
        "arn": DEPLOYER_ARN,
        "accountId": _ACCOUNT,
        "userName": DEPLOYER_ROLE,
    }
    record = {
        "eventVersion": "1.08",
        "userIdentity": {
            "type": "AssumedRole",
            "principalId": "AROAEXAMPLEEXAMPLEEX:ansible",
            "arn": f"arn:aws:sts::{_ACCOUNT}:assumed-role/{DEPLOYER_ROLE}/ansible",
            "accountId": _ACCOUNT,
            "accessKeyId": "ASIAEXAMPLEEXAMPLEEX",
            "sessionContext": {
                "sessionIssuer": issuer,
                "attributes": {"creationDate": "2026-09-13T10:00:00Z", "mfaAuthenticated": "false"},
            },
        },
        "eventTime": "2026-09-13T10:00:01Z",
        "eventSource": source,
        "eventName": name,
        "awsRegion": _REGION,
        "sourceIPAddress": "203.0.113.7",
        "userAgent": "Boto3/1.44.5",
        "requestParameters": parameters,
        "responseElements": None,
        "requestID": "5a1d1f0e-0000-4000-8000-000000000001",
        "eventID": "5a1d1f0e-0000-4000-8000-000000000002",
        "readOnly": False,
        "eventType": "AwsApiCall",
        "managementEvent": True,
        "recipientAccountId": _ACCOUNT,
        "eventCategory": "Management",
    }
    return json.dumps(record, separators=(",", ":"))
