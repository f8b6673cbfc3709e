#!/usr/bin/python
# Copyright: secmon.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

from __future__ import annotations

DOCUMENTATION = r"""
module: forecast
short_description: Run detection rules over CloudTrail files that exist
version_added: 0.4.0
description:
  - Reports for each rule how many records match, how often its alarm would have fired, by whom, and what a month costs
    with this activity.
  - Runs on the controller and calls no API. M(secmon.aws.trail_log_files) copies the files of a trail from S3.
  - A run that was stopped goes on where it was if it is started again with the same options.
  - A file with the same record twice, or two trails in one folder, count twice.
options:
  log_files:
    description:
      - A folder, with the files of CloudTrail below it as they are in S3, or other files of JSON or of lines of JSON
        that contain records.
      - Exactly one of O(log_files) and O(call_rates) is needed.
    type: path
  call_rates:
    description:
      - What M(secmon.aws.call_rates) returns. The forecast then has upper bounds, and no callers, examples and costs of
        events.
    type: dict
  filters:
    description: The metric filters, as M(secmon.aws.detections) returns them.
    type: list
    elements: dict
    required: true
  alarms:
    description: The alarms, as M(secmon.aws.detections) returns them.
    type: list
    elements: dict
    required: true
  rules:
    description: The rules, as M(secmon.aws.detections) returns them.
    type: list
    elements: dict
    required: true
  log_alarms:
    description: The log alarms, as M(secmon.aws.preflight) returns them, for the costs of their scans.
    type: list
    elements: dict
    default: []
  event_rules:
    description: The rules of EventBridge, as M(secmon.aws.detections) returns them, for the number of their messages.
    type: list
    elements: dict
    default: []
  keys:
    description: The number of KMS keys that the account has for the monitoring, for their costs.
    type: int
    default: 0
  rule_ids:
    description: Only these of the rules.
    type: list
    elements: str
    default: []
  first_day:
    description: Count only records from this day on, such as V(2026-05-01), in UTC.
    type: str
    default: ""
  last_day:
    description: Count only records up to the end of this day.
    type: str
    default: ""
  account_id:
    description: Count only records of this account, and those that name none.
    type: str
    default: ""
  processes:
    description: The number of processes; V(0) for one for each processor.
    type: int
    default: 0
  report_file:
    description: A file for the whole forecast as JSON, with examples of matches.
    type: path
attributes:
  check_mode:
    description: Does the same, but writes no O(report_file).
    support: full
notes:
  - A match counts in the minute of the call. AWS counts it when CloudTrail delivers it, some minutes later.
extends_documentation_fragment:
  - secmon.aws.module.controller
seealso:
  - module: secmon.aws.detections
  - module: secmon.aws.trail_log_files
  - module: secmon.aws.call_rates
author:
  - The secmon.aws founders (@secmon)
"""

EXAMPLES = r"""
- name: Choose the rules
  secmon.aws.detections:
    packs: [guide, cis]
  register: detections

- name: Forecast their alarms
  secmon.aws.forecast:
    log_files: records
    filters: "{{ detections.filters }}"
    alarms: "{{ detections.alarms }}"
    rules: "{{ detections.rules }}"
    first_day: "2026-05-01"
    last_day: "2026-05-31"
"""

RETURN = r"""
lines:
  description: The forecast as text.
  returned: success
  type: list
  elements: str
  sample: ["1 rules on 120 records from 2026-05-01T00:00:00Z to 2026-05-31T23:59:00Z (31.0 days):"]
forecast:
  description: The forecast as data.
  returned: success
  type: dict
  contains:
    upper_bounds:
      description: Whether it is one of O(call_rates).
      type: bool
    records:
      description: The number of records of the time and the account.
      type: int
    other_records:
      description: The number of other records.
      type: int
    first:
      description: The time of the earliest record.
      type: str
    last:
      description: The time of the latest record.
      type: str
    days:
      description: The days to which O(ignore:rules.alarms_a_day) refers, at least 1.
      type: float
    unreadable_files:
      description: The number of files that could not be read to their end.
      type: int
    problems:
      description: Why, for the first of them.
      type: list
      elements: str
    rules:
      description: Each rule, the one with the most alarms first.
      type: list
      elements: dict
      contains:
        rule:
          description: The id of the rule.
          type: str
        severity:
          description: Its severity.
          type: str
        matches:
          description: The records that it matches.
          type: int
        alarms:
          description: How often its alarm would have changed to ALARM; none if RV(ignore:reason) says why not.
          type: int
        reason:
          description: Why its alarms are not counted.
          type: str
        alarms_a_day:
          description: The mean.
          type: float
        worst_day:
          description: The day with the most alarms.
          type: str
        worst:
          description: The alarms on this day.
          type: int
        callers:
          description: The three most frequent callers, with their matches. All sessions of a role are one caller.
          type: dict
        examples:
          description: The first three matches.
          type: list
          elements: dict
    event_alerts:
      description: The number of messages that EventBridge would have sent.
      type: int
    costs_per_month:
      description: US dollars by what costs them, see docs/costs.md.
      type: dict
  sample:
    records: 120
"""
