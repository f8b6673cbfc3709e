#!/usr/bin/python
# Copyright: secmon.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

from __future__ import annotations

DOCUMENTATION = r"""
module: rule_drill
short_description: Prove for many rules at once that their alarms fire
version_added: 0.4.0
description:
  - Puts test events of rules into the log group of a trail, in a log stream of their own, and follows them for all
    rules at once through metric, alarm and notification. M(secmon.aws.drill_events) chooses the events.
  - With O(mode=near_misses), proves that the events raise no alarm. With O(mode=live), makes harmless real calls.
  - Works out first which deployed filter patterns match which event, so that rules that match the events of others
    are not mistaken for a proof.
  - Changes, mutes and redirects nothing. What is left of it are its events, whose C(userAgent) ends with
    C(secmon-drill/) and the ID of the drill, and its log stream.
  - Fails if a rule did not raise its alarm or a near miss did, with the first cause and its remedy. The results of all
    rules are returned nevertheless.
  - No upstream module does this.
options:
  mode:
    description:
      - V(matches) puts events that must raise the alarms of their rules, V(near_misses) those that must not.
      - V(scenario) puts events of no rule, such as those of an attack, and reports which rules raise their alarms.
      - V(live) reads the secret O(secret_id), asks for a session of a role that does not exist, which is denied, and
        creates the log stream of the drills, which exists. CloudTrail delivers these calls, which takes minutes.
    type: str
    choices: [matches, near_misses, scenario, live]
    default: matches
  log_group_name:
    description: The log group to which the trail delivers.
    type: str
    required: true
  topic_arn:
    description: The ARN of the SNS topic to which the alarms publish.
    type: str
    required: true
  rules:
    description: The rules that are deployed.
    type: list
    elements: dict
    required: true
    suboptions:
      id:
        description: The id of the rule.
        type: str
        required: true
      filter_name:
        description: The name of its metric filter; empty for a log alarm.
        type: str
        default: ''
      alarm_name:
        description: The name of its alarm.
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
      query:
        description: The query of its log alarm as in M(secmon.aws.log_alarms); empty for a metric alarm.
        type: str
        default: ''
      pattern:
        description: The filter pattern that the query translates.
        type: str
        default: ''
      run_seconds:
        description: How often the query runs.
        type: int
        default: 300
  events:
    description: The events, in order. Ignored with O(mode=live).
    type: list
    elements: dict
    default: []
    suboptions:
      rule:
        description: The id of the rule whose test it is; empty for an event of a scenario.
        type: str
        default: ''
      name:
        description: The name of the test.
        type: str
        required: true
      text:
        description: The log message. A record of CloudTrail gets the mark of a drill, and IDs and a time of its own.
        type: str
        required: true
      seconds_ago:
        description: How long ago it happened, for alarms that need events in several periods.
        type: int
        default: 0
  without:
    description: Why a rule has no event, by the id of the rule.
    type: dict
    default: {}
  secret_id:
    description: The secret that O(mode=live) reads. Its value is discarded at once and never printed.
    type: str
    default: ''
  run:
    description: The ID of the drill; a new one by default. It links the tasks of one drill.
    type: str
    default: ''
  notices:
    description: Whether the receivers of the alarms are notified when the drill begins and ends.
    type: list
    elements: str
    choices: [begin, end]
    default: [begin, end]
  announced_seconds:
    description: How long the drill takes at most, as announced to the receivers; by default O(timeout_seconds).
    type: int
    default: 0
  existing:
    description: The parts of the chain that exist already, as in M(secmon.aws.detection_drill).
    type: list
    elements: str
    choices: [secret, bucket, log_group, log_role, topic]
    default: []
  account_id:
    description:
      - The account of the credentials, as M(secmon.aws.account_credentials) returns it. The module asks STS
        nevertheless, since it needs AWS's time.
    type: str
  timeout_seconds:
    description:
      - The maximum duration of the task. Up to half of it is waiting for alarms that are in ALARM already.
      - Metrics and alarms take one to three minutes, and CloudTrail up to 15 more with O(mode=live).
    type: int
    default: 900
  poll_seconds:
    description: The maximum wait between two looks. The first waits are shorter.
    type: int
    default: 15
attributes:
  check_mode:
    description: Inspects the configuration, sends no event and no notice.
    support: full
notes:
  - Seconds are by AWS's clock, from the sending of the events. Those of an alarm and its notification are from the
    alarm's history.
  - That CloudWatch has published to the topic is proved by the history of the alarm. That the topic has a confirmed
    subscription is inspected; the delivery of an email cannot be seen by an API.
  - The module calls the IAM actions C(sts:GetCallerIdentity), C(logs:DescribeLogGroups),
    C(logs:DescribeMetricFilters), C(logs:CreateLogStream), C(logs:PutLogEvents), C(logs:FilterLogEvents),
    C(cloudwatch:DescribeAlarms), C(cloudwatch:DescribeAlarmHistory), C(cloudwatch:GetMetricData),
    C(sns:GetTopicAttributes), C(sns:ListSubscriptionsByTopic), C(sns:GetSubscriptionAttributes), C(sns:Publish),
    C(kms:DescribeKey), C(kms:GetKeyPolicy) and, with O(mode=live), C(secretsmanager:GetSecretValue). To publish to an
    encrypted topic also needs C(kms:GenerateDataKey) and C(kms:Decrypt) on its key.
extends_documentation_fragment:
  - secmon.aws.module.reader
  - amazon.aws.common.modules
  - amazon.aws.region.modules
  - amazon.aws.boto3
seealso:
  - module: secmon.aws.drill_events
  - module: secmon.aws.drill_report
  - module: secmon.aws.detection_drill
author:
  - The secmon.aws founders (@secmon)
"""

EXAMPLES = r"""
- name: Choose the events
  secmon.aws.drill_events:
  register: chosen

- name: Prove that every alarm fires
  secmon.aws.rule_drill:
    log_group_name: /aws/cloudtrail/logs
    topic_arn: arn:aws:sns:us-east-1:123456789012:SecurityAlarms
    rules: "{{ chosen.rules }}"
    events: "{{ chosen.matches }}"
    without: "{{ chosen.without }}"
  register: drill
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
seconds:
  description: How long the task took.
  returned: if the configuration could be read
  type: float
  sample: 187.0
counts:
  description: How many rules have each status.
  returned: if the configuration could be read
  type: dict
  sample: {fired: 50, broken: 1}
in_alarm:
  description: The alarms that the drill has raised and that were not back in OK when its time was over.
  returned: if the configuration could be read
  type: list
  elements: str
  sample: []
rules:
  description: The result of each rule.
  returned: if the configuration could be read
  type: list
  elements: dict
  contains:
    id:
      description: The id of the rule.
      type: str
    title:
      description: Its title.
      type: str
    severity:
      description: Its severity.
      type: str
    alarm_name:
      description: The name of its alarm.
      type: str
    engine:
      description: C(Alarms) for a metric alarm, C(Log alarms) for a log alarm.
      type: str
    status:
      description:
        - C(fired) if the alarm went off and CloudWatch published to the topic, or C(broken).
        - For near misses C(silent), C(raised), or C(unclear) if that could not be proved.
        - C(not_drilled) if the drill has no event for it; C(inspected) in check mode, if nothing breaks it.
      type: str
    events:
      description: How many of the events the deployed filter matches.
      type: int
    first_event:
      description: The name of the first of them.
      type: str
    seconds:
      description: Seconds until the stages C(log_group), C(metric), C(alarm) and C(notification) were reached.
      type: dict
    details:
      description: What was found there.
      type: dict
    stage:
      description: The stage of the cause, or an empty string.
      type: str
    cause_code:
      description: The stable code of the cause, as in C(docs/drill.md).
      type: str
    cause:
      description: Why it is broken.
      type: str
    remedy:
      description: How to repair it.
      type: str
    warnings:
      description: What may break it at another time, such as an address that is not confirmed.
      type: list
      elements: str
  sample:
    - id: trail_stopped
      title: A trail was stopped or deleted
      severity: critical
      alarm_name: TrailStopped
      engine: Alarms
      status: fired
      events: 1
      first_event: an intruder stops the trail
      seconds: {log_group: 0.0, metric: 42.0, alarm: 61.0, notification: 61.0}
      details: {}
      stage: ''
      cause_code: ''
      cause: ''
      remedy: ''
      warnings: []
"""

from collections.abc import Mapping
from typing import Any

from ansible_collections.secmon.aws.plugins.module_utils.core.account import Account
from ansible_collections.secmon.aws.plugins.module_utils.core.runner import run_reader
from ansible_collections.secmon.aws.plugins.module_utils.drill.batch.drill import MODES, begin_drill
from ansible_collections.secmon.aws.plugins.module_utils.drill.existing import PARTS

_NAME = {"type": "str", "required": True}
_TEXT = {"type": "str", "default": ""}
OPTIONS: dict[str, Any] = {
    "account_id": {"type": "str"},
    "mode": {"type": "str", "choices": list(MODES), "default": "matches"},
    "log_group_name": _NAME,
    "topic_arn": _NAME,
    "rules": {
        "type": "list",
        "elements": "dict",
        "required": True,
        "options": {
            "id": _NAME,
            "filter_name": _TEXT,
            "alarm_name": _NAME,
            "title": _TEXT,
            "severity": _TEXT,
            "query": _TEXT,
            "pattern": _TEXT,
            "run_seconds": {"type": "int", "default": 300},
        },
    },
    "events": {
        "type": "list",
        "elements": "dict",
        "default": [],
        "options": {
            "rule": _TEXT,
            "name": _NAME,
            "text": _NAME,
            "seconds_ago": {"type": "int", "default": 0},
        },
    },
    "without": {"type": "dict", "default": {}},
    "secret_id": {"type": "str", "default": "", "no_log": False},
    "run": _TEXT,
    "notices": {"type": "list", "elements": "str", "choices": ["begin", "end"], "default": ["begin", "end"]},
    "announced_seconds": {"type": "int", "default": 0},
    "existing": {"type": "list", "elements": "str", "choices": list(PARTS), "default": []},
    "timeout_seconds": {"type": "int", "default": 900},
    "poll_seconds": {"type": "int", "default": 15},
}


def inspect(params: Mapping[str, Any], account: Account) -> dict[str, Any]:
    """Inspect the configuration without sending anything."""
    return begin_drill(params, account).inspect()


def carry_out(params: Mapping[str, Any], account: Account) -> dict[str, Any]:
    """Send the events and follow them."""
    return begin_drill(params, account).carry_out()


def main() -> None:
    """Run the module."""
    run_reader(OPTIONS, carry_out, in_check_mode=inspect)


if __name__ == "__main__":
    main()
