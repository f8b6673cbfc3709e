# Copyright: secmon.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Convert rules to the options of the modules metric_filters and metric_alarms."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from types import MappingProxyType
from typing import Any

from ..core.problems import did_you_mean
from ..filter_pattern.limits import MAX_PATTERN_LENGTH
from ..validation.problems import quote_value
from .limits import LONGEST_GROUPED_SECONDS, MAX_DESCRIPTION_LENGTH, MAX_TEST_MESSAGES
from .rule import Alarm, Rule
from .runbook import fill_runbook, is_command

ACCOUNT = "account"
_SELECTOR = "$.recipientAccountId"
_RULES = Path(__file__).resolve().parents[3] / "rules"
_ONLINE = "https://github.com/secmon/aws/blob/main/rules/"
_CUT = "\n[The runbook continues in rule {id}.]"


@dataclass(frozen=True)
class Detections:
    """Rules as module options.

    Attributes:
        filters: The option `filters` of metric_filters.
        alarms: The option `alarms` of metric_alarms.
        log_alarms: The option `alarms` of log_alarms, which `log_alarms/deployment.py` fills in.
        namespaces: The namespaces of the metrics, each once.
        rules: A summary of each rule for people.
    """

    filters: tuple[Mapping[str, Any], ...]
    alarms: tuple[Mapping[str, Any], ...]
    namespaces: tuple[str, ...]
    rules: tuple[Mapping[str, Any], ...]
    log_alarms: tuple[Mapping[str, Any], ...] = ()


def detections(
    rules: Sequence[Rule],
    alarm_names: Mapping[str, str],
    alarm_actions: Sequence[str],
    tags: Mapping[str, str] | None = None,
    *,
    test_messages: bool = False,
    account: Mapping[str, str] = MappingProxyType({}),
    several_accounts: bool = False,
) -> Detections:
    """Return the module options that deploy rules.

    Args:
        rules: Enabled rules with filled patterns, each with its own metric.
        alarm_names: Alarm names by rule id; other alarms have the name of the filter.
        alarm_actions: The ARNs that each alarm notifies.
        tags: Tags of each alarm beside those of its rule, or None to leave tags alone.
        test_messages: Whether each filter has the test events of its rule, which metric_filters sends to AWS.
        account: The names of the account for the runbooks.
        several_accounts: Whether the log group receives the events of several accounts, which the alarms tell apart.
    """
    rules = [by_account(rule) for rule in rules] if several_accounts else rules
    names = [alarm_names.get(rule.id, rule.filter_name) for rule in rules]
    rules = [replace(rule, runbook=fill_runbook(rule, name, account)) for rule, name in zip(rules, names, strict=True)]
    with_names = list(zip(rules, names, strict=True))
    return Detections(
        filters=tuple({**_filter(rule), **(_messages(rule) if test_messages else {})} for rule in rules),
        alarms=tuple(
            {
                **_alarm(rule, name, alarm_actions),
                **({} if tags is None else {"tags": {**rule_tags(rule), **tags}}),
            }
            for rule, name in with_names
        ),
        namespaces=tuple(sorted({rule.metric.namespace for rule in rules})),
        rules=tuple(_summary(rule, name) for rule, name in with_names),
    )


def by_account(rule: Rule) -> Rule:
    """Return the rule with a metric for each account, or unchanged if that is impossible.

    A dimension excludes the default value, and the pattern has to name its field (CloudWatch Logs user guide, "Publish
    dimensions with metrics"). The verbatim filters of a standard keep one metric for all accounts, as do rules with
    an alarm that cannot be evaluated for each account.
    """
    pattern = _with_account(rule.pattern)
    fits = not rule.compliance and not rule.metric.dimensions and _is_evaluated_by_account(rule.alarm)
    if not fits or not pattern or len(pattern) > MAX_PATTERN_LENGTH:
        return rule
    metric = replace(rule.metric, default_value=None, dimensions={ACCOUNT: _SELECTOR})
    return replace(rule, pattern=pattern, metric=metric)


def tells_accounts_apart(rule: Rule) -> bool:
    """Return whether the rule has a metric for each account."""
    return dict(rule.metric.dimensions) == {ACCOUNT: _SELECTOR}


def _is_evaluated_by_account(alarm: Alarm) -> bool:
    seconds = alarm.period_seconds * alarm.evaluation_periods
    return bool(alarm.statistic) and alarm.comparison.startswith("Greater") and seconds <= LONGEST_GROUPED_SECONDS


def _with_account(pattern: str) -> str:
    """Return a JSON pattern with a condition that every record with an account fulfills; empty for another pattern."""
    text = pattern.strip()
    if not (text.startswith("{") and text.endswith("}")):
        return ""
    return f"{{ ({text[1:-1].strip()}) && ({_SELECTOR} = *) }}"


def alarm_name_problems(rules: Sequence[Rule], alarm_names: Mapping[str, str], known: Sequence[str]) -> Iterator[str]:
    """Yield the problems of alarm names.

    Args:
        rules: The rules that are deployed.
        alarm_names: Alarm names by rule id.
        known: The ids of all rules; a rule that is not deployed may have an alarm name.
    """
    for rule_id in alarm_names:
        if rule_id not in known:
            yield f"no rule has the id {quote_value(rule_id)}.{did_you_mean(rule_id, known)}"
    owners: dict[str, str] = {}
    for rule in rules:
        name = alarm_names.get(rule.id, rule.filter_name)
        other = owners.setdefault(name, rule.id)
        if other != rule.id:
            both = f"the alarms of {other} and {rule.id} are both named {quote_value(name)}"
            yield f"{both}; the second would overwrite the first. Choose another name."


def rule_tags(rule: Rule) -> dict[str, str]:
    """Return the tags of the alarm of a rule; a rule of this collection has a runbook online."""
    tags = {"secmon:severity": rule.severity, "secmon:rule": rule.id}
    if rule.path and _RULES in rule.path.resolve().parents:
        tags["secmon:runbook"] = f"{_ONLINE}{rule.path.resolve().relative_to(_RULES).as_posix()}"
    return tags


def describe_alarm(rule: Rule) -> str:
    """Return the description of the alarm: title, severity, and as much of the runbook as fits, no command cut."""
    text = f"{rule.title}. Severity: {rule.severity}. Rule: {rule.id}, version {rule.version}.\n{rule.runbook.strip()}"
    if len(text) <= MAX_DESCRIPTION_LENGTH:
        return text
    cut = _CUT.format(id=rule.id)
    room = MAX_DESCRIPTION_LENGTH - len(cut) + 1
    kept, rest = text[:room], text[room:]
    before, _line_break, begun = kept.rpartition("\n")
    if not begun or is_command(begun + rest.partition("\n")[0]):
        return before + cut
    # The last word may be incomplete.
    return (kept.rsplit(None, 1)[0] if len(kept.split()) > 1 else kept[:-1]) + cut


def _filter(rule: Rule) -> dict[str, Any]:
    """Return a filter with every option, since metric_filters keeps settings that are not given."""
    metric = rule.metric
    return {
        "name": rule.filter_name,
        "pattern": rule.pattern,
        "metric_namespace": metric.namespace,
        "metric_name": metric.name,
        "metric_value": metric.value,
        "default_value": "" if metric.default_value is None else metric.default_value,
        "unit": metric.unit,
        "dimensions": dict(metric.dimensions),
        # A condition that was set manually could blind the filter, and an alarm does not see a metric with dimensions.
        "field_selection_criteria": "",
        "emit_system_field_dimensions": [],
    }


def _messages(rule: Rule) -> dict[str, Any]:
    return {"test_messages": [test.message for test in rule.tests[:MAX_TEST_MESSAGES]]}


def _alarm(rule: Rule, name: str, actions: Sequence[str]) -> dict[str, Any]:
    """Return an alarm with every option, since metric_alarms keeps settings that are not given."""
    alarm = rule.alarm
    which = "statistic" if alarm.statistic else "extended_statistic"
    return {
        "name": name,
        "description": describe_alarm(rule),
        "metric_namespace": rule.metric.namespace,
        "metric_name": rule.metric.name,
        which: alarm.statistic or alarm.extended_statistic,
        "period_seconds": alarm.period_seconds,
        "evaluation_periods": alarm.evaluation_periods,
        "datapoints_to_alarm": alarm.datapoints_to_alarm or 0,
        "threshold": alarm.threshold,
        "comparison": alarm.comparison,
        "missing_data": alarm.missing_data,
        "unit": "",
        "dimensions": {},
        "group_by": [ACCOUNT] if tells_accounts_apart(rule) else [],
        "alarm_actions": list(actions),
        "ok_actions": [],
        "insufficient_data_actions": [],
        "actions_enabled": True,
        "tags_in_notifications": True,
    }


def _summary(rule: Rule, alarm_name: str) -> dict[str, Any]:
    return {
        "id": rule.id,
        "title": rule.title,
        "severity": rule.severity,
        "version": rule.version,
        "filter_name": rule.filter_name,
        "metric_namespace": rule.metric.namespace,
        "metric_name": rule.metric.name,
        "alarm_name": alarm_name,
        "runbook": rule.runbook,
    }
