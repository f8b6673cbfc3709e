#!/usr/bin/python
# Copyright: secmon.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

from __future__ import annotations

DOCUMENTATION = r"""
module: sigma_import
short_description: Turn Sigma rules on CloudTrail into detection rules
version_added: 0.4.0
description:
  - Reads Sigma rules of the log source product C(aws), service C(cloudtrail), and writes a rule file for each that a
    filter pattern expresses, with test events that are made from its condition and that you complete.
  - A rule that no filter pattern expresses is refused with the reason. What a rule misses is a comment in its file.
  - Title, description, level, references, ATT&CK techniques, false positives, author and licence travel with the rule.
  - Runs on the controller and calls no API.
requirements:
  - pySigma
  - botocore, for rules that search an object such as C(requestParameters) for a text
options:
  paths:
    description: Files with Sigma rules, or folders with such files.
    type: list
    elements: path
    required: true
  rules_dir:
    description: The folder of the rule files. The name of a file is that of the Sigma file.
    type: path
    required: true
  fields:
    description:
      - Other paths for fields of the Sigma rules, such as the key that a rule means that searches C(requestParameters)
        for a text. Without it, the model of the AWS SDK says which keys of the call can hold the text.
    type: dict
    default: {}
  arrays:
    description:
      - Fields that CloudTrail records as lists, such as C(requestParameters.groupIds). A comparison with such a field
        holds if it holds for one element.
      - C(resources), the C(items) of EC2 and the lists of a few other calls are known.
    type: list
    elements: str
    default: []
  ignore_case:
    description:
      - Whether values that AWS does not spell, such as user agents, are compared without regard to case, as Sigma means
        it. This takes a regular expression, of which a filter pattern has two, and a log group five filters with one.
      - With V(false), values are compared as the Sigma rule spells them.
      - By default, case is ignored unless more than five of the rules would need a regular expression. Then these are
        imported as with V(false), and the message names them.
    type: bool
  licence:
    description: The licence of the rules that name none, such as that of their repository.
    type: str
    default: ""
  overwrite:
    description: Whether to replace rule files that exist. Their tests are lost.
    type: bool
    default: false
  strict:
    description: Whether a refused rule fails the task.
    type: bool
    default: false
attributes:
  check_mode:
    description: Can run in check mode and return what it would write.
    support: full
extends_documentation_fragment:
  - secmon.aws.module.controller
seealso:
  - module: secmon.aws.test_rules
  - module: secmon.aws.record_event
author:
  - The secmon.aws founders (@secmon)
"""

EXAMPLES = r"""
- name: Turn the Sigma rules next to this playbook into rules
  secmon.aws.sigma_import:
    paths:
      - "{{ playbook_dir }}/sigma"
    rules_dir: "{{ playbook_dir }}/imported"
    licence: DRL 1.1
    arrays:
      - requestParameters.groupIds
  register: imported

- name: Run the tests and the lint of the rules
  secmon.aws.test_rules:
    paths: "{{ imported.written }}"
  when: imported.written | length > 0
"""

RETURN = r"""
written:
  description: The files that were written, or in check mode would be.
  returned: success
  type: list
  elements: str
  sample: [rules/queue_deleted.yml]
rules:
  description: The rules that can be expressed.
  returned: success
  type: list
  elements: dict
  contains:
    source:
      description: The name of the Sigma file.
      type: str
    title:
      description: The title of the Sigma rule.
      type: str
    sigma_id:
      description: The id of the Sigma rule.
      type: str
    rule_id:
      description: The id of the rule, which is the name of its file.
      type: str
    regexes:
      description: The number of regular expressions in its pattern.
      type: int
    notes:
      description: What to know about the rule.
      type: list
      elements: str
  sample: []
refused:
  description: The rules that no filter pattern expresses.
  returned: success
  type: list
  elements: dict
  contains:
    source:
      description: The name of the Sigma file.
      type: str
    title:
      description: The title of the Sigma rule.
      type: str
    sigma_id:
      description: The id of the Sigma rule.
      type: str
    reason:
      description: Why it is refused.
      type: str
  sample: []
"""
