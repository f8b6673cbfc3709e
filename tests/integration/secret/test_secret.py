"""Test the guarantees of docs/modules.md for secret on the embedded AWS, with plain boto3."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.integration.secret.secret_setup import (
    DESIRED,
    FUNCTION,
    KEY,
    NAME,
    POLICY,
    make_function,
    make_keys,
    state_of,
)
from tests.support.module_runner import ModuleRunner
from tools.generate_docs.modules import documented_actions

pytestmark = pytest.mark.usefixtures("never_reads_values")

AwsClient = Callable[..., Any]
PUBLIC = {"Version": "2012-10-17", "Statement": [{**POLICY["Statement"][0], "Principal": "*"}]}


@pytest.fixture(autouse=True)
def _function_and_keys(aws_client: AwsClient) -> None:
    make_function(aws_client)
    make_keys(aws_client)


def test_no_source_of_the_module_calls_get_secret_value(repository: Path) -> None:
    plugins = repository / "plugins"
    sources = [plugins / "modules/secret.py", *plugins.glob("module_utils/core/*.py")]
    sources += plugins.glob("module_utils/secretsmanager/*.py")
    assert len(sources) > 10
    for path in sources:
        code = path.read_text().split("\nfrom collections.abc import", 1)[-1]
        assert "get_secret_value" not in code and "GetSecretValue" not in code, path


@pytest.mark.promise("changed")
def test_creates_a_secret_with_every_setting(run_module: ModuleRunner, aws_client: AwsClient) -> None:
    assert run_module.succeed(**DESIRED)["changed"]
    assert state_of(aws_client) == {
        "Name": NAME,
        "Description": "For the guide",
        "KmsKeyId": "alias/secrets",
        "RotationEnabled": True,
        "RotationLambdaARN": FUNCTION,
        "RotationRules": {"AutomaticallyAfterDays": 30},
        "tags": {"team": "security", "secmon:managed-by": "secmon.aws"},
        "replicas": {"eu-west-1": "alias/aws/secretsmanager", "us-west-2": "alias/west"},
        "policy": POLICY,
        "stages": [["AWSCURRENT"]],
        "value": '{"password":"correct horse","username":"admin-user"}',
    }


@pytest.mark.promise("changed")
def test_deletes_a_secret_immediately_even_if_it_is_scheduled_for_deletion(
    run_module: ModuleRunner, aws_client: AwsClient
) -> None:
    run_module.succeed(**DESIRED)
    assert run_module.succeed(name=NAME, state="absent", recovery_window_days=7)["secret"]["deleted_date"]
    result = run_module.succeed(name=NAME, state="absent", recovery_window_days=0)
    assert (result["changed"], result["secret"]) == (True, {})
    assert state_of(aws_client) == {}
    assert not run_module.succeed(name=NAME, state="absent", recovery_window_days=0)["changed"]


@pytest.mark.promise("changed")
def test_restores_a_secret_scheduled_for_deletion_with_its_value(
    run_module: ModuleRunner, aws_client: AwsClient
) -> None:
    run_module.succeed(**DESIRED)
    before = state_of(aws_client)
    arn = run_module.succeed(name=NAME, state="absent")["secret"]["arn"]
    task = {**DESIRED, "value": "another"}
    predicted = run_module.succeed(check=True, **task)
    restored = run_module.succeed(**task)
    assert restored["changed"]
    assert restored["diff"] == predicted["diff"]
    assert restored["secret"]["arn"] == arn
    assert state_of(aws_client) == before
    assert not run_module.succeed(**DESIRED)["changed"]


@pytest.mark.promise("ownership")
@pytest.mark.parametrize("state", ["present", "absent"])
def test_rejects_a_secret_without_tags_although_it_has_no_value(
    run_module: ModuleRunner, aws_client: AwsClient, state: str
) -> None:
    """CreateSecret sets the tags, so no interrupted run leaves a secret without them."""
    aws_client("secretsmanager").create_secret(Name=NAME)
    assert "adopt: true" in run_module.fail_before_writes(name=NAME, state=state)


def manual(action: str, **parameters: Any) -> Callable[[Any], Any]:
    return lambda client: getattr(client, action)(SecretId=NAME, **parameters)


MANUAL_CHANGES: dict[str, Callable[[Any], Any]] = {
    "description": manual("update_secret", Description="Other"),
    "description removed": manual("update_secret", Description=""),
    "kms_key_id": manual("update_secret", KmsKeyId="alias/other"),
    "policy": manual("put_resource_policy", ResourcePolicy=json.dumps(PUBLIC)),
    "policy removed": manual("delete_resource_policy"),
    "replica added": manual("replicate_secret_to_regions", AddReplicaRegions=[{"Region": "eu-north-1"}]),
    "replica removed": manual("remove_regions_from_replication", RemoveReplicaRegions=["us-west-2"]),
    "rotation off": manual("cancel_rotate_secret"),
    "rotation days": manual("rotate_secret", RotationRules={"AutomaticallyAfterDays": 90}, RotateImmediately=False),
    "rotation schedule": manual(
        "rotate_secret", RotationRules={"ScheduleExpression": "cron(0 8 1 * ? *)"}, RotateImmediately=False
    ),
    "rotation function": manual("rotate_secret", RotationLambdaARN=f"{FUNCTION}2", RotateImmediately=False),
    "tag changed": manual("tag_resource", Tags=[{"Key": "team", "Value": "sales"}]),
    "tag added": manual("tag_resource", Tags=[{"Key": "surplus", "Value": "yes"}]),
    "tag removed": manual("untag_resource", TagKeys=["team"]),
    "deletion": manual("delete_secret"),
}


@pytest.mark.promise("drift")
@pytest.mark.parametrize("change", MANUAL_CHANGES.values(), ids=list(MANUAL_CHANGES))
def test_detects_and_repairs_manual_changes(
    run_module: ModuleRunner, aws_client: AwsClient, secrets: Any, change: Callable[[Any], Any]
) -> None:
    make_function(aws_client, "rotate2")

    def change_manually() -> None:
        if change is MANUAL_CHANGES["deletion"]:
            secrets.remove_regions_from_replication(SecretId=NAME, RemoveReplicaRegions=["eu-west-1", "us-west-2"])
        change(secrets)

    run_module.repair(change_manually, lambda: state_of(aws_client), **DESIRED)


@pytest.mark.promise("drift")
def test_recreates_a_replica_with_another_key(run_module: ModuleRunner, aws_client: AwsClient) -> None:
    run_module.succeed(**DESIRED)
    result = run_module.succeed(name=NAME, replica_regions=["eu-west-1", {"region": "us-west-2", "kms_key_id": ""}])
    assert any("will be recreated" in warning for warning in result["warnings"])
    assert state_of(aws_client)["replicas"] == dict.fromkeys(("eu-west-1", "us-west-2"), "alias/aws/secretsmanager")


@pytest.mark.promise("drift")
def test_warns_about_a_failed_replica(run_module: ModuleRunner, aws_client: AwsClient) -> None:
    aws_client("secretsmanager", "eu-west-1").create_secret(Name=NAME, SecretString="conflict")
    run_module.succeed(**DESIRED)
    result = run_module.succeed(**DESIRED)
    assert not result["changed"]
    assert any("eu-west-1 failed" in warning for warning in result["warnings"])


@pytest.mark.promise("unset_options")
def test_keeps_omitted_settings(run_module: ModuleRunner, aws_client: AwsClient) -> None:
    run_module.succeed(**DESIRED)
    before = state_of(aws_client)
    assert not run_module.succeed(name=NAME)["changed"]
    assert not run_module.succeed(name=NAME, replica_regions=["us-west-2", "eu-west-1"])["changed"]
    assert not run_module.succeed(name=NAME, rotation={"days": 30})["changed"]
    assert state_of(aws_client) == before


@pytest.mark.promise("unset_options")
@pytest.mark.parametrize(
    ("cleared", "field", "empty"),
    [
        ({"description": ""}, "Description", None),
        ({"kms_key_id": ""}, "KmsKeyId", ""),
        ({"resource_policy": {}}, "policy", {}),
        ({"resource_policy": ""}, "policy", {}),
        ({"replica_regions": []}, "replicas", {}),
        ({"rotation": {"enabled": False}}, "RotationEnabled", False),
        ({"tags": {}}, "tags", {"secmon:managed-by": "secmon.aws"}),
    ],
)
def test_removes_settings_with_empty_options(
    run_module: ModuleRunner, aws_client: AwsClient, cleared: dict[str, Any], field: str, empty: Any
) -> None:
    run_module.succeed(**DESIRED)
    before = state_of(aws_client)
    assert run_module.succeed(name=NAME, **cleared)["changed"]
    assert state_of(aws_client) == before | {field: empty}
    assert not run_module.succeed(name=NAME, **cleared)["changed"]


@pytest.mark.promise("unset_options")
def test_keeps_other_tags_without_purge_tags(run_module: ModuleRunner, aws_client: AwsClient) -> None:
    run_module.succeed(**DESIRED)
    run_module.succeed(name=NAME, tags={"more": "1"}, purge_tags=False)
    assert state_of(aws_client)["tags"] == {"team": "security", "more": "1", "secmon:managed-by": "secmon.aws"}


@pytest.mark.promise("check")
@pytest.mark.parametrize("window", [0, 30])
@pytest.mark.parametrize("state", ["present", "absent"])
@pytest.mark.parametrize("existing", ["nothing", "present", "deleted"])
def test_check_mode_predicts_the_run_and_writes_nothing(
    run_module: ModuleRunner, existing: str, state: str, window: int
) -> None:
    if existing != "nothing":
        run_module.succeed(name=NAME, value="old", description="old", tags={"old": "yes"})
    if existing == "deleted":
        run_module.succeed(name=NAME, state="absent")
    task = {**DESIRED, "state": state, "recovery_window_days": window, "update_value": "always", "value_hmac_key": KEY}
    predicted = run_module.predict(**task)
    real = run_module.succeed(**task)
    assert predicted["changed"] == real["changed"]
    assert predicted["diff"] == real["diff"]
    unknown = {"arn", "deleted_date", "replicas"}
    assert predicted["secret"].keys() == real["secret"].keys()
    assert {k: v for k, v in predicted["secret"].items() if k not in unknown} == {
        k: v for k, v in real["secret"].items() if k not in unknown
    }


@pytest.mark.promise("diff")
def test_the_diff_contains_the_changes_without_the_value(run_module: ModuleRunner) -> None:
    run_module.succeed(**DESIRED)
    diff = run_module.succeed(name=NAME, description="New", value="next", update_value="always", value_hmac_key=KEY)[
        "diff"
    ]
    changed = {key for key in diff["after"] if diff["before"].get(key) != diff["after"][key]}
    assert changed == {"description", "value"}
    assert (diff["before"]["description"], diff["after"]["description"]) == ("For the guide", "New")
    assert diff["after"]["value"].startswith("a new value, version ")


@pytest.mark.promise("calls")
def test_a_second_run_only_describes_the_secret(run_module: ModuleRunner) -> None:
    calls = run_module.actions
    task = {"name": NAME, "value": "v", "description": "d", "tags": {"a": "b"}, "replica_regions": ["eu-west-1"]}
    assert calls(**task, check=True) == ["DescribeSecret"]
    assert calls(**task) == ["DescribeSecret", "CreateSecret"]
    assert calls(**task) == ["DescribeSecret"]
    assert calls(**task, resource_policy={}) == ["DescribeSecret", "GetResourcePolicy"]
    assert calls(name=NAME, state="absent") == ["DescribeSecret", "RemoveRegionsFromReplication", "DeleteSecret"]
    assert calls(name=NAME, state="absent") == ["DescribeSecret"]


@pytest.mark.promise("ownership")
@pytest.mark.parametrize("deleted", [False, True], ids=["existing", "deleted"])
@pytest.mark.parametrize("state", ["present", "absent"])
def test_rejects_an_unmanaged_secret_unless_adopted(
    run_module: ModuleRunner, aws_client: AwsClient, secrets: Any, state: str, deleted: bool
) -> None:
    secrets.create_secret(Name=NAME, SecretString="existing", Tags=[{"Key": "owner", "Value": "other"}])
    if deleted:
        secrets.delete_secret(SecretId=NAME)
    task = {"name": NAME, "value": "new", "state": state, "recovery_window_days": 0}
    run_module.fail_before_writes(**task)
    assert run_module.succeed(**task, adopt=True)["changed"]
    after = state_of(aws_client)
    assert (state == "absent") == (after == {})
    if after:
        assert after["tags"] == {"owner": "other", "secmon:managed-by": "secmon.aws"}
        assert after["value"] == "existing"


@pytest.mark.promise("ownership")
def test_rejects_a_replica_and_names_the_primary_region(run_module: ModuleRunner) -> None:
    run_module.succeed(**DESIRED)
    run_module.region = "eu-west-1"
    message = run_module.fail(name=NAME, description="changed in the wrong place")
    assert "is a replica" in message and "Run the task in us-east-1" in message


@pytest.mark.promise("iam")
def test_calls_exactly_the_documented_iam_actions(run_module: ModuleRunner) -> None:
    def everything() -> None:
        always = {"update_value": "always", "value_hmac_key": KEY}
        run_module.succeed(**DESIRED)
        run_module.succeed(name=NAME, value="second", **always)
        run_module.succeed(name=NAME, value="third", **always)
        run_module.succeed(name=NAME, value="second", **always)
        run_module.succeed(name=NAME, state="absent")
        cleared = {"description": "", "resource_policy": {}, "tags": {}, "rotation": {"enabled": False}}
        run_module.succeed(name=NAME, **cleared, replica_regions=["eu-west-1"])
        run_module.succeed(name=NAME, tags={"new": "1"}, replica_regions=[])
        run_module.fail(name=NAME, resource_policy=PUBLIC)

    assert run_module.iam_actions(everything) == documented_actions("secret")
