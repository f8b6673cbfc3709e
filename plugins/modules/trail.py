#!/usr/bin/python
# Copyright: secmon.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

from __future__ import annotations

DOCUMENTATION = r"""
module: trail
short_description: Manage a trail with its event selectors, insights and logging state
version_added: 0.2.0
description:
  - Makes, changes and deletes one trail of CloudTrail.
  - What the task does not mention stays as it is; what it gives as V("") or V([]) is cleared.
  - Stands in for M(amazon.aws.cloudtrail), which makes a trail of one region out of one of all regions unless it is
    told otherwise, cannot clear the prefix, the topic or the log group, and has neither event selectors, insights
    nor organizations' trails.
options:
  name:
    description: The name of the trail, which has to be at home in the region of the task.
    type: str
    required: true
  s3_bucket_name:
    description: The bucket that keeps the log files. It must exist, with a policy that lets CloudTrail write to it.
    type: str
  s3_key_prefix:
    description: What the keys of the log files begin with, or an empty string for nothing.
    type: str
  sns_topic_name:
    description:
      - The topic that is told of every log file, by name or, if it is another account's, by ARN.
      - An empty string for none.
    type: str
  multi_region:
    description: Whether the trail records all regions. A new trail records its own region only unless this is V(true).
    type: bool
  global_service_events:
    description: Whether the trail records global services such as IAM. A new trail does.
    type: bool
  log_file_validation:
    description: Whether signed digest files prove later that no log file was altered. For a new trail, V(false).
    type: bool
  kms_key_arn:
    description:
      - The ARN of the KMS key that encrypts the log files, or an empty string for none.
      - The key is in the bucket's region.
    type: str
  log_group_arn:
    description:
      - The ARN of the log group that receives the events, with or without C(:*), or an empty string for none.
      - It belongs together with O(log_group_role_arn); to clear one clears both.
    type: str
  log_group_role_arn:
    description: The ARN of the role by which CloudTrail writes to the log group, or an empty string for none.
    type: str
  logging:
    description:
      - Whether the trail logs.
      - If the task does not mention it, a new trail logs, and another stays as it is. To be told from one that
        somebody stopped, the new one carries the tag C(secmon:unfinished) until it logs.
    type: bool
  management_events:
    description: Which management events are recorded. A new trail records V(all).
    type: str
    choices: [all, read, write, none]
  exclude_management_event_sources:
    description:
      - The event sources whose management events are not recorded, V(kms.amazonaws.com) and V(rdsdata.amazonaws.com).
      - Given without O(management_events) and O(data_resources), it changes nothing else about the selectors.
    type: list
    elements: str
  data_resources:
    description: The resources whose data events are recorded, all of them; an empty list for none.
    type: list
    elements: dict
    suboptions:
      type:
        description: V(AWS::S3::Object), V(AWS::Lambda::Function) or V(AWS::DynamoDB::Table).
        type: str
        required: true
      values:
        description:
          - ARNs; for objects, what their ARNs begin with.
          - V(arn:aws:s3), V(arn:aws:lambda) and V(arn:aws:dynamodb) mean all.
        type: list
        elements: str
        required: true
      events:
        description: Which of their events.
        type: str
        choices: [all, read, write]
        default: all
  advanced_event_selectors:
    description:
      - All that is recorded, as advanced event selectors, instead of O(management_events),
        O(exclude_management_event_sources) and O(data_resources).
      - They are compared by what they select, so that basic selectors that mean the same are not replaced.
      - An empty list replaces advanced selectors by the basic one that a new trail has.
    type: list
    elements: dict
    suboptions:
      name:
        description: What the selector is for. The name that it has stays if none is given.
        type: str
      field_selectors:
        description: The conditions, all of which an event has to meet.
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
            description: The value begins with one of these.
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
            description: The value begins with none of these.
            type: list
            elements: str
          not_ends_with:
            description: The value ends with none of these.
            type: list
            elements: str
  insight_types:
    description:
      - The insights that CloudTrail draws, V(ApiCallRateInsight) and V(ApiErrorRateInsight); an empty list for none.
      - The first needs write management events to be recorded, the second any management events.
    type: list
    elements: str
  organization:
    description:
      - Whether the trail records all accounts of the organization. Only the management account and delegated
        administrators of CloudTrail can have such a trail, which then is the management account's.
      - A delegated administrator says V(true) in every task about it, also to delete it.
    type: bool
  tags:
    description: The tags. One more, C(secmon:managed-by), marks the trail as this collection's.
    type: dict
  purge_tags:
    description: Whether tags that O(tags) does not name are removed.
    type: bool
    default: true
  state:
    description:
      - Whether the trail exists.
      - V(absent) deletes the trail only, never the bucket, a log file or the log group.
    type: str
    choices: [present, absent]
    default: present
notes:
  - The IAM actions it needs are
    C(cloudtrail:DescribeTrails), C(cloudtrail:GetTrailStatus), C(cloudtrail:GetEventSelectors),
    C(cloudtrail:GetInsightSelectors), C(cloudtrail:ListTags), C(cloudtrail:CreateTrail), C(cloudtrail:UpdateTrail),
    C(cloudtrail:PutEventSelectors), C(cloudtrail:PutInsightSelectors), C(cloudtrail:StartLogging),
    C(cloudtrail:StopLogging), C(cloudtrail:AddTags), C(cloudtrail:RemoveTags), C(cloudtrail:DeleteTrail),
    C(sts:GetCallerIdentity) and, for an organization's trail, C(organizations:DescribeOrganization).
    To give a trail a log group, AWS also wants the permission to pass the role (PassRole of IAM).
  - AWS spreads new policies and roles slowly. A refusal that can come from this is repeated until
    O(timeout_seconds) is over.
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
- name: Record all regions and prove that no log file was altered
  secmon.aws.trail:
    name: audit
    s3_bucket_name: audit-123456789012
    multi_region: true
    log_file_validation: true

- name: Send the events to CloudWatch Logs as well
  secmon.aws.trail:
    name: audit
    log_group_arn: arn:aws:logs:us-east-1:123456789012:log-group:/aws/cloudtrail/logs
    log_group_role_arn: arn:aws:iam::123456789012:role/CloudTrailToCloudWatchLogs

- name: Leave out the calls of KMS, and record who reads the objects of one bucket
  secmon.aws.trail:
    name: audit
    exclude_management_event_sources: [kms.amazonaws.com]
    data_resources:
      - type: AWS::S3::Object
        events: read
        values: ["arn:aws:s3:::payroll/"]

- name: Record management events, and writes to objects by advanced event selectors
  secmon.aws.trail:
    name: audit
    advanced_event_selectors:
      - name: Management events
        field_selectors:
          - {field: eventCategory, equals: [Management]}
      - name: Objects that change, but in the log bucket
        field_selectors:
          - {field: eventCategory, equals: [Data]}
          - {field: resources.type, equals: ["AWS::S3::Object"]}
          - {field: readOnly, equals: ["false"]}
          - {field: resources.ARN, not_starts_with: ["arn:aws:s3:::audit-123456789012/"]}

- name: Remove the encryption by a customer managed key
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
  description: The trail as it is, or as it would be in check mode; empty if it is absent.
  returned: success
  type: dict
  contains:
    name:
      description: Its name.
      type: str
      returned: always
    arn:
      description: Its ARN, by which other tasks should know it.
      type: str
      returned: always
    home_region:
      description: The region in which it can be changed.
      type: str
      returned: always
    s3_bucket_name:
      description: The bucket that keeps the log files.
      type: str
      returned: always
    s3_key_prefix:
      description: What their keys begin with, or an empty string.
      type: str
      returned: always
    sns_topic_arn:
      description: The topic that is told of every log file, or an empty string.
      type: str
      returned: always
    multi_region:
      description: Whether it records all regions.
      type: bool
      returned: always
    global_service_events:
      description: Whether it records global services.
      type: bool
      returned: always
    log_file_validation:
      description: Whether signed digest files are made.
      type: bool
      returned: always
    kms_key_arn:
      description: The key that encrypts the log files, or an empty string.
      type: str
      returned: always
    log_group_arn:
      description: The log group that receives the events, with C(:*) at the end, or an empty string.
      type: str
      returned: always
    log_group_role_arn:
      description: The role by which CloudTrail writes to it, or an empty string.
      type: str
      returned: always
    organization:
      description: Whether it records all accounts of the organization.
      type: bool
      returned: always
    logging:
      description: Whether it logs.
      type: bool
      returned: always
    management_events:
      description: Which management events it records, V(all), V(read), V(write) or V(none).
      type: str
      returned: always
    exclude_management_event_sources:
      description: The event sources whose management events it does not record.
      type: list
      elements: str
      returned: always
    data_resources:
      description: The resources whose data events it records, with C(type), C(events) and C(values).
      type: list
      elements: dict
      returned: always
    advanced_event_selectors:
      description:
        - Its advanced event selectors, with C(name) and C(field_selectors) as in the option.
        - Empty if it has basic ones, unless C(management_events), C(exclude_management_event_sources) and
          C(data_resources) cannot say what those do; then these say it.
        - What an advanced selector says beyond the three is here only.
      type: list
      elements: dict
      returned: always
    insight_types:
      description: The insights that CloudTrail draws.
      type: list
      elements: str
      returned: always
    tags:
      description: Its tags.
      type: dict
      returned: always
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
    - What CloudTrail last delivered when the task looked, before it changed anything; empty if the trail is absent.
    - Times are in ISO 8601. What there is not is an empty string. An error goes with the next success.
  returned: success
  type: dict
  contains:
    latest_delivery_time:
      description: When a log file last reached the bucket.
      type: str
      returned: when the trail is present
    latest_delivery_error:
      description: Why the last one did not, by the error code of S3.
      type: str
      returned: when the trail is present
    latest_digest_delivery_time:
      description: When a digest file last reached the bucket.
      type: str
      returned: when the trail is present
    latest_digest_delivery_error:
      description: Why the last one did not.
      type: str
      returned: when the trail is present
    latest_cloudwatch_logs_delivery_time:
      description: When events last reached the log group.
      type: str
      returned: when the trail is present
    latest_cloudwatch_logs_delivery_error:
      description: Why the last ones did not.
      type: str
      returned: when the trail is present
    latest_notification_time:
      description: When the topic was last told of a log file.
      type: str
      returned: when the trail is present
    latest_notification_error:
      description: Why it was not told of the last one.
      type: str
      returned: when the trail is present
    start_logging_time:
      description: When logging was last started.
      type: str
      returned: when the trail is present
    stop_logging_time:
      description: When logging was last stopped.
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
)
from ansible_collections.secmon.aws.plugins.module_utils.cloudtrail.selectors import KINDS, OPERATOR_OPTIONS
from ansible_collections.secmon.aws.plugins.module_utils.core.account import Account
from ansible_collections.secmon.aws.plugins.module_utils.core.plan import Plan
from ansible_collections.secmon.aws.plugins.module_utils.core.runner import OWNER_OPTIONS, run_module

TEXTS: dict[str, Any] = {"type": "list", "elements": "str"}
DATA_RESOURCE: dict[str, Any] = {
    "type": {"type": "str", "required": True},
    "values": {**TEXTS, "required": True},
    "events": {"type": "str", "choices": ["all", "read", "write"], "default": "all"},
}
FIELD_SELECTOR: dict[str, Any] = {
    "field": {"type": "str", "required": True},
    **{operator: dict(TEXTS) for operator in OPERATOR_OPTIONS},
}
ADVANCED_EVENT_SELECTOR: dict[str, Any] = {
    "name": {"type": "str"},
    "field_selectors": {"type": "list", "elements": "dict", "required": True, "options": FIELD_SELECTOR},
}
OPTIONS: dict[str, Any] = {
    **OWNER_OPTIONS,
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
    "exclude_management_event_sources": dict(TEXTS),
    "data_resources": {"type": "list", "elements": "dict", "options": DATA_RESOURCE},
    "advanced_event_selectors": {"type": "list", "elements": "dict", "options": ADVANCED_EVENT_SELECTOR},
    "insight_types": dict(TEXTS),
    "organization": {"type": "bool"},
    "tags": {"type": "dict"},
    "purge_tags": {"type": "bool", "default": True},
    "state": {"type": "str", "choices": ["present", "absent"], "default": "present"},
}


def decide(params: Mapping[str, Any], account: Account) -> Plan:
    """Read the trail and plan what to do about it."""
    check_trail(params, account.region)
    trails = describe_trails(account, params["name"])
    description = choose_trail(params, trails, account.region)
    present = params["state"] == "present"
    if description is None:
        owner = owner_of_new_trail(account, organization=bool(params["organization"])) if present else None
        return plan_creation(params, trails, owner) if owner else NO_TRAIL
    if not description.get("IsOrganizationTrail"):
        account.learn_place(description["TrailARN"])
    elif not params["organization"]:
        require_own(description, account.place)
    plan = plan_present if present else plan_absent
    return plan(params, *read_trail(account, description))


def main() -> None:
    """Run the module."""
    run_module(OPTIONS, decide)


if __name__ == "__main__":
    main()
