# Copyright: secmon.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Translate the settings of a metric alarm between the module's options and CloudWatch's API.

Sources: CloudWatch API reference, PutMetricAlarm, DescribeAlarms.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from .grouped import from_query, to_query


@dataclass(frozen=True)
class Setting:
    """One setting of an alarm.

    Attributes:
        member: Its name in CloudWatch's API.
        default: The value that applies if the API does not return it; writing this value clears the setting.
    """

    member: str
    default: Any


SETTINGS = {
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
    # No member of the API: grouped.py makes it a query.
    "group_by": Setting("group_by", []),
    "alarm_actions": Setting("AlarmActions", []),
    "ok_actions": Setting("OKActions", []),
    "insufficient_data_actions": Setting("InsufficientDataActions", []),
    "actions_enabled": Setting("ActionsEnabled", True),
}
ACTION_LISTS = ("alarm_actions", "ok_actions", "insufficient_data_actions")
_SETS = (*ACTION_LISTS, "group_by")
# Written even if the value is CloudWatch's default, so that a reader of the call need not know the default.
_ALWAYS_WRITTEN = {"threshold", "actions_enabled", "missing_data"}
# These keep their value if the task omits them. All other settings decide whether the alarm fires, so that a manual
# change must be detected: an omitted one has CloudWatch's default.
_KEPT_IF_OMITTED = {"description", *ACTION_LISTS}
# Settings without an option, each with the value that has no effect. The first four belong to alarms on metric math,
# Metrics Insights or PromQL.
_WITHOUT_OPTION = {
    **dict.fromkeys(("Metrics", "ThresholdMetricId", "EvaluationCriteria", "EvaluationInterval"), ""),
    "WarmUpConfiguration": "",
    "EvaluationWindow": {"SlidingWindow": {}},
    "EvaluateLowSampleCountPercentile": "evaluate",
}
# The format of notifications is not managed. A Put call replaces everything, so the value found is sent back.
_SENT_BACK = "ActionConfiguration"


def is_metric_alarm(alarm: Mapping[str, Any]) -> bool:
    """Return whether an alarm of DescribeAlarms is a metric alarm and not a composite alarm."""
    return "AlarmRule" not in alarm


def alarm_settings(alarm: Mapping[str, Any]) -> dict[str, Any]:
    """Return the settings of an alarm of DescribeAlarms by option.

    Settings without an option are in `other_settings`, which is only present if there are any.
    """
    alarm = from_query(alarm)
    found = {
        option: _normalize(option, alarm.get(setting.member, setting.default)) for option, setting in SETTINGS.items()
    }
    others = {
        member: alarm[member]
        for member, without_effect in _WITHOUT_OPTION.items()
        if alarm.get(member) not in (None, [], without_effect)
    }
    return {**found, "other_settings": others} if others else found


def merge_settings(requested: Mapping[str, Any], found: Mapping[str, Any]) -> dict[str, Any]:
    """Return all settings that an alarm should have.

    Args:
        requested: The settings that the task sets, by option.
        found: The settings of the existing alarm, empty if there is none.
    """
    defaults = {option: setting.default for option, setting in SETTINGS.items()}
    kept = {option: value for option, value in found.items() if option in _KEPT_IF_OMITTED}
    return {**defaults, **kept, **{option: _normalize(option, value) for option, value in requested.items()}}


def put_parameters(name: str, settings: Mapping[str, Any], found: Mapping[str, Any]) -> dict[str, Any]:
    """Return the parameters of PutMetricAlarm.

    Args:
        name: The alarm's name.
        settings: All settings by option.
        found: The alarm as returned by DescribeAlarms, empty if there is none.
    """
    written = {
        setting.member: _to_api(option, settings[option])
        for option, setting in SETTINGS.items()
        if option in _ALWAYS_WRITTEN or settings[option] != setting.default
    }
    if labels := written.pop("group_by", []):
        written = to_query(written, labels)
    sent_back = {_SENT_BACK: found[_SENT_BACK]} if found.get(_SENT_BACK) else {}
    return {"AlarmName": name, **written, **sent_back}


def _normalize(option: str, value: Any) -> Any:
    """Return a value of the task or of the API in the form in which they are compared."""
    if option in _SETS:
        return sorted(set(value))
    if option == "dimensions":
        pairs = value.items() if isinstance(value, Mapping) else ((item["Name"], item["Value"]) for item in value)
        return dict(sorted((str(name), str(text)) for name, text in pairs))
    return value


def _to_api(option: str, value: Any) -> Any:
    return [{"Name": name, "Value": value[name]} for name in value] if option == "dimensions" else value
