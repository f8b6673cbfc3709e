"""Requests that violate a service's model, derived from a valid one."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from botocore.model import ListShape, MapShape, Shape, StringShape, StructureShape

from embedded_aws.core.protocol import operation_model

_MAXIMUM_LENGTH = 100_000
"""The maximum length of generated strings and lists."""
_OUTSIDE_PATTERNS = ("!", "\n", " ", "é")


@dataclass(frozen=True)
class Violation:
    """One member that breaks one constraint; `member` is the top-level parameter that contains it."""

    member: str
    what: str
    parameters: dict[str, Any]


def violations(service: str, action: str, valid: Mapping[str, Any]) -> Iterator[Violation]:
    """Yield every single violation of the operation's constraints.

    Covers the members of `valid` at any depth, and the parameters that it omits.
    """
    shape = operation_model(service, action).input_shape
    if not isinstance(shape, StructureShape):
        return
    for name, member in shape.members.items():
        without = {key: value for key, value in valid.items() if key != name}
        if name in shape.required_members:
            yield Violation(name, f"{name} missing", without)
        for what, value in _broken(member, valid.get(name), name):
            yield Violation(name, what, without | {name: value})


def _broken(shape: Shape, valid: Any, at: str) -> Iterator[tuple[str, Any]]:
    """Yield a description and a value for every constraint; `valid` is None if no valid value is known."""
    if isinstance(shape, StructureShape):
        yield from _broken_members(shape, valid or {}, at)
    elif isinstance(shape, ListShape):
        yield from _broken_list(shape, valid, at)
    elif isinstance(shape, StringShape):
        yield from _broken_text(shape, at)
    elif shape.type_name in ("integer", "long", "float", "double"):
        minimum, maximum = shape.metadata.get("min"), shape.metadata.get("max")
        if minimum is not None:
            yield f"{at} too small", minimum - 1
        if maximum is not None:
            yield f"{at} too large", maximum + 1
        if shape.type_name in ("integer", "long"):
            yield f"{at} is not a number", "text"


def _broken_members(shape: StructureShape, valid: Mapping[str, Any], at: str) -> Iterator[tuple[str, Any]]:
    for name in valid:
        without = {key: value for key, value in valid.items() if key != name}
        if name in shape.required_members:
            yield f"{at}.{name} missing", without
        for what, value in _broken(shape.members[name], valid[name], f"{at}.{name}"):
            yield what, without | {name: value}


def _broken_list(shape: ListShape, valid: list[Any] | None, at: str) -> Iterator[tuple[str, Any]]:
    item = valid[0] if valid else _sample(shape.member)
    minimum, maximum = shape.metadata.get("min"), shape.metadata.get("max")
    if minimum:
        yield f"{at} too short", [item] * (minimum - 1)
    if maximum is not None and maximum <= _MAXIMUM_LENGTH:
        yield f"{at} too long", [item] * (maximum + 1)
    for what, broken in _broken(shape.member, item, f"{at}[]"):
        yield what, [broken]


def _broken_text(shape: StringShape, at: str) -> Iterator[tuple[str, Any]]:
    minimum, maximum, pattern = (shape.metadata.get(name) for name in ("min", "max", "pattern"))
    if shape.metadata.get("enum"):
        yield f"{at} outside enum", "NoSuchValue"
    if minimum:
        yield f"{at} too short", "1" * (minimum - 1)
    if maximum is not None and maximum <= _MAXIMUM_LENGTH:
        yield f"{at} too long", "1" * (maximum + 1)
    # Python's re does not support Java's character classes such as \p{L}.
    if pattern and r"\p" not in pattern:
        texts = (character * (minimum or 1) for character in _OUTSIDE_PATTERNS)
        yield from ((f"{at} against pattern", text) for text in texts if not re.fullmatch(pattern, text))


def _sample(shape: Shape) -> Any:
    """Return a value, ignoring patterns."""
    if isinstance(shape, StructureShape):
        # Includes optional strings: a form-encoded request cannot represent an empty structure.
        return {
            name: _sample(member)
            for name, member in shape.members.items()
            if name in shape.required_members or isinstance(member, StringShape)
        }
    if isinstance(shape, ListShape):
        return [_sample(shape.member)]
    if isinstance(shape, MapShape):
        return {}
    if isinstance(shape, StringShape):
        return (shape.metadata.get("enum") or ["1" * (shape.metadata.get("min") or 1)])[0]
    return shape.metadata.get("min") or 1
