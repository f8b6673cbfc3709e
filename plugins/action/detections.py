# Copyright: secmon.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Select and check detection rules on the controller; plugins/modules/detections.py documents it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from ansible.plugins.action import ActionBase
from ansible_collections.secmon.aws.plugins.module_utils.core.aws_names import EXCLUDABLE_EVENT_SOURCES
from ansible_collections.secmon.aws.plugins.module_utils.event_alerts.deployment import choice_problems, event_rules
from ansible_collections.secmon.aws.plugins.module_utils.event_alerts.text import Style
from ansible_collections.secmon.aws.plugins.module_utils.preflight.variables import ALARM_NAMES, PACKS
from ansible_collections.secmon.aws.plugins.module_utils.rules.deployment import alarm_name_problems, detections
from ansible_collections.secmon.aws.plugins.module_utils.rules.limits import SEVERITIES
from ansible_collections.secmon.aws.plugins.module_utils.rules.packs import load_packs, with_own_rules
from ansible_collections.secmon.aws.plugins.module_utils.rules.selection import Trail, check_rules, format_problem
from ansible_collections.secmon.aws.plugins.module_utils.validation.problems import ValidationError
from ansible_collections.secmon.aws.plugins.plugin_utils.host_variables import plain

RULES = Path(__file__).resolve().parents[2] / "rules"
ARGUMENT_SPEC = {
    "packs": {"type": "list", "elements": "str", "choices": list(PACKS), "default": ["guide"]},
    "severities": {"type": "list", "elements": "str", "choices": list(SEVERITIES), "default": list(SEVERITIES)},
    "overrides": {"type": "dict", "default": {}},
    "rules_dirs": {"type": "list", "elements": "path", "default": []},
    "excluded_event_sources": {
        "type": "list",
        "elements": "str",
        "choices": list(EXCLUDABLE_EVENT_SOURCES),
        "default": [],
    },
    "management_events": {"type": "str", "choices": ["all", "read", "write"], "default": "all"},
    "alarm_names": {"type": "dict", "default": {}},
    "alarm_actions": {"type": "list", "elements": "str", "default": []},
    "tags": {"type": "dict"},
    "account_values": {"type": "dict", "default": {}},
    "test_messages": {"type": "bool", "default": False},
    "event_alerts": {"type": "list", "elements": "str", "default": []},
    "event_target_arn": {"type": "str"},
    "event_format": {"type": "str", "choices": ["text", "chat"], "default": "text"},
    "account_name": {"type": "str", "default": ""},
}


class ActionModule(ActionBase):
    """Select and check rules, and fill in their parameters, without a connection to a host."""

    _requires_connection = False

    def run(self, tmp: str | None = None, task_vars: dict[str, Any] | None = None) -> dict[str, Any]:
        """Return the arguments of metric_filters and metric_alarms; failed if a rule cannot be deployed."""
        result: dict[str, Any] = super().run(tmp, task_vars)
        _first, options = self.validate_argument_spec(argument_spec=ARGUMENT_SPEC)
        options = plain(options)
        try:
            shipped = with_own_rules(load_packs(RULES), options["rules_dirs"])
        except ValidationError as error:
            return _failed(result, [format_problem(problem) for problem in error.problems])
        trail = Trail(tuple(options["excluded_event_sources"]), options["management_events"])
        report = check_rules(
            shipped, options["packs"], options["overrides"], trail, options["account_values"], options["severities"]
        )
        names = {**ALARM_NAMES, **options["alarm_names"]}
        known = sorted({*shipped.pack_of_each(), *options["overrides"]})
        wanted, target = options["event_alerts"], options["event_target_arn"]
        problems = report.errors or (
            *alarm_name_problems(report.rules, names, known),
            *(f"event_alerts: {problem}" for problem in choice_problems(wanted, target, known)),
        )
        if problems:
            return _failed(result, problems)
        actions, messages, account = options["alarm_actions"], options["test_messages"], options["account_values"]
        found = detections(report.rules, names, actions, options["tags"], test_messages=messages, account=account)
        style = Style(options["account_name"], (target or "arn:aws").split(":")[1], options["event_format"] == "chat")
        events = event_rules(report.rules, wanted, target or "", style, names, account)
        return result | {"changed": False, "warnings": list(report.warnings), **asdict(found), **asdict(events)}


def _failed(result: dict[str, Any], problems: Sequence[str]) -> dict[str, Any]:
    message = "\n".join(("The rules cannot be deployed.", *problems))
    return result | {"changed": False, "failed": True, "msg": message, "problems": list(problems)}
