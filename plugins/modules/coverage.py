#!/usr/bin/python
# Copyright: secmon.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

from __future__ import annotations

DOCUMENTATION = r"""
module: coverage
short_description: Say which attacks the deployed metric filters find
version_added: 0.4.0
description:
  - Matches the deployed filter patterns with the calls of public incident reports, published attack techniques and
    calls that blind the monitoring, which C(rules/coverage.yml) lists, and with the test events of all shipped rules.
  - Says for each call, and for each technique of ATT&CK, which filters find it, or which rule would.
  - It runs on the controller and calls nothing.
options:
  accounts:
    description:
      - The results of M(secmon.aws.posture) by account, of which C(filters) is read. An account without it is reported
        as not judged, with its C(msg) or C(filters_unknown).
    type: dict
    required: true
extends_documentation_fragment:
  - secmon.aws.module.controller
seealso:
  - module: secmon.aws.posture
  - module: secmon.aws.report
author:
  - The secmon.aws founders (@secmon)
"""

EXAMPLES = r"""
- name: Say what one filter finds
  secmon.aws.coverage:
    accounts:
      production:
        filters:
          - {name: TrailStopped, pattern: '{ $.eventName = "StopLogging" }'}
"""

RETURN = r"""
results:
  description: What M(secmon.aws.report) takes as its results, with the items C(calls), by account.
  returned: success
  type: dict
  sample:
    production:
      calls:
        - group: calls that blind the monitoring
          name: cloudtrail:StopLogging
          title: cloudtrail:StopLogging
          status: pass
          why: Each successful call is found by TrailStopped.
"""
