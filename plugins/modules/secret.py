#!/usr/bin/python
# Copyright: secmon.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

from __future__ import annotations

DOCUMENTATION = r"""
module: secret
short_description: Manage a secret without ever reading its value
version_added: 0.2.0
description:
  - Creates, updates, restores and deletes one secret in Secrets Manager. It never calls C(GetSecretValue) or
    C(BatchGetSecretValue), so no run triggers an alarm on these calls.
  - Settings that the task omits are kept.
  - Use this module instead of M(community.aws.secretsmanager_secret), which reads the value on every run, cancels the
    rotation in check mode, and creates a new version when the keys of a mapping are in another order. The tests
    C(test_upstream_reads_the_value_on_every_run), C(test_upstream_cancels_the_rotation_in_check_mode) and
    C(test_upstream_creates_a_new_version_for_keys_in_another_order) show it.
options:
  name:
    description:
      - The name of the secret. The module warns about a name that ends with a hyphen and six characters, because it
        looks like the end of an ARN.
    type: str
    required: true
  value:
    description:
      - The value. A string is stored unchanged, any other value as JSON with sorted keys.
      - If omitted, a new secret has no value, and an existing secret keeps its value.
    type: raw
  update_value:
    description:
      - V(on_create) stores O(value) only if the secret has no value yet. Rotation and users can change it later.
      - V(always) makes O(value) the current value if it is not. The module detects this without reading the current
        value, because the ID of a version that it creates is an HMAC (SHA-256) of the name and value of the secret,
        with O(value_hmac_key). To restore an earlier value, it moves the stage C(AWSCURRENT) back to the version of
        that value. A value that was stored by other means, or without O(value_hmac_key), counts as a different value,
        so O(value) is stored again.
    type: str
    choices: [on_create, always]
    default: on_create
  value_hmac_key:
    description:
      - The key of that HMAC, at least 16 random characters. Keep it, because a new key stores every value again.
      - Required for O(update_value=always), because every principal with permission to describe the secret can read
        its version IDs, and could use a hash without a key to guess the value.
    type: str
  description:
    description: The description, or an empty string to remove it.
    type: str
  kms_key_id:
    description:
      - The ARN, ID or alias of the KMS key that encrypts the value, or an empty string for C(aws/secretsmanager).
    type: str
  resource_policy:
    description:
      - The resource policy, or V({}) to remove it. Policies with the same meaning count as equal.
      - The module sets C(BlockPublicPolicy), so AWS rejects a policy that allows public access.
      - A policy that denies the caller to change it again is refused before it is written.
    type: json
  replica_regions:
    description:
      - The complete list of regions that have a replica. An empty list removes all replicas.
      - Each entry is the name of a region, or a mapping with C(region) and C(kms_key_id), a key in that region. Without
        C(kms_key_id), an existing replica keeps its key, and a new replica uses C(aws/secretsmanager).
      - To change the key of a replica, the module removes and recreates the replica. A secret of the same name in that
        region is never overwritten. AWS then reports that the replica failed, and the task warns.
    type: list
    elements: raw
  rotation:
    description:
      - The rotation. It starts at the next scheduled date; the task itself does not rotate the secret.
      - While a rotation is in progress, a task that would change the rotation or the value fails.
    type: dict
    suboptions:
      lambda_arn:
        description: The ARN of the rotation function. If omitted, the function is kept.
        type: str
      days:
        description:
          - The number of days between rotations, 1-1000. If this and O(rotation.schedule) are omitted, the schedule is
            kept.
        type: int
      schedule:
        description: The schedule, as C(rate(...)) or C(cron(...)), instead of O(rotation.days).
        type: str
      enabled:
        description: Whether the secret is rotated. V(false) keeps the function and the schedule.
        type: bool
        default: true
  recovery_window_days:
    description:
      - The number of days during which a deleted secret can be restored, 7-30. V(0) deletes it immediately, even if it
        is already scheduled for deletion. Any other number keeps an existing date of deletion.
      - Only used with O(state=absent).
    type: int
    default: 30
  state:
    description:
      - V(present) creates the secret, or restores it with its value if it is scheduled for deletion.
      - V(absent) removes the replicas of the secret and schedules its deletion.
    type: str
    choices: [present, absent]
    default: present
notes:
  - The IAM actions it needs are
    C(secretsmanager:DescribeSecret), C(secretsmanager:GetResourcePolicy), C(secretsmanager:ListSecretVersionIds),
    C(secretsmanager:CreateSecret), C(secretsmanager:RestoreSecret), C(secretsmanager:UpdateSecret),
    C(secretsmanager:PutSecretValue), C(secretsmanager:UpdateSecretVersionStage),
    C(secretsmanager:PutResourcePolicy), C(secretsmanager:DeleteResourcePolicy),
    C(secretsmanager:ReplicateSecretToRegions), C(secretsmanager:RemoveRegionsFromReplication),
    C(secretsmanager:RotateSecret), C(secretsmanager:CancelRotateSecret), C(secretsmanager:TagResource),
    C(secretsmanager:UntagResource), C(secretsmanager:DeleteSecret), and C(sts:GetCallerIdentity) to name the account
    in a failure.
  - AWS also checks whether the caller has the KMS permissions for the key, and may invoke the rotation function.
  - No result, diff or message of the module contains O(value) or O(value_hmac_key). If a task fails, ansible-core
    prints its lines in the playbook, so keep both in a vault instead of the task.
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
- name: Store an initial password that rotation and users can change later
  secmon.aws.secret:
    name: MySampleSecret
    value:
      username: admin
      password: "{{ lookup('ansible.builtin.password', '/dev/null', length=32) }}"

- name: Ensure the secret has the value from the vault
  secmon.aws.secret:
    name: MySampleSecret
    value: "{{ vault_sample_secret }}"
    update_value: always
    value_hmac_key: "{{ vault_hmac_key }}"

- name: Encrypt the secret with a customer managed key, replicate it and rotate it
  secmon.aws.secret:
    name: MySampleSecret
    kms_key_id: alias/secrets
    replica_regions:
      - eu-central-1
      - region: us-west-2
        kms_key_id: alias/secrets
    rotation:
      lambda_arn: arn:aws:lambda:us-east-1:123456789012:function:rotate
      days: 30

- name: Delete the secret with a recovery window of one week
  secmon.aws.secret:
    name: MySampleSecret
    recovery_window_days: 7
    state: absent
"""

RETURN = r"""
secret:
  description: The secret after the run, without its value; predicted in check mode, empty if it was deleted.
  returned: success
  type: dict
  contains:
    name:
      description: The name.
      type: str
    arn:
      description: The ARN; empty in check mode for a new secret, because AWS chooses the last six characters.
      type: str
    description:
      description: The description.
      type: str
    kms_key_id:
      description: The KMS key as AWS returns it; empty for C(aws/secretsmanager).
      type: str
    version_id:
      description: The ID of the current version; empty if the secret has no value.
      type: str
    replicas:
      description: The replicas, each with C(region), C(kms_key_id) and C(status).
      type: list
      elements: dict
    rotation:
      description: The rotation. C(days) is 0 if C(schedule) is set or the secret has no schedule.
      type: dict
    tags:
      description: The tags.
      type: dict
    deleted_date:
      description: The scheduled date of deletion; empty if none is scheduled, or in check mode before AWS sets it.
      type: str
  sample:
    name: MySampleSecret
    arn: arn:aws:secretsmanager:us-east-1:123456789012:secret:MySampleSecret-a1b2c3
    description: ""
    kms_key_id: ""
    version_id: 5c7e0f9b7d1c4f0e8f7f3b7a2e5d9c1b5c7e0f9b7d1c4f0e8f7f3b7a2e5d9c1b
    replicas: [{"region": eu-central-1, "kms_key_id": "", "status": InSync}]
    rotation: {"enabled": false, "lambda_arn": "", "days": 0, "schedule": ""}
    tags: {"secmon:managed-by": secmon.aws}
    deleted_date: ""
"""

from collections.abc import Mapping
from typing import Any

from ansible_collections.secmon.aws.plugins.module_utils.core.account import Account
from ansible_collections.secmon.aws.plugins.module_utils.core.plan import Plan
from ansible_collections.secmon.aws.plugins.module_utils.core.problems import require
from ansible_collections.secmon.aws.plugins.module_utils.core.runner import RESOURCE_OPTIONS, run_module
from ansible_collections.secmon.aws.plugins.module_utils.secretsmanager.checks import check_secret
from ansible_collections.secmon.aws.plugins.module_utils.secretsmanager.lock_out import lock_outs
from ansible_collections.secmon.aws.plugins.module_utils.secretsmanager.plan import plan_absent, plan_present
from ansible_collections.secmon.aws.plugins.module_utils.secretsmanager.reads import (
    all_versions,
    find_secret,
    resource_policy,
)
from ansible_collections.secmon.aws.plugins.module_utils.secretsmanager.state import Found, iso_date
from ansible_collections.secmon.aws.plugins.module_utils.secretsmanager.value import may_be_deprecated

OPTIONS: dict[str, Any] = {
    **RESOURCE_OPTIONS,
    "name": {"type": "str", "required": True},
    "value": {"type": "raw", "no_log": True},
    "update_value": {"type": "str", "choices": ["on_create", "always"], "default": "on_create"},
    "value_hmac_key": {"type": "str", "no_log": True},
    "description": {"type": "str"},
    "kms_key_id": {"type": "str", "no_log": False},
    "resource_policy": {"type": "json"},
    "replica_regions": {"type": "list", "elements": "raw"},
    "rotation": {
        "type": "dict",
        "options": {
            "lambda_arn": {"type": "str"},
            "days": {"type": "int"},
            "schedule": {"type": "str"},
            "enabled": {"type": "bool", "default": True},
        },
    },
    "recovery_window_days": {"type": "int", "default": 30},
}


def decide(params: Mapping[str, Any], account: Account) -> Plan:
    """Read the secret without its value, and plan the changes."""
    check_secret(params, account.region)
    described = find_secret(account, params["name"])
    if params["state"] == "absent":
        return plan_absent(params, Found(described) if described else None, account.region)
    plan = plan_present(params, _found(params, account, described) if described else None, account.region)
    require(lock_outs(params, account, plan))
    return plan


def _found(params: Mapping[str, Any], account: Account, described: dict[str, Any]) -> Found:
    found = Found(described)
    reads_policy = params["resource_policy"] is not None and not found.deleted_date
    return Found(
        described,
        policy=resource_policy(account, described) if reads_policy else None,
        deprecated=all_versions(account, described) if may_be_deprecated(params, found.versions) else frozenset(),
    )


def report(params: Mapping[str, Any], account: Account, plan: Plan, answers: list[dict[str, Any]]) -> Mapping[str, Any]:
    """Return the secret with its ARN and date of deletion, which only AWS knows."""
    secret = dict(plan.results["secret"])
    if not secret:
        return {}
    known = {name: content for answer in answers for name, content in answer.items()}
    if not secret["arn"]:
        secret["arn"] = known.get("ARN") or (find_secret(account, params["name"]) or {}).get("ARN", "")
    if "DeletionDate" in known:
        secret["deleted_date"] = iso_date(known["DeletionDate"])
    return {"secret": secret}


def main() -> None:
    """Run the module."""
    run_module(OPTIONS, decide, report)


if __name__ == "__main__":
    main()
