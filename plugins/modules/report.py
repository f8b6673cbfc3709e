#!/usr/bin/python
# Copyright: secmon.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

from __future__ import annotations

DOCUMENTATION = r"""
module: report
short_description: Report what modules of this collection found in all accounts
version_added: 0.4.0
description:
  - Shows a summary of all accounts on the screen, and what is not met, each cause once.
  - With O(folder) it also writes text, JSON, JUnit and one HTML page without scripts or links, which prints well.
  - It runs on the controller and calls nothing.
options:
  title:
    description: The title.
    type: str
    required: true
  subtitle:
    description: What was judged, and when.
    type: str
    default: ""
  results:
    description:
      - The results of the module by account, as it returned them. An account without O(items) is reported as not
        judged, with its C(msg). With C(elsewhere), another account is judged for it, and JUnit skips it.
    type: dict
    required: true
  items:
    description:
      - The key of a result that contains the items, such as V(controls) of M(secmon.aws.posture).
      - Each has C(title) and C(status) (C(pass), C(fail), C(not applicable) or C(unread)), and may have C(why),
        C(remedy), C(text) for the table and C(seconds).
    type: str
    required: true
  group:
    description: The key of an item with the heading that it belongs to.
    type: str
    default: group
  name:
    description: The key of an item with its name.
    type: str
    default: name
  folder:
    description: The folder for the files, which is created; none are written without it.
    type: path
  file:
    description: The name of the files, without their suffixes.
    type: str
    default: report
extends_documentation_fragment:
  - secmon.aws.module.controller
author:
  - The secmon.aws founders (@secmon)
"""

EXAMPLES = r"""
- name: Report two controls of one account
  secmon.aws.report:
    title: Posture
    subtitle: "2026-11-30"
    results:
      production:
        controls:
          - {standard: CIS v5, control: "3.1", title: A trail logs, status: pass, why: The trail audit logs.}
          - {standard: CIS v5, control: "3.2", title: Digests, status: fail, why: No digests., remedy: Run site.yml.}
    items: controls
    group: standard
    name: control
    folder: "{{ playbook_dir }}/reports"
    file: posture
"""

RETURN = r"""
met:
  description: Whether nothing fails in any account, and everything could be read.
  returned: always
  type: bool
  sample: true
files:
  description: The files that were written.
  returned: always
  type: list
  elements: str
  sample: [reports/posture.txt, reports/posture.json, reports/posture.xml, reports/posture.html]
"""
