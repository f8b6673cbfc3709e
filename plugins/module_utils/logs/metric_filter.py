# Copyright: secmon.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""The current state of a metric filter on AWS, and the desired state according to a task.

PutMetricFilter replaces the whole filter, so omitted options are sent with their current values.
Sources: CloudWatch Logs API reference (MetricFilter, MetricTransformation, PutMetricFilter).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from ..filter_pattern.pattern import CompiledPattern, PatternError, compile_pattern

NO_UNIT = "None"
# Further settings of PutMetricFilter, which this collection never sets; omitting them resets them.
_SURPLUS = {"applyOnTransformedLogs": "apply_on_transformed_logs"}


@dataclass(frozen=True)
class MetricFilter:
    """One metric filter of a log group.

    Attributes:
        name: Its exact name.
        pattern: Its exact pattern: AWS is not documented to normalize spaces (checked by tests/contract).
        metric_namespace: The namespace of its metric.
        metric_name: The name of its metric.
        metric_value: The value for a matching event: a number or a selector, as a string.
        default_value: The value for events that do not match, or None.
        unit: The metric's unit; AWS writes ``None`` for no unit.
        dimensions: Selectors by dimension name.
        field_selection_criteria: The condition on system fields of events, or an empty string.
        emit_system_field_dimensions: The system fields that become dimensions, sorted.
        surplus: Settings that this collection never sets, in the terms of the module's result.
    """

    name: str
    pattern: str = ""
    metric_namespace: str = ""
    metric_name: str = ""
    metric_value: str = "1"
    default_value: float | None = None
    unit: str = NO_UNIT
    dimensions: Mapping[str, str] = field(default_factory=dict)
    field_selection_criteria: str = ""
    emit_system_field_dimensions: tuple[str, ...] = ()
    surplus: Mapping[str, Any] = field(default_factory=dict)

    @property
    def namespaces(self) -> frozenset[str]:
        """All namespaces of its metrics; several if a second metric was added manually."""
        further = self.surplus.get("further_metrics", ())
        return frozenset({self.metric_namespace, *(metric["metric_namespace"] for metric in further)})

    @property
    def metric(self) -> tuple[str, str] | None:
        """The namespace and name of its metric, or None for a filter of which only the name is known."""
        return (self.metric_namespace, self.metric_name) if self.metric_name else None

    @property
    def has_regex(self) -> bool:
        """Whether its pattern has a regular expression; False for a pattern that the engine cannot parse."""
        compiled = self.compiled()
        return compiled is not None and compiled.regex_count > 0

    def compiled(self) -> CompiledPattern | None:
        """Return the compiled pattern, or None if the engine cannot parse it."""
        try:
            return compile_pattern(self.pattern)
        except PatternError:
            return None

    def described(self) -> dict[str, Any]:
        """Return the filter in the terms of the module's result."""
        return {
            "name": self.name,
            "pattern": self.pattern,
            "metric_namespace": self.metric_namespace,
            "metric_name": self.metric_name,
            "metric_value": self.metric_value,
            "default_value": self.default_value,
            "unit": self.unit,
            "dimensions": dict(self.dimensions),
            "field_selection_criteria": self.field_selection_criteria,
            "emit_system_field_dimensions": list(self.emit_system_field_dimensions),
            **self.surplus,
        }

    def parameters(self, log_group_name: str) -> dict[str, Any]:
        """Return the parameters of PutMetricFilter."""
        transformation: dict[str, Any] = {
            "metricNamespace": self.metric_namespace,
            "metricName": self.metric_name,
            "metricValue": self.metric_value,
        }
        if self.default_value is not None:
            transformation["defaultValue"] = self.default_value
        if self.dimensions:
            transformation["dimensions"] = dict(self.dimensions)
        if self.unit != NO_UNIT:
            transformation["unit"] = self.unit
        request: dict[str, Any] = {
            "logGroupName": log_group_name,
            "filterName": self.name,
            "filterPattern": self.pattern,
            "metricTransformations": [transformation],
        }
        if self.field_selection_criteria:
            request["fieldSelectionCriteria"] = self.field_selection_criteria
        if self.emit_system_field_dimensions:
            request["emitSystemFieldDimensions"] = list(self.emit_system_field_dimensions)
        return request


def filter_of(answer: Mapping[str, Any]) -> MetricFilter:
    """Return a filter from DescribeMetricFilters."""
    first, *further = map(_metric, answer.get("metricTransformations") or [{}])
    surplus = {key: answer[member] for member, key in _SURPLUS.items() if answer.get(member)}
    if further:
        surplus["further_metrics"] = further
    return MetricFilter(
        name=answer["filterName"],
        pattern=answer.get("filterPattern", ""),
        **first,
        field_selection_criteria=answer.get("fieldSelectionCriteria", ""),
        emit_system_field_dimensions=_system_fields(answer.get("emitSystemFieldDimensions") or ()),
        surplus=surplus,
    )


def _system_fields(names: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted(set(names)))


def _metric(transformation: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "metric_namespace": transformation.get("metricNamespace", ""),
        "metric_name": transformation.get("metricName", ""),
        "metric_value": transformation.get("metricValue", ""),
        "default_value": transformation.get("defaultValue"),
        "unit": transformation.get("unit") or NO_UNIT,
        "dimensions": dict(transformation.get("dimensions") or {}),
    }


def desired_filter(item: Mapping[str, Any], found: MetricFilter | None) -> MetricFilter:
    """Return the desired state of a filter.

    Args:
        item: A checked element of the option `filters`.
        found: The current filter of that name; omitted options keep its values.
    """
    kept = found or MetricFilter(item["name"])
    default_value, dimensions = default_of(item), item.get("dimensions")
    criteria, emitted = item.get("field_selection_criteria"), item.get("emit_system_field_dimensions")
    # AWS allows only one of the two, so setting one clears the other.
    kept_default = None if dimensions else kept.default_value
    kept_dimensions: Mapping[str, str] = {} if default_value is not None else kept.dimensions
    return MetricFilter(
        name=item["name"],
        pattern=item["pattern"],
        metric_namespace=item["metric_namespace"],
        metric_name=item["metric_name"],
        metric_value=item["metric_value"],
        default_value=kept_default if item.get("default_value") is None else default_value,
        unit=kept.unit if item.get("unit") is None else item["unit"] or NO_UNIT,
        dimensions=kept_dimensions if dimensions is None else {key: str(dimensions[key]) for key in dimensions},
        field_selection_criteria=kept.field_selection_criteria if criteria is None else criteria,
        emit_system_field_dimensions=kept.emit_system_field_dimensions if emitted is None else _system_fields(emitted),
    )


def default_of(item: Mapping[str, Any]) -> float | None:
    """Return the default value of an element of `filters`; None if omitted or cleared with an empty string.

    Raises:
        ValueError: It is not a number.
    """
    value = item.get("default_value")
    if value is None or value == "":
        return None
    if not isinstance(value, (int, float, str)) or isinstance(value, bool):
        raise ValueError(value)
    try:
        return float(value)
    except OverflowError as error:
        raise ValueError(value) from error
