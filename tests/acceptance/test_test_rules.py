"""`ansible-playbook secmon.aws.test_rules`: its output for authors of rules."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.conftest import run

PATTERN = '{ ($.eventSource = "iam.amazonaws.com") && ($.eventName = "CreateUser") }'


def event(name: str, source: str = "iam.amazonaws.com") -> dict[str, object]:
    return {"eventSource": source, "eventName": name}


def rule(**changes: object) -> dict[str, object]:
    tests = [
        {"name": "a user is made", "match": True, "event": event("CreateUser")},
        {"name": "a user is made with a path", "match": True, "event": event("CreateUser") | {"requestParameters": {}}},
        {"name": "a role is made", "match": False, "event": event("CreateRole")},
        {"name": "a user is read", "match": False, "event": event("GetUser")},
        {"name": "a user of a database", "match": False, "event": event("CreateUser", "redshift.amazonaws.com")},
    ]
    return {
        "id": "user_made",
        "title": "A user was made",
        "severity": "medium",
        "description": "An IAM user was created.",
        "pattern": PATTERN,
        "filter_name": "UserMade",
        "metric": {"namespace": "Own", "name": "UserMadeCount", "value": "1", "default_value": 0},
        "alarm": {
            "statistic": "Sum",
            "period_seconds": 60,
            "evaluation_periods": 1,
            "threshold": 1,
            "comparison": "GreaterThanOrEqualToThreshold",
        },
        "runbook": "1. Ask who made it.",
        "tests": tests,
    } | changes


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path


def save(folder: Path, body: dict[str, object]) -> None:
    (folder / f"{body['id']}.yml").write_text(yaml.safe_dump(body))


def play(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return run("ansible-playbook", "playbooks/test_rules.yml", "-e", f"rules_dir={folder}", *arguments)


def test_shipped_rules_pass() -> None:
    result = run("ansible-playbook", "secmon.aws.test_rules", "-e", "strict=true", "-e", "engines=true")
    assert result.returncode == 0, result.stdout
    assert "secret_access" in result.stdout
    assert ", 0 failed; lint: 0 errors, 0 warnings." in result.stdout
    refused = ("public_access_block_weakened", "secret_deleted", "secret_policy_changed", "function_code_changed")
    arrays = ("bucket_or_queue_wiped", "instances_destroyed", "port_opened_to_world", "snapshot_shared")
    for rule_id in (*refused, *arrays, "role_trusts_foreign_account"):
        assert f"EventBridge cannot take {rule_id}:\n" in result.stdout
    assert result.stdout.count("EventBridge cannot take ") == 9
    assert "fails tests of" not in result.stdout


def test_the_skeleton_of_a_new_rule_passes_and_is_never_overwritten(folder: Path) -> None:
    new = ("ansible-playbook", "secmon.aws.new_rule", "-e", "rule_id=queue_deleted", "-e", f"rules_dir={folder}")
    result = run(*new)
    assert result.returncode == 0, result.stdout
    assert "1 rule, 5 tests, 0 failed; lint: 0 errors, 0 warnings." in result.stdout
    (folder / "queue_deleted.yml").write_text("title: mine\n")
    assert run(*new).returncode != 0
    assert (folder / "queue_deleted.yml").read_text() == "title: mine\n"


def test_a_real_event_becomes_a_test_with_made_up_identifiers(folder: Path) -> None:
    path, source = folder / "user_made.yml", folder / "event.json"
    path.write_text(yaml.safe_dump(rule(), sort_keys=False))
    source.write_text(json.dumps(event("CreateUser") | {"recipientAccountId": "312345678901"}))
    record = ("ansible-playbook", "secmon.aws.record", "-e", f"rule_file={path}", "-e", f"event_file={source}")
    result = run(*record, "-e", "test_name=last_tuesday")
    assert result.returncode == 0, result.stdout
    assert "1 rule, 6 tests, 0 failed" in result.stdout
    written = path.read_text()
    assert "recipientAccountId: '111122223333'" in written
    assert run(*record, "-e", "test_name=last_tuesday").returncode == 0
    assert path.read_text() == written


def test_the_newest_event_of_a_call_becomes_a_test_and_an_account_without_filters_finds_nothing(
    folder: Path, embedded_aws: str, aws_client: Callable[..., Any]
) -> None:
    path = folder / "user_made.yml"
    path.write_text(yaml.safe_dump(rule(), sort_keys=False))
    aws_client("iam").create_user(UserName="jane.doe")
    account = aws_client("sts").get_caller_identity()["Account"]
    host = {"secmon_account_id": account, "secmon_region": "us-east-1", "secmon_endpoint_url": embedded_aws}
    host |= {"secmon_access_key": "deployer", "secmon_secret_key": "embedded"}
    (folder / "hosts.yml").write_text(yaml.safe_dump({"all": {"hosts": {"sandbox": host}}}))
    playbook = (
        "ansible-playbook",
        "-i",
        str(folder / "hosts.yml"),
        "-e",
        f"rule_file={path}",
        "-e",
        f"folder={folder}",
    )
    result = run(*playbook, "secmon.aws.record", "-e", "event_name=CreateUser", "-e", "test_name=today")
    assert result.returncode == 0, result.stdout
    assert "1 rule, 6 tests, 0 failed" in result.stdout
    assert "userName: name-1" in path.read_text()
    assert "jane.doe" not in path.read_text()
    result = run(*playbook, "secmon.aws.coverage")
    assert result.returncode == 0, result.stdout
    assert "Deploy trail_stopped (pack guard)." in (folder / "coverage.txt").read_text()


def test_a_failed_test_names_the_condition_and_the_value_and_an_excluded_event_source_is_an_error(folder: Path) -> None:
    save(folder, rule(pattern=PATTERN.replace("CreateUser", "CreateUsers")))
    result = play(folder, "-e", '{"excluded_event_sources": ["iam.amazonaws.com"]}')
    assert result.returncode != 0
    assert "ERROR user_made: " in result.stdout
    assert "FAILED user_made: 'a user is made' expected a match, got no match" in result.stdout
    assert 'condition `$.eventName = "CreateUsers"` is false: the event has "CreateUser"' in result.stdout


def test_all_errors_of_all_files_are_reported_together(folder: Path) -> None:
    save(folder, rule(severity="hihg"))
    save(folder, rule(id="second", pattern=PATTERN.replace(" = ", " == ", 1)))
    result = play(folder)
    assert result.returncode != 0
    assert 'Did you mean "high"?' in result.stdout
    assert 'Write a single "=" to compare.' in result.stdout


def test_an_account_can_define_rules_by_variable(folder: Path) -> None:
    save(folder, rule())
    result = play(folder, "-e", '{"secmon_rules": {"user_mode": {"enabled": false}}}')
    assert result.returncode != 0
    assert 'Did you mean "user_made"?' in result.stdout


def test_a_folder_without_rules_fails(folder: Path) -> None:
    result = play(folder)
    assert result.returncode != 0
    assert "No rule file in" in result.stdout
