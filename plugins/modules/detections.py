#!/usr/bin/python
# Copyright: secmon.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

from __future__ import annotations

DOCUMENTATION = r"""
module: detections
short_description: Make the arguments of metric_filters and metric_alarms from detection rules
version_added: 0.2.0
description:
  - Chooses packs of the rules that ship with this collection, lays an account's changes over them, tests and lints
    them, and returns the filters and alarms that deploy them.
  - Runs on the controller and calls no API.
options:
  packs:
    description: The packs of rules.
    type: list
    elements: str
    choices: [guide, cis, operational, guard]
    default: [guide]
  overrides:
    description:
      - What an account changes in the rules, and rules of its own; the shape of C(secmon_rules).
      - The values of rules' parameters come from here. Optional ones stay unset otherwise, since each narrows what its
        rule finds; who may do what unnoticed, such as C(deployer_role), is for the account's owner to say.
    type: dict
    default: {}
  excluded_event_sources:
    description:
      - The management event sources that the account's trail excludes.
      - A rule that sees nothing without them is refused.
    type: list
    elements: str
    choices: [kms.amazonaws.com, rdsdata.amazonaws.com]
    default: []
  management_events:
    description: The management events that the account's trail records. A rule that sees none of them is refused.
    type: str
    choices: [all, read, write]
    default: all
  alarm_names:
    description:
      - Names of alarms by rule. An alarm without one is called as its filter, but that of the rule V(secret_access) is
        called V(SecretIsAccessed).
      - A name for a rule of a pack that is not chosen has no effect.
    type: dict
    default: {}
  alarm_actions:
    description: The ARNs of the topics that each alarm publishes to.
    type: list
    elements: str
    default: []
  tags:
    description:
      - Tags of each alarm.
      - Without them RV(alarms) says nothing of tags, so that those of M(secmon.aws.metric_alarms) hold.
    type: dict
  account_values:
    description:
      - What the account itself knows, by the name of the parameter. It fills required parameters of rules that
        O(overrides) gives no value.
    type: dict
    default: {}
  test_messages:
    description:
      - Whether RV(filters) contains the test events of each rule, with which M(secmon.aws.metric_filters) tests its
        pattern on AWS.
    type: bool
    default: false
attributes:
  check_mode:
    description: Can run in check mode and return the same result.
    support: full
  diff_mode:
    description: Has nothing to differ, since it changes nothing.
    support: N/A
  platform:
    description: Runs on the controller, whatever the target.
    support: full
    platforms: all
extends_documentation_fragment:
  - action_common_attributes
seealso:
  - module: secmon.aws.metric_filters
  - module: secmon.aws.metric_alarms
  - module: secmon.aws.test_rules
author:
  - The secmon.aws founders (@secmon)
"""

EXAMPLES = r"""
- name: Choose and check the detection rules
  secmon.aws.detections:
    packs: [guide, guard]
    overrides:
      log_bucket_tampered:
        parameters:
          bucket_name: my-trail-123456789012
    excluded_event_sources: [kms.amazonaws.com]
    alarm_actions:
      - arn:aws:sns:us-east-1:123456789012:SecurityAlarms
  register: detections

- name: Ensure the metric filters of the rules exist
  secmon.aws.metric_filters:
    log_group_name: /aws/cloudtrail/logs
    filters: "{{ detections.filters }}"

- name: Ensure the alarms of the rules exist
  secmon.aws.metric_alarms:
    alarms: "{{ detections.alarms }}"
"""

RETURN = r"""
filters:
  description: The option O(secmon.aws.metric_filters#module:filters), with every setting.
  returned: success
  type: list
  elements: dict
  sample:
    - name: TrackSecretAccess
      pattern: '{ ($.eventSource = "secretsmanager.amazonaws.com") && ($.eventName = "GetSecretValue") }'
      metric_namespace: SecurityMetrics
      metric_name: SecretAccessCount
      metric_value: "1"
      default_value: 0.0
      unit: None
      dimensions: {}
alarms:
  description:
    - The option O(secmon.aws.metric_alarms#module:alarms), with every setting.
    - The description holds the rule's title, severity, id and version, and as much of its runbook as fits into 1024
      characters.
  returned: success
  type: list
  elements: dict
  sample:
    - name: SecretIsAccessed
      metric_namespace: SecurityMetrics
      metric_name: SecretAccessCount
      statistic: Sum
      period_seconds: 60
      evaluation_periods: 1
      threshold: 1.0
      comparison: GreaterThanOrEqualToThreshold
      missing_data: notBreaching
namespaces:
  description: The namespaces of the metrics, each once.
  returned: success
  type: list
  elements: str
  sample: [SecurityMetrics]
rules:
  description: The rules that are deployed.
  returned: success
  type: list
  elements: dict
  contains:
    id:
      description: The rule.
      type: str
      returned: always
    title:
      description: What happened.
      type: str
      returned: always
    severity:
      description: How bad it is.
      type: str
      returned: always
    version:
      description: The rule's version.
      type: int
      returned: always
    filter_name:
      description: Its metric filter.
      type: str
      returned: always
    metric_namespace:
      description: Its metric's namespace.
      type: str
      returned: always
    metric_name:
      description: Its metric.
      type: str
      returned: always
    alarm_name:
      description: Its alarm.
      type: str
      returned: always
    runbook:
      description: What to do, in full.
      type: str
      returned: always
  sample: []
problems:
  description: What keeps the rules from being deployed, a line for each.
  returned: failure
  type: list
  elements: str
  sample: []
"""
