"""The pattern of forwarded events matches at least what the event alerts match, in one rule."""

from __future__ import annotations

import json
from typing import Any

import pytest
from ansible_collections.secmon.aws.plugins.module_utils.core.event_forwarding import regions_in, role_description
from ansible_collections.secmon.aws.plugins.module_utils.engines.eventbridge.limits import USUAL_CHARACTERS
from ansible_collections.secmon.aws.plugins.module_utils.event_alerts.forwarding import covering_pattern
from ansible_collections.secmon.aws.plugins.module_utils.event_alerts.rules import event_alert
from ansible_collections.secmon.aws.plugins.module_utils.event_alerts.text import Style
from ansible_collections.secmon.aws.plugins.module_utils.event_pattern.pattern import compile_pattern
from ansible_collections.secmon.aws.plugins.module_utils.rules.packs import PACKS, load_packs
from ansible_collections.secmon.aws.plugins.module_utils.rules.rule import Rule
from ansible_collections.secmon.aws.plugins.module_utils.rules.selection import Trail, check_rules

from embedded_aws.events.bus_event import event_of_record
from tests.unit.module_utils.engines.differential import RULES

VALUES = {
    "account_id": "111122223333",
    "bucket_name": "files",
    "log_group_name": "/group",
    "log_role_name": "Writer",
    "trail_name": "trail",
}


def chosen(packs: list[str], *severities: str) -> list[Rule]:
    report = check_rules(load_packs(RULES), packs, {}, Trail((), "all"), VALUES, severities)
    assert report.errors == ()
    return list(report.rules)


def patterns(rules: list[Rule]) -> list[str]:
    return [each.pattern for rule in rules for each in event_alert(rule, Style("here", "aws")).rules]


def detail(*patterns: dict[str, Any]) -> Any:
    drill, records = json.loads(covering_pattern([json.dumps({"detail": pattern}) for pattern in patterns]))["$or"]
    assert drill == {"source": ["secmon-drill"]}
    return records["detail"]


@pytest.mark.parametrize("packs", [["guide"], ["guide", "cis"], ["guard"], list(PACKS)], ids="-".join)
def test_every_test_event_that_an_event_alert_reports_is_forwarded(packs: list[str]) -> None:
    rules = chosen(packs, "critical", "high")
    text = covering_pattern(patterns(rules))
    cover, exact = compile_pattern(text), [compile_pattern(pattern) for pattern in patterns(rules)]
    records = [test.event for rule in rules for test in rule.tests]
    defaults = {"eventType": "AwsApiCall", "recipientAccountId": "111122223333", "awsRegion": "eu-west-1"}
    events = [event_of_record({"eventTime": "", **defaults, **record}) for record in records if "eventSource" in record]
    reported = [event for event in events if any(pattern.matches(event) for pattern in exact)]

    assert len(text) <= USUAL_CHARACTERS
    assert reported
    assert [event["detail"] for event in reported if not cover.matches(event)] == []


def test_calls_are_named_with_their_services_and_the_callers_of_all_calls_are_kept() -> None:
    trail = {
        "eventSource": ["cloudtrail.amazonaws.com"],
        "eventName": ["StopLogging"],
        "errorCode": [{"exists": False}],
    }
    root = {"userIdentity": {"type": ["Root"], "arn": [{"exists": True}]}, "errorCode": [{"exists": False}]}
    either = {"$or": [{"eventSource": ["iam.amazonaws.com"], "eventName": ["CreateUser"]}, root]}

    assert detail(trail) == {"eventSource": ["cloudtrail.amazonaws.com"], "eventName": ["StopLogging"]}
    assert detail(trail, either) == {
        "$or": [
            {
                "eventSource": ["cloudtrail.amazonaws.com", "iam.amazonaws.com"],
                "eventName": ["StopLogging", "CreateUser"],
            },
            {"userIdentity": {"type": ["Root"]}},
        ]
    }


def test_a_service_may_be_named_by_the_beginning_of_its_name() -> None:
    own = {"eventSource": [{"prefix": "s3"}], "eventName": ["DeleteBucket"]}
    trail = {"eventSource": ["cloudtrail.amazonaws.com"], "eventName": ["StopLogging"]}

    assert detail(own, trail, own) == {
        "eventSource": ["cloudtrail.amazonaws.com", {"prefix": "s3"}],
        "eventName": ["DeleteBucket", "StopLogging"],
    }


def test_calls_that_write_are_widened_to_their_verb_only_if_they_do_not_fit() -> None:
    names = [f"{verb}{'Thing' * 4}{number}" for number in range(30) for verb in ("Delete", "Put", "Get")]
    iam = {"eventSource": ["iam.amazonaws.com"], "eventName": names}
    files = {"eventSource": ["s3.amazonaws.com"], "eventName": ["DeleteObject"]}
    own = {"eventName": ["DeleteUnknown"], "managementEvent": [False]}
    widened, kept = detail(iam, files, own)["$or"]

    assert widened["eventName"][0] == {"prefix": "Delete"}
    assert widened["eventCategory"] == ["Management", {"exists": False}]
    assert {"Get" + "Thing" * 4 + "7", "DeleteObject", "DeleteUnknown"} <= set(kept["eventName"])
    with pytest.raises(ValueError, match="does not fit into one event pattern of 2,048 characters"):
        detail({"eventName": [f"List{'Thing' * 6}{number}" for number in range(60)]})


def test_the_description_of_the_role_names_the_regions() -> None:
    text = role_description(["us-gov-west-1", "eu-central-1"], "us-east-1")

    assert text == "EventBridge forwards events from eu-central-1, us-gov-west-1 to us-east-1"
    assert regions_in(text) == ["eu-central-1", "us-gov-west-1"]
    assert regions_in("Writes from us-east-1 to eu-west-1") == []
