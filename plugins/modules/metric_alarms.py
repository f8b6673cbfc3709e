#!/usr/bin/python
# Copyright: secmon.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

from __future__ import annotations

DOCUMENTATION = r"""
module: metric_alarms
short_description: Manage a set of CloudWatch metric alarms
version_added: 0.2.0
description:
  - Creates, updates and deletes any number of metric alarms in one task, with one listing.
  - The description, the actions and the tags in notifications of an alarm keep their value if the task omits them.
    Every other setting decides whether the alarm fires, so that an omitted setting has its default and a manual change
    is detected. This includes settings for which the module has no option, such as metric math.
  - Use this module instead of M(amazon.aws.cloudwatch_metric_alarm), which reports an alarm with disabled actions as
    unchanged, does not support tags, and needs a task and a call for each alarm. The tests
    C(test_upstream_reports_a_muted_alarm_as_unchanged) and C(test_upstream_does_not_support_tags) show it.
options:
  alarms:
    description:
      - The metric alarms. With O(state=absent), only their names are used.
      - With O(state=present), O(alarms[].metric_namespace), O(alarms[].metric_name), O(alarms[].period_seconds),
        O(alarms[].evaluation_periods), O(alarms[].threshold), O(alarms[].comparison) and one of O(alarms[].statistic)
        and O(alarms[].extended_statistic) are required.
    type: list
    elements: dict
    suboptions:
      name:
        description: The exact name of the alarm.
        type: str
        required: true
      description:
        description: The description, up to 1024 characters. An empty string removes it.
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
        description: A percentile or trimmed statistic, such as V(p99), V(tm90), V(IQM) or V(TM(10%:90%)).
        type: str
      period_seconds:
        description: The length of a period. V(10), V(20), V(30) or a multiple of 60.
        type: int
      evaluation_periods:
        description: The number of most recent periods that are evaluated.
        type: int
      datapoints_to_alarm:
        description: How many of these periods must breach the threshold. V(0), the default, stands for all.
        type: int
      threshold:
        description: The value with which the statistic is compared.
        type: float
      comparison:
        description: >-
          One of V(GreaterThanOrEqualToThreshold), V(GreaterThanThreshold), V(LessThanThreshold) and
          V(LessThanOrEqualToThreshold).
        type: str
      missing_data:
        description:
          - How a period without data is treated. One of V(breaching), V(notBreaching), V(ignore) and V(missing).
          - The default is V(missing), as in CloudWatch. An alarm on a metric that is rarely published then has
            insufficient data.
        type: str
      unit:
        description: The unit of the datapoints that are evaluated, such as V(Count). By default any unit.
        type: str
      dimensions:
        description: The dimensions of the metric, as names and values. By default none.
        type: dict
      group_by:
        description:
          - Names of dimensions. The alarm then watches every metric that has exactly these dimensions, with a state
            and a notification for each combination of their values, which the notification names (a Metrics Insights
            query, whose time series CloudWatch calls contributors). By default none.
          - Excludes O(alarms[].dimensions), O(alarms[].unit) and O(alarms[].extended_statistic). CloudWatch evaluates
            the last three hours, and allows 200 such alarms in an account and region.
        type: list
        elements: str
        version_added: 0.4.0
      alarm_actions:
        description: The ARNs, up to five, of the actions when the state becomes ALARM. An empty list removes all.
        type: list
        elements: str
      ok_actions:
        description: The ARNs of the actions when the state becomes OK, likewise.
        type: list
        elements: str
      insufficient_data_actions:
        description: The ARNs of the actions when the state becomes INSUFFICIENT_DATA, likewise.
        type: list
        elements: str
      actions_enabled:
        description: Whether the actions run. By default, an alarm whose actions were disabled manually is re-enabled.
        type: bool
        default: true
      tags_in_notifications:
        description:
          - Whether notifications contain the tags of the alarm. By default the current setting is kept.
          - Has no effect with a botocore that does not know C(ActionConfiguration) of C(PutMetricAlarm).
        type: bool
        version_added: 0.4.0
      tags:
        description: Tags of this alarm in addition to O(tags), which they override.
        type: dict
notes:
  - CloudWatch does not validate alarm actions. An action on a missing topic fails silently.
  - The number of alarms is not checked before the first write, since an account may have any number of them (CloudWatch
    user guide, "CloudWatch service quotas"). If CloudWatch refuses one nevertheless, the message says what to do.
  - The tags of an alarm are read from CloudWatch itself before it is deleted, one call for each alarm. The tagging API
    lists the tags of all alarms in one call, but late, so that an alarm of others could be deleted.
  - Composite alarms are not managed. The module rejects the name of an existing one. M(secmon.aws.log_alarms) manages
    log alarms, whose names it does not see.
  - The module calls the IAM actions
    C(cloudwatch:DescribeAlarms), C(cloudwatch:ListTagsForResource), C(cloudwatch:PutMetricAlarm),
    C(cloudwatch:DeleteAlarms), C(cloudwatch:TagResource), C(cloudwatch:UntagResource) and C(tag:GetResources). To
    include the account ID in a message it calls C(sts:GetCallerIdentity), which needs no permission.
extends_documentation_fragment:
  - secmon.aws.module
  - secmon.aws.module.listed
  - secmon.aws.module.ownership
  - secmon.aws.module.alarms
  - amazon.aws.common.modules
  - amazon.aws.region.modules
  - amazon.aws.boto3
author:
  - The secmon.aws founders (@secmon)
"""

EXAMPLES = r"""
- name: Ensure the security topic is notified of every read of a secret
  secmon.aws.metric_alarms:
    alarms:
      - name: SecretIsAccessed
        description: A secret value was read.
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
    tags:
      team: security

- name: Ensure these are the only alarms of the team
  secmon.aws.metric_alarms:
    alarms:
      - name: Logins
        metric_namespace: SecurityMetrics
        metric_name: LoginCount
        extended_statistic: p99
        period_seconds: 300
        evaluation_periods: 3
        datapoints_to_alarm: 2
        threshold: 10
        comparison: GreaterThanThreshold
    tags:
      team: security
    purge_tag:
      team: security

- name: Ensure an alarm distinguishes the accounts of an organization, whose filter has the dimension account
  secmon.aws.metric_alarms:
    alarms:
      - name: SecretIsAccessedAnywhere
        metric_namespace: SecurityMetrics
        metric_name: SecretAccessCount
        group_by: [account]
        statistic: Sum
        period_seconds: 60
        evaluation_periods: 1
        threshold: 1
        comparison: GreaterThanOrEqualToThreshold
        missing_data: notBreaching

- name: Delete all managed alarms with a tag
  secmon.aws.metric_alarms:
    purge_tag:
      team: security
    state: absent
"""

RETURN = r"""
alarms:
  description: The alarms of the task after the run, in check mode as predicted. Empty with O(state=absent).
  returned: success
  type: list
  elements: dict
  contains:
    name:
      description: The name of the alarm. The other keys are all suboptions of O(alarms).
      type: str
    tags:
      description: All tags.
      type: dict
  sample:
    - name: SecretIsAccessed
      description: A secret value was read.
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
      group_by: []
      alarm_actions: ["arn:aws:sns:us-east-1:123456789012:SecurityAlarms"]
      ok_actions: []
      insufficient_data_actions: []
      actions_enabled: true
      tags_in_notifications: false
      tags: {"secmon:managed-by": secmon.aws, "team": security}
removed:
  description: The names of the alarms that were deleted, in check mode as predicted.
  returned: success
  type: list
  elements: str
  sample: [OldAlarm]
"""

from collections.abc import Mapping
from typing import Any

from ansible_collections.secmon.aws.plugins.module_utils.cloudwatch.checks import alarm_problems
from ansible_collections.secmon.aws.plugins.module_utils.cloudwatch.desired import desired_alarms
from ansible_collections.secmon.aws.plugins.module_utils.cloudwatch.kinds import METRIC
from ansible_collections.secmon.aws.plugins.module_utils.cloudwatch.plan import plan_alarms
from ansible_collections.secmon.aws.plugins.module_utils.cloudwatch.reads import read_alarms
from ansible_collections.secmon.aws.plugins.module_utils.core.account import Account
from ansible_collections.secmon.aws.plugins.module_utils.core.plan import Plan
from ansible_collections.secmon.aws.plugins.module_utils.core.runner import LISTED, RESOURCE_OPTIONS, run_module
from ansible_collections.secmon.aws.plugins.module_utils.core.supported import is_supported

_ALARM: dict[str, Any] = {
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
    "group_by": {"type": "list", "elements": "str"},
    "alarm_actions": {"type": "list", "elements": "str"},
    "ok_actions": {"type": "list", "elements": "str"},
    "insufficient_data_actions": {"type": "list", "elements": "str"},
    "actions_enabled": {"type": "bool", "default": True},
    "tags_in_notifications": {"type": "bool"},
    "tags": {"type": "dict"},
}
OPTIONS: dict[str, Any] = {
    **RESOURCE_OPTIONS,
    **LISTED,
    "alarms": {"type": "list", "elements": "dict", "options": _ALARM},
    "purge_tag": {"type": "dict"},
}


def decide(params: Mapping[str, Any], account: Account) -> Plan:
    """Read the alarms and plan what to change."""
    desired = desired_alarms(params, account.region, METRIC, alarm_problems)
    if not is_supported(account, "cloudwatch", METRIC.put, "ActionConfiguration"):
        desired = desired.without("tags_in_notifications")
    return plan_alarms(desired, *read_alarms(account, desired, params["listed"]))


def main() -> None:
    """Run the module."""
    run_module(OPTIONS, decide)


if __name__ == "__main__":
    main()
