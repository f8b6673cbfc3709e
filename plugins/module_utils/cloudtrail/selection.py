# Copyright: secmon.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Convert event selectors to one normal form, in which basic and advanced selectors can be compared, and back.

An event is recorded if at least one selector matches it. Sources: CloudTrail API reference, EventSelector,
DataResource, AdvancedEventSelector, AdvancedFieldSelector and PutEventSelectors.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from ..core.aws_names import EXCLUDABLE_EVENT_SOURCES

# Resource types of basic selectors, with the service part of their ARNs.
DATA_SERVICES = {"AWS::S3::Object": "s3", "AWS::Lambda::Function": "lambda", "AWS::DynamoDB::Table": "dynamodb"}
OPERATORS = ("Equals", "StartsWith", "EndsWith", "NotEquals", "NotStartsWith", "NotEndsWith")
EVERY = "*"
"""Every resource of a type. CloudTrail writes it ``arn:aws:s3``, or as an absent condition on ``resources.ARN``."""

_KINDS = {"All": ("read", "write"), "ReadOnly": ("read",), "WriteOnly": ("write",)}
_READ_WRITE_TYPES = {frozenset(kinds): name for name, kinds in _KINDS.items()}
_READ_ONLY = {"true": "read", "false": "write"}
_EVERY_RESOURCE = re.compile(r"arn:[a-z-]+:(s3(:::)?|lambda|dynamodb)")

Conditions = frozenset[tuple[str, str, frozenset[str]]]
"""An advanced selector without its name: field, operator, values."""


@dataclass(frozen=True)
class Selectors:
    """Event selectors in the API's form; one of the two is empty.

    Attributes:
        basic: Event selectors.
        advanced: Advanced event selectors.
    """

    basic: tuple[Mapping[str, Any], ...] = ()
    advanced: tuple[Mapping[str, Any], ...] = ()

    def api(self) -> dict[str, Any]:
        """Return the parameters of PutEventSelectors."""
        if self.advanced:
            return {"AdvancedEventSelectors": list(self.advanced)}
        return {"EventSelectors": list(self.basic)}


DEFAULT = Selectors(basic=({"ReadWriteType": "All", "IncludeManagementEvents": True},))
"""The selectors of a new trail: all management events, no data events."""


@dataclass(frozen=True)
class Selection:
    """The events that selectors match, independent of form and order.

    Attributes:
        management: For reads and for writes, if recorded, the excluded event sources.
        data: Data events: read or write, resource type, ARN or ARN prefix.
        other: Conditions that only advanced selectors can express.
    """

    management: frozenset[tuple[str, frozenset[str]]] = frozenset()
    data: frozenset[tuple[str, str, str]] = frozenset()
    other: frozenset[Conditions] = frozenset()

    def selectors(self, partition: str, found: Selectors) -> Selectors:
        """Return selectors for these events: basic ones if they can express all of them.

        Args:
            partition: The partition, for ARNs.
            found: The current selectors; advanced ones that are still needed keep their names.
        """
        if self.other:
            return Selectors(advanced=self.advanced_selectors(found))
        return Selectors(basic=_basic(self, partition))

    def advanced_selectors(self, found: Selectors) -> tuple[Mapping[str, Any], ...]:
        """Return advanced selectors for these events; those in `found` keep their names."""
        named = {conditions_of(selector): selector for selector in found.advanced}
        desired = [*_management_conditions(self), *_data_conditions(self), *self.other]
        return tuple(sorted((named.get(item) or advanced_selector(item) for item in desired), key=repr))

    def resources(self) -> list[tuple[str, str, list[str]]]:
        """Return ReadWriteType, resource type and values of the data events, sorted."""
        values: dict[tuple[str, str], list[str]] = {}
        for kind, (resource_type, value) in _joined((kind, (name, value)) for kind, name, value in self.data):
            values.setdefault((kind, resource_type), []).append(value)
        return [(*key, sorted(values[key])) for key in sorted(values)]


def selection_of(selectors: Selectors) -> Selection:
    """Return the events that selectors match together."""
    parts = [_from_basic(selector) for selector in selectors.basic]
    parts += [_from_conditions(conditions_of(selector)) for selector in selectors.advanced]
    management: dict[str, frozenset[str]] = {}
    for kind, excluded in (pair for part in parts for pair in part.management):
        # An event that one selector excludes is still recorded if another one includes it.
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


def resource_value(value: str, resource_type: str, partition: str) -> str:
    """Return the ARN or ARN prefix that a basic selector uses for a value."""
    return f"arn:{partition}:{DATA_SERVICES[resource_type]}" if value == EVERY else value


def conditions_of(selector: Mapping[str, Any]) -> Conditions:
    """Return the conditions of one advanced selector."""
    return frozenset(
        (field["Field"], operator, frozenset(field[operator]))
        for field in selector["FieldSelectors"]
        for operator in OPERATORS
        if field.get(operator)
    )


def category_of(conditions: Conditions) -> str:
    """Return ``Management``, ``Data``, ``NetworkActivity`` or an empty string."""
    found = [values for field, operator, values in conditions if (field, operator) == ("eventCategory", "Equals")]
    return next(iter(found[0])) if len(found) == 1 and len(found[0]) == 1 else ""


def advanced_selector(conditions: Conditions, name: str = "") -> dict[str, Any]:
    """Return an advanced selector in the API's form."""
    fields = grouped_by_field(conditions, "Field", {operator: operator for operator in OPERATORS})
    return {**({"Name": name} if name else {}), "FieldSelectors": fields}


def grouped_by_field(conditions: Conditions, key: str, names: Mapping[str, str]) -> list[dict[str, Any]]:
    """Return conditions field by field, sorted.

    Args:
        conditions: The conditions.
        key: The key of the field name.
        names: The key of the values, by operator.
    """
    fields: list[dict[str, Any]] = []
    for field, operator, values in sorted(conditions, key=_sort_key):
        if not fields or fields[-1][key] != field or names[operator] in fields[-1]:
            fields.append({key: field})
        fields[-1][names[operator]] = sorted(values)
    return fields


def _sort_key(condition: tuple[str, str, frozenset[str]]) -> tuple[bool, str, str, list[str]]:
    field, operator, values = condition
    return field != "eventCategory", field, operator, sorted(values)


def _without_covered(data: Iterable[tuple[str, str, str]]) -> frozenset[tuple[str, str, str]]:
    """Drop single resources where every resource of their type is selected."""
    items = frozenset(data)
    covered = {item[:2] for item in items if item[2] == EVERY}
    return frozenset(item for item in items if item[2] == EVERY or item[:2] not in covered)


def _joined(items: Iterable[tuple[str, Any]]) -> Iterator[tuple[str, Any]]:
    """Yield each thing with its ReadWriteType: ``All`` if it is there for both reads and writes."""
    kinds: dict[Any, set[str]] = {}
    for kind, thing in items:
        kinds.setdefault(thing, set()).add(kind)
    for thing, found in kinds.items():
        yield _READ_WRITE_TYPES[frozenset(found)], thing


def _from_basic(selector: Mapping[str, Any]) -> Selection:
    kinds = _KINDS[selector.get("ReadWriteType") or "All"]
    excluded = frozenset(selector.get("ExcludeManagementEventSources") or ())
    resources = selector.get("DataResources") or ()
    return Selection(
        management=frozenset((kind, excluded) for kind in kinds if selector.get("IncludeManagementEvents", True)),
        data=data_items((kinds, resource["Type"], resource.get("Values") or ()) for resource in resources),
    )


def _from_conditions(conditions: Conditions) -> Selection:
    fields = {(field, operator): values for field, operator, values in conditions}
    kinds = fields.pop(("readOnly", "Equals"), frozenset(_READ_ONLY))
    fields.pop(("eventCategory", "Equals"), None)
    found: Selection | None = None
    repeated = len({(field, operator) for field, operator, _values in conditions}) < len(conditions)
    if not repeated and kinds <= set(_READ_ONLY):
        as_basic = {"Management": _management_from, "Data": _data_from}.get(category_of(conditions))
        found = as_basic([_READ_ONLY[kind] for kind in kinds], fields) if as_basic else None
    return found or Selection(other=frozenset({conditions}))


def _management_from(kinds: list[str], fields: dict[tuple[str, str], frozenset[str]]) -> Selection | None:
    excluded = fields.pop(("eventSource", "NotEquals"), frozenset())
    if fields or not excluded <= set(EXCLUDABLE_EVENT_SOURCES):
        return None
    return Selection(management=frozenset((kind, excluded) for kind in kinds))


def _data_from(kinds: list[str], fields: dict[tuple[str, str], frozenset[str]]) -> Selection | None:
    types = fields.pop(("resources.type", "Equals"), frozenset())
    if len(types) != 1 or not types <= set(DATA_SERVICES):
        return None
    (resource_type,) = types
    values = fields.pop(("resources.ARN", _arn_operator(resource_type)), frozenset({EVERY}))
    return None if fields else Selection(data=data_items([(kinds, resource_type, values)]))


def _arn_operator(resource_type: str) -> str:
    """Return the operator with the meaning of a basic selector's value: S3 objects are selected by prefix."""
    return "StartsWith" if resource_type == "AWS::S3::Object" else "Equals"


def _basic(selection: Selection, partition: str) -> tuple[dict[str, Any], ...]:
    management = dict(_joined(selection.management))
    resources = selection.resources()
    used = [kind for kind in _KINDS if kind in management or any(kind == item[0] for item in resources)]
    return tuple(
        {
            "ReadWriteType": kind,
            "IncludeManagementEvents": kind in management,
            "ExcludeManagementEventSources": sorted(management.get(kind, ())),
            "DataResources": [
                {"Type": name, "Values": [resource_value(value, name, partition) for value in values]}
                for used_kind, name, values in resources
                if used_kind == kind
            ],
        }
        # A trail needs at least one selector; this one matches nothing.
        for kind in used or ["All"]
    )


def _management_conditions(selection: Selection) -> Iterator[Conditions]:
    for kind, excluded in _joined(selection.management):
        yield _conditions("Management", kind, ("eventSource", "NotEquals", frozenset(excluded)))


def _data_conditions(selection: Selection) -> Iterator[Conditions]:
    for kind, resource_type, values in selection.resources():
        arns = frozenset() if EVERY in values else frozenset(values)
        type_is = ("resources.type", "Equals", frozenset({resource_type}))
        yield _conditions("Data", kind, type_is, ("resources.ARN", _arn_operator(resource_type), arns))


def _conditions(category: str, kind: str, *more: tuple[str, str, frozenset[str]]) -> Conditions:
    read_only = frozenset(value for value, name in (("true", "ReadOnly"), ("false", "WriteOnly")) if name == kind)
    every = (("eventCategory", "Equals", frozenset({category})), ("readOnly", "Equals", read_only), *more)
    return frozenset(item for item in every if item[2])
