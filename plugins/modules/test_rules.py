#!/usr/bin/python
# Copyright: secmon.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

from __future__ import annotations

DOCUMENTATION = r"""
module: test_rules
short_description: Test and lint detection rules without AWS
version_added: 0.1.0
description:
  - Loads rule files, runs the test events that they carry against their filter patterns, and lints them.
  - Prints a table of the rules, and for a failing test which condition was false for which field of the event.
  - Runs on the controller and calls no API.
options:
  paths:
    description: Rule files, or folders that are searched for them.
    type: list
    elements: path
    required: true
  overrides:
    description: What an account changes in the rules, and rules of its own; the shape of C(secmon_rules).
    type: dict
    default: {}
  excluded_event_sources:
    description: The management event sources that the account's trail excludes, such as V(kms.amazonaws.com).
    type: list
    elements: str
    default: []
  strict:
    description: Whether a warning of the lint fails the task as an error does.
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
  - name: Rules as data
    description: How to write a rule.
    link: https://github.com/secmon/aws/blob/main/rules/README.md
author:
  - The secmon.aws founders (@secmon)
"""

EXAMPLES = r"""
- name: Test the rules beside this playbook
  secmon.aws.test_rules:
    paths: "{{ playbook_dir }}/rules"

- name: Test them for a trail that excludes KMS events, and take warnings seriously
  secmon.aws.test_rules:
    paths:
      - "{{ playbook_dir }}/rules"
    excluded_event_sources:
      - kms.amazonaws.com
    strict: true
"""

RETURN = r"""
rules:
  description: The ids of the rules, in the order of their files.
  returned: when the rules load
  type: list
  elements: str
  sample: [secret_access]
tests_run:
  description: How many test events were matched.
  returned: when the rules load
  type: int
  sample: 6
failures:
  description: The tests that failed.
  returned: when the rules load
  type: list
  elements: dict
  contains:
    rule_id:
      description: The rule.
      type: str
      returned: always
    test_name:
      description: The test's name.
      type: str
      returned: always
    expected:
      description: Whether the rule should match.
      type: bool
      returned: always
    matched:
      description: Whether it did.
      type: bool
      returned: always
    explanation:
      description: Which conditions were to blame, with what the event holds there.
      type: list
      elements: str
      returned: always
  sample: []
findings:
  description: What the lint found.
  returned: when the rules load
  type: list
  elements: dict
  contains:
    rule_id:
      description: The rule.
      type: str
      returned: always
    code:
      description: The kind of finding.
      type: str
      returned: always
    level:
      description: V(error) if the rule cannot do its work, V(warning) otherwise.
      type: str
      returned: always
    reason:
      description: Why it matters.
      type: str
      returned: always
    source:
      description: Who says so.
      type: str
      returned: always
    hint:
      description: What to do.
      type: str
      returned: always
  sample: []
"""
