# Copyright: secmon.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Parse JSON patterns, ``{ $.name = value && ... }``."""

from __future__ import annotations

import re
from typing import NoReturn

from ..limits import MAX_WILDCARD_SELECTORS
from ..tree import Compare, Condition, IsFalse, IsNull, IsTrue, Leaf, Literal, LiteralKind, NotExists, Selector
from .expression import expect_value_end, parse_expression, read_literal, read_operator
from .scanner import Scanner
from .selector import read_selector

_KEYWORD = re.compile(r"[A-Za-z]+")
_TESTS: dict[str, type[IsNull] | type[IsTrue] | type[IsFalse]] = {"NULL": IsNull, "TRUE": IsTrue, "FALSE": IsFalse}
_NO_OPERATOR = "Write = * for any string or number, IS TRUE for a boolean."
_KEYWORDS = ("NULL", "TRUE", "FALSE", "IS NULL", "IS TRUE", "IS FALSE", "NOT EXISTS", "EXISTS")


def parse_json_pattern(scanner: Scanner) -> tuple[Condition, dict[int, int]]:
    """Parse from the opening brace to the closing one.

    Return the tree, and the position of each condition by the ``id`` of its node.
    """
    scanner.position += 1
    positions: dict[int, int] = {}
    wildcard_selectors: list[int] = []

    def read_condition(at: Scanner) -> Leaf:
        start = at.position
        leaf = _read_condition(at)
        positions[id(leaf)] = start
        if isinstance(leaf.selector, Selector) and leaf.selector.has_wildcard:
            wildcard_selectors.append(start)
        return leaf

    tree = parse_expression(scanner, read_condition, "}")
    scanner.position += 1
    if len(wildcard_selectors) > MAX_WILDCARD_SELECTORS:
        message = "Invalid metric filter pattern: a maximum of 3 JSON wildcard selectors allowed per filter pattern."
        reason = f"a pattern can have at most {MAX_WILDCARD_SELECTORS} wildcard selectors"
        scanner.fail(reason, "", wildcard_selectors[MAX_WILDCARD_SELECTORS], message)
    return tree, positions


def _read_condition(scanner: Scanner) -> Leaf:
    selector = read_selector(scanner)
    spaced = scanner.skip_whitespace()
    if scanner.char.isalpha():
        return _read_test(scanner, selector)
    if spaced and scanner.char == ".":
        scanner.fail(f"expected an operator, found {scanner.found()}", "A selector must not contain spaces.")
    operator = read_operator(scanner, _NO_OPERATOR)
    literal_at = scanner.position
    literal = read_literal(scanner, operator)
    _reject_null(scanner, literal, operator, literal_at)
    expect_value_end(scanner)
    _warn_of_literal(scanner, literal, literal_at)
    return Compare(selector, operator, literal)


def _read_test(scanner: Scanner, selector: Selector) -> Leaf:
    """Read ``IS NULL``, ``IS TRUE``, ``IS FALSE`` or ``NOT EXISTS``."""
    start = scanner.position
    first = scanner.take_match(_KEYWORD)
    scanner.skip_whitespace()
    second = scanner.take_match(_KEYWORD)
    if first == "IS" and second in _TESTS:
        return _TESTS[second](selector)
    if (first, second) == ("NOT", "EXISTS"):
        return NotExists(selector)
    return _fail_test(scanner, first, second, start)


def _fail_test(scanner: Scanner, first: str, second: str, start: int) -> NoReturn:
    """Reject an unknown test with a hint what to write."""
    reason = "expected an operator, IS NULL, IS TRUE, IS FALSE or NOT EXISTS"
    upper = (first.upper(), second.upper())
    hint = 'Compare a string with =, for example $.name = "value".'
    if upper[0] == "EXISTS":
        hint = "The language has no EXISTS; write = * for any string or number."
    elif upper == ("IS", "NOT") or upper == ("IS", "EXISTS"):
        hint = "The language has no IS NOT; write = * for any string or number, IS FALSE instead of IS NOT TRUE."
    elif " ".join(upper) in _KEYWORDS:
        hint = f"Keywords are written in capitals: {' '.join(upper)}."
    elif upper[0] == "IS":
        hint = "Write NULL, TRUE or FALSE after IS, without quotes; compare a string with =."
    elif upper[0] == "NOT":
        hint = "Write NOT EXISTS for a missing property, and != for another value."
    elif upper[0] in ("LIKE", "IN", "MATCHES", "CONTAINS"):
        hint = f"The language has no {upper[0]}; write = with a wildcard (*) or a regular expression (%...%)."
    scanner.fail(reason, hint, start)


def _reject_null(scanner: Scanner, literal: Literal, operator: str, position: int) -> None:
    """Reject ``= null``, as AWS does (observed with TestMetricFilter, us-east-1, 2026-09)."""
    if literal.kind is LiteralKind.WORD and literal.text.lower() == "null":
        hint = "Write IS NULL." if operator == "=" else "Write = * for any string or number."
        start = scanner.text.index(literal.text, position)
        scanner.fail("null cannot be compared", hint, start)


def _warn_of_literal(scanner: Scanner, literal: Literal, position: int) -> None:
    if literal.is_regex:
        return
    if literal.text.lower() in ("true", "false"):
        scanner.warn("boolean-word", position)
    elif literal.quoted and literal.text.upper() in _KEYWORDS:
        scanner.warn("quoted-keyword", position)
