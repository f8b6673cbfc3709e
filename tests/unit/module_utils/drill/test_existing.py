from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from ansible_collections.secmon.aws.plugins.module_utils.core.aws_names import Place
from ansible_collections.secmon.aws.plugins.module_utils.drill.existing import PARTS
from ansible_collections.secmon.aws.plugins.module_utils.drill.facts import Facts
from ansible_collections.secmon.aws.plugins.module_utils.drill.inspection import inspect
from ansible_collections.secmon.aws.plugins.module_utils.drill.timeline import Finding
from ansible_collections.secmon.aws.plugins.module_utils.preflight.conflicts import REPLACED

TOPIC = "arn:aws:sns:us-east-1:123456789012:Shared"
PARAMS: dict[str, Any] = {
    "secret_id": "MySampleSecret",
    "trail_name": "audit",
    "log_group_name": "/shared",
    "filter_name": "TrackSecretAccess",
    "alarm_name": "SecretIsAccessed",
    "log_alarm_name": None,
    "topic_arn": TOPIC,
    "bucket_name": "shared",
    "bucket_owner": None,
    "key_prefix": "",
}
TRAIL = {
    "Name": "audit",
    "TrailARN": "arn:aws:cloudtrail:us-east-1:123456789012:trail/audit",
    "S3BucketName": "shared",
    "IsMultiRegionTrail": True,
    "CloudWatchLogsRoleArn": "arn:aws:iam::123456789012:role/Shared",
    "CloudWatchLogsLogGroupArn": "arn:aws:logs:us-east-1:123456789012:log-group:/shared:*",
}
NOTHING = Facts(
    Place("aws", "us-east-1", "123456789012"),
    Place("aws", "us-east-1", "123456789012"),
    "arn:aws:iam::123456789012:role/Deployer",
    trail=TRAIL,
    bucket_exists=False,
    status={"IsLogging": True, "LatestDeliveryError": "The bucket's policy denies it."},
    selectors={"EventSelectors": [{}]},
)
PENDING = {"Endpoint": "us@example.com", "SubscriptionArn": "PendingConfirmation"}
KEY = "arn:aws:kms:us-east-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab"
DENYING = replace(
    NOTHING,
    topic={"TopicArn": TOPIC, "Policy": '{"Statement": []}', "KmsMasterKeyId": KEY},
    role={"AssumeRolePolicyDocument": {"Statement": []}},
    open_subscriptions=("a@example.com",),
)
FACTS = (NOTHING, DENYING, replace(DENYING, subscriptions=(PENDING, PENDING)))


def found(facts: Facts, *existing: str) -> list[Finding]:
    return inspect({**PARAMS, "existing": list(existing)}, facts)


@pytest.mark.parametrize("facts", FACTS)
def test_remedies_for_existing_parts_name_nothing_that_the_preflight_refuses(facts: Facts) -> None:
    refused = {name for names in REPLACED.values() for name in names}
    findings = found(facts, *PARTS)
    assert findings
    assert [each.remedy for each in findings if any(f"{name}" in each.remedy.split() for name in refused)] == []
    assert [each.remedy for each in findings if "secmon_emails" in each.remedy or "alert_topic" in each.remedy] == []
    assert [each.remedy for each in findings if "secmon_remove_subscriptions" in each.remedy] == []


def test_remedies_for_managed_parts_name_task_and_variable() -> None:
    remedies = {each.code: each.remedy for each in found(DENYING)}
    assert "secmon_emails" in remedies["no_subscription"]
    assert "secmon_emails" not in {each.code: each.remedy for each in found(DENYING, "topic")}["no_subscription"]


def test_a_pending_address_is_named_once_and_a_quoted_message_ends_once() -> None:
    causes = {each.code: each.cause for each in found(FACTS[-1])}
    assert causes["subscription_pending"].endswith("pending: us@example.com.")
    assert causes["bucket_denied"].endswith("The bucket's policy denies it.")
