#!/usr/bin/python
# Copyright: secmon.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

from __future__ import annotations

DOCUMENTATION = r"""
module: log_bucket
short_description: Manage the bucket that keeps a trail's log files
version_added: 0.2.0
description:
  - Makes a bucket that is versioned, encrypted, closed to the public, owned by its account alone and reachable by TLS
    only, and that the given trails may write to. Keeps it so.
  - What the task does not mention stays as it is, and so do statements and lifecycle rules of others.
  - Stands in for M(amazon.aws.s3_bucket) and M(community.aws.s3_lifecycle), which are skipped in check mode, show no
    difference, and leave an untagged bucket behind when they are killed.
options:
  name:
    description: The name of the bucket.
    type: str
    required: true
  trail_arns:
    description: The trails that may write, and nobody else of CloudTrail. An empty list withdraws it from all.
    type: list
    elements: str
  key_prefix:
    description: What the keys of the log files begin with, before C(AWSLogs). Belongs to O(trail_arns).
    type: str
    default: ""
  organization_id:
    description: The organization whose trail writes here, such as V(o-exampleorgid). Belongs to O(trail_arns).
    type: str
    default: ""
  archive_days:
    description: After how many days log files move to Glacier; V(0) for never.
    type: int
  expiration_days:
    description:
      - After how many days log files are deleted; V(0) for never.
      - Since the bucket is versioned, a deleted file is gone for good 30 days later.
    type: int
  access_log_bucket:
    description: The bucket that receives the access logs of this one; an empty string for none.
    type: str
  purge:
    description:
      - Whether O(state=absent) deletes every version of every object first. Otherwise it refuses if there are any.
    type: bool
    default: false
  tags:
    description: The tags. One more, C(secmon:managed-by), marks the bucket as this collection's.
    type: dict
  purge_tags:
    description: Whether tags that O(tags) does not name are removed.
    type: bool
    default: true
  state:
    description: Whether the bucket exists.
    type: str
    choices: [present, absent]
    default: present
notes:
  - The IAM actions it needs are
    C(s3:ListBucket), C(s3:GetBucketTagging), C(s3:GetBucketPolicy), C(s3:GetBucketVersioning),
    C(s3:GetEncryptionConfiguration), C(s3:GetBucketPublicAccessBlock), C(s3:GetBucketOwnershipControls),
    C(s3:GetLifecycleConfiguration), C(s3:GetBucketLogging), C(s3:ListBucketVersions), C(s3:CreateBucket),
    C(s3:PutBucketTagging), C(s3:PutBucketPublicAccessBlock), C(s3:PutBucketOwnershipControls),
    C(s3:PutBucketVersioning), C(s3:PutEncryptionConfiguration), C(s3:PutBucketPolicy), C(s3:PutBucketLogging),
    C(s3:PutLifecycleConfiguration), C(s3:DeleteObjectVersion), C(s3:DeleteBucket) and C(sts:GetCallerIdentity).
extends_documentation_fragment:
  - secmon.aws.module
  - secmon.aws.module.ownership
  - amazon.aws.common.modules
  - amazon.aws.region.modules
  - amazon.aws.boto3
  - action_common_attributes
author:
  - The secmon.aws founders (@secmon)
"""

EXAMPLES = r"""
- name: Keep the log files of one trail, in Glacier after three months
  secmon.aws.log_bucket:
    name: audit-111122223333
    trail_arns:
      - arn:aws:cloudtrail:eu-central-1:111122223333:trail/audit
    archive_days: 90

- name: Remove the bucket and everything that was ever in it
  secmon.aws.log_bucket:
    name: audit-111122223333
    purge: true
    state: absent
"""

RETURN = r"""
log_bucket:
  description: The bucket as it is, or as it would be in check mode; empty if it is absent.
  returned: success
  type: dict
  contains:
    name:
      description: Its name.
      type: str
      returned: always
    arn:
      description: Its ARN.
      type: str
      returned: always
    object_ownership:
      description: Who owns the objects.
      type: str
      returned: always
    public_access_blocked:
      description: Whether all four blocks of public access are on.
      type: bool
      returned: always
    versioning:
      description: Whether it keeps versions.
      type: str
      returned: always
    encrypted:
      description: Whether it encrypts by default.
      type: bool
      returned: always
    policy:
      description: Its policy.
      type: dict
      returned: always
    lifecycle_rules:
      description: Its lifecycle rules, as S3 has them.
      type: list
      elements: dict
      returned: always
    access_log_bucket:
      description: Where its access logs go, or an empty string.
      type: str
      returned: always
    tags:
      description: Its tags.
      type: dict
      returned: always
  sample:
    name: audit-111122223333
    arn: arn:aws:s3:::audit-111122223333
    object_ownership: BucketOwnerEnforced
    public_access_blocked: true
    versioning: Enabled
    encrypted: true
    policy: {}
    lifecycle_rules: []
    access_log_bucket: ""
    tags: {"secmon:managed-by": secmon.aws}
"""

from collections.abc import Mapping
from typing import Any

from ansible_collections.secmon.aws.plugins.module_utils.core.account import Account
from ansible_collections.secmon.aws.plugins.module_utils.core.aws_names import partition_of
from ansible_collections.secmon.aws.plugins.module_utils.core.plan import Plan
from ansible_collections.secmon.aws.plugins.module_utils.core.runner import OWNER_OPTIONS, run_module
from ansible_collections.secmon.aws.plugins.module_utils.core.tags import is_ours
from ansible_collections.secmon.aws.plugins.module_utils.s3.plan import (
    check_log_bucket,
    plan_absent,
    plan_present,
)
from ansible_collections.secmon.aws.plugins.module_utils.s3.reads import (
    bucket_tags,
    find_bucket,
    is_empty,
    object_versions,
)

OPTIONS: dict[str, Any] = {
    **OWNER_OPTIONS,
    "name": {"type": "str", "required": True},
    "trail_arns": {"type": "list", "elements": "str"},
    "key_prefix": {"type": "str", "default": "", "no_log": False},
    "organization_id": {"type": "str", "default": ""},
    "archive_days": {"type": "int"},
    "expiration_days": {"type": "int"},
    "access_log_bucket": {"type": "str"},
    "purge": {"type": "bool", "default": False},
    "tags": {"type": "dict"},
    "purge_tags": {"type": "bool", "default": True},
    "state": {"type": "str", "choices": ["present", "absent"], "default": "present"},
}


def decide(params: Mapping[str, Any], account: Account) -> Plan:
    """Read the bucket and plan what to do about it."""
    check_log_bucket(params, account.region)
    partition = partition_of(account.region)
    settings = find_bucket(account, params["name"], partition)
    if params["state"] == "absent":
        versions = object_versions(account, params["name"]) if settings else []
        return plan_absent(params, settings, versions, partition)
    ours = settings is None or is_ours(bucket_tags(settings)) or params["adopt"]
    empty = ours or is_empty(account, params["name"])
    return plan_present(params, settings, empty, partition, account.region)


def main() -> None:
    """Run the module."""
    run_module(OPTIONS, decide)


if __name__ == "__main__":
    main()
