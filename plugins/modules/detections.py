#!/usr/bin/python
# Copyright: secmon.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

from __future__ import annotations

DOCUMENTATION = r"""
module: detections
short_description: Generate the arguments of metric_filters and metric_alarms from detection rules
version_added: 0.2.0
description:
  - Selects packs of the rules in this collection, applies an account's overrides, tests and lints the rules, and
    returns their metric filters and alarms.
  - Runs on the controller and calls no API.
options:
  packs:
    description: The packs of rules.
    type: list
    elements: str
    choices: [guide, cis, operational, guard, threat]
    default: [guide]
  severities:
    description:
      - Rules of the packs with another severity are left out, except published rules of the pack V(cis), and those that
        O(overrides) enables by name with C(enabled) true.
    type: list
    elements: str
    choices: [informational, low, medium, high, critical]
    default: [informational, low, medium, high, critical]
    version_added: 0.4.0
  overrides:
    description:
      - Changes to the rules, and additional rules, in the format of C(secmon_rules).
      - Sets the values of rule parameters. Optional parameters have no default, since each one excludes events from
        detection, which the account's owner must decide; only C(deployer_role) and C(account_id) can be from
        O(account_values).
    type: dict
    default: {}
  rules_dirs:
    description: Folders with rule files of your own, whose rules are added to those of the packs.
    type: list
    elements: path
    default: []
    version_added: 0.4.0
  excluded_event_sources:
    description:
      - The management event sources that the account's trail excludes.
      - A rule that cannot match any event without them is rejected.
    type: list
    elements: str
    choices: [kms.amazonaws.com, rdsdata.amazonaws.com]
    default: []
  management_events:
    description:
      - The management events that the account's trail records.
      - A rule that cannot match any of them is rejected.
    type: str
    choices: [all, read, write]
    default: all
  alarm_names:
    description:
      - Alarm names by rule ID. The default is the name of the metric filter, except for the rule V(secret_access),
        whose alarm is named V(SecretIsAccessed).
      - A name for a rule of a pack that is not selected has no effect.
    type: dict
    default: {}
  alarm_actions:
    description: The ARNs of the topics that each alarm publishes to.
    type: list
    elements: str
    default: []
  tags:
    description:
      - Tags of each alarm, in addition to C(secmon:severity), C(secmon:rule) and C(secmon:runbook).
      - If omitted, RV(alarms) contains no tags, so that the tags of the task of M(secmon.aws.metric_alarms) apply.
    type: dict
  account_values:
    description:
      - Values of the account by parameter name. They fill required parameters of rules, C(deployer_role) and
        C(account_id), if these have no value in O(overrides).
      - The commands in runbooks use V(account_id), V(region), V(global_region), V(trail_name), V(trail_arn),
        V(log_group_name), V(bucket_name) and V(topic_arn); a name that is not given is a word in capitals there.
    type: dict
    default: {}
  test_messages:
    description:
      - Whether RV(filters) contains the test events of each rule, with which M(secmon.aws.metric_filters) tests its
        pattern on AWS.
    type: bool
    default: false
  event_alerts:
    description:
      - Severities and IDs of the rules for which RV(event_rules) is returned. EventBridge then mails each event within
        seconds, with its caller, beside the alarm.
    type: list
    elements: str
    default: []
    version_added: 0.4.0
  event_target_arn:
    description: The ARN of the topic for O(event_alerts), which needs it.
    type: str
    version_added: 0.4.0
  event_format:
    description:
      - How the messages of O(event_alerts) are written.
      - V(text) is a mail. V(chat) is JSON that Amazon Q Developer in chat applications shows as a card in Slack,
        Microsoft Teams or Amazon Chime.
    type: str
    choices: [text, chat]
    default: text
    version_added: 0.4.0
  account_name:
    description: What people call the account, for the texts of O(event_alerts).
    type: str
    default: ""
    version_added: 0.4.0
extends_documentation_fragment:
  - secmon.aws.module.controller
seealso:
  - module: secmon.aws.metric_filters
  - module: secmon.aws.metric_alarms
  - module: secmon.aws.test_rules
author:
  - The secmon.aws founders (@secmon)
"""

EXAMPLES = r"""
- name: Select and check the detection rules
  secmon.aws.detections:
    packs: [guide, guard]
    overrides:
      log_bucket_tampered:
        parameters:
          bucket_name: my-trail-123456789012
      log_role_changed:
        parameters:
          log_role_name: CloudTrailToCloudWatchLogs
      log_stream_forged:
        parameters:
          log_group_name: /aws/cloudtrail/logs
          log_role_name: CloudTrailToCloudWatchLogs
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

- name: Ensure a topic for event alerts exists
  secmon.aws.alert_topic:
    name: SecurityEvents
    publishers: [eventbridge]
  register: events_topic

- name: Select the rules that EventBridge reports
  secmon.aws.detections:
    packs: [guide, cis]
    event_alerts: [critical, high]
    event_target_arn: "{{ events_topic.topic.arn }}"
    account_name: production
  register: detections

- name: Ensure EventBridge mails what they find
  secmon.aws.event_rules:
    rules: "{{ detections.event_rules }}"
    purge_prefix: secmon-
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
      field_selection_criteria: ""
      emit_system_field_dimensions: []
alarms:
  description:
    - The option O(secmon.aws.metric_alarms#module:alarms), with every setting.
    - The description contains the rule's title, severity, ID and version, and the beginning of its runbook, up to 1024
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
event_rules:
  description:
    - The option O(secmon.aws.event_rules#module:rules), with every setting.
    - A rule has up to ten, one for each kind of caller and outcome that its pattern allows.
  returned: success
  type: list
  elements: dict
  sample: []
event_refusals:
  description: The rules of O(event_alerts) that EventBridge cannot take, each with C(rule_id) and C(reasons).
  returned: success
  type: list
  elements: dict
  sample: []
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
      description: The ID of the rule.
      type: str
    title:
      description: The title of the rule, which describes the event.
      type: str
    severity:
      description: The severity of the event.
      type: str
    version:
      description: The rule's version.
      type: int
    filter_name:
      description: The name of its metric filter.
      type: str
    metric_namespace:
      description: The namespace of its metric.
      type: str
    metric_name:
      description: The name of its metric.
      type: str
    alarm_name:
      description: The name of its alarm.
      type: str
    runbook:
      description: The complete runbook.
      type: str
  sample: []
problems:
  description: The reasons why the rules cannot be deployed, one line each.
  returned: failure
  type: list
  elements: str
  sample: []
"""
