#!/usr/bin/python
# Copyright: secmon.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

from __future__ import annotations

DOCUMENTATION = r"""
module: record_event
short_description: Add a real event to the tests of a detection rule
version_added: 0.4.0
description:
  - Takes a CloudTrail record, from a file or from M(secmon.aws.recorded_event), replaces its identifiers, and writes it
    as the last test of a rule file.
  - Account IDs, access keys, IDs of resources and requests, addresses (also in names of hosts), hosts of identity
    providers, and names of users, roles, sessions and buckets are replaced, each by the same made-up one wherever it
    occurs. Other names in the parameters of the call, such as those of functions and keys, stay, because the rule may
    ask for them. Read the test before you publish it.
  - Runs on the controller and calls no API.
options:
  event_file:
    description:
      - A file with the record as JSON. It can be a single record, a log file of CloudTrail, compressed or not, the
        answer of LookupEvents or FilterLogEvents, an event of EventBridge, or one record in each line.
      - The newest record is taken that fits O(event_id) and O(event_name).
      - Either this option or O(event) is needed.
    type: path
  event:
    description: The record.
    type: dict
  rule_file:
    description: The rule, whose last key must be C(tests).
    type: path
    required: true
  name:
    description:
      - The name of the test. A rule that has a test of this name is not changed. If it has another event, a warning
        says so.
    type: str
    required: true
  match:
    description: Whether the rule must match the event.
    type: bool
    default: true
  event_id:
    description: The C(eventID) of the record in O(event_file).
    type: str
    default: ""
  event_name:
    description: The C(eventName) of the record in O(event_file).
    type: str
    default: ""
  replace:
    description: More texts to replace, such as the name of a company, each with what stands for it.
    type: dict
    default: {}
attributes:
  check_mode:
    description: Can run in check mode and show the test without writing it.
    support: full
  diff_mode:
    description: Shows the test that it adds.
    support: full
extends_documentation_fragment:
  - secmon.aws.module.controller
seealso:
  - module: secmon.aws.recorded_event
  - module: secmon.aws.test_rules
author:
  - The secmon.aws founders (@secmon)
"""

EXAMPLES = r"""
- name: Add the newest deletion of a queue to the tests of a rule
  secmon.aws.record_event:
    event_file: events.json
    event_name: DeleteQueue
    rule_file: rules/queue_deleted.yml
    name: the clean-up of May
    match: false
    replace:
      acme: example
"""

RETURN = r"""
event:
  description: The record as it is in the test.
  returned: success
  type: dict
  sample:
    eventName: DeleteQueue
    eventSource: sqs.amazonaws.com
"""
