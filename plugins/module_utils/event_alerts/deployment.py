# Copyright: secmon.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Convert rules to the options of the module event_rules."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from ..core.problems import did_you_mean
from ..rules.limits import SEVERITIES
from ..rules.rule import Rule
from ..rules.runbook import fill_runbook
from ..validation.problems import quote_value
from .rules import EventRule, chosen, drill_rule, event_alert
from .text import Style


@dataclass(frozen=True)
class EventRules:
    """Rules as module options.

    Attributes:
        event_rules: The option `rules` of event_rules.
        event_refusals: The rules that EventBridge cannot take, each with `rule_id` and `reasons`.
    """

    event_rules: tuple[Mapping[str, Any], ...] = ()
    event_refusals: tuple[Mapping[str, Any], ...] = ()


def event_rules(
    rules: Sequence[Rule],
    wanted: Sequence[str],
    target_arn: str,
    style: Style,
    alarm_names: Mapping[str, str],
    account: Mapping[str, str],
) -> EventRules:
    """Return the module options that mail what the wanted rules find.

    Args:
        rules: Enabled rules with filled patterns.
        wanted: Severities and ids of rules.
        target_arn: The ARN of the topic.
        style: How the messages are written.
        alarm_names: Alarm names by rule id; other alarms have the name of the filter.
        account: The names of the account for the runbooks.
    """
    refusals: list[Mapping[str, Any]] = []
    alerts: list[EventRule] = []
    for rule in chosen(rules, wanted):
        name = alarm_names.get(rule.id, rule.filter_name)
        filled = replace(rule, runbook=fill_runbook(rule, name, account))
        alert = event_alert(filled, style)
        alerts += alert.rules
        if alert.reasons:
            refusals.append({"rule_id": rule.id, "reasons": [str(reason) for reason in alert.reasons]})
    alerts += [drill_rule(style)] if alerts else []
    return EventRules(tuple(_options(each, target_arn) for each in alerts), tuple(refusals))


def _options(rule: EventRule, target_arn: str) -> dict[str, Any]:
    return {
        "name": rule.name,
        "description": rule.description,
        "pattern": rule.pattern,
        "rule_state": rule.state,
        "target_arn": target_arn,
        "input_paths": rule.paths,
        "input_template": rule.template,
    }


def choice_problems(wanted: Sequence[str], target_arn: str | None, known: Sequence[str]) -> Iterator[str]:
    """Yield the problems of the choice of rules.

    Args:
        wanted: Severities and ids of rules.
        target_arn: The ARN of the topic, if it is given.
        known: The ids of all rules.
    """
    for word in wanted:
        if word not in (*SEVERITIES, *known):
            near = did_you_mean(word, [*SEVERITIES, *known])
            yield f"{quote_value(word)} is neither a severity nor the id of a rule.{near}"
    if wanted and len((target_arn or "").split(":", 5)) < 6:
        yield "event_target_arn is missing, the ARN of a topic; secmon.aws.alert_topic returns it."
