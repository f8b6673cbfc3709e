"""Property tests of the plan of a secret."""

from __future__ import annotations

import datetime
import json
from collections.abc import Mapping
from typing import Any

import pytest
from ansible_collections.secmon.aws.plugins.module_utils.core.plan import Plan
from ansible_collections.secmon.aws.plugins.module_utils.core.tags import OWNER_MARK, as_list, as_mapping
from ansible_collections.secmon.aws.plugins.module_utils.secretsmanager.checks import check_secret
from ansible_collections.secmon.aws.plugins.module_utils.secretsmanager.plan import plan_absent, plan_present
from ansible_collections.secmon.aws.plugins.module_utils.secretsmanager.state import Found, same_key
from hypothesis import given
from hypothesis import strategies as st

ARN = "arn:aws:secretsmanager:us-east-1:123456789012:secret:n-abcdef"
FUNCTION = "arn:aws:lambda:us-east-1:123456789012:function:f"
KEYS = ("", "alias/k", "alias/l")
DEFAULTS = {"name": "n", "adopt": False, "update_value": "on_create", "purge_tags": True, "recovery_window_days": 30}
POLICIES = ({}, {"Statement": [{"Effect": "Deny", "Principal": "*", "Action": "*", "Resource": "*"}]})

replica = st.fixed_dictionaries(
    {"region": st.sampled_from(("eu-west-1", "us-west-2"))}, optional={"kms_key_id": st.sampled_from(KEYS)}
)
rotation = st.one_of(
    st.just({"enabled": False}),
    st.fixed_dictionaries({"enabled": st.just(True), "lambda_arn": st.just(FUNCTION), "days": st.integers(1, 3)}),
    st.fixed_dictionaries(
        {
            "enabled": st.just(True),
            "lambda_arn": st.just(FUNCTION),
            "schedule": st.sampled_from(("rate(2 days)", "rate(8 hours)", "cron(0 8 1 * ? *)")),
        }
    ),
)
tasks = st.fixed_dictionaries(
    {"state": st.just("present")},
    optional={
        "value": st.text(min_size=1),
        "description": st.sampled_from(("", "d", "e")),
        "kms_key_id": st.sampled_from(KEYS),
        "resource_policy": st.sampled_from([json.dumps(policy) for policy in POLICIES]),
        "replica_regions": st.lists(replica, unique_by=lambda entry: entry["region"]),
        "rotation": rotation,
        "tags": st.dictionaries(st.sampled_from("abc"), st.sampled_from("12")),
    },
).map(lambda task: {**DEFAULTS, **task})


def apply_plan(plan: Plan, described: Mapping[str, Any], policy: str) -> tuple[dict[str, Any], str]:
    """Return the description and the policy of a secret after the writes of a plan."""
    secret: dict[str, Any] = {"ARN": ARN, "Name": "n", **described}
    for write in plan.writes:
        sent = write.parameters
        replicas = {entry["Region"]: entry for entry in secret.get("ReplicationStatus", [])}
        if write.operation in ("CreateSecret", "UpdateSecret"):
            secret |= {name: sent[name] for name in ("Description", "KmsKeyId", "Tags") if name in sent}
        if write.operation == "RestoreSecret":
            del secret["DeletedDate"]
        if "SecretString" in sent:
            secret["VersionIdsToStages"] = {sent["ClientRequestToken"]: ["AWSCURRENT"]}
        for entry in sent.get("AddReplicaRegions", []):
            assert entry["Region"] not in replicas
            replicas[entry["Region"]] = entry
        for region in sent.get("RemoveReplicaRegions", []):
            del replicas[region]
        secret["ReplicationStatus"] = list(replicas.values())
        if write.operation == "TagResource":
            secret["Tags"] = as_list(as_mapping(secret["Tags"]) | as_mapping(sent["Tags"]))
        if write.operation == "UntagResource":
            secret["Tags"] = [tag for tag in secret["Tags"] if tag["Key"] not in sent["TagKeys"]]
        if write.operation == "RotateSecret":
            rules = {"RotationRules": sent["RotationRules"], "RotationLambdaARN": sent["RotationLambdaARN"]}
            secret |= {"RotationEnabled": True, **rules}
        if write.operation == "CancelRotateSecret":
            secret["RotationEnabled"] = False
        policy = sent.get("ResourcePolicy", "" if write.operation == "DeleteResourcePolicy" else policy)
    return secret, policy


def found(task: Mapping[str, Any], secret: Mapping[str, Any], policy: str) -> Found:
    reads_policy = task.get("resource_policy") is not None and "DeletedDate" not in secret
    return Found(secret, policy=policy if reads_policy else None)


@given(tasks, tasks, st.booleans())
def test_a_second_plan_changes_nothing(first: dict[str, Any], second: dict[str, Any], deleted: bool) -> None:
    secret, policy = apply_plan(plan_present(first, None, "us-east-1"), {}, "")
    assert not plan_present(first, found(first, secret, policy), "us-east-1").changed
    if deleted:
        secret["DeletedDate"] = datetime.datetime(2030, 1, 1, tzinfo=datetime.UTC)
    plan = plan_present(second, found(second, secret, policy), "us-east-1")
    secret, policy = apply_plan(plan, secret, policy)
    assert not plan_present(second, found(second, secret, policy), "us-east-1").changed


@given(tasks)
def test_the_plan_does_not_depend_on_the_order_of_replicas_and_tags(task: dict[str, Any]) -> None:
    reordered = {**task, "replica_regions": task.get("replica_regions", [])[::-1]}
    reordered["tags"] = dict(reversed(task.get("tags", {}).items()))
    task = {**task, "replica_regions": task.get("replica_regions", []), "tags": task.get("tags", {})}
    assert plan_present(task, None, "us-east-1") == plan_present(reordered, None, "us-east-1")


@given(tasks)
def test_plans_every_valid_task(task: dict[str, Any]) -> None:
    check_secret(task, "us-east-1")
    assert plan_present(task, None, "us-east-1").changed


@pytest.mark.parametrize(
    "other",
    [
        "arn:aws:kms:us-east-1:123456789012:key/11111111-1111-1111-1111-111111111111",
        "11111111-1111-1111-1111-111111111111",
    ],
)
def test_an_arn_equals_the_key_id_in_it(other: str) -> None:
    assert same_key("arn:aws:kms:us-east-1:123456789012:key/11111111-1111-1111-1111-111111111111", other)
    assert not same_key("alias/one", other)


@pytest.mark.parametrize("key", ["", "alias/aws/secretsmanager", "arn:aws:kms:us-east-1:1:alias/aws/secretsmanager"])
def test_the_aws_managed_key_equals_an_empty_key(key: str) -> None:
    assert same_key("", key)


def test_keeps_an_existing_date_of_deletion() -> None:
    secret = {"ARN": ARN, "Name": "n", "DeletedDate": datetime.datetime(2030, 1, 1, tzinfo=datetime.UTC)}
    plan = plan_absent(DEFAULTS, Found(secret), "us-east-1")
    assert (plan.changed, plan.results["secret"]["deleted_date"]) == (False, "2030-01-01T00:00:00+00:00")


def test_removes_replicas_before_the_primary() -> None:
    replicas = [{"Region": "eu-west-1", "KmsKeyId": "alias/aws/secretsmanager", "Status": "InSync"}]
    secret = {"ARN": ARN, "Name": "n", "Tags": as_list(OWNER_MARK), "ReplicationStatus": replicas}
    plan = plan_absent(DEFAULTS, Found(secret), "us-east-1")
    assert [write.operation for write in plan.writes] == ["RemoveRegionsFromReplication", "DeleteSecret"]
    assert [len(stage) for stage in plan.stages] == [1, 1]
