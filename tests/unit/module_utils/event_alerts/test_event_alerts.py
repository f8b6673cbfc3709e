"""What EventBridge mails for a detection: one mail for each event, without holes, for each kind of caller."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from typing import Any

import pytest
from ansible_collections.secmon.aws.plugins.module_utils.engines.eventbridge.limits import bus_problems
from ansible_collections.secmon.aws.plugins.module_utils.event_alerts.rules import (
    EventAlert,
    EventRule,
    chosen,
    event_alert,
    rule_name,
    target,
)
from ansible_collections.secmon.aws.plugins.module_utils.event_alerts.text import (
    PATHS,
    Style,
    first_steps,
)
from ansible_collections.secmon.aws.plugins.module_utils.event_pattern.pattern import compile_pattern
from ansible_collections.secmon.aws.plugins.module_utils.rules.parameters import fill_pattern, sample_values
from ansible_collections.secmon.aws.plugins.module_utils.rules.rule import Rule
from ansible_collections.secmon.aws.plugins.module_utils.rules.runbook import ACCOUNT_NAMES, fill_runbook

from embedded_aws.events.bus_event import event_of_record
from embedded_aws.events.input_transformer import target_input
from tests.support.custom_notification import problems
from tests.unit.module_utils.engines.differential import shipped
from tests.unit.module_utils.rules.rule_builders import make_rule, record

TOPIC = "arn:aws:sns:eu-central-1:111122223333:secmon-events"
NAMES = {name: name.replace("_", "-") for name in ACCOUNT_NAMES}


def alert_of(rule: Rule, partition: str = "aws", chat: bool = False) -> EventAlert:
    pattern = str(fill_pattern(rule, sample_values(rule)))
    filled = replace(rule, pattern=pattern, runbook=fill_runbook(rule, "Alarm", NAMES))
    return event_alert(filled, Style("production", partition, chat))


@cache
def alerts(chat: bool = False) -> dict[str, EventAlert]:
    return {rule.id: alert_of(rule, chat=chat) for rule in shipped()}


def matching(alert: EventAlert, event: dict[str, Any]) -> list[EventRule]:
    return [rule for rule in alert.rules if compile_pattern(rule.pattern).matches(event)]


def mails(alert: EventAlert, event: dict[str, Any]) -> list[list[str]]:
    """Return the lines of each mail, without the quotation marks of EventBridge."""
    texts = [target_input(target(rule, "mail", TOPIC), event, rule.name, "arn") for rule in matching(alert, event)]
    return [[line.removeprefix('"').removesuffix('"') for line in text.split("\n")] for text in texts]


def first_line(**changes: Any) -> str:
    """Return the first line of the mail about the read of a secret."""
    alert = alert_of(make_rule(pattern="{ $.eventID = * }"))
    ((line, *_rest),) = mails(alert, event_of_record(record(**changes)))
    return line


def all_mails(chat: bool = False) -> Iterator[tuple[str, list[str]]]:
    for rule in shipped():
        for test in rule.tests:
            if not alerts(chat)[rule.id].reasons and not test.parameters:
                found = mails(alerts(chat)[rule.id], event_of_record(dict(test.event)))  # type: ignore[arg-type]
                assert len(found) == test.match, (rule.id, test.name)
                yield from ((f"{rule.id}: {test.name}", lines) for lines in found)


def test_every_event_of_every_rule_makes_one_mail_without_holes() -> None:
    for name, lines in all_mails():
        text = "\n".join(lines)
        assert not re.search(r"  |^ | $|<|\(\)|: *$| [.,)]|[\"\\]", text.replace("first:\n", ""), re.MULTILINE), (
            name,
            text,
        )


def test_every_event_of_every_rule_makes_one_card_with_the_words_of_the_mail() -> None:
    texts = dict(all_mails())
    for name, (card,) in all_mails(chat=True):
        content = json.loads(card)["content"]
        assert problems(json.loads(card)) == []
        first, link = f"{content['title']}. {content['description']}".split(" The record, ")
        assert [first, f"The record, {link}"] == [texts[name][0], texts[name][-2]]
        assert content["nextSteps"] == texts[name][2:-2]


ARN = "arn:aws:sts::1:assumed-role"
IDENTITIES: dict[str, tuple[dict[str, Any], str]] = {
    "root": ({"type": "Root", "arn": "arn:aws:iam::1:root", "accountId": "1"}, "Root arn:aws:iam::1:root"),
    "user": (
        {"type": "IAMUser", "arn": "arn:aws:iam::1:user/alice", "accountId": "1", "userName": "alice"},
        "IAMUser arn:aws:iam::1:user/alice",
    ),
    "role session": (
        {"type": "AssumedRole", "arn": f"{ARN}/app/i-1", "accountId": "1"},
        f"AssumedRole {ARN}/app/i-1",
    ),
    "person of Identity Center": (
        {"type": "AssumedRole", "arn": f"{ARN}/AWSReservedSSO_Admin_1/carla@example.com"},
        f"AssumedRole {ARN}/AWSReservedSSO_Admin_1/carla@example.com",
    ),
    "role session by a service": (
        {"type": "AssumedRole", "arn": f"{ARN}/app/i-1", "invokedBy": "backup.amazonaws.com"},
        f"AssumedRole {ARN}/app/i-1",
    ),
    "service": ({"type": "AWSService", "invokedBy": "backup.amazonaws.com"}, "AWSService(backup.amazonaws.com)"),
    "foreign account": ({"type": "AWSAccount", "principalId": "AIDA:x", "accountId": "2"}, "AWSAccount(2)"),
    "user whose sign-in failed": ({"type": "IAMUser", "accountId": "1", "userName": "alice"}, "IAMUser(1)"),
    "Identity Center itself": ({"type": "IdentityCenterUser", "accountId": "1"}, "IdentityCenterUser(1)"),
    "federated": ({"type": "SAMLUser", "userName": "x", "identityProvider": "idp"}, "SAMLUser(idp)"),
}


@pytest.mark.parametrize(("identity", "words"), IDENTITIES.values(), ids=IDENTITIES)
def test_the_mail_names_each_kind_of_caller(identity: dict[str, Any], words: str) -> None:
    assert first_line(userIdentity=identity) == (
        f"HIGH: A secret value was read. {words} called GetSecretValue of secretsmanager.amazonaws.com from 203.0.113.7"
        " at 2026-09-13T10:00:00Z in account production (111122223333), region eu-central-1."
    )


ROTATED = {
    "eventName": "RotateKey",
    "eventSource": "kms.amazonaws.com",
    "eventType": "AwsServiceEvent",
    "userIdentity": {"accountId": "1", "invokedBy": "AWS Internal"},
}


def test_the_mail_of_what_a_service_did_on_its_own_names_the_service() -> None:
    pattern = '{ ($.eventType = "AwsServiceEvent") && ($.eventName = "RotateKey") }'
    alert = alert_of(make_rule(pattern=pattern))
    ((line, *_rest),) = mails(alert, event_of_record(record(**ROTATED)))
    assert " AWS Internal reported RotateKey of kms.amazonaws.com on its own from 203.0.113.7 at " in line
    for identity, words in IDENTITIES.values():
        ((line, *_rest),) = mails(alert, event_of_record(record(**ROTATED | {"userIdentity": identity})))
        assert f" {words} called RotateKey" in line


def test_a_rule_that_finds_such_events_beside_others_is_refused() -> None:
    test = {"name": "rotation", "match": True, "event": record(**ROTATED)}
    alert = alert_of(make_rule(pattern='{ $.eventName = "RotateKey" }', tests=[test]))

    assert "Let the pattern require ($.eventType = " in str(alert.reasons[0])


SIGN_IN = {"eventName": "ConsoleLogin", "eventSource": "x"}


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        (
            {"errorCode": "AccessDenied", "requestParameters": None},
            "tried GetSecretValue of secretsmanager.amazonaws.com without success (AccessDenied) from",
        ),
        (
            SIGN_IN | {"responseElements": {"ConsoleLogin": "Failure"}},
            "tried ConsoleLogin of x without success (Failure) from",
        ),
        (SIGN_IN | {"responseElements": {"ConsoleLogin": "Success"}}, "called ConsoleLogin of x from"),
    ],
)
def test_a_failed_or_denied_call_is_an_attempt(changes: dict[str, Any], words: str) -> None:
    assert words in first_line(**changes)


def test_a_successful_call_names_what_it_was_made_on_and_a_denied_one_does_not() -> None:
    alert = alert_of(
        make_rule(pattern="{ ($.eventSource = secretsmanager.amazonaws.com) && ($.eventName = GetSecretValue) }")
    )
    ((done, *_rest),) = mails(alert, event_of_record(record()))
    ((denied, *_rest),) = mails(alert, event_of_record(record(errorCode="AccessDenied", requestParameters=None)))

    assert " called GetSecretValue of secretsmanager.amazonaws.com on secret MySampleSecret from 203.0.113.7 at" in done
    assert "(AccessDenied) from" in denied


def test_the_mail_has_the_first_steps_and_the_link_to_the_record() -> None:
    event = event_of_record(record())
    runbook = '1. Ask the caller.\n2. Rotate it:\n   aws x y\n   Then "look" at <it>.\n3. C.\n4. D.'
    ((_first, *lines),) = mails(alert_of(make_rule(runbook=runbook)), event)

    assert lines == [
        "What to do first:",
        "1. Ask the caller.",
        "2. Rotate it (command: see the runbook). Then 'look' at [it].",
        "3. C.",
        "The record, in some minutes: https://console.aws.amazon.com/cloudtrailv2/home?region=eu-central-1"
        f"#/events/{event['detail']['eventID']}",
        f"Rule secret_access; event {event['detail']['eventID']}.",
    ]


def test_a_partition_without_a_known_console_has_no_link() -> None:
    assert "https://" not in alert_of(make_rule(), "aws-iso").rules[0].template


def test_only_outcomes_that_the_pattern_allows_have_a_rule() -> None:
    pattern = '{ ($.eventName = "Put*") && ($.errorCode NOT EXISTS) }'

    assert [rule.name for rule in alert_of(make_rule(pattern=pattern)).rules] == [
        "secmon-secret_access-done",
        "secmon-secret_access-done-without-arn",
    ]
    with_arn = f'{{ ($.userIdentity.arn = "arn:x") && {pattern[2:]}'
    assert [rule.name for rule in alert_of(make_rule(pattern=with_arn)).rules] == ["secmon-secret_access-done"]
    assert len(alert_of(make_rule()).rules) == 4


def test_the_description_shows_that_a_text_has_changed() -> None:
    one, other = (alert_of(make_rule(title="T" * 255, runbook=text)).rules[0].description for text in ("A.", "B."))

    assert one != other
    assert len(one) <= 512


@pytest.mark.parametrize(
    ("pattern", "threshold", "reason"),
    [
        (
            "{ $.eventName = GetSecretValue }",
            5,
            "It counts events up to a threshold of 5; EventBridge sends each event.",
        ),
        ("{ $.eventName = %Get% }", 1, "$.eventName = %Get%: EventBridge has no regular expressions."),
        ("{ ($.a = x) && ($.a = y) }", 1, "The conditions exclude each other, so no event matches."),
    ],
)
def test_a_detection_that_cannot_be_sent_says_why(pattern: str, threshold: float, reason: str) -> None:
    alarm = {"statistic": "Sum", "period_seconds": 60, "evaluation_periods": 1, "threshold": threshold}
    rule = make_rule(pattern=pattern, alarm=alarm | {"comparison": "GreaterThanOrEqualToThreshold"})

    assert alert_of(rule).rules == ()
    assert [str(each) for each in alert_of(rule).reasons] == [reason]


def test_a_runbook_that_is_too_long_for_a_template_is_refused() -> None:
    alert = alert_of(make_rule(runbook="1. " + "word " * 1_900))

    assert "a template may have 8,192; shorten the runbook" in str(alert.reasons[0])


def test_the_critical_and_high_rules_of_all_packs_fit_on_a_usual_bus() -> None:
    rules = [rule for each in chosen(shipped(), ["critical", "high"]) for rule in alerts()[each.id].rules]

    assert list(bus_problems([rule.pattern for rule in rules], "eu-central-1")) == []
    assert len({rule.name for rule in rules}) == len(rules)


def test_rules_are_chosen_by_severity_or_id() -> None:
    assert [rule.id for rule in chosen(shipped(), ["critical", "vpc_changes"]) if rule.severity != "critical"] == [
        "vpc_changes"
    ]


def test_a_long_name_is_cut_and_stays_its_own() -> None:
    names = {rule_name("r" * 60, word) for word in ("done", "failed")}

    assert len(names) == 2
    assert {len(name) for name in names} == {64}


def test_a_template_names_no_value_that_a_caller_can_choose() -> None:
    assert not {path for path in PATHS.values() if path.endswith(("userAgent", "errorMessage"))}
    assert list(first_steps("Only a line.")) == ["Only a line."]
