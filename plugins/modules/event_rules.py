#!/usr/bin/python
# Copyright: secmon.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

from __future__ import annotations

DOCUMENTATION = r"""
module: event_rules
short_description: Manage a set of EventBridge rules, each with one target
version_added: 0.4.0
description:
  - Creates, changes and deletes rules of the default event bus and their target, such as a topic, in one task.
  - Patterns, templates, ARNs and quotas are validated before any write.
  - Changes and deletes only rules with the tag C(secmon:managed-by). A rule that is exactly as in the task counts as
    made by this collection. Any other existing rule is rejected unless O(adopt=true), and never purged.
  - Replaces M(amazon.aws.cloudwatchevent_rule), which cannot set the state that receives read-only management events.
    Shown by C(test_upstream_cannot_set_the_state_for_read_only_management_events).
options:
  rules:
    description:
      - The rules. O(rules[].description), O(rules[].input_paths) and O(rules[].input_template) keep their value if a
        task omits them.
      - Other targets, a role and a schedule of such a rule are removed, since each changes what the rule does.
    type: list
    elements: dict
    suboptions:
      name:
        description: The name of the rule.
        type: str
        required: true
      description:
        description: The description, with 512 characters at most. An empty string removes it.
        type: str
      pattern:
        description:
          - The event pattern as JSON, with 4096 characters at most; AWS takes 2048 unless the quota was raised.
          - Required if O(state=present).
        type: str
      rule_state:
        description:
          - V(ENABLED), V(DISABLED), or V(ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS) for a rule that also receives
            read-only management events of CloudTrail, such as C(GetSecretValue).
          - By default a rule that was disabled manually is enabled.
        type: str
        choices: [ENABLED, DISABLED, ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS]
        default: ENABLED
      target_arn:
        description:
          - The ARN of the target, which must allow C(events.amazonaws.com) to use it. An event bus may be in another
            region, which needs O(rules[].target_role_arn).
          - Required if O(state=present).
        type: str
      target_role_arn:
        description: The ARN of the role with which EventBridge uses the target. Without it, the target has none.
        type: str
        version_added: 0.4.0
      input_paths:
        description: Names for values of the event, each with its path. V({}) removes them.
        type: dict
      input_template:
        description:
          - What is sent, with the names of O(rules[].input_paths) in angle brackets. V('') sends the event itself.
        type: str
  compare_targets:
    description:
      - Whether the target of every rule is read, which takes one call for each.
      - With V(false), one call lists the rules that have O(rules[].target_arn), and only the targets of rules without
        it, or with another pattern, state or description, are read. Give each description a mark of the text then, as
        M(secmon.aws.detections) does. A text that was changed manually, and a further target, are not seen.
    type: bool
    default: true
    version_added: 0.4.0
  purge_prefix:
    description:
      - Deletes every other rule of this collection whose name begins with this prefix, but no rule that forwards events
        to another region (C(secmon-forward-to-)), which belongs to the deployment there.
    type: str
  state:
    description: Whether the rules exist. V(absent) deletes exactly the rules in O(rules), and those of O(purge_prefix).
    type: str
    choices: [present, absent]
    default: present
notes:
  - EventBridge does not check that the target exists and may be used. A failed delivery only shows as the metric
    C(FailedInvocations).
  - Required IAM actions are C(events:ListRules), C(events:ListRuleNamesByTarget), C(events:ListTargetsByRule),
    C(events:ListTagsForResource), C(events:PutRule), C(events:TagResource), C(events:PutTargets),
    C(events:RemoveTargets) and C(events:DeleteRule). To include the account ID in a message it calls
    C(sts:GetCallerIdentity), which needs no permission. O(rules[].target_role_arn) also needs C(iam:PassRole).
extends_documentation_fragment:
  - secmon.aws.module
  - secmon.aws.module.ownership
  - amazon.aws.common.modules
  - amazon.aws.region.modules
  - amazon.aws.boto3
author:
  - The secmon.aws founders (@secmon)
"""

EXAMPLES = r"""
- name: Mail each read of a secret
  secmon.aws.event_rules:
    rules:
      - name: secret-reads
        pattern: '{"source": ["aws.secretsmanager"], "detail": {"eventName": ["GetSecretValue"]}}'
        rule_state: ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS
        target_arn: arn:aws:sns:us-east-1:123456789012:SecurityEvents
        input_paths:
          who: $.detail.userIdentity.arn
        input_template: '"<who> read a secret."'

- name: Delete all rules of this collection with a prefix
  secmon.aws.event_rules:
    purge_prefix: secmon-
    state: absent
"""

RETURN = r"""
rules:
  description: The rules of the task after the run, in check mode as predicted. Empty with O(state=absent).
  returned: success
  type: list
  elements: dict
  contains:
    name:
      description: The name of the rule. The other keys are all suboptions of O(rules).
      type: str
  sample:
    - name: secret-reads
      description: ""
      pattern: '{"source": ["aws.secretsmanager"], "detail": {"eventName": ["GetSecretValue"]}}'
      rule_state: ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS
      target_arn: arn:aws:sns:us-east-1:123456789012:SecurityEvents
      target_role_arn: ""
      input_paths: {who: $.detail.userIdentity.arn}
      input_template: '"<who> read a secret."'
removed:
  description: The names of the rules that were deleted, in check mode as predicted.
  returned: success
  type: list
  elements: str
  sample: [old-rule]
"""

from collections.abc import Mapping
from typing import Any

from ansible_collections.secmon.aws.plugins.module_utils.core.account import Account
from ansible_collections.secmon.aws.plugins.module_utils.core.plan import Plan
from ansible_collections.secmon.aws.plugins.module_utils.core.problems import require
from ansible_collections.secmon.aws.plugins.module_utils.core.runner import OWNER_OPTIONS, run_module
from ansible_collections.secmon.aws.plugins.module_utils.eventbridge.checks import STATES, task_problems
from ansible_collections.secmon.aws.plugins.module_utils.eventbridge.plan import (
    plan_rules,
    purge_candidates,
    trusted_targets,
    work_of,
)
from ansible_collections.secmon.aws.plugins.module_utils.eventbridge.reads import (
    list_rules,
    rules_with_target,
    tags_of,
    targets_of,
)

_RULE: dict[str, Any] = {
    "name": {"type": "str", "required": True},
    "description": {"type": "str"},
    "pattern": {"type": "str"},
    "rule_state": {"type": "str", "choices": list(STATES), "default": "ENABLED"},
    "target_arn": {"type": "str"},
    "target_role_arn": {"type": "str"},
    "input_paths": {"type": "dict"},
    "input_template": {"type": "str"},
}
OPTIONS: dict[str, Any] = {
    **OWNER_OPTIONS,
    "rules": {"type": "list", "elements": "dict", "options": _RULE},
    "compare_targets": {"type": "bool", "default": True},
    "purge_prefix": {"type": "str"},
    "state": {"type": "str", "choices": ["present", "absent"], "default": "present"},
}


def decide(params: Mapping[str, Any], account: Account) -> Plan:
    """Check the task, read the rules and plan what to change."""
    require(task_problems(params, account.region))
    rules = list_rules(account)
    names = {rule["name"] for rule in params["rules"] or []} & rules.keys() | purge_candidates(params, rules)
    trusted = _trusted(params, account, rules) if names else {}
    targets = {name: trusted.get(name) or targets_of(account, name, rules[name]["Arn"]) for name in sorted(names)}
    tags = tags_of(account, rules, work_of(params, rules, targets).doubtful)
    return plan_rules(params, account.region, rules, targets, tags)


def _trusted(params: Mapping[str, Any], account: Account, rules: dict[str, dict[str, Any]]) -> dict[str, Any]:
    """Return the targets that the task does not compare, by rule."""
    if params["compare_targets"] or params["state"] == "absent":
        return {}
    arns = {item["target_arn"] for item in params["rules"] or []}
    return trusted_targets(params, rules, {arn: rules_with_target(account, arn) for arn in sorted(arns)})


def main() -> None:
    """Run the module."""
    run_module(OPTIONS, decide)


if __name__ == "__main__":
    main()
