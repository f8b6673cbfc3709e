# Copyright: secmon.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""One metric filter, as AWS shows it and as a task wants it.

Sources: CloudWatch Logs API reference (MetricFilter, MetricTransformation, PutMetricFilter). PutMetricFilter replaces
the whole filter, so that what a task leaves out has to be sent again to be kept.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from ..filter_pattern.pattern import CompiledPattern, PatternError, compile_pattern

NO_UNIT = "None"
# What PutMetricFilter knows besides and this collection never sets: left out, it goes back to its default.
_SURPLUS = {
    "applyOnTransformedLogs": "apply_on_transformed_logs",
    "fieldSelectionCriteria": "field_selection_criteria",
    "emitSystemFieldDimensions": "emit_system_field_dimensions",
}


@dataclass(frozen=True)
class MetricFilter:
    """One metric filter of a log group.

    Attributes:
        name: Its name, exactly.
        pattern: The text of its pattern, blank by blank: no source says that AWS changes any (tests/contract asks).
        metric_namespace: Where its metric is.
        metric_name: Its metric.
        metric_value: What a matching event counts: a number or a selector, as text.
        default_value: What an event that does not match counts; None if nothing.
        unit: The metric's unit; AWS's word for none is ``None``.
        dimensions: The dimensions' names, each with its selector.
        surplus: What somebody else set that this collection never does, in this module's terms.
    """

    name: str
    pattern: str = ""
    metric_namespace: str = ""
    metric_name: str = ""
    metric_value: str = "1"
    default_value: float | None = None
    unit: str = NO_UNIT
    dimensions: Mapping[str, str] = field(default_factory=dict)
    surplus: Mapping[str, Any] = field(default_factory=dict)

    @property
    def namespaces(self) -> frozenset[str]:
        """All namespaces that it feeds: more than one if somebody gave it a second metric."""
        further = self.surplus.get("further_metrics", ())
        return frozenset({self.metric_namespace, *(metric["metric_namespace"] for metric in further)})

    @property
    def has_regex(self) -> bool:
        """Whether its pattern has a regular expression; False for a foreign pattern that our engine cannot read."""
        compiled = self.compiled()
        return compiled is not None and compiled.regex_count > 0

    def compiled(self) -> CompiledPattern | None:
        """Return the compiled pattern, or None if our engine cannot read it."""
        try:
            return compile_pattern(self.pattern)
        except PatternError:
            return None

    def shown(self) -> dict[str, Any]:
        """Return it as results and differences show it."""
        return {
            "name": self.name,
            "pattern": self.pattern,
            "metric_namespace": self.metric_namespace,
            "metric_name": self.metric_name,
            "metric_value": self.metric_value,
            "default_value": self.default_value,
            "unit": self.unit,
            "dimensions": dict(self.dimensions),
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
        return {
            "logGroupName": log_group_name,
            "filterName": self.name,
            "filterPattern": self.pattern,
            "metricTransformations": [transformation],
        }


def filter_found(answer: Mapping[str, Any]) -> MetricFilter:
    """Return a filter of DescribeMetricFilters."""
    first, *further = map(_metric, answer.get("metricTransformations") or [{}])
    surplus = {ours: answer[theirs] for theirs, ours in _SURPLUS.items() if answer.get(theirs)}
    if further:
        surplus["further_metrics"] = further
    return MetricFilter(name=answer["filterName"], pattern=answer.get("filterPattern", ""), **first, surplus=surplus)


def _metric(transformation: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "metric_namespace": transformation.get("metricNamespace", ""),
        "metric_name": transformation.get("metricName", ""),
        "metric_value": transformation.get("metricValue", ""),
        "default_value": transformation.get("defaultValue"),
        "unit": transformation.get("unit") or NO_UNIT,
        "dimensions": dict(transformation.get("dimensions") or {}),
    }


def filter_wanted(item: Mapping[str, Any], found: MetricFilter | None) -> MetricFilter:
    """Return the filter that a task wants.

    Args:
        item: An element of the task's `filters`, checked.
        found: The filter of that name; what the task does not mention stays as it is there.
    """
    kept = found or MetricFilter(item["name"])
    default_value, dimensions = default_of(item), item.get("dimensions")
    # AWS takes one of the two only, so that a task which sets one clears the other.
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
    )


def default_of(item: Mapping[str, Any]) -> float | None:
    """Return a task's default value; None if it has none, or clears it by an empty text.

    Raises:
        ValueError: It is no number.
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
