"""Overrides of the operations on event selectors and Insights selectors."""

from __future__ import annotations

from typing import Any

from ansible_collections.secmon.aws.plugins.module_utils.core.aws_names import EXCLUDABLE_EVENT_SOURCES

from embedded_aws.cloudtrail.trails import home_trail, visible_trail
from embedded_aws.core.call import Call
from embedded_aws.core.errors import AwsError
from embedded_aws.core.overrides import override
from embedded_aws.core.state import State

# PutEventSelectors validates its selectors and replaces all of the trail; GetEventSelectors returns the default one.
#
# moto 5.2.5 checks nothing, keeps advanced selectors beside the basic ones that replace them, and answers with no
# selector for a trail that has the default: all management events, no data events.
# Source: CloudTrail API reference, PutEventSelectors, EventSelector, AdvancedFieldSelector, GetEventSelectors.

_DEFAULTS = {
    "ReadWriteType": "All",
    "IncludeManagementEvents": True,
    "DataResources": [],
    "ExcludeManagementEventSources": [],
}
_DATA_RESOURCES = ("AWS::S3::Object", "AWS::Lambda::Function", "AWS::DynamoDB::Table")
_BASIC_SELECTORS = 5
_BASIC_VALUES = 250
_ADVANCED_VALUES = 500
_OPERATORS = ("Equals", "StartsWith", "EndsWith", "NotEquals", "NotStartsWith", "NotEndsWith")
# The event categories of trails, each with the further field that its selectors require.
_NEEDED = {"Management": "", "Data": "resources.type", "NetworkActivity": "eventSource"}
_EQUALS_ONLY = ("readOnly", "eventCategory", "resources.type")

Selectors = list[dict[str, Any]]


def _invalid(message: str) -> AwsError:
    return AwsError("InvalidEventSelectorsException", message, 400)


@override("cloudtrail", "PutEventSelectors")
def put_event_selectors(_state: State, call: Call) -> dict[str, Any] | None:
    """Replace all selectors of a trail; moto raises TrailNotFoundException."""
    trail = home_trail(call.account, call.region, str(call.parameters.get("TrailName")))
    if trail is None:
        return None
    basic: Selectors = call.parameters.get("EventSelectors") or []
    advanced: Selectors = call.parameters.get("AdvancedEventSelectors") or []
    if bool(basic) == bool(advanced):
        raise _invalid("Specify either event selectors or advanced event selectors, and not both.")
    if basic:
        _check_basic(basic)
        trail.event_selectors, trail.advanced_event_selectors = [_DEFAULTS | selector for selector in basic], []
        return {"TrailARN": trail.arn, "EventSelectors": trail.event_selectors}
    _check_advanced(advanced)
    trail.event_selectors, trail.advanced_event_selectors = [], advanced
    return {"TrailARN": trail.arn, "AdvancedEventSelectors": advanced}


@override("cloudtrail", "GetEventSelectors")
def get_event_selectors(_state: State, call: Call) -> dict[str, Any] | None:
    """Return the trail's selectors or the default one; moto raises TrailNotFoundException."""
    trail = visible_trail(call.account, call.region, str(call.parameters.get("TrailName")))
    if trail is None:
        return None
    if trail.advanced_event_selectors:
        return {"TrailARN": trail.arn, "AdvancedEventSelectors": trail.advanced_event_selectors}
    return {"TrailARN": trail.arn, "EventSelectors": trail.event_selectors or [_DEFAULTS]}


def _check_basic(selectors: Selectors) -> None:
    if len(selectors) > _BASIC_SELECTORS:
        raise _invalid(f"A trail can have up to {_BASIC_SELECTORS} event selectors.")
    for selector in selectors:
        if not set(selector.get("ExcludeManagementEventSources", ())) <= set(EXCLUDABLE_EVENT_SOURCES):
            raise _invalid(f"ExcludeManagementEventSources can name only {' and '.join(EXCLUDABLE_EVENT_SOURCES)}.")
    resources = [resource for selector in selectors for resource in selector.get("DataResources", ())]
    if any(resource.get("Type") not in _DATA_RESOURCES for resource in resources):
        raise _invalid(f"The type of a data resource is one of {', '.join(_DATA_RESOURCES)}.")
    if sum(len(resource.get("Values", ())) for resource in resources) > _BASIC_VALUES:
        raise _invalid(f"A trail can have up to {_BASIC_VALUES} data resources.")


def _check_advanced(selectors: Selectors) -> None:
    values = 0
    for selector in selectors:
        fields = selector.get("FieldSelectors") or []
        for field in fields:
            values += _count_values(field)
        _check_category({str(field.get("Field")): field.get("Equals") or [] for field in fields})
    if values > _ADVANCED_VALUES:
        raise _invalid(f"A trail can have up to {_ADVANCED_VALUES} values in its advanced event selectors.")


def _check_category(equal: dict[str, list[str]]) -> None:
    """Reject a selector without a category, or without the field its category requires; `equal` has values by field."""
    if "eventCategory" not in equal:
        raise _invalid("Every advanced event selector needs a field selector for eventCategory.")
    if not set(equal["eventCategory"]) <= set(_NEEDED):
        raise _invalid(f"The eventCategory of a trail is one of {', '.join(_NEEDED)}.")
    for category in equal["eventCategory"]:
        needed = _NEEDED[category]
        if needed and not equal.get(needed):
            raise _invalid(f"A selector of the category {category} needs a field selector Equals for {needed}.")
    if not set(equal.get("readOnly", ())) <= {"true", "false"}:
        raise _invalid("The field readOnly is true or false.")


def _count_values(field: dict[str, Any]) -> int:
    used = [operator for operator in _OPERATORS if field.get(operator)]
    if not used:
        raise _invalid(f"The field selector for {field.get('Field')} has no condition.")
    if field.get("Field") in _EQUALS_ONLY and used != ["Equals"]:
        raise _invalid(f"The field {field['Field']} takes Equals only.")
    return sum(len(field[operator]) for operator in used)


# PutInsightSelectors replaces all of a trail's selectors; moto 5.2.5 appends them.
#
# An empty list turns Insights off, after which GetInsightSelectors is InsightNotEnabledException.
# Source: CloudTrail API reference, PutInsightSelectors and GetInsightSelectors.


@override("cloudtrail", "PutInsightSelectors")
def put_insight_selectors(_state: State, call: Call) -> dict[str, Any] | None:
    """Replace all selectors of a trail; moto raises TrailNotFoundException."""
    trail = home_trail(call.account, call.region, str(call.parameters.get("TrailName")))
    if trail is None:
        return None
    selectors = call.parameters.get("InsightSelectors") or []
    for selector in selectors:
        if not selector.get("InsightType"):
            raise AwsError("InvalidInsightSelectorsException", "A selector needs an insight type.", 400)
    trail.insight_selectors = selectors
    return {"TrailARN": trail.arn, "InsightSelectors": selectors}


@override("cloudtrail", "GetInsightSelectors")
def get_insight_selectors(_state: State, call: Call) -> None:
    """Reject a trail without Insights."""
    trail = visible_trail(call.account, call.region, str(call.parameters.get("TrailName")))
    if trail is not None and not trail.insight_selectors:
        message = f"Insights is not enabled on trail {trail.arn}."
        raise AwsError("InsightNotEnabledException", message, 400)
