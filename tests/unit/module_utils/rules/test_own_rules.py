"""Rules of the user's own: short files, folders of them, and messages about them."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from ansible_collections.secmon.aws.plugins.module_utils.rules.catalog import load_rules
from ansible_collections.secmon.aws.plugins.module_utils.rules.lint.lint import lint_rules
from ansible_collections.secmon.aws.plugins.module_utils.rules.packs import Packs, with_own_rules
from ansible_collections.secmon.aws.plugins.module_utils.rules.rule_tests import run_tests
from ansible_collections.secmon.aws.plugins.module_utils.rules.selection import RuleReport, Trail, check_rules
from ansible_collections.secmon.aws.plugins.module_utils.validation.problems import ValidationError

from tools.generate_docs.costs import rules_of_packs

SHORT: dict[str, Any] = {
    "title": "A queue was deleted",
    "pattern": '{ ($.eventSource = "sqs.amazonaws.com") && ($.eventName = "DeleteQueue") }',
    "tests": [
        {"name": f"{who}: {name}", "match": name == "DeleteQueue", "like": ["tls_call", who], "event": event}
        for who, name in (
            ("user", "DeleteQueue"),
            ("pipeline", "DeleteQueue"),
            ("user", "CreateQueue"),
            ("user", "PurgeQueue"),
            ("user", "ListQueues"),
        )
        for event in [{"eventSource": "sqs.amazonaws.com", "eventName": name}]
    ],
}


VALUES = {
    "bucket_name": "audit-123456789012",
    "log_role_name": "Writer",
    "log_group_name": "trail",
    "deployer_role": "Deployer",
}


@pytest.fixture(scope="module")
def shipped() -> Packs:
    return rules_of_packs()


def save(folder: Path, name: str, **changes: Any) -> Path:
    path = folder / f"{name}.yml"
    path.write_text(yaml.safe_dump({**SHORT, **changes}))
    return path


def check(packs: Packs, *chosen: str, overrides: Any = None, **trail: Any) -> RuleReport:
    return check_rules(packs, list(chosen), overrides or {}, Trail(**trail), VALUES)


def test_a_rule_needs_only_title_pattern_and_tests(tmp_path: Path) -> None:
    (rule,) = load_rules(save(tmp_path, "queue_deleted"))
    assert (rule.id, rule.severity, rule.description) == ("queue_deleted", "medium", SHORT["title"])
    assert (rule.filter_name, rule.metric.name) == ("QueueDeleted", "QueueDeletedCount")
    assert (rule.metric.namespace, rule.metric.default_value) == ("SecurityMetrics", 0)
    assert (rule.alarm.statistic, rule.alarm.period_seconds, rule.alarm.threshold) == ("Sum", 60, 1)
    assert "${find_records}" in rule.runbook
    assert all(result.passed for result in run_tests([rule]))
    assert [finding for finding in lint_rules([rule]) if finding.level == "error"] == []


def test_a_part_that_is_written_keeps_its_meaning(tmp_path: Path) -> None:
    (rule,) = load_rules(save(tmp_path, "queue_deleted", metric={"name": "Mine"}, alarm={"extended_statistic": "p99"}))
    assert (rule.metric.namespace, rule.metric.name, rule.metric.default_value) == ("SecurityMetrics", "Mine", None)
    assert (rule.alarm.statistic, rule.alarm.extended_statistic) == (None, "p99")


def test_rules_of_own_folders_are_deployed_beside_the_packs(tmp_path: Path, shipped: Packs) -> None:
    save(tmp_path, "queue_deleted")
    report = check(with_own_rules(shipped, [str(tmp_path)]), "guide")
    assert report.errors == ()
    assert [rule.id for rule in report.rules] == ["secret_access", "queue_deleted"]


def test_a_short_rule_can_stand_in_secmon_rules(shipped: Packs) -> None:
    report = check(shipped, "guide", overrides={"queue_deleted": SHORT})
    assert report.errors == ()
    assert [rule.filter_name for rule in report.rules] == ["TrackSecretAccess", "QueueDeleted"]


def test_an_own_rule_cannot_replace_a_shipped_one_in_silence(tmp_path: Path, shipped: Packs) -> None:
    save(tmp_path, "root_usage")
    with pytest.raises(ValidationError) as caught:
        with_own_rules(shipped, [str(tmp_path)])
    (problem,) = caught.value.problems
    assert (
        problem.text
        == "root_usage is a rule of the pack cis: choose another name for the file; secmon_rules changes it"
    )


def test_an_override_of_a_misspelt_id_is_one_message_whatever_it_changes(shipped: Packs) -> None:
    for changes in ({"alarm": {"threshold": 2}}, {"metric": {"name": "X"}}, {"enabled": False}):
        (error,) = check(shipped, "guide", overrides={"secret_acess": changes}).errors
        assert error.startswith('secret_acess: no rule has this id. Did you mean "secret_access"?')


def test_a_pack_that_the_profile_blinds_is_one_message_that_names_the_variable(shipped: Packs) -> None:
    report = check(shipped, "operational", "cis", excluded_event_sources=("kms.amazonaws.com",))
    (error,) = report.errors
    assert error.startswith("rules kms_key_disabled_or_deleted, kms_key_made_unusable: the trail excludes")
    assert "set secmon_excluded_event_sources: [], as secmon_profile: cis does" in error


def test_only_own_rules_have_warnings_of_the_lint(tmp_path: Path, shipped: Packs) -> None:
    save(tmp_path, "queue_deleted")
    report = check(with_own_rules(shipped, [str(tmp_path)]), "guide", "cis", "operational", "guard")
    assert report.errors == ()
    assert report.warnings
    assert all(warning.startswith("rule queue_deleted: ") for warning in report.warnings)


def test_the_deployer_is_no_intruder_for_the_pack_guard(shipped: Packs) -> None:
    report = check(shipped, "guard")
    (rule,) = (rule for rule in report.rules if rule.id == "metric_filter_written")
    assert 'sessionIssuer.userName != "Deployer"' in rule.pattern
    assert report.warnings == ()


def test_an_override_of_the_deployer_comes_first(shipped: Packs) -> None:
    overrides = {"metric_filter_written": {"parameters": {"deployer_role": "Other"}}}
    report = check(shipped, "guard", overrides=overrides)
    (rule,) = (rule for rule in report.rules if rule.id == "metric_filter_written")
    assert 'userName != "Other"' in rule.pattern and "Deployer" not in rule.pattern


def test_a_run_without_a_known_deployer_says_once_which_rules_will_accuse_it(shipped: Packs) -> None:
    values = {name: value for name, value in VALUES.items() if name != "deployer_role"}
    (warning,) = check_rules(shipped, ["guard"], {}, Trail(), values).warnings
    assert warning.startswith("rules alarm_overwritten, alert_topic_changed, ")
    assert "set secmon_deployer_role to the name of the role" in warning


def test_a_verbatim_pattern_has_no_warning_whatever_the_trail_records(shipped: Packs) -> None:
    report = check(shipped, "cis", management_events="write")
    assert not [warning for warning in report.warnings if "unauthorized_api_calls" in warning]


@pytest.mark.parametrize("page", ["README.md", "playbooks/templates/rule.yml.j2"])
def test_the_rule_in_the_readme_and_the_skeleton_load_and_pass(repository: Path, tmp_path: Path, page: str) -> None:
    text = (repository / page).read_text()
    if page == "README.md":
        (text,) = (block for block in re.findall(r"```yaml\n(.*?)```", text, re.DOTALL) if "pattern:" in block)
    (tmp_path / "from_the_page.yml").write_text(text)
    rules = load_rules(tmp_path)
    assert all(result.passed for result in run_tests(rules))
    assert lint_rules(rules) == ()
