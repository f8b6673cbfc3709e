# Copyright: secmon.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Check the options of the module `trail` before any API call.

Sources: CloudTrail API reference, CreateTrail, PutEventSelectors, EventSelector, AdvancedFieldSelector,
InsightSelector; S3 user guide, "Bucket naming rules".
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from ..core.aws_names import (
    EXCLUDABLE_EVENT_SOURCES,
    KEY_ARN,
    LOG_GROUP_ARN,
    ROLE_ARN,
    TOPIC_ARN,
    TOPIC_NAME,
    TRAIL_NAME,
    bucket_name_problem,
    is_of_region,
    partition_of,
)
from ..core.problems import did_you_mean, require
from ..core.tags import tag_problems
from .selection import DATA_SERVICES, Conditions
from .selector_options import BASIC_OPTIONS, OPERATOR_OPTIONS, option_conditions
from .state import UNFINISHED

INSIGHT_TYPES = ("ApiCallRateInsight", "ApiErrorRateInsight")
MAX_DATA_VALUES = 250
MAX_ADVANCED_VALUES = 500
_MAX_SELECTOR_NAME = 1000
_MAX_PREFIX = 200
_EQUALS_ONLY = ("readOnly", "eventCategory", "resources.type")
_CATEGORIES = ("Management", "Data", "NetworkActivity")
_NEEDED = {"Data": "resources.type", "NetworkActivity": "eventSource"}

_ARNS = {
    "sns_topic_name": (f"{TOPIC_NAME}|{TOPIC_ARN}", "the name or the ARN of a topic"),
    "kms_key_arn": (KEY_ARN, "the ARN of a key (not an alias)"),
    "log_group_arn": (LOG_GROUP_ARN, "the ARN of a log group"),
    "log_group_role_arn": (ROLE_ARN, "the ARN of a role"),
}


def check_trail(params: Mapping[str, Any], region: str) -> None:
    """Raise RequestError with every invalid option.

    Args:
        params: The module's parameters.
        region: The home region of the trail.
    """
    problems = [*_name_problems(params["name"]), *_setting_problems(params), *_place_problems(params, region)]
    problems += selector_problems(params, partition_of(region))
    require([f"Trail {params['name']}: {problem}" for problem in problems] + list(tag_problems(params.get("tags"))))


def selector_problems(params: Mapping[str, Any], partition: str) -> Iterator[str]:
    """Yield invalid options for event selectors."""
    yield from _basic_problems(params)
    yield from _data_problems(params, partition)
    yield from _advanced_problems(params)


def _name_problems(name: str) -> Iterator[str]:
    if not re.fullmatch(TRAIL_NAME, name):
        yield (
            f"{name!r} is not a valid trail name: use 3-128 characters from a-z A-Z 0-9 . _ -, starting and ending with"
            " a letter or digit, without two adjacent . _ -, not an IP address."
        )


def _setting_problems(params: Mapping[str, Any]) -> Iterator[str]:
    bucket, prefix = params.get("s3_bucket_name"), params.get("s3_key_prefix") or ""
    if bucket is not None and (problem := bucket_name_problem(bucket)):
        yield f"s3_bucket_name: {bucket!r} {problem}"
    if len(prefix) > _MAX_PREFIX:
        yield f"s3_key_prefix has {len(prefix)} characters; CloudTrail allows {_MAX_PREFIX}."
    if params.get("multi_region") and params.get("global_service_events") is False:
        yield "A multi-region trail records global services. Set global_service_events: true, or omit it."
    group, role = params.get("log_group_arn"), params.get("log_group_role_arn")
    if group is not None and role is not None and bool(group) != bool(role):
        yield "log_group_arn and log_group_role_arn belong together. Set both, or clear both with ''."
    if UNFINISHED in (params.get("tags") or {}):
        yield f"The tag {UNFINISHED} marks an interrupted run and is set by this collection. Remove it from tags."
    for insight in params.get("insight_types") or ():
        if insight not in INSIGHT_TYPES:
            hint = did_you_mean(insight, INSIGHT_TYPES) or f" Use {' or '.join(INSIGHT_TYPES)}."
            yield f"{insight!r} is not a valid insight type.{hint}"


def _place_problems(params: Mapping[str, Any], region: str) -> Iterator[str]:
    """Yield invalid ARNs: their form, their partition, and the log group's region."""
    for option, (pattern, what) in _ARNS.items():
        value = params.get(option) or ""
        if value and not re.fullmatch(pattern, value):
            yield f"{option}: {value!r} is not valid: use {what}, or '' for none."
        elif value.startswith("arn:") and value.split(":")[1] != partition_of(region):
            yield f"{option}: {value} is not in the partition of region {region} ({partition_of(region)})."
        elif value and option == "log_group_arn" and not is_of_region(value, region):
            yield f"log_group_arn: {value} is not in region {region}; a trail needs a log group in its home region."


def _basic_problems(params: Mapping[str, Any]) -> Iterator[str]:
    basic = [option for option in BASIC_OPTIONS if params.get(option) is not None]
    if params.get("advanced_event_selectors") and basic:
        yield f"advanced_event_selectors excludes {', '.join(basic)}. Remove one or the other."
    excluded = params.get("exclude_management_event_sources") or ()
    for source in excluded:
        if source not in EXCLUDABLE_EVENT_SOURCES:
            hint = did_you_mean(source, EXCLUDABLE_EVENT_SOURCES)
            yield f"CloudTrail can exclude only {' and '.join(EXCLUDABLE_EVENT_SOURCES)}, not {source}.{hint}"
    if excluded and params.get("management_events") == "none":
        yield "With management_events: none there is nothing to exclude. Remove exclude_management_event_sources."


def _data_problems(params: Mapping[str, Any], partition: str) -> Iterator[str]:
    resources = params.get("data_resources") or ()
    for resource in resources:
        kind = resource["type"]
        if kind not in DATA_SERVICES:
            yield (
                f"data_resources supports the types {', '.join(DATA_SERVICES)}, not {kind}."
                f"{did_you_mean(kind, DATA_SERVICES)} Other types need advanced_event_selectors."
            )
            continue
        start = f"arn:{partition}:{DATA_SERVICES[kind]}"
        for value in resource["values"]:
            if value != start and not value.startswith(f"{start}:"):
                yield f"data_resources of type {kind}: {value!r} is not valid: use ARNs that start with {start}"
    if any(not resource["values"] for resource in resources):
        yield "Every entry of data_resources needs at least one value."
    count = sum(len(resource["values"]) for resource in resources)
    if count > MAX_DATA_VALUES:
        yield f"data_resources has {count} values; CloudTrail allows {MAX_DATA_VALUES}. Use common ARN prefixes."


def _advanced_problems(params: Mapping[str, Any]) -> Iterator[str]:
    values = 0
    numbers: dict[Conditions, int] = {}
    for number, selector in enumerate(params.get("advanced_event_selectors") or (), 1):
        fields = selector["field_selectors"]
        values += sum(len(field.get(option) or ()) for field in fields for option in OPERATOR_OPTIONS)
        where = f"advanced_event_selectors, entry {number}:"
        yield from (f"{where} {problem}" for problem in _selector_problems(selector, fields))
        first = numbers.setdefault(option_conditions(selector), number)
        if first != number:
            yield f"{where} it selects the same events as entry {first}. Remove one of them."
    if values > MAX_ADVANCED_VALUES:
        yield f"advanced_event_selectors has {values} values; CloudTrail allows {MAX_ADVANCED_VALUES}."


def _selector_problems(selector: Mapping[str, Any], fields: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    if len(selector.get("name") or "") > _MAX_SELECTOR_NAME:
        yield f"the name has {len(selector['name'])} characters; CloudTrail allows {_MAX_SELECTOR_NAME}."
    names = [field["field"] for field in fields]
    for name in sorted({name for name in names if names.count(name) > 1}):
        yield f"the field {name} is listed {names.count(name)} times. Merge its conditions into one entry."
    categories = [value for field in fields if field["field"] == "eventCategory" for value in field.get("equals") or ()]
    if len(categories) != 1 or categories[0] not in _CATEGORIES:
        yield f"it needs the field eventCategory with equals one of {', '.join(_CATEGORIES)}."
    compared = [field["field"] for field in fields if field.get("equals")]
    for category in categories:
        if _NEEDED.get(category, "eventCategory") not in compared:
            yield f"the category {category} needs the field {_NEEDED[category]} with equals."
    for field in fields:
        used = [option for option in OPERATOR_OPTIONS if field.get(option)]
        if not used:
            yield f"the field {field['field']} has no condition ({', '.join(OPERATOR_OPTIONS)})."
        elif field["field"] in _EQUALS_ONLY and used != ["equals"]:
            yield f"the field {field['field']} supports only equals."
        if field["field"] == "readOnly" and not {v.lower() for v in field.get("equals") or ()} <= {"true", "false"}:
            yield "the field readOnly can equal only true or false."
