#!/usr/bin/python
# Copyright: secmon.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

from __future__ import annotations

DOCUMENTATION = r"""
module: detection_drill
short_description: Prove with a real event that the alarm fires
version_added: 0.2.0
description:
  - Reads a secret once and tracks that event through CloudTrail's event history, the log file in S3, the log group, the
    metric, the alarm and the notification. It changes nothing.
  - Inspects the configuration of the whole chain first. If an error certainly breaks the chain, it fails without
    reading the secret. It reports a possible error only if the event does not arrive in time.
  - Fails at the first broken stage, with the cause and the remedy.
  - The alarm is the proof. If it fired, but the caller is not allowed to read the event history or the log file, or
    they did not show the event in time for an unknown reason, that is a warning.
  - If the alarm is in ALARM already, it first waits until the state changes, since an alarm runs its actions only when
    its state changes. If reads of other secrets have kept it in ALARM for a quarter of an hour, it fails at once.
  - No upstream module does this. The secret's value is discarded at once and never printed.
options:
  secret_id:
    description: The name or ARN of the secret to read.
    type: str
    required: true
  trail_name:
    description: The name or ARN of the trail.
    type: str
    required: true
  log_group_name:
    description: The log group to which the trail delivers.
    type: str
    required: true
  filter_name:
    description: The metric filter that counts the event.
    type: str
    required: true
  alarm_name:
    description: The alarm on the filter's metric.
    type: str
    required: true
  log_alarm_name:
    description:
      - The log alarm of the rule, if it has one. What keeps it from reporting is a warning; the drill does not wait for
        it.
    type: str
    version_added: 0.4.0
  topic_arn:
    description: The ARN of the SNS topic to which the alarm publishes.
    type: str
    required: true
  bucket_name:
    description: The bucket to which the trail should write. By default the bucket is not compared.
    type: str
  bucket_owner:
    description: The account that owns the bucket, as 12 digits; by default the one that owns the trail.
    type: str
    version_added: 0.4.0
  key_prefix:
    description: The prefix that the trail's objects should have. By default the prefix is not compared.
    type: str
  existing:
    description:
      - The parts of the chain that exist already and are managed elsewhere, as with C(secmon_existing_topic_arn).
      - Remedies then say what to ask their owner for, instead of a task or variable that has no effect on them.
    type: list
    elements: str
    choices: [secret, bucket, log_group, log_role, topic]
    default: []
    version_added: 0.4.0
  central:
    description:
      - The credentials of an organization's central account, which has the trail's log group, the alarm and the topic.
        The secret is then read with the other credentials of the task, in a member account, and followed with these.
      - Without an access key and a profile they are those of the environment.
    type: dict
    version_added: 0.4.0
    suboptions:
      account_id:
        description: The central account.
        type: str
        required: true
      access_key:
        description: The id of the access key.
        type: str
      secret_key:
        description: The secret key.
        type: str
      session_token:
        description: The session token of temporary credentials.
        type: str
      profile:
        description: A named profile of the AWS configuration.
        type: str
  account_id:
    description:
      - The account of the credentials, as M(secmon.aws.account_credentials) returns it, if it is known. It saves the
        call of STS by which the module would find it out.
    type: str
    version_added: 0.4.0
  timeout_seconds:
    description:
      - The maximum duration of the whole drill, including the inspection.
      - CloudTrail usually takes 5 minutes, sometimes 15.
    type: int
    default: 900
  poll_seconds:
    description: The maximum wait between two checks. The first waits are shorter.
    type: int
    default: 10
attributes:
  check_mode:
    description: Inspects the chain without reading the secret.
    support: full
notes:
  - Reports when it found the event at each stage. These times can be late by up to O(poll_seconds) and the duration of
    a few calls.
  - For an organization trail, it searches only the account's own folder for log files.
  - The module calls the IAM actions C(sts:GetCallerIdentity), C(secretsmanager:DescribeSecret),
    C(secretsmanager:GetSecretValue), C(cloudtrail:DescribeTrails), C(cloudtrail:ListTrails),
    C(cloudtrail:GetTrailStatus), C(cloudtrail:GetEventSelectors), C(cloudtrail:LookupEvents), C(s3:ListBucket),
    C(s3:GetObject), C(iam:GetRole), C(iam:ListRolePolicies), C(iam:GetRolePolicy),
    C(iam:ListAttachedRolePolicies), C(iam:GetPolicy), C(iam:GetPolicyVersion), C(logs:DescribeLogGroups),
    C(logs:DescribeMetricFilters), C(logs:FilterLogEvents), C(cloudwatch:GetMetricStatistics),
    C(cloudwatch:DescribeAlarms), C(cloudwatch:DescribeAlarmHistory), C(cloudwatch:ListAlarmMuteRules),
    C(cloudwatch:GetAlarmMuteRule), for an alarm on
    each account C(cloudwatch:DescribeAlarmContributors), C(sns:GetTopicAttributes),
    C(sns:ListSubscriptionsByTopic), C(sns:GetSubscriptionAttributes), C(kms:DescribeKey),
    C(kms:GetKeyPolicy) and, for an organization trail,
    C(organizations:DescribeOrganization). A secret or log files that are encrypted
    with a customer managed key also need kms:Decrypt on that key.
extends_documentation_fragment:
  - secmon.aws.module.reader
  - amazon.aws.common.modules
  - amazon.aws.region.modules
  - amazon.aws.boto3
author:
  - The secmon.aws founders (@secmon)
"""

EXAMPLES = r"""
- name: Prove that the alarm fires
  secmon.aws.detection_drill:
    secret_id: MySampleSecret
    trail_name: secrets-manager-trail
    log_group_name: /aws/cloudtrail/logs
    filter_name: TrackSecretAccess
    alarm_name: SecretIsAccessed
    topic_arn: arn:aws:sns:us-east-1:123456789012:SecurityAlarms
  register: drill

- name: Show the timeline
  ansible.builtin.debug:
    msg: "{{ drill.lines }}"
"""

RETURN = r"""
timeline:
  description: All stages in order, even if the drill failed.
  returned: if the chain could be inspected
  type: list
  elements: dict
  contains:
    hop:
      description: One of C(call), C(event_history), C(log_file), C(log_group), C(metric), C(alarm), C(notification).
      type: str
    status:
      description:
        - C(ok), C(warning) if it worked but may fail or if the evidence of an alarm that fired was late, C(broken), or
          C(not_reached).
        - If the secret was not read, C(ok) if the inspection found nothing against the stage and those before it.
      type: str
    seconds:
      description: Seconds from the call until the module found the event at this stage.
      type: float
    hop_seconds:
      description: Seconds since the previous stage. Event history, log file and log group all follow the call.
      type: float
    at:
      description: The time at which the module found the event at this stage, by AWS's clock.
      type: str
    detail:
      description: Where the module found the event, or the problem.
      type: str
  sample:
    - hop: metric
      status: ok
      seconds: 214.3
      hop_seconds: 0.4
      at: "2026-09-13T10:03:34Z"
      detail: SecurityMetrics/SecretAccessCount is 1 at 10:03 UTC
lines:
  description: The timeline as text.
  returned: if the chain could be inspected
  type: list
  elements: str
broken_hop:
  description: The broken stage, or an empty string.
  returned: if the chain could be inspected
  type: str
  sample: notification
cause:
  description: Why the stage is broken.
  returned: if the chain could be inspected
  type: str
  sample: "The alarm SecretIsAccessed is muted: its actions are disabled."
cause_code:
  description: The stable code of the cause. C(docs/operations.md) lists all codes.
  returned: if the chain could be inspected
  type: str
  sample: alarm_muted
remedy:
  description: How to repair it.
  returned: if the chain could be inspected
  type: str
  sample: "Set actions_enabled: true with secmon.aws.metric_alarms (site.yml --tags alarms)."
problems:
  description: All certain and possible problems in the order of the stages.
  returned: if the chain could be inspected
  type: list
  elements: dict
  sample: []
total_seconds:
  description: Seconds from the call to the last stage that was reached.
  returned: if the chain could be inspected
  type: float
  sample: 231.9
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from ansible_collections.secmon.aws.plugins.module_utils.core.account import Account
from ansible_collections.secmon.aws.plugins.module_utils.core.problems import NotProvedError
from ansible_collections.secmon.aws.plugins.module_utils.core.runner import run_reader
from ansible_collections.secmon.aws.plugins.module_utils.drill.central import check_central
from ansible_collections.secmon.aws.plugins.module_utils.drill.existing import PARTS
from ansible_collections.secmon.aws.plugins.module_utils.drill.facts import Facts
from ansible_collections.secmon.aws.plugins.module_utils.drill.inspection import check_drill, inspect
from ansible_collections.secmon.aws.plugins.module_utils.drill.reads import read_facts
from ansible_collections.secmon.aws.plugins.module_utils.drill.timeline import (
    Drill,
    drill_results,
    failure_message,
    first_certain,
)
from ansible_collections.secmon.aws.plugins.module_utils.drill.tracking import track_event

CENTRAL: dict[str, Any] = {
    "account_id": {"type": "str", "required": True},
    "access_key": {"type": "str", "no_log": False},
    "secret_key": {"type": "str", "no_log": True},
    "session_token": {"type": "str", "no_log": True},
    "profile": {"type": "str"},
}
OPTIONS: dict[str, Any] = {
    "account_id": {"type": "str"},
    "secret_id": {"type": "str", "required": True, "no_log": False},
    "trail_name": {"type": "str", "required": True},
    "log_group_name": {"type": "str", "required": True},
    "filter_name": {"type": "str", "required": True},
    "alarm_name": {"type": "str", "required": True},
    "log_alarm_name": {"type": "str"},
    "topic_arn": {"type": "str", "required": True},
    "bucket_name": {"type": "str"},
    "bucket_owner": {"type": "str"},
    "key_prefix": {"type": "str", "no_log": False},
    "central": {"type": "dict", "options": CENTRAL},
    "existing": {"type": "list", "elements": "str", "choices": list(PARTS), "default": []},
    "timeout_seconds": {"type": "int", "default": 900},
    "poll_seconds": {"type": "int", "default": 10},
}


def inspect_chain(params: Mapping[str, Any], account: Account) -> dict[str, Any]:
    """Inspect the chain without reading the secret."""
    return _results(_inspect(params, account)[0])


def follow_event(params: Mapping[str, Any], account: Account) -> dict[str, Any]:
    """Inspect the chain, read the secret, and track that event to the notification."""
    inspection, facts = _inspect(params, account)
    drill = track_event(account, params, facts, inspection.findings)
    if drill.unexplained:
        # An error that the event met, such as a failed delivery, may only show now.
        stages = {finding.stage for finding in drill.unexplained}
        findings = inspect(params, read_facts(account, params))
        explained = next((finding for finding in findings if finding.stage in stages), drill.broken)
        drill = replace(drill, broken=explained)
    return _results(drill)


def _inspect(params: Mapping[str, Any], account: Account) -> tuple[Drill, Facts]:
    """Return the findings about the chain and its configuration. Raise NotProvedError if a finding is certain."""
    check_drill(params)
    check_central(account, params)
    facts = read_facts(account, params)
    findings = inspect(params, facts)
    drill = Drill(params["secret_id"], facts.place, findings=findings, broken=first_certain(findings))
    _results(drill)
    return drill, facts


def _results(drill: Drill) -> dict[str, Any]:
    """Return the results of a drill. Raise NotProvedError if it is broken."""
    results = drill_results(drill)
    if drill.broken:
        raise NotProvedError(failure_message(drill), results)
    return {**results, "msg": "\n".join(results["lines"])}


def main() -> None:
    """Run the module."""
    run_reader(OPTIONS, follow_event, in_check_mode=inspect_chain)


if __name__ == "__main__":
    main()
