#!/usr/bin/python
# Copyright: secmon.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

from __future__ import annotations

DOCUMENTATION = r"""
module: event_drill
short_description: Prove that EventBridge mails what the rules find
version_added: 0.4.0
description:
  - Asks AWS with TestEventPattern whether the deployed pattern of each rule matches its test event, and not its near
    miss. M(secmon.aws.drill_events) chooses the events.
  - Sends one event of the source C(secmon-drill) to the default event bus, and follows it through the rule
    C(secmon-drill) to the topic. AWS takes no event of its own sources from a caller, so that this is the only way to
    prove the delivery without a real call.
  - Likewise sends one in each of O(regions), and follows it through the rule that forwards the events of that region,
    its role, and the event bus, to the topic.
  - Proves neither that CloudTrail sends its events to EventBridge nor the text of the mail of each rule.
  - Fails if a pattern or the delivery is broken, with the first cause and its remedy.
  - No upstream module does this.
options:
  topic_arn:
    description: The ARN of the SNS topic to which the rules publish.
    type: str
    required: true
  rules:
    description: The rules that EventBridge reports.
    type: list
    elements: dict
    required: true
    suboptions:
      id:
        description: The id of the rule.
        type: str
        required: true
      title:
        description: Its title, for the report.
        type: str
        default: ''
      severity:
        description: Its severity, for the report.
        type: str
        default: ''
      event_rules:
        description: Its rules of EventBridge, each with C(name) and C(rule_state) as in M(secmon.aws.event_rules).
        type: list
        elements: dict
        required: true
      event:
        description: The CloudTrail record that one of them must match, as JSON.
        type: str
        default: ''
      near_miss:
        description: The CloudTrail record that none of them may match, as JSON.
        type: str
        default: ''
      without:
        description: Why there is no O(rules[].event).
        type: str
        default: ''
  regions:
    description: The other regions that forward their events.
    type: list
    elements: str
    default: []
  run:
    description: The ID of the drill; a new one by default.
    type: str
    default: ''
  account_id:
    description:
      - The account of the credentials, as M(secmon.aws.account_credentials) returns it. The module asks STS
        nevertheless, since it needs AWS's time.
    type: str
  timeout_seconds:
    description: The maximum duration of the task. The metrics of EventBridge take one to three minutes.
    type: int
    default: 600
  poll_seconds:
    description: The maximum wait between two looks. The first waits are shorter.
    type: int
    default: 15
attributes:
  check_mode:
    description: Tests the patterns and inspects the configuration, sends no event.
    support: full
notes:
  - EventBridge delivers its metrics as a best effort (EventBridge user guide, "Monitoring Amazon EventBridge").
  - The module calls the IAM actions C(sts:GetCallerIdentity), C(events:ListRules), C(events:ListRuleNamesByTarget),
    C(events:TestEventPattern), C(events:PutEvents), C(cloudwatch:GetMetricData), C(sns:GetTopicAttributes),
    C(sns:ListSubscriptionsByTopic), C(sns:GetSubscriptionAttributes), C(kms:DescribeKey) and C(kms:GetKeyPolicy).
extends_documentation_fragment:
  - secmon.aws.module.reader
  - amazon.aws.common.modules
  - amazon.aws.region.modules
  - amazon.aws.boto3
seealso:
  - module: secmon.aws.drill_events
  - module: secmon.aws.drill_report
  - module: secmon.aws.event_rules
author:
  - The secmon.aws founders (@secmon)
"""

EXAMPLES = r"""
- name: Choose the events
  secmon.aws.drill_events:
  register: chosen

- name: Prove that EventBridge mails what the rules find
  secmon.aws.event_drill:
    topic_arn: arn:aws:sns:us-east-1:123456789012:SecurityEvents
    rules: "{{ chosen.event_rules }}"
  register: event_drill
"""

RETURN = r"""
run:
  description: The ID of the drill.
  returned: if the configuration could be read
  type: str
  sample: 20261129T081500Z-4f1a2b
began:
  description: When the task began, by AWS's clock.
  returned: if the configuration could be read
  type: str
  sample: "2026-11-29T08:15:00Z"
counts:
  description: How many rules and near misses have each status.
  returned: if the configuration could be read
  type: dict
  sample: {fired: 6, silent: 6}
rules:
  description:
    - The result of each rule as in M(secmon.aws.rule_drill), with the result of the near miss.
    - Also that of each of O(regions), whose id is C(secmon_regions) and the region.
  returned: if the configuration could be read
  type: list
  elements: dict
  sample:
    - id: trail_stopped
      title: A trail was stopped or deleted
      severity: critical
      status: fired
      seconds: {notification: 61.0}
      cause_code: ''
      cause: ''
      remedy: ''
      near_miss: {status: silent}
"""

from collections.abc import Mapping
from typing import Any

from ansible_collections.secmon.aws.plugins.module_utils.core.account import Account
from ansible_collections.secmon.aws.plugins.module_utils.core.runner import run_reader
from ansible_collections.secmon.aws.plugins.module_utils.drill.batch.event_drill import begin_event_drill

_NAME = {"type": "str", "required": True}
_TEXT = {"type": "str", "default": ""}
OPTIONS: dict[str, Any] = {
    "account_id": {"type": "str"},
    "topic_arn": _NAME,
    "rules": {
        "type": "list",
        "elements": "dict",
        "required": True,
        "options": {
            "id": _NAME,
            "title": _TEXT,
            "severity": _TEXT,
            "event_rules": {"type": "list", "elements": "dict", "required": True},
            "event": _TEXT,
            "near_miss": _TEXT,
            "without": _TEXT,
        },
    },
    "regions": {"type": "list", "elements": "str", "default": []},
    "run": _TEXT,
    "timeout_seconds": {"type": "int", "default": 600},
    "poll_seconds": {"type": "int", "default": 15},
}


def inspect(params: Mapping[str, Any], account: Account) -> dict[str, Any]:
    """Test the patterns and inspect the configuration without sending an event."""
    return begin_event_drill(params, account).inspect()


def carry_out(params: Mapping[str, Any], account: Account) -> dict[str, Any]:
    """Send the event of the drill and follow it."""
    return begin_event_drill(params, account).carry_out()


def main() -> None:
    """Run the module."""
    run_reader(OPTIONS, carry_out, in_check_mode=inspect)


if __name__ == "__main__":
    main()
