# Copyright: secmon.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""What forwards the events of other regions to the event alerts, for the role event_alerts."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from ansible.errors import AnsibleFilterError
from ansible_collections.secmon.aws.plugins.module_utils.core.event_forwarding import (
    regions_in,
    role_description,
    rule_name,
)
from ansible_collections.secmon.aws.plugins.module_utils.event_alerts.forwarding import forwarding_rules

DOCUMENTATION = r"""
name: event_forwarding
short_description: Return what forwards the events of other regions to the event alerts
version_added: 0.4.0
description:
  - Returns the rule of EventBridge that each of the other regions needs, and the description of the role that it uses.
  - The pattern of the rule matches at least what the rules of the event alerts match.
options:
  _input:
    description: The rules of the event alerts, RV(secmon.aws.detections#module:event_rules).
    type: list
    elements: dict
    required: true
  regions:
    description: The other regions.
    type: list
    elements: str
    required: true
  region:
    description: The region of the event alerts.
    type: str
    required: true
  bus_arn:
    description: The ARN of the event bus there.
    type: str
    required: true
  role_arn:
    description: The ARN of the role.
    type: str
    required: true
  role:
    description: The role as a former run left it, RV(secmon.aws.trail_role#module:trail_role).
    type: dict
author:
  - The secmon.aws founders (@secmon)
"""

EXAMPLES = r"""
- name: Ensure the events of another region are forwarded
  secmon.aws.event_rules:
    region: eu-west-1
    rules: "{{ (alerts | secmon.aws.event_forwarding(['eu-west-1'], 'us-east-1', bus, role)).rules }}"
  vars:
    alerts:
      - name: secret-reads
        pattern: '{"source": ["aws.secretsmanager"], "detail": {"eventName": ["GetSecretValue"]}}'
        rule_state: ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS
    bus: arn:aws:events:us-east-1:123456789012:event-bus/default
    role: arn:aws:iam::123456789012:role/SecurityEventForwarder
"""

RETURN = r"""
_value:
  description: >-
    RV(ignore:rules), the option O(secmon.aws.event_rules#module:rules), with the name of the rule as RV(ignore:name);
    RV(ignore:description), the description of the role, which names the regions; and RV(ignore:former), the regions
    that the description of O(role) names.
  type: dict
"""


def event_forwarding(
    event_rules: Sequence[Mapping[str, Any]],
    regions: Sequence[str],
    region: str,
    bus_arn: str,
    role_arn: str,
    role: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """Return what forwards the events of other regions.

    Args:
        event_rules: The rules of the event alerts.
        regions: The other regions.
        region: The region of the event alerts.
        bus_arn: The ARN of the event bus there.
        role_arn: The ARN of the role.
        role: The role as a former run left it.
    """
    try:
        rules = forwarding_rules(event_rules, region, bus_arn, role_arn)
    except ValueError as error:
        raise AnsibleFilterError(f"The events of secmon_regions cannot be forwarded. {error}") from error
    return {
        "name": rule_name(region),
        "rules": rules,
        "description": role_description(regions, region),
        "former": regions_in((role or {}).get("description", "")),
    }


class FilterModule:
    """The filters of this file."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        """Return the filters by name."""
        return {"event_forwarding": event_forwarding}
