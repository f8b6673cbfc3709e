"""The module encryption_key on the embedded AWS, checked with plain boto3."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from tests.support.embedded_control import ask
from tests.support.module_runner import ModuleRunner, skip_waiting
from tools.generate_docs.modules import documented_actions

ALIAS = "alias/audit"
ACCOUNT = "123456789012"
MARKS = {"secmon:key-alias": ALIAS, "secmon:managed-by": "secmon.aws"}
OWNER = {"Sid": "Owner", "Effect": "Allow", "Principal": {"AWS": ACCOUNT}, "Action": "kms:*", "Resource": "*"}
LOGS = {
    "Sid": "Logs",
    "Effect": "Allow",
    "Principal": {"Service": "logs.us-east-1.amazonaws.com"},
    "Action": ["kms:Encrypt*", "kms:Decrypt*"],
    "Resource": "*",
}


def policy(*statements: dict[str, Any]) -> dict[str, Any]:
    return {"Version": "2012-10-17", "Statement": list(statements)}


TASK = {
    "alias": ALIAS,
    "description": "Encrypts the log files",
    "policy": policy(OWNER, LOGS),
    "tags": {"team": "security"},
}
READS = ["DescribeKey", "ListResourceTags"]
SETTINGS = ["GetKeyRotationStatus", "GetKeyPolicy"]

Change = Callable[[Any, str], Any]


@pytest.fixture
def kms(aws_client: Callable[..., Any]) -> Any:
    return aws_client("kms")


def tags(values: dict[str, str]) -> list[dict[str, str]]:
    return [{"TagKey": key, "TagValue": value} for key, value in values.items()]


def keys(kms: Any) -> list[dict[str, Any]]:
    """Return all customer managed keys with their aliases, without what differs between keys."""
    names: dict[str, list[str]] = {}
    for entry in kms.list_aliases()["Aliases"]:
        names.setdefault(entry.get("TargetKeyId", ""), []).append(entry["AliasName"])
    found = []
    for entry in kms.list_keys()["Keys"]:
        arn = entry["KeyArn"]
        described = kms.describe_key(KeyId=arn)["KeyMetadata"]
        found.append(
            {
                "aliases": names.get(entry["KeyId"], []),
                "description": described["Description"],
                "state": described["KeyState"],
                "policy": json.loads(kms.get_key_policy(KeyId=arn, PolicyName="default")["Policy"]),
                "rotates": kms.get_key_rotation_status(KeyId=arn)["KeyRotationEnabled"],
                "tags": {tag["TagKey"]: tag["TagValue"] for tag in kms.list_resource_tags(KeyId=arn)["Tags"]},
            }
        )
    return sorted(found, key=lambda key: (key["state"], key["aliases"]))


WANTED = {
    "aliases": [ALIAS],
    "description": "Encrypts the log files",
    "state": "Enabled",
    "policy": policy(OWNER, LOGS),
    "rotates": True,
    "tags": {"team": "security", **MARKS},
}


MANUAL_CHANGES: dict[str, Change] = {
    "alias": lambda kms, _arn: kms.delete_alias(AliasName=ALIAS),
    "description": lambda kms, arn: kms.update_key_description(KeyId=arn, Description="x"),
    "disabled": lambda kms, arn: kms.disable_key(KeyId=arn),
    "policy": lambda kms, arn: kms.put_key_policy(KeyId=arn, PolicyName="default", Policy=json.dumps(policy(OWNER))),
    "rotation": lambda kms, arn: kms.disable_key_rotation(KeyId=arn),
    "tag added": lambda kms, arn: kms.tag_resource(KeyId=arn, Tags=tags({"surplus": "yes"})),
    "tag removed": lambda kms, arn: kms.untag_resource(KeyId=arn, TagKeys=["team"]),
}


@pytest.mark.promise("drift")
@pytest.mark.parametrize("change_manually", MANUAL_CHANGES.values(), ids=list(MANUAL_CHANGES))
def test_detects_and_repairs_a_manual_change(run_module: ModuleRunner, kms: Any, change_manually: Change) -> None:
    arn = run_module.succeed(**TASK)["encryption_key"]["arn"]
    run_module.repair(lambda: change_manually(kms, arn), lambda: keys(kms), **TASK)


@pytest.mark.promise("unset_options")
def test_keeps_omitted_settings_and_clears_empty_ones(run_module: ModuleRunner, kms: Any) -> None:
    run_module.succeed(**TASK)
    assert not run_module.succeed(alias=ALIAS)["changed"]
    assert keys(kms) == [WANTED]
    run_module.succeed(alias=ALIAS, description="", tags={})
    assert keys(kms) == [WANTED | {"description": "", "tags": MARKS}]


@pytest.mark.promise("diff")
def test_the_diff_shows_before_and_after(run_module: ModuleRunner) -> None:
    run_module.succeed(alias=ALIAS, description="old")
    diff = run_module.succeed(alias=ALIAS, description="new")["diff"]
    assert (diff["before"]["description"], diff["after"]["description"]) == ("old", "new")


@pytest.mark.promise("prerequisite")
@pytest.mark.promise("ownership")
def test_restores_a_key_only_with_consent(run_module: ModuleRunner, kms: Any) -> None:
    arn = run_module.succeed(**TASK)["encryption_key"]["arn"]
    run_module.succeed(alias=ALIAS, state="absent", deletion_days=7)
    message = run_module.fail_before_writes(**TASK)
    for word in (ALIAS, arn, "is scheduled for deletion on ", "secmon_cancel_deletion", f"account {ACCOUNT}"):
        assert word in message
    predicted = run_module.predict(**TASK, cancel_deletion=True)
    assert run_module.succeed(**TASK, cancel_deletion=True)["diff"] == predicted["diff"]
    assert keys(kms) == [WANTED]


@pytest.mark.promise("calls")
def test_a_second_run_only_reads_the_key_and_searches_no_other(run_module: ModuleRunner, kms: Any) -> None:
    other = kms.create_key()["KeyMetadata"]["KeyId"]
    kms.create_alias(AliasName="alias/other", TargetKeyId=other)
    search = ["ListAliases", "ListKeys"]
    writes = ["CreateKey", "CreateAlias", "EnableKeyRotation"]
    assert run_module.actions(**TASK) == ["DescribeKey", *search, "GetCallerIdentity", *writes]
    assert run_module.actions(**TASK) == READS + SETTINGS


@pytest.mark.promise("resume")
def test_absent_removes_the_key_that_an_interrupted_run_left_without_an_alias(
    run_module: ModuleRunner, kms: Any
) -> None:
    for marks in (MARKS, MARKS | {"secmon:key-alias": "alias/other"}, MARKS | {"secmon:managed-by": "another-tool"}):
        kms.create_key(Tags=tags(marks))
    assert run_module.succeed(alias=ALIAS, state="absent")["changed"]
    doomed = [key["tags"] for key in keys(kms) if key["state"] == "PendingDeletion"]
    assert doomed == [MARKS]


@pytest.mark.promise("resume")
def test_of_several_keys_without_an_alias_the_oldest_is_used_and_the_others_are_removed(
    run_module: ModuleRunner, kms: Any
) -> None:
    made = []
    for _number in range(3):
        made.append(kms.create_key(Tags=tags(MARKS))["KeyMetadata"]["Arn"])
        ask(run_module.endpoint, "clock", {"advance_seconds": 60})
    predicted = run_module.predict(**TASK)
    result = run_module.succeed(**TASK)
    assert result["diff"] == predicted["diff"]
    assert sorted(result["diff"]["before"]["unused_keys"]) == sorted(made[1:])
    assert result["encryption_key"]["arn"] == made[0]
    assert [key["state"] for key in keys(kms)] == ["Enabled", "PendingDeletion", "PendingDeletion"]


@pytest.mark.promise("resume")
def test_of_two_concurrent_runs_one_key_remains(
    run_module: ModuleRunner, kms: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another run makes its key and the alias while this one is between CreateKey and CreateAlias."""
    run_module.faults({"service": "kms", "action": "CreateAlias", "error": "ThrottlingException"})

    def other_run(_seconds: float) -> None:
        if not [entry for entry in kms.list_aliases()["Aliases"] if entry["AliasName"] == ALIAS]:
            key = kms.create_key(Tags=tags(MARKS), Description="other")["KeyMetadata"]["KeyId"]
            kms.create_alias(AliasName=ALIAS, TargetKeyId=key)

    skip_waiting(monkeypatch, other_run)
    run_module.succeed(**TASK)
    found = keys(kms)
    assert [key["state"] for key in found] == ["Enabled", "PendingDeletion"]
    assert found[0] == WANTED
    assert not run_module.succeed(**TASK)["changed"]
    # A run that dies in this situation leaves its key, which leftovers finds and prune.yml removes so.
    kms.create_key(Tags=tags(MARKS))
    assert not run_module.succeed(**TASK)["changed"]
    assert len(run_module.succeed(alias=ALIAS, remove_surplus=True)["diff"]["before"]["unused_keys"]) == 1
    assert [key["state"] for key in keys(kms)] == ["Enabled", "PendingDeletion", "PendingDeletion"]


@pytest.mark.promise("partition")
@pytest.mark.parametrize(
    ("invalid", "expected"),
    [
        ({"alias": "audit"}, "not a valid alias"),
        ({"alias": "alias/aws/s3"}, "alias/aws/"),
        ({"deletion_days": 6}, "7 to 30"),
        ({"description": "x" * 8193}, "8193 characters"),
        ({"policy": "{"}, "policy"),
        ({"policy": []}, "Statement"),
        ({"policy": policy({"Sid": "x" * 32_768})}, "bytes; AWS allows 32768"),
        ({"tags": {"aws:owner": "x"}}, "aws:"),
    ],
)
def test_rejects_invalid_options_before_the_first_call(
    run_module: ModuleRunner, invalid: dict[str, Any], expected: str
) -> None:
    assert expected in run_module.fail_before_calls(**{**TASK, **invalid})


@pytest.mark.promise("iam")
def test_documents_every_iam_action(run_module: ModuleRunner, kms: Any) -> None:
    def use_every_action() -> None:
        run_module.succeed(**TASK)
        run_module.succeed(alias=ALIAS, description="", policy=policy(OWNER), tags={"other": "1"})
        run_module.succeed(alias=ALIAS, state="absent")
        run_module.succeed(alias=ALIAS, cancel_deletion=True)

    assert run_module.iam_actions(use_every_action) == documented_actions("encryption_key")


@pytest.mark.promise("upstream")
def test_upstream_makes_a_second_key_after_an_interrupted_run(run_module: ModuleRunner, kms: Any) -> None:
    run_module.faults({"service": "kms", "action": "CreateAlias", "error": "AccessDeniedException"})
    assert run_module.upstream("amazon.aws.kms_key", alias="audit")["failed"]
    run_module.upstream("amazon.aws.kms_key", alias="audit")
    assert len(keys(kms)) == 2
