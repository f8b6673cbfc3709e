# Copyright: secmon.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Build the CloudTrail records of the calls that deploy a rule, as far as they depend on the rule."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from ...filter_pattern.pattern import CompiledPattern
from ..records import Step, build_record, shipped_records
from ..rule import Rule


@dataclass(frozen=True)
class DeploymentCall:
    """The name of a call and its record as CloudWatch Logs has it."""

    name: str
    message: str


def deployer_values() -> dict[str, tuple[str, ...]]:
    """Return the role of the deployer by parameter type: its name and its ARN."""
    issuer = build_record(shipped_records()["deployer"])["userIdentity"]["sessionContext"]["sessionIssuer"]
    return {"role_name": (issuer["userName"],), "role_arn": (issuer["arn"],)}


def deployment_calls(rule: Rule, compiled: CompiledPattern) -> tuple[DeploymentCall, ...]:
    """Return the records of PutMetricFilter and PutMetricAlarm for a rule, made by the base record ``deployer``."""
    put_filter = {
        "logGroupName": "cloudtrail",
        "filterName": rule.filter_name,
        "filterPattern": str(compiled),
        "metricTransformations": [_transformation(rule)],
    }
    return (
        DeploymentCall("PutMetricFilter", _record("logs", "PutMetricFilter", put_filter)),
        DeploymentCall("PutMetricAlarm", _record("cloudwatch", "PutMetricAlarm", _alarm(rule))),
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


def _record(service: str, name: str, parameters: dict[str, Any]) -> str:
    bases = shipped_records()
    call = Step({"eventName": name, "requestParameters": parameters})
    return json.dumps(build_record([*bases[service], *bases["deployer"], call]), separators=(",", ":"))
