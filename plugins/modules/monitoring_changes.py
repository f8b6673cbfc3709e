#!/usr/bin/python
# Copyright: secmon.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

from __future__ import annotations

DOCUMENTATION = r"""
module: monitoring_changes
short_description: List who changed the monitoring of an account
version_added: 0.4.0
description:
  - Searches CloudTrail's event history for calls that change trails, metric filters, alarms and mute rules, and for
    those that change the named log groups, topics, buckets, keys and roles. Refused calls are listed too.
  - It shows who called what, when and from where, but not the parameters of a call. It changes nothing.
  - No upstream module does this.
options:
  start_time:
    description: The beginning of the period, in ISO 8601. The event history has the last 90 days.
    type: str
    required: true
  end_time:
    description: The end of the period, in ISO 8601.
    type: str
    required: true
  names:
    description: The names of log group, topic, bucket, keys and role, whose changes count.
    type: list
    elements: str
    default: []
notes:
  - CloudTrail allows two searches a second, so that it takes about 25 seconds on AWS.
  - Required IAM actions are C(sts:GetCallerIdentity) and C(cloudtrail:LookupEvents).
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
- name: List who changed the monitoring in the second half of November
  secmon.aws.monitoring_changes:
    start_time: "2026-11-16T00:00:00Z"
    end_time: "2026-11-30T00:00:00Z"
    names: [/aws/cloudtrail/logs, SecurityAlarms]
"""

RETURN = r"""
changes:
  description: The calls, oldest first.
  returned: always
  type: list
  elements: dict
  contains:
    time:
      description: When, in ISO 8601.
      type: str
    event:
      description: The call.
      type: str
    region:
      description: The region.
      type: str
    who:
      description: The ARN of the caller, or the service.
      type: str
    source_ip:
      description: The address from which the call came.
      type: str
    user_agent:
      description: The program that called.
      type: str
    error:
      description: The error code, if the call was refused.
      type: str
    event_id:
      description: The ID of the event in CloudTrail.
      type: str
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from ansible_collections.secmon.aws.plugins.module_utils.cloudtrail.digests import parse_time
from ansible_collections.secmon.aws.plugins.module_utils.core.account import Account
from ansible_collections.secmon.aws.plugins.module_utils.core.problems import RequestError
from ansible_collections.secmon.aws.plugins.module_utils.core.runner import COMMON_OPTIONS, run_reader
from ansible_collections.secmon.aws.plugins.module_utils.posture.changes import monitoring_changes

OPTIONS: dict[str, Any] = {
    **COMMON_OPTIONS,
    "start_time": {"type": "str", "required": True},
    "end_time": {"type": "str", "required": True},
    "names": {"type": "list", "elements": "str", "default": []},
}


def read(params: Mapping[str, Any], account: Account) -> dict[str, Any]:
    """Search the event history."""
    start, end = _time(params, "start_time"), _time(params, "end_time")
    if end <= start:
        raise RequestError(["end_time is not after start_time."])
    return {"changes": monitoring_changes(account, start, end, params["names"])}


def _time(params: Mapping[str, Any], name: str) -> datetime:
    try:
        return parse_time(params[name])
    except ValueError as error:
        problem = f"{name}: {params[name]!r} is not a valid time: use ISO 8601, such as 2026-09-13T10:00:00Z."
        raise RequestError([problem]) from error


def main() -> None:
    """Run the module."""
    run_reader(OPTIONS, read)


if __name__ == "__main__":
    main()
