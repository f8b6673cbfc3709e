"""Select the trails that log a record."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from moto.backends import get_backend

from embedded_aws.cloudtrail.records.operations import is_global_event
from embedded_aws.core.events import Record, TrailRef

# Advanced event selectors; CloudTrail API reference, AdvancedFieldSelector.

_POSITIVE: dict[str, Callable[[str, str], bool]] = {
    "Equals": str.__eq__,
    "StartsWith": str.startswith,
    "EndsWith": str.endswith,
}
_NEGATIVE: dict[str, Callable[[str, str], bool]] = {
    "NotEquals": str.__eq__,
    "NotStartsWith": str.startswith,
    "NotEndsWith": str.endswith,
}


def matches_advanced(selector: Mapping[str, Any], record: Record) -> bool:
    """Return whether all field selectors match the record; without field selectors nothing matches."""
    fields = selector.get("FieldSelectors") or ()
    return bool(fields) and all(_matches_field(field, record) for field in fields)


def _matches_field(field: Mapping[str, Any], record: Record) -> bool:
    """Return whether a field selector matches: any value of each operator, and all operators of the field."""
    values = _values(str(field.get("Field")), record)
    for operator, matches in _POSITIVE.items():
        wanted = field.get(operator)
        if wanted and not any(matches(value, text) for value in values for text in wanted):
            return False
    for operator, matches in _NEGATIVE.items():
        if any(matches(value, text) for value in values for text in field.get(operator) or ()):
            return False
    return True


def _values(field: str, record: Record) -> list[str]:
    """Return the record's values of a field; `resources.type` and `resources.ARN` are those of the first resource."""
    if field.startswith("resources."):
        resources = record.get("resources", ())
        return [str(resources[0][field.partition(".")[2]])] if resources else []
    value: Any = record
    for key in field.split("."):
        value = value.get(key) if isinstance(value, Mapping) else None
    if value is None:
        return []
    return [str(value).lower() if isinstance(value, bool) else str(value)]


# Select the trails that were logging when the call was made and whose selectors match the record.
#
# Sources: CloudTrail user guide, "Logging management events", "Logging data events", "Creating a trail for an
# organization"; CloudTrail API reference, EventSelector and AdvancedFieldSelector.

_Selectors = tuple[Mapping[str, Any], ...]
_ALL_MANAGEMENT_EVENTS: _Selectors = ({"ReadWriteType": "All", "IncludeManagementEvents": True},)


@dataclass(frozen=True, slots=True)
class TrailView:
    """A snapshot of a logging trail.

    Attributes:
        accounts: the accounts whose events it logs; for an organization trail the members of the organization.
        basic: event selectors; ignored if `advanced` is not empty.
    """

    ref: TrailRef
    accounts: frozenset[str]
    multi_region: bool
    global_events: bool
    basic: _Selectors
    advanced: _Selectors

    @property
    def logs_data_events(self) -> bool:
        """Return whether the trail can log data events."""
        return bool(self.advanced) or any(selector.get("DataResources") for selector in self.basic)


def logging_trails() -> tuple[TrailView, ...]:
    """Return the trails of all accounts and regions that are logging now."""
    return tuple(
        _view(trail)
        for regions in list(get_backend("cloudtrail").values())
        for backend in list(regions.values())
        for trail in list(backend.trails.values())
        if trail.status.is_logging
    )


def receiving_trails(views: tuple[TrailView, ...], record: Record, host: str) -> tuple[TrailRef, ...]:
    """Return the trails that log a record; `host` is the one the client called."""
    return tuple(view.ref for view in views if _is_in_scope(view, record, host) and _selectors_match(view, record))


def _view(trail: Any) -> TrailView:
    # moto keeps advanced selectors after basic ones have replaced them.
    advanced = () if trail.event_selectors else _frozen(trail.advanced_event_selectors)
    return TrailView(
        ref=TrailRef(trail.account_id, trail.region_name, trail.trail_name, trail.arn),
        accounts=_accounts(trail),
        multi_region=bool(trail.is_multi_region),
        global_events=bool(trail.include_global_service_events),
        basic=() if advanced else _frozen(trail.event_selectors) or _ALL_MANAGEMENT_EVENTS,
        advanced=advanced,
    )


def _frozen(selectors: list[dict[str, Any]]) -> _Selectors:
    """Return a deep copy."""
    return tuple(json.loads(json.dumps(selectors or [])))


def _accounts(trail: Any) -> frozenset[str]:
    own = frozenset({trail.account_id})
    if not trail.is_org_trail:
        return own
    backend = get_backend("organizations")[trail.account_id][trail.partition]
    return own | {account.id for account in backend.accounts} if backend.org else own


def _is_in_scope(view: TrailView, record: Record, host: str) -> bool:
    if record["recipientAccountId"] not in view.accounts:
        return False
    if not view.multi_region and record["awsRegion"] != view.ref.region:
        return False
    service = str(record["eventSource"]).partition(".")[0]
    return view.global_events or not is_global_event(service, host)


def _selectors_match(view: TrailView, record: Record) -> bool:
    if view.advanced:
        return any(matches_advanced(selector, record) for selector in view.advanced)
    return any(_matches_basic(selector, record) for selector in view.basic)


def _matches_basic(selector: Mapping[str, Any], record: Record) -> bool:
    kind = selector.get("ReadWriteType") or "All"
    if kind != "All" and (kind == "ReadOnly") != record["readOnly"]:
        return False
    if record["managementEvent"]:
        excluded = selector.get("ExcludeManagementEventSources") or ()
        return bool(selector.get("IncludeManagementEvents", True)) and record["eventSource"] not in excluded
    return any(_matches_resource(resource, record) for resource in selector.get("DataResources") or ())


def _matches_resource(selected: Mapping[str, Any], record: Record) -> bool:
    """Return whether a selector's data resource matches a resource of the record: by its ARN or a prefix of it."""
    kind = selected.get("Type")
    arns = [resource["ARN"] for resource in record.get("resources", ()) if resource["type"] == kind]
    return any(
        arn == value or (arn.startswith(value) and (kind == "AWS::S3::Object" or value.count(":") == 2))
        for arn in arns
        for value in selected.get("Values") or ()
    )
