# Copyright: secmon.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Read the expression of a `filter` command into a test of the fields of a message."""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Mapping
from decimal import Decimal, InvalidOperation

from .tokens import QueryError, Tokens

Test = Callable[[Mapping[str, str]], bool]

_ORDER: Mapping[str, Callable[[Decimal, Decimal], bool]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
    "=": operator.eq,
}


def read_expression(tokens: Tokens) -> Test:
    """Read alternatives, each a conjunction; `and` binds more tightly than `or`."""
    tests = [_conjunction(tokens)]
    while tokens.take("or"):
        tests.append(_conjunction(tokens))
    return tests[0] if len(tests) == 1 else lambda fields: any(test(fields) for test in tests)


def _conjunction(tokens: Tokens) -> Test:
    tests = [_operand(tokens)]
    while tokens.take("and"):
        tests.append(_operand(tokens))
    return tests[0] if len(tests) == 1 else lambda fields: all(test(fields) for test in tests)


def _operand(tokens: Tokens) -> Test:
    if tokens.take("not"):
        negated = _operand(tokens)
        return lambda fields: not negated(fields)
    if tokens.take("("):
        inner = read_expression(tokens)
        tokens.expect(")")
        return inner
    if tokens.take("ispresent"):
        tokens.expect("(")
        name = tokens.word()
        tokens.expect(")")
        return lambda fields: name in fields
    return _comparison(tokens, tokens.word())


def _comparison(tokens: Tokens, name: str) -> Test:
    test = _test_of_value(tokens)
    return lambda fields: name in fields and test(fields[name])


def _test_of_value(tokens: Tokens) -> Callable[[str], bool]:
    if tokens.take("in"):
        return _one_of(tokens)
    negated = tokens.take("not") or tokens.take("!=")
    if tokens.take("like"):
        test = _like(tokens)
    else:
        sign = "=" if negated else tokens.next()[1]
        test = _equal(tokens) if sign == "=" else _ordered(tokens, sign)
    return (lambda value: not test(value)) if negated else test


def _one_of(tokens: Tokens) -> Callable[[str], bool]:
    tokens.expect("[")
    texts = {tokens.text()}
    while tokens.take(","):
        texts.add(tokens.text())
    tokens.expect("]")
    return texts.__contains__


def _like(tokens: Tokens) -> Callable[[str], bool]:
    kind, _text = tokens.peek()
    if kind != "expression":
        part = tokens.text()
        return lambda value: part in value
    found = re.compile(tokens.next()[1][1:-1], re.ASCII | re.DOTALL).search
    return lambda value: found(value) is not None


def _equal(tokens: Tokens) -> Callable[[str], bool]:
    """Compare with a text exactly, with a number by value, also if the value is a text of digits."""
    kind, _text = tokens.peek()
    return tokens.text().__eq__ if kind == "text" else _ordered(tokens, "=")


def _ordered(tokens: Tokens, sign: str) -> Callable[[str], bool]:
    if sign not in _ORDER:
        raise QueryError(f"{sign!r} is not a comparison")
    bound = _number(tokens.word())
    if bound is None:
        raise QueryError("expected a number")

    def test(value: str) -> bool:
        number = _number(value)
        return number is not None and _ORDER[sign](number, bound)

    return test


def _number(text: str) -> Decimal | None:
    try:
        number = Decimal(text)
    except InvalidOperation:
        return None
    return number if number.is_finite() else None
