"""Advanced event selectors; CloudTrail API reference, AdvancedFieldSelector."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from embedded_aws.events import Record

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


def advanced_take(selector: Mapping[str, Any], record: Record) -> bool:
    """Return whether every field selector takes the record; without any, nothing is taken."""
    fields = selector.get("FieldSelectors") or ()
    return bool(fields) and all(_field_takes(field, record) for field in fields)


def _field_takes(field: Mapping[str, Any], record: Record) -> bool:
    """Values of one operator are alternatives; several operators of one field must all hold."""
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
    """Return the record's values of a field; `resources.type` and `resources.ARN` are about the first resource."""
    if field.startswith("resources."):
        resources = record.get("resources", ())
        return [str(resources[0][field.partition(".")[2]])] if resources else []
    value: Any = record
    for key in field.split("."):
        value = value.get(key) if isinstance(value, Mapping) else None
    if value is None:
        return []
    return [str(value).lower() if isinstance(value, bool) else str(value)]
