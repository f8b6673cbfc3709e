#!/usr/bin/python
# Copyright: secmon.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

from __future__ import annotations

DOCUMENTATION = r"""
module: posture
short_description: Judge the monitoring of an account by CIS, Security Hub and the promises of this collection
version_added: 0.4.0
description:
  - Reads the trails of a region, and all that their alarms need, and says for each control whether it is met and why.
    It changes nothing.
  - The standards are CIS AWS Foundations v1.4, v3, v5 and v7 (sections logging and monitoring), Security Hub
    (CloudTrail and CloudWatch), and what this collection promises, such as a confirmed receiver and no muted alarm.
  - Names are found from the trails, so it also judges what Terraform or the console made.
  - No upstream module does this.
options:
  accepted:
    description:
      - Controls that are not met on purpose, each with the reason. They are reported as not applicable.
      - A key is a standard and a control, such as V(CIS v5 3.5), or the name of a check, such as V(trail-key), for all
        controls that need it.
    type: dict
    default: {}
  strict:
    description: Whether options that cost extra, such as data events and insights, fail if they are not chosen.
    type: bool
    default: false
  drill_days:
    description: The number of days after which a drill is too old; 0 if no drill is required.
    type: int
    default: 90
  bucket_owner:
    description:
      - The account that owns the trail's bucket, as 12 digits; by default the one that owns the trail.
      - The bucket is judged in this account, such as the log archive of an organization.
    type: str
  bucket_name:
    description: The bucket that O(bucket_owner) owns; by default the bucket of every trail.
    type: str
  filters:
    description: The metric filters that should exist, as the option O(secmon.aws.metric_filters#module:filters).
    type: list
    elements: dict
    default: []
  alarms:
    description: The alarms that should exist, as the option O(secmon.aws.metric_alarms#module:alarms).
    type: list
    elements: dict
    default: []
notes:
  - A filter fits a control of CIS if its pattern has the same meaning, and one of Security Hub if it has the same text.
  - Security Hub judges every alarm and trail; this module the trails of the account and the alarms of one log group,
    that of the trail with the most metric filters.
  - A log group of another region or account, such as the central account of an organization, is judged there.
  - Required IAM actions are C(sts:GetCallerIdentity), C(cloudtrail:DescribeTrails), C(cloudtrail:GetTrailStatus),
    C(cloudtrail:GetEventSelectors), C(cloudtrail:ListTags), C(s3:ListBucket), C(s3:GetBucketPolicy),
    C(s3:GetBucketPublicAccessBlock), C(s3:GetBucketOwnershipControls), C(s3:GetBucketLogging),
    C(s3:GetBucketVersioning), C(s3:GetLifecycleConfiguration),
    C(logs:DescribeLogGroups), C(logs:DescribeMetricFilters), C(logs:DescribeLogStreams), C(iam:GetRole),
    C(iam:ListRolePolicies), C(iam:GetRolePolicy), C(iam:ListAttachedRolePolicies), C(iam:GetPolicy),
    C(iam:GetPolicyVersion), C(cloudwatch:DescribeAlarms), C(cloudwatch:ListAlarmMuteRules),
    C(cloudwatch:GetAlarmMuteRule), C(sns:GetTopicAttributes), C(sns:ListSubscriptionsByTopic), C(kms:DescribeKey),
    C(kms:GetKeyPolicy), C(kms:GetKeyRotationStatus) and, for an organization trail,
    C(organizations:DescribeOrganization). A control whose facts the caller may not read is V(unread).
extends_documentation_fragment:
  - secmon.aws.module.reader
  - secmon.aws.module
  - amazon.aws.common.modules
  - amazon.aws.region.modules
  - amazon.aws.boto3
author:
  - The secmon.aws founders (@secmon)
"""

EXAMPLES = r"""
- name: Judge the monitoring of the account
  secmon.aws.posture:
    accepted:
      trail-key: The files are encrypted with the key of S3.
  register: posture

- name: Show what is not met
  ansible.builtin.debug:
    msg: "{{ posture.controls | selectattr('status', 'in', ['fail', 'unread']) }}"
"""

RETURN = r"""
place:
  description: The account and the region that were judged.
  returned: always
  type: dict
  sample: {account: "123456789012", region: eu-central-1}
at:
  description: When, in ISO 8601, by the clock of AWS.
  returned: always
  type: str
  sample: "2026-11-30T10:00:00Z"
counts:
  description: The number of controls by status.
  returned: always
  type: dict
  sample: {pass: 103, fail: 0, not applicable: 21, unread: 0}
controls:
  description: The controls of all standards.
  returned: always
  type: list
  elements: dict
  contains:
    standard:
      description: The standard, such as V(CIS v5); V(secmon.aws) for the promises of this collection.
      type: str
    control:
      description: The number or name of the control in it.
      type: str
    title:
      description: What the control asks for.
      type: str
    checks:
      description: The names of the checks that it needs.
      type: list
      elements: str
    status:
      description: C(pass), C(fail), C(not applicable), or C(unread) if the caller lacks a permission.
      type: str
    why:
      description: The reason.
      type: str
    remedy:
      description: The variable or playbook that corrects it.
      type: str
filters:
  description:
    - The metric filters of the trails' log groups with an alarm that has an action, which M(secmon.aws.coverage) reads.
    - None if they could not be read, or are in another account or region.
  returned: always
  type: list
  elements: dict
  contains:
    name:
      description: The name.
      type: str
    pattern:
      description: The filter pattern.
      type: str
filters_unknown:
  description: Why RV(filters) is none, such as that the log group is in the central account of an organization.
  returned: always
  type: str
  sample: ""
filters_elsewhere:
  description: Whether RV(filters) is none because another account or region has the log group, and so judges them.
  returned: always
  type: bool
  sample: false
"""

from collections import Counter
from collections.abc import Mapping
from typing import Any

from ansible_collections.secmon.aws.plugins.module_utils.core.account import Account
from ansible_collections.secmon.aws.plugins.module_utils.core.problems import did_you_mean, require
from ansible_collections.secmon.aws.plugins.module_utils.core.runner import COMMON_OPTIONS, run_reader
from ansible_collections.secmon.aws.plugins.module_utils.posture.alarm_checks import alarming_filters
from ansible_collections.secmon.aws.plugins.module_utils.posture.chain import is_judged_elsewhere
from ansible_collections.secmon.aws.plugins.module_utils.posture.judgement import judge, known_names
from ansible_collections.secmon.aws.plugins.module_utils.posture.outcome import STATUSES
from ansible_collections.secmon.aws.plugins.module_utils.posture.reads import read_snapshot

OPTIONS: dict[str, Any] = {
    **COMMON_OPTIONS,
    "accepted": {"type": "dict", "default": {}},
    "strict": {"type": "bool", "default": False},
    "drill_days": {"type": "int", "default": 90},
    "bucket_owner": {"type": "str"},
    "bucket_name": {"type": "str"},
    "filters": {"type": "list", "elements": "dict", "default": []},
    "alarms": {"type": "list", "elements": "dict", "default": []},
}


def read(params: Mapping[str, Any], account: Account) -> dict[str, Any]:
    """Read the account, and judge it."""
    known = known_names()
    unknown = [name for name in params["accepted"] if name not in known]
    require(
        [
            *(f"accepted: {name!r} is neither a control nor a check.{did_you_mean(name, known)}" for name in unknown),
            *([f"drill_days is {params['drill_days']}; use 0 or more."] if params["drill_days"] < 0 else []),
        ]
    )
    snapshot = read_snapshot(account, params)
    controls = judge(snapshot, drill_days=params["drill_days"], strict=params["strict"], accepted=params["accepted"])
    filters, unknown_filters = alarming_filters(snapshot)
    counted = Counter(control["status"] for control in controls)
    return {
        "place": {"account": snapshot.place.account, "region": snapshot.place.region},
        "at": f"{snapshot.now:%Y-%m-%dT%H:%M:%SZ}",
        "counts": {status: counted[status] for status in STATUSES},
        "controls": controls,
        "filters": filters,
        "filters_unknown": unknown_filters,
        "filters_elsewhere": filters is None and is_judged_elsewhere(snapshot),
    }


def main() -> None:
    """Run the module."""
    run_reader(OPTIONS, read)


if __name__ == "__main__":
    main()
