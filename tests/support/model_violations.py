"""Requests that violate a service's model, derived from a valid one."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from botocore.model import ListShape, MapShape, Shape, StringShape, StructureShape

from embedded_aws.core.protocol import operation_model

_LONGEST = 100_000
"""The maximum length of generated strings and lists."""
_IN_NO_PATTERN = ("!", "\n", " ", "é")


@dataclass(frozen=True)
class Violation:
    """One member that breaks one constraint; `member` is the parameter that it is, or is in."""

    member: str
    what: str
    parameters: dict[str, Any]


def violations(service: str, action: str, valid: Mapping[str, Any]) -> Iterator[Violation]:
    """Yield every single violation of the operation's constraints.

    Looks at the members of `valid` to any depth, and at the parameters that it leaves out.
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
    """Yield a description and a value for every constraint; `valid` is None if there is no value to begin with."""
    if isinstance(shape, StructureShape):
        yield from _broken_members(shape, valid or {}, at)
    elif isinstance(shape, ListShape):
        yield from _broken_list(shape, valid, at)
    elif isinstance(shape, StringShape):
        yield from _broken_text(shape, at)
    elif shape.type_name in ("integer", "long", "float", "double"):
        least, most = shape.metadata.get("min"), shape.metadata.get("max")
        if least is not None:
            yield f"{at} too small", least - 1
        if most is not None:
            yield f"{at} too large", most + 1
        if shape.type_name in ("integer", "long"):
            yield f"{at} is no number", "text"


def _broken_members(shape: StructureShape, valid: Mapping[str, Any], at: str) -> Iterator[tuple[str, Any]]:
    for name in valid:
        without = {key: value for key, value in valid.items() if key != name}
        if name in shape.required_members:
            yield f"{at}.{name} missing", without
        for what, value in _broken(shape.members[name], valid[name], f"{at}.{name}"):
            yield what, without | {name: value}


def _broken_list(shape: ListShape, valid: list[Any] | None, at: str) -> Iterator[tuple[str, Any]]:
    item = valid[0] if valid else _sample(shape.member)
    least, most = shape.metadata.get("min"), shape.metadata.get("max")
    if least:
        yield f"{at} too short", [item] * (least - 1)
    if most is not None and most <= _LONGEST:
        yield f"{at} too long", [item] * (most + 1)
    for what, broken in _broken(shape.member, item, f"{at}[]"):
        yield what, [broken]


def _broken_text(shape: StringShape, at: str) -> Iterator[tuple[str, Any]]:
    least, most, pattern = (shape.metadata.get(name) for name in ("min", "max", "pattern"))
    if shape.metadata.get("enum"):
        yield f"{at} outside enum", "NoSuchValue"
    if least:
        yield f"{at} too short", "1" * (least - 1)
    if most is not None and most <= _LONGEST:
        yield f"{at} too long", "1" * (most + 1)
    # Python cannot tell what matches one of Java's classes.
    if pattern and r"\p" not in pattern:
        texts = (character * (least or 1) for character in _IN_NO_PATTERN)
        yield from ((f"{at} against pattern", text) for text in texts if not re.fullmatch(pattern, text))


def _sample(shape: Shape) -> Any:
    """Return a value, ignoring patterns."""
    if isinstance(shape, StructureShape):
        # With what may be left out, since a form cannot say that there is a structure without members.
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
