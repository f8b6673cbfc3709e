#!/usr/bin/python
# Copyright: secmon.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

from __future__ import annotations

DOCUMENTATION = r"""
module: call_rates
short_description: Read from CloudTrail Insights how often the calls of metric filters were made
version_added: 0.4.0
description:
  - For each metric filter whose pattern names the calls that it matches, reads how often these calls were made in each
    minute. A filter counts at most so many. It changes nothing, and needs no log files.
  - AWS keeps the numbers of each minute for 15 days, and coarser ones for longer, which this module does not read.
  - CloudTrail Insights measures calls that write, in the region of the task, if a trail of the
    account has Insights for the rates of calls. No upstream module does this.
options:
  filters:
    description: The metric filters, as M(secmon.aws.detections) returns them.
    type: list
    elements: dict
    required: true
  first_day:
    description: The first day, such as V(2026-05-01), in UTC; at most 14 days before today.
    type: str
    required: true
  last_day:
    description: The last day.
    type: str
    required: true
notes:
  - Required IAM actions are C(cloudtrail:LookupEvents), which AWS asks for, and C(sts:GetCallerIdentity).
  - Makes at least one call for each name of a call in the patterns, about one in a second, which CloudTrail allows.
extends_documentation_fragment:
  - secmon.aws.module.reader
  - secmon.aws.module
  - amazon.aws.common.modules
  - amazon.aws.region.modules
  - amazon.aws.boto3
author:
  - The secmon.aws founders (@secmon)
"""

EXAMPLES = r"""
- name: Choose the rules
  secmon.aws.detections:
    packs: [operational]
    severities: [critical]
  register: detections

- name: Read how often their calls were made
  secmon.aws.call_rates:
    filters: "{{ detections.filters }}"
    first_day: "2026-05-01"
    last_day: "2026-05-14"
"""

RETURN = r"""
rates:
  description: For each filter whose calls are known, the minutes with calls and their number.
  returned: success
  type: dict
  sample:
    RootUsage: [["2026-05-25T04:19:00Z", 2]]
unknown:
  description: The names of the other filters.
  returned: success
  type: list
  elements: str
  sample: [UnauthorizedAPICalls]
"""

from collections.abc import Mapping
from datetime import UTC, datetime, time, timedelta
from itertools import chain
from typing import Any

from ansible_collections.secmon.aws.plugins.module_utils.cloudtrail.call_rates import call_rates
from ansible_collections.secmon.aws.plugins.module_utils.core.account import Account
from ansible_collections.secmon.aws.plugins.module_utils.core.problems import require
from ansible_collections.secmon.aws.plugins.module_utils.core.runner import COMMON_OPTIONS, run_reader
from ansible_collections.secmon.aws.plugins.module_utils.forecast.days import day_problems, days_between
from ansible_collections.secmon.aws.plugins.module_utils.forecast.rates import added_up, calls_of

OPTIONS: dict[str, Any] = {
    **COMMON_OPTIONS,
    "filters": {"type": "list", "elements": "dict", "required": True},
    "first_day": {"type": "str", "required": True},
    "last_day": {"type": "str", "required": True},
}


# CloudTrail API reference, ListInsightsMetricData.
_DAYS_WITH_MINUTES = 15


def read(params: Mapping[str, Any], account: Account) -> dict[str, Any]:
    """Read each call once, and add up those of each filter."""
    require(day_problems(params["first_day"], params["last_day"]))
    days = days_between(params["first_day"], params["last_day"])
    if len(days) > _DAYS_WITH_MINUTES:
        require([f"These are {len(days)} days; AWS keeps the numbers of each minute for {_DAYS_WITH_MINUTES} days."])
    start = datetime.combine(days[0], time(), UTC)
    end = datetime.combine(days[-1], time(), UTC) + timedelta(days=1)
    calls = {each["name"]: calls_of(each["pattern"]) for each in params["filters"]}
    read_once = {call: list(call_rates(account, *call, start, end)) for call in sorted({*chain(*calls.values())})}
    return {
        "rates": {name: added_up(read_once[call] for call in named) for name, named in calls.items() if named},
        "unknown": [name for name, named in calls.items() if not named],
    }


def main() -> None:
    """Run the module."""
    run_reader(OPTIONS, read)


if __name__ == "__main__":
    main()
