"""Test that secret manages the value without reading it, also during a rotation."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest

from tests.integration.secret.secret_setup import FUNCTION, KEY, NAME, make_function, value
from tests.support.module_runner import ModuleRunner

pytestmark = pytest.mark.usefixtures("never_reads_values")

AwsClient = Callable[..., Any]
ALWAYS = {"name": NAME, "update_value": "always", "value_hmac_key": KEY}


def stages(secrets: Any) -> dict[str, list[str]]:
    found: dict[str, list[str]] = secrets.describe_secret(SecretId=NAME).get("VersionIdsToStages", {})
    return found


@pytest.mark.promise("unset_options")
def test_on_create_keeps_the_value_of_an_existing_secret(run_module: ModuleRunner, aws_client: AwsClient) -> None:
    run_module.succeed(name=NAME, value="first")
    assert not run_module.succeed(name=NAME, value="second")["changed"]
    assert not run_module.succeed(name=NAME, value="second", value_hmac_key=KEY)["changed"]
    assert value(aws_client) == "first"


@pytest.mark.promise("resume")
def test_stores_a_value_in_a_secret_without_one(run_module: ModuleRunner, secrets: Any, aws_client: AwsClient) -> None:
    secrets.create_secret(Name=NAME, Tags=[{"Key": "secmon:managed-by", "Value": "secmon.aws"}])
    assert run_module.succeed(name=NAME, value="first")["changed"]
    assert value(aws_client) == "first"
    assert not run_module.succeed(name=NAME, value="first")["changed"]


@pytest.mark.promise("changed")
def test_creates_a_secret_without_a_value(run_module: ModuleRunner, secrets: Any) -> None:
    result = run_module.succeed(name=NAME)
    assert (result["changed"], result["secret"]["version_id"]) == (True, "")
    assert stages(secrets) == {}
    assert not run_module.succeed(name=NAME)["changed"]


@pytest.mark.promise("changed")
def test_always_stores_a_new_value_and_restores_an_earlier_one(
    run_module: ModuleRunner, secrets: Any, aws_client: AwsClient
) -> None:
    for turn in ("A", "B", "A", "C", "D", "E", "A", "B"):
        predicted = run_module.succeed(check=True, **ALWAYS, value=turn)
        result = run_module.succeed(**ALWAYS, value=turn)
        assert result["changed"], turn
        assert (predicted["diff"], predicted["secret"]["version_id"]) == (
            result["diff"],
            result["secret"]["version_id"],
        )
        assert value(aws_client) == turn
        current = [version for version, labels in stages(secrets).items() if "AWSCURRENT" in labels]
        assert current == [result["secret"]["version_id"]]
        assert not run_module.succeed(**ALWAYS, value=turn)["changed"]
    assert len(secrets.list_secret_version_ids(SecretId=NAME, IncludeDeprecated=True)["Versions"]) == 5


@pytest.mark.promise("drift")
def test_always_replaces_a_value_that_was_changed_manually(
    run_module: ModuleRunner, secrets: Any, aws_client: AwsClient
) -> None:
    run_module.succeed(**ALWAYS, value="managed")
    secrets.put_secret_value(SecretId=NAME, SecretString="manual")
    assert run_module.succeed(**ALWAYS, value="managed")["changed"]
    assert value(aws_client) == "managed"


@pytest.mark.promise("changed")
def test_the_order_of_keys_in_a_mapping_is_irrelevant(run_module: ModuleRunner, aws_client: AwsClient) -> None:
    run_module.succeed(**ALWAYS, value={"username": "u", "nested": {"b": [1, 2.5, None], "a": "ü"}})
    again = run_module.succeed(**ALWAYS, value={"nested": {"a": "ü", "b": [1, 2.5, None]}, "username": "u"})
    assert not again["changed"]
    assert value(aws_client) == '{"nested":{"a":"ü","b":[1,2.5,null]},"username":"u"}'
    assert run_module.succeed(**ALWAYS, value={"nested": {"a": "ü", "b": [2.5, 1, None]}, "username": "u"})["changed"]


@pytest.mark.promise("changed")
@pytest.mark.parametrize("text", ['{"b": 1, "a": 2}', "plain", " with spaces\n", "[1, 2]", "12", "true"])
def test_stores_a_string_unchanged(run_module: ModuleRunner, aws_client: AwsClient, text: str) -> None:
    run_module.succeed(**ALWAYS, value=text)
    assert value(aws_client) == text
    assert not run_module.succeed(**ALWAYS, value=text)["changed"]


@pytest.mark.promise("calls")
def test_lists_deprecated_versions_only_if_they_may_hold_the_value(run_module: ModuleRunner) -> None:
    assert run_module.actions(**ALWAYS, value="A") == ["DescribeSecret", "CreateSecret"]
    assert run_module.actions(**ALWAYS, value="A") == ["DescribeSecret"]
    assert run_module.actions(**ALWAYS, value="B") == ["DescribeSecret", "ListSecretVersionIds", "PutSecretValue"]
    assert run_module.actions(**ALWAYS, value="A") == ["DescribeSecret", "UpdateSecretVersionStage"]


@pytest.mark.promise("secrets")
def test_the_version_id_reveals_nothing_without_the_key(run_module: ModuleRunner) -> None:
    def version(**task: Any) -> str:
        return str(run_module.succeed(check=True, **{**ALWAYS, **task})["secret"]["version_id"])

    versions = {
        version(value="v"),
        version(value="v", value_hmac_key=KEY[::-1]),
        version(value="v", name="Another"),
        version(value="w"),
    }
    assert len(versions) == 4
    assert all(re.fullmatch("[0-9a-f]{64}", found) for found in versions)
    plain = {"update_value": "on_create", "value_hmac_key": None}
    assert version(value="v", **plain) == version(value="w", **plain)


@pytest.mark.promise("secrets")
@pytest.mark.parametrize(("key", "expected"), [(None, "requires value_hmac_key"), ("short", "at least 16")])
def test_always_requires_a_valid_key(run_module: ModuleRunner, key: str | None, expected: str) -> None:
    task = {"name": NAME, "value": "v", "update_value": "always", "value_hmac_key": key}
    assert expected in run_module.fail_before_calls(**task)


@pytest.mark.promise("unset_options")
@pytest.mark.parametrize(
    "change",
    [
        {**ALWAYS, "value": "new"},
        {"name": NAME, "rotation": {"enabled": False}},
        {"name": NAME, "rotation": {"days": 60}},
    ],
    ids=["value", "rotation off", "rotation changed"],
)
def test_rejects_changes_during_a_rotation(
    run_module: ModuleRunner, secrets: Any, aws_client: AwsClient, change: dict[str, Any]
) -> None:
    make_function(aws_client)
    run_module.succeed(name=NAME, value="v", rotation={"lambda_arn": FUNCTION, "days": 30})
    secrets.rotate_secret(SecretId=NAME)
    before = stages(secrets)
    assert len(before) == 2
    assert "is in progress" in run_module.fail_before_writes(**change)
    assert run_module.succeed(name=NAME, value="new", description="other")["changed"]
    assert stages(secrets) == before


@pytest.mark.promise("drift")
@pytest.mark.parametrize(
    ("requested", "expected"),
    [
        ({"days": 90}, {"AutomaticallyAfterDays": 90}),
        ({"schedule": "rate(90 days)"}, {"AutomaticallyAfterDays": 90}),
        ({"schedule": "cron(0 8 1 * ? *)"}, {"ScheduleExpression": "cron(0 8 1 * ? *)"}),
    ],
)
def test_a_rotation_keeps_omitted_settings(
    run_module: ModuleRunner, secrets: Any, aws_client: AwsClient, requested: dict[str, Any], expected: dict[str, Any]
) -> None:
    make_function(aws_client)
    run_module.succeed(name=NAME, value="v", rotation={"lambda_arn": FUNCTION, "days": 30})
    assert run_module.succeed(name=NAME, rotation=requested)["changed"]
    described = secrets.describe_secret(SecretId=NAME)
    assert (described["RotationLambdaARN"], described["RotationRules"]) == (FUNCTION, expected)
    assert not run_module.succeed(name=NAME, rotation=requested)["changed"]
    assert not any("AWSPENDING" in labels for labels in stages(secrets).values())


def test_warns_about_always_for_a_rotated_secret(run_module: ModuleRunner, aws_client: AwsClient) -> None:
    make_function(aws_client)
    run_module.succeed(name=NAME, value="v", rotation={"lambda_arn": FUNCTION, "days": 30})
    assert any("undoes each rotation" in warning for warning in run_module.succeed(**ALWAYS, value="v")["warnings"])


@pytest.mark.promise("upstream")
def test_upstream_reads_the_value_on_every_run(run_module: ModuleRunner) -> None:
    task = {"name": NAME, "secret": "v", "overwrite": False}
    run_module.upstream("community.aws.secretsmanager_secret", **task)
    calls = run_module.calls(lambda: run_module.upstream("community.aws.secretsmanager_secret", **task))
    assert "GetSecretValue" in [call["action"] for call in calls]


@pytest.mark.promise("upstream")
def test_upstream_cancels_the_rotation_in_check_mode(
    run_module: ModuleRunner, secrets: Any, aws_client: AwsClient
) -> None:
    make_function(aws_client)
    run_module.succeed(name=NAME, value="v", rotation={"lambda_arn": FUNCTION, "days": 30})
    run_module.upstream("community.aws.secretsmanager_secret", name=NAME, secret="v", check=True)
    assert not secrets.describe_secret(SecretId=NAME)["RotationEnabled"]


@pytest.mark.promise("upstream")
def test_upstream_creates_a_new_version_for_keys_in_another_order(run_module: ModuleRunner, secrets: Any) -> None:
    for structure in ({"a": 1, "b": 2}, {"b": 2, "a": 1}):
        run_module.upstream("community.aws.secretsmanager_secret", name=NAME, json_secret=structure)
    assert len(stages(secrets)) == 2
