"""Where the three engines may answer differently for one pattern, with the source; anything else is a defect."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from ansible_collections.secmon.aws.plugins.module_utils.engines.eventbridge.value_tests import wildcard_matches
from ansible_collections.secmon.aws.plugins.module_utils.engines.insights.record import MOST_FIELDS, fields_of
from ansible_collections.secmon.aws.plugins.module_utils.event_pattern.numeric import LARGEST
from ansible_collections.secmon.aws.plugins.module_utils.filter_pattern.matching.document import JsonNumber
from ansible_collections.secmon.aws.plugins.module_utils.filter_pattern.matching.reach import reach_all
from ansible_collections.secmon.aws.plugins.module_utils.filter_pattern.matching.values import wildcard_test
from ansible_collections.secmon.aws.plugins.module_utils.filter_pattern.pattern import CompiledPattern, LogMessage
from ansible_collections.secmon.aws.plugins.module_utils.filter_pattern.tree import (
    AnyElement,
    Compare,
    IsFalse,
    IsTrue,
    Leaf,
    Name,
    NotExists,
    Selector,
    tree_leaves,
)

EVENTBRIDGE = "EventBridge"
INSIGHTS = "Logs Insights"
_OPERATORS = 'EventBridge user guide, "Comparison operators for use in event patterns"'
_ARRAYS = 'EventBridge user guide, "Arrays in event patterns"'
_FIELDS = 'CloudWatch Logs user guide, "Supported logs and discovered fields"'
_LIVE = "observed with TestMetricFilter, us-east-1, 2026-09"
_RULER = "event-ruler, the public rules engine of EventBridge"
_READING = "our reading, not seen on AWS"


@dataclass(frozen=True)
class Difference:
    """One difference.

    Attributes:
        code: What it is called here.
        what: What differs.
        source: Where it comes from.
        pattern: A filter pattern that shows it.
        message: A message for it.
        answers: What the metric filter, EventBridge and Logs Insights answer; None if they cannot take the pattern.
    """

    code: str
    what: str
    source: str
    pattern: str
    message: str
    answers: tuple[bool, bool | None, bool | None]


KNOWN = (
    Difference(
        "arrays",
        "EventBridge looks into arrays on its own, also on the way to a field; a filter pattern needs `[*]`, and "
        "`[*]` takes the values of an object as well. Logs Insights numbers the elements.",
        f"{_ARRAYS}; {_LIVE}; {_FIELDS}",
        '{ $.a.b = "x" }',
        '{"a": [{"b": "x"}]}',
        (False, True, False),
    ),
    Difference(
        "leaf-only",
        "`NOT EXISTS` is false for an object, an array or null. EventBridge and Logs Insights know leaves only, so an "
        "object does not exist for them; for Logs Insights null does not exist either.",
        f"{_OPERATORS}; {_LIVE}; {_FIELDS} (null: {_READING})",
        "{ $.a NOT EXISTS }",
        '{"a": {"b": "x"}}',
        (False, True, True),
    ),
    Difference(
        "null-or-boolean",
        "`!=` and `= *` are false for null and booleans. `anything-but` and `exists` of EventBridge are true for "
        "them; for Logs Insights a boolean is 1 or 0.",
        f"{_LIVE}; {_RULER}; powertools-lambda-dotnet#667",
        '{ $.a != "x" }',
        '{"a": true}',
        (False, True, True),
    ),
    Difference(
        "boolean-number",
        "Logs Insights cannot distinguish a boolean from 1 or 0.",
        "powertools-lambda-dotnet#667",
        "{ $.a IS FALSE }",
        '{"a": 0}',
        (False, False, True),
    ),
    Difference(
        "number-text",
        "A quoted or wildcard literal compares with the digits of a number; EventBridge compares texts with texts "
        "only. Logs Insights compares a text of digits with a number by value.",
        f"{_LIVE}; {_OPERATORS}; {_READING} for Logs Insights",
        '{ $.a = "1" }',
        '{"a": 1}',
        (True, False, True),
    ),
    Difference(
        "large-number",
        f"EventBridge compares numbers between -{LARGEST:,} and {LARGEST:,} only.",
        _OPERATORS,
        "{ $.a > 1 }",
        '{"a": 6000000000}',
        (True, False, True),
    ),
    Difference(
        "interior-wildcard",
        "An asterisk of a filter pattern ends at the first occurrence of what follows and tries no other.",
        "observed with TestMetricFilter, 2019 (cfchou/metric_filter_parser)",
        '{ $.a = "1*1" }',
        '{"a": "1211"}',
        (False, True, True),
    ),
    Difference(
        "dotted-key",
        "EventBridge and Logs Insights do not distinguish a key with a dot from two keys.",
        f"{_LIVE}; {_RULER}; {_FIELDS}",
        '{ $.a.b = "x" }',
        '{"a.b": "x"}',
        (False, True, True),
    ),
    Difference(
        "many-fields",
        f"Logs Insights discovers {MOST_FIELDS} fields of a message.",
        _FIELDS,
        '{ $.z = "x" }',
        '{"a": [' + ", ".join(["0"] * MOST_FIELDS) + '], "z": "x"}',
        (True, True, False),
    ),
    Difference(
        "not-json",
        "No JSON pattern matches a message that is not a JSON object; in Logs Insights it has no fields, so "
        "`not ispresent` is true. CloudTrail delivers objects only.",
        f"{_LIVE}; {_FIELDS}",
        "{ $.a NOT EXISTS }",
        "text",
        (False, None, True),
    ),
    Difference(
        "line-end",
        "The end of a regular expression is also found before a last line break.",
        _READING,
        '{ $.a = "*x" }',
        '{"a": "x\\n"}',
        (False, False, True),
    ),
)


def explanations(pattern: CompiledPattern, message: LogMessage) -> dict[str, set[str]]:
    """Return by engine the codes of the differences that a pattern meets in a message."""
    document = message.document
    found: dict[str, set[str]] = {EVENTBRIDGE: set(), INSIGHTS: set()}
    if document is None:
        return {EVENTBRIDGE: set(), INSIGHTS: {"not-json"} if pattern.kind == "json" else set()}
    for leaf in tree_leaves(pattern.tree):
        if isinstance(leaf.selector, Selector):
            values = reach_all(leaf.selector, document)
            found[EVENTBRIDGE] |= set(_of_eventbridge(leaf, leaf.selector, values, document))
            found[INSIGHTS] |= set(_of_insights(leaf, values))
    if any("." in name for name in _keys(document)):
        found[EVENTBRIDGE].add("dotted-key")
        found[INSIGHTS].add("dotted-key")
    if len(fields_of(message.text)) > MOST_FIELDS:
        found[INSIGHTS].add("many-fields")
    return found


def _of_eventbridge(leaf: Leaf, selector: Selector, values: list[Any], document: Any) -> Iterator[str]:
    if meets_array(selector, [document]):
        yield "arrays"
    if isinstance(leaf, NotExists) and any(isinstance(value, dict | list) for value in values):
        yield "leaf-only"
    if isinstance(leaf, Compare):
        yield from _of_both(leaf, values)
        numbers = [value for value in values if isinstance(value, JsonNumber)]
        texts = [value for value in values if isinstance(value, str) and not isinstance(value, JsonNumber)]
        if (numbers and not leaf.literal.is_number) or (texts and leaf.literal.is_number and leaf.operator == "!="):
            yield "number-text"
        if leaf.operator not in ("=", "!=") and any(abs(Decimal(number)) > LARGEST for number in numbers):
            yield "large-number"


def _of_insights(leaf: Leaf, values: list[Any]) -> Iterator[str]:
    if isinstance(leaf, NotExists) and any(value is None or isinstance(value, dict | list) for value in values):
        yield "leaf-only"
    if isinstance(leaf, IsTrue | IsFalse) and any(isinstance(value, str) for value in values):
        yield "boolean-number"
    if isinstance(leaf, Compare):
        yield from _of_both(leaf, values)
        if any(isinstance(value, bool) for value in values):
            yield "boolean-number"
        if leaf.literal.is_number and any(isinstance(value, str) for value in values):
            yield "number-text"
        if any(isinstance(value, str) and value.endswith("\n") for value in values):
            yield "line-end"


def _of_both(leaf: Compare, values: list[Any]) -> Iterator[str]:
    literal = leaf.literal
    if (leaf.operator == "!=" or literal.text == "*") and any(
        value is None or value in (True, False) for value in values
    ):
        yield "null-or-boolean"
    if literal.has_wildcard:
        first, all_ways = wildcard_test(literal.text), literal.text
        if any(isinstance(value, str) and first(value) != wildcard_matches(all_ways, value) for value in values):
            yield "interior-wildcard"


def meets_array(selector: Selector, values: list[Any]) -> bool:
    """Return whether a selector meets an array without `[*]`, or `[*]` something else than an array."""
    for step in selector.steps:
        any_element = isinstance(step, AnyElement)
        if any(isinstance(value, list) != any_element for value in values if isinstance(value, dict | list)):
            return True
        if any_element:
            values = [item for value in values if isinstance(value, list) for item in value]
        elif isinstance(step, Name):
            values = [value[step.name] for value in values if isinstance(value, dict) and step.name in value]
    return any(isinstance(value, list) for value in values)


def _keys(value: Any) -> Iterable[str]:
    if isinstance(value, dict):
        yield from value
        for below in value.values():
            yield from _keys(below)
    elif isinstance(value, list):
        for item in value:
            yield from _keys(item)
