# Copyright: secmon.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""The settings of alarms: the task's names for them, CloudWatch's, and what CloudWatch means by leaving one out.

Sources: CloudWatch API reference, PutMetricAlarm, PutCompositeAlarm, DescribeAlarms.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

METRIC = "metric"
COMPOSITE = "composite"


@dataclass(frozen=True)
class Setting:
    """One setting of an alarm.

    Attributes:
        member: Its name in CloudWatch's API.
        absent: What it is when CloudWatch does not name it; the task clears it by this value.
    """

    member: str
    absent: Any


_COMMON = {
    "alarm_actions": Setting("AlarmActions", []),
    "ok_actions": Setting("OKActions", []),
    "insufficient_data_actions": Setting("InsufficientDataActions", []),
    "actions_enabled": Setting("ActionsEnabled", True),
}
SETTINGS: dict[str, dict[str, Setting]] = {
    METRIC: {
        "description": Setting("AlarmDescription", ""),
        "metric_namespace": Setting("Namespace", ""),
        "metric_name": Setting("MetricName", ""),
        "statistic": Setting("Statistic", ""),
        "extended_statistic": Setting("ExtendedStatistic", ""),
        "period_seconds": Setting("Period", 0),
        "evaluation_periods": Setting("EvaluationPeriods", 0),
        "datapoints_to_alarm": Setting("DatapointsToAlarm", 0),
        "threshold": Setting("Threshold", None),
        "comparison": Setting("ComparisonOperator", ""),
        "missing_data": Setting("TreatMissingData", "missing"),
        "unit": Setting("Unit", ""),
        "dimensions": Setting("Dimensions", {}),
        **_COMMON,
    },
    COMPOSITE: {
        "description": Setting("AlarmDescription", ""),
        "rule": Setting("AlarmRule", ""),
        "actions_suppressor": Setting("ActionsSuppressor", ""),
        "actions_suppressor_wait_seconds": Setting("ActionsSuppressorWaitPeriod", 0),
        "actions_suppressor_extension_seconds": Setting("ActionsSuppressorExtensionPeriod", 0),
        **_COMMON,
    },
}
ACTION_LISTS = ("alarm_actions", "ok_actions", "insufficient_data_actions")
# Written even when it is what CloudWatch assumes, so that nobody need know that.
_ALWAYS_WRITTEN = {"threshold", "actions_enabled", "missing_data"}
# CloudWatch requires both beside a suppressor, even 0.
_WITH_SUPPRESSOR = {"actions_suppressor_wait_seconds", "actions_suppressor_extension_seconds"}
# What the task does not mention of these stays. All else decides whether the alarm goes off or is heard, so that a
# change by hand must not go unseen: not mentioned, it is what CloudWatch assumes.
_LEFT_ALONE = {"description", *ACTION_LISTS}
# Settings without an option, and those of their values that change nothing. The first four are of alarms on metric
# math, Metrics Insights or PromQL.
_OTHERS = {
    **dict.fromkeys(("Metrics", "ThresholdMetricId", "EvaluationCriteria", "EvaluationInterval"), ""),
    "WarmUpConfiguration": "",
    "EvaluationWindow": {"SlidingWindow": {}},
    "EvaluateLowSampleCountPercentile": "evaluate",
}
# How notifications look is none of our business; a Put call replaces everything, so it is sent back as it was.
_KEPT = "ActionConfiguration"


def kind_of(alarm: Mapping[str, Any]) -> str:
    """Return whether an alarm of DescribeAlarms is a metric alarm or a composite one."""
    return COMPOSITE if "AlarmRule" in alarm else METRIC


def described(alarm: Mapping[str, Any]) -> dict[str, Any]:
    """Return an alarm of DescribeAlarms in the module's terms.

    What the module has no option for is in `other_settings`, which is there only if there is any.
    """
    found = {
        option: _normal(option, alarm.get(setting.member, setting.absent))
        for option, setting in SETTINGS[kind_of(alarm)].items()
    }
    others = {member: alarm[member] for member, usual in _OTHERS.items() if alarm.get(member) not in (None, [], usual)}
    return {**found, "other_settings": others} if others else found


def completed(kind: str, asked: Mapping[str, Any], found: Mapping[str, Any] | None) -> dict[str, Any]:
    """Return all settings of an alarm.

    Args:
        kind: `METRIC` or `COMPOSITE`.
        asked: The settings that the task mentions.
        found: The alarm that is there, as `described` returns it, or None.
    """
    left_alone = {option: (found or {}).get(option) for option in _LEFT_ALONE if found}
    assumed = {option: setting.absent for option, setting in SETTINGS[kind].items()}
    after = {**assumed, **left_alone, **{option: _normal(option, value) for option, value in asked.items()}}
    if kind == COMPOSITE and not after["actions_suppressor"]:
        after.update(dict.fromkeys(_WITH_SUPPRESSOR, 0))
    return after


def put_parameters(kind: str, name: str, after: Mapping[str, Any], found: Mapping[str, Any] | None) -> dict[str, Any]:
    """Return the parameters of the Put call.

    Args:
        kind: `METRIC` or `COMPOSITE`.
        name: The alarm's name.
        after: All its settings.
        found: The alarm as DescribeAlarms gave it, or None.
    """
    always = _ALWAYS_WRITTEN | (_WITH_SUPPRESSOR if after.get("actions_suppressor") else set())
    written = {
        setting.member: _to_aws(option, after[option])
        for option, setting in SETTINGS[kind].items()
        if option in always or after[option] != setting.absent
    }
    kept = {_KEPT: found[_KEPT]} if found and found.get(_KEPT) else {}
    return {"AlarmName": name, **written, **kept}


def _normal(option: str, value: Any) -> Any:
    """Return a value of the task or of CloudWatch in the form in which two are compared."""
    if option in ACTION_LISTS:
        return sorted(set(value))
    if option == "rule":
        return value.strip()
    if option == "dimensions":
        pairs = value.items() if isinstance(value, Mapping) else ((item["Name"], item["Value"]) for item in value)
        return dict(sorted((str(name), str(text)) for name, text in pairs))
    return value


def _to_aws(option: str, value: Any) -> Any:
    if option == "dimensions":
        return [{"Name": name, "Value": value[name]} for name in value]
    return value
