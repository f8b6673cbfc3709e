# Copyright: secmon.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Choose the detection rules of an account, and find what makes them useless there."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any

from ..validation.errors import RuleError, RuleProblem
from .catalog import load_rules
from .lint.lint import Finding, LintContext, lint_rules
from .overrides import apply_overrides, resolve
from .rule import Rule
from .rule_tests import run_tests

Packs = Mapping[str, tuple[Rule, ...]]
"""The rules that ship, by pack."""

PACKS = ("guide", "cis", "operational", "guard")
_LAYER = "secmon_rules"


def load_packs(folder: Path) -> Packs:
    """Load the rules that ship; each pack is a folder. Raises RuleError."""
    return {pack: load_rules(folder / pack) for pack in PACKS}


@dataclass(frozen=True)
class Trail:
    """What an account's trail records.

    Attributes:
        excluded_event_sources: Services whose management events it leaves out.
        management_events: ``all``, ``read`` or ``write``.
    """

    excluded_event_sources: tuple[str, ...] = ()
    management_events: str = "all"

    def context(self) -> LintContext:
        """Return it for the lint. Our trails record no data events."""
        return LintContext(
            excluded_event_sources=self.excluded_event_sources,
            trail_write_only=self.management_events == "write",
            trail_read_only=self.management_events == "read",
            trail_data_events=False,
        )


def choose_rules(shipped: Packs, packs: Iterable[str], overrides: Any) -> tuple[Rule, ...]:
    """Return the rules of some packs with an account's changes.

    Raises RuleError with every problem.
    """
    chosen = set(packs)
    rules = [rule for pack, members in shipped.items() if pack in chosen for rule in members]
    elsewhere = {rule.id: pack for pack, members in shipped.items() if pack not in chosen for rule in members}
    misplaced = tuple(_misplaced(overrides, elsewhere))
    sound = overrides
    if misplaced:
        keys = {problem.key for problem in misplaced}
        sound = {rule_id: changes for rule_id, changes in overrides.items() if rule_id not in keys}
    try:
        merged = apply_overrides(rules, (_LAYER, sound))
    except RuleError as error:
        raise RuleError((*misplaced, *error.errors)) from error
    if misplaced:
        raise RuleError(misplaced)
    return merged


def _misplaced(overrides: Any, elsewhere: Mapping[str, str]) -> Iterator[RuleProblem]:
    """Find changes of rules that no chosen pack has; what has a pattern is a rule of its own."""
    if not isinstance(overrides, Mapping):
        return
    for rule_id, changes in overrides.items():
        pack = elsewhere.get(rule_id) if isinstance(rule_id, str) else None
        if pack and isinstance(changes, Mapping) and "pattern" not in changes:
            message = f"this rule is in the pack {pack}, which secmon_packs does not choose"
            yield RuleProblem(_LAYER, None, rule_id, message, f"add {pack} to secmon_packs, or remove the change")


def deployed(rules: Iterable[Rule], account_values: Mapping[str, str] = MappingProxyType({})) -> tuple[Rule, ...]:
    """Return the enabled rules with their patterns filled in.

    `account_values` are what the account itself knows by the name of the parameter, such as ``bucket_name``: they fill
    required parameters that nobody gave a value. Optional ones stay open, since each narrows what its rule finds.

    Raises RuleError with every problem, such as a required parameter without a value.
    """
    resolved: list[Rule] = []
    problems: list[RuleProblem] = []
    for rule in rules:
        if rule.enabled:
            try:
                resolved.append(resolve(rule, _unsaid(rule, account_values)))
            except RuleError as error:
                problems += [_named(problem, rule) for problem in error.errors]
    if problems:
        raise RuleError(problems)
    return tuple(resolved)


def _unsaid(rule: Rule, account_values: Mapping[str, str]) -> dict[str, str]:
    missing = {parameter.name for parameter in rule.parameters if parameter.required and not parameter.value}
    return {name: value for name, value in account_values.items() if name in missing}


def _named(problem: RuleProblem, rule: Rule) -> RuleProblem:
    return RuleProblem(_LAYER, None, f"{rule.id}.{problem.key}", problem.message, problem.hint)


@dataclass(frozen=True)
class RuleReport:
    """What is wrong with an account's rules, each entry in one line; `errors` keep them from doing their work."""

    rules: tuple[Rule, ...] = ()
    errors: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()


def check_rules(
    shipped: Packs,
    packs: Sequence[str],
    overrides: Any,
    trail: Trail,
    account_values: Mapping[str, str] = MappingProxyType({}),
) -> RuleReport:
    """Choose, test and lint an account's rules, and fill them in; `account_values` are those of `deployed`."""
    try:
        rules = choose_rules(shipped, packs, overrides)
    except RuleError as error:
        return RuleReport(errors=tuple(map(one_line, error.errors)))
    errors = [
        f"rule {test.rule_id}: the test {test.test_name!r} expects {_outcome(test.expected)} and got"
        f" {_outcome(test.matched)}. {_flat('; '.join(test.explanation))}"
        for test in run_tests(rules)
        if not test.passed
    ]
    findings = lint_rules(rules, trail.context())
    errors += [_told(finding) for finding in findings if finding.level == "error"]
    ready: tuple[Rule, ...] = ()
    try:
        ready = deployed(rules, account_values)
    except RuleError as error:
        errors += map(one_line, error.errors)
    if not errors and not ready:
        errors.append("no rule is left to deploy. Choose a pack, or enable a rule.")
    warnings = tuple(_told(finding) for finding in findings if finding.level == "warning")
    return RuleReport(ready, tuple(errors), warnings)


def override_errors(shipped: Packs, overrides: Any) -> tuple[str, ...]:
    """Return what is wrong with an account's changes, whatever packs it chooses, each in one line."""
    try:
        choose_rules(shipped, shipped, overrides)
    except RuleError as error:
        return tuple(map(one_line, error.errors))
    return ()


def one_line(problem: RuleProblem) -> str:
    """Return a rule's problem in one line; the place first, then what is wrong and what to do."""
    place = f"{problem.file}: {problem.key}" if problem.file != _LAYER else problem.key
    hint = f" ({_joined(problem.hint)})" if problem.hint else ""
    told = f"{_joined(problem.message)}{hint}"
    return _flat(f"{place}: {told}" if place else told)


def _told(finding: Finding) -> str:
    hint = f" ({finding.hint})" if finding.hint else ""
    return _flat(f"rule {finding.rule_id}: {finding.reason}{hint}")


def _outcome(matches: bool) -> str:
    return "a match" if matches else "none"


def _joined(text: str) -> str:
    """Join the lines of a message. A caret alone in its line says nothing once it stands below no pattern."""
    lines = (_flat(line) for line in text.splitlines())
    return "; ".join(line for line in lines if line not in ("", "^")).replace("?; ", "? ")


def _flat(text: str) -> str:
    return " ".join(text.split())
