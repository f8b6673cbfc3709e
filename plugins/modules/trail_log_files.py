#!/usr/bin/python
# Copyright: secmon.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

from __future__ import annotations

DOCUMENTATION = r"""
module: trail_log_files
short_description: Copy the log files of a trail to the controller
version_added: 0.4.0
description:
  - Copies the files that CloudTrail delivered for a range of days from the bucket into a folder, with their keys as
    paths. Files that are there already are not read again, so a copy that was stopped goes on.
  - Upstream's C(amazon.aws.s3_object) copies one object for each task.
options:
  bucket:
    description: The bucket of the trail.
    type: str
    required: true
  bucket_owner:
    description: The account that owns the bucket, as 12 digits; by default the account of the credentials.
    type: str
  prefix:
    description: The prefix of the trail in the bucket.
    type: str
    default: ""
  accounts:
    description: Copy the files of these accounts; by default of the account of the credentials.
    type: list
    elements: str
    default: []
  organization_id:
    description: The organization of an organization trail, such as V(o-1a2b3c4d5e).
    type: str
    default: ""
  regions:
    description: Copy the files of these regions; by default of all.
    type: list
    elements: str
    default: []
  first_day:
    description: The first day, such as V(2026-05-01).
    type: str
    required: true
  last_day:
    description: The last day.
    type: str
    required: true
  dest:
    description: The folder.
    type: path
    required: true
attributes:
  check_mode:
    description: Lists the files and copies none.
    support: full
notes:
  - Required IAM actions are C(s3:ListBucket) and C(s3:GetObject), C(sts:GetCallerIdentity), and permission to decrypt
    with the key of the bucket.
  - Makes one call for each account, region and day, and one for each file.
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
- name: Copy the files of two days
  secmon.aws.trail_log_files:
    bucket: trail-logs-123456789012-eu-central-1
    first_day: "2026-05-01"
    last_day: "2026-05-02"
    dest: records
"""

RETURN = r"""
files:
  description: The number of log files of these days.
  returned: success
  type: int
  sample: 288
copied:
  description: The number of files that were copied; in check mode those that would be.
  returned: success
  type: int
  sample: 288
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ansible_collections.secmon.aws.plugins.module_utils.core.account import Account
from ansible_collections.secmon.aws.plugins.module_utils.core.problems import require
from ansible_collections.secmon.aws.plugins.module_utils.core.runner import COMMON_OPTIONS, run_reader
from ansible_collections.secmon.aws.plugins.module_utils.forecast.days import day_problems, days_between
from ansible_collections.secmon.aws.plugins.module_utils.s3.copies import copy_object, keys_of_days
from ansible_collections.secmon.aws.plugins.module_utils.s3.reads import Bucket

OPTIONS: dict[str, Any] = {
    **COMMON_OPTIONS,
    "bucket": {"type": "str", "required": True},
    "bucket_owner": {"type": "str"},
    "prefix": {"type": "str", "default": ""},
    "accounts": {"type": "list", "elements": "str", "default": []},
    "organization_id": {"type": "str", "default": ""},
    "regions": {"type": "list", "elements": "str", "default": []},
    "first_day": {"type": "str", "required": True},
    "last_day": {"type": "str", "required": True},
    "dest": {"type": "path", "required": True},
}


def read(params: Mapping[str, Any], account: Account) -> dict[str, Any]:
    """Copy the files that the folder lacks."""
    return _copy(params, account, write=True)


def read_in_check_mode(params: Mapping[str, Any], account: Account) -> dict[str, Any]:
    """Count them."""
    return _copy(params, account, write=False)


def _copy(params: Mapping[str, Any], account: Account, *, write: bool) -> dict[str, Any]:
    require(day_problems(params["first_day"], params["last_day"]))
    days = days_between(params["first_day"], params["last_day"])
    bucket = Bucket(account, params["bucket"], params["bucket_owner"] or "")
    accounts = params["accounts"] or [account.place.account]
    folder = Path(params["dest"])
    files = copied = 0
    for key in keys_of_days(bucket, params["prefix"], params["organization_id"], accounts, params["regions"], days):
        files += 1
        if not (folder / key).exists():
            copied += 1
            if write:
                copy_object(bucket, key, folder / key)
    if not files:
        where = f"bucket {params['bucket']}, accounts {', '.join(accounts)}, {days[0]} to {days[-1]}"
        require([f"There are no log files in {where}. Check prefix, organization_id and the days."])
    return {"changed": write and copied > 0, "files": files, "copied": copied}


def main() -> None:
    """Run the module."""
    run_reader(OPTIONS, read, read_in_check_mode)


if __name__ == "__main__":
    main()
