# Copyright: secmon.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Explain a match: for each condition its result, and the value in the message."""

from __future__ import annotations

import json
from dataclasses import dataclass

from .matching.document import Json, JsonNumber
from .matching.fields import FieldLayout, compile_field_condition
from .matching.json_message import compile_leaf
from .matching.match import compile_term, effective_terms
from .matching.message import LogMessage
from .matching.reach import Document, reach_all
from .printer import print_condition, print_tree
from .tree import (
    Condition,
    Delimited,
    Everything,
    FieldName,
    Leaf,
    Selector,
    Term,
    Terms,
    Tree,
    leaves,
    tree_leaves,
)

_LONGEST_VALUE = 120
_MOST_VALUES = 5


@dataclass(frozen=True)
class ConditionResult:
    """One condition of a pattern: its text, whether it is true, and the value in the message."""

    text: str
    holds: bool
    found: str


def explain(tree: Tree, message: LogMessage) -> tuple[ConditionResult, ...]:
    """Return the conditions of a pattern from left to right, with their results for a message."""
    if isinstance(tree, Everything):
        return ()
    if isinstance(tree, Terms):
        return tuple(_term_result(term, message.text) for term in effective_terms(tree))
    if isinstance(tree, Delimited):
        return _field_results(tree, message)
    return _json_results(tree, message.document)


def _term_result(term: Term, text: str) -> ConditionResult:
    holds = compile_term(term)(text)
    occurs = holds != (term.sign == "-")
    return ConditionResult(print_tree(Terms((term,))), holds, "present" if occurs else "absent")


def _field_results(tree: Delimited, message: LogMessage) -> tuple[ConditionResult, ...]:
    layout = FieldLayout(tree)
    values = layout.values(message)
    needs = f"at least {layout.least} fields"
    results = [ConditionResult(needs, values is not None, f"{len(message.fields)} fields")]
    for leaf in tree_leaves(tree):
        holds = values is not None and compile_field_condition(leaf, layout)(values)
        place = layout.places.get(leaf.selector.name) if isinstance(leaf.selector, FieldName) else None
        found = "absent" if values is None or place is None else _show(values[place])
        results.append(ConditionResult(print_condition(leaf), holds, found))
    return tuple(results)


def _json_results(tree: Condition, document: Document | None) -> tuple[ConditionResult, ...]:
    if document is None:
        missing = "the message is not a JSON object"
        return tuple(ConditionResult(print_condition(leaf), False, missing) for leaf in leaves(tree))
    return tuple(_leaf_result(leaf, document) for leaf in leaves(tree))


def _leaf_result(leaf: Leaf, document: Document) -> ConditionResult:
    values = reach_all(leaf.selector, document) if isinstance(leaf.selector, Selector) else []
    found = ", ".join(map(_show, values[:_MOST_VALUES])) or "absent"
    if len(values) > _MOST_VALUES:
        found += f" and {len(values) - _MOST_VALUES} more"
    return ConditionResult(print_condition(leaf), compile_leaf(leaf)(document), found)


def _show(value: Json) -> str:
    """Describe a value in one short line; objects and arrays by their size only."""
    if isinstance(value, dict):
        return f"an object of {len(value)}"
    if isinstance(value, list):
        return f"an array of {len(value)}"
    if isinstance(value, JsonNumber):
        return _shorten(value)
    return json.dumps(_shorten(value) if isinstance(value, str) else value, ensure_ascii=False)


def _shorten(text: str) -> str:
    return text if len(text) <= _LONGEST_VALUE else text[: _LONGEST_VALUE - 3] + "..."
