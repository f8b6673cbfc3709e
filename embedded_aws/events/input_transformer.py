"""What a rule's target gets of an event: all of it, a part, a constant, or a template that is filled in. Pure.

Source: EventBridge user guide, "Input transformation". It only substitutes: what is not quoted in the template gets a
JSON value, what is quoted gets text, and a path that the event lacks gets nothing.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

from embedded_aws.events.bus_event import BusEvent

_PLACEHOLDER = re.compile(r'\\.|"|<([^<>\s"]+)>')
_STEP = re.compile(r"\.([^.\[\]]+)|\[(\d+)\]|\['([^']+)'\]")
_MISSING = object()


def target_input(target: Mapping[str, Any], event: BusEvent, rule_name: str, rule_arn: str) -> str:
    """Return the text that a target gets.

    Args:
        target: as PutTargets took it, with ``Input``, ``InputPath`` or ``InputTransformer`` or none of them.
    """
    if "Input" in target:
        return str(target["Input"])
    if "InputPath" in target:
        found = _find(event, target["InputPath"])
        return "" if found is _MISSING else json.dumps(found)
    transformer = target.get("InputTransformer")
    if not transformer:
        return json.dumps(event)
    values = {name: _find(event, path) for name, path in transformer.get("InputPathsMap", {}).items()}
    reserved = {
        "aws.events.rule-arn": rule_arn,
        "aws.events.rule-name": rule_name,
        "aws.events.event.ingestion-time": event["time"],
        "aws.events.event": {key: value for key, value in event.items() if key != "detail"},
        "aws.events.event.json": event,
    }
    return fill(transformer["InputTemplate"], values | reserved)


def fill(template: str, values: Mapping[str, Any]) -> str:
    """Return a template with the values of its ``<name>`` placeholders; an unknown name is no placeholder."""
    quoted = False

    def replace(match: re.Match[str]) -> str:
        nonlocal quoted
        name = match[1]
        if match[0] == '"':
            quoted = not quoted
        if name is None or name not in values:
            return match[0]
        value = values[name]
        if value is _MISSING:
            return ""
        text = json.dumps(value)
        if not quoted:
            return text
        return text[1:-1] if isinstance(value, str) else json.dumps(text)[1:-1]

    return _PLACEHOLDER.sub(replace, template)


def _find(event: BusEvent, path: str) -> Any:
    """Return what a path such as ``$.detail.items[0]`` leads to."""
    found: Any = event
    for name, index, quoted in _STEP.findall(path.removeprefix("$")):
        try:
            found = found[int(index)] if index else found[name or quoted]
        except (KeyError, IndexError, TypeError):
            return _MISSING
    return found
