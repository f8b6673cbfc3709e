#!/usr/bin/python
# Copyright: secmon.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

from __future__ import annotations

DOCUMENTATION = r"""
module: trail
short_description: Manage a CloudTrail trail with its event selectors, insights and logging state
version_added: 0.2.0
description:
  - Creates, changes and deletes one CloudTrail trail.
  - Omitted options keep their current values; V("") or V([]) clears a value.
  - Replaces M(amazon.aws.cloudtrail), which turns a multi-region trail into a single-region trail unless
    C(is_multi_region_trail) is set. Shown by C(test_upstream_makes_a_multi_region_trail_single_region).
  - That module also cannot clear the prefix, the topic or the log group, and lacks event selectors, insights and
    organization trails.
options:
  name:
    description: The name of the trail. Its home region must be the region of the task.
    type: str
    required: true
  s3_bucket_name:
    description: The bucket for the log files. It must exist, with a policy that allows CloudTrail to write to it.
    type: str
  s3_key_prefix:
    description: The prefix of the log files' keys; an empty string for none.
    type: str
  sns_topic_name:
    description:
      - The topic that is notified of every log file, as a name or, in another account, as an ARN.
      - An empty string for none.
    type: str
  multi_region:
    description: Whether the trail records all regions. A new trail records only its own region unless this is V(true).
    type: bool
  global_service_events:
    description: Whether the trail records global services such as IAM. V(true) for a new trail.
    type: bool
  log_file_validation:
    description: Whether CloudTrail writes signed digests of the log files. V(false) for a new trail.
    type: bool
  kms_key_arn:
    description:
      - The ARN of the KMS key that encrypts the log files; an empty string for none.
      - The key must be in the bucket's region.
    type: str
  log_group_arn:
    description:
      - The ARN of the log group that receives the events, with or without C(:*); an empty string for none.
      - It belongs to O(log_group_role_arn); clearing one clears both.
    type: str
  log_group_role_arn:
    description: The ARN of the role with which CloudTrail writes to the log group; an empty string for none.
    type: str
  logging:
    description:
      - Whether the trail logs.
      - If omitted, a new trail logs, and an existing trail keeps its state. Until logging starts, a new trail has the
        tag C(secmon:unfinished), which distinguishes it from a trail that was stopped.
    type: bool
  management_events:
    description: The management events to record. V(all) for a new trail.
    type: str
    choices: [all, read, write, none]
  exclude_management_event_sources:
    description:
      - The event sources whose management events are excluded, V(kms.amazonaws.com) and V(rdsdata.amazonaws.com).
      - Without O(management_events) and O(data_resources), the rest of the selectors is kept.
    type: list
    elements: str
  data_resources:
    description: All resources whose data events are recorded; an empty list for none.
    type: list
    elements: dict
    suboptions:
      type:
        description: V(AWS::S3::Object), V(AWS::Lambda::Function) or V(AWS::DynamoDB::Table).
        type: str
        required: true
      values:
        description:
          - ARNs; for S3 objects, ARN prefixes.
          - V(arn:aws:s3), V(arn:aws:lambda) and V(arn:aws:dynamodb) stand for all resources of the type.
        type: list
        elements: str
        required: true
      events:
        description: The data events to record.
        type: str
        choices: [all, read, write]
        default: all
  advanced_event_selectors:
    description:
      - All events to record, as advanced event selectors, instead of O(management_events),
        O(exclude_management_event_sources) and O(data_resources).
      - Selectors are compared by the events that they select, so equivalent basic selectors are not replaced.
      - An empty list replaces advanced selectors by the basic selector of a new trail.
    type: list
    elements: dict
    suboptions:
      name:
        description: A description of the selector. If omitted, the current name is kept.
        type: str
      field_selectors:
        description: The conditions, all of which an event must meet.
        type: list
        elements: dict
        required: true
        suboptions:
          field:
            description: The field of the event, such as V(eventCategory), which every selector needs.
            type: str
            required: true
          equals:
            description: The value is one of these.
            type: list
            elements: str
          starts_with:
            description: The value starts with one of these.
            type: list
            elements: str
          ends_with:
            description: The value ends with one of these.
            type: list
            elements: str
          not_equals:
            description: The value is none of these.
            type: list
            elements: str
          not_starts_with:
            description: The value starts with none of these.
            type: list
            elements: str
          not_ends_with:
            description: The value ends with none of these.
            type: list
            elements: str
  insight_types:
    description:
      - The insights to collect, V(ApiCallRateInsight) and V(ApiErrorRateInsight); an empty list for none.
      - The first needs write management events, the second any management events.
    type: list
    elements: str
  organization:
    description:
      - Whether the trail records all accounts of the organization. Only the management account and delegated
        administrators for CloudTrail can create such a trail; the management account owns it.
      - A delegated administrator must set V(true) in every task for the trail, also to delete it.
      - A member account sees the organization's trail. With V(false) the task means a trail of the account itself,
        which may have the same name. That CloudTrail accepts this is our reading; an ARN has the account's ID.
    type: bool
  replaced_by:
    description:
      - With O(state=absent), the ARN of the trail that records in place of this one, such as an organization's. The
        trail is kept, and the task fails, unless that one is visible in the account and logging.
    type: str
    version_added: 0.4.0
  state:
    description:
      - Whether the trail exists.
      - V(absent) deletes only the trail, never the bucket, a log file or the log group.
    type: str
    choices: [present, absent]
    default: present
notes:
  - Required IAM actions are
    C(cloudtrail:DescribeTrails), C(cloudtrail:GetTrailStatus), C(cloudtrail:GetEventSelectors),
    C(cloudtrail:GetInsightSelectors), C(cloudtrail:ListTags), C(cloudtrail:CreateTrail), C(cloudtrail:UpdateTrail),
    C(cloudtrail:PutEventSelectors), C(cloudtrail:PutInsightSelectors), C(cloudtrail:StartLogging),
    C(cloudtrail:StopLogging), C(cloudtrail:AddTags), C(cloudtrail:RemoveTags), C(cloudtrail:DeleteTrail),
    C(sts:GetCallerIdentity) and, for an organization trail, C(organizations:DescribeOrganization).
    A trail with a log group also requires permission to pass the role (PassRole of IAM).
  - AWS propagates new policies and roles slowly. Errors that can come from this are retried until
    O(timeout_seconds) expires.
extends_documentation_fragment:
  - secmon.aws.module
  - secmon.aws.module.listed
  - secmon.aws.module.ownership
  - secmon.aws.module.tags
  - amazon.aws.common.modules
  - amazon.aws.region.modules
  - amazon.aws.boto3
author:
  - The secmon.aws founders (@secmon)
"""

EXAMPLES = r"""
- name: Record all regions, with digests for log file validation
  secmon.aws.trail:
    name: audit
    s3_bucket_name: audit-123456789012
    multi_region: true
    log_file_validation: true

- name: Deliver the events to CloudWatch Logs as well
  secmon.aws.trail:
    name: audit
    log_group_arn: arn:aws:logs:us-east-1:123456789012:log-group:/aws/cloudtrail/logs
    log_group_role_arn: arn:aws:iam::123456789012:role/CloudTrailToCloudWatchLogs

- name: Exclude KMS calls, and record reads of the objects in one bucket
  secmon.aws.trail:
    name: audit
    exclude_management_event_sources: [kms.amazonaws.com]
    data_resources:
      - type: AWS::S3::Object
        events: read
        values: ["arn:aws:s3:::payroll/"]

- name: Record management events and object writes with advanced event selectors
  secmon.aws.trail:
    name: audit
    advanced_event_selectors:
      - name: Management events
        field_selectors:
          - {field: eventCategory, equals: [Management]}
      - name: Object writes outside the log bucket
        field_selectors:
          - {field: eventCategory, equals: [Data]}
          - {field: resources.type, equals: ["AWS::S3::Object"]}
          - {field: readOnly, equals: ["false"]}
          - {field: resources.ARN, not_starts_with: ["arn:aws:s3:::audit-123456789012/"]}

- name: Remove the encryption with a customer managed key
  secmon.aws.trail:
    name: audit
    kms_key_arn: ""

- name: Delete the trail and keep the log files
  secmon.aws.trail:
    name: audit
    state: absent
"""

RETURN = r"""
trail:
  description: The trail, predicted in check mode; empty if it is absent.
  returned: success
  type: dict
  contains:
    name:
      description: The name.
      type: str
    arn:
      description: The ARN.
      type: str
    home_region:
      description: The home region, the only one in which the trail can be changed.
      type: str
    s3_bucket_name:
      description: The bucket of the log files.
      type: str
    s3_key_prefix:
      description: The prefix of the log files' keys, or an empty string.
      type: str
    sns_topic_arn:
      description: The topic that is notified of every log file, or an empty string.
      type: str
    multi_region:
      description: Whether the trail records all regions.
      type: bool
    global_service_events:
      description: Whether the trail records global services.
      type: bool
    log_file_validation:
      description: Whether CloudTrail writes signed digest files.
      type: bool
    kms_key_arn:
      description: The key that encrypts the log files, or an empty string.
      type: str
    log_group_arn:
      description: The log group that receives the events, with C(:*) at the end, or an empty string.
      type: str
    log_group_role_arn:
      description: The role with which CloudTrail writes to the log group, or an empty string.
      type: str
    organization:
      description: Whether the trail records all accounts of the organization.
      type: bool
    logging:
      description: Whether the trail logs.
      type: bool
    management_events:
      description: The recorded management events, V(all), V(read), V(write) or V(none).
      type: str
    exclude_management_event_sources:
      description: The event sources whose management events are excluded.
      type: list
      elements: str
    data_resources:
      description: The resources whose data events are recorded, with C(type), C(events) and C(values).
      type: list
      elements: dict
    advanced_event_selectors:
      description:
        - The advanced event selectors, with C(name) and C(field_selectors) as in the option.
        - Empty for basic selectors, unless C(management_events), C(exclude_management_event_sources) and
          C(data_resources) cannot express them.
      type: list
      elements: dict
    insight_types:
      description: The insights that CloudTrail collects.
      type: list
      elements: str
    tags:
      description: The tags.
      type: dict
  sample:
    name: audit
    arn: arn:aws:cloudtrail:us-east-1:123456789012:trail/audit
    home_region: us-east-1
    s3_bucket_name: audit-123456789012
    s3_key_prefix: ""
    sns_topic_arn: ""
    multi_region: true
    global_service_events: true
    log_file_validation: true
    kms_key_arn: ""
    log_group_arn: arn:aws:logs:us-east-1:123456789012:log-group:/aws/cloudtrail/logs:*
    log_group_role_arn: arn:aws:iam::123456789012:role/CloudTrailToCloudWatchLogs
    organization: false
    logging: true
    management_events: all
    exclude_management_event_sources: []
    data_resources: []
    advanced_event_selectors: []
    insight_types: []
    tags: {"secmon:managed-by": secmon.aws}
delivery:
  description:
    - The last deliveries, read before the task changes anything; empty if the trail is absent.
    - Times are in ISO 8601. Absent values are empty strings. The next successful delivery clears an error.
  returned: success
  type: dict
  contains:
    latest_delivery_time:
      description: Time of the last delivery of a log file.
      type: str
      returned: when the trail is present
    latest_delivery_error:
      description: Error of the last delivery of a log file, an error code of S3.
      type: str
      returned: when the trail is present
    latest_digest_delivery_time:
      description: Time of the last delivery of a digest file.
      type: str
      returned: when the trail is present
    latest_digest_delivery_error:
      description: Error of the last delivery of a digest file.
      type: str
      returned: when the trail is present
    latest_cloudwatch_logs_delivery_time:
      description: Time of the last delivery to the log group.
      type: str
      returned: when the trail is present
    latest_cloudwatch_logs_delivery_error:
      description: Error of the last delivery to the log group.
      type: str
      returned: when the trail is present
    latest_notification_time:
      description: Time of the last notification to the topic.
      type: str
      returned: when the trail is present
    latest_notification_error:
      description: Error of the last notification to the topic.
      type: str
      returned: when the trail is present
    start_logging_time:
      description: Time when logging was last started.
      type: str
      returned: when the trail is present
    stop_logging_time:
      description: Time when logging was last stopped.
      type: str
      returned: when the trail is present
  sample:
    latest_delivery_time: "2026-01-26T22:24:11+00:00"
    latest_delivery_error: ""
    latest_digest_delivery_time: "2026-01-26T22:00:00+00:00"
    latest_digest_delivery_error: ""
    latest_cloudwatch_logs_delivery_time: "2026-01-26T22:24:15+00:00"
    latest_cloudwatch_logs_delivery_error: ""
    latest_notification_time: ""
    latest_notification_error: ""
    start_logging_time: "2026-01-20T08:00:00+00:00"
    stop_logging_time: ""
"""

from collections.abc import Mapping
from typing import Any

from ansible_collections.secmon.aws.plugins.module_utils.cloudtrail.checks import check_trail
from ansible_collections.secmon.aws.plugins.module_utils.cloudtrail.plan import (
    NO_TRAIL,
    choose_trail,
    plan_absent,
    plan_creation,
    plan_present,
    require_own,
)
from ansible_collections.secmon.aws.plugins.module_utils.cloudtrail.reads import (
    describe_trails,
    owner_of_new_trail,
    read_trail,
    require_successor,
    without_trails_of_others,
)
from ansible_collections.secmon.aws.plugins.module_utils.cloudtrail.selector_options import KINDS, OPERATOR_OPTIONS
from ansible_collections.secmon.aws.plugins.module_utils.core.account import Account
from ansible_collections.secmon.aws.plugins.module_utils.core.plan import Plan
from ansible_collections.secmon.aws.plugins.module_utils.core.runner import (
    LISTED,
    RESOURCE_OPTIONS,
    confirmed,
    run_module,
)

STRINGS: dict[str, Any] = {"type": "list", "elements": "str"}
DATA_RESOURCE: dict[str, Any] = {
    "type": {"type": "str", "required": True},
    "values": {**STRINGS, "required": True},
    "events": {"type": "str", "choices": ["all", "read", "write"], "default": "all"},
}
FIELD_SELECTOR: dict[str, Any] = {
    "field": {"type": "str", "required": True},
    **{operator: dict(STRINGS) for operator in OPERATOR_OPTIONS},
}
ADVANCED_EVENT_SELECTOR: dict[str, Any] = {
    "name": {"type": "str"},
    "field_selectors": {"type": "list", "elements": "dict", "required": True, "options": FIELD_SELECTOR},
}
OPTIONS: dict[str, Any] = {
    **RESOURCE_OPTIONS,
    **LISTED,
    "name": {"type": "str", "required": True},
    "s3_bucket_name": {"type": "str"},
    "s3_key_prefix": {"type": "str", "no_log": False},
    "sns_topic_name": {"type": "str"},
    "multi_region": {"type": "bool"},
    "global_service_events": {"type": "bool"},
    "log_file_validation": {"type": "bool"},
    "kms_key_arn": {"type": "str", "no_log": False},
    "log_group_arn": {"type": "str"},
    "log_group_role_arn": {"type": "str"},
    "logging": {"type": "bool"},
    "management_events": {"type": "str", "choices": list(KINDS)},
    "exclude_management_event_sources": dict(STRINGS),
    "data_resources": {"type": "list", "elements": "dict", "options": DATA_RESOURCE},
    "advanced_event_selectors": {"type": "list", "elements": "dict", "options": ADVANCED_EVENT_SELECTOR},
    "insight_types": dict(STRINGS),
    "organization": {"type": "bool"},
    "replaced_by": {"type": "str"},
}


def decide(params: Mapping[str, Any], account: Account) -> Plan:
    """Read the trail and plan the changes."""
    check_trail(params, account.region)
    trails = describe_trails(account, params["name"])
    description = choose_trail(params, without_trails_of_others(params, trails, account), account.region)
    present = params["state"] == "present"
    if params["replaced_by"] and description and not present:
        require_successor(params["name"], params["replaced_by"], trails, account)
    if description is None:
        owner = owner_of_new_trail(account, organization=bool(params["organization"])) if present else None
        return plan_creation(params, trails, owner) if owner else NO_TRAIL
    if not description.get("IsOrganizationTrail"):
        account.learn_place(description["TrailARN"])
    elif not params["organization"]:
        require_own(description, account.place)
    plan = plan_present if present else plan_absent
    return plan(params, *read_trail(account, description, params["listed"]))


def main() -> None:
    """Run the module."""
    run_module(OPTIONS, confirmed(decide))


if __name__ == "__main__":
    main()
