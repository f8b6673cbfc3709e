#!/usr/bin/python
# Copyright: secmon.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

from __future__ import annotations

DOCUMENTATION = r"""
module: drill_events
short_description: Choose the events of a drill of the security alarms
version_added: 0.4.0
description:
  - Chooses for each rule of the host one test event that must raise its alarm, as often as the alarm needs it, and one
    near miss that must not.
  - The events get the host's values of the rule's parameters. An event that matches few other rules is preferred.
  - Reads the variables of the host as M(secmon.aws.preflight) does. Runs on the controller and calls no API.
options:
  only:
    description: The ids of the rules to drill; by default all that are deployed.
    type: list
    elements: str
    default: []
  scenario:
    description:
      - A folder with files of CloudTrail records, such as those of an attack, in the order of their names.
      - A file holds one record, a list of records, a log file of CloudTrail, or one record a line; it may be compressed
        with gzip.
    type: path
    default: ''
extends_documentation_fragment:
  - secmon.aws.module.controller
seealso:
  - module: secmon.aws.rule_drill
author:
  - The secmon.aws founders (@secmon)
"""

EXAMPLES = r"""
- name: Choose the events for one rule
  secmon.aws.drill_events:
    only:
      - secret_access
  register: chosen
"""

RETURN = r"""
rules:
  description: The rules, each with C(id), C(title), C(severity), C(filter_name) and C(alarm_name).
  returned: success
  type: list
  elements: dict
  sample: []
matches:
  description: The events that must raise alarms, as the option O(secmon.aws.rule_drill#module:events).
  returned: success
  type: list
  elements: dict
  sample: []
near_misses:
  description: The events that must raise no alarm.
  returned: success
  type: list
  elements: dict
  sample: []
scenario:
  description: The records of the scenario.
  returned: success
  type: list
  elements: dict
  sample: []
event_rules:
  description: The rules of EventBridge, as the option O(secmon.aws.event_drill#module:rules).
  returned: success
  type: list
  elements: dict
  sample: []
without:
  description: Why a rule has no event that must raise its alarm, by the id of the rule.
  returned: success
  type: dict
  sample: {}
"""
