#!/usr/bin/python
# Copyright: secmon.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

from __future__ import annotations

DOCUMENTATION = r"""
module: metric_alarms
short_description: Manage a set of CloudWatch alarms, composite alarms among them
version_added: 0.2.0
description:
  - Makes, changes and removes any number of metric alarms and composite alarms by one task, with one listing.
  - Of an alarm's description and actions, what the task does not mention stays as it is. Every other setting decides
    whether the alarm goes off, and is what the task says or else its default, so that a change by hand is seen. This
    includes settings that the module has no option for, such as metric math.
  - Stands in for M(amazon.aws.cloudwatch_metric_alarm), which takes a muted alarm for a working one, knows neither tags
    nor composite alarms, and takes a task and a call for every single alarm.
options:
  alarms:
    description:
      - The metric alarms. With O(state=absent), only their names count.
      - With O(state=present), O(alarms[].metric_namespace), O(alarms[].metric_name), O(alarms[].period_seconds),
        O(alarms[].evaluation_periods), O(alarms[].threshold), O(alarms[].comparison) and one of O(alarms[].statistic)
        and O(alarms[].extended_statistic) are required.
    type: list
    elements: dict
    suboptions:
      name:
        description: The name of the alarm, exactly.
        type: str
        required: true
      description:
        description: What the alarm is about, in 1024 characters at most. An empty string removes it.
        type: str
      metric_namespace:
        description: The namespace of the metric.
        type: str
      metric_name:
        description: The name of the metric.
        type: str
      statistic:
        description: One of V(SampleCount), V(Average), V(Sum), V(Minimum) and V(Maximum).
        type: str
      extended_statistic:
        description: A percentile or a trimmed statistic, such as V(p99), V(tm90), V(IQM) or V(TM(10%:90%)).
        type: str
      period_seconds:
        description: The length of a period. V(10), V(20), V(30) or a multiple of 60.
        type: int
      evaluation_periods:
        description: How many periods are looked at.
        type: int
      datapoints_to_alarm:
        description: How many of these periods must breach the threshold. V(0), the default, stands for all.
        type: int
      threshold:
        description: What the statistic is compared with.
        type: float
      comparison:
        description: >-
          One of V(GreaterThanOrEqualToThreshold), V(GreaterThanThreshold), V(LessThanThreshold) and
          V(LessThanOrEqualToThreshold).
        type: str
      missing_data:
        description:
          - How a period without data counts. One of V(breaching), V(notBreaching), V(ignore) and V(missing).
          - By default V(missing), as in CloudWatch, which leaves an alarm on a quiet metric without data.
        type: str
      unit:
        description: The unit that datapoints must have to count, such as V(Count). By default those of any unit do.
        type: str
      dimensions:
        description: The dimensions of the metric, name and value. By default the metric has none.
        type: dict
      alarm_actions:
        description: The ARNs, five at most, of what is told when the state becomes ALARM. An empty list removes all.
        type: list
        elements: str
      ok_actions:
        description: The same for OK.
        type: list
        elements: str
      insufficient_data_actions:
        description: The same for INSUFFICIENT_DATA.
        type: list
        elements: str
      actions_enabled:
        description: Whether anything is told at all. An alarm that was muted by hand is unmuted by default.
        type: bool
        default: true
      tags:
        description: Tags of this alarm besides O(tags), which they override.
        type: dict
  composite_alarms:
    description:
      - The composite alarms, which watch other alarms. With O(state=absent), only their names count.
      - An alarm that a rule names is in the same task, or exists already.
    type: list
    elements: dict
    suboptions:
      name:
        description: The name of the alarm, exactly.
        type: str
        required: true
      rule:
        description:
          - When it goes off, such as C(ALARM(a) AND NOT ALARM("b c")).
          - Required with O(state=present).
        type: str
      description:
        description: What the alarm is about, in 1024 characters at most. An empty string removes it.
        type: str
      actions_suppressor:
        description: The name or ARN of an alarm that mutes this one while it is in ALARM. By default there is none.
        type: str
      actions_suppressor_wait_seconds:
        description: How long actions wait for the suppressor to go off. Required with a suppressor.
        type: int
      actions_suppressor_extension_seconds:
        description: How long actions wait after the suppressor has left ALARM. Required with a suppressor.
        type: int
      alarm_actions:
        description: The ARNs, five at most, of what is told when the state becomes ALARM. An empty list removes all.
        type: list
        elements: str
      ok_actions:
        description: The same for OK.
        type: list
        elements: str
      insufficient_data_actions:
        description: The same for INSUFFICIENT_DATA.
        type: list
        elements: str
      actions_enabled:
        description: Whether anything is told at all.
        type: bool
        default: true
      tags:
        description: Tags of this alarm besides O(tags), which they override.
        type: dict
  purge_prefix:
    description:
      - Remove the other alarms of this collection whose name begins with this.
      - Alarms of others stay, with O(adopt) too; a warning names them.
    type: str
  purge_tag:
    description:
      - Remove the other alarms of this collection that have this tag, or all of these tags.
      - Together with O(purge_prefix), both must fit.
    type: dict
  tags:
    description: Tags of every alarm. One more, C(secmon:managed-by), marks them as this collection's.
    type: dict
  purge_tags:
    description: Whether tags are removed that are neither in O(tags) nor in the alarm's own tags, if either is given.
    type: bool
    default: true
  state:
    description: Whether the alarms exist.
    type: str
    choices: [present, absent]
    default: present
notes:
  - An alarm's action is not checked by CloudWatch. One on a topic that does not exist tells nobody.
  - The IAM actions it needs are
    C(cloudwatch:DescribeAlarms), C(cloudwatch:ListTagsForResource), C(cloudwatch:PutMetricAlarm),
    C(cloudwatch:PutCompositeAlarm), C(cloudwatch:DeleteAlarms), C(cloudwatch:TagResource), C(cloudwatch:UntagResource)
    and C(tag:GetResources), and for the account's number in a message C(sts:GetCallerIdentity), which needs no
    permission.
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
- name: Tell the security topic of every read of a secret, and of several things at once
  secmon.aws.metric_alarms:
    alarms:
      - name: Secret was read
        description: Somebody read a secret value.
        metric_namespace: SecurityMetrics
        metric_name: SecretAccessCount
        statistic: Sum
        period_seconds: 60
        evaluation_periods: 1
        threshold: 1
        comparison: GreaterThanOrEqualToThreshold
        missing_data: notBreaching
        alarm_actions:
          - arn:aws:sns:us-east-1:123456789012:SecurityAlarms
      - name: Root was used
        metric_namespace: SecurityMetrics
        metric_name: RootUseCount
        statistic: Sum
        period_seconds: 300
        evaluation_periods: 1
        threshold: 1
        comparison: GreaterThanOrEqualToThreshold
        missing_data: notBreaching
    composite_alarms:
      - name: Root read a secret
        rule: ALARM("Secret was read") AND ALARM("Root was used")
        alarm_actions:
          - arn:aws:sns:us-east-1:123456789012:SecurityAlarms
    tags:
      team: security

- name: Keep these alarms of the set, and remove the others of this collection that belong to it
  secmon.aws.metric_alarms:
    alarms:
      - name: secmon-logins
        metric_namespace: SecurityMetrics
        metric_name: LoginCount
        extended_statistic: p99
        period_seconds: 300
        evaluation_periods: 3
        datapoints_to_alarm: 2
        threshold: 10
        comparison: GreaterThanThreshold
    purge_prefix: secmon-

- name: Remove every alarm of this collection that has the tag
  secmon.aws.metric_alarms:
    purge_tag:
      team: security
    state: absent
"""

RETURN = r"""
alarms:
  description: The metric alarms of the task as they are, or as they would be in check mode; none if O(state=absent).
  returned: success
  type: list
  elements: dict
  contains:
    name:
      description: The alarm's name. The other keys are the suboptions of O(alarms), all of them.
      type: str
      returned: always
    tags:
      description: All tags.
      type: dict
      returned: always
  sample:
    - name: Secret was read
      description: Somebody read a secret value.
      metric_namespace: SecurityMetrics
      metric_name: SecretAccessCount
      statistic: Sum
      extended_statistic: ""
      period_seconds: 60
      evaluation_periods: 1
      datapoints_to_alarm: 0
      threshold: 1.0
      comparison: GreaterThanOrEqualToThreshold
      missing_data: notBreaching
      unit: ""
      dimensions: {}
      alarm_actions: ["arn:aws:sns:us-east-1:123456789012:SecurityAlarms"]
      ok_actions: []
      insufficient_data_actions: []
      actions_enabled: true
      tags: {"secmon:managed-by": secmon.aws, "team": security}
composite_alarms:
  description: The composite alarms of the task, likewise.
  returned: success
  type: list
  elements: dict
  contains:
    name:
      description: The alarm's name. The other keys are the suboptions of O(composite_alarms), all of them.
      type: str
      returned: always
    tags:
      description: All tags.
      type: dict
      returned: always
  sample:
    - name: Root read a secret
      description: ""
      rule: ALARM("Secret was read") AND ALARM("Root was used")
      actions_suppressor: ""
      actions_suppressor_wait_seconds: 0
      actions_suppressor_extension_seconds: 0
      alarm_actions: ["arn:aws:sns:us-east-1:123456789012:SecurityAlarms"]
      ok_actions: []
      insufficient_data_actions: []
      actions_enabled: true
      tags: {"secmon:managed-by": secmon.aws, "team": security}
removed:
  description: The names of the alarms that were removed, or would be.
  returned: success
  type: list
  elements: str
  sample: [secmon-old]
"""

from collections.abc import Mapping
from typing import Any

from ansible_collections.secmon.aws.plugins.module_utils.cloudwatch.composite_rule import alarm_name
from ansible_collections.secmon.aws.plugins.module_utils.cloudwatch.plan import must_ask_again, plan_alarms
from ansible_collections.secmon.aws.plugins.module_utils.cloudwatch.reads import alarm_tags, find_alarms, our_alarm_tags
from ansible_collections.secmon.aws.plugins.module_utils.cloudwatch.request import Request, read_request
from ansible_collections.secmon.aws.plugins.module_utils.core.account import Account
from ansible_collections.secmon.aws.plugins.module_utils.core.plan import Plan
from ansible_collections.secmon.aws.plugins.module_utils.core.runner import OWNER_OPTIONS, run_module

_ACTIONS: dict[str, Any] = {
    "alarm_actions": {"type": "list", "elements": "str"},
    "ok_actions": {"type": "list", "elements": "str"},
    "insufficient_data_actions": {"type": "list", "elements": "str"},
    "actions_enabled": {"type": "bool", "default": True},
    "tags": {"type": "dict"},
}
_METRIC_ALARM: dict[str, Any] = {
    "name": {"type": "str", "required": True},
    "description": {"type": "str"},
    "metric_namespace": {"type": "str"},
    "metric_name": {"type": "str"},
    "statistic": {"type": "str"},
    "extended_statistic": {"type": "str"},
    "period_seconds": {"type": "int"},
    "evaluation_periods": {"type": "int"},
    "datapoints_to_alarm": {"type": "int"},
    "threshold": {"type": "float"},
    "comparison": {"type": "str"},
    "missing_data": {"type": "str"},
    "unit": {"type": "str"},
    "dimensions": {"type": "dict"},
    **_ACTIONS,
}
_COMPOSITE_ALARM: dict[str, Any] = {
    "name": {"type": "str", "required": True},
    "rule": {"type": "str"},
    "description": {"type": "str"},
    "actions_suppressor": {"type": "str"},
    "actions_suppressor_wait_seconds": {"type": "int"},
    "actions_suppressor_extension_seconds": {"type": "int"},
    **_ACTIONS,
}
OPTIONS: dict[str, Any] = {
    **OWNER_OPTIONS,
    "alarms": {"type": "list", "elements": "dict", "options": _METRIC_ALARM},
    "composite_alarms": {"type": "list", "elements": "dict", "options": _COMPOSITE_ALARM},
    "purge_prefix": {"type": "str"},
    "purge_tag": {"type": "dict"},
    "tags": {"type": "dict"},
    "purge_tags": {"type": "bool", "default": True},
    "state": {"type": "str", "choices": ["present", "absent"], "default": "present"},
}


def decide(params: Mapping[str, Any], account: Account) -> Plan:
    """Read the alarms and their tags, and plan what to do about them."""
    request = read_request(params, account.region)
    listed = our_alarm_tags(account) if request.purge_tag else None
    tagged = {alarm_name(arn) for arn, tags in (listed or {}).items() if request.purges(alarm_name(arn), tags)}
    alarms = find_alarms(account, request.names | request.references | tagged, request.purge_prefix)
    for alarm in alarms.values():
        account.learn_place(alarm["AlarmArn"])
    concerned = {name: alarm["AlarmArn"] for name, alarm in alarms.items() if request.concerns(name) or name in tagged}
    return plan_alarms(request, alarms, _tags(request, account, concerned, listed))


def _tags(
    request: Request, account: Account, arns: Mapping[str, str], listed: Mapping[str, Mapping[str, str]] | None
) -> dict[str, Mapping[str, str]]:
    if arns and listed is None:
        listed = our_alarm_tags(account)
    tags: dict[str, Mapping[str, str]] = {}
    for name, arn in arns.items():
        in_listing = (listed or {}).get(arn)
        again = in_listing is None or must_ask_again(request, name, in_listing)
        tags[name] = alarm_tags(account, name, arn) if again else in_listing
    return tags


def main() -> None:
    """Run the module."""
    run_module(OPTIONS, decide)


if __name__ == "__main__":
    main()
