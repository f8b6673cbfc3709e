"""What CloudWatch Logs refuses in a metric filter, beyond what its API model says.

Sources: CloudWatch Logs API reference, MetricTransformation; CloudWatch Logs user guide, quotas; observed on AWS,
2026-09 (messages).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ansible_collections.secmon.aws.plugins.module_utils.filter_pattern.pattern import (
    CompiledPattern,
    PatternError,
)

from embedded_aws.errors import AwsError
from embedded_aws.gaps.log_group_lookup import INVALID
from embedded_aws.stages.filter import compiled, number

FILTERS_PER_GROUP = 100
REGEX_FILTERS_PER_GROUP = 5
DIMENSIONS_PER_FILTER = 3

_TRANSFORMATION = "Invalid metric transformation: "
_NOT_SUPPORTED = ("fieldSelectionCriteria", "emitSystemFieldDimensions")


def compile_or_refuse(text: str) -> CompiledPattern:
    """Compile a pattern; InvalidParameterException with the message of AWS if it is none."""
    try:
        return compiled(text)
    except PatternError as error:
        raise AwsError(INVALID, error.aws_message) from error


def check_filter(parameters: Mapping[str, Any], log_group_class: str) -> None:
    """Refuse a filter by its pattern, its transformation or its group's class."""
    if log_group_class != "STANDARD":
        raise AwsError("InvalidOperationException", "The operation is not valid on the specified resource.")
    unknown = [name for name in _NOT_SUPPORTED if parameters.get(name)]
    if unknown:
        raise AwsError(INVALID, f"The embedded AWS does not support {unknown[0]}.")
    (transformation,) = parameters["metricTransformations"]
    _check_transformation(compile_or_refuse(parameters["filterPattern"]), transformation)


def check_limits(others: Sequence[Mapping[str, Any]], parameters: Mapping[str, Any]) -> None:
    """Refuse a filter that would be one too many for its group; `others` are the group's filters."""
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


def _is_selector(pattern: CompiledPattern, text: str) -> bool:
    """Tell whether a metric value or a dimension can be read by this selector; one with a wildcard cannot."""
    if not text.startswith("$") or "*" in text:
        return False
    try:
        pattern.value("", text)
    except PatternError:
        return False
    return True
