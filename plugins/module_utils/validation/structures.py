# Copyright: secmon.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""The types of lists and mappings, built from other types."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping
from typing import Any, TypeVar, Union

from ..core.problems import nearest_name
from .document import MAX_DEPTH, Document
from .problems import SUGGESTED, Place, describe, quote_value, suggestion
from .types import ValueType

T = TypeVar("T")
V = TypeVar("V")


def list_of(
    item: ValueType[T], name: str = "list", *, smallest: int = 0, unique: bool = False
) -> ValueType[tuple[T, ...]]:
    """Return the type of lists."""

    def read(values: Any, place: Place, document: Document) -> tuple[T, ...]:
        if not isinstance(values, (list, tuple)):
            document.add(place, f"must be a list, not {describe(values)}", "write it as [a, b]")
            return ()
        if len(values) < smallest:
            document.add(place, f"needs {smallest} or more entries")
        for index, value in enumerate(values if unique else ()):
            if isinstance(value, str) and value in values[:index]:
                document.add((*place, index), f"{quote_value(value)} is listed twice", "remove one of them")
        return tuple(item.read(value, (*place, index), document) for index, value in enumerate(values))

    limit = {"minItems": smallest} if smallest else {}
    return ValueType(name, read, {"type": "array", **limit, "items": item.schema})


def one_or_many(item: ValueType[T]) -> ValueType[tuple[T, ...]]:
    """Return the type of one value, a list of them, or null."""
    many = list_of(item)

    def read(value: Any, place: Place, document: Document) -> tuple[T, ...]:
        if isinstance(value, (list, tuple)):
            return many.read(value, place, document)
        return () if value is None else (item.read(value, place, document),)

    return ValueType("value or list", read, {"anyOf": [item.schema, many.schema, {"type": "null"}]})


def mapping_of(
    key: ValueType[str], item: ValueType[T], name: str = "mapping", *, longest: Union[int, None] = None
) -> ValueType[dict[str, T]]:
    """Return the type of mappings with keys that the author chooses."""

    def read(value: Any, place: Place, document: Document) -> dict[str, T]:
        entries = _entries(value, place, document)
        if longest is not None and len(entries) > longest:
            document.add(place, f"has {len(entries)} entries, more than {longest}", "remove some")
        for entry in entries:
            key.read(entry, (*place, entry), document)
        return {entry: item.read(found, (*place, entry), document) for entry, found in entries.items()}

    limit = {} if longest is None else {"maxProperties": longest}
    names = {"propertyNames": {word: rule for word, rule in key.schema.items() if word != "type"}}
    return ValueType(name, read, {"type": "object", **limit, **names, "additionalProperties": item.schema})


def fields(
    required: Mapping[str, ValueType[Any]],
    optional: Mapping[str, ValueType[Any]],
    name: str = "mapping",
    *,
    empty: bool = False,
) -> ValueType[dict[str, Any]]:
    """Return the type of mappings with fixed keys, or with none if `empty` is set; null counts as absent."""
    known = {**required, **optional}

    def read(value: Any, place: Place, document: Document) -> dict[str, Any]:
        entries = _entries(value, place, document)
        if not isinstance(value, Mapping) or (empty and not entries):
            return {}
        unknown = [entry for entry in entries if entry not in known]
        for entry in unknown[:SUGGESTED]:
            document.add(
                (*place, entry), "is not a known key", suggestion(entry if isinstance(entry, str) else "", known)
            )
        if len(unknown) > SUGGESTED:
            document.add(place, f"has {len(unknown) - SUGGESTED} more keys that are not known", "remove them")
        # A misspelt key is one mistake, not also a missing one.
        meant = {nearest_name(entry, known) for entry in unknown if isinstance(entry, str)}
        for entry in required:
            if entries.get(entry) is None and not (entry in meant and entry not in entries):
                document.add((*place, entry), "has no value" if entry in entries else "is missing")
        present = {entry: entries[entry] for entry in known if entries.get(entry) is not None}
        return {entry: known[entry].read(found, (*place, entry), document) for entry, found in present.items()}

    schema = {"type": "object", "additionalProperties": False, "required": list(required)}
    return ValueType(name, read, {**schema, "properties": {entry: kind.schema for entry, kind in known.items()}})


def record(
    build: type[T],
    types: Mapping[str, ValueType[Any]],
    check: Callable[[T, Place, Document], None] = lambda value, place, document: None,
    schema: Union[Mapping[str, Any], None] = None,
) -> ValueType[Union[T, None]]:
    """Return the type of mappings that hold the fields of a dataclass; those without a default are required.

    Args:
        build: The dataclass.
        types: The types of its fields.
        check: Reports what fields without problems of their own say together.
        schema: What `check` does, in JSON Schema.
    """
    entries = [entry for entry in dataclasses.fields(build) if entry.name in types]  # type: ignore[arg-type]
    defaults = {entry.name: default for entry in entries if (default := _default(entry)) is not dataclasses.MISSING}
    body = fields(
        {name: kind for name, kind in types.items() if name not in defaults},
        {name: kind for name, kind in types.items() if name in defaults},
    )

    def read(value: Any, place: Place, document: Document) -> Union[T, None]:
        before = document.reports
        found = body.read(value, place, document)
        if document.reports > before:
            return None
        result = build(**found)
        check(result, place, document)
        return result

    properties = {name: dict(kind.schema) for name, kind in types.items()}
    for name, default in defaults.items():
        if isinstance(default, (str, bool, int)):
            properties[name]["default"] = default
    return ValueType(body.name, read, {**body.schema, "properties": properties, **(schema or {})})


def any_mapping(name: str) -> ValueType[Mapping[str, Any]]:
    """Return the type of mappings that another part of the collection or AWS itself checks."""

    def read(value: Any, place: Place, document: Document) -> Mapping[str, Any]:
        entries = _entries(value, place, document)
        if _is_too_deep(entries):
            document.add(place, f"is nested more than {MAX_DEPTH} deep")
        return entries

    return ValueType(name, read, {"type": "object"})


def either(first: ValueType[T], second: ValueType[V], name: str) -> ValueType[Union[T, V]]:
    """Return the type of values that have one of two types; of others, the first type reports the problems."""

    def read(value: Any, place: Place, document: Document) -> Union[T, V]:
        attempt = Document(document.source)
        found = second.read(value, place, attempt)
        return first.read(value, place, document) if attempt.problems else found

    return ValueType(name, read, {"anyOf": [first.schema, second.schema]}, first.hint, first.from_text, first.textual)


def _entries(value: Any, place: Place, document: Document) -> Mapping[str, Any]:
    if isinstance(value, Mapping):
        return value
    document.add(place, f"must be a mapping, not {describe(value)}", "write it as {key: value}")
    return {}


def _default(entry: dataclasses.Field[Any]) -> Any:
    return entry.default if entry.default_factory is dataclasses.MISSING else entry.default_factory()


def _is_too_deep(value: Any) -> bool:
    """Look level by level, since Python would give up on a deep recursion."""
    level = [value]
    for _depth in range(MAX_DEPTH + 1):
        mappings = (entry.values() for entry in level if isinstance(entry, Mapping))
        lists = (entry for entry in level if isinstance(entry, (list, tuple)))
        level = [item for items in (*mappings, *lists) for item in items]
    return bool(level)
