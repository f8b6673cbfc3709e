# Copyright: secmon.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Check all variables of all accounts at once, before any AWS call."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from typing import Any, Union

from ..core.aws_names import (
    ORGANIZATION,
    deployment_names,
    leader_region,
    log_bucket_name,
    log_group_name,
    log_role_arn,
    topic_arn,
)
from ..event_alerts.deployment import EventRules
from ..rules.deployment import Detections, alarm_name_problems, detections
from ..rules.packs import Packs, with_own_rules
from ..rules.rule import Rule
from ..rules.selection import (
    ACCOUNT_ID,
    DEPLOYER_ROLE,
    CheckedRules,
    RuleReport,
    Trail,
    check_choice,
    fill_rules,
    format_problem,
    override_errors,
)
from ..validation.document import Document
from ..validation.problems import ValidationError
from .checks import (
    InvalidVariableError,
    RawValue,
    Settings,
    check_connection,
    check_variables,
    hide_secrets,
    secret_texts,
    variable_of,
)
from .conflicts import report_conflicts
from .event_alerts import EVENT_ALERTS, choose_events
from .log_alarms import VARIABLE as LOG_ALARMS
from .log_alarms import chosen_log_alarms
from .organization import log_archive, organization_doubts
from .shared_resources import find_shared_resources
from .teardown import confirmation, event_options, leftovers_options
from .variables import ALARM_NAMES, VARIABLES

_PLACE = {"account": "account_id", "region": "region"}
_ORDER = {name: index for index, name in enumerate(VARIABLES)}


@dataclass(frozen=True)
class Report:
    """The result of the preflight.

    Attributes:
        problems: One line for each problem: the hosts, the variable, what is wrong, what to do.
        warnings: Likewise, for problems that do not prevent a run.
        detections: The detections to deploy, by host, for hosts with valid rules.
        event_rules: The option `rules` of event_rules, by host with valid rules.
        problem_hosts: The hosts that have problems.
        rules: The rules behind the detections, with the values of the account, by host.
        teardown: By host without problems: `confirmed`, whether secmon_teardown_confirm names its account;
            `unknown_accounts`, the IDs in it that no host has; `prune`, the same for secmon_prune_confirm; `leftovers`,
            the options of secmon.aws.leftovers.
        names: The names and ARNs of the deployment by host without problems.
        accounts: By host without problems: `account`, its ID, and `region`.
        log_archive: The host that has only the bucket of an organization, or an empty string.
    """

    problems: tuple[str, ...]
    warnings: tuple[str, ...]
    detections: Mapping[str, Detections]
    event_rules: Mapping[str, Sequence[Mapping[str, Any]]]
    problem_hosts: tuple[str, ...]
    teardown: Mapping[str, Mapping[str, Any]]
    names: Mapping[str, Mapping[str, Any]]
    accounts: Mapping[str, Mapping[str, str]]
    rules: Mapping[str, Sequence[Rule]]
    log_archive: str = ""


@dataclass
class _Account:
    """One host during the check."""

    host: str
    settings: Settings
    document: Document
    packs: Packs
    warnings: list[str] = field(default_factory=list)
    detections: Detections | None = None
    rules: Sequence[Rule] = ()
    event_rules: EventRules = field(default_factory=EventRules)


def preflight(hosts: Mapping[str, Mapping[str, RawValue]], shipped: Packs, *, whole: bool = True) -> Report:
    """Check the variables of every host.

    Args:
        hosts: The variables by host.
        shipped: The rules of this collection, by pack.
        whole: Whether the hosts are those of the whole inventory.
    """
    own: dict[tuple[str, ...], Union[Packs, list[str]]] = {}
    accounts = {host: _check_account(host, raw, shipped, own) for host, raw in hosts.items()}
    known: dict[str, CheckedRules] = {}
    for account in accounts.values():
        _check_rules(account, known)
    settings = {host: account.settings for host, account in accounts.items()}
    for shared in find_shared_resources(settings):
        accounts[shared.host].document.add((shared.variable,), shared.message, shared.hint)
    for doubt in organization_doubts(settings, whole=whole):
        if doubt.is_warning:
            accounts[doubt.host].warnings.append(f"{doubt.variable} {doubt.message}; {doubt.hint}.")
        else:
            accounts[doubt.host].document.add((doubt.variable,), doubt.message, doubt.hint)
    secrets = sorted({text for raw in hosts.values() for text in secret_texts(raw)}, key=len, reverse=True)
    return Report(
        problems=_once({host: _lines(account, secrets) for host, account in accounts.items()}),
        warnings=_once({host: _warnings(account, secrets) for host, account in accounts.items()}),
        detections={host: account.detections for host, account in accounts.items() if account.detections},
        event_rules={host: account.event_rules.event_rules for host, account in accounts.items() if account.detections},
        problem_hosts=tuple(host for host, account in accounts.items() if account.document.problems),
        teardown=_teardown(accounts),
        names={host: deployment_names(one.settings) for host, one in accounts.items() if not one.document.problems},
        accounts={
            host: {name: account.settings[f"secmon_{key}"] for name, key in _PLACE.items()}
            for host, account in accounts.items()
            if not account.document.problems
        },
        rules={host: account.rules for host, account in accounts.items() if account.detections},
        log_archive=log_archive(settings),
    )


def _once(lines: Mapping[str, Iterable[str]]) -> tuple[str, ...]:
    """Return each line once, with the hosts that it is about."""
    hosts: dict[str, list[str]] = {}
    for host, some in lines.items():
        for line in some:
            hosts.setdefault(line, []).append(host)
    return tuple(f"host{'s' if len(names) > 1 else ''} {', '.join(names)}: {line}" for line, names in hosts.items())


def _warnings(account: _Account, secrets: Sequence[str]) -> Iterator[str]:
    for warning in account.warnings:
        yield hide_secrets(warning, secrets)


def _teardown(accounts: Mapping[str, _Account]) -> dict[str, dict[str, Any]]:
    """Return the values that teardown.yml and prune.yml need, by host without problems."""
    valid = {host: account for host, account in accounts.items() if not account.document.problems}
    ids = {account.settings["secmon_account_id"] for account in valid.values()}
    found: dict[str, dict[str, Any]] = {}
    for host, account in valid.items():
        if account.detections:
            found[host] = {
                **confirmation(account.settings, "secmon_teardown_confirm", ids),
                "prune": confirmation(account.settings, "secmon_prune_confirm", ids),
                "leftovers": leftovers_options(account.settings, account.detections, account.packs)
                | event_options(account.settings, account.event_rules),
            }
    return found


def _check_account(
    host: str, raw: Mapping[str, RawValue], shipped: Packs, own: dict[tuple[str, ...], Union[Packs, list[str]]]
) -> _Account:
    document = Document(f"host {host}")
    settings = check_variables(raw, document)
    check_connection(raw, document)
    report_conflicts(settings, document)
    account = _Account(host, settings, document, shipped)
    with suppress(InvalidVariableError):
        _add_own_rules(account, settings["secmon_rules_dirs"], own)
    return account


def _add_own_rules(
    account: _Account, folders: Sequence[str], own: dict[tuple[str, ...], Union[Packs, list[str]]]
) -> None:
    """Add the rules of the account's own folders; hosts with the same folders share the result."""
    key = tuple(folders)
    if key and key not in own:
        try:
            own[key] = with_own_rules(account.packs, key)
        except ValidationError as error:
            own[key] = [format_problem(problem) for problem in error.problems]
    found = own.get(key, account.packs)
    if isinstance(found, list):
        _add(account, "secmon_rules_dirs", found)
    else:
        account.packs = found


def _check_rules(account: _Account, known: dict[str, CheckedRules]) -> None:
    """Check the rules of one account; hosts with the same choice share what does not depend on the account."""
    settings, shipped = account.settings, account.packs
    if "secmon_rules" in settings.invalid or "secmon_rules_dirs" in settings.invalid:
        return
    overrides = settings["secmon_rules"]
    try:
        trail = _trail(settings)
        packs, severities = settings["secmon_packs"], settings["secmon_rule_severities"]
    except InvalidVariableError:
        # The overrides can be checked even if the chosen rules are unknown.
        _add(account, "secmon_rules", override_errors(shipped, overrides))
        return
    chosen = f"{sorted(packs)} {sorted(severities)} {settings['secmon_rules_dirs']}"
    key = f"{chosen} {trail} {json.dumps(overrides, default=repr, skipkeys=True)}"
    if key not in known:
        known[key] = check_choice(shipped, packs, overrides, trail, severities)
    report = fill_rules(known[key], account_values(settings))
    _add(account, "secmon_rules", report.errors)
    account.warnings += [f"secmon_rules: {warning}" for warning in report.warnings]
    if not report.errors:
        with suppress(InvalidVariableError):
            _name_alarms(account, report, list(shipped.pack_of_each()))


def _trail(settings: Settings) -> Trail:
    region = settings["secmon_region"]
    leader = leader_region(region)
    blind = not settings["secmon_multi_region"] and region != leader
    excluded = tuple(settings["secmon_excluded_event_sources"])
    return Trail(excluded, settings["secmon_management_events"], leader if blind else "")


def _name_alarms(account: _Account, report: RuleReport, shipped: Sequence[str]) -> None:
    settings = account.settings
    names = {**ALARM_NAMES, **settings["secmon_alarm_names"]}
    known = sorted({*shipped, *(rule.id for rule in report.rules), *settings["secmon_rules"]})
    problems = list(alarm_name_problems(report.rules, names, known))
    _add(account, "secmon_alarm_names", problems)
    if not problems:
        messages = settings["secmon_test_filters_on_aws"]
        account.rules = report.rules
        found = detections(
            report.rules,
            names,
            [topic_arn(settings)],
            {},
            test_messages=messages,
            account=deployment_names(settings),
            several_accounts=settings["secmon_topology"] == ORGANIZATION,
        )
        chosen = chosen_log_alarms(settings, report.rules, names, known)
        _add(account, LOG_ALARMS, chosen.problems)
        account.warnings += [f"{LOG_ALARMS}: {warning}" for warning in chosen.warnings]
        account.detections = replace(found, log_alarms=chosen.alarms)
        events, problems, warnings = choose_events(settings, account.host, report.rules, names, known)
        _add(account, EVENT_ALERTS, problems)
        account.event_rules = events
        account.warnings += warnings


def _add(account: _Account, variable: str, messages: Sequence[str]) -> None:
    for message in messages:
        account.document.add((variable,), message)


def account_values(settings: Settings) -> dict[str, str]:
    """Return the account's values for parameters of rules, except those of invalid variables."""
    values: dict[str, str] = {}
    with suppress(InvalidVariableError):
        values["bucket_name"] = log_bucket_name(settings)
    with suppress(InvalidVariableError):
        values["log_role_name"] = log_role_arn(settings).rpartition("/")[2]
    with suppress(InvalidVariableError):
        values["log_group_name"] = log_group_name(settings)
    with suppress(InvalidVariableError):
        if settings["secmon_topology"] != ORGANIZATION:
            values[ACCOUNT_ID] = settings["secmon_account_id"]
    with suppress(InvalidVariableError):
        assumed = (settings["secmon_assume_role_arn"] or "").rpartition("/")[2]
        values[DEPLOYER_ROLE] = settings["secmon_deployer_role"] or assumed
    return values


def _lines(account: _Account, secrets: Sequence[str]) -> Iterator[str]:
    """Yield the problems of one host in the order of the table, each once, unknown names first."""
    ordered = sorted(dict.fromkeys(account.document.problems), key=lambda problem: _ORDER.get(variable_of(problem), -1))
    for problem in ordered:
        variable = variable_of(problem)
        rest = f"{problem.key.removeprefix(variable)}: {problem.text}"
        yield f"{variable}{hide_secrets(rest, secrets)}"
