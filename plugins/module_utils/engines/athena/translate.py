# Copyright: secmon.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Translate a filter pattern to a condition of Athena SQL on the table of CloudTrail log files.

Sources: Athena user guide, "Functions in Amazon Athena" (engine version 3 has those of Trino), and what columns.py
names.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from ...filter_pattern.pattern import CompiledPattern
from ...filter_pattern.tree import (
    And,
    Compare,
    Condition,
    Delimited,
    Everything,
    IsFalse,
    IsNull,
    IsTrue,
    Leaf,
    NotExists,
    Or,
    Terms,
    join,
)
from ..infix import infix, is_text
from ..translation import InexpressibleError, Reason, Translation
from .columns import TABLE_GUIDE, Value, quoted, value_of

TABLE = "cloudtrail_logs"
# For the table with partition projection of the Athena user guide, so that a query never reads all log files.
PARTITIONS = """"timestamp" >= date_format(current_date - interval '7' day, '%Y/%m/%d')"""
SHOWN = (
    *("eventtime", "recipientaccountid", "awsregion", "useridentity.arn as caller", "eventsource", "eventname"),
    *("errorcode", "sourceipaddress", "useragent", "eventid"),
)
_NEVER = "No string or number passes it, so the condition is never true."
_FUNCTIONS = 'Athena user guide, "Functions in Amazon Athena"'


def to_athena(pattern: CompiledPattern) -> Translation:
    """Return the condition for the rows that a filter pattern matches, or the reasons against it."""
    tree = pattern.tree
    if isinstance(tree, Terms | Delimited):
        why = "The table has the fields of a record, and no column for its whole text."
        return Translation("", (Reason(str(pattern), why, TABLE_GUIDE),))
    if isinstance(tree, Everything):
        return Translation("true")
    reasons: list[Reason] = []
    text = infix(_without_nulls(tree), _leaf, _one_of, reasons)
    return Translation("" if reasons else text, tuple(dict.fromkeys(reasons)))


def _without_nulls(condition: Condition) -> Condition:
    """Leave ``IS NULL`` out beside ``NOT EXISTS``: a column is null in both cases."""
    if not isinstance(condition, And | Or):
        return condition
    kept = [_without_nulls(each) for each in condition.operands if not _is_said(each, condition)]
    return join(type(condition), tuple(kept))


def _is_said(leaf: Condition, condition: And | Or) -> bool:
    if not (isinstance(leaf, IsNull) and isinstance(condition, Or) and NotExists(leaf.selector) in condition.operands):
        return False
    try:
        return not value_of(leaf.selector).json
    except InexpressibleError:
        return False


def query(translation: Translation, table: str = TABLE, partitions: str = "") -> str:
    """Return a query that lists the matching rows of some partitions, of all if there is no condition on them."""
    condition = f"({partitions})\n  and ({translation.text})" if partitions else translation.text
    return f"select {', '.join(SHOWN)}\nfrom {table}\nwhere {condition}\norder by eventtime"


def _one_of(group: Sequence[Compare]) -> str:
    texts = ", ".join(dict.fromkeys(quoted(each.literal.text) for each in group))
    value = _plain(value_of(group[0].selector))
    return _each(value, f"{value.text} in ({texts})")


def _leaf(leaf: Leaf) -> str:
    value = value_of(leaf.selector)
    if isinstance(leaf, Compare):
        _plain(value)
        return _each(value, _comparison(leaf, value))
    if isinstance(leaf, IsNull | IsTrue | IsFalse):
        return _each(value, _constant(leaf, _plain(value)))
    if value.many:
        raise InexpressibleError("A missing value of a list can be read in two ways.", TABLE_GUIDE)
    return f"{value.presence} is null"


def _each(value: Value, test: str) -> str:
    return f"cardinality(filter({value.many}, each -> {test})) > 0" if value.many else test


def _plain(value: Value) -> Value:
    if not value.plain:
        raise InexpressibleError(f"{value.text} is a struct or an array, and only texts are compared.", TABLE_GUIDE)
    return value


def _constant(leaf: IsNull | IsTrue | IsFalse, value: Value) -> str:
    word = {IsNull: "null", IsTrue: "true", IsFalse: "false"}[type(leaf)]
    if value.json:
        return f"json_format({value.json}) = '{word}'"
    if isinstance(leaf, IsNull):
        raise InexpressibleError("A column of the table does not tell null from a missing value.", TABLE_GUIDE)
    return f"{value.text} = '{word}'"


def _comparison(leaf: Compare, value: Value) -> str:
    literal, negated = leaf.literal, leaf.operator == "!="
    if literal.is_number:
        return _number(leaf, value)
    if is_text(leaf):
        return f"{value.text} {'<>' if negated else '='} {quoted(literal.text)}"
    if literal.is_regex:
        return f"{'not ' if negated else ''}regexp_like({value.text}, {quoted(literal.text)})"
    if literal.text.strip("*") == "":
        if negated:
            raise InexpressibleError(_NEVER, _FUNCTIONS)
        return f"{value.text} is not null"
    return f"{value.text} {'not ' if negated else ''}like {_like(literal.text)}"


def _number(leaf: Compare, value: Value) -> str:
    """Compare with a number by value; a text of digits equals the number that is written so, and has no order."""
    number = f"try_cast({f'json_format({value.json})' if value.json else value.text} as double)"
    sign, digits = leaf.operator, leaf.literal.text
    if sign not in ("=", "!="):
        return f"{number} {sign} {digits.lstrip('+')}"
    if sign == "=":
        return f"({value.text} = {quoted(digits)} or {number} = {digits.lstrip('+')})"
    return f"({value.text} <> {quoted(digits)} and coalesce({number} <> {digits.lstrip('+')}, true))"


def _like(text: str) -> str:
    """Return the right side of LIKE for a literal with asterisks."""
    escaped = re.sub(r"[%_\\]", r"\\\g<0>", text)
    pattern = quoted(re.sub(r"\*+", "%", escaped))
    return f"{pattern} escape '\\'" if escaped != text else pattern
