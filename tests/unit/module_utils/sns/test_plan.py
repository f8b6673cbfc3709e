from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from ansible_collections.secmon.aws.plugins.module_utils.core.aws_names import Place
from ansible_collections.secmon.aws.plugins.module_utils.core.plan import Plan
from ansible_collections.secmon.aws.plugins.module_utils.core.problems import RequestError
from ansible_collections.secmon.aws.plugins.module_utils.core.tags import OWNER_MARK
from ansible_collections.secmon.aws.plugins.module_utils.sns.plan import (
    Topic,
    check_topic,
    plan_absent,
    plan_present,
    topic_arn,
)
from ansible_collections.secmon.aws.plugins.module_utils.sns.subscriptions import CONFIRMED, PENDING, Subscription
from ansible_collections.secmon.aws.plugins.module_utils.sns.topic_policy import default_policy, desired_policy
from hypothesis import given
from hypothesis import strategies as st

PLACE = Place("aws", "us-east-1", "123456789012")
ARN = topic_arn("alarms", PLACE)
KEY_ID = "11111111-2222-3333-4444-555555555555"
KEY = PLACE.arn("kms", f"key/{KEY_ID}")
PARAMS: dict[str, Any] = {"name": "alarms", "adopt": False}
PUBLISHERS = st.none() | st.lists(st.sampled_from(["cloudwatch", "eventbridge"]), unique=True)


def found(tags: dict[str, str] | None = None, **attributes: str) -> Topic:
    policy = json.dumps(default_policy(ARN, PLACE))
    return Topic({"Policy": policy, **attributes}, OWNER_MARK if tags is None else tags, ())


def applied(plan: Plan) -> Topic:
    """Return the topic after a plan."""
    after = plan.after
    attributes = {
        "DisplayName": after["display_name"],
        "KmsMasterKeyId": after["kms_key_arn"],
        "Policy": json.dumps(after["policy"]),
    }
    return Topic(attributes, after["tags"], ())


settings = st.fixed_dictionaries(
    {},
    optional={
        "display_name": st.sampled_from(["", "Security"]),
        "kms_key_arn": st.sampled_from(["", KEY]),
        "publishers": PUBLISHERS,
        "tags": st.dictionaries(st.sampled_from("abc"), st.sampled_from("12")),
    },
)


@given(settings, settings)
def test_repeating_a_task_changes_nothing(first: dict[str, Any], second: dict[str, Any]) -> None:
    created = plan_present({**PARAMS, **first}, None, PLACE)
    assert not plan_present({**PARAMS, **first}, applied(created), PLACE).changed
    updated = plan_present({**PARAMS, **second}, applied(created), PLACE)
    assert not plan_present({**PARAMS, **second}, applied(updated), PLACE).changed


@given(settings, settings)
def test_keeps_settings_that_the_task_omits(first: dict[str, Any], second: dict[str, Any]) -> None:
    created = plan_present({**PARAMS, **first}, None, PLACE)
    updated = plan_present({**PARAMS, **second}, applied(created), PLACE)
    for setting in {"display_name", "kms_key_arn", "tags"} - set(second):
        assert updated.after[setting] == created.after[setting]


def test_sets_the_ownership_tag_with_the_first_call() -> None:
    create = plan_present(PARAMS, None, PLACE).writes[0]
    assert create.operation == "CreateTopic"
    assert {"Key": "secmon:managed-by", "Value": "secmon.aws"} in create.parameters["Tags"]
    adopted = plan_present({**PARAMS, "adopt": True, "display_name": "New"}, found({"a": "b"}), PLACE)
    assert [write.operation for write in adopted.stages[0]] == ["TagResource"]


def test_a_key_id_equals_the_key_arn() -> None:
    assert not plan_present(
        {**PARAMS, "publishers": [], "kms_key_arn": KEY}, found(KmsMasterKeyId=KEY_ID), PLACE
    ).changed


@given(PUBLISHERS, PUBLISHERS)
def test_keeps_other_statements_in_their_order(first: list[str] | None, second: list[str] | None) -> None:
    other = [{"Sid": "A", "Effect": "Deny"}, {"Effect": "Allow", "Action": ["SNS:Publish"]}]
    policy = {"Version": "2012-10-17", "Statement": other}
    for publishers in (first, second):
        policy = desired_policy(policy, publishers, ARN, PLACE)
    assert [statement for statement in policy["Statement"] if statement in other] == other
    managed = {statement["Sid"] for statement in policy["Statement"] if statement not in other}
    assert ("SecmonCloudWatchAlarms" in managed) == (second is None or "cloudwatch" in second)
    if second is not None:
        assert ("SecmonEventBridge" in managed) == ("eventbridge" in second)


def test_a_policy_without_statements_becomes_the_default_policy() -> None:
    managed = desired_policy({}, ["cloudwatch", "eventbridge"], ARN, PLACE)
    assert desired_policy(managed, [], ARN, PLACE) == default_policy(ARN, PLACE)


def test_keeps_the_statement_for_eventbridge_if_publishers_is_omitted() -> None:
    policy = desired_policy(default_policy(ARN, PLACE), ["eventbridge"], ARN, PLACE)
    altered = policy["Statement"][1] | {"Condition": {"Bool": {"aws:SecureTransport": "true"}}}
    policy = desired_policy(policy | {"Statement": [altered]}, None, ARN, PLACE)
    assert policy["Statement"][0] == altered


def test_deleting_a_missing_topic_changes_nothing() -> None:
    plan = plan_absent(PARAMS, None, PLACE)
    assert (plan.changed, plan.results) == (False, {"topic": {}, "subscriptions": [], "pending": 0})


def test_reports_all_problems_together() -> None:
    wrong = {**PARAMS, "name": "a b", "kms_key_arn": "alias/aws/sns", "display_name": "x\ny", "tags": {"aws:x": "1"}}
    with pytest.raises(RequestError) as error:
        check_topic(wrong, "us-east-1")
    assert len(error.value.problems) == 4


def test_a_deletion_first_ends_the_confirmed_subscriptions() -> None:
    confirmed = Subscription("email", "a@example.com", CONFIRMED, f"{ARN}:1")
    pending = Subscription("email", "b@example.com", PENDING)
    plan = plan_absent(PARAMS, replace(found(), subscriptions=(confirmed, pending)), PLACE)
    assert [[(write.operation, write.resource_arn) for write in stage] for stage in plan.stages] == [
        [("Unsubscribe", f"{ARN}:1")],
        [("DeleteTopic", ARN)],
    ]
