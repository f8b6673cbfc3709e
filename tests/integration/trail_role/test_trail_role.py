"""The module trail_role on the embedded AWS, checked with plain boto3."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from tests.support.module_runner import ModuleRunner
from tools.generate_docs.modules import documented_actions

NAME = "CloudTrailToCloudWatchLogs"
ACCOUNT = "123456789012"
ARN = f"arn:aws:iam::{ACCOUNT}:role/{NAME}"
BOUNDARY = f"arn:aws:iam::{ACCOUNT}:policy/Boundary"
MARK = {"secmon:managed-by": "secmon.aws"}


def policy(**statement: Any) -> dict[str, Any]:
    return {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", **statement}]}


TRUST = policy(Principal={"Service": "cloudtrail.amazonaws.com"}, Action="sts:AssumeRole")
OTHER_TRUST = policy(Principal={"AWS": ACCOUNT}, Action="sts:AssumeRole")
WRITE = policy(Action=["logs:CreateLogStream", "logs:PutLogEvents"], Resource="*")
READ = policy(Action="logs:GetLogEvents", Resource="*")
TASK = {
    "name": NAME,
    "description": "Writes events",
    "trust_policy": TRUST,
    "policy_name": "Write",
    "policy": WRITE,
    "tags": {"team": "security"},
}
READS = ["GetRole", "ListRolePolicies", "GetRolePolicy", "ListAttachedRolePolicies"]

Change = Callable[[Any], Any]


@pytest.fixture
def iam(aws_client: Callable[..., Any]) -> Any:
    return aws_client("iam")


def role(iam: Any) -> dict[str, Any]:
    """Return all settings of the role; empty if it does not exist."""
    if NAME not in [found["RoleName"] for found in iam.list_roles()["Roles"]]:
        return {}
    found = iam.get_role(RoleName=NAME)["Role"]
    return {
        "description": found.get("Description", ""),
        "trust": found["AssumeRolePolicyDocument"],
        "session": found["MaxSessionDuration"],
        "boundary": found.get("PermissionsBoundary", {}).get("PermissionsBoundaryArn"),
        "policies": {
            name: iam.get_role_policy(RoleName=NAME, PolicyName=name)["PolicyDocument"]
            for name in iam.list_role_policies(RoleName=NAME)["PolicyNames"]
        },
        "attached": iam.list_attached_role_policies(RoleName=NAME)["AttachedPolicies"],
        "tags": {tag["Key"]: tag["Value"] for tag in found.get("Tags", [])},
    }


WANTED = {
    "description": "Writes events",
    "trust": TRUST,
    "session": 3600,
    "boundary": None,
    "policies": {"Write": WRITE},
    "attached": [],
    "tags": {"team": "security", **MARK},
}


def make_boundary(iam: Any) -> str:
    return str(iam.create_policy(PolicyName="Boundary", PolicyDocument=json.dumps(WRITE))["Policy"]["Arn"])


MANUAL_CHANGES: dict[str, Change] = {
    "description": lambda iam: iam.update_role(RoleName=NAME, Description="x"),
    "trust policy": lambda iam: iam.update_assume_role_policy(
        RoleName=NAME, PolicyDocument=json.dumps(policy(Principal={"AWS": ACCOUNT}, Action="sts:AssumeRole"))
    ),
    "policy": lambda iam: iam.put_role_policy(RoleName=NAME, PolicyName="Write", PolicyDocument=json.dumps(READ)),
    "policy removed": lambda iam: iam.delete_role_policy(RoleName=NAME, PolicyName="Write"),
    "policy added": lambda iam: iam.put_role_policy(RoleName=NAME, PolicyName="x", PolicyDocument=json.dumps(READ)),
    "policy attached": lambda iam: iam.attach_role_policy(RoleName=NAME, PolicyArn=make_boundary(iam)),
    "tag added": lambda iam: iam.tag_role(RoleName=NAME, Tags=[{"Key": "surplus", "Value": "yes"}]),
    "tag removed": lambda iam: iam.untag_role(RoleName=NAME, TagKeys=["team"]),
}


@pytest.mark.promise("drift")
@pytest.mark.parametrize("change_manually", MANUAL_CHANGES.values(), ids=list(MANUAL_CHANGES))
def test_detects_and_repairs_a_manual_change(run_module: ModuleRunner, iam: Any, change_manually: Change) -> None:
    run_module.repair(lambda: change_manually(iam), lambda: role(iam), **TASK)


@pytest.mark.promise("drift")
def test_a_new_description_keeps_the_duration_of_sessions(run_module: ModuleRunner, iam: Any) -> None:
    run_module.succeed(**TASK)
    iam.update_role(RoleName=NAME, Description="x", MaxSessionDuration=7200)
    run_module.succeed(**TASK)
    assert role(iam) == WANTED | {"session": 7200}


@pytest.mark.promise("unset_options")
def test_keeps_omitted_settings_and_clears_empty_ones(run_module: ModuleRunner, iam: Any) -> None:
    task = TASK | {"permissions_boundary_arn": make_boundary(iam)}
    run_module.succeed(**task)
    assert not run_module.succeed(name=NAME)["changed"]
    assert role(iam) == WANTED | {"boundary": BOUNDARY}
    run_module.succeed(name=NAME, description="", tags={}, permissions_boundary_arn="")
    assert role(iam) == WANTED | {"boundary": BOUNDARY, "description": "", "tags": MARK}


@pytest.mark.promise("diff")
def test_the_diff_shows_before_and_after(run_module: ModuleRunner) -> None:
    run_module.succeed(**TASK)
    diff = run_module.succeed(name=NAME, policy_name="Write", policy=READ)["diff"]
    assert (diff["before"]["policies"], diff["after"]["policies"]) == ({"Write": WRITE}, {"Write": READ})


@pytest.mark.promise("retry")
def test_waits_until_a_new_role_is_known(run_module: ModuleRunner, iam: Any) -> None:
    run_module.faults({"service": "iam", "action": "PutRolePolicy", "error": "NoSuchEntity", "status": 404, "times": 3})
    run_module.succeed(**TASK)
    assert role(iam) == WANTED


@pytest.mark.promise("prerequisite")
def test_a_role_in_an_instance_profile_is_reported_with_the_next_step(run_module: ModuleRunner, iam: Any) -> None:
    run_module.succeed(**TASK)
    iam.create_instance_profile(InstanceProfileName="profile")
    iam.add_role_to_instance_profile(InstanceProfileName="profile", RoleName=NAME)
    message = run_module.fail(name=NAME, state="absent")
    assert "DeleteConflict" in message and "remove-role-from-instance-profile" in message


@pytest.mark.promise("calls")
def test_a_second_run_only_reads(run_module: ModuleRunner) -> None:
    assert run_module.actions(**TASK, account_id="123456789012") == ["GetRole", "CreateRole", "PutRolePolicy"]
    run_module.succeed(name=TASK["name"], state="absent")
    assert run_module.actions(**TASK) == ["GetRole", "GetCallerIdentity", "CreateRole", "PutRolePolicy"]
    assert run_module.actions(**TASK) == READS


@pytest.mark.promise("ownership")
@pytest.mark.parametrize("owner", ["secmon.aws", "another-tool"])
def test_a_role_that_a_concurrent_run_made_is_used_if_it_is_ours(
    run_module: ModuleRunner, iam: Any, monkeypatch: pytest.MonkeyPatch, owner: str
) -> None:
    """GetRole does not see it yet, as when both runs read before one of them creates."""
    tags = [{"Key": "secmon:managed-by", "Value": owner}]
    iam.create_role(RoleName=NAME, AssumeRolePolicyDocument=json.dumps(TRUST), Tags=tags)
    before = role(iam)
    run_module.faults({"service": "iam", "action": "GetRole", "error": "NoSuchEntity", "status": 404})
    result = run_module(**TASK)
    assert result.get("failed", False) == (owner == "another-tool")
    assert role(iam) == (before if owner == "another-tool" else WANTED)


@pytest.mark.promise("partition")
@pytest.mark.parametrize(
    ("invalid", "expected"),
    [
        ({"name": "with space"}, "not a valid role name"),
        ({"policy_name": "with space"}, "not a valid policy name"),
        ({"permissions_boundary_arn": "Boundary"}, "ARN of a managed policy"),
        ({"trust_policy": "{"}, "trust_policy"),
        ({"policy": {}}, "Statement"),
        ({"trust_policy": policy(Sid="x" * 2_000)}, "bytes; AWS allows 2048"),
        ({"policy": policy(Sid="x" * 10_200)}, "bytes; AWS allows 10240"),
        ({"tags": {"aws:owner": "x"}}, "aws:"),
    ],
)
def test_rejects_invalid_options_before_the_first_call(
    run_module: ModuleRunner, invalid: dict[str, Any], expected: str
) -> None:
    assert expected in run_module.fail_before_calls(**{**TASK, **invalid})


@pytest.mark.promise("prerequisite")
def test_a_new_role_needs_a_trust_policy(run_module: ModuleRunner) -> None:
    assert "trust_policy must be set" in run_module.fail_before_writes(name=NAME)


@pytest.mark.promise("iam")
def test_documents_every_iam_action(run_module: ModuleRunner, iam: Any) -> None:
    boundary = make_boundary(iam)
    other = policy(Principal={"AWS": ACCOUNT}, Action="sts:AssumeRole")

    def use_every_action() -> None:
        run_module.succeed(**TASK)
        run_module.succeed(name=NAME, description="", trust_policy=other, permissions_boundary_arn=boundary)
        run_module.succeed(name=NAME, tags={"other": "1"})
        run_module.succeed(name=NAME, state="absent")

    run_module.succeed(**TASK)
    iam.attach_role_policy(RoleName=NAME, PolicyArn=boundary)
    used = run_module.iam_actions(lambda: run_module.succeed(name=NAME, state="absent"))
    assert used | run_module.iam_actions(use_every_action) == documented_actions("trail_role")


@pytest.mark.promise("upstream")
def test_upstream_fails_after_a_lost_answer(run_module: ModuleRunner) -> None:
    run_module.faults({"service": "iam", "action": "CreateRole", "mode": "kill_after"})
    task = {"name": NAME, "assume_role_policy_document": json.dumps(TRUST), "create_instance_profile": False}
    result = run_module.upstream("amazon.aws.iam_role", **task)
    assert result["failed"] and "EntityAlreadyExists" in result["msg"]


@pytest.mark.promise("upstream")
def test_upstream_deletes_a_role_of_another_tool(run_module: ModuleRunner, iam: Any) -> None:
    iam.create_role(RoleName=NAME, AssumeRolePolicyDocument=json.dumps(TRUST))
    run_module.upstream("amazon.aws.iam_role", name=NAME, state="absent")
    assert role(iam) == {}
