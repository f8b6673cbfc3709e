# Copyright: secmon.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""What is read of CloudWatch's alarms and their tags."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Any

from ..core.account import Account
from ..core.tags import OWNER_KEY, OWNER_VALUE, as_mapping

# Both are the most that DescribeAlarms takes.
_NAMES_PER_CALL = 100
_ALARMS_PER_PAGE = 100
# Without this, DescribeAlarms keeps quiet about composite alarms.
_TYPES = ["MetricAlarm", "CompositeAlarm"]


def find_alarms(account: Account, names: Collection[str], prefix: str = "") -> dict[str, dict[str, Any]]:
    """Return the alarms of these names, and those whose name begins with the prefix if there is one, by name."""
    found = list(_alarms(account, {"AlarmNamePrefix": prefix})) if prefix else []
    others = sorted(name for name in names if not (prefix and name.startswith(prefix)))
    for start in range(0, len(others), _NAMES_PER_CALL):
        found += _alarms(account, {"AlarmNames": others[start : start + _NAMES_PER_CALL]})
    return {alarm["AlarmName"]: alarm for alarm in found}


def _alarms(account: Account, which: dict[str, Any]) -> Iterator[dict[str, Any]]:
    parameters = {**which, "AlarmTypes": _TYPES, "MaxRecords": _ALARMS_PER_PAGE}
    for page in account.read_pages("cloudwatch", "DescribeAlarms", "alarms", parameters):
        yield from page.get("MetricAlarms", [])
        yield from page.get("CompositeAlarms", [])


def our_alarm_tags(account: Account) -> dict[str, dict[str, str]]:
    """Return the tags of the alarms that carry our mark, by ARN.

    The listing is eventually consistent: it may lack a new alarm, show old tags, or hold one that is gone.
    """
    found = account.read_all(
        "resourcegroupstaggingapi",
        "GetResources",
        "alarms' tags",
        "ResourceTagMappingList",
        {
            "ResourceTypeFilters": ["cloudwatch:alarm"],
            "TagFilters": [{"Key": OWNER_KEY, "Values": [OWNER_VALUE]}],
            "ResourcesPerPage": 100,
        },
    )
    return {entry["ResourceARN"]: as_mapping(entry["Tags"]) for entry in found}


def alarm_tags(account: Account, name: str, arn: str) -> dict[str, str]:
    """Return the tags of one alarm as CloudWatch itself has them."""
    answer = account.read("cloudwatch", "ListTagsForResource", f"alarm {name}", {"ResourceARN": arn}, resource_arn=arn)
    return as_mapping(answer.get("Tags", []))
