#!/usr/bin/python
# Copyright: secmon.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

from __future__ import annotations

DOCUMENTATION = r"""
module: rules_export
short_description: Write detection rules in the formats of other systems
version_added: 0.4.0
description:
  - Writes each rule as a Sigma rule, a query of Athena on the table of CloudTrail log files, a query of CloudWatch Logs
    Insights and an event pattern of EventBridge, in a folder for each format.
  - The file C(manifest.json) in the folder lists the files of each rule, and for each format that cannot express it the
    conditions and the reason. Nothing is approximated.
  - Parameters of a rule have the values that O(overrides) gives them; conditions with an optional parameter without a
    value are left out, as in a metric filter.
  - Runs on the controller and calls no API.
options:
  paths:
    description: Rule files, or folders with such files.
    type: list
    elements: path
    required: true
  folder:
    description: Where to write. Files of rules that are no longer exported stay; the manifest does not list them.
    type: path
    required: true
  rules:
    description: The ids of the rules; all enabled ones if empty.
    type: list
    elements: str
    default: []
  formats:
    description: The formats.
    type: list
    elements: str
    choices: [sigma, athena, insights, eventbridge]
    default: [sigma, athena, insights, eventbridge]
  overrides:
    description: Changes of the rules and values of their parameters, as in C(secmon_rules).
    type: dict
    default: {}
  athena_table:
    description: The table of CloudTrail log files, with the columns that the Athena user guide gives it.
    type: str
    default: cloudtrail_logs
  athena_partitions:
    description:
      - The condition on the partitions of the table, so that a query does not read all log files. The default is for
        the table with partition projection of the Athena user guide, and for seven days.
      - For the table with partitions that are added by hand, for example
        C(region = 'eu-central-1' and year = '2026' and month = '11'). Empty reads everything.
    type: str
    default: "\"timestamp\" >= date_format(current_date - interval '7' day, '%Y/%m/%d')"
  cased:
    description:
      - Whether Sigma rules distinguish the case of letters where AWS does, such as in the name of a role. Not every
        backend of pySigma knows the modifier C(cased); with V(false), a rule finds values in any case.
    type: bool
    default: true
  author:
    description:
      - The author of rules of your own, for Sigma. The rules of this collection name its contributors, and rules that
        were imported from Sigma their author.
    type: str
    default: ""
  licence:
    description: The licence of rules of your own, for Sigma, as an identifier of SPDX.
    type: str
    default: ""
attributes:
  check_mode:
    description: Can run in check mode and return what it would write.
    support: full
  diff_mode:
    description: Shows no difference.
    support: none
  platform:
    description: Runs on the controller for any target.
    support: full
    platforms: all
extends_documentation_fragment:
  - action_common_attributes
seealso:
  - module: secmon.aws.sigma_import
  - module: secmon.aws.test_rules
author:
  - The secmon.aws founders (@secmon)
"""

EXAMPLES = r"""
- name: Write a rule for Athena and Sigma
  secmon.aws.rules_export:
    paths:
      - "{{ playbook_dir }}/rules"
    folder: "{{ playbook_dir }}/exported"
    formats: [athena, sigma]
    author: The security team
    licence: MIT
"""

RETURN = r"""
files:
  description: The files of the rules, relative to the folder, and the manifest.
  returned: success
  type: list
  elements: str
  sample: [manifest.json, sigma/trail_stopped.yml]
refused:
  description: The rules that a format cannot express.
  returned: success
  type: list
  elements: dict
  contains:
    rule:
      description: The id of the rule.
      type: str
    format:
      description: The format.
      type: str
    reasons:
      description: The condition and why the format has no equal.
      type: list
      elements: str
  sample: []
"""
