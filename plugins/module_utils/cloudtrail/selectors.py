# Copyright: secmon.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Event selectors as a task asks for them, as a trail should have them, and as the user reads them.

Sources: CloudTrail API reference, PutEventSelectors, EventSelector, AdvancedEventSelector, AdvancedFieldSelector.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from .selection import (
    DATA_SERVICES,
    DEFAULT,
    EVERY,
    OPERATORS,
    READ,
    WRITE,
    Conditions,
    Selection,
    Selectors,
    arn_operator,
    category_of,
    conditions_of,
    data_items,
    joined,
    selection_of,
)

KINDS = {"all": (READ, WRITE), "read": (READ,), "write": (WRITE,), "none": ()}
BASIC_OPTIONS = ("management_events", "exclude_management_event_sources", "data_resources")
OPERATOR_OPTIONS = {
    "equals": "Equals",
    "starts_with": "StartsWith",
    "ends_with": "EndsWith",
    "not_equals": "NotEquals",
    "not_starts_with": "NotStartsWith",
    "not_ends_with": "NotEndsWith",
}
_LEVELS = {frozenset(kinds): level for level, kinds in KINDS.items()}
_EVENTS = {"All": "all", "ReadOnly": "read", "WriteOnly": "write"}
_READ_WRITE_TYPES = ("All", "ReadOnly", "WriteOnly")


def wanted_selectors(params: Mapping[str, Any], found: Selectors, partition: str) -> Selectors:
    """Return the selectors that a trail should have: those found, if they do what the task asks for already."""
    asked = params.get("advanced_event_selectors")
    if asked:
        return _advanced_as_asked(asked, found)
    if asked is not None and found.advanced:
        found = DEFAULT
    before = selection_of(found)
    after = _changed(before, params)
    if after == before:
        return found
    if after.other:
        return Selectors(advanced=_advanced(after, found))
    return Selectors(basic=_basic(after, partition))


def described_selectors(selectors: Selectors, partition: str) -> dict[str, Any]:
    """Return selectors in the module's terms; nothing that they say is lost.

    `advanced_event_selectors` is empty unless the trail has such, or has basic ones that the other three cannot say.
    """
    selection = selection_of(selectors)
    management = dict(selection.management)
    uneven = len(set(management.values())) > 1
    advanced = _advanced(selection, selectors) if uneven and selectors.basic else selectors.advanced
    return {
        "management_events": _LEVELS[frozenset(management)],
        "exclude_management_event_sources": sorted(_excluded_always(management)),
        "data_resources": _described_resources(selection, partition),
        "advanced_event_selectors": sorted((_as_option(selector) for selector in advanced), key=repr),
    }


def api_selectors(selectors: Selectors) -> dict[str, Any]:
    """Return the parameters of PutEventSelectors."""
    if selectors.advanced:
        return {"AdvancedEventSelectors": list(selectors.advanced)}
    return {"EventSelectors": list(selectors.basic)}


def _changed(found: Selection, params: Mapping[str, Any]) -> Selection:
    """Return what the three options for basic selectors make of a selection."""
    management, data, other = dict(found.management), found.data, found.other
    level, excluded, resources = (params.get(option) for option in BASIC_OPTIONS)
    if level is not None:
        always = _excluded_always(management)
        management = {kind: management.get(kind, always) for kind in KINDS[level]}
        other = frozenset(conditions for conditions in other if category_of(conditions) != "Management")
    if excluded is not None:
        management = dict.fromkeys(management, frozenset(excluded))
        other = frozenset(_excluding(conditions, frozenset(excluded)) for conditions in other)
    if resources is not None:
        data = data_items((KINDS[item["events"]], item["type"], item["values"]) for item in resources)
        other = frozenset(conditions for conditions in other if category_of(conditions) != "Data")
    return Selection(frozenset(management.items()), data, other)


def _excluded_always(management: Mapping[str, frozenset[str]]) -> frozenset[str]:
    excluded = list(management.values())
    return excluded[0].intersection(*excluded) if excluded else frozenset()


def _excluding(conditions: Conditions, sources: frozenset[str]) -> Conditions:
    if category_of(conditions) != "Management":
        return conditions
    kept = frozenset(item for item in conditions if item[:2] != ("eventSource", "NotEquals"))
    return kept | {("eventSource", "NotEquals", sources)} if sources else kept


def _basic(selection: Selection, partition: str) -> tuple[dict[str, Any], ...]:
    management = dict(joined(selection.management))
    resources = _resources(selection)
    used = [kind for kind in _READ_WRITE_TYPES if kind in management or any(kind == item[0] for item in resources)]
    return tuple(
        {
            "ReadWriteType": kind,
            "IncludeManagementEvents": kind in management,
            "ExcludeManagementEventSources": sorted(management.get(kind, ())),
            "DataResources": [
                {"Type": resource_type, "Values": [_value(value, resource_type, partition) for value in values]}
                for used_kind, resource_type, values in resources
                if used_kind == kind
            ],
        }
        # A trail has one selector at least; this one takes nothing.
        for kind in used or ["All"]
    )


def _resources(selection: Selection) -> list[tuple[str, str, list[str]]]:
    """Return ReadWriteType, type and values of the data resources, in a fixed order."""
    values: dict[tuple[str, str], list[str]] = {}
    for kind, (resource_type, value) in joined((kind, (name, value)) for kind, name, value in selection.data):
        values.setdefault((kind, resource_type), []).append(value)
    return [(*key, sorted(values[key])) for key in sorted(values)]


def _value(value: str, resource_type: str, partition: str) -> str:
    return f"arn:{partition}:{DATA_SERVICES[resource_type]}" if value == EVERY else value


def _described_resources(selection: Selection, partition: str) -> list[dict[str, Any]]:
    return [
        {
            "type": resource_type,
            "events": _EVENTS[kind],
            "values": [_value(value, resource_type, partition) for value in values],
        }
        for kind, resource_type, values in _resources(selection)
    ]


def _advanced(selection: Selection, found: Selectors) -> tuple[Mapping[str, Any], ...]:
    """Return advanced selectors for a selection; those that were there stay as they are."""
    originals = {conditions_of(selector): selector for selector in found.advanced}
    wanted = [*_management_conditions(selection), *_data_conditions(selection), *selection.other]
    return tuple(sorted((originals.get(item) or _advanced_selector(item) for item in wanted), key=repr))


def _management_conditions(selection: Selection) -> Iterator[Conditions]:
    for kind, excluded in joined(selection.management):
        yield _conditions("Management", kind, ("eventSource", "NotEquals", frozenset(excluded)))


def _data_conditions(selection: Selection) -> Iterator[Conditions]:
    for kind, resource_type, values in _resources(selection):
        arns = frozenset() if EVERY in values else frozenset(values)
        type_is = ("resources.type", "Equals", frozenset({resource_type}))
        yield _conditions("Data", kind, type_is, ("resources.ARN", arn_operator(resource_type), arns))


def _conditions(category: str, kind: str, *more: tuple[str, str, frozenset[str]]) -> Conditions:
    read_only = frozenset(value for value, name in (("true", "ReadOnly"), ("false", "WriteOnly")) if name == kind)
    every = (("eventCategory", "Equals", frozenset({category})), ("readOnly", "Equals", read_only), *more)
    return frozenset(item for item in every if item[2])


def _advanced_selector(conditions: Conditions, name: str = "") -> dict[str, Any]:
    fields = _fields(conditions, "Field", {operator: operator for operator in OPERATORS})
    return {**({"Name": name} if name else {}), "FieldSelectors": fields}


def _fields(conditions: Conditions, key: str, names: Mapping[str, str]) -> list[dict[str, Any]]:
    """Return conditions field by field, in a fixed order, under the names that the operators are to have."""
    fields: list[dict[str, Any]] = []
    for field, operator, values in sorted(conditions, key=_place_of):
        if not fields or fields[-1][key] != field or names[operator] in fields[-1]:
            fields.append({key: field})
        fields[-1][names[operator]] = sorted(values)
    return fields


def _place_of(condition: tuple[str, str, frozenset[str]]) -> tuple[bool, str, str, list[str]]:
    field, operator, values = condition
    return field != "eventCategory", field, operator, sorted(values)


def _advanced_as_asked(asked: Iterable[Mapping[str, Any]], found: Selectors) -> Selectors:
    """Return the selectors of the option; a name that the task does not mention stays."""
    names = {conditions_of(selector): selector.get("Name", "") for selector in found.advanced}
    selectors = []
    for option in asked:
        conditions = asked_conditions(option)
        name = names.get(conditions, "") if option.get("name") is None else option["name"]
        selectors.append(_advanced_selector(conditions, name))
    wanted = Selectors(advanced=tuple(selectors))
    differs = selection_of(wanted) != selection_of(found)
    return wanted if differs or (found.advanced and _named(wanted) != _named(found)) else found


def _named(selectors: Selectors) -> set[tuple[Conditions, str]]:
    return {(conditions_of(selector), selector.get("Name", "")) for selector in selectors.advanced}


def asked_conditions(option: Mapping[str, Any]) -> Conditions:
    """Return the conditions of an entry of the option `advanced_event_selectors`."""
    return frozenset(
        (field["field"], operator, _values(field["field"], field[key]))
        for field in option["field_selectors"]
        for key, operator in OPERATOR_OPTIONS.items()
        if field.get(key)
    )


def _values(field: str, values: Iterable[str]) -> frozenset[str]:
    """Return the values of a field; YAML's true, which Ansible makes ``True`` of, is meant as CloudTrail writes it."""
    return frozenset(value.lower() if field == "readOnly" else value for value in values)


def _as_option(selector: Mapping[str, Any]) -> dict[str, Any]:
    names = {operator: option for option, operator in OPERATOR_OPTIONS.items()}
    return {"name": selector.get("Name", ""), "field_selectors": _fields(conditions_of(selector), "field", names)}
