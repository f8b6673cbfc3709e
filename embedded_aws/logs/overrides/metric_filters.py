"""Overrides of the operations on metric filters."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ansible_collections.secmon.aws.plugins.module_utils.filter_pattern.pattern import (
    CompiledPattern,
    PatternError,
)

from embedded_aws.core.call import Call
from embedded_aws.core.errors import AwsError
from embedded_aws.core.overrides import override
from embedded_aws.core.pages import page
from embedded_aws.core.state import State
from embedded_aws.logs.metric_filters import compiled, number
from embedded_aws.logs.overrides.log_groups import INVALID, backend_and_parameters, log_group, not_found
from embedded_aws.logs.selection_criteria import SYSTEM_FIELDS, CriteriaError, selection

# Checks of CloudWatch Logs on metric filters beyond its API model.
#
# Sources: CloudWatch Logs API reference, MetricTransformation; CloudWatch Logs user guide, quotas; observed on AWS,
# 2026-09 (messages).

FILTERS_PER_GROUP = 100
REGEX_FILTERS_PER_GROUP = 5
DIMENSIONS_PER_FILTER = 3

_TRANSFORMATION = "Invalid metric transformation: "


def compile_or_reject(text: str) -> CompiledPattern:
    """Compile a pattern. Raise InvalidParameterException with AWS's message if it is invalid."""
    try:
        return compiled(text)
    except PatternError as error:
        raise AwsError(INVALID, error.aws_message) from error


def check_filter(parameters: Mapping[str, Any], log_group_class: str) -> None:
    """Reject an invalid pattern or transformation, or a group whose class has no metric filters."""
    if log_group_class != "STANDARD":
        raise AwsError("InvalidOperationException", "The operation is not valid on the specified resource.")
    (transformation,) = parameters["metricTransformations"]
    _check_transformation(compile_or_reject(parameters["filterPattern"]), transformation)
    _check_system_fields(parameters, len(transformation.get("dimensions") or {}))


def check_limits(others: Sequence[Mapping[str, Any]], parameters: Mapping[str, Any]) -> None:
    """Reject a filter beyond the limits of its group; `others` are the group's filters."""
    others = [own for own in others if own["filterName"] != parameters["filterName"]]
    with_regex = sum(compiled(own["filterPattern"]).regex_count > 0 for own in others)
    own_regex = compiled(parameters["filterPattern"]).regex_count > 0
    if len(others) >= FILTERS_PER_GROUP or (own_regex and with_regex >= REGEX_FILTERS_PER_GROUP):
        raise AwsError("LimitExceededException", "Resource limit exceeded.")


def _check_transformation(pattern: CompiledPattern, transformation: Mapping[str, Any]) -> None:
    value, dimensions = transformation["metricValue"], transformation.get("dimensions") or {}
    if transformation["metricNamespace"].startswith("AWS/"):
        raise AwsError(INVALID, f"{_TRANSFORMATION}metric namespace must not start with AWS/")
    if not _is_selector(pattern, value) if value.startswith("$") else number(value) is None:
        raise AwsError(INVALID, f"{_TRANSFORMATION}metric value {value} must be a valid number")
    if dimensions and transformation.get("defaultValue") is not None:
        raise AwsError(INVALID, f"{_TRANSFORMATION}dimensions and default value are mutually exclusive properties.")
    if len(dimensions) > DIMENSIONS_PER_FILTER:
        raise AwsError(INVALID, f"{_TRANSFORMATION}number of dimensions must not exceed {DIMENSIONS_PER_FILTER}")
    for name, selector in dimensions.items():
        if not _is_selector(pattern, selector):
            raise AwsError(INVALID, f"{_TRANSFORMATION}dimension value for {name} must be valid selector")


def _check_system_fields(parameters: Mapping[str, Any], dimensions: int) -> None:
    """Reject system fields that do not exist or are too many, and an invalid selection; the texts are our reading."""
    emitted = parameters.get("emitSystemFieldDimensions") or []
    if unknown := [name for name in emitted if name not in SYSTEM_FIELDS]:
        raise AwsError(INVALID, f"Invalid system field: {unknown[0]}. Valid values are {' and '.join(SYSTEM_FIELDS)}.")
    if dimensions + len(emitted) > DIMENSIONS_PER_FILTER:
        raise AwsError(INVALID, f"{_TRANSFORMATION}number of dimensions must not exceed {DIMENSIONS_PER_FILTER}")
    try:
        selection(parameters.get("fieldSelectionCriteria") or "")
    except CriteriaError as error:
        raise AwsError(INVALID, f"Invalid field selection criteria: {error}") from error


def _is_selector(pattern: CompiledPattern, text: str) -> bool:
    """Return whether a metric value or dimension can be read by this selector; a wildcard is not allowed."""
    if not text.startswith("$") or "*" in text:
        return False
    try:
        pattern.value("", text)
    except PatternError:
        return False
    return True


# Metric filters belong to a log group and are replaced by name; moto 5.2.5 appends duplicates for any group name.
#
# Sources: CloudWatch Logs API reference, PutMetricFilter, DescribeMetricFilters, DeleteMetricFilter; observed on AWS,
# 2026-09: a replaced filter keeps its creationTime, a rejected replacement keeps the old one.

PAGE_SIZE = 50

_SYSTEM_FIELD_MEMBERS = ("fieldSelectionCriteria", "emitSystemFieldDimensions")


@override("logs", "PutMetricFilter")
def put_metric_filter(_state: State, call: Call) -> dict[str, Any]:
    """Create or replace a filter of an existing group."""
    backend, parameters = backend_and_parameters(call)
    group = log_group(backend, parameters["logGroupName"])
    check_filter(parameters, getattr(group, "log_group_class", "STANDARD"))
    filters = backend.filters.metric_filters
    place = _place(filters, group.name, parameters["filterName"])
    check_limits([own for own in filters if own["logGroupName"] == group.name], parameters)
    definition = {
        "filterName": parameters["filterName"],
        "filterPattern": parameters["filterPattern"],
        "metricTransformations": parameters["metricTransformations"],
        "creationTime": int(call.at.timestamp() * 1000),
        "logGroupName": group.name,
        "applyOnTransformedLogs": bool(parameters.get("applyOnTransformedLogs")),
    } | {name: parameters[name] for name in _SYSTEM_FIELD_MEMBERS if parameters.get(name)}
    if place is None:
        filters.append(definition)
    else:
        definition["creationTime"] = filters[place]["creationTime"]
        filters[place] = definition
    return {}


@override("logs", "DescribeMetricFilters")
def describe_metric_filters(_state: State, call: Call) -> dict[str, Any]:
    """List filters by name, in pages of 50 at most."""
    backend, parameters = backend_and_parameters(call)
    group, prefix = parameters.get("logGroupName"), parameters.get("filterNamePrefix", "")
    metric = parameters.get("metricName"), parameters.get("metricNamespace")
    if (metric[0] is None) != (metric[1] is None):
        raise AwsError(INVALID, "metricName and metricNamespace must be specified together.")
    if group:
        log_group(backend, group)
    found = [
        own
        for own in backend.filters.metric_filters
        if group in (None, own["logGroupName"])
        and own["filterName"].startswith(prefix)
        and (metric[0] is None or metric == _metric(own))
    ]
    found.sort(key=lambda own: (own["filterName"], own["logGroupName"]))
    rejection = AwsError(INVALID, "The specified nextToken is invalid.")
    question = (call.account, call.region, group, prefix, metric)
    own_page, token = page(found, parameters.get("limit", PAGE_SIZE), parameters.get("nextToken"), question, rejection)
    return {"metricFilters": own_page} | ({"nextToken": token} if token else {})


@override("logs", "DeleteMetricFilter")
def delete_metric_filter(_state: State, call: Call) -> dict[str, Any]:
    """Delete a filter; the metric stays, as on AWS."""
    backend, parameters = backend_and_parameters(call)
    group = log_group(backend, parameters["logGroupName"])
    place = _place(backend.filters.metric_filters, group.name, parameters["filterName"])
    if place is None:
        raise not_found("metric filter")
    del backend.filters.metric_filters[place]
    return {}


def _place(filters: list[dict[str, Any]], group: str, name: str) -> int | None:
    same = (at for at, own in enumerate(filters) if (own["logGroupName"], own["filterName"]) == (group, name))
    return next(same, None)


def _metric(definition: dict[str, Any]) -> tuple[str, str]:
    (transformation,) = definition["metricTransformations"]
    return transformation["metricName"], transformation["metricNamespace"]


# TestMetricFilter; moto 5.2.5 lacks the operation.
#
# Source: CloudWatch Logs API reference, TestMetricFilter; observed on AWS, 2026-09: eventNumber counts from 1 (the
# reference's samples count from 0), and extractedValues is empty for JSON patterns.


@override("logs", "TestMetricFilter")
def test_metric_filter(_state: State, call: Call) -> dict[str, Any]:
    """Return the messages that a pattern matches, and the fields of a space-delimited one."""
    _first, parameters = backend_and_parameters(call)
    pattern = compile_or_reject(parameters["filterPattern"])
    extracts = pattern.kind == "delimited"
    return {
        "matches": [
            {
                "eventNumber": event_number,
                "eventMessage": message,
                "extractedValues": pattern.extract(message) if extracts else {},
            }
            for event_number, message in enumerate(parameters["logEventMessages"], 1)
            if pattern.matches(message)
        ]
    }
