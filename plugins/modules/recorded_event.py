#!/usr/bin/python
# Copyright: secmon.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

from __future__ import annotations

DOCUMENTATION = r"""
module: recorded_event
short_description: Read one event from CloudTrail's event history
version_added: 0.4.0
description:
  - Returns the complete record of the event with an id, or of the newest event with a name, to make it a test of a rule
    with M(secmon.aws.record_event). It changes nothing.
  - The event history has the management events of a region for 90 days, and shows an event some minutes after the call.
  - There is no upstream module.
options:
  event_id:
    description: The C(eventID) of the record.
    type: str
  event_name:
    description: The C(eventName), such as C(DeleteQueue); the newest record is taken.
    type: str
attributes:
  check_mode:
    description: Does the same, as the module only reads.
    support: full
  diff_mode:
    description: The module never changes anything.
    support: none
  platform:
    description: Runs on any host with Python and boto3, usually the controller.
    support: full
    platforms: posix
notes:
  - Required IAM actions are C(cloudtrail:LookupEvents), and C(sts:GetCallerIdentity) for O(account_id).
extends_documentation_fragment:
  - secmon.aws.module
  - amazon.aws.common.modules
  - amazon.aws.region.modules
  - amazon.aws.boto3
seealso:
  - module: secmon.aws.record_event
author:
  - The secmon.aws founders (@secmon)
"""

EXAMPLES = r"""
- name: Read the newest deletion of a queue
  secmon.aws.recorded_event:
    event_name: DeleteQueue
  register: deletion
"""

RETURN = r"""
event:
  description: The record.
  returned: success
  type: dict
  sample:
    eventName: DeleteQueue
    eventSource: sqs.amazonaws.com
"""

from collections.abc import Mapping
from typing import Any

from ansible_collections.secmon.aws.plugins.module_utils.cloudtrail.event_history import newest_event
from ansible_collections.secmon.aws.plugins.module_utils.core.account import Account
from ansible_collections.secmon.aws.plugins.module_utils.core.problems import RequestError
from ansible_collections.secmon.aws.plugins.module_utils.core.runner import COMMON_OPTIONS, run_reader

OPTIONS: dict[str, Any] = {**COMMON_OPTIONS, "event_id": {"type": "str"}, "event_name": {"type": "str"}}


def read(params: Mapping[str, Any], account: Account) -> dict[str, Any]:
    """Look the event up."""
    if not params["event_id"] and not params["event_name"]:
        raise RequestError(["Set event_id or event_name, the event to look up."])
    return {"event": newest_event(account, params["event_id"] or "", params["event_name"] or "")}


def main() -> None:
    """Run the module."""
    run_reader(OPTIONS, read)


if __name__ == "__main__":
    main()
