# Copyright: secmon.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Turn the event selector options of the module `trail` into selectors, and selectors into its result."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from .selection import (
    DEFAULT,
    Conditions,
    Selection,
    Selectors,
    advanced_selector,
    category_of,
    conditions_of,
    data_items,
    grouped_by_field,
    resource_value,
    selection_of,
)

KINDS = {"all": ("read", "write"), "read": ("read",), "write": ("write",), "none": ()}
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


def desired_selectors(params: Mapping[str, Any], found: Selectors, partition: str) -> Selectors:
    """Return the selectors that a trail should have: the current ones if they already record the requested events."""
    options = params.get("advanced_event_selectors")
    if options:
        return _desired_advanced(options, found)
    if options is not None and found.advanced:
        found = DEFAULT
    before = selection_of(found)
    after = _desired_selection(before, params)
    return found if after == before else after.selectors(partition, found)


def described_selectors(selectors: Selectors, partition: str) -> dict[str, Any]:
    """Return selectors in the terms of the module's options, without loss.

    `advanced_event_selectors` is empty unless the trail has advanced selectors, or basic ones that the other three
    options cannot express.
    """
    selection = selection_of(selectors)
    management = dict(selection.management)
    uneven = len(set(management.values())) > 1
    advanced = selection.advanced_selectors(selectors) if uneven and selectors.basic else selectors.advanced
    return {
        "management_events": _LEVELS[frozenset(management)],
        "exclude_management_event_sources": sorted(_excluded_always(management)),
        "data_resources": [
            {
                "type": resource_type,
                "events": _EVENTS[kind],
                "values": [resource_value(value, resource_type, partition) for value in values],
            }
            for kind, resource_type, values in selection.resources()
        ],
        "advanced_event_selectors": sorted((_as_option(selector) for selector in advanced), key=repr),
    }


def option_conditions(option: Mapping[str, Any]) -> Conditions:
    """Return the conditions of one entry of the option `advanced_event_selectors`."""
    return frozenset(
        (field["field"], operator, _values(field["field"], field[key]))
        for field in option["field_selectors"]
        for key, operator in OPERATOR_OPTIONS.items()
        if field.get(key)
    )


def recorded_management(options: Iterable[Mapping[str, Any]], partition: str) -> tuple[str, list[str]]:
    """Return `management_events` and `exclude_management_event_sources` of the option `advanced_event_selectors`."""
    selectors = Selectors(advanced=tuple(advanced_selector(option_conditions(option)) for option in options))
    described = described_selectors(selectors, partition)
    return described["management_events"], described["exclude_management_event_sources"]


def _values(field: str, values: Iterable[str]) -> frozenset[str]:
    """Return the values of a field. Ansible turns YAML's true into ``True``; CloudTrail needs ``true``."""
    return frozenset(value.lower() if field == "readOnly" else value for value in values)


def _desired_selection(found: Selection, params: Mapping[str, Any]) -> Selection:
    """Return a selection with the options for basic selectors applied."""
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


def _desired_advanced(options: Iterable[Mapping[str, Any]], found: Selectors) -> Selectors:
    """Return the selectors of the option; an omitted name keeps the current one."""
    names = {conditions_of(selector): selector.get("Name", "") for selector in found.advanced}
    selectors = []
    for option in options:
        conditions = option_conditions(option)
        name = names.get(conditions, "") if option.get("name") is None else option["name"]
        selectors.append(advanced_selector(conditions, name))
    desired = Selectors(advanced=tuple(selectors))
    differs = selection_of(desired) != selection_of(found)
    return desired if differs or (found.advanced and _named(desired) != _named(found)) else found


def _named(selectors: Selectors) -> set[tuple[Conditions, str]]:
    return {(conditions_of(selector), selector.get("Name", "")) for selector in selectors.advanced}


def _as_option(selector: Mapping[str, Any]) -> dict[str, Any]:
    names = {operator: option for option, operator in OPERATOR_OPTIONS.items()}
    fields = grouped_by_field(conditions_of(selector), "field", names)
    return {"name": selector.get("Name", ""), "field_selectors": fields}
