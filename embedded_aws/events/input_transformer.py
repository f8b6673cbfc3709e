"""The input of a rule's target: the event, a part of it, a constant, or a filled-in template. Pure functions.

Source: EventBridge user guide, "Input transformation". An unquoted placeholder is replaced by a
JSON value, a quoted one by text, and a missing path by nothing.
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
    """Return the input of a target.

    Args:
        target: the target of PutTargets, with at most one of ``Input``, ``InputPath`` and ``InputTransformer``.
    """
    if "Input" in target:
        return str(target["Input"])
    if "InputPath" in target:
        found = _find(event, target["InputPath"])
        return "" if found is _MISSING else as_json(found)
    transformer = target.get("InputTransformer")
    if not transformer:
        return as_json(event)
    values = {name: _find(event, path) for name, path in transformer.get("InputPathsMap", {}).items()}
    reserved = {
        "aws.events.rule-arn": rule_arn,
        "aws.events.rule-name": rule_name,
        "aws.events.event.ingestion-time": event["time"],
        "aws.events.event": {key: value for key, value in event.items() if key != "detail"},
        "aws.events.event.json": event,
    }
    return fill(transformer["InputTemplate"], values | reserved)


def as_json(value: Any) -> str:
    """Return compact JSON, as AWS sends it."""
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False)


def fill(template: str, values: Mapping[str, Any]) -> str:
    """Return a template with its ``<name>`` placeholders replaced; unknown names are kept."""
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
        text = as_json(value)
        if not quoted:
            return text
        return text[1:-1] if isinstance(value, str) else json.dumps(text, ensure_ascii=False)[1:-1]

    return _PLACEHOLDER.sub(replace, template)


def _find(event: BusEvent, path: str) -> Any:
    """Return the value at a path such as ``$.detail.items[0]``."""
    found: Any = event
    for name, index, quoted in _STEP.findall(path.removeprefix("$")):
        try:
            found = found[int(index)] if index else found[name or quoted]
        except (KeyError, IndexError, TypeError):
            return _MISSING
    return found
