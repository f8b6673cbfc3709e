# Copyright: secmon.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Translate an event pattern to alternatives of fields, and refuse what EventBridge refuses.

The words of the errors are those of recorded answers of AWS (2024), as far as they are known.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain, product
from typing import Any

from .error import PatternError
from .matching import Alternative, Field, Test
from .operators import MATCH_TYPES, exactly

__all__ = ["PatternError", "alternatives"]

OR = "$or"
_EXISTS = "exists"
_FEWEST_ALTERNATIVES = 2


def alternatives(pattern: Any) -> list[Alternative]:
    """Return the alternatives of a pattern.

    Raises:
        PatternError: The pattern is invalid.
    """
    if not isinstance(pattern, Mapping):
        raise PatternError("Filter is not an object")
    return _object(pattern, ())


def _object(pattern: Mapping[str, Any], path: tuple[str, ...]) -> list[Alternative]:
    if not pattern:
        raise PatternError("Empty objects are not allowed")
    parts = [_member(key, value, path) for key, value in pattern.items()]
    return [_last_by_path(chain.from_iterable(one_of_each)) for one_of_each in product(*parts)]


def _last_by_path(fields: Iterable[Field]) -> Alternative:
    """Return the fields of an alternative; a path that comes again replaces the earlier one (event-ruler)."""
    return tuple({field.path: field for field in fields}.values())


def _member(key: str, value: Any, path: tuple[str, ...]) -> list[Alternative]:
    """Return the alternatives of one member of an object."""
    if key == OR and _is_relationship(value):
        return [alternative for item in value for alternative in _object(item, path)]
    if isinstance(value, Mapping):
        return _object(value, (*path, key))
    if isinstance(value, list):
        return [(_field(value, (*path, key)),)]
    raise PatternError(f'"{key}" must be an object or an array')


def _is_relationship(value: Any) -> bool:
    """Return whether the value of `$or` is a list of objects, which are no match types; else it is a plain key."""
    if not isinstance(value, list) or len(value) < _FEWEST_ALTERNATIVES:
        return False
    return all(isinstance(item, Mapping) and not item.keys() & {*MATCH_TYPES, _EXISTS} for item in value)


def _field(values: Sequence[Any], path: tuple[str, ...]) -> Field:
    if not values:
        raise PatternError("Empty arrays are not allowed")
    missing = [value for value in values if value == {_EXISTS: False} and value[_EXISTS] is False]
    tests = tuple(test for value in values if value not in missing for test in _tests(value))
    return Field(".".join(path), tests, or_missing=bool(missing))


def _tests(value: Any) -> Iterator[Test]:
    if isinstance(value, list):
        raise PatternError("Match value must be String, number, true, false, or null")
    if not isinstance(value, Mapping):
        yield exactly(value)
        return
    if len(value) != 1:
        raise PatternError("Only one key allowed in match expression")
    ((name, argument),) = value.items()
    if name == _EXISTS:
        if not isinstance(argument, bool):
            raise PatternError("exists match pattern must be either true or false.")
        yield lambda _value: True
    elif name in MATCH_TYPES:
        yield MATCH_TYPES[name](argument)
    else:
        raise PatternError(f"Unrecognized match type {name}")
