# Copyright: secmon.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Translate a filter pattern to a query of CloudWatch Logs Insights.

Sources: CloudWatch Logs user guide, "CloudWatch Logs Insights language query syntax"; CloudWatch Logs API reference,
StartQuery; CloudWatch API reference, PutLogAlarm.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from ...filter_pattern.matching.match import effective_terms
from ...filter_pattern.pattern import CompiledPattern
from ...filter_pattern.tree import (
    Compare,
    Delimited,
    Everything,
    IsFalse,
    IsNull,
    IsTrue,
    Leaf,
    Term,
    Terms,
)
from ..infix import infix, is_text
from ..translation import InexpressibleError, Reason, Translation
from .names import FIELDS_GUIDE, escaped, field_name, quoted, quoted_name

MOST_CHARACTERS = 10_000
"""CloudWatch Logs API reference, StartQuery (queryString); CloudWatch API reference, PutLogAlarm (QueryString)."""

ACTOR = ("userIdentity.arn", "recipientAccountId")
"""The fields of a record that say who called and in which account."""

FILTER_GUIDE = 'CloudWatch Logs user guide, "filter"'
_BOOLEANS = {IsTrue: 1, IsFalse: 0}
_STARS = re.compile(r"\*+")


def to_insights(pattern: CompiledPattern) -> Translation:
    """Return the command `filter` for the messages that a filter pattern matches, or the reasons against it."""
    tree = pattern.tree
    if isinstance(tree, Delimited):
        why = "Logs Insights discovers no fields in lines that are not JSON."
        return Translation("", (Reason(str(pattern), why, FIELDS_GUIDE),))
    if isinstance(tree, Everything):
        return Translation("filter ispresent(@message)")
    reasons: list[Reason] = []
    text = "filter " + (_terms(tree, reasons) if isinstance(tree, Terms) else infix(tree, _leaf, _one_of, reasons))
    if len(text) > MOST_CHARACTERS:
        why = f"The query has {len(text):,} characters, Logs Insights takes {MOST_CHARACTERS:,}."
        reasons.append(Reason("", why, "CloudWatch Logs API reference, StartQuery"))
    return Translation("" if reasons else text, tuple(dict.fromkeys(reasons)))


def count_by(translation: Translation, fields: Sequence[str] = ACTOR, most: int = 100) -> str:
    """Return a query that counts the matching events by fields, the most frequent first."""
    by = ", ".join(map(quoted_name, fields))
    return f"{translation.text}\n| stats count(*) as events by {by}\n| sort events desc\n| limit {most}"


def _one_of(group: Sequence[Compare]) -> str:
    values = ", ".join(dict.fromkeys(quoted(each.literal.text) for each in group))
    return f"{field_name(group[0].selector)} in [{values}]"


def _leaf(leaf: Leaf) -> str:
    name = field_name(leaf.selector)
    if isinstance(leaf, Compare):
        return _comparison(leaf, name)
    if isinstance(leaf, IsNull):
        raise InexpressibleError("Logs Insights has no test for null.", FIELDS_GUIDE)
    if isinstance(leaf, IsTrue | IsFalse):
        return f"{name} = {_BOOLEANS[type(leaf)]}"
    return f"not ispresent({name})"


def _comparison(leaf: Compare, name: str) -> str:
    literal, negated = leaf.literal, leaf.operator == "!="
    if literal.is_number:
        test = f"{name} {leaf.operator} {literal.text.lstrip('+')}"
    elif is_text(leaf):
        test = f"{name} {leaf.operator} {quoted(literal.text)}"
    elif literal.text.strip("*") == "" and not literal.is_regex:
        if negated:
            raise InexpressibleError("No string or number passes it, so the condition is never true.", FILTER_GUIDE)
        return f"ispresent({name})"
    else:
        expression = _slashes(literal.text) if literal.is_regex else _wildcard(literal.text)
        test = f"{name} {'not ' if negated else ''}like /{expression}/"
    # What Logs Insights answers for a missing field is not documented; in a filter pattern != is false.
    return f"(ispresent({name}) and {test})" if negated else test


def _wildcard(text: str) -> str:
    """Return the regular expression of a literal with asterisks, which is anchored where it has none."""
    text = _STARS.sub("*", text)
    start, end = "" if text.startswith("*") else "^", "" if text.endswith("*") else "$"
    return start + ".*".join(map(escaped, text.strip("*").split("*"))) + end


def _slashes(expression: str) -> str:
    quoted(expression)
    return expression.replace("/", r"\/")


def _terms(tree: Terms, reasons: list[Reason]) -> str:
    terms = effective_terms(tree)
    try:
        parts = [_term(term) for term in terms]
    except InexpressibleError as error:
        reasons.append(error.reason)
        return ""
    return (" or " if any(term.sign == "?" for term in terms) else " and ").join(parts)


def _term(term: Term) -> str:
    literal = term.literal
    text = f"/{_slashes(literal.text)}/" if literal.is_regex else quoted(literal.text)
    return f"@message {'not ' if term.sign == '-' else ''}like {text}"
