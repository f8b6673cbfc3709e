# Copyright: secmon.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Check all variables of all accounts at once, before anything is asked of AWS."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from ..core.aws_names import log_bucket_name, topic_arn
from ..rules.deployment import Detections, alarm_name_problems, detections
from ..rules.selection import Packs, RuleReport, Trail, check_rules, override_errors
from .checks import Given, NotSoundError, Problem, Settings, check_variables, secret_texts
from .conflicts import conflicts
from .shared_resources import fights
from .teardown import confirmed_ids, leftovers_options
from .variables import ALARM_NAMES, VARIABLES

_HIDDEN = "(a secret)"
# A value such as "1" would blank every account id, and cannot be kept secret by blanking anyway.
_SHORTEST_HIDDEN = 4
_ORDER = {name: index for index, name in enumerate(VARIABLES)}


@dataclass(frozen=True)
class Report:
    """What the preflight found.

    Attributes:
        problems: One line for each problem: the host, the variable, what is wrong, what to do.
        warnings: Likewise, for what does no harm yet.
        detections: What is deployed, by host, for those whose rules are sound.
        problem_hosts: The hosts that have problems.
        teardown: By host without problems: `confirmed`, whether secmon_teardown_confirm names its account;
            `unknown_accounts`, which it names and no host has; `leftovers`, the options of secmon.aws.leftovers.
    """

    problems: tuple[str, ...]
    warnings: tuple[str, ...]
    detections: Mapping[str, Detections]
    problem_hosts: tuple[str, ...]
    teardown: Mapping[str, Mapping[str, Any]]


@dataclass
class _Account:
    """One host while it is checked."""

    settings: Settings
    problems: list[Problem]
    warnings: list[str] = field(default_factory=list)
    detections: Detections | None = None


def preflight(hosts: Mapping[str, Mapping[str, Given]], shipped: Packs) -> Report:
    """Check what every host says.

    Args:
        hosts: The variables by host.
        shipped: The rules that come with this collection, by pack.
    """
    accounts = {host: _check_account(given) for host, given in hosts.items()}
    known: dict[str, RuleReport] = {}
    for account in accounts.values():
        _check_rules(account, shipped, known)
    for host, variable, told in fights({host: account.settings for host, account in accounts.items()}):
        accounts[host].problems.append(Problem(variable, told))
    secrets = sorted({text for given in hosts.values() for text in secret_texts(given)}, key=len, reverse=True)
    return Report(
        problems=tuple(line for host, account in accounts.items() for line in _lines(host, account, secrets)),
        warnings=tuple(
            _hide(f"host {host}: secmon_rules: {told}", secrets)
            for host, account in accounts.items()
            for told in account.warnings
        ),
        detections={host: account.detections for host, account in accounts.items() if account.detections},
        problem_hosts=tuple(host for host, account in accounts.items() if account.problems),
        teardown=_teardown(accounts, shipped),
    )


def _teardown(accounts: Mapping[str, _Account], shipped: Packs) -> dict[str, dict[str, Any]]:
    """Return what teardown.yml needs to know of each host without problems."""
    ids = {account.settings["secmon_account_id"] for account in accounts.values() if not account.problems}
    found: dict[str, dict[str, Any]] = {}
    for host, account in accounts.items():
        if account.detections and not account.problems:
            confirmed = confirmed_ids(account.settings)
            found[host] = {
                "confirmed": account.settings["secmon_account_id"] in confirmed,
                "unknown_accounts": sorted(confirmed - ids),
                "leftovers": leftovers_options(account.settings, account.detections, shipped),
            }
    return found


def _check_account(given: Mapping[str, Given]) -> _Account:
    settings, problems = check_variables(given)
    return _Account(settings, [*problems, *conflicts(settings)])


def _check_rules(account: _Account, shipped: Packs, known: dict[str, RuleReport]) -> None:
    """Check the rules of one account; hosts that choose the same share the work."""
    settings = account.settings
    if "secmon_rules" in settings.unsound:
        return
    overrides = settings["secmon_rules"]
    try:
        trail = Trail(tuple(settings["secmon_excluded_event_sources"]), settings["secmon_management_events"])
        packs = settings["secmon_packs"]
    except NotSoundError:
        # Which rules there are is not known, but what is wrong with the changes can be said.
        account.problems += [Problem("secmon_rules", error) for error in override_errors(shipped, overrides)]
        return
    values = account_values(settings)
    key = f"{sorted(packs)} {trail} {values} {json.dumps(overrides, default=repr, skipkeys=True)}"
    if key not in known:
        known[key] = check_rules(shipped, packs, overrides, trail, values)
    report = known[key]
    account.problems += [Problem("secmon_rules", error) for error in report.errors]
    account.warnings += report.warnings
    _name_alarms(account, report, [rule.id for rules in shipped.values() for rule in rules])


def _name_alarms(account: _Account, report: RuleReport, shipped: Sequence[str]) -> None:
    try:
        names = {**ALARM_NAMES, **account.settings["secmon_alarm_names"]}
    except NotSoundError:
        return
    if report.errors:
        return
    known = sorted({*shipped, *(rule.id for rule in report.rules), *account.settings["secmon_rules"]})
    problems = [Problem("secmon_alarm_names", told) for told in alarm_name_problems(report.rules, names, known)]
    account.problems += problems
    try:
        topic = topic_arn(account.settings)
        messages = account.settings["secmon_test_filters_on_aws"]
    except NotSoundError:
        return
    if not problems:
        account.detections = detections(report.rules, names, [topic], test_messages=messages)


def account_values(settings: Settings) -> dict[str, str]:
    """Return what an account knows that a rule may need; nothing while the variable behind it is not sound."""
    try:
        return {"bucket_name": log_bucket_name(settings)}
    except NotSoundError:
        return {}


def _lines(host: str, account: _Account, secrets: Sequence[str]) -> Iterator[str]:
    """Yield the problems of one host in the order of the table, each once, unknown names first."""
    ordered = sorted(dict.fromkeys(account.problems), key=lambda problem: _ORDER.get(problem.variable, -1))
    for problem in ordered:
        yield f"host {host}: {problem.variable}: {_hide(problem.message, secrets)}"


def _hide(message: str, secrets: Sequence[str]) -> str:
    """Blank a secret that another variable holds as well."""
    for secret in secrets:
        if len(secret) >= _SHORTEST_HIDDEN:
            message = message.replace(secret, _HIDDEN)
    return message
