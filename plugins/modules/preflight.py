#!/usr/bin/python
# Copyright: secmon.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

from __future__ import annotations

DOCUMENTATION = r"""
module: preflight
short_description: Validate the variables of all accounts before any AWS call
version_added: 0.2.0
description:
  - Validates every variable of every host of the play whose name begins with C(secmon_), wherever it is set, and
    reports all problems together, one line each, with a hint.
  - Finds unknown variables, values of the wrong type or form, templates that cannot be resolved, variables that
    contradict each other, and hosts that would manage the same resource.
  - Loads, tests and lints the detection rules of each host, and checks them against the events that its trail excludes
    and the quotas of a log group.
  - Types are strict, so that V("365") in an inventory is not a number. A string from the command line
    (C(-e name=value)) or a template is converted to an unambiguous number or boolean. An empty string means not set.
  - Never shows secrets, nor errors in templates of secrets.
  - Runs on the controller, once for all hosts, and calls no API. With C(--limit), it validates the selected hosts only.
options:
  exclusive:
    description:
      - Whether the accounts are kept for this run of Ansible until it ends, unless it is a check. The task fails, with
        who holds an account, if another run of the same user on the same machine keeps it.
      - Runs on different machines are not kept apart; what they create at the same time is found and kept.
    type: bool
    default: false
    version_added: 0.4.0
attributes:
  bypass_host_loop:
    description: Runs once for all hosts of the play.
    support: full
extends_documentation_fragment:
  - secmon.aws.module.controller
notes:
  - The C(vars) of a play apply to that play only, so each play with C(vars) needs its own preflight.
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
  description: One line for each problem, with the hosts that have it, in the order of the play's hosts.
  returned: always
  type: list
  elements: str
  sample:
    - 'host guide: secmon_retension_days: is not a known variable. Did you mean "secmon_retention_days"?'
detections:
  description: The result of M(secmon.aws.detections), by host.
  returned: when there are no problems
  type: dict
  sample:
    guide:
      namespaces: [SecurityMetrics]
names:
  description: The names and ARNs of the deployment, by host.
  returned: when there are no problems
  type: dict
  sample:
    guide:
      trail_name: secrets-manager-trail
log_archive:
  description: The host that has only the bucket of an organization; empty if there is none.
  returned: when there are no problems
  type: str
  sample: ""
teardown:
  description: The values that C(playbooks/teardown.yml) and C(playbooks/prune.yml) need, by host.
  returned: when there are no problems
  type: dict
  contains:
    confirmed:
      description: Whether C(secmon_teardown_confirm) names the account of the host.
      type: bool
    unknown_accounts:
      description: Account IDs in C(secmon_teardown_confirm) that no host has.
      type: list
      elements: str
    prune:
      description: The same two values for C(secmon_prune_confirm).
      type: dict
    leftovers:
      description: The options of M(secmon.aws.leftovers) that name the resources of the account.
      type: dict
  sample:
    guide:
      confirmed: false
      unknown_accounts: []
      prune: {confirmed: false, unknown_accounts: []}
      leftovers:
        trail_name: secrets-manager-trail
accounts:
  description: The C(account) ID and the C(region) of each host.
  returned: when there are no problems
  type: dict
  sample:
    guide: {account: "123456789012", region: us-east-1}
"""
