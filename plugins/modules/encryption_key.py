#!/usr/bin/python
# Copyright: secmon.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

from __future__ import annotations

DOCUMENTATION = r"""
module: encryption_key
short_description: Manage the KMS key of one alias without losing or doubling it
version_added: 0.4.0
description:
  - Creates a symmetric key with an alias, changes it, or schedules its deletion. The key is enabled, and its material
    is rotated every year.
  - Omitted options keep their current values.
  - A key that an interrupted run made without its alias is found by its tags and gets the alias, instead of a second
    key. Keys that concurrent runs made for the same alias in vain are scheduled for deletion.
  - Replaces M(amazon.aws.kms_key), which makes a second key after an interrupted run and after a lost answer. Shown by
    C(test_upstream_makes_a_second_key_after_an_interrupted_run).
  - That module also restores a key that is scheduled for deletion without being asked to.
options:
  alias:
    description: The alias of the key, beginning with V(alias/).
    type: str
    required: true
  description:
    description: The description of the key.
    type: str
  policy:
    description: The key policy. Policies with the same meaning count as equal. Without it a new key gets KMS's default.
    type: json
  cancel_deletion:
    description:
      - Whether a key that is scheduled for deletion is restored. Without it O(state=present) fails for such a key
        before it writes anything.
    type: bool
    default: false
  deletion_days:
    description: Days from O(state=absent) until KMS deletes the key, 7 to 30.
    type: int
    default: 30
  remove_surplus:
    description:
      - Whether keys that interrupted runs made for the alias in vain are searched for although it has a key, and
        scheduled for deletion. A run that is killed after another one has taken the alias leaves such a key.
    type: bool
    default: false
  tags:
    description:
      - The tags. The tag C(secmon:managed-by) is added, which marks the key as managed by this collection, and to a new
        key C(secmon:key-alias), by which it is found before it has its alias.
    type: dict
  state:
    description: Whether the key exists. V(absent) schedules the deletion of every key that was made for the alias.
    type: str
    choices: [present, absent]
    default: present
notes:
  - Required IAM actions are
    C(kms:CancelKeyDeletion), C(kms:CreateAlias), C(kms:CreateKey), C(kms:DescribeKey), C(kms:EnableKey),
    C(kms:EnableKeyRotation), C(kms:GetKeyPolicy), C(kms:GetKeyRotationStatus), C(kms:ListAliases), C(kms:ListKeys),
    C(kms:ListResourceTags), C(kms:PutKeyPolicy), C(kms:ScheduleKeyDeletion), C(kms:TagResource),
    C(kms:UntagResource), C(kms:UpdateKeyDescription) and C(sts:GetCallerIdentity).
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
- name: Ensure a key exists for the topic
  secmon.aws.encryption_key:
    alias: alias/security-alarms
    description: Encrypts the messages of SecurityAlarms

- name: Restore the key that a teardown has scheduled for deletion
  secmon.aws.encryption_key:
    alias: alias/security-alarms
    cancel_deletion: true

- name: Schedule the deletion of the key
  secmon.aws.encryption_key:
    alias: alias/security-alarms
    deletion_days: 7
    state: absent
"""

RETURN = r"""
encryption_key:
  description: The key, predicted in check mode; empty if it is absent.
  returned: success
  type: dict
  contains:
    alias:
      description: The alias.
      type: str
    arn:
      description: The ARN; empty for a key that check mode predicts.
      type: str
    description:
      description: The description.
      type: str
    state:
      description: The key state, such as C(Enabled).
      type: str
    rotation:
      description: Whether the key material is rotated every year.
      type: bool
    policy:
      description: The key policy.
      type: dict
    tags:
      description: The tags.
      type: dict
  sample:
    alias: alias/security-alarms
    arn: arn:aws:kms:us-east-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab
    description: Encrypts the messages of SecurityAlarms
    state: Enabled
    rotation: true
    policy: {}
    tags: {"secmon:key-alias": alias/security-alarms, "secmon:managed-by": secmon.aws}
"""

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

from ansible_collections.secmon.aws.plugins.module_utils.core.account import Account
from ansible_collections.secmon.aws.plugins.module_utils.core.plan import Plan
from ansible_collections.secmon.aws.plugins.module_utils.core.runner import RESOURCE_OPTIONS, run_module
from ansible_collections.secmon.aws.plugins.module_utils.kms.plan import (
    check_encryption_key,
    plan_absent,
    plan_present,
    require_key_ownership,
)
from ansible_collections.secmon.aws.plugins.module_utils.kms.reads import (
    find_key,
    read_key,
    read_settings,
    unnamed_keys,
)

OPTIONS: dict[str, Any] = {
    **RESOURCE_OPTIONS,
    "alias": {"type": "str", "required": True},
    "description": {"type": "str"},
    "policy": {"type": "json"},
    "cancel_deletion": {"type": "bool", "default": False},
    "deletion_days": {"type": "int", "default": 30},
    "remove_surplus": {"type": "bool", "default": False},
}


def decide(params: Mapping[str, Any], account: Account, again: bool = False) -> Plan:
    """Read the key and plan the changes.

    Args:
        params: The module's parameters.
        account: The account.
        again: Whether this run has tried to make the key, so that there may be one too many.
    """
    check_encryption_key(params)
    alias, present = params["alias"], params["state"] == "present"
    metadata = find_key(account, alias)
    key = read_key(account, metadata, alias) if metadata else None
    if key:
        account.learn_place(key.arn)
        require_key_ownership(params, key)
    # To search takes two calls and one for each key without an alias.
    search = key is None or again or params["remove_surplus"] or not present
    spare = unnamed_keys(account, alias) if search else []
    if not present:
        return plan_absent(params, key, spare, account.place)
    if key is None and spare:
        key, *spare = spare
    return plan_present(params, read_settings(account, key) if key else None, spare, account.place)


def report(
    _params: Mapping[str, Any], _account: Account, plan: Plan, answers: Sequence[Mapping[str, Any]]
) -> dict[str, Any]:
    """Return the ARN of a new key."""
    arns = [answer["KeyMetadata"]["Arn"] for answer in answers if "KeyMetadata" in answer]
    return {"encryption_key": {**plan.results["encryption_key"], "arn": arns[0]}} if arns else {}


def main() -> None:
    """Run the module."""
    run_module(OPTIONS, decide, report, partial(decide, again=True))


if __name__ == "__main__":
    main()
