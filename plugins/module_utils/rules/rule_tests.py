# Copyright: secmon.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Run the tests of rules and explain the failures."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Union

from ..filter_pattern.pattern import CompiledPattern, ConditionResult, LogMessage
from ..filter_pattern.tree import And, Condition, Delimited, Everything, FieldName, Or, Selector, Terms
from .parameters import fill_pattern, values_for_test
from .rule import Rule, RuleTest

_OnField = tuple[Union[Selector, FieldName, None], ConditionResult]

# How the engine describes a field without a value.
_FOUND = {"absent": "it is absent from the event", "present": "it is present in the event"}


@dataclass(frozen=True)
class TestResult:
    """The result of one test; ``explanation`` names the conditions that made it fail."""

    __test__ = False  # keeps pytest from collecting the class

    rule_id: str
    test_name: str
    expected: bool
    matched: bool
    explanation: tuple[str, ...] = ()

    @property
    def passed(self) -> bool:
        """Return whether the result is the expected one."""
        return self.matched is self.expected


def run_tests(rules: Iterable[Rule]) -> tuple[TestResult, ...]:
    """Run every test of every rule with the sample values of its parameters."""
    return tuple(result for rule in rules for result in _run_rule(rule))


def _run_rule(rule: Rule) -> list[TestResult]:
    # Most tests of a rule use the same values and so the same pattern.
    compiled: dict[tuple[tuple[str, tuple[str, ...]], ...], CompiledPattern] = {}
    results = []
    for test in rule.tests:
        values = values_for_test(rule, test)
        key = tuple(sorted(values.items()))
        if key not in compiled:
            compiled[key] = fill_pattern(rule, values)
        results.append(_run(rule, test, compiled[key]))
    return results


def _run(rule: Rule, test: RuleTest, compiled: CompiledPattern) -> TestResult:
    message = LogMessage(test.message)
    matched = compiled.matches(message)
    explanation = () if matched is test.match else _explain(compiled, message, test.match)
    return TestResult(rule.id, test.name, test.match, matched, explanation)


def _explain(compiled: CompiledPattern, message: LogMessage, expected: bool) -> tuple[str, ...]:
    """Describe the decisive conditions, one line for each run of conditions on the same field."""
    results = compiled.explain(message)
    if isinstance(compiled.tree, Everything | Terms | Delimited):
        decisive: list[_OnField] = [(None, result) for result in results]
    else:
        decisive = _decisive(compiled.tree, iter(results))[1]
    wrong = [(field, result) for field, result in decisive if result.holds is not expected]
    if not wrong:
        return (f"the pattern {compiled} {'does not match' if expected else 'matches'} the event",)
    runs = itertools.groupby(wrong, key=lambda entry: (entry[0], entry[1].found))
    return tuple(_sentence([result for _key, result in run], "false" if expected else "true") for _key, run in runs)


def _decisive(condition: Condition, results: Iterator[ConditionResult]) -> tuple[bool, list[_OnField]]:
    """Return whether a condition is true, and which single conditions decide that, each with its field.

    ``results`` are those of the leaves from left to right. An AND is false because of its false operands, an OR is true
    because of its true operands; other operands are not decisive.
    """
    if not isinstance(condition, And | Or):
        result = next(results)
        return result.holds, [(condition.selector, result)]
    parts = [_decisive(operand, results) for operand in condition.operands]
    holds = all(part[0] for part in parts) if isinstance(condition, And) else any(part[0] for part in parts)
    return holds, [entry for part in parts if part[0] is holds for entry in part[1]]


def _sentence(run: list[ConditionResult], truth: str) -> str:
    what = f"condition `{run[0].text}` is {truth}"
    if len(run) > 1:
        what = f"condition `{run[0].text}` and {len(run) - 1} more up to `{run[-1].text}` are {truth}"
    return f"{what}: {_FOUND.get(run[0].found, f'the event has {run[0].found}')}"
