# Copyright: secmon.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Convert rules to the options of the module log_alarms: an alarm for each actor and account.

The query runs every five minutes, or once in the period of the rule if that is longer. It looks back two minutes more,
so that an event that Logs Insights finds only some time after its delivery is not missed. An event that two runs find
causes one notification, since its actor is in ALARM in between.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from ..core.aws_names import role_arn
from ..core.problems import did_you_mean
from ..engines.insights.names import quoted_name
from ..engines.insights.translate import ACTOR, to_insights
from ..filter_pattern.pattern import compile_pattern
from ..rules.deployment import describe_alarm, rule_tags
from ..rules.limits import SEVERITIES
from ..rules.rule import Rule
from ..rules.runbook import fill_runbook

SUFFIX = "-by-actor"
_FEWEST_SECONDS = 300
OVERLAP_SECONDS = 120
_LINES = 10
_COUNTED = ("GreaterThanOrEqualToThreshold", "GreaterThanThreshold")


@dataclass(frozen=True)
class LogAlarms:
    """Rules as module options.

    Attributes:
        alarms: The option `alarms` of log_alarms.
        refusals: The wanted rules that cannot have a log alarm, each with the reasons.
    """

    alarms: tuple[Mapping[str, Any], ...] = ()
    refusals: Mapping[str, tuple[str, ...]] | None = None


def log_alarms(
    rules: Sequence[Rule],
    wanted: Sequence[str],
    names: Mapping[str, str],
    account: Mapping[str, Any],
    roles: Mapping[str, str],
) -> LogAlarms:
    """Return the log alarms of the wanted rules.

    Args:
        rules: Enabled rules with filled patterns.
        wanted: Severities and ids of rules.
        names: Alarm names by rule id; other alarms have the name of the filter.
        account: The names of the account, see `deployment_names`.
        roles: The names of the roles for the `query` and for the log `lines`.
    """
    found: list[Mapping[str, Any]] = []
    refusals: dict[str, tuple[str, ...]] = {}
    for rule in rules:
        if rule.id in wanted or rule.severity in wanted:
            reasons = tuple(_reasons(rule))
            if reasons:
                refusals[rule.id] = reasons
            else:
                found.append(_alarm(rule, names.get(rule.id, rule.filter_name), account, roles))
    return LogAlarms(tuple(found), refusals)


def choice_problems(
    wanted: Sequence[str], known: Sequence[str], deployed: Sequence[str], found: LogAlarms
) -> Iterator[str]:
    """Yield the problems of the choice of rules.

    Args:
        wanted: Severities and ids of rules.
        known: The ids of all rules.
        deployed: The ids of the rules of the account.
        found: The log alarms of the choice.
    """
    for word in wanted:
        if word not in (*SEVERITIES, *known):
            yield f"{word!r} is neither a severity nor the id of a rule.{did_you_mean(word, [*SEVERITIES, *known])}"
        elif word not in (*SEVERITIES, *deployed):
            yield f"the rule {word} is not deployed in this account, so it cannot have a log alarm."
        elif word in (found.refusals or {}):
            yield f"{_because(word, found)} Remove it; its metric alarm remains."


def choice_warnings(wanted: Sequence[str], found: LogAlarms) -> Iterator[str]:
    """Yield which rules of the chosen severities have no log alarm, and why."""
    for rule_id in found.refusals or {}:
        if rule_id not in wanted:
            yield f"{_because(rule_id, found)} Its metric alarm remains."


def _because(rule_id: str, found: LogAlarms) -> str:
    return f"the rule {rule_id} cannot have a log alarm: {' '.join((found.refusals or {})[rule_id])}"


def _reasons(rule: Rule) -> Iterator[str]:
    yield from (str(reason) for reason in to_insights(compile_pattern(rule.pattern)).reasons)
    if rule.metric.value != "1" or rule.alarm.statistic != "Sum" or rule.alarm.comparison not in _COUNTED:
        yield "It does not count events up to a threshold."
    if rule.alarm.evaluation_periods != 1:
        yield "It evaluates more than one period."


def _alarm(rule: Rule, name: str, account: Mapping[str, Any], roles: Mapping[str, str]) -> dict[str, Any]:
    """Return an alarm with every option, since log_alarms keeps settings that are not given."""
    seconds = max(_FEWEST_SECONDS, rule.alarm.period_seconds)
    return {
        "name": f"{name}{SUFFIX}",
        "description": describe_alarm(replace(rule, runbook=fill_runbook(rule, f"{name}{SUFFIX}", account))),
        "query": to_insights(compile_pattern(rule.pattern)).text,
        "aggregation": f"count(*) by {', '.join(map(quoted_name, ACTOR))} | sort desc",
        "log_group_names": [account["log_group_name"]],
        "query_role_arn": role_arn(account["partition"], account["account_id"], roles["query"]),
        "schedule": f"rate({seconds // 60} minutes)",
        "start_seconds": seconds + OVERLAP_SECONDS,
        "end_seconds": 0,
        "results_to_evaluate": 1,
        "results_to_alarm": 1,
        "threshold": rule.alarm.threshold,
        "comparison": rule.alarm.comparison,
        "missing_data": "notBreaching",
        "log_lines": _LINES,
        "log_lines_role_arn": role_arn(account["partition"], account["account_id"], roles["lines"]),
        "alarm_actions": [account["topic_arn"]],
        "ok_actions": [],
        "insufficient_data_actions": [],
        "actions_enabled": True,
        "tags_in_notifications": True,
        "tags": rule_tags(rule),
    }
