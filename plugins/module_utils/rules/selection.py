# Copyright: secmon.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Select the rules of an account, and check that they can work there."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from ..core.problems import listed
from ..validation.problems import Problem, ValidationError
from .limits import SEVERITIES
from .lint.lint import Finding, LintContext, lint_rules
from .overrides import apply_overrides, resolve, unknown_rule_hint
from .packs import OWN, Packs
from .rule import Rule
from .rule_tests import run_tests

_LAYER = "secmon_rules"
# The trail decides these, not the author of the rule.
DEPLOYER_ROLE = "deployer_role"
"""The parameter that excludes the calls of the role that deploys."""
ACCOUNT_ID = "account_id"
"""The parameter that tells the own account from foreign ones."""
_NAME_THE_DEPLOYER = "set secmon_deployer_role to the name of the role that runs them; a user cannot be excluded"
_NO_RULE = "no rule is enabled. Add a pack to secmon_packs or a severity to secmon_rule_severities, or enable a rule."
_OF_THE_TRAIL = ("-excluded", "-dropped")


@dataclass(frozen=True)
class Trail:
    """What the trail of an account records.

    Attributes:
        excluded_event_sources: Services whose management events are excluded.
        management_events: ``all``, ``read`` or ``write``.
        global_events_in: The only region with global events, if the trail does not record it.
    """

    excluded_event_sources: tuple[str, ...] = ()
    management_events: str = "all"
    global_events_in: str = ""

    def context(self) -> LintContext:
        """Return it for the lint. Trails of this collection record no data events."""
        return LintContext(
            excluded_event_sources=self.excluded_event_sources,
            trail_write_only=self.management_events == "write",
            trail_read_only=self.management_events == "read",
            trail_data_events=False,
            global_events_in=self.global_events_in,
        )


def choose_rules(
    shipped: Packs, packs: Iterable[str], overrides: Any, severities: Collection[str] = SEVERITIES
) -> tuple[Rule, ...]:
    """Return the rules of the selected packs and severities with the overrides of an account.

    Published rules are chosen whatever their severity, since Security Hub fails a control that is missing; likewise own
    rules, and those that an override enables.

    Raises ValidationError with every problem.
    """
    chosen = {*packs, OWN}
    rules = [rule for pack in shipped if pack in chosen for rule in shipped[pack]]
    elsewhere = {rule_id: pack for rule_id, pack in shipped.pack_of_each().items() if pack not in chosen}
    misplaced = tuple(_misplaced(overrides, elsewhere, {rule.id for rule in rules}))
    valid = overrides
    if misplaced:
        keys = {problem.key for problem in misplaced}
        valid = {rule_id: changes for rule_id, changes in overrides.items() if rule_id not in keys}
    try:
        merged = apply_overrides(rules, (_LAYER, valid))
    except ValidationError as error:
        raise ValidationError((*misplaced, *error.problems)) from error
    if misplaced:
        raise ValidationError(misplaced)
    wanted = {rule.id for rule in shipped.get(OWN, ())} | _enabled_by_name(overrides, {rule.id for rule in rules})
    return tuple(rule for rule in merged if rule.severity in severities or rule.compliance or rule.id in wanted)


def _enabled_by_name(overrides: Any, shipped: Collection[str]) -> set[str]:
    """Return the ids of new rules, and of those with ``enabled: true``."""
    changed = overrides.items() if isinstance(overrides, Mapping) else ()
    return {rule_id for rule_id, changes in changed if rule_id not in shipped or changes.get("enabled") is True}


def _misplaced(overrides: Any, elsewhere: Mapping[str, str], chosen: Collection[str]) -> Iterator[Problem]:
    """Find overrides of rules that are not selected or do not exist; an override with a pattern is a new rule."""
    if not isinstance(overrides, Mapping):
        return
    for rule_id, changes in overrides.items():
        if not isinstance(rule_id, str) or not isinstance(changes, Mapping) or "pattern" in changes:
            continue
        pack = elsewhere.get(rule_id)
        if not pack and rule_id not in chosen:
            known = [*chosen, *elsewhere]
            yield Problem(_LAYER, rule_id, "no rule has this id", unknown_rule_hint(rule_id, known))
        elif pack:
            message = f"this rule is in the pack {pack}, which is not in secmon_packs"
            yield Problem(_LAYER, rule_id, message, f"add {pack} to secmon_packs, or remove the override")


def deployed(rules: Iterable[Rule], account_values: Mapping[str, str] = MappingProxyType({})) -> tuple[Rule, ...]:
    """Return the enabled rules with their patterns filled in.

    `account_values` are known facts of the account by parameter name, such as ``bucket_name``: they fill required
    parameters without a value, the role of the deployer and the id of the account. Other optional parameters stay
    empty, since a value would narrow the rule.

    Raises ValidationError with every problem, such as a required parameter without a value.
    """
    resolved: list[Rule] = []
    problems: list[Problem] = []
    for rule in rules:
        if rule.enabled:
            try:
                resolved.append(resolve(rule, _missing_values(rule, account_values)))
            except ValidationError as error:
                problems += [_as_override_problem(problem, rule) for problem in error.problems]
    if problems:
        raise ValidationError(problems)
    return tuple(resolved)


def _missing_values(rule: Rule, account_values: Mapping[str, str]) -> dict[str, str]:
    missing = {
        parameter.name
        for parameter in rule.parameters
        if (parameter.required or parameter.name in (DEPLOYER_ROLE, ACCOUNT_ID)) and not parameter.value
    }
    return {name: value for name, value in account_values.items() if name in missing and value}


def _accusing(rules: Iterable[Rule]) -> Iterator[str]:
    """Yield that rules count the changes of these playbooks, which is true unless they know the deployer."""
    names = [
        rule.id
        for rule in rules
        if any(parameter.name == DEPLOYER_ROLE and not parameter.value for parameter in rule.parameters)
    ]
    if names:
        reason = "count what a run of these playbooks changes, and raise an alarm about it, as for an intruder"
        yield f"rule{'s' if len(names) > 1 else ''} {listed(names)}: {reason} ({_NAME_THE_DEPLOYER})"


def _as_override_problem(problem: Problem, rule: Rule) -> Problem:
    return Problem(_LAYER, f"{rule.id}.{problem.key}", problem.message, problem.hint)


@dataclass(frozen=True)
class RuleReport:
    """The rules of an account and their problems, each in one line; `errors` prevent the deployment."""

    rules: tuple[Rule, ...] = ()
    errors: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True)
class CheckedRules:
    """The rules that accounts have chosen, before the values of an account are known.

    Attributes:
        rules: The rules, with their overrides.
        errors: Their problems, each in one line.
        findings: The findings of the linter.
        is_complete: Whether the choice is possible at all.
        own: The ids of the own and of the changed rules.
    """

    rules: tuple[Rule, ...] = ()
    errors: tuple[str, ...] = ()
    findings: tuple[Finding, ...] = ()
    is_complete: bool = True
    own: frozenset[str] = frozenset()


def check_choice(
    shipped: Packs, packs: Sequence[str], overrides: Any, trail: Trail, severities: Collection[str] = SEVERITIES
) -> CheckedRules:
    """Select, test and lint rules; accounts with the same choice share the result."""
    try:
        rules = choose_rules(shipped, packs, overrides, severities)
    except ValidationError as error:
        return CheckedRules(errors=tuple(map(format_problem, error.problems)), is_complete=False)
    errors = [
        f"rule {test.rule_id}: the test {test.test_name!r} expected {_outcome(test.expected)}, got"
        f" {_outcome(test.matched)}. {_flat('; '.join(test.explanation))}"
        for test in run_tests(rules)
        if not test.passed
    ]
    findings = tuple(lint_rules(rules, trail.context()))
    errors += _grouped(finding for finding in findings if finding.level == "error")
    own = frozenset({*(rule.id for rule in shipped.get(OWN, ())), *(overrides or {})})
    return CheckedRules(rules, tuple(errors), findings, own=own)


def fill_rules(checked: CheckedRules, account_values: Mapping[str, str] = MappingProxyType({})) -> RuleReport:
    """Fill in the rules of an account; `account_values` is that of `deployed`."""
    if not checked.is_complete:
        return RuleReport(errors=checked.errors)
    errors = list(checked.errors)
    ready: tuple[Rule, ...] = ()
    try:
        ready = deployed(checked.rules, account_values)
    except ValidationError as error:
        errors += map(format_problem, error.problems)
    if not errors and not ready:
        errors.append(_NO_RULE)
    published = {rule.id for rule in checked.rules if rule.compliance}
    warnings = [each for each in checked.findings if each.level == "warning" and each.rule_id not in published]
    shown = (found for found in warnings if found.rule_id in checked.own or found.code.endswith(_OF_THE_TRAIL))
    return RuleReport(ready, tuple(errors), (*_grouped(shown), *_accusing(ready)))


def check_rules(
    shipped: Packs,
    packs: Sequence[str],
    overrides: Any,
    trail: Trail,
    account_values: Mapping[str, str] = MappingProxyType({}),
    severities: Collection[str] = SEVERITIES,
) -> RuleReport:
    """Select, test, lint and fill in the rules of one account."""
    return fill_rules(check_choice(shipped, packs, overrides, trail, severities), account_values)


def override_errors(shipped: Packs, overrides: Any) -> tuple[str, ...]:
    """Return the problems of overrides independent of the selected packs, each in one line."""
    try:
        choose_rules(shipped, shipped, overrides)
    except ValidationError as error:
        return tuple(map(format_problem, error.problems))
    return ()


def format_problem(problem: Problem) -> str:
    """Return a problem of a rule in one line."""
    line = f":{problem.line}" if problem.line else ""
    place = problem.key if problem.source == _LAYER else f"{problem.source}{line}: {problem.key}".removesuffix(": ")
    return f"{place}: {problem.text}" if place else problem.text


def _grouped(findings: Iterable[Finding]) -> list[str]:
    """Return one line for each reason, with all rules that it is about."""
    rules: dict[tuple[str, str], list[str]] = {}
    for finding in findings:
        rules.setdefault((finding.reason, finding.hint), []).append(finding.rule_id)
    return [
        _flat(f"rule{'s' if len(set(ids)) > 1 else ''} {listed(ids)}: {reason}{f' ({hint})' if hint else ''}")
        for (reason, hint), ids in rules.items()
    ]


def _outcome(matches: bool) -> str:
    return "a match" if matches else "no match"


def _flat(text: str) -> str:
    return " ".join(text.split())
