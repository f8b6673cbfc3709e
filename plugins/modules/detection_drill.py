#!/usr/bin/python
# Copyright: secmon.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

from __future__ import annotations

DOCUMENTATION = r"""
module: detection_drill
short_description: Prove with one real event that the alarm fires
version_added: 0.2.0
description:
  - Reads a secret once and follows that very event through CloudTrail's event history, the log file in S3, the log
    group, the metric, the alarm and the notification. It changes nothing.
  - Before that it inspects the configuration of the whole chain. What is certain to break it is told at once, without
    an event; what may break it is waited for, and told if the time is over.
  - Fails at the first hop that is broken, and says the cause and what to do about it.
  - If the alarm is in ALARM already, it first waits until that is over, since an alarm acts on a change of its
    state only.
  - Stands in for no other module. The secret's value is dropped at once and never printed.
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
    description: The log group that the trail delivers to.
    type: str
    required: true
  filter_name:
    description: The metric filter that counts the read.
    type: str
    required: true
  alarm_name:
    description: The alarm on the filter's metric.
    type: str
    required: true
  topic_arn:
    description: The ARN of the SNS topic that the alarm publishes to.
    type: str
    required: true
  bucket_name:
    description: The bucket that the trail should write to. Without it, the trail's own word is taken.
    type: str
  key_prefix:
    description: The prefix that the trail's objects should have. Without it, the trail's own word is taken.
    type: str
  timeout_seconds:
    description:
      - How long the drill may take as a whole, from the inspection on.
      - CloudTrail takes 5 minutes as a rule, and at times 15.
    type: int
    default: 900
  poll_seconds:
    description: How long to wait at most before it is looked for the event again. The first waits are shorter.
    type: int
    default: 10
attributes:
  check_mode:
    description: Inspects the chain, and makes no event.
    support: full
  diff_mode:
    description: There is never a change.
    support: none
  platform:
    description: Runs wherever Python and boto3 do, usually on the controller.
    support: full
    platforms: posix
notes:
  - The seconds are those after which the drill saw each hop, so they are exact to O(poll_seconds) and the time of a few
    calls.
  - The log files of an organization trail are looked for only in an account's own folder.
  - The IAM actions it needs are C(sts:GetCallerIdentity), C(secretsmanager:DescribeSecret),
    C(secretsmanager:GetSecretValue), C(cloudtrail:DescribeTrails), C(cloudtrail:ListTrails),
    C(cloudtrail:GetTrailStatus), C(cloudtrail:GetEventSelectors), C(cloudtrail:LookupEvents), C(s3:ListBucket),
    C(s3:GetObject), C(iam:GetRole), C(iam:ListRolePolicies), C(iam:GetRolePolicy),
    C(iam:ListAttachedRolePolicies), C(iam:GetPolicy), C(iam:GetPolicyVersion), C(logs:DescribeLogGroups),
    C(logs:DescribeMetricFilters), C(logs:FilterLogEvents), C(cloudwatch:GetMetricStatistics),
    C(cloudwatch:DescribeAlarms), C(cloudwatch:DescribeAlarmHistory), C(sns:GetTopicAttributes),
    C(sns:ListSubscriptionsByTopic), C(kms:DescribeKey) and C(kms:GetKeyPolicy). A secret with a key of your own needs
    kms:Decrypt on it as well.
extends_documentation_fragment:
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
  description: Every hop in its order, also if the drill failed.
  returned: when the chain could be inspected
  type: list
  elements: dict
  contains:
    hop:
      description: One of C(call), C(event_history), C(log_file), C(log_group), C(metric), C(alarm), C(notification).
      type: str
    status:
      description:
        - C(ok), C(warning) if it worked but may not always, C(broken), or C(not_reached).
      type: str
    seconds:
      description: When it was seen, counted from the call.
      type: float
    hop_seconds:
      description: How long this hop took. Event history, log file and log group all follow the call.
      type: float
    at:
      description: The time of that, by AWS's clock.
      type: str
    detail:
      description: What was seen, or what is wrong.
      type: str
  sample:
    - hop: metric
      status: ok
      seconds: 214.3
      hop_seconds: 0.4
      at: "2026-09-13T10:03:34Z"
      detail: SecurityMetrics/SecretAccessCount is 1 at 10:03 UTC
lines:
  description: The timeline, to be printed.
  returned: when the chain could be inspected
  type: list
  elements: str
broken_hop:
  description: The hop that is broken, or an empty string.
  returned: when the chain could be inspected
  type: str
  sample: notification
cause:
  description: Why it is broken.
  returned: when the chain could be inspected
  type: str
  sample: The alarm SecretIsAccessed is muted
cause_code:
  description: The stable name of the cause.
  returned: when the chain could be inspected
  type: str
  sample: alarm_muted
remedy:
  description: What to do about it.
  returned: when the chain could be inspected
  type: str
  sample: "Set actions_enabled: true in secmon.aws.metric_alarms"
problems:
  description: All that is wrong or doubtful, in the order of the hops.
  returned: when the chain could be inspected
  type: list
  elements: dict
  sample: []
total_seconds:
  description: The seconds from the call to the last hop that was seen.
  returned: when the chain could be inspected
  type: float
  sample: 231.9
"""

from collections.abc import Mapping
from typing import Any

from ansible_collections.secmon.aws.plugins.module_utils.core.account import Account
from ansible_collections.secmon.aws.plugins.module_utils.core.problems import NotProvedError
from ansible_collections.secmon.aws.plugins.module_utils.core.runner import run_reader
from ansible_collections.secmon.aws.plugins.module_utils.drill.facts import Facts
from ansible_collections.secmon.aws.plugins.module_utils.drill.follow import BrokenHopError, Pursuit
from ansible_collections.secmon.aws.plugins.module_utils.drill.inspection import check_drill, inspect
from ansible_collections.secmon.aws.plugins.module_utils.drill.reads import read_facts
from ansible_collections.secmon.aws.plugins.module_utils.drill.timeline import (
    NOT_SEEN,
    Drill,
    Finding,
    drill_results,
    failure_message,
    first_certain,
)

OPTIONS: dict[str, Any] = {
    "secret_id": {"type": "str", "required": True, "no_log": False},
    "trail_name": {"type": "str", "required": True},
    "log_group_name": {"type": "str", "required": True},
    "filter_name": {"type": "str", "required": True},
    "alarm_name": {"type": "str", "required": True},
    "topic_arn": {"type": "str", "required": True},
    "bucket_name": {"type": "str"},
    "key_prefix": {"type": "str", "no_log": False},
    "timeout_seconds": {"type": "int", "default": 900},
    "poll_seconds": {"type": "int", "default": 10},
}


def inspect_chain(params: Mapping[str, Any], account: Account) -> dict[str, Any]:
    """Inspect the chain without reading the secret."""
    facts, findings = _inspected(params, account)
    return _results(Drill(params["secret_id"], facts.place, findings=findings))


def follow_event(params: Mapping[str, Any], account: Account) -> dict[str, Any]:
    """Inspect the chain, read the secret, and follow that event to the notification."""
    facts, findings = _inspected(params, account)
    pursuit = Pursuit(account, params, facts, findings)
    broken: Finding | None = None
    try:
        pursuit.run()
    except BrokenHopError as error:
        broken = _explained(params, account, error.finding)
    drill = Drill(params["secret_id"], facts.place, pursuit.called_at, pursuit.reached, findings, broken)
    _require_unbroken(drill)
    return _results(drill)


def _inspected(params: Mapping[str, Any], account: Account) -> tuple[Facts, list[Finding]]:
    """Return the configuration of the chain and what may break it. Raise NotProvedError if something certainly does."""
    check_drill(params)
    facts = read_facts(account, params)
    findings = inspect(params, facts)
    _require_unbroken(Drill(params["secret_id"], facts.place, findings=findings, broken=first_certain(findings)))
    return facts, findings


def _explained(params: Mapping[str, Any], account: Account, broken: Finding) -> Finding:
    """Inspect the chain again: an error that the event met, such as one of delivery, may show only now."""
    if broken.code != NOT_SEEN:
        return broken
    findings = inspect(params, read_facts(account, params))
    return next((finding for finding in findings if finding.hop == broken.hop), broken)


def _require_unbroken(drill: Drill) -> None:
    if drill.broken:
        raise NotProvedError(failure_message(drill), drill_results(drill))


def _results(drill: Drill) -> dict[str, Any]:
    results = drill_results(drill)
    return {**results, "msg": "\n".join(results["lines"])}


def main() -> None:
    """Run the module."""
    run_reader(OPTIONS, follow_event, in_check_mode=inspect_chain)


if __name__ == "__main__":
    main()
