"""An in-memory fake of CloudWatch alarms for tests of plans."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ansible_collections.secmon.aws.plugins.module_utils.cloudwatch.checks import alarm_problems
from ansible_collections.secmon.aws.plugins.module_utils.cloudwatch.desired import desired_alarms
from ansible_collections.secmon.aws.plugins.module_utils.cloudwatch.kinds import METRIC
from ansible_collections.secmon.aws.plugins.module_utils.cloudwatch.plan import plan_alarms
from ansible_collections.secmon.aws.plugins.module_utils.core.plan import Plan

REGION = "us-east-1"
ARN = f"arn:aws:cloudwatch:{REGION}:123456789012:alarm:"
TOPIC = f"arn:aws:sns:{REGION}:123456789012:SecurityAlarms"
ALARM = {
    "name": "a",
    "metric_namespace": "SecurityMetrics",
    "metric_name": "SecretAccessCount",
    "statistic": "Sum",
    "period_seconds": 60,
    "evaluation_periods": 1,
    "threshold": 1.0,
    "comparison": "GreaterThanOrEqualToThreshold",
    "actions_enabled": True,
}


def task(*alarms: Mapping[str, Any], **more: Any) -> dict[str, Any]:
    """Return the parameters of a task with these alarms."""
    return {"state": "present", "adopt": False, "purge_tags": True, "alarms": list(alarms), **more}


class FakeAlarms:
    """The alarms of an account; plans are applied to them."""

    def __init__(self) -> None:
        self.alarms: dict[str, dict[str, Any]] = {}
        self.tags: dict[str, dict[str, str]] = {}

    def plan(self, params: Mapping[str, Any]) -> Plan:
        desired = desired_alarms(params, REGION, METRIC, alarm_problems)
        return plan_alarms(desired, self.alarms, self.tags)

    def apply(self, plan: Plan) -> None:
        for write in plan.writes:
            getattr(self, write.operation)(**write.parameters)

    def run(self, params: Mapping[str, Any]) -> Plan:
        plan = self.plan(params)
        self.apply(plan)
        return plan

    def PutMetricAlarm(self, AlarmName: str, Tags: Any = (), **settings: Any) -> None:  # noqa: N802, N803
        if AlarmName not in self.alarms:
            self.tags[AlarmName] = {tag["Key"]: tag["Value"] for tag in Tags}
        self.alarms[AlarmName] = {"AlarmName": AlarmName, "AlarmArn": ARN + AlarmName, **settings}

    def TagResource(self, ResourceARN: str, Tags: Any) -> None:  # noqa: N802, N803
        self.tags[ResourceARN.removeprefix(ARN)].update({tag["Key"]: tag["Value"] for tag in Tags})

    def UntagResource(self, ResourceARN: str, TagKeys: list[str]) -> None:  # noqa: N802, N803
        for key in TagKeys:
            del self.tags[ResourceARN.removeprefix(ARN)][key]

    def DeleteAlarms(self, AlarmNames: list[str]) -> None:  # noqa: N802, N803
        for name in AlarmNames:
            del self.alarms[name], self.tags[name]
