# Copyright: secmon.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""The match types of event patterns, each as a function from its argument to a test of one value."""

from __future__ import annotations

import ipaddress
from collections.abc import Callable, Mapping
from typing import Any

from .error import PatternError
from .matching import Test
from .numeric import is_number, numeric
from .wildcard import wildcard


def exactly(wanted: Any) -> Test:
    """Match the same JSON value: 1 is 1.0, but neither true nor "1"."""
    if is_number(wanted):
        return lambda value: is_number(value) and value == wanted
    return lambda value: type(value) is type(wanted) and value == wanted


def _text(argument: Any, name: str) -> str:
    if not isinstance(argument, str):
        raise PatternError(f"{name} match pattern must be a string")
    return argument


def _of_texts(test: Callable[[str], bool]) -> Test:
    return lambda value: isinstance(value, str) and test(value)


def _ignore_case(argument: Any) -> Test:
    wanted = _text(argument, "equals-ignore-case").lower()
    return _of_texts(lambda value: value.lower() == wanted)


def _affix(name: str, method: Callable[[str, str], bool]) -> Callable[[Any], Test]:
    """Return the match type of a beginning or an end, by the method of str that tests it."""

    def match(argument: Any) -> Test:
        if isinstance(argument, Mapping) and argument.keys() == {"equals-ignore-case"}:
            lower = _text(argument["equals-ignore-case"], name).lower()
            return _of_texts(lambda value: method(value.lower(), lower))
        wanted = _text(argument, name)
        return _of_texts(lambda value: method(value, wanted))

    return match


def _wildcard(argument: Any) -> Test:
    return _of_texts(wildcard(_text(argument, "wildcard")))


def _cidr(argument: Any) -> Test:
    # The word prefix is that of AWS.
    address, slash, mask = _text(argument, "prefix").partition("/")
    if not slash or "/" in mask:
        raise PatternError("Malformed CIDR, one '/' required")
    if not mask.isdigit():
        raise PatternError("Malformed CIDR, mask bits must be an integer")
    try:
        ipaddress.ip_address(address)
    except ValueError:
        raise PatternError(f"Nonstandard IP address: {address}") from None
    try:
        network = ipaddress.ip_network(argument, strict=False)
    except ValueError:
        raise PatternError("Malformed CIDR, too many mask bits") from None

    def test(value: str) -> bool:
        try:
            return ipaddress.ip_address(value) in network
        except ValueError:
            return False

    return _of_texts(test)


def _anything_but(argument: Any) -> Test:
    if isinstance(argument, Mapping):
        return _anything_but_match(argument)
    excluded = argument if isinstance(argument, list) else [argument]
    if not isinstance(argument, list) and not _is_text_or_number(argument):
        raise PatternError("Value of anything-but must be an array or single string/number value.")
    if not excluded or not all(_is_text_or_number(item) for item in excluded):
        raise PatternError("Inside anything but list, start|null|boolean is not supported.")
    if len({isinstance(item, str) for item in excluded}) > 1:
        raise PatternError(
            "Inside anything but list, either all values are number or string, mixed type is not supported"
        )
    return _none_of([exactly(item) for item in excluded])


def _anything_but_match(argument: Mapping[str, Any]) -> Test:
    """Return the test of `anything-but` with another match type, whose argument may be a list."""
    name, given = next(iter(argument.items()), ("", None))
    if len(argument) != 1 or isinstance(given, Mapping):
        raise PatternError("Value of anything-but must be an array or single string/number value.")
    items = given if isinstance(given, list) else [given]
    if name == "equals-ignore-case":
        if not all(isinstance(item, str) for item in items):
            raise PatternError(
                "Inside anything-but/equals-ignore-case list, number|start|null|boolean is not supported."
            )
    elif name in ("prefix", "suffix"):
        if not all(isinstance(item, str) for item in items):
            raise PatternError("prefix/suffix match pattern must be a string")
        if "" in items:
            raise PatternError("Null prefix/suffix not allowed")
    elif name != "wildcard":
        raise PatternError(f"Unsupported anything-but pattern: {name}")
    return _none_of([MATCH_TYPES[name](item) for item in items])


def _none_of(tests: list[Test]) -> Test:
    return lambda value: not any(test(value) for test in tests)


def _is_text_or_number(value: Any) -> bool:
    return isinstance(value, str) or is_number(value)


MATCH_TYPES: Mapping[str, Callable[[Any], Test]] = {
    "anything-but": _anything_but,
    "cidr": _cidr,
    "equals-ignore-case": _ignore_case,
    "numeric": numeric,
    "prefix": _affix("prefix", str.startswith),
    "suffix": _affix("suffix", str.endswith),
    "wildcard": _wildcard,
}
