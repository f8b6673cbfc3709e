#!/usr/bin/python
# Copyright: secmon.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

from __future__ import annotations

DOCUMENTATION = r"""
module: trail_role
short_description: Manage the IAM role with which a service reads or writes a log group, such as CloudTrail
version_added: 0.4.0
description:
  - Creates, changes and deletes a role that has exactly one policy, which is inline.
  - Omitted options keep their current values.
  - Replaces M(amazon.aws.iam_role), which fails if a lost answer or a concurrent run has already created the role.
    Shown by C(test_upstream_fails_after_a_lost_answer).
  - That module also changes and deletes roles of others, and M(amazon.aws.iam_policy) fails in check mode for a role
    that does not exist yet.
options:
  name:
    description: The name of the role.
    type: str
    required: true
  description:
    description: The description of the role.
    type: str
  trust_policy:
    description:
      - The policy that says who may assume the role. Required to create it. Policies with the same meaning count as
        equal.
    type: json
  policy_name:
    description: The name of the inline policy. Required with O(policy).
    type: str
  policy:
    description: The inline policy. All other policies of the role are removed.
    type: json
  permissions_boundary_arn:
    description: The ARN of the policy that limits what the role may do. It can be set and replaced, not removed.
    type: str
  state:
    description: Whether the role exists. V(absent) deletes it with its policies.
    type: str
    choices: [present, absent]
    default: present
notes:
  - Required IAM actions are
    C(iam:CreateRole), C(iam:DeleteRole), C(iam:DeleteRolePolicy), C(iam:DetachRolePolicy), C(iam:GetRole),
    C(iam:GetRolePolicy), C(iam:ListAttachedRolePolicies), C(iam:ListRolePolicies),
    C(iam:PutRolePermissionsBoundary), C(iam:PutRolePolicy), C(iam:TagRole), C(iam:UntagRole),
    C(iam:UpdateAssumeRolePolicy), C(iam:UpdateRole) and C(sts:GetCallerIdentity).
extends_documentation_fragment:
  - secmon.aws.module
  - secmon.aws.module.ownership
  - secmon.aws.module.tags
  - amazon.aws.common.modules
  - amazon.aws.region.modules
  - amazon.aws.boto3
author:
  - The secmon.aws founders (@secmon)
"""

EXAMPLES = r"""
- name: Ensure CloudTrail may write to the log group
  secmon.aws.trail_role:
    name: CloudTrailToCloudWatchLogs
    trust_policy: "{{ lookup('ansible.builtin.file', 'trust_policy.json') }}"
    policy_name: WriteTrailEvents
    policy: "{{ lookup('ansible.builtin.file', 'write_policy.json') }}"

- name: Delete the role
  secmon.aws.trail_role:
    name: CloudTrailToCloudWatchLogs
    state: absent
"""

RETURN = r"""
trail_role:
  description: The role, predicted in check mode; empty if it is absent.
  returned: success
  type: dict
  contains:
    name:
      description: The name.
      type: str
    arn:
      description: The ARN.
      type: str
    description:
      description: The description.
      type: str
    trust_policy:
      description: The policy that says who may assume the role.
      type: dict
    policies:
      description: The inline policies by name.
      type: dict
    attached_policies:
      description: The ARNs of the policies that are attached to the role.
      type: list
      elements: str
    permissions_boundary_arn:
      description: The ARN of the permissions boundary, or an empty string.
      type: str
    tags:
      description: The tags.
      type: dict
  sample:
    name: CloudTrailToCloudWatchLogs
    arn: arn:aws:iam::123456789012:role/CloudTrailToCloudWatchLogs
    description: CloudTrail writes events to /aws/cloudtrail/logs
    trust_policy: {}
    policies: {"WriteTrailEvents": {}}
    attached_policies: []
    permissions_boundary_arn: ""
    tags: {"secmon:managed-by": secmon.aws}
"""

from collections.abc import Mapping
from typing import Any

from ansible_collections.secmon.aws.plugins.module_utils.core.account import Account
from ansible_collections.secmon.aws.plugins.module_utils.core.plan import Plan
from ansible_collections.secmon.aws.plugins.module_utils.core.runner import RESOURCE_OPTIONS, run_module
from ansible_collections.secmon.aws.plugins.module_utils.iam.reads import (
    attached_policies,
    find_role,
    inline_policies,
)
from ansible_collections.secmon.aws.plugins.module_utils.iam.trail_role import (
    Role,
    check_trail_role,
    plan_absent,
    plan_present,
    require_role_ownership,
)

OPTIONS: dict[str, Any] = {
    **RESOURCE_OPTIONS,
    "name": {"type": "str", "required": True},
    "description": {"type": "str"},
    "trust_policy": {"type": "json"},
    "policy_name": {"type": "str"},
    "policy": {"type": "json"},
    "permissions_boundary_arn": {"type": "str"},
}


def decide(params: Mapping[str, Any], account: Account) -> Plan:
    """Read the role and plan the changes."""
    check_trail_role(params)
    name = params["name"]
    found = find_role(account, name)
    role = None
    if found:
        account.learn_place(found["Arn"])
        require_role_ownership(params, Role(found))
        role = Role(found, inline_policies(account, name), attached_policies(account, name))
    if params["state"] == "absent":
        return plan_absent(params, role)
    return plan_present(params, role, account.place)


def main() -> None:
    """Run the module."""
    run_module(OPTIONS, decide, required_by={"policy": ["policy_name"]})


if __name__ == "__main__":
    main()
