# Copyright: secmon.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Parse property selectors: ``$.name``, ``$.['any name']``, ``[0]``, ``[*]`` and ``.*`` steps."""

from __future__ import annotations

import re

from ..limits import MAX_WILDCARDS_PER_SELECTOR
from ..tree import AnyElement, AnyField, Index, Name, Selector, Step
from .scanner import Scanner

NAME = re.compile(r"[A-Za-z0-9_-]+")
"""A property name without brackets (CloudWatch Logs user guide: alphanumeric, hyphen and underscore)."""

_DIGITS = re.compile(r"[0-9]+")
_BRACKET_HINT = "Write $.['...'] for a name with other characters."


def read_selector(scanner: Scanner) -> Selector:
    """Read a selector from its dollar sign."""
    start = scanner.position
    if not scanner.take("$"):
        scanner.fail(f"expected a selector such as $.eventName, found {scanner.found()}", _selector_hint(scanner))
    steps: list[Step] = []
    while scanner.char and scanner.char in ".[":
        steps.append(_read_step(scanner))
    if not steps:
        scanner.fail(f'expected "." after the dollar sign, found {scanner.found()}', "For example $.eventName.")
    selector = Selector(tuple(steps), scanner.text[start : scanner.position])
    _check_wildcards(scanner, selector, start)
    return selector


def _selector_hint(scanner: Scanner) -> str:
    char = scanner.char
    if char == "!" or scanner.at("NOT"):
        return "The language has no negation; use != or NOT EXISTS in the conditions."
    if char in ('"', "'"):
        return "A condition begins with a selector; this looks like JSON data."
    if char == "%":
        return "A condition begins with a selector: $.name = %...%."
    if char and char in "})":
        return "A condition is missing here."
    return "Every condition begins with a selector: $.name."


def _check_wildcards(scanner: Scanner, selector: Selector, start: int) -> None:
    wildcards = sum(isinstance(step, AnyField | AnyElement) for step in selector.steps)
    if wildcards > MAX_WILDCARDS_PER_SELECTOR:
        message = "Invalid metric filter pattern: a maximum of 1 wildcard allowed per json selector."
        scanner.fail("a selector can have at most one wildcard", "Name the other steps.", start, message)


def _read_step(scanner: Scanner) -> Step:
    if scanner.take(".['"):
        return _read_bracketed_name(scanner)
    if scanner.at("['"):
        scanner.warn("bracket-without-dot", scanner.position)
        scanner.position += 2
        return _read_bracketed_name(scanner)
    if scanner.take("[*]"):
        return AnyElement()
    if scanner.take("["):
        return _read_index(scanner)
    scanner.position += 1
    if scanner.take("*"):
        return AnyField()
    return Name(_read_name(scanner))


def _read_bracketed_name(scanner: Scanner) -> Name:
    start = scanner.position
    end = scanner.text.find("']", start)
    if end < 0:
        scanner.fail("the closing '] is missing", "Write a name in brackets as $.['name'].", start)
    name = scanner.text[start:end]
    if not name or "'" in name:
        scanner.fail("expected a property name without a quote in it", "Write a name in brackets as $.['name'].", start)
    scanner.position = end + 2
    return Name(name)


def _read_index(scanner: Scanner) -> Index:
    digits = scanner.take_match(_DIGITS)
    if not digits:
        hint = "An index counts from 0, and [*] is any element; there are no negative indexes and no slices."
        if scanner.char == '"':
            hint = "A name in brackets needs single quotes: $.['name']."
        scanner.fail(f"expected an index or *, found {scanner.found()}", hint)
    if not scanner.take("]"):
        scanner.fail(f'expected "]", found {scanner.found()}', "There are no slices; [*] is any element.")
    return Index(int(digits))


def _read_name(scanner: Scanner) -> str:
    name = scanner.take_match(NAME)
    if not name:
        hint = f"A name has no quotes. {_BRACKET_HINT}" if scanner.char in ('"', "'") else _BRACKET_HINT
        scanner.fail(f"expected a property name, found {scanner.found()}", hint)
    if scanner.char and scanner.char not in ".[ \t\r\n=!<>)}&|,]":
        scanner.fail(f"{scanner.found()} is not allowed in a property name", _BRACKET_HINT)
    return name
