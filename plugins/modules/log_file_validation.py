#!/usr/bin/python
# Copyright: secmon.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

from __future__ import annotations

DOCUMENTATION = r"""
module: log_file_validation
short_description: Prove that no log file of a trail was altered or removed
version_added: 0.2.0
description:
  - Checks the digest files that CloudTrail writes every hour, their signatures and their chain, and the hash of every
    log file that they name. It changes nothing.
  - Does what C(aws cloudtrail validate-logs) does, for the region of the task. No module does it.
  - Fails if a file was altered or removed. If no digest covers the time yet, it says when the next one is due.
options:
  trail_name:
    description: The name or ARN of the trail.
    type: str
    required: true
  start_time:
    description: Digests that end from here on are checked; an ISO 8601 time. A day before O(end_time) by default.
    type: str
  end_time:
    description:
      - Up to which time log files have to be covered; an ISO 8601 time.
      - Without it, whatever digests there are count.
    type: str
attributes:
  check_mode:
    description: Checks the same, since it only reads.
    support: full
  diff_mode:
    description: There is never a change.
    support: none
  platform:
    description: Runs wherever Python and boto3 do, usually on the controller.
    support: full
    platforms: posix
requirements:
  - cryptography
notes:
  - Files of an organization's other accounts, and of other regions, are not checked.
  - The IAM actions it needs are C(sts:GetCallerIdentity), C(cloudtrail:DescribeTrails), C(cloudtrail:GetTrailStatus),
    C(cloudtrail:ListPublicKeys), C(s3:ListBucket) and C(s3:GetObject).
extends_documentation_fragment:
  - secmon.aws.module
  - amazon.aws.common.modules
  - amazon.aws.region.modules
  - amazon.aws.boto3
author:
  - The secmon.aws founders (@secmon)
"""

EXAMPLES = r"""
- name: Prove that nobody has touched the log files of the last day
  secmon.aws.log_file_validation:
    trail_name: secrets-manager-trail
"""

RETURN = r"""
state:
  description: C(validated), C(due) if no digest covers the time yet, or C(invalid).
  returned: always
  type: str
  sample: validated
due_at:
  description: When the next digest is due; empty unless O(ignore:state) is C(due).
  returned: always
  type: str
  sample: ""
digests:
  description: How many digests were checked.
  returned: always
  type: int
  sample: 24
log_files:
  description: How many log files were checked.
  returned: always
  type: int
  sample: 288
problems:
  description: What was altered or removed.
  returned: always
  type: list
  elements: str
  sample: []
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any

from ansible_collections.secmon.aws.plugins.module_utils.cloudtrail.digest_validation import (
    HAS_CRYPTOGRAPHY,
    Validation,
)
from ansible_collections.secmon.aws.plugins.module_utils.cloudtrail.digests import HOUR, next_digest, parse_time
from ansible_collections.secmon.aws.plugins.module_utils.core.account import Account
from ansible_collections.secmon.aws.plugins.module_utils.core.problems import NotProvedError, RequestError, require
from ansible_collections.secmon.aws.plugins.module_utils.core.runner import COMMON_OPTIONS, run_reader
from ansible_collections.secmon.aws.plugins.module_utils.drill.reads import find_trail

OPTIONS: dict[str, Any] = {
    **COMMON_OPTIONS,
    "trail_name": {"type": "str", "required": True},
    "start_time": {"type": "str"},
    "end_time": {"type": "str"},
}
_DAY = timedelta(days=1)


def read(params: Mapping[str, Any], account: Account) -> dict[str, Any]:
    """Check the digests and the log files that they name."""
    if not HAS_CRYPTOGRAPHY:
        require(["This module needs the Python package cryptography, which ansible-core brings: install it."])
    start, end = (_time(params, name) for name in ("start_time", "end_time"))
    caller = account.read("sts", "GetCallerIdentity", "caller's account")
    account.learn_place(caller["Arn"])
    now = parsedate_to_datetime(caller["ResponseMetadata"]["HTTPHeaders"]["date"])
    trail = find_trail(account, params["trail_name"])
    if trail is None:
        raise RequestError(
            [f"There is no trail {params['trail_name']}. Make it with secmon.aws.trail, or correct trail_name."]
        )
    if not trail.get("LogFileValidationEnabled"):
        require([f"The trail {trail['Name']} writes no digests. Set log_file_validation: true in secmon.aws.trail."])
    validation = Validation(account, account.place, trail)
    # A digest that covers the end may end up to an hour after it.
    newest = validation.run(start or (end or now) - _DAY, max(now, end or now) + HOUR)
    covered = newest is not None and (end is None or newest >= end)
    due = "" if covered else _due(account, trail, now)
    results = {
        "state": "invalid" if validation.problems else "validated" if covered else "due",
        "due_at": due,
        "digests": validation.digests,
        "log_files": validation.log_files,
        "problems": validation.problems,
    }
    if validation.problems:
        where = f" (account {account.place.account}, region {account.region})"
        advice = (
            " See CloudTrail's and S3's own logs for who did that, and an older version of the object for what it was."
        )
        raise NotProvedError("\n".join(validation.problems) + where + "." + advice, results)
    return results


def _time(params: Mapping[str, Any], name: str) -> datetime | None:
    if params[name] is None:
        return None
    try:
        return parse_time(params[name])
    except ValueError as error:
        raise RequestError([f"{name} is {params[name]!r}, which is no time such as 2026-09-13T10:00:00Z."]) from error


def _due(account: Account, trail: Mapping[str, Any], now: datetime) -> str:
    """Return when the next digest is due; empty for a trail that has never begun to log."""
    arn = trail["TrailARN"]
    status = account.read("cloudtrail", "GetTrailStatus", f"trail {trail['Name']}", {"Name": arn}, resource_arn=arn)
    began = status.get("StartLoggingTime")
    return f"{next_digest(began, now):%Y-%m-%dT%H:%M:%SZ}" if began and status.get("IsLogging") else ""


def main() -> None:
    """Run the module."""
    run_reader(OPTIONS, read)


if __name__ == "__main__":
    main()
