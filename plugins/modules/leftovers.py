#!/usr/bin/python
# Copyright: secmon.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

from __future__ import annotations

DOCUMENTATION = r"""
module: leftovers
short_description: List the resources that are left after a teardown, or that no variable names, and why
version_added: 0.2.0
description:
  - Lists the resources in one account and region that have the tag C(secmon:managed-by) of this collection or one of
    the given names, each with the reason why it exists.
  - Names are needed in addition to tags, since the tagging API does not list IAM roles, metric filters and
    subscriptions.
  - With O(purpose=prune) and O(purpose=report), it lists only the resources with the tag that none of the names
    means, such as those of a former name. In an account without any, this takes two calls.
  - The module only reads, with or without check mode.
  - No upstream module does this. Upstream modules that list resources by tag do not report recovery windows or what a
    resource belongs to.
options:
  purpose:
    description:
      - What the list is for. With V(teardown) it has everything that is named or has the tag.
      - With V(prune) it has what C(playbooks/prune.yml) removes, and what it keeps and why. A resource that a named one
        still uses, a trail without a successor, a bucket that contains log files and a key are kept.
      - With V(report) it is the same before the removal, and a warning describes it. The module fails if two trails
        deliver to one log group, since each event then counts twice.
    type: str
    choices: [teardown, prune, report]
    default: teardown
    version_added: 0.4.0
  kept_arns:
    description: The ARNs of resources with the tag that other playbooks manage. They are not listed unless named.
    type: list
    elements: str
    version_added: 0.4.0
  purge_keys:
    description: Whether the keys that no name means are removed too, which decrypt what was written with them.
    type: bool
    default: false
    version_added: 0.4.0
  subscriptions:
    description:
      - The subscriptions of O(topic_name), each with C(protocol) and C(endpoint). With O(purpose=report), a warning
        names its other confirmed subscriptions. By default they are not read.
    type: list
    elements: dict
    version_added: 0.4.0
  trail_name:
    description: The name of the trail.
    type: str
  bucket_name:
    description: The name of the log bucket.
    type: str
  log_group_name:
    description: The name of the log group.
    type: str
  role_name:
    description: The name of the IAM role that CloudTrail uses to write to the log group.
    type: str
  topic_name:
    description: The name of the topic.
    type: str
  event_topic_name:
    description: The name of the topic that EventBridge publishes to.
    type: str
    version_added: 0.4.0
  event_rule_names:
    description: The names of the rules of EventBridge.
    type: list
    elements: str
    version_added: 0.4.0
  event_regions:
    description: The other regions whose events rules of EventBridge forward to this one.
    type: list
    elements: str
    version_added: 0.4.0
  event_role_name:
    description: The name of the IAM role with which EventBridge forwards events.
    type: str
    version_added: 0.4.0
  secret_name:
    description: The name of the secret.
    type: str
  key_aliases:
    description: The aliases of the KMS keys, each with the prefix C(alias/).
    type: list
    elements: str
  bucket_key_alias:
    description:
      - The alias of the key that this collection created to encrypt the log files. It is expected as long as they are
        kept, by O(keep_bucket) or in O(existing_bucket_name), and unexpected if its deletion is scheduled meanwhile.
    type: str
    version_added: 0.4.0
  alarm_names:
    description: The names of the alarms.
    type: list
    elements: str
  log_alarm_names:
    description: The names of the log alarms.
    type: list
    elements: str
    version_added: 0.4.0
  log_alarm_role_names:
    description: The names of the roles of the log alarms.
    type: list
    elements: str
    version_added: 0.4.0
  filter_names:
    description: The names of the metric filters.
    type: list
    elements: str
  other_filter_names:
    description: The names of the metric filters of rules that are not selected.
    type: list
    elements: str
  metric_namespaces:
    description:
      - The namespaces of the metrics. Metric filters have no tags; a filter that publishes to another namespace is not
        managed by this collection.
    type: list
    elements: str
  existing_bucket_name:
    description: The name of an existing bucket that the deployment only uses.
    type: str
  existing_bucket_owner:
    description: The account that owns O(existing_bucket_name), if it is another one.
    type: str
    version_added: 0.4.0
  existing_log_group_name:
    description: The name of an existing log group that the deployment only uses. Its metric filters are checked.
    type: str
  existing_role_arn:
    description: The ARN of an existing IAM role that the deployment only uses.
    type: str
  existing_topic_arn:
    description: The ARN of an existing topic that the deployment only uses.
    type: str
  existing_key_arn:
    description: The ARN of an existing KMS key that the deployment only uses.
    type: str
  existing_secret_name:
    description: The name of an existing secret whose reads are detected.
    type: str
  keep_bucket:
    description: Whether the teardown keeps the log bucket.
    type: bool
    default: true
  log_folders:
    description:
      - What the keys of log files begin with, such as C(AWSLogs/111122223333/CloudTrail). Other objects in a log bucket
        that is not kept are reported. By default they are not searched for.
    type: list
    elements: str
    version_added: 0.4.0
  purge_others:
    description: Whether the teardown deletes the bucket although it contains other objects.
    type: bool
    default: false
    version_added: 0.4.0
  dry_run:
    description: Whether the teardown has not run yet. The resources that it will remove are then expected.
    type: bool
    default: false
  parts:
    description:
      - The parts of the system to report, which are the tags of C(teardown.yml). By default all.
      - With this option, only resources that the task names are reported, not others with the tag of this collection.
    type: list
    elements: str
    choices: [events, alarms, trail, logs, notify, secret]
    version_added: 0.4.0
  before:
    description: RV(leftovers) of a run before the teardown, with which the module reports what was removed.
    type: list
    elements: dict
notes:
  - The module calls the IAM actions
    C(tag:GetResources), C(sts:GetCallerIdentity), C(cloudtrail:DescribeTrails), C(cloudtrail:ListTags),
    C(s3:ListAllMyBuckets), C(s3:ListBucket), C(s3:ListBucketVersions), C(s3:GetBucketTagging),
    C(s3:GetBucketObjectLockConfiguration),
    C(logs:DescribeLogGroups), C(logs:ListTagsForResource), C(logs:DescribeMetricFilters), C(cloudwatch:DescribeAlarms),
    C(cloudwatch:ListTagsForResource), C(sns:ListSubscriptions), C(sns:ListSubscriptionsByTopic),
    C(sns:GetTopicAttributes), C(sns:ListTagsForResource), C(events:ListRules), C(events:ListTagsForResource),
    C(secretsmanager:DescribeSecret), C(iam:ListRoles),
    C(iam:GetRole), C(iam:ListRolePolicies), C(iam:GetRolePolicy), C(kms:ListAliases), C(kms:DescribeKey) and
    C(kms:ListResourceTags).
extends_documentation_fragment:
  - secmon.aws.module
  - secmon.aws.module.listed
  - amazon.aws.common.modules
  - amazon.aws.region.modules
  - amazon.aws.boto3
author:
  - The secmon.aws founders (@secmon)
"""

EXAMPLES = r"""
- name: List what is left
  secmon.aws.leftovers:
    trail_name: secrets-manager-trail
    bucket_name: secrets-manager-trail-123456789012
    log_group_name: /aws/cloudtrail/logs
    role_name: CloudTrailToCloudWatchLogs
    topic_name: SecurityAlarms
    secret_name: MySampleSecret
  register: sweep

- name: Fail if a leftover is unexpected
  ansible.builtin.assert:
    that: sweep.unexpected == 0
    fail_msg: "{{ sweep.lines }}"
"""

RETURN = r"""
leftovers:
  description: The existing resources, unexpected ones first.
  returned: success
  type: list
  elements: dict
  contains:
    type:
      description:
        - The type, such as V(trail), V(log bucket), V(log group), V(metric filter), V(alarm), V(event rule), V(topic),
          V(subscription), V(secret), V(role) and V(key).
      type: str
    name:
      description: The name; for a key an alias or the ID, for a subscription the protocol and endpoint.
      type: str
    arn:
      description: The ARN; for a metric filter that of its log group, for a pending subscription that of its topic.
      type: str
    why:
      description: Why it exists; begins with C(UNEXPECTED) if it should not exist.
      type: str
    until:
      description: When AWS deletes it, or an empty string if it is not scheduled for deletion.
      type: str
    unexpected:
      description: Whether it should not exist.
      type: bool
    alias:
      description: The alias that a key was made for, if it is one too many for a key of that alias; otherwise empty.
      type: str
    doubles:
      description: For a trail, the named log group that it delivers to although no name means it; otherwise empty.
      type: str
  sample:
    - type: secret
      name: MySampleSecret
      arn: arn:aws:secretsmanager:us-east-1:123456789012:secret:MySampleSecret-a1B2c3
      why: in its recovery window until 2026-12-24
      until: "2026-12-24T09:30:00+00:00"
      unexpected: false
      alias: ""
      doubles: ""
unexpected:
  description: The number of unexpected leftovers.
  returned: success
  type: int
  sample: 0
removed:
  description: The items of O(before) that no longer exist or are now scheduled for deletion.
  returned: success
  type: list
  elements: dict
  sample: []
lines:
  description: The report as text.
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

from collections.abc import Mapping, Sequence
from typing import Any

from ansible_collections.secmon.aws.plugins.module_utils.core.account import Account
from ansible_collections.secmon.aws.plugins.module_utils.core.errors import AwsError
from ansible_collections.secmon.aws.plugins.module_utils.core.problems import require
from ansible_collections.secmon.aws.plugins.module_utils.core.runner import COMMON_OPTIONS, LISTED, run_reader
from ansible_collections.secmon.aws.plugins.module_utils.leftovers.classify import (
    Leftover,
    classify,
    doubled_trails,
    orphan_warnings,
    removed_since,
    report_lines,
    results,
)
from ansible_collections.secmon.aws.plugins.module_utils.leftovers.reads import find_resources
from ansible_collections.secmon.aws.plugins.module_utils.leftovers.resources import (
    PARTS,
    PRUNE,
    REPORT,
    TEARDOWN,
    deployment_of,
)
from ansible_collections.secmon.aws.plugins.module_utils.sns.reads import unnamed_subscriptions_of

_NAMES = (
    *("trail_name", "bucket_name", "log_group_name", "role_name", "topic_name", "secret_name"),
    *("bucket_key_alias", "event_topic_name", "event_role_name"),
)
_LISTS = (
    *("key_aliases", "alarm_names", "filter_names", "other_filter_names", "metric_namespaces"),
    *("event_rule_names", "event_regions", "log_alarm_names", "log_alarm_role_names"),
)
_EXISTING = ("bucket_name", "bucket_owner", "log_group_name", "role_arn", "topic_arn", "key_arn", "secret_name")

OPTIONS: dict[str, Any] = {
    **COMMON_OPTIONS,
    "purpose": {"type": "str", "choices": [TEARDOWN, PRUNE, REPORT], "default": TEARDOWN},
    "kept_arns": {"type": "list", "elements": "str"},
    "subscriptions": {"type": "list", "elements": "dict"},
    "purge_keys": {"type": "bool", "default": False, "no_log": False},
    # Ansible would mask options whose names contain "secret" or "key".
    **{name: {"type": "str", "no_log": False} for name in _NAMES},
    **{name: {"type": "list", "elements": "str", "no_log": False} for name in _LISTS},
    **{f"existing_{name}": {"type": "str", "no_log": False} for name in _EXISTING},
    "keep_bucket": {"type": "bool", "default": True},
    "log_folders": {"type": "list", "elements": "str"},
    "purge_others": {"type": "bool", "default": False},
    "dry_run": {"type": "bool", "default": False},
    "parts": {"type": "list", "elements": "str", "choices": list(PARTS)},
    "before": {"type": "list", "elements": "dict"},
    **LISTED,
}


def read(params: Mapping[str, Any], account: Account) -> dict[str, Any]:
    """Find the resources that are left and why they exist."""
    if params["purpose"] == REPORT:
        return _report(params, account)
    deployment = deployment_of(params)
    left = classify(find_resources(account, deployment), deployment)
    return _described(left, removed_since(params["before"] or [], left), account, deployment.dry_run)


def _report(params: Mapping[str, Any], account: Account) -> dict[str, Any]:
    """Find what no variable names, as an addition to site.yml and verify.yml, which work without the permissions."""
    deployment = deployment_of(params)
    try:
        left = classify(find_resources(account, deployment, params["listed"]), deployment)
        named = params["subscriptions"]
        notes = [] if named is None else list(unnamed_subscriptions_of(account, params["topic_name"], named))
    except AwsError as error:
        if not error.is_denial:
            raise
        return {**_NOTHING, "warnings": [f"What no variable names any more could not be listed. {error.hint}"]}
    if not left:
        return {**_NOTHING, "warnings": notes}
    warnings = list(orphan_warnings(left, _title(account)))
    require(doubled_trails(left, warnings))
    return {**_described(left, [], account, dry_run=True), "warnings": [*warnings, *notes]}


_NOTHING: dict[str, Any] = {"leftovers": [], "unexpected": 0, "removed": [], "lines": []}


def _described(
    left: Sequence[Leftover], removed: Sequence[Mapping[str, Any]], account: Account, dry_run: bool
) -> dict[str, Any]:
    return {
        "leftovers": results(left),
        "unexpected": sum(item.unexpected for item in left),
        "removed": removed,
        "lines": report_lines(left, removed, _title(account), dry_run),
    }


def _title(account: Account) -> str:
    return f"Account {account.place.account}, {account.region}"


def main() -> None:
    """Run the module."""
    run_reader(OPTIONS, read)


if __name__ == "__main__":
    main()
