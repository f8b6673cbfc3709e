# Copyright: secmon.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Read alarms and their tags."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from ..core.account import Account
from ..core.tags import Listed, as_mapping
from ..tagging.reads import managed_resources
from .desired import DesiredAlarms
from .fields import alarm_type
from .kinds import METRIC

# The maximum of AlarmNames and of MaxRecords in DescribeAlarms.
_NAMES_PER_CALL = 100
# By default, DescribeAlarms omits composite alarms, whose names cannot be used for other alarms. Log alarms are asked
# for only where they are used, since a region may not have them yet.
TYPES = ("MetricAlarm", "CompositeAlarm")
_RESOURCE_TYPE = "cloudwatch:alarm"


def read_alarms(
    account: Account, desired: DesiredAlarms, known: Listed | None = None
) -> tuple[dict[str, dict[str, Any]], dict[str, Mapping[str, str]]]:
    """Return the alarms that a task names or may delete, and the tags of those of its type, by name.

    Args:
        account: The account.
        desired: The desired alarms.
        known: What the tagging API lists, if the task knows it.
    """
    managed = known
    if known is None and desired.purge_tag:
        managed = managed_resources(account, _RESOURCE_TYPE)
    listed_alarms = {_name_in(arn): tags for arn, tags in (managed or {}).items() if ":alarm:" in arn}
    purged = {name for name, tags in listed_alarms.items() if desired.purges(name, tags)}
    alarms = find_alarms(account, desired.names | purged, tuple(dict.fromkeys((*TYPES, desired.kind.type))))
    for alarm in alarms.values():
        account.learn_place(alarm["AlarmArn"])
    arns = {name: alarm["AlarmArn"] for name, alarm in alarms.items() if alarm_type(alarm) == desired.kind.type}
    if arns and managed is None:
        managed = managed_resources(account, _RESOURCE_TYPE)
    listed = managed or {}
    return alarms, {name: _up_to_date_tags(account, desired, name, arn, listed.get(arn)) for name, arn in arns.items()}


def _up_to_date_tags(
    account: Account, desired: DesiredAlarms, name: str, arn: str, listed: Mapping[str, str] | None
) -> Mapping[str, str]:
    """Return the listed tags, or the alarm's own if a write would depend on them.

    The listing may be minutes old: an alarm of the same name that others made since then would be deleted.
    """
    if listed is None or desired.would_tag(name, listed) or desired.deletes(name, listed):
        return alarm_tags(account, name, arn)
    return listed


def find_alarms(account: Account, names: Collection[str], types: Sequence[str] = TYPES) -> dict[str, dict[str, Any]]:
    """Return the alarms of these types with these names, by name."""
    ordered, found = sorted(names), list[dict[str, Any]]()
    for start in range(0, len(ordered), _NAMES_PER_CALL):
        some = ordered[start : start + _NAMES_PER_CALL]
        parameters = {"AlarmNames": some, "AlarmTypes": list(types), "MaxRecords": _NAMES_PER_CALL}
        answer = account.read("cloudwatch", "DescribeAlarms", "alarms", parameters)
        found += [alarm for each in types for alarm in answer.get(f"{each}s", [])]
    return {alarm["AlarmName"]: alarm for alarm in found}


def find_metric_alarm(account: Account, name: str) -> dict[str, Any] | None:
    """Return the metric alarm with this name, or None."""
    alarm = find_alarms(account, [name]).get(name)
    return alarm if alarm and alarm_type(alarm) == METRIC.type else None


def _name_in(arn: str) -> str:
    return arn.split(":alarm:", 1)[-1]


def tags_of_alarms_on(account: Account, namespace: str, metric_name: str) -> list[dict[str, str]]:
    """Return the tags of each alarm that watches a metric without dimensions."""
    answer = account.read(
        "cloudwatch",
        "DescribeAlarmsForMetric",
        f"alarms on metric {metric_name} in namespace {namespace}",
        {"Namespace": namespace, "MetricName": metric_name},
    )
    return [alarm_tags(account, alarm["AlarmName"], alarm["AlarmArn"]) for alarm in answer.get("MetricAlarms", [])]


def alarm_tags(account: Account, name: str, arn: str) -> dict[str, str]:
    """Return the tags of one alarm from CloudWatch itself, which are up to date."""
    answer = account.read("cloudwatch", "ListTagsForResource", f"alarm {name}", {"ResourceARN": arn}, resource_arn=arn)
    return as_mapping(answer.get("Tags", []))
