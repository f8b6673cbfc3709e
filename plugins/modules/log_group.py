#!/usr/bin/python
# Copyright: secmon.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

from __future__ import annotations

DOCUMENTATION = r"""
module: log_group
short_description: Manage a log group without ever losing its events by a change
version_added: 0.2.0
description:
  - Makes, changes and deletes one log group of CloudWatch Logs.
  - What the task does not mention stays as it is. No change ever deletes the group to make it anew.
  - Stands in for M(amazon.aws.cloudwatchlogs_log_group), which deletes the group when it is told a retention that it
    does not know, writes in check mode, and ignores the key of an existing group.
options:
  name:
    description: The name of the log group.
    type: str
    required: true
  retention_days:
    description:
      - How many days events are kept. V(0) keeps them for ever.
      - One of V(1), V(3), V(5), V(7), V(14), V(30), V(60), V(90), V(120), V(150), V(180), V(365), V(400), V(545),
        V(731), V(1096), V(1827), V(2192), V(2557), V(2922), V(3288) and V(3653). Anything else is refused.
    type: int
  kms_key_arn:
    description: The ARN of the KMS key that encrypts the events, or an empty string for none.
    type: str
  log_group_class:
    description: The class, which is chosen once. Metric filters need V(STANDARD).
    type: str
    choices: [STANDARD, INFREQUENT_ACCESS, ESSENTIALS, DELIVERY]
  deletion_protection:
    description:
      - Whether CloudWatch Logs refuses to delete the group.
      - With O(state=absent), V(false) lifts the protection first.
    type: bool
  tags:
    description: The tags. One more, C(secmon:managed-by), marks the group as this collection's.
    type: dict
  purge_tags:
    description: Whether tags that O(tags) does not name are removed.
    type: bool
    default: true
  state:
    description: Whether the group exists. V(absent) deletes every event in it and says how many bytes that were.
    type: str
    choices: [present, absent]
    default: present
notes:
  - The IAM actions it needs are
    C(logs:DescribeLogGroups), C(logs:ListTagsForResource), C(logs:CreateLogGroup), C(logs:PutRetentionPolicy),
    C(logs:DeleteRetentionPolicy), C(logs:AssociateKmsKey), C(logs:DisassociateKmsKey),
    C(logs:PutLogGroupDeletionProtection), C(logs:TagResource), C(logs:UntagResource), C(logs:DeleteLogGroup) and
    C(sts:GetCallerIdentity).
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
- name: Keep the trail's events for a year
  secmon.aws.log_group:
    name: /aws/cloudtrail/logs
    retention_days: 365

- name: Remove the encryption by a customer managed key
  secmon.aws.log_group:
    name: /aws/cloudtrail/logs
    kms_key_arn: ""

- name: Remove the group with all events
  secmon.aws.log_group:
    name: /aws/cloudtrail/logs
    state: absent
"""

RETURN = r"""
log_group:
  description: The group as it is, or as it would be in check mode; empty if it is absent.
  returned: success
  type: dict
  contains:
    name:
      description: Its name.
      type: str
      returned: always
    arn:
      description: Its ARN, without C(:*) at the end.
      type: str
      returned: always
    retention_days:
      description: How many days events are kept; 0 for ever.
      type: int
      returned: always
    kms_key_arn:
      description: The key, or an empty string.
      type: str
      returned: always
    log_group_class:
      description: Its class.
      type: str
      returned: always
    deletion_protection:
      description: Whether it is protected from deletion.
      type: bool
      returned: always
    tags:
      description: Its tags.
      type: dict
      returned: always
  sample:
    name: /aws/cloudtrail/logs
    arn: arn:aws:logs:us-east-1:123456789012:log-group:/aws/cloudtrail/logs
    retention_days: 365
    kms_key_arn: ""
    log_group_class: STANDARD
    deletion_protection: false
    tags: {"secmon:managed-by": secmon.aws}
lost:
  description: What the deletion loses, or lost; empty if there was nothing to delete.
  returned: when O(state=absent)
  type: dict
  contains:
    stored_bytes:
      description: The size of the events.
      type: int
      returned: when the group exists
    retention_days:
      description: How long they were to be kept; 0 for ever.
      type: int
      returned: when the group exists
  sample: {stored_bytes: 52428800, retention_days: 365}
"""

from collections.abc import Mapping
from typing import Any

from ansible_collections.secmon.aws.plugins.module_utils.core.account import Account
from ansible_collections.secmon.aws.plugins.module_utils.core.plan import Plan
from ansible_collections.secmon.aws.plugins.module_utils.core.runner import OWNER_OPTIONS, run_module
from ansible_collections.secmon.aws.plugins.module_utils.logs.log_group import (
    CLASSES,
    check_log_group,
    plan_absent,
    plan_present,
)
from ansible_collections.secmon.aws.plugins.module_utils.logs.log_group_reads import find_log_group, log_group_tags

OPTIONS: dict[str, Any] = {
    **OWNER_OPTIONS,
    "name": {"type": "str", "required": True},
    "retention_days": {"type": "int"},
    "kms_key_arn": {"type": "str", "no_log": False},
    "log_group_class": {"type": "str", "choices": list(CLASSES)},
    "deletion_protection": {"type": "bool"},
    "tags": {"type": "dict"},
    "purge_tags": {"type": "bool", "default": True},
    "state": {"type": "str", "choices": ["present", "absent"], "default": "present"},
}


def decide(params: Mapping[str, Any], account: Account) -> Plan:
    """Read the group and plan what to do about it."""
    check_log_group(params, account.region)
    group = find_log_group(account, params["name"])
    tags = log_group_tags(account, group) if group else {}
    plan = plan_present if params["state"] == "present" else plan_absent
    return plan(params, group, tags, account.place)


def main() -> None:
    """Run the module."""
    run_module(OPTIONS, decide)


if __name__ == "__main__":
    main()
