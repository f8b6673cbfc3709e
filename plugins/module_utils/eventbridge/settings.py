# Copyright: secmon.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""The settings of a rule of EventBridge with one target, by option of the module.

Source: EventBridge API reference, PutRule, PutTargets and InputTransformer.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

TARGET_ID = "secmon"
"""The id of the target that this collection sets."""

ENABLED = "ENABLED"
_DEFAULTS: Mapping[str, Any] = {
    "description": "",
    "rule_state": ENABLED,
    "target_role_arn": "",
    "input_paths": {},
    "input_template": "",
}
_KEPT = ("description", "input_paths", "input_template")
# Nothing of this can be set by the module; a rule that has it was changed by others.
_FOREIGN: Mapping[str, Any] = {"role_arn": "", "schedule": "", "other_targets": [], "other_input": {}}
_PUT_BY_RULE = ("description", "pattern", "rule_state", "role_arn", "schedule")
_PUT_BY_TARGET = ("target_arn", "target_role_arn", "input_paths", "input_template", "other_input")


def found_settings(rule: Mapping[str, Any], targets: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Return the settings of a rule as ListRules and ListTargetsByRule show it."""
    own = next((dict(target) for target in targets if target["Id"] == TARGET_ID), {})
    transformer = own.pop("InputTransformer", {})
    return {
        "description": rule.get("Description", ""),
        "pattern": rule.get("EventPattern", ""),
        "rule_state": rule["State"],
        "target_arn": own.pop("Arn", ""),
        "target_role_arn": own.pop("RoleArn", ""),
        "input_paths": dict(transformer.get("InputPathsMap", {})),
        "input_template": transformer.get("InputTemplate", ""),
        "role_arn": rule.get("RoleArn", ""),
        "schedule": rule.get("ScheduleExpression", ""),
        "other_targets": sorted(target["Id"] for target in targets if target["Id"] != TARGET_ID),
        "other_input": {name: value for name, value in own.items() if name != "Id"},
    }


def wanted_settings(item: Mapping[str, Any], found: Mapping[str, Any]) -> dict[str, Any]:
    """Return the settings that a rule of the task should have; what it omits keeps its value or gets the default."""
    given = {name: value for name, value in item.items() if value is not None and name != "name"}
    kept = {name: found[name] for name in _KEPT if name in found}
    wanted = {**_DEFAULTS, **_FOREIGN, **kept, **given}
    if found and same_pattern(wanted["pattern"], found["pattern"]):
        wanted["pattern"] = found["pattern"]
    return wanted


def same_pattern(one: str, other: str) -> bool:
    """Return whether two event patterns are the same JSON."""
    try:
        return one == other or json.loads(one) == json.loads(other)
    except ValueError:
        return False


def changes_rule(before: Mapping[str, Any], after: Mapping[str, Any]) -> bool:
    """Return whether PutRule is needed."""
    return any(before.get(name) != after[name] for name in _PUT_BY_RULE)


def changes_target(before: Mapping[str, Any], after: Mapping[str, Any]) -> bool:
    """Return whether PutTargets is needed."""
    return any(before.get(name) != after[name] for name in _PUT_BY_TARGET)


def rule_parameters(name: str, settings: Mapping[str, Any]) -> dict[str, Any]:
    """Return the parameters of PutRule, which replaces the whole rule."""
    described = {"Description": settings["description"]} if settings["description"] else {}
    return {"Name": name, "EventPattern": settings["pattern"], "State": settings["rule_state"], **described}


def target_parameters(name: str, settings: Mapping[str, Any]) -> dict[str, Any]:
    """Return the parameters of PutTargets, which replaces the target of the same id."""
    role = {"RoleArn": settings["target_role_arn"]} if settings["target_role_arn"] else {}
    target: dict[str, Any] = {"Id": TARGET_ID, "Arn": settings["target_arn"], **role}
    if settings["input_template"]:
        paths = {"InputPathsMap": settings["input_paths"]} if settings["input_paths"] else {}
        target["InputTransformer"] = {**paths, "InputTemplate": settings["input_template"]}
    return {"Rule": name, "Targets": [target]}
