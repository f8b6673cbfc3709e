"""What incidents and attacks do raises an alarm, or rules/coverage.yml says why not and what sees it instead."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from ansible_collections.secmon.aws.plugins.module_utils.catalog.coverage import (
    ATTACK,
    INCIDENTS,
    TECHNIQUES,
    Catalog,
    account_coverage,
    pattern_for_all,
)
from ansible_collections.secmon.aws.plugins.module_utils.rules.deployment import by_account
from ansible_collections.secmon.aws.plugins.module_utils.rules.packs import PACKS
from ansible_collections.secmon.aws.plugins.module_utils.rules.parameters import fill_pattern

from tests.unit.rules.overlap_matrix import overlaps
from tools.generate_docs.coverage import REASONS, calls, coverage, explained, rules_of_packs, seen

RULES = {rule.id: rule for rules in rules_of_packs().values() for rule in rules}


def test_every_call_of_the_incidents_is_alarmed_on_or_explained() -> None:
    listed = set(calls("incident_calls"))
    assert len(listed) == 123
    assert {call for call in listed if not seen(call)} <= set(explained()) <= listed
    assert not {call for call in explained() if seen(call).always}


def test_an_explanation_has_a_known_reason_and_names_rules_that_exist() -> None:
    for entry in [*coverage()["not_alarmed"], *coverage()["peers_alarm_on"]]:
        assert entry["reason"] in REASONS
        assert entry["instead"].strip()
        assert set(entry["rules"]) <= set(RULES), entry["calls"]
    assert [call for entry in coverage()["peers_alarm_on"] for call in entry["calls"] if seen(call)] == []


def test_every_published_technique_raises_an_alarm() -> None:
    techniques = coverage()["techniques"]
    assert len(techniques) == 35
    assert [name for name, calls_of in techniques.items() if not any(map(seen, calls_of))] == []


def test_every_call_that_blinds_is_alarmed_on_without_the_pack_threat() -> None:
    threat = {rule.id for rule in rules_of_packs()["threat"]}
    found = {call: {*seen(call).always, *seen(call).sometimes} for call in calls("blinding_calls")}
    assert [call for call, rules in found.items() if rules <= threat] == []


def test_every_rule_of_the_pack_threat_says_which_technique_it_sees() -> None:
    assert [rule.id for rule in rules_of_packs()["threat"] if not rule.references.mitre_attack] == []


def test_a_report_has_one_title_and_one_address() -> None:
    cited = {report for rule in RULES.values() for report in rule.references.incidents.items()}
    assert len({title for title, _link in cited}) == len({link for _title, link in cited}) == len(cited)


def test_two_alarms_for_one_call_have_a_reason() -> None:
    rules = [rule for pack, rules in rules_of_packs().items() if pack != "cis" for rule in rules]
    found = {frozenset((rule, other)) for rule, others in overlaps(rules, match=True).items() for other in others}
    listed = [frozenset((entry["rule"], other)) for entry in coverage()["overlaps"] for other in entry["graver"]]
    assert len(listed) == len(set(listed))
    assert found == set(listed)


CATALOG = Catalog(rules_of_packs(), coverage())


def judged(packs: Iterable[str], *, organization: bool = False) -> dict[tuple[str, str], dict[str, str]]:
    filled = [replace(rule, pattern=str(pattern_for_all(rule))) for pack in packs for rule in rules_of_packs()[pack]]
    deployed = map(by_account, filled) if organization else filled
    filters = [{"name": rule.filter_name, "pattern": rule.pattern} for rule in deployed]
    return {(item["group"], item["name"]): item for item in account_coverage(filters, CATALOG)}


def test_an_account_with_all_packs_finds_everything_that_the_packs_find() -> None:
    items = judged(PACKS)
    incidents = {name: item for (group, name), item in items.items() if group == INCIDENTS}
    assert {name for name, item in incidents.items() if item["status"] == "fail"} == set()
    assert {name for name, item in incidents.items() if item["status"] == "not applicable"} <= set(explained())
    assert [key for key, item in items.items() if key[0] != INCIDENTS and item["status"] != "pass"] == []


def test_the_filters_of_an_organization_find_the_same() -> None:
    assert judged(["guard"], organization=True) == judged(["guard"])


def test_a_filter_that_is_narrowed_to_the_names_of_the_account_finds_its_calls() -> None:
    names = {"log_group_name": ("/acme/trail",), "log_role_name": ("acme-delivery",)}
    rule = RULES["log_stream_forged"]
    filters = [{"name": rule.filter_name, "pattern": str(fill_pattern(rule, names))}]
    items = {(item["group"], item["name"]): item for item in account_coverage(filters, CATALOG)}
    assert items[INCIDENTS, "logs:CreateLogStream"]["status"] == items[ATTACK, "T1565.001"]["status"] == "pass"
    filters[0]["name"] = "of another team"
    assert account_coverage(filters, CATALOG) == account_coverage([], CATALOG)


def test_a_filter_with_the_name_of_a_rule_and_another_pattern_finds_nothing() -> None:
    rule = RULES["trail_stopped"]
    pattern = str(pattern_for_all(rule))
    for old, new in (("DeleteTrail", "CreateTrail"), ("cloudtrail.amazonaws.com", "iam.amazonaws.com")):
        filters = [{"name": rule.filter_name, "pattern": pattern.replace(old, new)}]
        items = {(item["group"], item["name"]): item for item in account_coverage(filters, CATALOG)}
        assert old in pattern and items[INCIDENTS, "cloudtrail:DeleteTrail"]["status"] == "fail"


def test_an_account_learns_which_rule_would_find_what_it_does_not_see() -> None:
    items = judged(["cis"])
    assert items[INCIDENTS, "cloudtrail:DeleteTrail"]["why"] == "Each successful call is found by CisCloudtrailChanges."
    missing = items[INCIDENTS, "iam:CreateUser"]
    assert missing["status"] == "fail"
    assert missing["remedy"] == "Deploy iam_user_created (pack threat)."
    assert items[TECHNIQUES, "credential-access.ec2-get-password-data"]["remedy"].startswith(
        "Deploy stored_credentials_read"
    )
    assert items[ATTACK, "T1537"]["status"] == "fail"


def test_a_filter_that_counts_all_events_or_is_no_pattern_of_records_is_passed_over() -> None:
    filters = [
        {"name": "broken", "pattern": "{ $.a"},
        {"name": "text", "pattern": "ERROR"},
        {"name": "all", "pattern": ""},
    ]
    assert {item["status"] for item in account_coverage(filters, CATALOG)} == {"fail", "not applicable"}
