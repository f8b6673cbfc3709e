#!/usr/bin/python
# Copyright: secmon.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

from __future__ import annotations

DOCUMENTATION = r"""
module: log_bucket
short_description: Manage the S3 bucket of a trail's log files
version_added: 0.2.0
description:
  - Creates, changes and deletes a bucket that is versioned, encrypted, not public, with objects owned by its account,
    accessible only with TLS, and writable by CloudTrail for the given trails only.
  - Principals of the bucket's own account can still write and delete by their IAM policies; versioning and
    M(secmon.aws.log_file_validation) show what they did. Only a bucket in another account keeps them out.
  - Omitted options keep their current values. Policy statements and lifecycle rules of others are kept.
  - Replaces M(amazon.aws.s3_bucket) and M(community.aws.s3_lifecycle), which are skipped in check mode. Shown by
    C(test_upstream_is_skipped_in_check_mode).
  - Those modules also return no diff, and an interrupted run leaves a bucket without tags.
options:
  name:
    description: The name of the bucket.
    type: str
    required: true
  owner:
    description:
      - The account that owns the bucket, as 12 digits; the caller's by default.
      - A bucket of another account, such as a log archive, is only checked - that it exists, and that this account owns
        it. The other options then have no effect, and O(state=absent) is rejected.
      - If the caller is not allowed s3:ListBucket on it, the owner cannot be checked, which is a warning.
    type: str
    version_added: 0.4.0
  trail_arns:
    description: The ARNs of all trails that may write; an empty list for none.
    type: list
    elements: str
  key_prefix:
    description: The prefix of the log files' keys, before C(AWSLogs). Used with O(trail_arns) and O(purge).
    type: str
    default: ""
  organization_id:
    description:
      - The organization whose trail may write, such as V(o-exampleorgid). Used with O(trail_arns) and O(purge).
    type: str
    default: ""
  archive_days:
    description:
      - Days until log files move to Glacier (Flexible Retrieval); V(0) for never.
      - S3 does not move objects below 128 KB by default, and log files are smaller. So the module also sets
        C(TransitionDefaultMinimumObjectSize) to V(varies_by_storage_class), which holds for the rules of others too.
      - An archived file cannot be read, by M(secmon.aws.log_file_validation) neither, until it is restored.
    type: int
  expiration_days:
    description:
      - Days until log files are deleted; V(0) for never.
      - As the bucket is versioned, a deleted file can be restored for another 30 days.
    type: int
  access_log_bucket:
    description:
      - The bucket that receives the access logs of this bucket; an empty string for none.
      - A bucket whose policy does not let S3 deliver them is refused, unless its policy may not be read.
    type: str
  purge:
    description:
      - Whether O(state=absent) deletes every version of every log file. Otherwise it fails if the bucket is not empty.
      - Log files are the objects below C(AWSLogs/ACCOUNT/CloudTrail) of the caller's account and those of
        O(trail_arns), and below C(AWSLogs/ORGANIZATION/) for O(organization_id); all after O(key_prefix).
    type: bool
    default: false
  purge_others:
    description: Whether O(purge) also deletes objects that are not log files. Otherwise it then fails.
    type: bool
    default: false
    version_added: 0.4.0
  state:
    description: Whether the bucket exists.
    type: str
    choices: [present, absent]
    default: present
notes:
  - Required IAM actions are
    C(s3:ListBucket), C(s3:GetBucketTagging), C(s3:GetBucketPolicy), C(s3:GetBucketVersioning),
    C(s3:GetEncryptionConfiguration), C(s3:GetBucketPublicAccessBlock), C(s3:GetBucketOwnershipControls),
    C(s3:GetLifecycleConfiguration), C(s3:GetBucketLogging), C(s3:ListBucketVersions), C(s3:CreateBucket),
    C(s3:PutBucketTagging), C(s3:PutBucketPublicAccessBlock), C(s3:PutBucketOwnershipControls),
    C(s3:PutBucketVersioning), C(s3:PutEncryptionConfiguration), C(s3:PutBucketPolicy), C(s3:PutBucketLogging),
    C(s3:PutLifecycleConfiguration), C(s3:DeleteObjectVersion), C(s3:DeleteBucket) and C(sts:GetCallerIdentity).
    With C(s3:ListAllMyBuckets), it distinguishes a missing permission from a bucket of another account.
extends_documentation_fragment:
  - secmon.aws.module
  - secmon.aws.module.listed
  - secmon.aws.module.ownership
  - secmon.aws.module.tags
  - amazon.aws.common.modules
  - amazon.aws.region.modules
  - amazon.aws.boto3
author:
  - The secmon.aws founders (@secmon)
"""

EXAMPLES = r"""
- name: Check that a log archive exists and belongs to the account that it is expected to belong to
  secmon.aws.log_bucket:
    name: organization-log-archive
    owner: "444455556666"

- name: Ensure the bucket of one trail exists and archives log files after three months
  secmon.aws.log_bucket:
    name: audit-111122223333
    trail_arns:
      - arn:aws:cloudtrail:eu-central-1:111122223333:trail/audit
    archive_days: 90

- name: Delete the bucket with all versions of all objects
  secmon.aws.log_bucket:
    name: audit-111122223333
    purge: true
    state: absent
"""

RETURN = r"""
log_bucket:
  description: The bucket, predicted in check mode; empty if it is absent.
  returned: success
  type: dict
  contains:
    name:
      description: The name.
      type: str
    arn:
      description: The ARN.
      type: str
    object_ownership:
      description: The object ownership setting.
      type: str
      returned: unless O(owner) is another account
    public_access_blocked:
      description: Whether all four settings of S3 Block Public Access are enabled.
      type: bool
      returned: unless O(owner) is another account
    versioning:
      description: The versioning status; an empty string if versioning was never enabled.
      type: str
      returned: unless O(owner) is another account
    encrypted:
      description: Whether default encryption is configured.
      type: bool
      returned: unless O(owner) is another account
    policy:
      description: The bucket policy.
      type: dict
      returned: unless O(owner) is another account
    lifecycle_rules:
      description: The lifecycle rules, in the form of the S3 API.
      type: list
      elements: dict
      returned: unless O(owner) is another account
    transition_minimum:
      description:
        - The smallest objects that lifecycle rules move, C(TransitionDefaultMinimumObjectSize) of the S3 API. An empty
          string without a lifecycle rule.
      type: str
      returned: unless O(owner) is another account
    access_log_bucket:
      description: The bucket that receives the access logs, or an empty string.
      type: str
      returned: unless O(owner) is another account
    tags:
      description: The tags.
      type: dict
      returned: unless O(owner) is another account
  sample:
    name: audit-111122223333
    arn: arn:aws:s3:::audit-111122223333
    object_ownership: BucketOwnerEnforced
    public_access_blocked: true
    versioning: Enabled
    encrypted: true
    policy: {}
    lifecycle_rules: []
    transition_minimum: ""
    access_log_bucket: ""
    tags: {"secmon:managed-by": secmon.aws}
"""

from collections.abc import Mapping
from typing import Any

from ansible_collections.secmon.aws.plugins.module_utils.core.account import Account
from ansible_collections.secmon.aws.plugins.module_utils.core.plan import Plan
from ansible_collections.secmon.aws.plugins.module_utils.core.problems import require
from ansible_collections.secmon.aws.plugins.module_utils.core.runner import (
    LISTED,
    RESOURCE_OPTIONS,
    confirmed,
    run_module,
)
from ansible_collections.secmon.aws.plugins.module_utils.core.tags import is_managed
from ansible_collections.secmon.aws.plugins.module_utils.s3.access_log import access_log_problems
from ansible_collections.secmon.aws.plugins.module_utils.s3.log_folders import log_folders
from ansible_collections.secmon.aws.plugins.module_utils.s3.other_account import check_bucket_of
from ansible_collections.secmon.aws.plugins.module_utils.s3.other_objects import other_objects
from ansible_collections.secmon.aws.plugins.module_utils.s3.plan import (
    check_log_bucket,
    described,
    plan_absent,
    plan_present,
)
from ansible_collections.secmon.aws.plugins.module_utils.s3.reads import Bucket, find_bucket

OPTIONS: dict[str, Any] = {
    **RESOURCE_OPTIONS,
    **LISTED,
    "name": {"type": "str", "required": True},
    "owner": {"type": "str"},
    "trail_arns": {"type": "list", "elements": "str"},
    "key_prefix": {"type": "str", "default": "", "no_log": False},
    "organization_id": {"type": "str", "default": ""},
    "archive_days": {"type": "int"},
    "expiration_days": {"type": "int"},
    "access_log_bucket": {"type": "str"},
    "purge": {"type": "bool", "default": False},
    "purge_others": {"type": "bool", "default": False},
}


def decide(params: Mapping[str, Any], account: Account) -> Plan:
    """Read the bucket and plan the changes."""
    name = params["name"]
    check_log_bucket(params, account.region)
    if params["owner"] and params["owner"] != account.place.account:
        return check_bucket_of(params["owner"], account, params)
    settings = find_bucket(account, name, params["listed"])
    if params["state"] == "absent":
        bucket = Bucket(account, name)
        versions = bucket.versions() if settings else []
        others = _others(params, bucket) if versions and params["purge"] and not params["purge_others"] else []
        return plan_absent(params, settings, versions, others, account.place)
    managed = settings is None or params["adopt"] or is_managed(described(name, settings)["tags"])
    plan = plan_present(params, settings, managed or Bucket(account, name).is_empty(), account.place)
    target = params["access_log_bucket"]
    if target and plan.before.get("access_log_bucket") != target:
        require(access_log_problems(account, name, target))
    return plan


def _others(params: Mapping[str, Any], bucket: Bucket) -> list[str]:
    accounts = {bucket.account.place.account, *(arn.split(":")[4] for arn in params["trail_arns"] or ())}
    return other_objects(bucket, log_folders(params["key_prefix"], accounts, params["organization_id"]))


def main() -> None:
    """Run the module."""
    run_module(OPTIONS, confirmed(decide))


if __name__ == "__main__":
    main()
