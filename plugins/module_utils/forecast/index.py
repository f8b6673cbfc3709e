# Copyright: secmon.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Find the rules that match a record, without trying all of them on each record."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from functools import lru_cache
from typing import Any

from ..filter_pattern.matching.document import JsonNumber
from ..filter_pattern.matching.match import compile_match
from ..filter_pattern.pattern import LogMessage, compile_pattern
from ..filter_pattern.tree import And, Condition, Delimited, Everything, FieldName, Name, Or, Selector, Terms, Tree

_CALL: set[Selector | FieldName] = {Selector((Name("eventName"),)), Selector((Name("eventSource"),))}
_MOST_CALLS = 20_000
_Test = Callable[[LogMessage], bool]


class RuleIndex:
    """Patterns by the call, that is the eventSource and the eventName, of the records that they can match."""

    def __init__(self, patterns: Mapping[str, str]) -> None:
        """Compile the patterns, whose keys are the ids of the rules."""
        compiled = {rule_id: compile_pattern(text) for rule_id, text in patterns.items()}
        self._trees = {rule_id: pattern.tree for rule_id, pattern in compiled.items()}
        self._needs_text = any(pattern.kind != "json" for pattern in compiled.values())
        self._of_call: dict[tuple[Any, Any], list[tuple[str, _Test]]] = {}

    def matches(self, record: Mapping[str, Any]) -> Iterator[str]:
        """Yield the ids of the rules that match a record, parsed by `parse_document`."""
        message = _Record(record, needs_text=self._needs_text)
        for rule_id, test in self._possible(record):
            if test(message):
                yield rule_id

    def _possible(self, record: Mapping[str, Any]) -> list[tuple[str, _Test]]:
        """Return the rules that may match a record of this call, with what is left to test."""
        source, name = record.get("eventSource"), record.get("eventName")
        if not (isinstance(source, str) and isinstance(name, str)):
            return [(rule_id, _test_of(tree)) for rule_id, tree in self._trees.items()]
        found = self._of_call.get((source, name))
        if found is None:
            call = call_message(source, name)
            left = {rule_id: reduce_tree(tree, call) for rule_id, tree in self._trees.items()}
            found = [(rule_id, _test_of(tree)) for rule_id, tree in left.items() if tree is not False]
            if len(self._of_call) < _MOST_CALLS:
                self._of_call[source, name] = found
        return found


class _Record(LogMessage):
    """A message that is already parsed; patterns of terms read its text."""

    def __init__(self, record: Mapping[str, Any], *, needs_text: bool) -> None:
        super().__init__(json.dumps(_plain(record), separators=(",", ":")) if needs_text else "")
        self.__dict__["document"] = record


def _plain(value: Any) -> Any:
    if isinstance(value, JsonNumber):
        return json.loads(value)
    if isinstance(value, dict):
        return {key: _plain(each) for key, each in value.items()}
    return [_plain(each) for each in value] if isinstance(value, list) else value


def call_message(source: str, name: str) -> LogMessage:
    """Return a record of a call with nothing but its eventSource and eventName."""
    return _Record({"eventSource": source, "eventName": name}, needs_text=False)


def reduce_tree(tree: Tree, call: LogMessage) -> Tree | bool:
    """Return what is left to test in the records of a call: True if all match, False if none does.

    Args:
        tree: The tree of the pattern.
        call: What `call_message` returns.
    """
    return tree if isinstance(tree, Everything | Terms | Delimited) else _reduce(tree, call)


def _reduce(condition: Condition, call: LogMessage) -> Condition | bool:
    if isinstance(condition, And | Or):
        decisive = isinstance(condition, Or)
        reduced = [_reduce(operand, call) for operand in condition.operands]
        if decisive in reduced:
            return decisive
        left = tuple(operand for operand in reduced if not isinstance(operand, bool))
        if len(left) > 1:
            return replace(condition, operands=left)
        return left[0] if left else not decisive
    return _test_of(condition)(call) if condition.selector in _CALL else condition


@lru_cache(maxsize=4096)
def _test_of(tree: Tree | bool) -> _Test:
    return compile_match(Everything() if isinstance(tree, bool) else tree)
