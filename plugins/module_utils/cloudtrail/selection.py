# Copyright: secmon.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""What a trail selects, in one form for basic and for advanced event selectors, so that both can be compared.

Sources: CloudTrail API reference, EventSelector, DataResource, AdvancedEventSelector, AdvancedFieldSelector and
PutEventSelectors: selectors are alternatives, an event is recorded if one of them takes it.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

READ, WRITE = "read", "write"
EXCLUDABLE = ("kms.amazonaws.com", "rdsdata.amazonaws.com")
# The services of the data resources that a basic selector takes.
DATA_SERVICES = {"AWS::S3::Object": "s3", "AWS::Lambda::Function": "lambda", "AWS::DynamoDB::Table": "dynamodb"}
OPERATORS = ("Equals", "StartsWith", "EndsWith", "NotEquals", "NotStartsWith", "NotEndsWith")

EVERY = "*"
"""Stands for every resource of a type; CloudTrail writes it ``arn:aws:s3``, or as no condition at all."""

_KINDS = {"All": (READ, WRITE), "ReadOnly": (READ,), "WriteOnly": (WRITE,)}
_READ_WRITE_TYPES = {frozenset(kinds): name for name, kinds in _KINDS.items()}
_READ_ONLY = {"true": READ, "false": WRITE}
_EVERY_RESOURCE = re.compile(r"arn:[a-z-]+:(s3(:::)?|lambda|dynamodb)")

Conditions = frozenset[tuple[str, str, frozenset[str]]]
"""An advanced selector without its name: field, operator, values."""


@dataclass(frozen=True)
class Selectors:
    """A trail's selectors as the API has them; one of the two forms is empty.

    Attributes:
        basic: Event selectors.
        advanced: Advanced event selectors.
    """

    basic: tuple[Mapping[str, Any], ...] = ()
    advanced: tuple[Mapping[str, Any], ...] = ()


@dataclass(frozen=True)
class Selection:
    """What selectors take, whatever their form and order.

    Attributes:
        management: For reads and for writes, if they are recorded, the event sources that are not.
        data: Data events: read or write, type of the resource, its ARN or the ARN's beginning.
        other: What only advanced selectors can say.
    """

    management: frozenset[tuple[str, frozenset[str]]] = frozenset()
    data: frozenset[tuple[str, str, str]] = frozenset()
    other: frozenset[Conditions] = frozenset()


DEFAULT = Selectors(basic=({"ReadWriteType": "All", "IncludeManagementEvents": True},))
"""What a trail records that was never told: all management events, no data events."""


def selection_of(selectors: Selectors) -> Selection:
    """Return what a trail's selectors take together."""
    parts = [_of_basic(selector) for selector in selectors.basic]
    parts += [_of_conditions(conditions_of(selector)) for selector in selectors.advanced]
    management: dict[str, frozenset[str]] = {}
    for kind, excluded in (pair for part in parts for pair in part.management):
        # An event that one selector leaves out is still recorded if another takes it.
        management[kind] = management.get(kind, excluded) & excluded
    return Selection(
        frozenset(management.items()),
        _without_covered(item for part in parts for item in part.data),
        frozenset(item for part in parts for item in part.other),
    )


def data_items(resources: Iterable[tuple[Collection[str], str, Collection[str]]]) -> frozenset[tuple[str, str, str]]:
    """Return data events from kinds, type and values of resources."""
    return _without_covered(
        (kind, resource_type, EVERY if _EVERY_RESOURCE.fullmatch(value) else value)
        for kinds, resource_type, values in resources
        for value in values
        for kind in kinds
    )


def _without_covered(data: Iterable[tuple[str, str, str]]) -> frozenset[tuple[str, str, str]]:
    """Leave out single resources where every one of their type is selected."""
    items = frozenset(data)
    covered = {item[:2] for item in items if item[2] == EVERY}
    return frozenset(item for item in items if item[2] == EVERY or item[:2] not in covered)


def conditions_of(selector: Mapping[str, Any]) -> Conditions:
    """Return the conditions of one advanced selector."""
    return frozenset(
        (field["Field"], operator, frozenset(field[operator]))
        for field in selector["FieldSelectors"]
        for operator in OPERATORS
        if field.get(operator)
    )


def category_of(conditions: Conditions) -> str:
    """Return ``Management``, ``Data``, ``NetworkActivity`` or nothing."""
    found = [values for field, operator, values in conditions if (field, operator) == ("eventCategory", "Equals")]
    return next(iter(found[0])) if len(found) == 1 and len(found[0]) == 1 else ""


def _of_basic(selector: Mapping[str, Any]) -> Selection:
    kinds = _KINDS[selector.get("ReadWriteType") or "All"]
    excluded = frozenset(selector.get("ExcludeManagementEventSources") or ())
    resources = selector.get("DataResources") or ()
    return Selection(
        management=frozenset((kind, excluded) for kind in kinds if selector.get("IncludeManagementEvents", True)),
        data=data_items((kinds, resource["Type"], resource.get("Values") or ()) for resource in resources),
    )


def _of_conditions(conditions: Conditions) -> Selection:
    fields = {(field, operator): values for field, operator, values in conditions}
    kinds = fields.pop(("readOnly", "Equals"), frozenset(_READ_ONLY))
    fields.pop(("eventCategory", "Equals"), None)
    found: Selection | None = None
    repeated = len({(field, operator) for field, operator, _values in conditions}) < len(conditions)
    if not repeated and kinds <= set(_READ_ONLY):
        as_basic = {"Management": _of_management, "Data": _of_data}.get(category_of(conditions))
        found = as_basic([_READ_ONLY[kind] for kind in kinds], fields) if as_basic else None
    return found or Selection(other=frozenset({conditions}))


def _of_management(kinds: list[str], fields: dict[tuple[str, str], frozenset[str]]) -> Selection | None:
    excluded = fields.pop(("eventSource", "NotEquals"), frozenset())
    if fields or not excluded <= set(EXCLUDABLE):
        return None
    return Selection(management=frozenset((kind, excluded) for kind in kinds))


def _of_data(kinds: list[str], fields: dict[tuple[str, str], frozenset[str]]) -> Selection | None:
    types = fields.pop(("resources.type", "Equals"), frozenset())
    if len(types) != 1 or not types <= set(DATA_SERVICES):
        return None
    (resource_type,) = types
    values = fields.pop(("resources.ARN", arn_operator(resource_type)), frozenset({EVERY}))
    return None if fields else Selection(data=data_items([(kinds, resource_type, values)]))


def arn_operator(resource_type: str) -> str:
    """Return the operator that means what a basic selector means by a value: objects are selected by prefix."""
    return "StartsWith" if resource_type == "AWS::S3::Object" else "Equals"


def joined(items: Iterable[tuple[str, Any]]) -> Iterator[tuple[str, Any]]:
    """Yield ReadWriteType with each thing: ``All`` for one that is there for both reads and writes."""
    kinds: dict[Any, set[str]] = {}
    for kind, thing in items:
        kinds.setdefault(thing, set()).add(kind)
    for thing, found in kinds.items():
        yield _READ_WRITE_TYPES[frozenset(found)], thing
