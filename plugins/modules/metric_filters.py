#!/usr/bin/python
# Copyright: secmon.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

from __future__ import annotations

DOCUMENTATION = r"""
module: metric_filters
short_description: Manage the metric filters of a log group as a set
version_added: 0.2.0
description:
  - Creates, changes and deletes metric filters of one log group of CloudWatch Logs, by their exact names.
  - Lists the group's filters once, and writes only those that differ.
  - Patterns, metrics, dimensions and quotas are validated before any write.
  - Changes and deletes only filters that this collection made. Filters have no tags, so the tag
    C(secmon:metric-filters) of the log group records them. An alarm of this collection that watches the filter's
    metric, and whose tag C(secmon:log-group) names the log group, shows the same. A filter that is exactly as in the
    task counts as made by this collection. Any other existing filter is rejected unless O(adopt=true), and never
    purged.
  - Replaces M(amazon.aws.cloudwatchlogs_log_group_metric_filter), which looks filters up by name prefix, so that it
    never creates or deletes C(Root) next to C(RootChanges). Shown by
    C(test_upstream_never_creates_a_filter_whose_name_is_a_prefix_of_another).
options:
  log_group_name:
    description: The name of the log group. Its class must be V(STANDARD).
    type: str
    required: true
  use_existing_group:
    description:
      - Whether the log group may be one that this collection does not manage, that is, without the tag
        C(secmon:managed-by) of the value C(secmon.aws). Otherwise such a group is rejected before anything is written.
      - The log group is then not tagged, so that only alarms show which filters this collection made.
    type: bool
    default: false
    version_added: 0.4.0
  filters:
    description:
      - The filters. Options omitted from an element keep their current values.
      - V([]) together with O(purge_namespace) deletes all filters of this collection with a metric in the namespace.
    type: list
    elements: dict
    required: true
    suboptions:
      name:
        description: The name of the filter.
        type: str
        required: true
      pattern:
        description:
          - The filter pattern, with 1024 characters at most, sent unchanged. An empty string matches every event.
          - A difference in white space is a change, since CloudWatch Logs returns patterns unchanged. That was observed
            on the embedded AWS only.
          - Required if O(state=present).
        type: str
      metric_namespace:
        description:
          - The namespace of the metric. It cannot start with C(AWS/). Required if O(state=present).
        type: str
      metric_name:
        description: The name of the metric. Required if O(state=present).
        type: str
      metric_value:
        description: The metric value of a matching event. A number, or a field of the pattern such as V($.latency).
        type: str
        default: "1"
      default_value:
        description:
          - The metric value of any other event, and of a matching event that lacks the field of the metric value.
            A number, or V('') for none.
          - Mutually exclusive with O(filters[].dimensions) on AWS; setting one of them clears the other.
        type: raw
      unit:
        description: The unit of the metric, such as V(Count) or V(Bytes); V(None) or V('') for no unit.
        type: str
      dimensions:
        description:
          - Up to three dimensions, each with the field of the pattern for its value, such as V($.userIdentity.type).
            V({}) removes them.
          - AWS counts an event that lacks one of the fields in the metric without dimensions.
        type: dict
      field_selection_criteria:
        description:
          - A condition on the system fields C(@aws.account) and C(@aws.region) of an event, such as
            V(@aws.region = "eu-west-1"), with 2000 characters at most. Other events are ignored. V('') removes it.
          - For log groups that contain the events of several accounts or regions.
        type: str
        version_added: 0.4.0
      emit_system_field_dimensions:
        description:
          - The system fields, V(@aws.account) and V(@aws.region), that become dimensions of the metric. With
            O(filters[].dimensions) AWS allows three dimensions in total. V([]) removes them.
          - Each combination of dimensions is a metric of its own in CloudWatch, so that an alarm must set them.
        type: list
        elements: str
        version_added: 0.4.0
      test_messages:
        description: Like O(test_messages), for this filter only. AWS allows 50 messages for one filter in total.
        type: list
        elements: raw
  purge_namespace:
    description:
      - Deletes every other filter of the group that this collection made and that has a metric in these namespaces. The
        task warns about those that others made.
      - Ignored with O(state=absent).
    type: list
    elements: str
  validate_only:
    description:
      - Whether the task only checks the options, the owners and the quotas of the log group, and writes nothing. It
        fails as it would otherwise, and returns what it would create, change and delete, but no change and no diff.
      - With this the first task of a play finds what would stop a later one.
    type: bool
    default: false
    version_added: 0.4.0
  test_messages:
    description:
      - Messages with which AWS tests the pattern of every filter (TestMetricFilter), also in check mode. A mapping is
        sent as JSON.
      - If AWS and the engine of this collection disagree, the task warns and returns RV(disagreements).
      - Ignored with O(state=absent) and O(validate_only=true).
    type: list
    elements: raw
  state:
    description: Whether the filters exist. V(absent) deletes exactly the filters in O(filters).
    type: str
    choices: [present, absent]
    default: present
notes:
  - Required IAM actions are C(logs:DescribeMetricFilters), C(logs:PutMetricFilter), C(logs:DeleteMetricFilter), and
    C(logs:TestMetricFilter) for O(test_messages). If there is something to write, the owner is read with
    C(logs:DescribeLogGroups) and C(logs:ListTagsForResource), and recorded with C(logs:TagResource). For a filter that
    is not recorded, C(cloudwatch:DescribeAlarmsForMetric) and C(cloudwatch:ListTagsForResource) are called.
  - On failure the module asks STS for the caller's account, which requires no permission.
  - If the log group does not exist, check mode predicts new filters and warns, since an earlier task may create the
    group. A real run fails.
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
- name: Count reads of secrets, and delete all other filters of the namespace
  secmon.aws.metric_filters:
    log_group_name: /aws/cloudtrail/logs
    purge_namespace: SecurityMetrics
    filters:
      - name: TrackSecretAccess
        pattern: '{ ($.eventSource = "secretsmanager.amazonaws.com") && ($.eventName = "GetSecretValue") }'
        metric_namespace: SecurityMetrics
        metric_name: SecretAccessCount
        default_value: 0

- name: Count console logins by user type in a log group of another team, and test the pattern on AWS
  secmon.aws.metric_filters:
    log_group_name: /shared/cloudtrail
    use_existing_group: true
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

- name: Delete a filter
  secmon.aws.metric_filters:
    log_group_name: /aws/cloudtrail/logs
    filters:
      - name: ConsoleLogins
    state: absent
"""

RETURN = r"""
filters:
  description: The filters of the task, predicted in check mode; empty if they are absent.
  returned: success
  type: list
  elements: dict
  contains:
    name:
      description: The name.
      type: str
    pattern:
      description: The filter pattern.
      type: str
    metric_namespace:
      description: The namespace of the metric.
      type: str
    metric_name:
      description: The name of the metric.
      type: str
    metric_value:
      description: The metric value of a matching event.
      type: str
    default_value:
      description: The metric value of any other event; null for none.
      type: float
    unit:
      description: The unit; V(None) for no unit.
      type: str
    dimensions:
      description: The dimensions with their fields.
      type: dict
    field_selection_criteria:
      description: The condition on system fields; an empty string for none.
      type: str
    emit_system_field_dimensions:
      description: The system fields that become dimensions.
      type: list
      elements: str
  sample:
    - name: TrackSecretAccess
      pattern: '{ ($.eventSource = "secretsmanager.amazonaws.com") && ($.eventName = "GetSecretValue") }'
      metric_namespace: SecurityMetrics
      metric_name: SecretAccessCount
      metric_value: "1"
      default_value: 0.0
      unit: None
      dimensions: {}
      field_selection_criteria: ""
      emit_system_field_dimensions: []
created:
  description: The names of the created filters.
  returned: success
  type: list
  elements: str
  sample: [TrackSecretAccess]
updated:
  description: The names of the changed filters.
  returned: success
  type: list
  elements: str
  sample: []
removed:
  description: The names of the deleted filters, including those of O(purge_namespace).
  returned: success
  type: list
  elements: str
  sample: [AbandonedFilter]
tests:
  description: The results of AWS and of the engine of this collection for each test message.
  returned: success
  type: list
  elements: dict
  contains:
    filter:
      description: The name of the filter.
      type: str
    message:
      description: The message.
      type: str
    aws_matches:
      description: Whether AWS matches it.
      type: bool
    engine_matches:
      description: Whether the engine of this collection matches it.
      type: bool
    aws_values:
      description: The fields that AWS extracts; for space-delimited patterns only.
      type: dict
    engine_values:
      description: The fields that the engine of this collection extracts; for space-delimited patterns only.
      type: dict
  sample:
    - filter: TrackSecretAccess
      message: '{"eventSource": "secretsmanager.amazonaws.com", "eventName": "GetSecretValue"}'
      aws_matches: true
      engine_matches: true
      aws_values: {}
      engine_values: {}
disagreements:
  description: The entries of RV(tests) on which AWS and the engine of this collection disagree.
  returned: success
  type: list
  elements: dict
  sample: []
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from ansible_collections.secmon.aws.plugins.module_utils.core.account import Account
from ansible_collections.secmon.aws.plugins.module_utils.core.plan import Plan
from ansible_collections.secmon.aws.plugins.module_utils.core.runner import OWNER_OPTIONS, run_module
from ansible_collections.secmon.aws.plugins.module_utils.logs.checks import check_metric_filters
from ansible_collections.secmon.aws.plugins.module_utils.logs.metric_filters import plan_absent, plan_present, scope_of
from ansible_collections.secmon.aws.plugins.module_utils.logs.ownership import Ownership
from ansible_collections.secmon.aws.plugins.module_utils.logs.reads import (
    list_metric_filters,
    log_group_arn,
    matches_on_aws,
    read_ownership,
)
from ansible_collections.secmon.aws.plugins.module_utils.logs.sample_messages import compared, messages_of, with_tests

FILTER_OPTIONS: dict[str, Any] = {
    "name": {"type": "str", "required": True},
    "pattern": {"type": "str"},
    "metric_namespace": {"type": "str"},
    "metric_name": {"type": "str"},
    "metric_value": {"type": "str", "default": "1"},
    "default_value": {"type": "raw"},
    "unit": {"type": "str"},
    "dimensions": {"type": "dict"},
    "field_selection_criteria": {"type": "str"},
    "emit_system_field_dimensions": {"type": "list", "elements": "str"},
    "test_messages": {"type": "list", "elements": "raw"},
}
OPTIONS: dict[str, Any] = {
    **OWNER_OPTIONS,
    "log_group_name": {"type": "str", "required": True},
    "filters": {"type": "list", "elements": "dict", "required": True, "options": FILTER_OPTIONS},
    "use_existing_group": {"type": "bool", "default": False},
    "purge_namespace": {"type": "list", "elements": "str"},
    "validate_only": {"type": "bool", "default": False},
    "test_messages": {"type": "list", "elements": "raw"},
    "state": {"type": "str", "choices": ["present", "absent"], "default": "present"},
}


def decide(params: Mapping[str, Any], account: Account) -> Plan:
    """List the group's filters, plan the changes, and test the patterns on AWS if there are test messages."""
    check_metric_filters(params)
    group = params["log_group_name"]
    found = list_metric_filters(account, group)
    arn = log_group_arn(account, group)
    scope = scope_of(params, found)
    ownership = read_ownership(account, params, scope) if found is not None and scope.writes else Ownership()
    absent = params["state"] == "absent"
    plan = (plan_absent if absent else plan_present)(params, found, arn, ownership)
    if params["validate_only"]:
        plan = replace(plan, before={}, after={}, stages=())
    return with_tests(plan, [] if absent or params["validate_only"] else list(_tested(params, account)))


def _tested(params: Mapping[str, Any], account: Account) -> Iterator[dict[str, Any]]:
    for item in params["filters"]:
        if messages := messages_of(item, params):
            matches = matches_on_aws(account, item["name"], item["pattern"], messages)
            yield from compared(item["name"], item["pattern"], messages, matches)


def main() -> None:
    """Run the module."""
    run_module(OPTIONS, decide)


if __name__ == "__main__":
    main()
