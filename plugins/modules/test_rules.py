#!/usr/bin/python
# Copyright: secmon.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

from __future__ import annotations

DOCUMENTATION = r"""
module: test_rules
short_description: Test and lint detection rules without AWS
version_added: 0.1.0
description:
  - Loads rule files, runs their test events against their filter patterns, and lints them.
  - Prints a table of the rules, and for a failed test the condition and the value in the event.
  - Runs on the controller and calls no API.
options:
  paths:
    description: Rule files, or folders with rule files.
    type: list
    elements: path
    required: true
  overrides:
    description: Overrides of rules and additional rules, in the format of C(secmon_rules).
    type: dict
    default: {}
  excluded_event_sources:
    description: The management event sources that the trail excludes, such as V(kms.amazonaws.com).
    type: list
    elements: str
    default: []
  strict:
    description: Whether warnings of the lint fail the task, like errors.
    type: bool
    default: false
  engines:
    description:
      - Whether to translate each rule to an event pattern of EventBridge and to a query of Logs Insights as well.
      - Prints which rules they cannot take and why, and the tests that a rule fails there. It does not fail the task.
    type: bool
    default: false
    version_added: 0.4.0
extends_documentation_fragment:
  - secmon.aws.module.controller
seealso:
  - name: Rules as data
    description: How to write a rule.
    link: https://github.com/secmon/aws/blob/main/rules/README.md
author:
  - The secmon.aws founders (@secmon)
"""

EXAMPLES = r"""
- name: Test the rules next to this playbook
  secmon.aws.test_rules:
    paths: "{{ playbook_dir }}/rules"

- name: Test the rules for a trail without KMS events, and fail on warnings
  secmon.aws.test_rules:
    paths:
      - "{{ playbook_dir }}/rules"
    excluded_event_sources:
      - kms.amazonaws.com
    strict: true

- name: See which rules EventBridge and Logs Insights can take
  secmon.aws.test_rules:
    paths: "{{ playbook_dir }}/rules"
    engines: true
"""

RETURN = r"""
rules:
  description: The ids of the rules, in the order of their files.
  returned: when the rules are valid
  type: list
  elements: str
  sample: [secret_access]
tests_run:
  description: The number of tests.
  returned: when the rules are valid
  type: int
  sample: 6
failures:
  description: The tests that failed.
  returned: when the rules are valid
  type: list
  elements: dict
  contains:
    rule_id:
      description: The id of the rule.
      type: str
    test_name:
      description: The name of the test.
      type: str
    expected:
      description: Whether the rule should match.
      type: bool
    matched:
      description: Whether it matched.
      type: bool
    explanation:
      description: The conditions that decided the result, with the values in the event.
      type: list
      elements: str
  sample: []
findings:
  description: The findings of the lint.
  returned: when the rules are valid
  type: list
  elements: dict
  contains:
    rule_id:
      description: The id of the rule.
      type: str
    code:
      description: The code of the finding.
      type: str
    level:
      description: V(error) if the rule cannot work, V(warning) otherwise.
      type: str
    reason:
      description: The reason.
      type: str
    source:
      description: The source of the reason.
      type: str
    hint:
      description: How to fix it.
      type: str
  sample: []
engines:
  description: What EventBridge and Logs Insights make of each rule.
  returned: when O(engines=true) and the rules are valid
  type: list
  elements: dict
  contains:
    rule_id:
      description: The id of the rule.
      type: str
    engine:
      description: V(EventBridge) or V(Logs Insights).
      type: str
    text:
      description: The event pattern or the query, with the sample values of parameters; empty if there are reasons.
      type: str
    state:
      description: The state that the rule of EventBridge needs.
      type: str
    reasons:
      description: Why the engine cannot take the rule, each with C(part), C(why) and C(source).
      type: list
      elements: dict
    failed:
      description: The names of the tests that the rule fails there.
      type: list
      elements: str
"""
