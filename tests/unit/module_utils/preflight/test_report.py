from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.secmon.aws.plugins.module_utils.preflight.checks import RawValue
from ansible_collections.secmon.aws.plugins.module_utils.preflight.report import Report, preflight
from ansible_collections.secmon.aws.plugins.module_utils.preflight.variables import VARIABLES
from ansible_collections.secmon.aws.plugins.module_utils.rules import selection
from ansible_collections.secmon.aws.plugins.module_utils.rules.packs import Packs
from ansible_collections.secmon.aws.plugins.module_utils.rules.rule import Rule
from ansible_collections.secmon.aws.plugins.module_utils.rules.rule_tests import TestResult, run_tests
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.module_utils.preflight.accounts import ACCOUNT_ID, raw
from tests.unit.module_utils.preflight.test_checks import ODD
from tools.generate_docs.costs import rules_of_packs

CANARY = "canary-4711"
README_RULE = re.compile(r"```yaml\n(title:.*?)```", re.DOTALL)


@pytest.fixture(scope="module")
def shipped() -> Packs:
    return rules_of_packs()


def check(shipped: Packs, **hosts: dict[str, Any]) -> Report:
    return preflight({host: raw(**values) for host, values in hosts.items()}, shipped)


def test_an_account_with_only_required_variables_gets_the_guide_pack(shipped: Packs) -> None:
    report = check(shipped, guide={})
    assert (report.problems, report.warnings) == ((), ())
    (alarm,) = report.detections["guide"].alarms
    assert alarm["name"] == "SecretIsAccessed"
    assert alarm["alarm_actions"] == [f"arn:aws:sns:us-east-1:{ACCOUNT_ID}:SecurityAlarms"]


def test_accounts_with_the_same_choice_test_its_rules_once(shipped: Packs, monkeypatch: pytest.MonkeyPatch) -> None:
    tested: list[int] = []

    def count(rules: Sequence[Rule]) -> tuple[TestResult, ...]:
        tested.append(len(rules))
        return run_tests(rules)

    monkeypatch.setattr(selection, "run_tests", count)
    accounts = {
        f"host-{number}": {"account_id": f"{number:012}", "packs": ["guard"], "excluded_event_sources": []}
        for number in (1, 2, 3)
    }
    report = check(shipped, **accounts)
    assert report.problems == () and len(tested) == 1
    first, second, _third = (str(found.filters) for found in report.detections.values())
    assert first != second and first.replace("000000000001", "000000000002") == second


def test_rules_on_iam_are_refused_where_the_trail_never_receives_their_events(shipped: Packs) -> None:
    elsewhere = {"region": "eu-central-1", "multi_region": False}
    cis = {"packs": ["cis"], "excluded_event_sources": []}
    assert check(shipped, guide=elsewhere).problems == ()
    report = check(shipped, guide=elsewhere | cis)
    (iam,) = [problem for problem in report.problems if "iam_policy_changes" in problem]
    assert "recorded in us-east-1 only" in iam and "secmon_multi_region: true" in iam
    assert not any("vpc_changes" in problem for problem in report.problems)
    assert check(shipped, guide=cis | {"multi_region": False}).problems == ()
    assert check(shipped, guide=cis | {"region": "eu-central-1"}).problems == ()


@pytest.mark.parametrize(
    ("region", "partition"),
    [
        ("cn-north-1", "aws-cn"),
        ("us-gov-west-1", "aws-us-gov"),
        ("eusc-de-east-1", "aws-eusc"),
        ("us-iso-east-1", "aws-iso"),
        ("us-isob-east-1", "aws-iso-b"),
        ("eu-isoe-west-1", "aws-iso-e"),
        ("us-isof-south-1", "aws-iso-f"),
    ],
)
def test_alarms_publish_to_a_topic_in_the_partition_of_the_region(shipped: Packs, region: str, partition: str) -> None:
    report = check(shipped, guide={"region": region})
    assert report.problems == ()
    assert report.detections["guide"].alarms[0]["alarm_actions"] == [
        f"arn:{partition}:sns:{region}:{ACCOUNT_ID}:SecurityAlarms"
    ]


def test_alarms_publish_to_an_existing_topic(shipped: Packs) -> None:
    arn = f"arn:aws-cn:sns:cn-north-1:{ACCOUNT_ID}:Theirs"
    report = check(shipped, guide={"region": "cn-north-1", "existing_topic_arn": arn})
    assert report.detections["guide"].alarms[0]["alarm_actions"] == [arn]


def test_reports_all_problems_of_all_hosts_together(shipped: Packs) -> None:
    report = check(
        shipped,
        guide={"retension_days": 30, "emails": ["nobody"], "rules": {"secret_acess": {}}},
        production={"account_id": "210987654321", "region": "us-east"},
        sandbox={"account_id": "111122223333"},
    )
    assert [line.split(": ")[:2] for line in report.problems] == [
        ["host guide", "secmon_retension_days"],
        ["host guide", "secmon_rules"],
        ["host guide", "secmon_emails[0]"],
        ["host production", "secmon_region"],
    ]
    assert report.problem_hosts == ("guide", "production")
    assert set(report.detections) == {"sandbox"}


def test_checks_rules_even_with_invalid_packs(shipped: Packs) -> None:
    report = check(shipped, guide={"packs": ["gard"], "rules": {"secret_acess": {"enabled": False}}})
    assert len(report.problems) == 2
    assert 'Did you mean "secret_access"?' in report.problems[1]


def test_reports_two_hosts_of_one_account(shipped: Packs) -> None:
    (line,) = check(shipped, one={}, two={}).problems
    assert line.startswith("host two: secmon_account_id: this host is account")


def test_a_warning_names_the_host_and_is_not_a_problem(shipped: Packs) -> None:
    report = check(shipped, guide={"rules": {"secret_access": {"references": None}}})
    (warning,) = report.warnings
    assert warning.startswith(
        "host guide: secmon_rules: rule secret_access: no reference explains why this event matters"
    )
    assert report.problems == ()


def test_the_assumed_role_is_the_deployer_unless_another_is_named(shipped: Packs) -> None:
    role = {"assume_role_arn": f"arn:aws:iam::{ACCOUNT_ID}:role/teams/Deployer"}
    for variables, name in ((role, "Deployer"), (role | {"deployer_role": "Pipeline"}, "Pipeline")):
        report = check(shipped, guide={"packs": ["guard"], "excluded_event_sources": [], **variables})
        assert (report.problems, report.warnings) == ((), ())
        patterns = {entry["name"]: entry["pattern"] for entry in report.detections["guide"].filters}
        assert f'userName != "{name}"' in patterns["TrailNarrowed"]


def test_log_alarms_are_chosen_by_severity_or_rule_and_named_to_the_teardown(shipped: Packs) -> None:
    report = check(shipped, guide={"log_alarms": ["secret_access"]}, none={"account_id": "210987654321"})
    assert (report.problems, report.warnings) == ((), ())
    (alarm,) = report.detections["guide"].log_alarms
    assert alarm["name"] == "SecretIsAccessed-by-actor"
    leftovers = report.teardown["guide"]["leftovers"]
    assert leftovers["log_alarm_names"] == [alarm["name"]]
    assert leftovers["log_alarm_role_names"] == ["SecurityLogAlarmQuery", "SecurityLogAlarmLines"]
    assert report.detections["none"].log_alarms == ()
    assert report.teardown["none"]["leftovers"]["log_alarm_role_names"] == []


def test_a_rule_that_insights_cannot_express_is_a_problem_by_name_and_a_warning_by_severity(shipped: Packs) -> None:
    guard = {"packs": ["guide", "guard"], "excluded_event_sources": []}
    refused = "the rule public_access_block_weakened cannot have a log alarm"
    by_name = check(shipped, guide={**guard, "log_alarms": ["public_access_block_weakened"]})
    assert [line for line in by_name.problems if f"secmon_log_alarms: {refused}" in line] == list(by_name.problems)
    by_severity = check(shipped, guide={**guard, "log_alarms": ["high"]})
    assert by_severity.problems == ()
    assert any(refused in line for line in by_severity.warnings)
    unknown = check(shipped, guide={"log_alarms": ["secret_acess", "root_usage"]})
    assert any("Did you mean" in line and "secret_access" in line for line in unknown.problems)
    assert any("root_usage is not deployed in this account" in line for line in unknown.problems)


def test_hosts_with_the_same_warning_have_one_line(shipped: Packs) -> None:
    rules = {"secret_access": {"references": None}}
    report = check(shipped, guide={"rules": rules}, other={"rules": rules, "account_id": "210987654321"})
    (warning,) = report.warnings
    assert warning.startswith("hosts guide, other: secmon_rules: rule secret_access: no reference")


def test_rules_of_own_folders_are_checked_and_deployed(shipped: Packs, repository: Path, tmp_path: Path) -> None:
    (text,) = README_RULE.findall((repository / "README.md").read_text())
    own = tmp_path / "queue_deleted.yml"
    own.write_text(text)
    report = check(shipped, guide={"rules_dirs": [str(tmp_path)]}, other={"account_id": "210987654321"})
    assert (report.problems, report.warnings) == ((), ())
    names = {host: [rule["id"] for rule in found.rules] for host, found in report.detections.items()}
    assert names == {"guide": ["secret_access", "queue_deleted"], "other": ["secret_access"]}
    own.write_text(text.replace("title:", "titel:"))
    (problem,) = check(shipped, guide={"rules_dirs": [str(tmp_path)]}).problems
    assert problem == f'host guide: secmon_rules_dirs: {own}:1: titel: is not a known key. Did you mean "title"?'
    (missing,) = check(shipped, guide={"rules_dirs": ["/no/such/folder"]}).problems
    assert missing == "host guide: secmon_rules_dirs: /no/such/folder: no such file or folder: check the path"


def test_merges_alarm_names_over_the_default(shipped: Packs) -> None:
    report = check(shipped, guide={"profile": "cis", "alarm_names": {"root_usage": "Root"}})
    names = [alarm["name"] for alarm in report.detections["guide"].alarms]
    assert "SecretIsAccessed" in names
    assert "Root" in names


def test_hides_a_secret_in_another_variable(shipped: Packs) -> None:
    report = check(shipped, guide={"secret_value": {"password": CANARY}, "emails": [CANARY], "profile": CANARY})
    assert len(report.problems) == 2
    assert CANARY not in str(report)
    assert '"(a secret)" is not a valid e-mail address' in report.problems[1]


@given(st.lists(st.dictionaries(st.sampled_from(sorted(VARIABLES)), ODD, max_size=6), min_size=1, max_size=3))
def test_no_variables_raise_an_exception(shipped: Packs, hosts: list[dict[str, Any]]) -> None:
    for loose in (False, True):
        named = {
            f"host{number}": {**raw(), **{name: RawValue(value, loose=loose) for name, value in values.items()}}
            for number, values in enumerate(hosts)
        }
        report = preflight(named, shipped)
        assert all(len(line.splitlines()) == 1 for line in (*report.problems, *report.warnings))


@given(st.dictionaries(st.sampled_from(["secret_access", "root_usage", "own"]) | st.text(), ODD, max_size=3))
def test_no_overrides_raise_an_exception(shipped: Packs, rules: dict[str, Any]) -> None:
    report = preflight({"guide": {**raw(), "secmon_rules": RawValue(rules)}}, shipped)
    assert all(len(line.splitlines()) == 1 for line in report.problems)


@given(
    st.dictionaries(
        st.sampled_from(["severity", "alarm", "metric", "parameters", "enabled", "runbook", "tests", "references"]), ODD
    )
)
def test_no_override_of_a_rule_raises_an_exception(shipped: Packs, changes: dict[str, Any]) -> None:
    preflight({"guide": {**raw(), "secmon_rules": RawValue({"secret_access": changes})}}, shipped)


def test_rejects_values_nested_too_deep(shipped: Packs) -> None:
    deep: dict[str, Any] = {}
    for _depth in range(5000):
        deep = {"deeper": deep}
    report = check(shipped, guide={"rules": deep, "secret_value": deep, "secret_resource_policy": deep})
    assert len(report.problems) == 3
