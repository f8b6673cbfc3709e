"""The mails of docs/event_alerts.md, of test events of the shipped rules."""

from __future__ import annotations

import json
from dataclasses import replace

from ansible_collections.secmon.aws.plugins.module_utils.event_alerts.rules import chosen, event_alert, target
from ansible_collections.secmon.aws.plugins.module_utils.event_alerts.text import Style
from ansible_collections.secmon.aws.plugins.module_utils.event_pattern.pattern import compile_pattern
from ansible_collections.secmon.aws.plugins.module_utils.rules.parameters import fill_pattern, sample_values
from ansible_collections.secmon.aws.plugins.module_utils.rules.rule import Rule
from ansible_collections.secmon.aws.plugins.module_utils.rules.runbook import fill_runbook

from embedded_aws.events.bus_event import event_of_record
from embedded_aws.events.input_transformer import target_input
from tests.unit.module_utils.engines.differential import shipped
from tools.generate_docs.markdown import table

SHOWN = (
    ("A role reads a secret", "secret_access", "a role reads it by its name"),
    ("The root user signs in", "root_usage", "the root user signs in to the console"),
    ("A trail is stopped", "trail_stopped", "logging is stopped"),
    ("A call is denied", "denied_calls", "an instance may not start others"),
)
_SEVERITIES = ("critical", "high")
_STYLE = Style("production", "aws")
_TOPIC = "arn:aws:sns:eu-central-1:111122223333:topic"


def mails() -> str:
    """Return the text of a mail for each case."""
    rules = {rule.id: rule for rule in shipped()}
    return "\n".join(f"{title}:\n\n```text\n{_mail(rules[rule_id], test)}\n```\n" for title, rule_id, test in SHOWN)


def _filled(rule: Rule) -> Rule:
    samples = sample_values(rule)
    required = {parameter.name: samples[parameter.name] for parameter in rule.parameters if parameter.required}
    return replace(rule, pattern=str(fill_pattern(rule, required)), runbook=fill_runbook(rule, "Alarm", {}))


def card() -> str:
    """Return the first of them as a card for chat, with line breaks that it does not have."""
    _title, rule_id, test = SHOWN[0]
    rule = next(rule for rule in shipped() if rule.id == rule_id)
    text = json.dumps(json.loads(_mail(rule, test, replace(_STYLE, chat=True))), indent=2)
    return f"```json\n{text}\n```\n"


def _mail(rule: Rule, test_name: str, style: Style = _STYLE) -> str:
    record = next(test.event for test in rule.tests if test.name == test_name)
    assert not isinstance(record, str)
    event = event_of_record(dict(record))
    rules = event_alert(_filled(rule), style).rules
    (sent,) = (each for each in rules if compile_pattern(each.pattern).matches(event))
    return target_input(target(sent, "mail", _TOPIC), event, sent.name, "")


def numbers() -> str:
    """Return how many rules of EventBridge the critical and high detections of each pack need."""
    packs: dict[str, list[int]] = {}
    for rule in chosen(shipped(), _SEVERITIES):
        pack = rule.path.parent.name if rule.path else ""
        packs.setdefault(pack, []).append(len(event_alert(_filled(rule), _STYLE).rules))
    rows = [(f"`{pack}`", str(len(found)), str(found.count(0)), str(sum(found))) for pack, found in packs.items()]
    return table(("pack", "critical and high detections", "of which EventBridge cannot take", "rules"), rows)
