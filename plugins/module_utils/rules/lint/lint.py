# Copyright: secmon.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Find errors and doubtful points in valid rules, each with reason and source."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from ..rule import Rule
from .alarm import lint_alarm
from .events import lint_tests
from .finding import Finding, LintContext
from .operations import lint_operations, lint_overlaps
from .pattern import lint_pattern
from .trail import lint_log_group, lint_trail

__all__ = ["Finding", "LintContext", "lint_rules"]

NO_CONTEXT = LintContext()


def lint_rules(rules: Iterable[Rule], context: LintContext = NO_CONTEXT) -> tuple[Finding, ...]:
    """Return all findings, in the order of the rules; findings about the log group are last.

    A disabled rule is also checked, except for problems of a deployed rule.
    """
    rules = tuple(rules)
    each = (finding for rule in rules for finding in _lint_rule(rule, context))
    return (*each, *lint_overlaps(rules), *lint_log_group(rules, context))


def _lint_rule(rule: Rule, context: LintContext) -> Iterator[Finding]:
    yield from lint_pattern(rule)
    yield from lint_alarm(rule)
    yield from lint_operations(rule)
    yield from lint_tests(rule)
    if rule.enabled:
        yield from lint_trail(rule, context)
