# Copyright: secmon.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Write a rule as the plain mapping that a rule file holds, for merging, for tables, and for handing to modules."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from typing import Any

from .rule import Parameter, Rule, RuleTest


def rule_to_mapping(rule: Rule) -> dict[str, Any]:
    """Return a fresh mapping of lists, mappings and scalars, without absent values and the path."""
    body = _fields(rule, without=("path", "template", "parameters", "tests"))
    body["pattern"] = rule.written_pattern
    if rule.parameters:
        body["parameters"] = {parameter.name: _parameter(parameter) for parameter in rule.parameters}
    body["tests"] = [_test(test) for test in rule.tests]
    return body


def _parameter(parameter: Parameter) -> dict[str, Any]:
    body = _fields(parameter, without=("name",))
    body.setdefault("samples", [])
    return body


def _test(test: RuleTest) -> dict[str, Any]:
    return _fields(test, without=())


def _fields(part: Any, without: tuple[str, ...]) -> dict[str, Any]:
    named = {entry.name: getattr(part, entry.name) for entry in fields(part) if entry.name not in without}
    return {name: _plain(value) for name, value in named.items() if value is not None and value != () and value != {}}


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    return _fields(value, without=()) if hasattr(value, "__dataclass_fields__") else value
