#!/usr/bin/python
# Copyright: secmon.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

from __future__ import annotations

DOCUMENTATION = r"""
module: log_file_validation
short_description: Validate that no log file of a trail was altered or removed
version_added: 0.2.0
description:
  - Checks the hourly digest files of CloudTrail, their signatures and their chain, and the hash of every log file in
    them. It changes nothing.
  - Equivalent to C(aws cloudtrail validate-logs), for each region in which the trail has digests. The files of IAM, STS
    and sign-ins are in the leader region of the partition only, such as V(us-east-1). No upstream module does this.
  - Fails if a file was altered or removed, or if the bucket lacks the digests that CloudTrail delivered last. If no
    digest covers the time yet, it returns when the next one is due.
  - Warns of files in an archive storage class, which cannot be read, and of regions in which the caller is denied.
options:
  trail_name:
    description: The name or ARN of the trail.
    type: str
    required: true
  bucket_owner:
    description: The account that owns the trail's bucket, as 12 digits; by default the one that owns the trail.
    type: str
    version_added: 0.4.0
  start_time:
    description: The earliest end of the digests to check, in ISO 8601. A day before O(end_time) by default.
    type: str
  end_time:
    description:
      - The time that must be covered by a digest, in ISO 8601.
      - If omitted, all existing digests are sufficient.
    type: str
requirements:
  - cryptography
notes:
  - Files of other accounts in an organization trail are not checked.
  - Whether the newest digests were removed is judged by C(LatestDigestDeliveryTime) of GetTrailStatus, with two hours
    of tolerance, since CloudTrail delivers a digest some time after its end.
  - Required IAM actions are C(sts:GetCallerIdentity), C(cloudtrail:DescribeTrails), C(cloudtrail:GetTrailStatus),
    C(cloudtrail:ListPublicKeys), C(s3:ListBucket), C(s3:GetObject) and, for an organization trail,
    C(organizations:DescribeOrganization). If files were tampered with, also C(cloudtrail:LookupEvents), without which
    the message does not say who changed the trail or its bucket.
    Files that are encrypted with a KMS key also require permission to decrypt with it through S3 (Decrypt of KMS).
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
- name: Validate the log files of the last day
  secmon.aws.log_file_validation:
    trail_name: secrets-manager-trail
"""

RETURN = r"""
state:
  description:
    - C(validated), C(archived) if files could not be read, C(due) if no digest covers the time yet, C(invalid), or
      C(unread) if the caller is not allowed to read the bucket.
    - The module fails if it is C(invalid) or C(unread).
  returned: always
  type: str
  sample: validated
due_at:
  description: When the next digest is due; empty unless O(ignore:state) is C(due).
  returned: always
  type: str
  sample: ""
digests:
  description: The number of checked digests.
  returned: always
  type: int
  sample: 24
log_files:
  description: The number of checked log files.
  returned: always
  type: int
  sample: 288
regions:
  description: The validated regions, that of the task first.
  returned: always
  type: list
  elements: str
  sample: [eu-central-1, us-east-1]
archived:
  description: The keys of the files in an archive storage class, which were not checked.
  returned: always
  type: list
  elements: str
  sample: []
problems:
  description: The files that were tampered with, and missing digests, one sentence each.
  returned: always
  type: list
  elements: str
  sample: []
tampered:
  description: The kinds of the problems, in the same order.
  returned: always
  type: list
  elements: dict
  contains:
    kind:
      description:
        - C(removed), C(altered), C(moved) to another key, C(malformed), or C(missing) for digests that CloudTrail
          delivered and the bucket lacks.
        - A digest is C(altered) if its signature is one of CloudTrail but of other content, C(forged) if it is not one
          of CloudTrail, and has an C(unknown_key) if it names a key that CloudTrail does not list.
      type: str
    file:
      description: The key of the file; empty for missing digests.
      type: str
  sample: []
changes:
  description:
    - If there are problems, the changes of the trail and its bucket in the event history of the region of the task,
      newest first. Writes and deletions of single files are data events, which the event history does not have.
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
    who:
      description: The ARN of the caller, or the service.
      type: str
    source_ip:
      description: The address from which the call came.
      type: str
  sample: []
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any

from ansible_collections.secmon.aws.plugins.module_utils.cloudtrail.digests import HOUR, next_digest, parse_time
from ansible_collections.secmon.aws.plugins.module_utils.cloudtrail.reads import bucket_owner, find_trail
from ansible_collections.secmon.aws.plugins.module_utils.cloudtrail.recorded_changes import recorded_changes
from ansible_collections.secmon.aws.plugins.module_utils.cloudtrail.signatures import HAS_CRYPTOGRAPHY
from ansible_collections.secmon.aws.plugins.module_utils.cloudtrail.validated_regions import validate
from ansible_collections.secmon.aws.plugins.module_utils.core.account import Account
from ansible_collections.secmon.aws.plugins.module_utils.core.errors import AwsError
from ansible_collections.secmon.aws.plugins.module_utils.core.problems import NotProvedError, RequestError, require
from ansible_collections.secmon.aws.plugins.module_utils.core.runner import COMMON_OPTIONS, run_reader

OPTIONS: dict[str, Any] = {
    **COMMON_OPTIONS,
    "trail_name": {"type": "str", "required": True},
    "bucket_owner": {"type": "str"},
    "start_time": {"type": "str"},
    "end_time": {"type": "str"},
}
_DAY = timedelta(days=1)
_ADVICE = " S3 access logs and data events show who wrote a file, and earlier object versions the original content."


def read(params: Mapping[str, Any], account: Account) -> dict[str, Any]:
    """Validate the trail's digests, and the log files in them, in all regions."""
    if not HAS_CRYPTOGRAPHY:
        require(["The Python package cryptography, a dependency of ansible-core, is missing. Install it."])
    start, end = (_time(params, name) for name in ("start_time", "end_time"))
    caller = account.read("sts", "GetCallerIdentity", "caller's account")
    account.learn_place(caller["Arn"])
    now = parsedate_to_datetime(caller["ResponseMetadata"]["HTTPHeaders"]["date"])
    trail = _trail(account, params["trail_name"])
    owner = bucket_owner(trail, params["bucket_owner"])
    # The digest that covers a time may end up to an hour later.
    times = (start or (end or now) - _DAY, max(now, end or now) + HOUR)
    try:
        found = validate(account, trail, owner, *times)
    except AwsError as error:
        if error.subject.service != "s3" or not error.is_denial:
            raise
        raise _unread(error, trail, owner, account) from error
    covered = found.newest is not None and (end is None or found.newest >= end)
    reached = "archived" if found.archived else "validated" if covered else "due"
    results: dict[str, Any] = {
        "state": "invalid" if found.problems else reached,
        "due_at": "" if covered else _due(found.status, now),
        "regions": found.regions,
        "digests": found.digests,
        "log_files": found.log_files,
        "archived": found.archived,
        "problems": [each.text for each in found.problems],
        "tampered": [{"kind": each.kind, "file": each.file} for each in found.problems],
        "changes": [],
    }
    if found.problems:
        changes, sentence = recorded_changes(account, trail, times[0])
        where = f" (account {account.place.account}, region {account.region})."
        message = "\n".join(results["problems"]) + where + _ADVICE + f" {sentence}"
        raise NotProvedError(message, {**results, "changes": changes})
    return {**results, "warnings": found.warnings}


def _unread(error: AwsError, trail: Mapping[str, Any], owner: str, account: Account) -> NotProvedError:
    lists: dict[str, Any] = {name: [] for name in ("regions", "archived", "problems", "tampered", "changes")}
    message = (
        f"The log files of trail {trail['Name']} (account {account.place.account}, region {account.region}) were not"
        f" validated, since the caller is not allowed to read the bucket {trail['S3BucketName']} of account {owner}:"
        f" {error}. {error.hint}"
    )
    return NotProvedError(message.rstrip(), {"state": "unread", "due_at": "", "digests": 0, "log_files": 0, **lists})


def _trail(account: Account, name: str) -> dict[str, Any]:
    trail = find_trail(account, name)
    if trail is None:
        raise RequestError([f"Trail {name} does not exist. Create it with secmon.aws.trail, or correct trail_name."])
    if not trail.get("LogFileValidationEnabled"):
        require([f"Trail {trail['Name']} writes no digests. Set log_file_validation: true in secmon.aws.trail."])
    return trail


def _time(params: Mapping[str, Any], name: str) -> datetime | None:
    if params[name] is None:
        return None
    try:
        return parse_time(params[name])
    except ValueError as error:
        problem = f"{name}: {params[name]!r} is not a valid time: use ISO 8601, such as 2026-09-13T10:00:00Z."
        raise RequestError([problem]) from error


def _due(status: Mapping[str, Any], now: datetime) -> str:
    """Return when the next digest is due; empty for a trail that does not log."""
    began = status.get("StartLoggingTime")
    return f"{next_digest(began, now):%Y-%m-%dT%H:%M:%SZ}" if began and status.get("IsLogging") else ""


def main() -> None:
    """Run the module."""
    run_reader(OPTIONS, read)


if __name__ == "__main__":
    main()
