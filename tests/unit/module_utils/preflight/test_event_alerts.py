"""The preflight says which rules EventBridge reports, which it cannot, and what is not reported."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.secmon.aws.plugins.module_utils.preflight.report import Report, preflight
from ansible_collections.secmon.aws.plugins.module_utils.rules.limits import SEVERITIES
from ansible_collections.secmon.aws.plugins.module_utils.rules.packs import PACKS

from tests.unit.module_utils.preflight.accounts import ACCOUNT_ID, raw
from tools.generate_docs.costs import rules_of_packs

CIS: dict[str, Any] = {"profile": "cis", "emails": ["who@example.com"]}


@pytest.fixture(scope="module", name="check")
def checked(repository: Path) -> Any:
    shipped = rules_of_packs()

    def check(**hosts: dict[str, Any]) -> Report:
        return preflight({host: raw(**values) for host, values in hosts.items()}, shipped)

    return check


def test_the_profile_cis_reports_critical_and_high_rules_and_the_guide_none(check: Any) -> None:
    report = check(guide={}, production=CIS | {"account_id": "222222222222"})

    assert (report.problems, report.warnings) == ((), ())
    assert report.event_rules["guide"] == ()
    rules = report.event_rules["production"]
    # With the rule of the drill.
    assert len(rules) == 25
    assert {rule["target_arn"] for rule in rules} == {"arn:aws:sns:us-east-1:222222222222:SecurityEvents"}
    assert "in account production (<account>)" in rules[0]["input_template"]
    named = report.teardown["production"]["leftovers"]
    assert (named["event_rule_names"][-2], named["event_topic_name"]) == (rules[-1]["name"], "SecurityEvents")


def test_the_format_for_chat_changes_the_texts_and_their_marks_alone(check: Any) -> None:
    mails, cards = (check(guide=CIS | {"event_format": form}).event_rules["guide"] for form in ("text", "chat"))

    assert json.loads(cards[0]["input_template"])["source"] == "custom"
    for mail, card in zip(mails, cards, strict=True):
        assert {name for name in mail if mail[name] != card[name]} == {"description", "input_template"}
    assert "secmon_event_format" in "".join(check(guide=CIS | {"event_format": "html"}).problems)


def test_a_channel_for_chat_subscribes_itself_so_that_no_receiver_is_missed(check: Any) -> None:
    assert check(guide=CIS | {"event_format": "chat", "event_emails": []}).warnings == ()


PROBLEMS: dict[str, tuple[dict[str, Any], str]] = {
    "unknown id": (
        {"event_alerts": ["root_usag"]},
        'is neither a severity nor the id of a rule. Did you mean "root_usage"?',
    ),
    "not deployed": (
        {"event_alerts": ["vpc_changes"], "packs": ["guide"]},
        "vpc_changes is not deployed in this account",
    ),
    "refused": (
        {"event_alerts": ["public_access_block_weakened"], "packs": ["guide", "guard"], "log_group_name": "/a"},
        "EventBridge has no wildcard for the names of fields. Remove it; the alarm remains.",
    ),
    "threshold": (
        {"event_alerts": ["secret_access"], "rules": {"secret_access": {"alarm": {"threshold": 5}}}},
        "secret_access finds: It counts events up to a threshold of 5; EventBridge sends each event.",
    ),
    "too many to forward": (
        {"packs": list(PACKS), "event_alerts": list(SEVERITIES), "regions": ["eu-west-1"]},
        "the events of secmon_regions cannot be forwarded. What they match does not fit into one event pattern",
    ),
}


@pytest.mark.parametrize(("changes", "problem"), PROBLEMS.values(), ids=PROBLEMS)
def test_refuses_a_choice_that_cannot_work(check: Any, changes: dict[str, Any], problem: str) -> None:
    (line,) = check(guide=CIS | changes).problems

    assert line.startswith("host guide: secmon_event_alerts: ")
    assert problem in line


def test_refuses_more_rules_than_the_bus_takes(check: Any) -> None:
    all_rules = {"packs": list(PACKS), "event_alerts": list(SEVERITIES), "region": "af-south-1"}
    (line,) = check(guide=CIS | all_rules).problems

    assert "rules do not fit on the event bus in af-south-1, which takes 100" in line


WARNINGS: dict[str, tuple[dict[str, Any], str]] = {
    "refused": (
        {"event_alerts": ["high"], "packs": ["guard"]},
        "EventBridge does not report what the rule public_access_block_weakened finds",
    ),
    "no receiver": ({"emails": []}, "the event alerts have no receiver"),
    "region": (
        {"region": "eu-central-1", "regions": ["eu-west-1"]},
        "Those of IAM, the global endpoint of STS and most sign-ins are in us-east-1; the alarms report them. Add"
        " us-east-1 to secmon_regions",
    ),
    "trail of one region": (
        {"regions": ["eu-west-1"], "multi_region": False},
        "Unless another trail logs there, such as AWS Control Tower's, secmon_regions has no effect",
    ),
    "no event alerts": ({"event_alerts": [], "regions": ["eu-west-1"]}, "secmon_regions: has no effect without"),
}


@pytest.mark.parametrize(("changes", "warning"), WARNINGS.values(), ids=WARNINGS)
def test_says_what_is_not_reported(check: Any, changes: dict[str, Any], warning: str) -> None:
    report = check(guide=CIS | changes)

    assert report.problems == ()
    assert any(line.startswith("host guide: secmon_") and warning in line for line in report.warnings)


def test_other_regions_are_forwarded_by_one_role_and_one_rule_in_each(check: Any) -> None:
    report = check(guide=CIS | {"region": "eu-central-1", "regions": ["us-east-1"]})

    assert (report.problems, report.warnings) == ((), ())
    named = report.teardown["guide"]["leftovers"]
    assert named["event_rule_names"][-1] == "secmon-forward-to-eu-central-1"
    assert (named["event_regions"], named["event_role_name"]) == (["us-east-1"], "SecurityEventForwarder")


def test_two_deployments_in_one_region_cannot_share_the_rules_of_eventbridge(check: Any) -> None:
    other = {"topic_name": "B", "trail_name": "bbb", "log_group_name": "/b", "log_role_name": "b", "secret_name": "b"}
    (line,) = check(guide=CIS, twin=CIS | other | {"account_id": ACCOUNT_ID, "event_topic_name": "C"}).problems

    assert "event rules" in line
