# Copyright: secmon.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Format the results of rule tests and lint for a terminal."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Iterator, Sequence

from .engines import EVENTBRIDGE, INSIGHTS, EngineResult
from .lint.finding import Finding
from .rule import Rule
from .rule_tests import TestResult

_WIDTH = 100
_ENGINES = (EVENTBRIDGE, INSIGHTS)
_HEADING = ("rule", "severity", "matching", "near misses", "tests", "lint")


def format_report(rules: Sequence[Rule], results: Sequence[TestResult], findings: Sequence[Finding]) -> str:
    """Return a table with one row per rule, then every failed test, every finding, and the totals."""
    blocks = [_table([_HEADING, *(_row(rule, results, findings) for rule in rules)])]
    failed = [result for result in results if not result.passed]
    blocks += ["\n".join(_failure_lines(result)) for result in failed]
    blocks += ["\n".join(_finding_lines(finding)) for finding in findings]
    blocks.append(format_totals(rules, results, findings))
    return "\n\n".join(blocks)


def format_engines(results: Sequence[EngineResult]) -> str:
    """Return a table of what EventBridge and Logs Insights make of each rule, then the reasons and failed tests."""
    by_rule: dict[str, dict[str, EngineResult]] = {}
    for result in results:
        by_rule.setdefault(result.rule_id, {})[result.engine] = result
    rows = [(rule_id, *(_engine_cell(engines[name]) for name in _ENGINES)) for rule_id, engines in by_rule.items()]
    blocks = [_table([("rule", *_ENGINES), *rows])]
    blocks += ["\n".join(_engine_lines(result)) for result in results if result.reasons or result.failed]
    return "\n\n".join(blocks)


def _engine_cell(result: EngineResult) -> str:
    if result.reasons:
        return "no"
    return f"{len(result.text)} characters" + (", tests FAILED" if result.failed else "")


def _engine_lines(result: EngineResult) -> Iterator[str]:
    yield f"{result.engine} {'cannot take' if result.reasons else 'fails tests of'} {result.rule_id}:"
    for reason in result.reasons:
        yield from _indented(str(reason))
        yield from _indented(f"source: {reason.source}")
    for name in result.failed:
        yield from _indented(f"test {name!r} FAILED")


def format_totals(rules: Sequence[Rule], results: Sequence[TestResult], findings: Sequence[Finding]) -> str:
    """Return the number of rules, tests, failures and findings in one sentence."""
    failed = sum(not result.passed for result in results)
    errors = sum(finding.level == "error" for finding in findings)
    return (
        f"{_count(len(rules), 'rule')}, {_count(len(results), 'test')}, {failed} failed; "
        f"lint: {_count(errors, 'error')}, {_count(len(findings) - errors, 'warning')}."
    )


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"


def _row(rule: Rule, results: Iterable[TestResult], findings: Iterable[Finding]) -> tuple[str, ...]:
    matching = sum(test.match for test in rule.tests)
    failed = sum(not result.passed for result in results if result.rule_id == rule.id)
    levels = [finding.level for finding in findings if finding.rule_id == rule.id]
    return (
        rule.id,
        rule.severity,
        str(matching),
        str(len(rule.tests) - matching),
        f"{failed} FAILED" if failed else "passed",
        "ERROR" if "error" in levels else "warning" if levels else "clean",
    )


def _table(rows: Sequence[tuple[str, ...]]) -> str:
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = ("  ".join(text.ljust(width) for text, width in zip(row, widths, strict=True)).rstrip() for row in rows)
    return "\n".join(lines)


def _failure_lines(result: TestResult) -> Iterator[str]:
    expected, got = ("a match", "no match") if result.expected else ("no match", "a match")
    yield f"FAILED {result.rule_id}: {result.test_name!r} expected {expected}, got {got}"
    for line in result.explanation:
        yield from _indented(line)


def _finding_lines(finding: Finding) -> Iterator[str]:
    yield f"{finding.level.upper()} {finding.rule_id}: {finding.code}"
    yield from _indented(finding.reason)
    if finding.hint:
        yield from _indented(f"hint: {finding.hint}")
    yield from _indented(f"source: {finding.source}")


def _indented(text: str) -> Iterator[str]:
    for line in text.splitlines():
        yield from textwrap.wrap(
            line, _WIDTH, initial_indent="  ", subsequent_indent="    ", break_long_words=False, break_on_hyphens=False
        )
