#!/usr/bin/python
# Copyright: secmon.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

from __future__ import annotations

DOCUMENTATION = r"""
module: log_group
short_description: Manage a CloudWatch Logs log group without losing its events
version_added: 0.2.0
description:
  - Creates, changes and deletes one log group of CloudWatch Logs.
  - Omitted options keep their current values. No change recreates the group.
  - Replaces M(amazon.aws.cloudwatchlogs_log_group), which deletes the group if the retention is not one that it knows.
    Shown by C(test_upstream_deletes_a_group_for_an_unknown_retention).
  - That module also writes in check mode, and ignores the key of an existing group.
options:
  name:
    description: The name of the log group.
    type: str
    required: true
  retention_days:
    description:
      - Days until events are deleted. V(0) keeps them forever.
      - One of V(1), V(3), V(5), V(7), V(14), V(30), V(60), V(90), V(120), V(150), V(180), V(365), V(400), V(545),
        V(731), V(1096), V(1827), V(2192), V(2557), V(2922), V(3288) and V(3653).
    type: int
  kms_key_arn:
    description: The ARN of the KMS key that encrypts the events; an empty string for none.
    type: str
  deletion_protection:
    description:
      - Whether CloudWatch Logs rejects the deletion of the group.
      - O(state=absent) fails for a protected group unless this is V(false), which disables the protection first.
    type: bool
  state:
    description: Whether the group exists. V(absent) deletes all events and returns the stored bytes.
    type: str
    choices: [present, absent]
    default: present
notes:
  - Required IAM actions are
    C(logs:DescribeLogGroups), C(logs:ListTagsForResource), C(logs:CreateLogGroup), C(logs:PutRetentionPolicy),
    C(logs:DeleteRetentionPolicy), C(logs:AssociateKmsKey), C(logs:DisassociateKmsKey),
    C(logs:PutLogGroupDeletionProtection), C(logs:TagResource), C(logs:UntagResource), C(logs:DeleteLogGroup) and
    C(sts:GetCallerIdentity).
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
- name: Ensure the trail's events are kept for a year
  secmon.aws.log_group:
    name: /aws/cloudtrail/logs
    retention_days: 365

- name: Remove the encryption with a customer managed key
  secmon.aws.log_group:
    name: /aws/cloudtrail/logs
    kms_key_arn: ""

- name: Delete the group with all events
  secmon.aws.log_group:
    name: /aws/cloudtrail/logs
    state: absent
"""

RETURN = r"""
log_group:
  description: The group, predicted in check mode; empty if it is absent.
  returned: success
  type: dict
  contains:
    name:
      description: The name.
      type: str
    arn:
      description: The ARN, without the suffix C(:*).
      type: str
    retention_days:
      description: Days until events are deleted; 0 if they are kept forever.
      type: int
    kms_key_arn:
      description: The ARN of the KMS key, or an empty string.
      type: str
    log_group_class:
      description: The log group class.
      type: str
    deletion_protection:
      description: Whether the group is protected from deletion.
      type: bool
    tags:
      description: The tags.
      type: dict
  sample:
    name: /aws/cloudtrail/logs
    arn: arn:aws:logs:us-east-1:123456789012:log-group:/aws/cloudtrail/logs
    retention_days: 365
    kms_key_arn: ""
    log_group_class: STANDARD
    deletion_protection: false
    tags: {"secmon:managed-by": secmon.aws}
lost:
  description: The events that the deletion loses; empty if there was nothing to delete.
  returned: when O(state=absent)
  type: dict
  contains:
    stored_bytes:
      description: The size of the events in bytes.
      type: int
      returned: when the group exists
    retention_days:
      description: The retention of the events in days; 0 for unlimited.
      type: int
      returned: when the group exists
  sample: {stored_bytes: 52428800, retention_days: 365}
"""

from collections.abc import Mapping
from typing import Any

from ansible_collections.secmon.aws.plugins.module_utils.core.account import Account
from ansible_collections.secmon.aws.plugins.module_utils.core.plan import Plan
from ansible_collections.secmon.aws.plugins.module_utils.core.runner import (
    LISTED,
    RESOURCE_OPTIONS,
    confirmed,
    run_module,
)
from ansible_collections.secmon.aws.plugins.module_utils.logs.checks import check_log_group
from ansible_collections.secmon.aws.plugins.module_utils.logs.log_group import plan_absent, plan_present
from ansible_collections.secmon.aws.plugins.module_utils.logs.reads import find_log_group, log_group_tags

OPTIONS: dict[str, Any] = {
    **RESOURCE_OPTIONS,
    **LISTED,
    "name": {"type": "str", "required": True},
    "retention_days": {"type": "int"},
    "kms_key_arn": {"type": "str", "no_log": False},
    "deletion_protection": {"type": "bool"},
}


def decide(params: Mapping[str, Any], account: Account) -> Plan:
    """Read the group and plan the changes."""
    check_log_group(params, account.region)
    group = find_log_group(account, params["name"])
    tags = log_group_tags(account, group, params["listed"]) if group else {}
    plan = plan_present if params["state"] == "present" else plan_absent
    return plan(params, group, tags, account.place)


def main() -> None:
    """Run the module."""
    run_module(OPTIONS, confirmed(decide))


if __name__ == "__main__":
    main()
