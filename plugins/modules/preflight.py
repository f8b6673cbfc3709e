#!/usr/bin/python
# Copyright: secmon.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

from __future__ import annotations

DOCUMENTATION = r"""
module: preflight
short_description: Validate the variables of all accounts before AWS is asked anything
version_added: 0.2.0
description:
  - Validates every variable of every host of the play whose name begins with C(secmon_), wherever it is set, and
    reports all problems together, one line each, with a hint.
  - Finds names that do not exist, values of the wrong type or shape, templates that cannot be resolved, variables that
    contradict each other, and hosts that would make the same resource.
  - Loads, tests and lints the detection rules of each host, with what its trail excludes and what a log group can hold.
  - Types are strict, so that V("365") in an inventory is not a number. A string from the command line
    (C(-e name=value)) or a template is converted to an unambiguous number or boolean. An empty string means not set.
  - Secrets are checked and never shown, nor are errors of the templates of secrets.
  - Runs on the controller, once for all hosts, and calls no API. A limit (C(--limit)) limits what it looks at.
options: {}
attributes:
  bypass_host_loop:
    description: Runs once for all hosts of the play.
    support: full
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
notes:
  - Variables of a play are seen in that play only, so a play with C(vars) of its own needs a preflight of its own.
  - All variables are listed in L(docs/variables.md, https://github.com/secmon/aws/blob/main/docs/variables.md).
seealso:
  - module: secmon.aws.detections
author:
  - The secmon.aws founders (@secmon)
"""

EXAMPLES = r"""
- name: Validate the variables of all accounts
  hosts: all
  gather_facts: false
  any_errors_fatal: true
  tags: always
  tasks:
    - name: Validate all variables of all hosts
      secmon.aws.preflight:
      run_once: true
"""

RETURN = r"""
problems:
  description: What is wrong, a line for each problem, hosts in the play's order.
  returned: always
  type: list
  elements: str
  sample:
    - 'host guide: secmon_retension_days: is not a known variable. Did you mean "secmon_retention_days"?'
detections:
  description: What M(secmon.aws.detections) returns, by host.
  returned: when nothing is wrong
  type: dict
  sample:
    guide:
      namespaces: [SecurityMetrics]
teardown:
  description: What C(playbooks/teardown.yml) needs to know of each host.
  returned: when nothing is wrong
  type: dict
  contains:
    confirmed:
      description: Whether C(secmon_teardown_confirm) names the account of the host.
      type: bool
      returned: always
    unknown_accounts:
      description: Accounts that C(secmon_teardown_confirm) names and no host has.
      type: list
      elements: str
      returned: always
    leftovers:
      description: The options of M(secmon.aws.leftovers) that name the resources of the account.
      type: dict
      returned: always
  sample:
    guide:
      confirmed: false
      unknown_accounts: []
      leftovers:
        trail_name: secrets-manager-trail
"""
