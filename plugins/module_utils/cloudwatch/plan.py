# Copyright: secmon.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Plan the calls that create, change and delete alarms.

Source: CloudWatch API reference. PutMetricAlarm and PutLogAlarm replace every setting, and apply tags only when they
create an alarm (for PutLogAlarm our reading, not seen on AWS). DeleteAlarms takes 100 metric alarms or one log alarm,
and rejects one that a composite alarm refers to.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ..core.aws_names import partition_of
from ..core.plan import Plan, Write
from ..core.problems import require
from ..core.tags import as_list, is_managed, not_managed_problem, own_tags, tag_change
from .desired import DesiredAlarm, DesiredAlarms
from .fields import alarm_settings, alarm_type, merge_settings, put_parameters
from .kinds import AlarmKind

Alarms = Mapping[str, Mapping[str, Any]]
Tags = Mapping[str, Mapping[str, str]]

_QUOTA_REACHED = (
    "The account has reached its quota of alarms in this region. Delete some, or request an increase in Service Quotas"
    " (CloudWatch)."
)
_WORDS = {"CompositeAlarm": "composite alarm", "LogAlarm": "log alarm", "MetricAlarm": "metric alarm"}
_STILL_REFERENCED = "A composite alarm may refer to it: change or delete that one first."
_REMEDIES = {
    "PutMetricAlarm": {"LimitExceeded": _QUOTA_REACHED},
    "PutLogAlarm": {"LimitExceeded": _QUOTA_REACHED},
    "DeleteAlarms": {"ValidationError": _STILL_REFERENCED, "ResourceConflict": _STILL_REFERENCED},
}


@dataclass(frozen=True)
class _Change:
    """One alarm that should exist.

    Attributes:
        name: Its name.
        found: The alarm as returned by DescribeAlarms, empty if there is none.
        before: Its settings and tags by option, empty if there is none.
        after: The settings and tags that it should have.
    """

    name: str
    found: Mapping[str, Any]
    before: Mapping[str, Any]
    after: Mapping[str, Any]

    @property
    def changed_options(self) -> list[str]:
        return [key for key in {**self.before, **self.after} if self.before.get(key) != self.after.get(key)]


def plan_alarms(desired: DesiredAlarms, alarms: Alarms, tags: Tags) -> Plan:
    """Plan the writes of a task.

    Args:
        desired: The task.
        alarms: The alarms found, by name, as returned by DescribeAlarms.
        tags: The tags of those alarms of the task's type that the task names or may delete, by name.

    Raises:
        RequestError: An alarm is not managed by this collection, or an alarm of another type has its name.
    """
    require(_conflicts(desired, alarms, tags))
    changes = [_change(desired, alarm, alarms.get(alarm.name, {}), tags) for alarm in desired.alarms if desired.present]
    deleted = sorted(name for name, found in tags.items() if desired.deletes(name, found))
    before = {each.name: {key: each.before.get(key) for key in each.changed_options} for each in changes if each.before}
    after = {each.name: {key: each.after.get(key) for key in each.changed_options} for each in changes}
    before |= {name: {**alarm_settings(alarms[name], desired.kind), "tags": own_tags(tags[name])} for name in deleted}
    puts = (*_puts(changes, desired), *_tag_writes(changes))
    return Plan(
        before=_difference(before),
        after=_difference(after),
        stages=(puts, tuple(_deletions([alarms[name] for name in deleted], desired.kind))),
        results={"alarms": [{"name": each.name, **each.after} for each in changes], "removed": deleted},
    )


def _difference(by_name: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    changed = {name: settings for name, settings in by_name.items() if settings}
    return {"alarms": changed} if changed else {}


def _conflicts(desired: DesiredAlarms, alarms: Alarms, tags: Tags) -> Iterator[str]:
    for name in (alarm.name for alarm in desired.alarms if alarm.name in alarms):
        found = alarm_type(alarms[name])
        if found != desired.kind.type:
            yield (
                f"{name} is a {_WORDS[found]}, which this module does not manage. Nothing was changed. Choose another"
                f" name, or delete the {_WORDS[found]}."
            )
        elif not (desired.adopt or is_managed(tags[name])):
            yield not_managed_problem(f"alarm {name}", tags[name])


def _change(desired: DesiredAlarms, alarm: DesiredAlarm, found: Mapping[str, Any], tags: Tags) -> _Change:
    before = {**alarm_settings(found, desired.kind), "tags": own_tags(tags[alarm.name])} if found else {}
    tags_after = dict(tag_change(before.get("tags", {}), alarm.tags, desired.purge_tags).after)
    after = {**merge_settings(alarm.settings, before, desired.kind), "tags": tags_after}
    return _Change(alarm.name, found, before, after)


def _puts(changes: Sequence[_Change], desired: DesiredAlarms) -> Iterator[Write]:
    region, kind = desired.region, desired.kind
    for each in changes:
        if set(each.changed_options) <= {"tags"} and each.found:
            continue
        parameters = put_parameters(each.name, each.after, each.found, kind)
        if not each.found:
            parameters["Tags"] = as_list(each.after["tags"])
        by_name = f"arn:{partition_of(region)}:cloudwatch:{region}:*:alarm:{each.name}"
        yield _write(kind.put, f"alarm {each.name}", parameters, each.found.get("AlarmArn", by_name))


def _tag_writes(changes: Sequence[_Change]) -> Iterator[Write]:
    for each in changes:
        if not each.found:
            continue
        resource, arn = f"alarm {each.name}", each.found["AlarmArn"]
        change = tag_change(each.before["tags"], each.after["tags"])
        if change.add:
            yield _write("TagResource", resource, {"ResourceARN": arn, "Tags": as_list(change.add)}, arn)
        if change.remove:
            yield _write("UntagResource", resource, {"ResourceARN": arn, "TagKeys": list(change.remove)}, arn)


def _deletions(alarms: Sequence[Mapping[str, Any]], kind: AlarmKind) -> Iterator[Write]:
    for start in range(0, len(alarms), kind.batch):
        some = alarms[start : start + kind.batch]
        names = [alarm["AlarmName"] for alarm in some]
        arn = some[0]["AlarmArn"] if len(some) == 1 else "*"
        yield _write("DeleteAlarms", f"alarms {', '.join(names)}", {"AlarmNames": names}, arn)


def _write(operation: str, resource: str, parameters: Mapping[str, Any], arn: str) -> Write:
    return Write(
        service="cloudwatch",
        operation=operation,
        parameters=parameters,
        resource=resource,
        resource_arn=arn,
        done_if=frozenset({"ResourceNotFound"} if operation == "DeleteAlarms" else ()),
        remedies=_REMEDIES.get(operation, {}),
    )
