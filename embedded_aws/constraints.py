"""Refuse what a service's model does not allow, in the sentences that AWS uses for that."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from botocore.model import ListShape, MapShape, Shape, StringShape, StructureShape

from embedded_aws.errors import AwsError
from embedded_aws.protocol import operation_model

if TYPE_CHECKING:
    from embedded_aws.call import Call

# Java's classes of letters, numbers and blanks, and a hyphen that Python takes for a range.
_JAVA_CLASSES = {r"\p{L}": r"\w", r"\p{N}": r"\d", r"\p{Z}": r"\s", r"\w-_": r"\w\-_"}


def check_constraints(call: Call, code: str) -> None:
    """Raise AwsError with this wire code if a parameter breaks a constraint of botocore's model."""
    shape = operation_model(call.service, call.action).input_shape
    errors = list(_errors(shape, call.parameters, "")) if shape else []
    if errors:
        count = "1 validation error" if len(errors) == 1 else f"{len(errors)} validation errors"
        raise AwsError(code, f"{count} detected: {'; '.join(errors)}")


def constraint_error(code: str, value: Any, at: str, constraint: str) -> AwsError:
    """Return the error for a constraint that the model does not hold."""
    return AwsError(code, f"1 validation error detected: {_sentence(value, at, constraint)}")


def _errors(shape: Shape, value: Any, at: str) -> Iterator[str]:
    if isinstance(shape, StructureShape):
        yield from _structure_errors(shape, value, at)
        return
    yield from (_sentence(value, at, constraint) for constraint in _broken(shape, value))
    if isinstance(shape, ListShape):
        for number, item in enumerate(value, 1):
            yield from _errors(shape.member, item, f"{at}.{number}.member")
    elif isinstance(shape, MapShape):
        for key, item in value.items():
            yield from _errors(shape.key, key, f"{at}.key")
            yield from _errors(shape.value, item, f"{at}.{key}.member")


def _structure_errors(shape: StructureShape, value: dict[str, Any], at: str) -> Iterator[str]:
    for name, member in shape.members.items():
        place = f"{at}.{_lower(name)}" if at else _lower(name)
        if value.get(name) is not None:
            yield from _errors(member, value[name], place)
        elif name in shape.required_members:
            yield f"Value null at '{place}' failed to satisfy constraint: Member must not be null"


def _broken(shape: Shape, value: Any) -> Iterator[str]:
    sized = isinstance(shape, ListShape | MapShape | StringShape)
    size, what = (len(value), "length") if sized else (value, "value")
    least, most = shape.metadata.get("min"), shape.metadata.get("max")
    pattern, enum = shape.metadata.get("pattern"), shape.metadata.get("enum")
    if least is not None and size < least:
        yield f"Member must have {what} greater than or equal to {least}"
    if most is not None and size > most:
        yield f"Member must have {what} less than or equal to {most}"
    if pattern and not re.fullmatch(_python_pattern(pattern), value):
        yield f"Member must satisfy regular expression pattern: {pattern}"
    if enum and value not in enum:
        yield f"Member must satisfy enum value set: [{', '.join(enum)}]"


def _python_pattern(pattern: str) -> str:
    """Return a pattern of a service model in Python's regular expressions: the models write Java's."""
    for java, python in _JAVA_CLASSES.items():
        pattern = pattern.replace(java, python)
    return pattern


def _sentence(value: Any, at: str, constraint: str) -> str:
    return f"Value '{value}' at '{at}' failed to satisfy constraint: {constraint}"


def _lower(name: str) -> str:
    return name[:1].lower() + name[1:]
