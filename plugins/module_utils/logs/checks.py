# Copyright: secmon.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Check the options of the modules `log_group` and `metric_filters` before any API call.

Sources: CloudWatch Logs API reference (CreateLogGroup, PutRetentionPolicy, PutMetricFilter, MetricTransformation,
TestMetricFilter) and quotas; observed with PutMetricFilter, us-east-1, 2026-09: a default value and dimensions exclude
each other.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from ..core.aws_names import KEY_ARN, LOG_GROUP_NAME, is_of_region
from ..core.problems import did_you_mean, require
from ..core.tags import tag_problems
from ..filter_pattern.pattern import PatternError, compile_pattern
from ..filter_pattern.tree import Tree
from ..rules.limits import (
    FILTER_NAME_PATTERN,
    MAX_CRITERIA_LENGTH,
    MAX_DIMENSION_LENGTH,
    MAX_DIMENSIONS,
    MAX_FILTERS_PER_LOG_GROUP,
    MAX_METRIC_VALUE_LENGTH,
    MAX_REGEX_FILTERS_PER_LOG_GROUP,
    MAX_TEST_MESSAGES,
    METRIC_NAME_PATTERN,
    NAMESPACE_PATTERN,
    RESERVED_NAMESPACE_PREFIX,
    SYSTEM_FIELDS,
    UNITS,
)
from ..rules.metric_selectors import is_number, selector_error
from ..validation.types import MAX_NUMBER
from .log_group import NEVER, RETENTION_DAYS
from .metric_filter import MetricFilter, default_of
from .sample_messages import messages_of

_REQUIRED = ("pattern", "metric_namespace", "metric_name")


def check_log_group(params: Mapping[str, Any], region: str) -> None:
    """Raise RequestError with every invalid option of the module `log_group`."""
    require(_log_group_problems(params, region))


def check_metric_filters(params: Mapping[str, Any]) -> None:
    """Raise RequestError with every invalid option of the module `metric_filters`."""
    require(_filter_problems(params))


def _log_group_problems(params: Mapping[str, Any], region: str) -> Iterator[str]:
    name, days, key = params["name"], params.get("retention_days"), params.get("kms_key_arn")
    yield from _log_group_name_problems(name)
    if days is not None and days not in (NEVER, *RETENTION_DAYS):
        allowed = ", ".join(str(allowed) for allowed in RETENTION_DAYS)
        yield f"Log group {name}: {days} is not a valid retention_days: use {allowed}, or {NEVER} for unlimited."
    if key and not re.fullmatch(KEY_ARN, key):
        yield f"Log group {name}: {key!r} is not a valid kms_key_arn: use the ARN of a key, not of an alias, or ''."
    elif key and not is_of_region(key, region):
        yield f"Log group {name}: kms_key_arn {key} is not in region {region}, the only one whose keys can be used."
    yield from tag_problems(params.get("tags"))


def _log_group_name_problems(name: str) -> Iterator[str]:
    if not re.fullmatch(LOG_GROUP_NAME, name):
        yield (
            f"{name!r} is not a valid log group name: use 1-512 characters from a-z A-Z 0-9 . - _ / #, not starting"
            " with aws/."
        )


def quota_problems(log_group_name: str, filters: Sequence[MetricFilter]) -> Iterator[str]:
    """Yield the quotas that all filters of a log group together would exceed."""
    if len(filters) > MAX_FILTERS_PER_LOG_GROUP:
        yield (
            f"Log group {log_group_name} would have {len(filters)} metric filters; AWS allows"
            f" {MAX_FILTERS_PER_LOG_GROUP}. Nothing was changed. Remove unneeded filters (purge_namespace)."
        )
    with_regex = [own.name for own in filters if own.has_regex]
    if len(with_regex) > MAX_REGEX_FILTERS_PER_LOG_GROUP:
        yield (
            f"Log group {log_group_name} would have {len(with_regex)} metric filters with a regular expression"
            f" ({', '.join(with_regex)}); AWS allows {MAX_REGEX_FILTERS_PER_LOG_GROUP}. Nothing was changed."
            " Rewrite some of them with * instead."
        )


def _filter_problems(params: Mapping[str, Any]) -> Iterator[str]:
    yield from _log_group_name_problems(params["log_group_name"])
    items = params["filters"]
    for name, times in Counter(item["name"] for item in items).items():
        if times > 1:
            yield f"Metric filter {name} is listed {times} times. Filter names are unique in a log group: keep one."
        if not FILTER_NAME_PATTERN.fullmatch(name):
            yield f"{name!r} is not a valid metric filter name: use 1-512 characters other than : and *."
    for namespace in params.get("purge_namespace") or []:
        yield from (f"purge_namespace {problem}" for problem in _namespace_problems(namespace))
    if params["state"] == "present":
        for item in items:
            problems = (*_item_problems(item), *_test_problems(messages_of(item, params)))
            yield from (f"Metric filter {item['name']}: {problem}" for problem in problems)
        yield from quota_problems(
            params["log_group_name"], [MetricFilter(item["name"], item.get("pattern") or "") for item in items]
        )


def _item_problems(item: Mapping[str, Any]) -> Iterator[str]:
    missing = [key for key in _REQUIRED if item.get(key) is None]
    if missing:
        yield f"{' and '.join(missing)} must be set."
        return
    yield from (f"metric_namespace {problem}" for problem in _namespace_problems(item["metric_namespace"]))
    if not METRIC_NAME_PATTERN.fullmatch(item["metric_name"]):
        yield f"metric_name {item['metric_name']!r} is not valid: use 1-255 characters other than : * and $."
    unit = item.get("unit")
    if unit and unit not in UNITS:
        yield f"unit {unit!r} is not a valid unit.{did_you_mean(unit, UNITS)} Use one of {', '.join(UNITS)}."
    yield from _default_problems(item)
    try:
        tree = compile_pattern(item["pattern"]).tree
    except PatternError as error:
        yield str(error)
        return
    yield from _value_problems(item["metric_value"], tree)
    yield from _dimension_problems(item.get("dimensions") or {}, tree)
    yield from _system_field_problems(item)


def _namespace_problems(namespace: str) -> Iterator[str]:
    if not NAMESPACE_PATTERN.fullmatch(namespace):
        yield f"{namespace!r} is not a valid namespace: use 1-255 characters other than * and $, the first not a colon."
    if namespace.startswith(RESERVED_NAMESPACE_PREFIX):
        yield f"{namespace!r} starts with {RESERVED_NAMESPACE_PREFIX}, which AWS reserves. Choose another namespace."


def _default_problems(item: Mapping[str, Any]) -> Iterator[str]:
    try:
        value = default_of(item)
    except ValueError:
        yield f"default_value {item['default_value']!r} is not valid: use a number, or '' for none."
        return
    if value is not None and not (math.isfinite(value) and abs(value) <= MAX_NUMBER):
        yield f"default_value {value} is not between -2^360 and 2^360, the limits of CloudWatch."
    if value is not None and item.get("dimensions"):
        yield "default_value and dimensions are mutually exclusive on AWS. Remove one of them."


def _value_problems(value: str, tree: Tree) -> Iterator[str]:
    if len(value) > MAX_METRIC_VALUE_LENGTH:
        yield f"metric_value has {len(value)} characters; AWS allows {MAX_METRIC_VALUE_LENGTH}."
    elif is_number(value):
        if abs(float(value)) > MAX_NUMBER:
            yield f"metric_value {value} is not between -2^360 and 2^360, the limits of CloudWatch."
    elif refusal := selector_error(value, tree):
        yield f'metric_value {refusal}. Use a number such as "1", or a field of the pattern.'


def _dimension_problems(dimensions: Mapping[str, Any], tree: Tree) -> Iterator[str]:
    if len(dimensions) > MAX_DIMENSIONS:
        yield f"there are {len(dimensions)} dimensions; AWS allows {MAX_DIMENSIONS}."
    for name, selector in dimensions.items():
        if not 1 <= len(str(name)) <= MAX_DIMENSION_LENGTH or not 1 <= len(str(selector)) <= MAX_DIMENSION_LENGTH:
            yield f"dimension {name!r}: use 1-{MAX_DIMENSION_LENGTH} characters each for name and selector."
        elif refusal := selector_error(str(selector), tree):
            yield f"dimension {name!r}: {refusal}. Use a field of the pattern, such as $.userIdentity.type."


def _system_field_problems(item: Mapping[str, Any]) -> Iterator[str]:
    """Yield what is wrong with system fields; the syntax of a condition is left to AWS, which describes it in part."""
    criteria = item.get("field_selection_criteria") or ""
    if len(criteria) > MAX_CRITERIA_LENGTH:
        yield f"field_selection_criteria has {len(criteria)} characters; AWS allows {MAX_CRITERIA_LENGTH}."
    emitted = item.get("emit_system_field_dimensions") or []
    for name in emitted:
        if name not in SYSTEM_FIELDS:
            yield (
                f"emit_system_field_dimensions contains {name!r}.{did_you_mean(name, SYSTEM_FIELDS)} Use"
                f" {' or '.join(SYSTEM_FIELDS)}."
            )
    total = len({*emitted}) + len(item.get("dimensions") or {})
    if emitted and total > MAX_DIMENSIONS:
        yield f"dimensions and emit_system_field_dimensions together are {total}; AWS allows {MAX_DIMENSIONS}."


def _test_problems(messages: Sequence[str]) -> Iterator[str]:
    if len(messages) > MAX_TEST_MESSAGES:
        yield f"there are {len(messages)} test_messages; TestMetricFilter allows {MAX_TEST_MESSAGES}."
    if "" in messages:
        yield "test_messages contains an empty message, which TestMetricFilter rejects."
