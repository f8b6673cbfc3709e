# Copyright: secmon.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Keep resources that no variable names as long as those that are named still use them, or replace them only later.

A variable that was changed takes effect with the next run of site.yml: until then the trail, for example, delivers to
the log group of the former name.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from ..cloudwatch.kinds import LOG
from ..cloudwatch.reads import find_alarms
from ..logs.reads import find_log_group
from ..sns.reads import topic_attributes
from . import resources as kinds
from .resources import Resource
from .search import Search

_FIRST = "run site.yml first"
_OF_TRAILS = frozenset({kinds.TRAIL, kinds.BUCKET, kinds.LOG_GROUP, kinds.ROLE, kinds.KEY})
_OF_ALARMS = frozenset({kinds.ALARM, kinds.LOG_ALARM, kinds.TOPIC})
_PARTS = (kinds.FILTER, kinds.SUBSCRIPTION, kinds.OBJECTS)


def guarded(search: Search, found: Iterable[Resource]) -> list[Resource]:
    """Return resources with the obstacles that follow from others, without the parts of what is kept for them."""
    resources = list(found)
    types = {item.type for item in resources}
    orphans = {item.arn for item in resources}
    used, missing = dict[str, str](), dict[str, str]()
    if types & _OF_TRAILS:
        named = search.deployment.named.get(kinds.TRAIL, frozenset())
        if not any(trail["Name"] in named for trail in search.trails):
            missing |= dict.fromkeys([kinds.TRAIL] if named else [], f"the trail {', '.join(named)}")
        for trail in search.trails:
            if trail["TrailARN"] not in orphans:
                used |= dict.fromkeys(_of_trail(trail), f"the trail {trail['Name']}")
    if types & _OF_ALARMS:
        names = search.deployment.names(kinds.ALARM)
        alarms = find_alarms(search.account, names)
        missing |= dict.fromkeys([kinds.ALARM] if names and not alarms else [], f"the alarm {', '.join(sorted(names))}")
        log_names = search.deployment.names(kinds.LOG_ALARM)
        alarms |= find_alarms(search.account, log_names, [LOG.type]) if log_names else {}
        for name, alarm in alarms.items():
            used |= dict.fromkeys(_actions(alarm), f"the alarm {name}")
    if kinds.KEY in types:
        used |= _keys_in_use(search)
    marked = [_with_obstacle(item, used, missing) for item in resources]
    kept = [item.arn for item in marked if item.obstacle]
    return [item for item in marked if item.type not in _PARTS or not item.arn.startswith(tuple(kept))]


def _with_obstacle(item: Resource, used: Mapping[str, str], missing: Mapping[str, str]) -> Resource:
    if item.arn in used:
        return replace(item, obstacle=f"{used[item.arn]} still uses it; {_FIRST}")
    if item.type in missing:
        return replace(item, obstacle=f"{missing[item.type]} does not exist yet; {_FIRST}", doubles="")
    return item


def _of_trail(trail: Mapping[str, Any]) -> Iterator[str]:
    """Yield the ARNs of what a trail uses."""
    yield f"arn:{trail['TrailARN'].split(':')[1]}:s3:::{trail['S3BucketName']}"
    yield trail.get("CloudWatchLogsLogGroupArn", "").removesuffix(":*")
    yield trail.get("CloudWatchLogsRoleArn", "")
    yield trail.get("KmsKeyId", "")


def _actions(alarm: Mapping[str, Any]) -> list[str]:
    return [*alarm.get("AlarmActions", []), *alarm.get("OKActions", []), *alarm.get("InsufficientDataActions", [])]


def _keys_in_use(search: Search) -> dict[str, str]:
    """Return the keys of the named log group and topic, each with its user."""
    used: dict[str, str] = {}
    for name in search.deployment.names(kinds.LOG_GROUP):
        group = find_log_group(search.account, name) or {}
        used[group.get("kmsKeyId", "")] = f"the log group {name}"
    for name in search.deployment.names(kinds.TOPIC):
        attributes = topic_attributes(search.account, search.account.place.arn("sns", name)) or {}
        used[attributes.get("KmsMasterKeyId", "")] = f"the topic {name}"
    return used
