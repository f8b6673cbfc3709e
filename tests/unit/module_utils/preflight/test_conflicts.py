from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.secmon.aws.plugins.module_utils.preflight.checks import Settings, variable_of
from ansible_collections.secmon.aws.plugins.module_utils.preflight.conflicts import report_conflicts
from ansible_collections.secmon.aws.plugins.module_utils.validation.document import Document

from tests.unit.module_utils.preflight.accounts import ACCOUNT_ID, checked, raw, settings

TOPIC_ARN = f"arn:aws:sns:us-east-1:{ACCOUNT_ID}:Alarms"
ROLE_ARN = f"arn:aws:iam::{ACCOUNT_ID}:role/Writer"
KEY_ARN = "arn:aws:kms:us-east-1:999999999999:key/1234abcd-12ab-34cd-56ef-1234567890ab"
HMAC_KEY = "an HMAC key, long enough"
QUEUE = {"protocol": "sqs", "endpoint": f"arn:aws:sqs:us-east-1:{ACCOUNT_ID}:alarms"}


def conflicts(found: Settings) -> dict[str, str]:
    """Return the conflicts by variable without its prefix."""
    document = Document("host")
    report_conflicts(found, document)
    return {variable_of(problem).removeprefix("secmon_"): problem.text for problem in document.problems}


@pytest.mark.parametrize(
    "valid",
    [
        {},
        {"existing_topic_arn": TOPIC_ARN, "emails": [], "topic_name": "SecurityAlarms"},
        {"existing_kms_key_arn": KEY_ARN},
        {"existing_kms_key_arn": KEY_ARN, "encrypt": True},
        {"secret_update_value": "always", "secret_value": "v", "secret_value_hmac_key": HMAC_KEY},
        {"access_key": "k", "secret_key": "s", "session_token": "t"},
        {"aws_profile": "mine", "assume_role_arn": ROLE_ARN, "assume_role_external_id": "x-1"},
        {"log_archive_days": 30, "log_expiration_days": 365},
        {"log_archive_days": 30},
        {"trail_name": "My_Trail", "log_bucket_name": "my-bucket"},
        {"purge_log_bucket": True},
        {"subscriptions": [QUEUE], "emails": ["a@example.com"], "confirmation_tokens": {"a@example.com": "token"}},
        {"remove_subscriptions": [QUEUE], "topic_publishers": ["cloudwatch", "eventbridge"]},
    ],
)
def test_accepts_variables_without_conflicts(valid: dict[str, Any]) -> None:
    assert conflicts(settings(**valid)) == {}


@pytest.mark.parametrize(
    ("values", "variable", "part"),
    [
        (
            {"existing_topic_arn": TOPIC_ARN, "topic_name": "Mine"},
            "topic_name",
            "has no effect, since secmon_existing_topic_arn is set: remove one of the two",
        ),
        ({"existing_topic_arn": TOPIC_ARN, "emails": ["a@example.com"]}, "emails", "has no effect"),
        ({"existing_topic_arn": TOPIC_ARN, "subscriptions": [QUEUE]}, "subscriptions", "has no effect"),
        (
            {"subscriptions": [{"protocol": "https", "endpoint": "http://a.de"}]},
            "subscriptions",
            "https requires a URL",
        ),
        ({"subscriptions": [QUEUE], "region": "cn-north-1"}, "subscriptions", "is in partition aws"),
        ({"subscriptions": [QUEUE], "remove_subscriptions": [QUEUE]}, "remove_subscriptions", "sqs arn"),
        ({"emails": [], "remove_subscriptions": True}, "remove_subscriptions", "no recipient would be left"),
        (
            {"emails": ["alice@example.com"], "confirmation_tokens": {"alise@example.com": "token"}},
            "confirmation_tokens",
            "alice@example.com",
        ),
        (
            {"regions": ["us-east-1"]},
            "regions",
            "names us-east-1, which is secmon_region: its events need no forwarding",
        ),
        (
            {"regions": ["cn-north-1"]},
            "regions",
            "are in different partitions, and events are forwarded only within one",
        ),
        ({"topic_publishers": ["eventbridge"]}, "topic_publishers", "does not contain cloudwatch"),
        (
            {"existing_log_bucket_name": "theirs", "log_bucket_name": "ours"},
            "log_bucket_name",
            "has no effect",
        ),
        ({"existing_log_bucket_owner": "222222222222"}, "existing_log_bucket_owner", "has no effect without"),
        ({"existing_log_bucket_name": "theirs", "log_expiration_days": 9}, "log_expiration_days", "has no effect"),
        (
            {"existing_log_group_name": "theirs", "retention_days": 30},
            "retention_days",
            "has no effect",
        ),
        (
            {"existing_log_role_arn": ROLE_ARN, "log_role_name": "Mine"},
            "log_role_name",
            "has no effect",
        ),
        (
            {"existing_kms_key_arn": KEY_ARN, "kms_alias": "alias/x"},
            "kms_alias",
            "has no effect",
        ),
        (
            {"existing_kms_key_arn": KEY_ARN, "encrypt": False},
            "encrypt",
            "is false, but",
        ),
        (
            {"existing_topic_arn": TOPIC_ARN, "region": "eu-west-1"},
            "existing_topic_arn",
            "in the same region",
        ),
        ({"existing_topic_arn": TOPIC_ARN, "region": "cn-north-1"}, "existing_topic_arn", "is in the partition aws-cn"),
        (
            {"existing_log_role_arn": ROLE_ARN.replace("1234", "9999")},
            "existing_log_role_arn",
            "host is account 1234",
        ),
        ({"assume_role_arn": ROLE_ARN.replace("1234", "9999")}, "assume_role_arn", "is in account 9999"),
        (
            {"permissions_boundary_arn": "arn:aws:iam::999912341234:policy/Boundary"},
            "permissions_boundary_arn",
            "is in account 9999",
        ),
        ({"assume_role_external_id": "x-1"}, "assume_role_external_id", "no effect without secmon_assume_role_arn"),
        (
            {"aws_profile": "p", "access_key": "k", "secret_key": "s"},
            "aws_profile",
            "together with static credentials",
        ),
        ({"access_key": "k"}, "secret_key", "set both secmon_access_key and secmon_secret_key, or neither"),
        ({"secret_key": "s"}, "access_key", "set both secmon_access_key and secmon_secret_key, or neither"),
        ({"session_token": "t"}, "session_token", "is set without an access key"),
        (
            {"secret_update_value": "always", "secret_value": "v"},
            "secret_value_hmac_key",
            "compares the value without reading it",
        ),
        (
            {"secret_update_value": "always", "secret_value_hmac_key": HMAC_KEY},
            "secret_value",
            "would otherwise be generated again at each run",
        ),
        ({"secret_value": {"long": "x" * 65_536}}, "secret_value", "more than 65536 bytes"),
        ({"secret_resource_policy": {"long": "x" * 20_480}}, "secret_resource_policy", "more than 20480 characters"),
        ({"secret_replica_regions": ["us-east-1"]}, "secret_replica_regions", "the region of the secret itself"),
        ({"secret_replica_regions": ["cn-north-1"]}, "secret_replica_regions", "different partitions"),
        ({"trail_name": "My_Trail"}, "log_bucket_name", f'default "My_Trail-{ACCOUNT_ID}" is not a valid bucket name'),
        ({"trail_name": "t" * 60}, "log_bucket_name", "Set it."),
        (
            {"log_bucket_name": "logs", "access_log_bucket_name": "logs"},
            "access_log_bucket_name",
            "is the log bucket itself",
        ),
        ({"purge_other_objects": True}, "purge_other_objects", "has no effect without secmon_purge_log_bucket"),
        ({"purge_log_bucket": True, "existing_log_bucket_name": "theirs"}, "purge_log_bucket", "never deleted"),
        ({"log_archive_days": 90, "log_expiration_days": 30}, "log_archive_days", "deleted after 30 days"),
        ({"tags": {"aws:x": "y"}}, "tags", "which AWS reserves"),
        ({"tags": {f"key{number}": "" for number in range(50)}}, "tags", "AWS accepts 50"),
        ({"emails": ["a@example.com", "A@example.com"]}, "emails", "would receive each email twice"),
        ({"alarm_names": {"a": "Same", "b": "Same"}}, "alarm_names", "the second would replace the first"),
    ],
)
def test_reports_each_conflict_at_one_of_its_variables(values: dict[str, Any], variable: str, part: str) -> None:
    found = conflicts(settings(**values))
    assert set(found) == {variable}
    assert part in found[variable]


def test_does_not_compare_invalid_variables() -> None:
    found, problems = checked(raw(region="nowhere", existing_topic_arn=TOPIC_ARN, log_archive_days="x"))
    assert {problem.key for problem in problems} == {"secmon_region", "secmon_log_archive_days"}
    assert conflicts(found) == {}
