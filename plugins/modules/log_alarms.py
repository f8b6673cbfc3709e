#!/usr/bin/python
# Copyright: secmon.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

from __future__ import annotations

DOCUMENTATION = r"""
module: log_alarms
short_description: Manage a set of CloudWatch log alarms
version_added: 0.4.0
description:
  - Creates, updates and deletes any number of log alarms in one task. CloudWatch runs the query of each on a schedule,
    and sends a notification for each group of the query that breaches the threshold, such as each actor.
  - The description, the actions and the tags in notifications of an alarm keep their value if the task omits them.
    Every other setting decides whether the alarm fires, so that an omitted setting has its default and a manual change
    is detected.
  - No module of amazon.aws or community.aws manages log alarms.
options:
  alarms:
    description:
      - The log alarms. With O(state=absent), only their names are used.
      - With O(state=present), O(alarms[].query), O(alarms[].aggregation), O(alarms[].log_group_names),
        O(alarms[].query_role_arn), O(alarms[].schedule), O(alarms[].start_seconds), O(alarms[].results_to_evaluate),
        O(alarms[].results_to_alarm), O(alarms[].threshold) and O(alarms[].comparison) are required.
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
      query:
        description: The query of CloudWatch Logs Insights that selects the events, up to 10000 characters.
        type: str
      aggregation:
        description:
          - What is compared with the threshold, such as C(count(*) by userIdentity.arn | sort desc).
          - Each combination of values of the fields after C(by), up to five, has a state and notifications of its own.
        type: str
      log_group_names:
        description: The log groups, by name or ARN, up to 50.
        type: list
        elements: str
      query_role_arn:
        description: The role with which C(logs.amazonaws.com) runs the query.
        type: str
      schedule:
        description: How often the query runs, such as C(rate(5 minutes)).
        type: str
      start_seconds:
        description: How long before a run the events begin that it looks at.
        type: int
      end_seconds:
        description: How long before a run they end. V(0), the default, stands for the moment of the run.
        type: int
      results_to_evaluate:
        description: The number of most recent results that are evaluated, up to 100.
        type: int
      results_to_alarm:
        description: How many of these must breach the threshold.
        type: int
      threshold:
        description: The value with which a result is compared.
        type: float
      comparison:
        description: >-
          One of V(GreaterThanOrEqualToThreshold), V(GreaterThanThreshold), V(LessThanThreshold) and
          V(LessThanOrEqualToThreshold).
        type: str
      missing_data:
        description: >-
          How a missing result is treated. One of V(breaching), V(notBreaching), V(ignore) and V(missing), the default.
        type: str
      log_lines:
        description: How many log lines a notification by email has, up to 50. V(0), the default, for none.
        type: int
      log_lines_role_arn:
        description: >-
          The role with which C(cloudwatch.amazonaws.com) reads the log lines. Required for O(alarms[].log_lines).
        type: str
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
        description: Whether notifications contain the tags of the alarm. By default the current setting is kept.
        type: bool
      tags:
        description: Tags of this alarm in addition to O(tags), which they override.
        type: dict
notes:
  - CloudWatch has log alarms since June 2026. A botocore that does not know C(PutLogAlarm) is rejected before any call.
  - CloudWatch creates and deletes the scheduled query of an alarm itself.
  - C(PutLogAlarm) would replace a metric alarm of the same name; the module rejects the name instead.
  - Whether CloudWatch accepts the roles shows at the first run of the query only, as C(EvaluationState) of the alarm.
  - The module calls the IAM actions
    C(cloudwatch:DescribeAlarms), C(cloudwatch:ListTagsForResource), C(cloudwatch:PutLogAlarm),
    C(cloudwatch:DeleteAlarms), C(cloudwatch:TagResource), C(cloudwatch:UntagResource), C(iam:PassRole) and
    C(tag:GetResources). To include the account ID in a message it calls C(sts:GetCallerIdentity), which needs no
    permission.
extends_documentation_fragment:
  - secmon.aws.module
  - secmon.aws.module.ownership
  - secmon.aws.module.alarms
  - amazon.aws.common.modules
  - amazon.aws.region.modules
  - amazon.aws.boto3
author:
  - The secmon.aws founders (@secmon)
"""

EXAMPLES = r"""
- name: Ensure the security topic is notified of each actor who reads secrets
  secmon.aws.log_alarms:
    alarms:
      - name: SecretIsAccessed-by-actor
        query: filter eventName = "GetSecretValue"
        aggregation: count(*) by userIdentity.arn, recipientAccountId | sort desc
        log_group_names:
          - /aws/cloudtrail/logs
        query_role_arn: arn:aws:iam::123456789012:role/LogAlarmQuery
        schedule: rate(5 minutes)
        start_seconds: 420
        results_to_evaluate: 1
        results_to_alarm: 1
        threshold: 1
        comparison: GreaterThanOrEqualToThreshold
        missing_data: notBreaching
        alarm_actions:
          - arn:aws:sns:us-east-1:123456789012:SecurityAlarms
    tags:
      team: security

- name: Delete all managed log alarms with a tag
  secmon.aws.log_alarms:
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
    - name: SecretIsAccessed-by-actor
      description: ""
      query: filter eventName = "GetSecretValue"
      aggregation: count(*) by userIdentity.arn, recipientAccountId | sort desc
      log_group_names: [/aws/cloudtrail/logs]
      query_role_arn: arn:aws:iam::123456789012:role/LogAlarmQuery
      schedule: rate(5 minutes)
      start_seconds: 420
      end_seconds: 0
      results_to_evaluate: 1
      results_to_alarm: 1
      threshold: 1.0
      comparison: GreaterThanOrEqualToThreshold
      missing_data: notBreaching
      log_lines: 0
      log_lines_role_arn: ""
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

from ansible_collections.secmon.aws.plugins.module_utils.cloudwatch.desired import desired_alarms
from ansible_collections.secmon.aws.plugins.module_utils.cloudwatch.kinds import LOG
from ansible_collections.secmon.aws.plugins.module_utils.cloudwatch.log_checks import log_alarm_problems
from ansible_collections.secmon.aws.plugins.module_utils.cloudwatch.plan import plan_alarms
from ansible_collections.secmon.aws.plugins.module_utils.cloudwatch.reads import read_alarms
from ansible_collections.secmon.aws.plugins.module_utils.core.account import Account
from ansible_collections.secmon.aws.plugins.module_utils.core.plan import Plan
from ansible_collections.secmon.aws.plugins.module_utils.core.problems import require
from ansible_collections.secmon.aws.plugins.module_utils.core.runner import RESOURCE_OPTIONS, run_module
from ansible_collections.secmon.aws.plugins.module_utils.core.supported import is_supported

_ALARM: dict[str, Any] = {
    "name": {"type": "str", "required": True},
    "description": {"type": "str"},
    "query": {"type": "str"},
    "aggregation": {"type": "str"},
    "log_group_names": {"type": "list", "elements": "str"},
    "query_role_arn": {"type": "str"},
    "schedule": {"type": "str"},
    "start_seconds": {"type": "int"},
    "end_seconds": {"type": "int"},
    "results_to_evaluate": {"type": "int"},
    "results_to_alarm": {"type": "int"},
    "threshold": {"type": "float"},
    "comparison": {"type": "str"},
    "missing_data": {"type": "str"},
    "log_lines": {"type": "int"},
    "log_lines_role_arn": {"type": "str"},
    "alarm_actions": {"type": "list", "elements": "str"},
    "ok_actions": {"type": "list", "elements": "str"},
    "insufficient_data_actions": {"type": "list", "elements": "str"},
    "actions_enabled": {"type": "bool", "default": True},
    "tags_in_notifications": {"type": "bool"},
    "tags": {"type": "dict"},
}
OPTIONS: dict[str, Any] = {
    **RESOURCE_OPTIONS,
    "alarms": {"type": "list", "elements": "dict", "options": _ALARM},
    "purge_tag": {"type": "dict"},
}
_TOO_OLD = (
    "The installed botocore does not know log alarms, which CloudWatch has since June 2026. Upgrade boto3 and botocore"
    " in the Python environment of Ansible, or use no log alarms (secmon_log_alarms: []). Nothing was changed."
)


def decide(params: Mapping[str, Any], account: Account) -> Plan:
    """Read the alarms and plan what to change."""
    desired = desired_alarms(params, account.region, LOG, log_alarm_problems)
    require([] if is_supported(account, "cloudwatch", LOG.put) else [_TOO_OLD])
    return plan_alarms(desired, *read_alarms(account, desired))


def main() -> None:
    """Run the module."""
    run_module(OPTIONS, decide)


if __name__ == "__main__":
    main()
