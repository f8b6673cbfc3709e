# Copyright: secmon.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""What CloudWatch Logs would refuse about metric filters, found before it is asked.

Sources: CloudWatch Logs API reference (PutMetricFilter, MetricTransformation, TestMetricFilter) and quotas; observed
with PutMetricFilter, us-east-1, 2026-09: a default value and dimensions exclude each other.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from ..core.problems import did_you_mean, require
from ..filter_pattern.pattern import PatternError, compile_pattern
from ..filter_pattern.tree import Tree
from ..rules.limits import (
    FILTER_NAME_PATTERN,
    MAX_DIMENSION_LENGTH,
    MAX_DIMENSIONS,
    MAX_FILTERS_PER_LOG_GROUP,
    MAX_METRIC_VALUE_LENGTH,
    MAX_REGEX_FILTERS_PER_LOG_GROUP,
    METRIC_NAME_PATTERN,
    RESERVED_NAMESPACE_PREFIX,
    UNITS,
)
from ..rules.metric_selectors import is_number, selector_refusal
from ..validation.limits import MAX_NUMBER
from .log_group import log_group_name_problems
from .metric_filter import MetricFilter, default_of

_MAX_TEST_MESSAGES = 50
_REQUIRED = ("pattern", "metric_namespace", "metric_name")


def check_metric_filters(params: Mapping[str, Any]) -> None:
    """Raise RequestError for everything that is wrong with the module's parameters by themselves."""
    require(_problems(params))


def quota_problems(log_group_name: str, filters: Sequence[MetricFilter]) -> Iterator[str]:
    """Yield which quotas of a log group these would exceed, all its filters taken together."""
    if len(filters) > MAX_FILTERS_PER_LOG_GROUP:
        yield (
            f"Log group {log_group_name} would have {len(filters)} metric filters; AWS takes"
            f" {MAX_FILTERS_PER_LOG_GROUP}. Nothing was changed. Remove filters that nobody needs (purge_namespace)."
        )
    with_regex = [own.name for own in filters if own.has_regex]
    if len(with_regex) > MAX_REGEX_FILTERS_PER_LOG_GROUP:
        yield (
            f"Log group {log_group_name} would have {len(with_regex)} metric filters with a regular expression"
            f" ({', '.join(with_regex)}); AWS takes {MAX_REGEX_FILTERS_PER_LOG_GROUP}. Nothing was changed."
            " Write some of them with * instead."
        )


def _problems(params: Mapping[str, Any]) -> Iterator[str]:
    yield from log_group_name_problems(params["log_group_name"])
    items = params["filters"]
    for name, times in Counter(item["name"] for item in items).items():
        if times > 1:
            yield f"Metric filter {name} is listed {times} times. A log group has one filter of a name: keep one."
        if not FILTER_NAME_PATTERN.fullmatch(name):
            yield f"{name!r} is no name for a metric filter: 1 to 512 characters other than : and *."
    for namespace in params.get("purge_namespace") or []:
        for complaint in _namespace_complaints(namespace):
            yield f"purge_namespace {complaint}"
    if params["state"] == "present":
        for item in items:
            for complaint in _complaints(item):
                yield f"Metric filter {item['name']}: {complaint}"
        yield from quota_problems(params["log_group_name"], [_as_far_as_known(item) for item in items])
        yield from _test_problems(params.get("test_messages") or [])


def _as_far_as_known(item: Mapping[str, Any]) -> MetricFilter:
    return MetricFilter(item["name"], item.get("pattern") or "")


def _complaints(item: Mapping[str, Any]) -> Iterator[str]:
    missing = [key for key in _REQUIRED if item.get(key) is None]
    if missing:
        yield f"{' and '.join(missing)} must be given."
        return
    yield from (f"metric_namespace {complaint}" for complaint in _namespace_complaints(item["metric_namespace"]))
    if not METRIC_NAME_PATTERN.fullmatch(item["metric_name"]):
        yield f"metric_name {item['metric_name']!r} is no name: 1 to 255 characters other than : * and $."
    unit = item.get("unit")
    if unit and unit not in UNITS:
        yield f"unit {unit!r} is unknown.{did_you_mean(unit, UNITS)} AWS knows {', '.join(UNITS)}."
    yield from _default_complaints(item)
    try:
        tree = compile_pattern(item["pattern"]).tree
    except PatternError as error:
        yield str(error)
        return
    yield from _value_complaints(item["metric_value"], tree)
    yield from _dimension_complaints(item.get("dimensions") or {}, tree)


def _namespace_complaints(namespace: str) -> Iterator[str]:
    if not METRIC_NAME_PATTERN.fullmatch(namespace):
        yield f"{namespace!r} is no namespace: 1 to 255 characters other than : * and $."
    if namespace.startswith(RESERVED_NAMESPACE_PREFIX):
        yield f"{namespace!r} begins with {RESERVED_NAMESPACE_PREFIX}, which AWS keeps to itself. Choose another."


def _default_complaints(item: Mapping[str, Any]) -> Iterator[str]:
    try:
        value = default_of(item)
    except ValueError:
        yield f"default_value {item['default_value']!r} is no number; it takes one, or '' for none."
        return
    if value is not None and not (math.isfinite(value) and abs(value) <= MAX_NUMBER):
        yield f"default_value {value} is not between -2^360 and 2^360, beyond which CloudWatch takes no value."
    if value is not None and item.get("dimensions"):
        yield "default_value and dimensions exclude each other on AWS. Leave one of them out."


def _value_complaints(value: str, tree: Tree) -> Iterator[str]:
    if len(value) > MAX_METRIC_VALUE_LENGTH:
        yield f"metric_value has {len(value)} characters; AWS takes {MAX_METRIC_VALUE_LENGTH}."
    elif is_number(value):
        if abs(float(value)) > MAX_NUMBER:
            yield f"metric_value {value} is not between -2^360 and 2^360, beyond which CloudWatch takes no value."
    elif refusal := selector_refusal(value, tree):
        yield f'metric_value {refusal}. Give a number such as "1", or a field of the pattern.'


def _dimension_complaints(dimensions: Mapping[str, Any], tree: Tree) -> Iterator[str]:
    if len(dimensions) > MAX_DIMENSIONS:
        yield f"there are {len(dimensions)} dimensions; AWS takes {MAX_DIMENSIONS}."
    for name, selector in dimensions.items():
        if not 1 <= len(str(name)) <= MAX_DIMENSION_LENGTH or not 1 <= len(str(selector)) <= MAX_DIMENSION_LENGTH:
            yield f"dimension {name!r}: its name and its selector take 1 to {MAX_DIMENSION_LENGTH} characters each."
        elif refusal := selector_refusal(str(selector), tree):
            yield f"dimension {name!r}: {refusal}. Give a field of the pattern, such as $.userIdentity.type."


def _test_problems(messages: Sequence[Any]) -> Iterator[str]:
    if len(messages) > _MAX_TEST_MESSAGES:
        yield f"There are {len(messages)} test_messages; TestMetricFilter takes {_MAX_TEST_MESSAGES} at most."
    if any(message == "" for message in messages):
        yield "One of test_messages is empty, which TestMetricFilter refuses."
