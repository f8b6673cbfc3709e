# Copyright: secmon.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""A rule as frozen dataclasses, with the keys of the YAML files as field names."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Metric:
    """What a metric filter publishes.

    ``value`` is a number or a selector in the pattern, as a string; ``default_value`` is published for events that do
    not match and cannot be combined with ``dimensions`` (CloudWatch Logs user guide, metric filters);
    ``dimensions`` maps the name of a dimension to a selector in the pattern.
    """

    namespace: str
    name: str
    value: str = "1"
    default_value: float | None = None
    unit: str = "None"
    dimensions: Mapping[str, str] = field(default_factory=dict, hash=False)


@dataclass(frozen=True)
class Alarm:
    """The condition of the alarm on the metric. Exactly one of ``statistic`` and ``extended_statistic`` is set."""

    period_seconds: int
    evaluation_periods: int
    threshold: float
    comparison: str
    statistic: str | None = None
    extended_statistic: str | None = None
    datapoints_to_alarm: int | None = None
    missing_data: str = "notBreaching"


@dataclass(frozen=True)
class References:
    """References of a rule to public catalogs.

    ``cis`` maps a version of the CIS AWS Foundations Benchmark (``v5.0``) to a control number, ``security_hub``
    is a control id (``CloudWatch.1``), ``prowler`` the suffix of a check name, and ``incidents`` maps the title of a
    public report of an incident to its address.
    """

    mitre_attack: tuple[str, ...] = ()
    cis: Mapping[str, str] = field(default_factory=dict, hash=False)
    security_hub: str | None = None
    prowler: str | None = None
    incidents: Mapping[str, str] = field(default_factory=dict, hash=False)
    links: tuple[str, ...] = ()


@dataclass(frozen=True)
class Parameter:
    """A part of the pattern that differs between accounts, written there as ``"${name}"``.

    ``samples`` are for the tests of the rule, which use the first unless they set their own value; ``value`` is the
    value of the account: empty for none, several entries mean any of them.
    """

    name: str
    type: str
    description: str
    required: bool = True
    samples: tuple[str, ...] = ()
    value: tuple[str, ...] = ()


@dataclass(frozen=True)
class RuleTest:
    """One event and whether the rule must match it.

    ``event`` is a full record, or a log line as a string. ``parameters`` replaces the sample values for this test; an
    empty tuple means that the parameter has no value.
    """

    name: str
    match: bool
    event: Mapping[str, Any] | str = field(hash=False)
    parameters: Mapping[str, tuple[str, ...]] = field(default_factory=dict, hash=False)

    @property
    def message(self) -> str:
        """Return the event as the log message in CloudWatch Logs."""
        return self.event if isinstance(self.event, str) else json.dumps(self.event, ensure_ascii=False)


@dataclass(frozen=True)
class Rule:
    """One detection: a metric filter, its alarm, their documentation, and tests.

    ``pattern`` can be compiled: parameters are replaced by the values of the account, and the conditions of optional
    parameters without a value are left out. If that changed the pattern, ``template`` is the original with its
    ``"${name}"``. Only a required parameter without a value leaves its placeholder in ``pattern``; ``resolve`` rejects
    such a rule.
    """

    id: str
    title: str
    severity: str
    description: str
    pattern: str
    filter_name: str
    metric: Metric
    alarm: Alarm
    runbook: str
    tests: tuple[RuleTest, ...]
    references: References = References()
    false_positives: tuple[str, ...] = ()
    parameters: tuple[Parameter, ...] = ()
    compliance: bool = False
    enabled: bool = True
    version: int = 1
    template: str | None = None
    path: Path | None = None

    @property
    def written_pattern(self) -> str:
        """Return the pattern as it is in the rule file."""
        return self.template or self.pattern

    def parameter(self, name: str) -> Parameter | None:
        """Return the parameter with a name, or None."""
        return next((parameter for parameter in self.parameters if parameter.name == name), None)


def rule_to_mapping(rule: Rule) -> dict[str, Any]:
    """Return a rule as a new mapping, as in a rule file with full events; absent values are left out."""
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
