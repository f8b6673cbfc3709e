#!/usr/bin/python
# Copyright: secmon.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

from __future__ import annotations

DOCUMENTATION = r"""
module: drill_report
short_description: Report a drill of several accounts
version_added: 0.4.0
description:
  - Prints how many alarms of each account went off, and why one did not.
  - Writes that as C(drill.txt), and the seconds of each rule in each account as C(drill.json), C(drill.xml) (JUnit) and
    C(drill.html), one page without any other file.
  - Fails if an alarm did not fire as it must. Runs on the controller and calls no API.
options:
  mode:
    description: The mode of the drill, for the title.
    type: str
    required: true
  accounts:
    description:
      - The results by account, each with C(host), C(account_id), C(region), the results C(drill) and C(near_misses) of
        M(secmon.aws.rule_drill), and C(events) of M(secmon.aws.event_drill).
      - An account with C(central) has no alarms; the report says that they are in that account.
    type: list
    elements: dict
    required: true
  hosts:
    description: The hosts that were to be drilled; one without a result fails the report.
    type: list
    elements: str
    default: []
  folder:
    description: The folder for the files, which is created; none are written by default.
    type: path
    default: ''
attributes:
  check_mode:
    description: Can run in check mode; it writes the files as well.
    support: full
extends_documentation_fragment:
  - secmon.aws.module.controller
seealso:
  - module: secmon.aws.rule_drill
author:
  - The secmon.aws founders (@secmon)
"""

EXAMPLES = r"""
- name: Report the drill of one account
  secmon.aws.drill_report:
    mode: sample
    accounts:
      - host: guide
        account_id: "123456789012"
        region: us-east-1
        drill: "{{ drill }}"
    folder: drill
  run_once: true
"""

RETURN = r"""
report:
  description: The report, as in C(drill.json).
  returned: if every alarm went off as it must
  type: dict
  sample: {mode: sample, passed: true, accounts: [], counts: {fired: 51, silent: 51}}
files:
  description: The files that were written.
  returned: always
  type: list
  elements: str
  sample: [drill/drill.txt, drill/drill.json, drill/drill.xml, drill/drill.html]
"""
