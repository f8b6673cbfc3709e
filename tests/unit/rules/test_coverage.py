"""What incidents and attacks do raises an alarm, or rules/coverage.yml says why not and what sees it instead."""

from __future__ import annotations

from tools.generate_docs.coverage import REASONS, calls, coverage, explained, rules_of_packs, seen

RULES = {rule.id: rule for rules in rules_of_packs().values() for rule in rules}


def test_every_call_of_the_incidents_is_alarmed_on_or_explained() -> None:
    listed = set(calls("incident_calls"))
    assert len(listed) == 123
    assert {call for call in listed if not seen(call)} <= set(explained()) <= listed
    assert not {call for call in explained() if seen(call).always}


def test_an_explanation_has_a_known_reason_and_names_rules_that_exist() -> None:
    for entry in coverage()["not_alarmed"]:
        assert entry["reason"] in REASONS
        assert entry["instead"].strip()
        assert set(entry["rules"]) <= set(RULES), entry["calls"]


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
