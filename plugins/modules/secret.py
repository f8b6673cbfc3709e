#!/usr/bin/python
# Copyright: secmon.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

from __future__ import annotations

DOCUMENTATION = r"""
module: secret
short_description: Manage a secret without ever reading its value
version_added: 0.2.0
description:
  - Makes, changes, restores and deletes one secret of Secrets Manager, and never calls C(GetSecretValue) or
    C(BatchGetSecretValue), so that no run sets off an alarm on them.
  - What the task does not mention stays as it is.
  - Stands in for M(community.aws.secretsmanager_secret), which reads the value on every run, cancels the rotation in
    check mode, and makes a new version when the keys of a structure come in another order.
options:
  name:
    description: The name of the secret. One that ends with a hyphen and six characters is warned about.
    type: str
    required: true
  value:
    description:
      - The value. A text is stored as it is, anything else as JSON with its keys in order.
      - Without it, a secret is made without a value, and the value of one that exists stays.
    type: raw
  update_value:
    description:
      - With V(on_create), O(value) is stored if the secret has no value yet. Rotation and people may change it later.
      - With V(always), O(value) becomes the current one if it is not. That is known without reading the current value.
        The id of a version that this module makes is an HMAC (SHA-256) over the name of the secret and the value,
        with O(value_hmac_key). A value that was current before becomes so again by moving the stage C(AWSCURRENT)
        back to its version. A value that was stored by other means, or without O(value_hmac_key), counts as another
        one, and so is stored once more.
    type: str
    choices: [on_create, always]
    default: on_create
  value_hmac_key:
    description:
      - The key of that HMAC, 16 characters or more, at random. Keep it; a new key stores every value once more.
      - Needed for O(update_value=always), because whoever may describe the secret sees the ids of its versions and
        could try out values against a hash without a key.
    type: str
  description:
    description: The description, or an empty string for none.
    type: str
  kms_key_id:
    description:
      - The ARN, id or alias of the KMS key that encrypts the value, or an empty string for C(aws/secretsmanager).
    type: str
  resource_policy:
    description:
      - The resource policy, or V({}) to remove it. Two policies that mean the same are the same.
      - It is sent with C(BlockPublicPolicy), so that AWS refuses one that lets anybody in.
    type: json
  replica_regions:
    description:
      - All regions that have a replica, and no others. An empty list removes all replicas.
      - Each is a name, or a mapping with C(region) and C(kms_key_id), a key in that region. Without C(kms_key_id), the
        replica keeps its key; a new one takes C(aws/secretsmanager).
      - A replica whose key changes is removed and made anew. A secret that is in its place already is never
        overwritten; AWS reports a failed replica then, and the task warns.
    type: list
    elements: raw
  rotation:
    description:
      - The rotation, which begins with the next date of its schedule, not with the task.
      - While a rotation is under way, the task changes neither the rotation nor the value, and fails instead.
    type: dict
    suboptions:
      lambda_arn:
        description: The ARN of the function that rotates. Without it, the function stays.
        type: str
      days:
        description: The number of days between rotations, 1 to 1000. Without it and O(rotation.schedule), it stays.
        type: int
      schedule:
        description: The schedule, as C(rate(...)) or C(cron(...)), instead of O(rotation.days).
        type: str
      enabled:
        description: Whether the secret is rotated. V(false) keeps function and schedule for later.
        type: bool
        default: true
  recovery_window_days:
    description:
      - How many days a deleted secret can be restored, 7 to 30; V(0) deletes at once, also a secret that is scheduled
        for deletion. Any other number leaves that one's date alone.
      - Matters for O(state=absent) only.
    type: int
    default: 30
  tags:
    description: The tags. One more, C(secmon:managed-by), marks the secret as this collection's.
    type: dict
  purge_tags:
    description: Whether tags that O(tags) does not name are removed.
    type: bool
    default: true
  state:
    description:
      - V(present) makes the secret, and restores it with its value if it is scheduled for deletion.
      - V(absent) removes its replicas and schedules its deletion.
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
  - AWS checks on its own that the caller may use the key, by actions of KMS, and may invoke the rotation function.
  - Neither O(value) nor O(value_hmac_key) is in any result, diff or message of the module. ansible-core itself shows
    the lines of a playbook whose task fails, so keep both in a vault and not in the task.
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
- name: Store a password once, and leave it to rotation and people afterwards
  secmon.aws.secret:
    name: MySampleSecret
    value:
      username: admin
      password: "{{ lookup('ansible.builtin.password', '/dev/null', length=32) }}"

- name: Keep the value that is in the vault
  secmon.aws.secret:
    name: MySampleSecret
    value: "{{ vault_sample_secret }}"
    update_value: always
    value_hmac_key: "{{ vault_hmac_key }}"

- name: Encrypt it with a key of our own, replicate and rotate it
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

- name: Delete it so that it can be restored within a week
  secmon.aws.secret:
    name: MySampleSecret
    recovery_window_days: 7
    state: absent
"""

RETURN = r"""
secret:
  description: The secret as it is, or as it would be in check mode, without its value; empty if it is gone.
  returned: success
  type: dict
  contains:
    name:
      description: Its name.
      type: str
      returned: always
    arn:
      description: Its ARN; empty in check mode if the secret does not exist, since AWS chooses its last six characters.
      type: str
      returned: always
    description:
      description: Its description.
      type: str
      returned: always
    kms_key_id:
      description: Its key as AWS names it; empty for C(aws/secretsmanager).
      type: str
      returned: always
    version_id:
      description: The id of the current version; empty if it has no value.
      type: str
      returned: always
    replicas:
      description: Its replicas, each with C(region), C(kms_key_id) and C(status).
      type: list
      elements: dict
      returned: always
    rotation:
      description: Its rotation. C(days) is 0 if C(schedule) says when, or nothing does.
      type: dict
      returned: always
    tags:
      description: Its tags.
      type: dict
      returned: always
    deleted_date:
      description: When it will be deleted; empty if it will not, and in check mode if the date is not set yet.
      type: str
      returned: always
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
from ansible_collections.secmon.aws.plugins.module_utils.core.runner import OWNER_OPTIONS, run_module
from ansible_collections.secmon.aws.plugins.module_utils.secretsmanager.checks import check_secret
from ansible_collections.secmon.aws.plugins.module_utils.secretsmanager.plan import plan_absent, plan_present
from ansible_collections.secmon.aws.plugins.module_utils.secretsmanager.reads import (
    all_versions,
    find_secret,
    resource_policy,
)
from ansible_collections.secmon.aws.plugins.module_utils.secretsmanager.state import Found, iso_date
from ansible_collections.secmon.aws.plugins.module_utils.secretsmanager.value import may_be_deprecated

OPTIONS: dict[str, Any] = {
    **OWNER_OPTIONS,
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
    "tags": {"type": "dict"},
    "purge_tags": {"type": "bool", "default": True},
    "state": {"type": "str", "choices": ["present", "absent"], "default": "present"},
}


def decide(params: Mapping[str, Any], account: Account) -> Plan:
    """Read the secret, though not its value, and plan what to do about it."""
    check_secret(params, account.region)
    described = find_secret(account, params["name"])
    if params["state"] == "absent":
        return plan_absent(params, Found(described) if described else None, account.region)
    return plan_present(params, _found(params, account, described) if described else None, account.region)


def _found(params: Mapping[str, Any], account: Account, described: dict[str, Any]) -> Found:
    found = Found(described)
    asks_for_policy = params["resource_policy"] is not None and not found.deleted_date
    return Found(
        described,
        policy=resource_policy(account, described) if asks_for_policy else None,
        deprecated=all_versions(account, described) if may_be_deprecated(params, found.versions) else frozenset(),
    )


def report(params: Mapping[str, Any], account: Account, plan: Plan, answers: list[dict[str, Any]]) -> Mapping[str, Any]:
    """Return the secret with what AWS alone knows: the end of its ARN, and the date of its deletion."""
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
