# Copyright: secmon.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Parse conditions joined by ``&&``, ``||`` and parentheses, for JSON and space-delimited patterns."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import NoReturn

from ..matching.document import NUMBER
from ..tree import EQUALITY_OPERATORS, And, Condition, Literal, LiteralKind, Or, join
from .scanner import Scanner

BARE = re.compile(r"[A-Za-z0-9_.*+-]+")
"""An unquoted value (CloudWatch Logs user guide: characters other than letters, digits and underscores need quotes;
the patterns of Security Hub have unquoted names with dots and hyphens)."""

_OPERATOR = re.compile(r"!=|<=|>=|=|<|>")
_WORD = re.compile(r"[A-Za-z]+")
_MEANT_OPERATORS = {"!==": "!=", "<>": "!=", "=!": "!=", "=>": ">=", "=<": "<=", ">>": ">"}
_JOIN_HINT = 'Conditions are joined by "&&" and "||"'


@dataclass
class _Level:
    """One pair of parentheses or the whole expression: finished alternatives and the current conjunction."""

    opened_at: int
    alternatives: list[Condition] = field(default_factory=list)
    conjunction: list[Condition] = field(default_factory=list)

    def next_alternative(self) -> None:
        """Finish the conjunction at an ``||``."""
        self.alternatives.append(join(And, tuple(self.conjunction)))
        self.conjunction = []

    def finish(self) -> Condition:
        """Finish the level at its end."""
        self.next_alternative()
        return join(Or, tuple(self.alternatives))


def parse_expression(scanner: Scanner, read_condition: Callable[[Scanner], Condition], closers: str) -> Condition:
    """Parse up to one of the closing characters, which is not consumed; ``&&`` has precedence over ``||``.

    An explicit stack avoids recursion on nested parentheses.
    """
    levels = [_Level(scanner.position)]
    while True:
        scanner.skip_whitespace()
        while scanner.char == "(":
            levels.append(_Level(scanner.position))
            scanner.position += 1
            scanner.skip_whitespace()
        levels[-1].conjunction.append(read_condition(scanner))
        _close_parentheses(scanner, levels)
        if scanner.take("||"):
            levels[-1].next_alternative()
        elif not scanner.take("&&"):
            _expect_end(scanner, levels, closers)
            return levels[0].finish()


def _close_parentheses(scanner: Scanner, levels: list[_Level]) -> None:
    scanner.skip_whitespace()
    while scanner.char == ")":
        if len(levels) == 1:
            scanner.fail("this ) has no matching (", "Remove it, or add the missing (.")
        scanner.position += 1
        condition = levels.pop().finish()
        levels[-1].conjunction.append(condition)
        scanner.skip_whitespace()


def _expect_end(scanner: Scanner, levels: list[_Level], closers: str) -> None:
    if scanner.char and scanner.char in closers:
        if len(levels) > 1:
            scanner.fail("this ( is never closed", "Add the missing ).", levels[-1].opened_at)
        return
    expected = f'"&&", "||" or "{closers[-1]}"'
    if not scanner.char and len(levels) > 1:
        scanner.fail("this ( is never closed", "Add the missing ).", levels[-1].opened_at)
    hint = "" if scanner.char else f'Close the pattern with "{closers[-1]}".'
    word = scanner.peek_match(_WORD).upper()
    if word in ("AND", "OR") or scanner.char in ("&", "|"):
        hint = f"{_JOIN_HINT}; words and single characters do not join them."
    scanner.fail(f"expected {expected}, found {scanner.found()}", hint)


def read_operator(scanner: Scanner, hint: str) -> str:
    """Read a comparison operator; ``hint`` is for a missing one, ``==`` and similar mistakes have their own."""
    start = scanner.position
    operator = scanner.take_match(_OPERATOR)
    if not operator:
        if scanner.char == "!":
            hint = "The language has no ! operator; write != or NOT EXISTS."
        scanner.fail(f"expected one of = != < <= > >=, found {scanner.found()}", hint)
    if scanner.char and scanner.char in "=<>!":
        written = scanner.text[start : scanner.position + 1]
        scanner.fail(f"{written} is not an operator", _operator_hint(written), start)
    return operator


def _operator_hint(written: str) -> str:
    if written == "==":
        return 'Write a single "=" to compare.'
    meant = _MEANT_OPERATORS.get(written)
    return f"Write {meant}." if meant else ""


def read_literal(scanner: Scanner, operator: str) -> Literal:
    """Read the right side of a comparison: a quoted string, a regular expression, a number or a bare word."""
    scanner.skip_whitespace()
    start = scanner.position
    literal = _read_any_literal(scanner)
    if operator not in EQUALITY_OPERATORS and not literal.is_number:
        hint = "Order comparisons need an unquoted number; compare strings with =, != and wildcards."
        scanner.fail(f"{operator} needs a number", hint, start)
    return literal


def _read_any_literal(scanner: Scanner) -> Literal:
    if scanner.char == '"':
        return scanner.read_quoted()
    if scanner.char == "%":
        return scanner.read_regex()
    start = scanner.position
    text = scanner.take_match(BARE)
    if not text:
        _fail_literal(scanner)
    if NUMBER.fullmatch(text):
        return Literal(text, LiteralKind.NUMBER)
    if "+" in text:
        scanner.fail(f'"{text}" is not a number', f'Write "{text}" with quotes for a string.', start)
    return Literal(text, LiteralKind.WORD)


def _fail_literal(scanner: Scanner) -> NoReturn:
    hint = 'Anything but letters, digits, "_", ".", "-" and "*" needs double quotes.'
    if not scanner.char or scanner.char in ")}],&|":
        hint = "A value is missing here."
    elif not scanner.char.isascii():
        hint = "A non-ASCII character needs double quotes; it may only look like the intended letter."
    elif scanner.char == "'":
        hint = 'Use double quotes: "...".'
    elif scanner.char == "$":
        hint = "A property is compared with a value; two properties cannot be compared."
    scanner.fail(f"expected a value, found {scanner.found()}", hint)


def expect_value_end(scanner: Scanner) -> None:
    """Reject a value followed by a character that needs quotes, such as ``arn:aws``."""
    if scanner.char and scanner.char not in " \t\r\n)&|}],":
        scanner.fail(
            f"{scanner.found()} is not allowed in or after an unquoted value",
            "Put the whole value in double quotes.",
        )
