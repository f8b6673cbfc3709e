# Copyright: secmon.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""The settings of metric alarms and of log alarms, as the modules' options and as members of CloudWatch's API.

Sources: CloudWatch API reference, PutMetricAlarm, PutLogAlarm, DescribeAlarms, DeleteAlarms.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any


@dataclass(frozen=True)
class Setting:
    """One setting of an alarm.

    Attributes:
        member: Its name in CloudWatch's API.
        default: The value that applies if the API does not return it; writing this value clears the setting.
        inside: The structure, or the structures in one another, that contain the member.
    """

    member: str
    default: Any
    inside: tuple[str, ...] = ()


@dataclass(frozen=True)
class AlarmKind:
    """One type of alarms.

    Attributes:
        type: Its name in CloudWatch's API.
        words: What people call it.
        put: The operation that writes it.
        batch: How many alarms one call of DeleteAlarms takes.
        settings: Its settings by option.
        always_written: Options that are written even if the value is CloudWatch's default.
        without_option: Members without an option, each with the value that has no effect.
    """

    type: str
    words: str
    put: str
    batch: int
    settings: Mapping[str, Setting]
    always_written: frozenset[str]
    without_option: Mapping[str, Any] = field(default_factory=dict)

    def without(self, option: str) -> AlarmKind:
        """Return the type without a setting, which is then not managed."""
        return replace(self, settings={name: self.settings[name] for name in self.settings if name != option})


_FIRST = {"description": Setting("AlarmDescription", "")}
_LAST = {
    "alarm_actions": Setting("AlarmActions", []),
    "ok_actions": Setting("OKActions", []),
    "insufficient_data_actions": Setting("InsufficientDataActions", []),
    "actions_enabled": Setting("ActionsEnabled", True),
    "tags_in_notifications": Setting("Enabled", False, ("ActionConfiguration", "AlarmTagsPropagation")),
}
_CONDITION = {
    "threshold": Setting("Threshold", None),
    "comparison": Setting("ComparisonOperator", ""),
    "missing_data": Setting("TreatMissingData", "missing"),
}
# So that a reader of the call need not know CloudWatch's default.
_ALWAYS_WRITTEN = frozenset({"threshold", "actions_enabled", "missing_data"})
_QUERY = ("ScheduledQueryConfiguration",)
_SCHEDULE = (*_QUERY, "ScheduleConfiguration")

METRIC = AlarmKind(
    type="MetricAlarm",
    words="metric alarm",
    put="PutMetricAlarm",
    batch=100,
    settings={
        **_FIRST,
        "metric_namespace": Setting("Namespace", ""),
        "metric_name": Setting("MetricName", ""),
        "statistic": Setting("Statistic", ""),
        "extended_statistic": Setting("ExtendedStatistic", ""),
        "period_seconds": Setting("Period", 0),
        "evaluation_periods": Setting("EvaluationPeriods", 0),
        "datapoints_to_alarm": Setting("DatapointsToAlarm", 0),
        **_CONDITION,
        "unit": Setting("Unit", ""),
        "dimensions": Setting("Dimensions", {}),
        # No member of the API: grouped.py makes it a query.
        "group_by": Setting("group_by", []),
        **_LAST,
    },
    always_written=_ALWAYS_WRITTEN,
    # The first four belong to alarms on metric math, Metrics Insights or PromQL.
    without_option={
        **dict.fromkeys(("Metrics", "ThresholdMetricId", "EvaluationCriteria", "EvaluationInterval"), ""),
        "WarmUpConfiguration": "",
        "EvaluationWindow": {"SlidingWindow": {}},
        "EvaluateLowSampleCountPercentile": "evaluate",
    },
)
LOG = AlarmKind(
    type="LogAlarm",
    words="log alarm",
    put="PutLogAlarm",
    batch=1,
    settings={
        **_FIRST,
        "query": Setting("QueryString", "", _QUERY),
        "aggregation": Setting("AggregationExpression", "", _QUERY),
        "log_group_names": Setting("LogGroupIdentifiers", [], _QUERY),
        "query_role_arn": Setting("ScheduledQueryRoleARN", "", _QUERY),
        "schedule": Setting("ScheduleExpression", "", _SCHEDULE),
        "start_seconds": Setting("StartTimeOffset", 0, _SCHEDULE),
        "end_seconds": Setting("EndTimeOffset", 0, _SCHEDULE),
        "results_to_evaluate": Setting("QueryResultsToEvaluate", 0),
        "results_to_alarm": Setting("QueryResultsToAlarm", 0),
        **_CONDITION,
        "log_lines": Setting("ActionLogLineCount", 0),
        "log_lines_role_arn": Setting("ActionLogLineRoleArn", ""),
        **_LAST,
    },
    always_written=_ALWAYS_WRITTEN | {"query"},
    without_option={"WarmUpConfiguration": ""},
)
