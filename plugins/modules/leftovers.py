#!/usr/bin/python
# Copyright: secmon.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

from __future__ import annotations

DOCUMENTATION = r"""
module: leftovers
short_description: List what is left of the system after a teardown, and why
version_added: 0.2.0
description:
  - Lists everything in one account and region that carries the tag C(secmon:managed-by) of this collection, and
    whatever has one of the given names, each with the reason why it is there.
  - Names are needed besides tags, since IAM roles, metric filters and subscriptions are in no listing of tags.
  - It only reads. Nothing is ever changed, with or without check mode.
  - Stands in for no upstream module; those that list resources by tag know neither
    recovery windows nor what goes with what.
options:
  trail_name:
    description: The name of the system's trail.
    type: str
  bucket_name:
    description: The name of its log bucket.
    type: str
  log_group_name:
    description: The name of its log group.
    type: str
  role_name:
    description: The name of the IAM role by which CloudTrail writes to the log group.
    type: str
  topic_name:
    description: The name of its topic.
    type: str
  secret_name:
    description: The name of its secret.
    type: str
  key_aliases:
    description: The aliases of its KMS keys, each beginning with C(alias/).
    type: list
    elements: str
  alarm_names:
    description: The names of its alarms.
    type: list
    elements: str
  filter_names:
    description: The names of its metric filters.
    type: list
    elements: str
  other_filter_names:
    description: The names of metric filters that this collection makes for rules that the system does not use now.
    type: list
    elements: str
  metric_namespaces:
    description:
      - The namespaces of its metrics. Metric filters have no tags; one that feeds none of these is somebody else's.
    type: list
    elements: str
  existing_bucket_name:
    description: A bucket that the system uses and did not make.
    type: str
  existing_log_group_name:
    description: A log group that the system uses and did not make. The system's metric filters are looked for in it.
    type: str
  existing_role_arn:
    description: An IAM role that the system uses and did not make.
    type: str
  existing_topic_arn:
    description: A topic that the system uses and did not make.
    type: str
  existing_key_arn:
    description: A KMS key that the system uses and did not make.
    type: str
  existing_secret_name:
    description: A secret whose reads are watched and that the system did not make.
    type: str
  keep_bucket:
    description: Whether the teardown keeps the log bucket.
    type: bool
    default: true
  dry_run:
    description: Whether the teardown is still to come. What it is going to remove is expected to be there then.
    type: bool
    default: false
  before:
    description: What this module returned as RV(leftovers) before the teardown, so that it can tell what was removed.
    type: list
    elements: dict
notes:
  - The IAM actions it needs are
    C(tag:GetResources), C(sts:GetCallerIdentity), C(cloudtrail:DescribeTrails), C(cloudtrail:ListTags),
    C(s3:ListAllMyBuckets), C(s3:GetBucketTagging), C(s3:GetBucketObjectLockConfiguration), C(logs:DescribeLogGroups),
    C(logs:ListTagsForResource), C(logs:DescribeMetricFilters), C(cloudwatch:DescribeAlarms),
    C(cloudwatch:ListTagsForResource), C(sns:ListSubscriptions), C(sns:GetTopicAttributes),
    C(sns:ListTagsForResource), C(secretsmanager:DescribeSecret), C(iam:GetRole), C(kms:DescribeKey) and
    C(kms:ListResourceTags).
extends_documentation_fragment:
  - secmon.aws.module
  - amazon.aws.common.modules
  - amazon.aws.region.modules
  - amazon.aws.boto3
  - action_common_attributes
author:
  - The secmon.aws founders (@secmon)
"""

EXAMPLES = r"""
- name: See what is left
  secmon.aws.leftovers:
    trail_name: secrets-manager-trail
    bucket_name: secrets-manager-trail-123456789012
    log_group_name: /aws/cloudtrail/logs
    role_name: CloudTrailToCloudWatchLogs
    topic_name: SecurityAlarms
    secret_name: MySampleSecret
  register: sweep

- name: Fail if something is left that should not be
  ansible.builtin.assert:
    that: sweep.unexpected == 0
    fail_msg: "{{ sweep.lines }}"
"""

RETURN = r"""
leftovers:
  description: What is there, the unexpected first.
  returned: success
  type: list
  elements: dict
  contains:
    type:
      description:
        - What it is, such as V(trail), V(log bucket), V(log group), V(metric filter), V(alarm), V(topic),
          V(subscription), V(secret), V(role) and V(key).
      type: str
      returned: always
    name:
      description: Its name; of a key an alias or the id, of a subscription protocol and endpoint.
      type: str
      returned: always
    arn:
      description: Its ARN; of a metric filter that of its log group, of a pending subscription that of its topic.
      type: str
      returned: always
    why:
      description: Why it is there; begins with C(UNEXPECTED) if it should not be.
      type: str
      returned: always
    until:
      description: When AWS deletes it, or an empty string.
      type: str
      returned: always
    unexpected:
      description: Whether it should not be there.
      type: bool
      returned: always
  sample:
    - type: secret
      name: MySampleSecret
      arn: arn:aws:secretsmanager:us-east-1:123456789012:secret:MySampleSecret-a1B2c3
      why: in its recovery window until 2026-12-24
      until: "2026-12-24T09:30:00+00:00"
      unexpected: false
unexpected:
  description: How many of them should not be there.
  returned: success
  type: int
  sample: 0
removed:
  description: What was in O(before) and is gone, or about to go; in the form of RV(leftovers).
  returned: success
  type: list
  elements: dict
  sample: []
lines:
  description: All of it for a person to read.
  returned: success
  type: list
  elements: str
  sample:
    - "Account 123456789012, us-east-1:"
    - "Removed: nothing"
    - "Left (1):"
    - "  secret  MySampleSecret  in its recovery window until 2026-12-24"
    - "Nothing unexpected is left."
"""

from collections.abc import Mapping
from typing import Any

from ansible_collections.secmon.aws.plugins.module_utils.core.account import Account
from ansible_collections.secmon.aws.plugins.module_utils.core.runner import COMMON_OPTIONS, run_reader
from ansible_collections.secmon.aws.plugins.module_utils.leftovers.classify import (
    as_result,
    judge,
    removed_since,
    system_of,
    told,
)
from ansible_collections.secmon.aws.plugins.module_utils.leftovers.reads import find_leftovers

_NAMES = ("trail_name", "bucket_name", "log_group_name", "role_name", "topic_name", "secret_name")
_LISTS = ("key_aliases", "alarm_names", "filter_names", "other_filter_names", "metric_namespaces")
_EXISTING = ("bucket_name", "log_group_name", "role_arn", "topic_arn", "key_arn", "secret_name")

OPTIONS: dict[str, Any] = {
    **COMMON_OPTIONS,
    # Names that hold "secret" or "key" would be taken for secrets.
    **{name: {"type": "str", "no_log": False} for name in _NAMES},
    **{name: {"type": "list", "elements": "str", "no_log": False} for name in _LISTS},
    **{f"existing_{name}": {"type": "str", "no_log": False} for name in _EXISTING},
    "keep_bucket": {"type": "bool", "default": True},
    "dry_run": {"type": "bool", "default": False},
    "before": {"type": "list", "elements": "dict"},
}


def read(params: Mapping[str, Any], account: Account) -> dict[str, Any]:
    """Find what is left and say why it is there."""
    system = system_of(params)
    left = judge(find_leftovers(account, system), system)
    removed = removed_since(params["before"] or [], left)
    where = f"Account {account.place.account}, {account.region}"
    return {
        "leftovers": as_result(left),
        "unexpected": sum(item.unexpected for item in left),
        "removed": removed,
        "lines": told(left, removed, where, params["dry_run"]),
    }


def main() -> None:
    """Run the module."""
    run_reader(OPTIONS, read)


if __name__ == "__main__":
    main()
