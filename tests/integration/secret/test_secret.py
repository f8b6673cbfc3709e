"""The promises of docs/modules.md, kept by secret on the embedded AWS, checked with plain boto3."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.integration.secret.secret_world import ACCOUNT, FUNCTION, KEY, NAME, POLICY, WANTED, make_function, seen
from tests.support.module_runner import ModuleRunner, documented_actions

pytestmark = pytest.mark.usefixtures("never_reads_values")

AwsClient = Callable[..., Any]
PUBLIC = {"Version": "2012-10-17", "Statement": [{**POLICY["Statement"][0], "Principal": "*"}]}


@pytest.fixture(autouse=True)
def _function(aws_client: AwsClient) -> None:
    make_function(aws_client)


@pytest.fixture
def secrets(aws_client: AwsClient) -> Any:
    return aws_client("secretsmanager")


def test_no_source_of_the_module_names_what_the_alarm_watches(repository: Path) -> None:
    plugins = repository / "plugins"
    sources = [plugins / "modules/secret.py", *plugins.glob("module_utils/core/*.py")]
    sources += plugins.glob("module_utils/secretsmanager/*.py")
    assert len(sources) > 10
    for path in sources:
        code = path.read_text().split("\nfrom collections.abc import", 1)[-1]
        assert "get_secret_value" not in code and "GetSecretValue" not in code, path


@pytest.mark.promise("changed")
def test_present_again_absent_again(run_module: ModuleRunner, aws_client: AwsClient) -> None:
    assert run_module.succeed(**WANTED)["changed"]
    assert seen(aws_client) == {
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
    assert not run_module.succeed(**WANTED)["changed"]
    assert run_module.succeed(name=NAME, state="absent")["changed"]
    assert list(seen(aws_client)) == ["deleted"]
    assert not run_module.succeed(name=NAME, state="absent")["changed"]


@pytest.mark.promise("changed")
def test_a_secret_is_deleted_at_once_even_if_it_is_scheduled_for_deletion(
    run_module: ModuleRunner, aws_client: AwsClient
) -> None:
    run_module.succeed(**WANTED)
    assert run_module.succeed(name=NAME, state="absent", recovery_window_days=7)["secret"]["deleted_date"]
    result = run_module.succeed(name=NAME, state="absent", recovery_window_days=0)
    assert (result["changed"], result["secret"]) == (True, {})
    assert seen(aws_client) == {}
    assert not run_module.succeed(name=NAME, state="absent", recovery_window_days=0)["changed"]


@pytest.mark.promise("changed")
def test_a_secret_that_is_scheduled_for_deletion_is_restored_with_its_value(
    run_module: ModuleRunner, aws_client: AwsClient
) -> None:
    run_module.succeed(**WANTED)
    before = seen(aws_client)
    arn = run_module.succeed(name=NAME, state="absent")["secret"]["arn"]
    predicted = run_module.succeed(check=True, **{**WANTED, "value": "another"})
    restored = run_module.succeed(**{**WANTED, "value": "another"})
    assert restored["changed"]
    assert restored["diff"] == predicted["diff"]
    assert restored["secret"]["arn"] == arn
    assert seen(aws_client) == before
    assert not run_module.succeed(**WANTED)["changed"]


def by_hand(action: str, **parameters: Any) -> Callable[[Any], Any]:
    return lambda client: getattr(client, action)(SecretId=NAME, **parameters)


BY_HAND: dict[str, Callable[[Any], Any]] = {
    "description": by_hand("update_secret", Description="Other"),
    "description removed": by_hand("update_secret", Description=""),
    "kms_key_id": by_hand("update_secret", KmsKeyId="alias/other"),
    "policy": by_hand("put_resource_policy", ResourcePolicy=json.dumps(PUBLIC)),
    "policy removed": by_hand("delete_resource_policy"),
    "replica added": by_hand("replicate_secret_to_regions", AddReplicaRegions=[{"Region": "eu-north-1"}]),
    "replica removed": by_hand("remove_regions_from_replication", RemoveReplicaRegions=["us-west-2"]),
    "rotation off": by_hand("cancel_rotate_secret"),
    "rotation days": by_hand("rotate_secret", RotationRules={"AutomaticallyAfterDays": 90}, RotateImmediately=False),
    "rotation schedule": by_hand(
        "rotate_secret", RotationRules={"ScheduleExpression": "cron(0 8 1 * ? *)"}, RotateImmediately=False
    ),
    "rotation function": by_hand("rotate_secret", RotationLambdaARN=f"{FUNCTION}2", RotateImmediately=False),
    "tag changed": by_hand("tag_resource", Tags=[{"Key": "team", "Value": "sales"}]),
    "tag added": by_hand("tag_resource", Tags=[{"Key": "surplus", "Value": "yes"}]),
    "tag removed": by_hand("untag_resource", TagKeys=["team"]),
    "deletion": by_hand("delete_secret"),
}


@pytest.mark.promise("drift")
@pytest.mark.parametrize("change", BY_HAND.values(), ids=list(BY_HAND))
def test_what_was_changed_by_hand_is_seen_and_repaired(
    run_module: ModuleRunner, aws_client: AwsClient, secrets: Any, change: Callable[[Any], Any]
) -> None:
    make_function(aws_client, "rotate2")
    run_module.succeed(**WANTED)
    right = seen(aws_client)
    if change is BY_HAND["deletion"]:
        secrets.remove_regions_from_replication(SecretId=NAME, RemoveReplicaRegions=["eu-west-1", "us-west-2"])
    change(secrets)
    assert seen(aws_client) != right
    predicted = run_module.succeed(check=True, **WANTED)
    repaired = run_module.succeed(**WANTED)
    assert repaired["changed"] and predicted["changed"]
    assert repaired["diff"] == predicted["diff"]
    assert repaired["diff"]["before"] != repaired["diff"]["after"]
    assert seen(aws_client) == right
    assert not run_module.succeed(**WANTED)["changed"]


@pytest.mark.promise("drift")
def test_a_replica_with_another_key_is_made_anew(run_module: ModuleRunner, aws_client: AwsClient) -> None:
    run_module.succeed(**WANTED)
    result = run_module.succeed(name=NAME, replica_regions=["eu-west-1", {"region": "us-west-2", "kms_key_id": ""}])
    assert any("will be recreated" in warning for warning in result["warnings"])
    assert seen(aws_client)["replicas"] == dict.fromkeys(("eu-west-1", "us-west-2"), "alias/aws/secretsmanager")


@pytest.mark.promise("drift")
def test_a_replica_that_failed_is_warned_about(run_module: ModuleRunner, aws_client: AwsClient) -> None:
    aws_client("secretsmanager", "eu-west-1").create_secret(Name=NAME, SecretString="in the way")
    run_module.succeed(**WANTED)
    result = run_module.succeed(**WANTED)
    assert not result["changed"]
    assert any("eu-west-1 failed" in warning for warning in result["warnings"])


@pytest.mark.promise("unset_options")
def test_what_the_task_does_not_mention_stays(run_module: ModuleRunner, aws_client: AwsClient) -> None:
    run_module.succeed(**WANTED)
    before = seen(aws_client)
    assert not run_module.succeed(name=NAME)["changed"]
    assert not run_module.succeed(name=NAME, replica_regions=["us-west-2", "eu-west-1"])["changed"]
    assert not run_module.succeed(name=NAME, rotation={"days": 30})["changed"]
    assert seen(aws_client) == before


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
def test_what_the_task_clears_is_cleared(
    run_module: ModuleRunner, aws_client: AwsClient, cleared: dict[str, Any], field: str, empty: Any
) -> None:
    run_module.succeed(**WANTED)
    before = seen(aws_client)
    assert run_module.succeed(name=NAME, **cleared)["changed"]
    assert seen(aws_client) == before | {field: empty}
    assert not run_module.succeed(name=NAME, **cleared)["changed"]


@pytest.mark.promise("unset_options")
def test_tags_are_kept_if_the_task_does_not_purge(run_module: ModuleRunner, aws_client: AwsClient) -> None:
    run_module.succeed(**WANTED)
    run_module.succeed(name=NAME, tags={"more": "1"}, purge_tags=False)
    assert seen(aws_client)["tags"] == {"team": "security", "more": "1", "secmon:managed-by": "secmon.aws"}


@pytest.mark.promise("check")
@pytest.mark.parametrize("window", [0, 30])
@pytest.mark.parametrize("state", ["present", "absent"])
@pytest.mark.parametrize("there", ["nothing", "present", "deleted"])
def test_check_mode_predicts_the_run_and_writes_nothing(
    run_module: ModuleRunner, there: str, state: str, window: int
) -> None:
    if there != "nothing":
        run_module.succeed(name=NAME, value="old", description="old", tags={"old": "yes"})
    if there == "deleted":
        run_module.succeed(name=NAME, state="absent")
    task = {**WANTED, "state": state, "recovery_window_days": window, "update_value": "always", "value_hmac_key": KEY}
    predicted: dict[str, Any] = {}
    calls = run_module.calls(lambda: predicted.update(run_module.succeed(check=True, **task)))
    assert [call["action"] for call in calls if call["access"] == "write"] == []
    real = run_module.succeed(**task)
    assert predicted["changed"] == real["changed"]
    assert predicted["diff"] == real["diff"]
    unknown = {"arn", "deleted_date", "replicas"}
    assert predicted["secret"].keys() == real["secret"].keys()
    assert {k: v for k, v in predicted["secret"].items() if k not in unknown} == {
        k: v for k, v in real["secret"].items() if k not in unknown
    }


@pytest.mark.promise("diff")
def test_the_difference_shows_before_and_after_but_no_value(run_module: ModuleRunner) -> None:
    run_module.succeed(**WANTED)
    diff = run_module.succeed(name=NAME, description="New", value="next", update_value="always", value_hmac_key=KEY)[
        "diff"
    ]
    changed = {key for key in diff["after"] if diff["before"].get(key) != diff["after"][key]}
    assert changed == {"description", "value"}
    assert (diff["before"]["description"], diff["after"]["description"]) == ("For the guide", "New")
    assert diff["after"]["value"].startswith("a new value, version ")


@pytest.mark.promise("calls")
def test_a_second_run_describes_and_no_more(run_module: ModuleRunner) -> None:
    def made(**task: Any) -> list[str]:
        return [call["action"] for call in run_module.calls(lambda: run_module.succeed(**task))]

    task = {"name": NAME, "value": "v", "description": "d", "tags": {"a": "b"}, "replica_regions": ["eu-west-1"]}
    assert made(**task, check=True) == ["DescribeSecret"]
    assert made(**task) == ["DescribeSecret", "CreateSecret"]
    assert made(**task) == ["DescribeSecret"]
    assert made(**task, resource_policy={}) == ["DescribeSecret", "GetResourcePolicy"]
    assert made(name=NAME, state="absent") == ["DescribeSecret", "RemoveRegionsFromReplication", "DeleteSecret"]
    assert made(name=NAME, state="absent") == ["DescribeSecret"]


@pytest.mark.promise("ownership")
@pytest.mark.parametrize("deleted", [False, True], ids=["there", "deleted"])
@pytest.mark.parametrize("state", ["present", "absent"])
def test_somebody_elses_secret_is_refused_unless_adopted(
    run_module: ModuleRunner, aws_client: AwsClient, secrets: Any, state: str, deleted: bool
) -> None:
    secrets.create_secret(Name=NAME, SecretString="theirs", Tags=[{"Key": "owner", "Value": "somebody"}])
    if deleted:
        secrets.delete_secret(SecretId=NAME)
    task = {"name": NAME, "value": "ours", "state": state, "recovery_window_days": 0}
    calls = run_module.calls(lambda: run_module.fail(**task))
    assert not [call for call in calls if call["access"] == "write"]
    assert run_module.succeed(**task, adopt=True)["changed"]
    after = seen(aws_client)
    assert (state == "absent") == (after == {})
    if after:
        assert after["tags"] == {"owner": "somebody", "secmon:managed-by": "secmon.aws"}
        assert after["value"] == "theirs"


@pytest.mark.promise("ownership")
def test_a_replica_is_changed_where_its_primary_is(run_module: ModuleRunner) -> None:
    run_module.succeed(**WANTED)
    run_module.region = "eu-west-1"
    message = run_module.fail(name=NAME, description="changed in the wrong place")
    assert "is a replica" in message and "Run the task in us-east-1" in message


@pytest.mark.promise("partition")
@pytest.mark.parametrize(
    ("region", "partition"), [("eu-west-1", "aws"), ("cn-north-1", "aws-cn"), ("us-gov-west-1", "aws-us-gov")]
)
def test_arns_are_those_of_the_regions_partition(run_module: ModuleRunner, region: str, partition: str) -> None:
    run_module.region = region
    task = {"name": NAME, "value": "v", "resource_policy": POLICY}
    result = run_module.succeed(**task)
    assert result["secret"]["arn"].startswith(f"arn:{partition}:secretsmanager:{region}:{ACCOUNT}:secret:{NAME}-")
    assert not run_module.succeed(**task)["changed"]


@pytest.mark.promise("iam")
def test_the_documented_actions_are_those_that_are_called(run_module: ModuleRunner) -> None:
    def everything() -> None:
        always = {"update_value": "always", "value_hmac_key": KEY}
        run_module.succeed(**WANTED)
        run_module.succeed(name=NAME, value="second", **always)
        run_module.succeed(name=NAME, value="third", **always)
        run_module.succeed(name=NAME, value="second", **always)
        run_module.succeed(name=NAME, state="absent")
        cleared = {"description": "", "resource_policy": {}, "tags": {}, "rotation": {"enabled": False}}
        run_module.succeed(name=NAME, **cleared, replica_regions=["eu-west-1"])
        run_module.succeed(name=NAME, tags={"new": "1"}, replica_regions=[])
        run_module.fail(name=NAME, resource_policy=PUBLIC)

    assert run_module.iam_actions(everything) == documented_actions("secret")
