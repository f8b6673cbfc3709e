#!/usr/bin/python
# Copyright: secmon.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

from __future__ import annotations

DOCUMENTATION = r"""
module: metric_filters
short_description: Manage the metric filters of a log group as a set
version_added: 0.2.0
description:
  - Makes, changes and removes metric filters of one log group of CloudWatch Logs, by their exact names.
  - Lists the group's filters once, whatever their number, and writes those that differ.
  - Patterns, metrics, dimensions and quotas are checked before anything is written.
  - Stands in for M(amazon.aws.cloudwatchlogs_log_group_metric_filter), which takes a filter for the one that it looks
    for if its name begins in the same way, so that with C(RootChanges) there it never makes or removes C(Root).
options:
  log_group_name:
    description: The name of the log group. It has to be of the class V(STANDARD).
    type: str
    required: true
  filters:
    description:
      - The filters. What an element does not mention stays as it is on AWS.
      - V([]) together with O(purge_namespace) removes all that feed the namespace.
    type: list
    elements: dict
    required: true
    suboptions:
      name:
        description: Its name.
        type: str
        required: true
      pattern:
        description:
          - Its filter pattern, of 1024 characters at most, sent as it is. An empty string matches every event.
          - One that differs from it in white space only is a difference, since CloudWatch Logs gives a pattern back as
            it was put. That was seen on the embedded AWS only.
          - Required if O(state=present).
        type: str
      metric_namespace:
        description:
          - The namespace of its metric. It cannot begin with C(AWS/). Required if O(state=present).
          - Filters have no tags. One that exists already is this collection's if it feeds a namespace that the task
            names, here or as O(purge_namespace), or if its pattern and metric name are those of the task, so that only
            its namespace was changed by hand. Any other is refused unless O(adopt=true).
        type: str
      metric_name:
        description: The name of its metric. Required if O(state=present).
        type: str
      metric_value:
        description: What a matching event counts. A number, or a field of the pattern such as V($.latency).
        type: str
        default: "1"
      default_value:
        description:
          - What an event that does not match counts. A number, or V('') for nothing.
          - Excludes O(filters[].dimensions) on AWS; to set one of them clears the other.
        type: raw
      unit:
        description: The unit of the metric, such as V(Count) or V(Bytes). V(None) and V('') are for no unit.
        type: str
      dimensions:
        description:
          - Up to three dimensions, each with the field of the pattern that it is read from, such as
            V($.userIdentity.type). V({}) removes them.
        type: dict
  purge_namespace:
    description:
      - Removes every other filter of the group that feeds this namespace, or one of these.
      - With O(state=absent) it only says whose the filters are.
    type: list
    elements: str
  test_messages:
    description:
      - Up to 50 messages on which AWS tries the pattern of every filter (TestMetricFilter), in check mode too. An event
        given as a mapping is sent as JSON.
      - Where AWS and the engine of this collection disagree, the task warns and returns RV(disagreements).
      - Ignored with O(state=absent).
    type: list
    elements: raw
  state:
    description: Whether the filters exist. V(absent) removes exactly those that are named.
    type: str
    choices: [present, absent]
    default: present
notes:
  - The IAM actions it needs are C(logs:DescribeMetricFilters), C(logs:PutMetricFilter), C(logs:DeleteMetricFilter), and
    C(logs:TestMetricFilter) for O(test_messages).
  - To name the account, a failure asks STS for the caller's identity, which needs no permission.
  - If the log group does not exist, check mode shows all filters as new and warns, since an earlier task may be about
    to make the group. The real run fails.
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
- name: Count reads of secrets, and nothing else in this namespace
  secmon.aws.metric_filters:
    log_group_name: /aws/cloudtrail/logs
    purge_namespace: SecurityMetrics
    filters:
      - name: TrackSecretAccess
        pattern: '{ ($.eventSource = "secretsmanager.amazonaws.com") && ($.eventName = "GetSecretValue") }'
        metric_namespace: SecurityMetrics
        metric_name: SecretAccessCount
        default_value: 0

- name: Count console logins by the type of the user, and try the pattern on AWS
  secmon.aws.metric_filters:
    log_group_name: /aws/cloudtrail/logs
    filters:
      - name: ConsoleLogins
        pattern: '{ ($.eventName = "ConsoleLogin") && ($.userIdentity.type = *) }'
        metric_namespace: SecurityMetrics
        metric_name: ConsoleLoginCount
        unit: Count
        dimensions:
          UserType: $.userIdentity.type
    test_messages:
      - {eventName: ConsoleLogin, userIdentity: {type: Root}}

- name: Remove a filter
  secmon.aws.metric_filters:
    log_group_name: /aws/cloudtrail/logs
    filters:
      - name: ConsoleLogins
    state: absent
"""

RETURN = r"""
filters:
  description: The filters of the task as they are, or as they would be in check mode; empty if they are absent.
  returned: success
  type: list
  elements: dict
  contains:
    name:
      description: Its name.
      type: str
      returned: always
    pattern:
      description: Its filter pattern.
      type: str
      returned: always
    metric_namespace:
      description: The namespace of its metric.
      type: str
      returned: always
    metric_name:
      description: The name of its metric.
      type: str
      returned: always
    metric_value:
      description: What a matching event counts.
      type: str
      returned: always
    default_value:
      description: What an event that does not match counts; null for nothing.
      type: float
      returned: always
    unit:
      description: The unit; V(None) if there is none.
      type: str
      returned: always
    dimensions:
      description: The dimensions, each with its field.
      type: dict
      returned: always
  sample:
    - name: TrackSecretAccess
      pattern: '{ ($.eventSource = "secretsmanager.amazonaws.com") && ($.eventName = "GetSecretValue") }'
      metric_namespace: SecurityMetrics
      metric_name: SecretAccessCount
      metric_value: "1"
      default_value: 0.0
      unit: None
      dimensions: {}
created:
  description: The names of the filters that are new.
  returned: success
  type: list
  elements: str
  sample: [TrackSecretAccess]
updated:
  description: The names of the filters that were changed.
  returned: success
  type: list
  elements: str
  sample: []
removed:
  description: The names of the filters that were removed, those of O(purge_namespace) included.
  returned: success
  type: list
  elements: str
  sample: [AbandonedFilter]
tests:
  description: What AWS and the engine of this collection say of each message for each filter.
  returned: success
  type: list
  elements: dict
  contains:
    filter:
      description: The filter's name.
      type: str
      returned: always
    message:
      description: The message.
      type: str
      returned: always
    aws_matches:
      description: Whether AWS matches it.
      type: bool
      returned: always
    engine_matches:
      description: Whether the engine of this collection matches it.
      type: bool
      returned: always
    aws_values:
      description: The fields that AWS reads from it; for space-delimited patterns only.
      type: dict
      returned: always
    engine_values:
      description: The fields that the engine of this collection reads from it; for space-delimited patterns only.
      type: dict
      returned: always
  sample:
    - filter: TrackSecretAccess
      message: '{"eventSource": "secretsmanager.amazonaws.com", "eventName": "GetSecretValue"}'
      aws_matches: true
      engine_matches: true
      aws_values: {}
      engine_values: {}
disagreements:
  description: Those of RV(tests) where AWS and the engine of this collection disagree.
  returned: success
  type: list
  elements: dict
  sample: []
"""

from collections.abc import Iterator, Mapping
from typing import Any

from ansible_collections.secmon.aws.plugins.module_utils.core.account import Account
from ansible_collections.secmon.aws.plugins.module_utils.core.plan import Plan
from ansible_collections.secmon.aws.plugins.module_utils.core.runner import OWNER_OPTIONS, run_module
from ansible_collections.secmon.aws.plugins.module_utils.logs.metric_filter_checks import check_metric_filters
from ansible_collections.secmon.aws.plugins.module_utils.logs.metric_filter_reads import (
    list_metric_filters,
    log_group_arn,
    matches_on_aws,
)
from ansible_collections.secmon.aws.plugins.module_utils.logs.metric_filters import plan_absent, plan_present
from ansible_collections.secmon.aws.plugins.module_utils.logs.sample_messages import (
    as_texts,
    compared,
    with_tests,
)

FILTER_OPTIONS: dict[str, Any] = {
    "name": {"type": "str", "required": True},
    "pattern": {"type": "str"},
    "metric_namespace": {"type": "str"},
    "metric_name": {"type": "str"},
    "metric_value": {"type": "str", "default": "1"},
    "default_value": {"type": "raw"},
    "unit": {"type": "str"},
    "dimensions": {"type": "dict"},
}
OPTIONS: dict[str, Any] = {
    **OWNER_OPTIONS,
    "log_group_name": {"type": "str", "required": True},
    "filters": {"type": "list", "elements": "dict", "required": True, "options": FILTER_OPTIONS},
    "purge_namespace": {"type": "list", "elements": "str"},
    "test_messages": {"type": "list", "elements": "raw"},
    "state": {"type": "str", "choices": ["present", "absent"], "default": "present"},
}


def decide(params: Mapping[str, Any], account: Account) -> Plan:
    """List the group's filters, plan what to do about them, and try their patterns on AWS if that is wanted."""
    check_metric_filters(params)
    group = params["log_group_name"]
    found = list_metric_filters(account, group)
    arn = log_group_arn(account, group)
    if params["state"] == "absent":
        return with_tests(plan_absent(params, found, arn), [])
    return with_tests(plan_present(params, found, arn), list(_tested(params, account)))


def _tested(params: Mapping[str, Any], account: Account) -> Iterator[dict[str, Any]]:
    messages = as_texts(params["test_messages"] or [])
    for item in params["filters"] if messages else []:
        matches = matches_on_aws(account, item["name"], item["pattern"], messages)
        yield from compared(item["name"], item["pattern"], messages, matches)


def main() -> None:
    """Run the module."""
    run_module(OPTIONS, decide)


if __name__ == "__main__":
    main()
