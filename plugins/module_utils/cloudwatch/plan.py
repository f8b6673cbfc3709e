# Copyright: secmon.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""What it takes to make alarms what they should be, and to remove those that should not be.

Source: CloudWatch API reference, PutMetricAlarm and PutCompositeAlarm: a Put replaces every setting, takes tags only
when it makes an alarm, and wants the alarms that a rule names to be there.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from ..core.aws_names import partition_of
from ..core.graph import layers
from ..core.plan import Plan, Write
from ..core.problems import require
from ..core.tags import as_list, foreign, is_ours, own_tags, tag_change
from .deletion import deletion_stages
from .fields import COMPOSITE, METRIC, completed, described, kind_of, put_parameters
from .request import Request, WantedAlarm, references_among
from .writes import alarm_write

Found = Mapping[str, Mapping[str, Any]]
Tags = Mapping[str, Mapping[str, str]]

_LISTS = {METRIC: "alarms", COMPOSITE: "composite_alarms"}


@dataclass(frozen=True)
class _Kept:
    """An alarm that should exist: as it was, empty if it did not exist, and as it should be; tags included."""

    wanted: WantedAlarm
    found: Mapping[str, Any] | None
    before: Mapping[str, Any]
    after: Mapping[str, Any]

    @property
    def settings_differ(self) -> bool:
        return {**self.before, "tags": {}} != {**self.after, "tags": {}}


def must_ask_again(request: Request, name: str, listed: Mapping[str, str] | None) -> bool:
    """Tell whether an alarm's own tags have to be read, since the listing of all is a little behind.

    Args:
        request: The task.
        name: The alarm's name.
        listed: Its tags in the listing, or None if it is not there.
    """
    if listed is None:
        return True
    wanted = next((alarm for alarm in request.alarms if alarm.name == name), None)
    if wanted is None or not request.present:
        return False
    return dict(tag_change(listed, wanted.tags, request.purge_tags).after) != own_tags(listed)


def plan_alarms(request: Request, alarms: Found, tags: Tags) -> Plan:
    """Plan the writes of a task.

    Args:
        request: The task.
        alarms: The alarms found, by name, as DescribeAlarms gives them.
        tags: The tags of those that the task names or may remove.
    """
    require(_refusals(request, alarms, tags))
    kept = [_kept(request, wanted, alarms.get(wanted.name), tags) for wanted in request.alarms if request.present]
    removed = sorted(name for name, has in tags.items() if _is_removed(request, name, has))
    before, after = _difference(kept, [alarms[name] for name in removed], tags)
    return Plan(
        before=before,
        after=after,
        stages=(*_put_stages(request, kept), *deletion_stages([alarms[name] for name in removed])),
        results={
            **{option: [_result(one) for one in kept if one.wanted.kind == kind] for kind, option in _LISTS.items()},
            "removed": removed,
        },
        warnings=(*_not_there_yet(request, alarms), *_left_alone(request, tags)),
    )


def _is_removed(request: Request, name: str, tags: Mapping[str, str]) -> bool:
    return request.purges(name, tags) or (not request.present and name in request.names)


def _refusals(request: Request, alarms: Found, tags: Tags) -> Iterator[str]:
    """Yield why nothing may be written, of which AWS itself would say less, and later."""
    for wanted in request.alarms:
        found = alarms.get(wanted.name)
        if found is None:
            continue
        if kind_of(found) != wanted.kind:
            yield (
                f"{wanted.name} is a {kind_of(found)} alarm, and the task says that it is a {wanted.kind} one."
                " CloudWatch never makes one of the other. Nothing was changed. Choose another name, or remove it."
            )
        elif not (request.adopt or is_ours(tags[wanted.name])):
            yield foreign(wanted.resource)
    for name in sorted(request.references):
        if request.purges(name, tags.get(name, {})):
            yield (
                f"A composite alarm of this task names the alarm {name}, which this task would purge. Nothing was"
                " changed. Add it to this task, or take it out of the rule."
            )


def _kept(request: Request, wanted: WantedAlarm, found: Mapping[str, Any] | None, tags: Tags) -> _Kept:
    now = {**described(found), "tags": own_tags(tags[wanted.name])} if found else {}
    change = tag_change(now.get("tags", {}), wanted.tags, request.purge_tags)
    after = completed(wanted.kind, wanted.asked, now or None)
    return _Kept(wanted, found, now, {**after, "tags": dict(change.after)})


def _put_stages(request: Request, kept: list[_Kept]) -> Iterator[tuple[Write, ...]]:
    """Yield metric alarms and all tags, then composite alarms, each after those that it names."""
    yield (
        *(_put(one, request.region) for one in kept if one.wanted.kind == METRIC and one.settings_differ),
        *(write for one in kept if one.found for write in _tag_writes(one, one.found["AlarmArn"])),
    )
    changed = {one.wanted.name: one for one in kept if one.wanted.kind == COMPOSITE and one.settings_differ}
    for layer in layers(references_among(request.alarms))[0]:
        yield tuple(_put(changed[name], request.region) for name in layer if name in changed)


def _put(one: _Kept, region: str) -> Write:
    parameters = put_parameters(one.wanted.kind, one.wanted.name, one.after, one.found)
    if not one.found:
        parameters["Tags"] = as_list(one.after["tags"])
    if one.wanted.kind == COMPOSITE:  # which IAM grants on all alarms or not at all
        return alarm_write("PutCompositeAlarm", one.wanted.resource, parameters)
    by_name = f"arn:{partition_of(region)}:cloudwatch:{region}:*:alarm:{one.wanted.name}"
    arn = one.found["AlarmArn"] if one.found else by_name
    return alarm_write("PutMetricAlarm", one.wanted.resource, parameters, arn)


def _tag_writes(one: _Kept, arn: str) -> Iterator[Write]:
    change = tag_change(one.before["tags"], one.after["tags"])
    if change.add:
        tags = as_list(change.add)
        yield alarm_write("TagResource", one.wanted.resource, {"ResourceARN": arn, "Tags": tags}, arn)
    if change.remove:
        keys = list(change.remove)
        yield alarm_write("UntagResource", one.wanted.resource, {"ResourceARN": arn, "TagKeys": keys}, arn)


def _difference(
    kept: list[_Kept], removed: list[Mapping[str, Any]], tags: Tags
) -> tuple[dict[str, dict[str, Any]], dict[str, dict[str, Any]]]:
    """Return what changes, before and after: of an alarm that stays only the settings that change."""
    before: dict[str, dict[str, Any]] = {}
    after: dict[str, dict[str, Any]] = {}
    for one in kept:
        option, name = _LISTS[one.wanted.kind], one.wanted.name
        differing = [key for key in {**one.before, **one.after} if one.before.get(key) != one.after.get(key)]
        if one.before and differing:
            before.setdefault(option, {})[name] = {key: one.before.get(key) for key in differing}
        if differing:
            after.setdefault(option, {})[name] = {key: one.after.get(key) for key in differing}
    for alarm in removed:
        name = alarm["AlarmName"]
        before.setdefault(_LISTS[kind_of(alarm)], {})[name] = {**described(alarm), "tags": own_tags(tags[name])}
    return before, after


def _result(one: _Kept) -> dict[str, Any]:
    return {"name": one.wanted.name, **one.after}


def _not_there_yet(request: Request, alarms: Found) -> Iterator[str]:
    """Warn of what the task cannot do now: in check mode an earlier task may be about to make it."""
    missing = sorted(request.references - alarms.keys())
    if missing:
        yield (
            f"Composite alarms of this task name alarms that do not exist: {', '.join(missing)}. Add them to this task,"
            " or let an earlier task of secmon.aws.metric_alarms make them."
        )


def _left_alone(request: Request, tags: Tags) -> Iterator[str]:
    """Say what a purge by prefix does not touch."""
    others = sorted(name for name, has in tags.items() if name not in request.names and not is_ours(has))
    if others:
        yield (
            f"{len(others)} alarms begin with {request.purge_prefix} but were not made by this collection, and stay:"
            f" {', '.join(others[:10])}{' ...' if len(others) > 10 else ''}."
        )
