from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.secmon.aws.plugins.module_utils.preflight.checks import check_variables
from ansible_collections.secmon.aws.plugins.module_utils.preflight.conflicts import conflicts

from tests.unit.module_utils.preflight.accounts import ACCOUNT_ID, given, settings

TOPIC_ARN = f"arn:aws:sns:us-east-1:{ACCOUNT_ID}:Alarms"
ROLE_ARN = f"arn:aws:iam::{ACCOUNT_ID}:role/Writer"
KEY_ARN = "arn:aws:kms:us-east-1:999999999999:key/1234abcd-12ab-34cd-56ef-1234567890ab"
HMAC_KEY = "a key of ours, long enough"
QUEUE = {"protocol": "sqs", "endpoint": f"arn:aws:sqs:us-east-1:{ACCOUNT_ID}:alarms"}


def told(**values: Any) -> dict[str, str]:
    """Return what contradicts what, by variable without its prefix."""
    return {problem.variable.removeprefix("secmon_"): problem.message for problem in conflicts(settings(**values))}


@pytest.mark.parametrize(
    "sound",
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
def test_what_fits_together_is_taken(sound: dict[str, Any]) -> None:
    assert told(**sound) == {}


@pytest.mark.parametrize(
    ("values", "variable", "part"),
    [
        (
            {"existing_topic_arn": TOPIC_ARN, "topic_name": "Mine"},
            "topic_name",
            "_existing_topic_arn names a topic",
        ),
        ({"existing_topic_arn": TOPIC_ARN, "emails": ["a@example.com"]}, "emails", "has no effect"),
        ({"existing_topic_arn": TOPIC_ARN, "subscriptions": [QUEUE]}, "subscriptions", "has no effect"),
        (
            {"subscriptions": [{"protocol": "https", "endpoint": "http://a.de"}]},
            "subscriptions",
            "https requires a URL",
        ),
        ({"subscriptions": [QUEUE], "region": "cn-north-1"}, "subscriptions", "is in partition aws"),
        ({"subscriptions": [QUEUE], "remove_subscriptions": [QUEUE]}, "remove_subscriptions", "contains sqs arn"),
        (
            {"emails": ["alice@example.com"], "confirmation_tokens": {"alise@example.com": "token"}},
            "confirmation_tokens",
            "alice@example.com",
        ),
        ({"topic_publishers": ["eventbridge"]}, "topic_publishers", "does not contain cloudwatch"),
        (
            {"existing_log_bucket_name": "theirs", "log_bucket_name": "ours"},
            "log_bucket_name",
            "names a bucket of yours",
        ),
        ({"existing_log_bucket_name": "theirs", "log_expiration_days": 9}, "log_expiration_days", "has no effect"),
        ({"existing_log_group_name": "theirs", "retention_days": 30}, "retention_days", "names a log group of yours"),
        ({"existing_log_role_arn": ROLE_ARN, "log_role_name": "Mine"}, "log_role_name", "names a role of yours"),
        ({"existing_kms_key_arn": KEY_ARN, "kms_alias": "alias/x"}, "kms_alias", "names a key of yours"),
        ({"existing_kms_key_arn": KEY_ARN, "encrypt": False}, "encrypt", "names a key to encrypt with"),
        (
            {"existing_topic_arn": TOPIC_ARN, "region": "eu-west-1"},
            "existing_topic_arn",
            "in the same region",
        ),
        ({"existing_topic_arn": TOPIC_ARN, "region": "cn-north-1"}, "existing_topic_arn", "belongs to aws-cn"),
        (
            {"existing_log_role_arn": ROLE_ARN.replace("1234", "9999")},
            "existing_log_role_arn",
            "host is account 1234",
        ),
        ({"assume_role_arn": ROLE_ARN.replace("1234", "9999")}, "assume_role_arn", "is in account 9999"),
        ({"assume_role_external_id": "x-1"}, "assume_role_external_id", "no effect without secmon_assume_role_arn"),
        ({"aws_profile": "p", "access_key": "k", "secret_key": "s"}, "aws_profile", "stands beside static credentials"),
        ({"access_key": "k"}, "secret_key", "given together or not at all"),
        ({"secret_key": "s"}, "access_key", "given together or not at all"),
        ({"session_token": "t"}, "session_token", "stands alone"),
        (
            {"secret_update_value": "always", "secret_value": "v"},
            "secret_value_hmac_key",
            "compared without being read",
        ),
        (
            {"secret_update_value": "always", "secret_value_hmac_key": HMAC_KEY},
            "secret_value",
            "a generated one would be another at each run",
        ),
        ({"secret_value": {"long": "x" * 65_536}}, "secret_value", "more than 65536 bytes"),
        ({"secret_resource_policy": {"long": "x" * 20_480}}, "secret_resource_policy", "more than 20480 characters"),
        ({"secret_replica_regions": ["us-east-1"]}, "secret_replica_regions", "where the secret itself is"),
        ({"secret_replica_regions": ["cn-north-1"]}, "secret_replica_regions", "different partitions"),
        ({"trail_name": "My_Trail"}, "log_bucket_name", f'default "My_Trail-{ACCOUNT_ID}" is not a valid bucket name'),
        ({"trail_name": "t" * 60}, "log_bucket_name", "Name the bucket."),
        (
            {"log_bucket_name": "logs", "access_log_bucket_name": "logs"},
            "access_log_bucket_name",
            "is the log bucket itself",
        ),
        ({"purge_log_bucket": True, "existing_log_bucket_name": "theirs"}, "purge_log_bucket", "never torn down"),
        ({"log_archive_days": 90, "log_expiration_days": 30}, "log_archive_days", "deleted after 30 days already"),
        ({"tags": {"aws:x": "y"}}, "tags", "which AWS reserves"),
        ({"tags": {f"key{number}": "" for number in range(50)}}, "tags", "AWS accepts 50"),
        ({"emails": ["a@example.com", "A@example.com"]}, "emails", "would get each mail twice"),
        ({"alarm_names": {"a": "Same", "b": "Same"}}, "alarm_names", "the second would replace the first"),
    ],
)
def test_what_contradicts_itself_is_told_at_one_of_the_two(values: dict[str, Any], variable: str, part: str) -> None:
    found = told(**values)
    assert set(found) == {variable}
    assert part in found[variable]


def test_what_is_wrong_by_itself_is_not_compared_with_others() -> None:
    found, problems = check_variables(given(region="nowhere", existing_topic_arn=TOPIC_ARN, log_archive_days="x"))
    assert {problem.variable for problem in problems} == {"secmon_region", "secmon_log_archive_days"}
    assert conflicts(found) == ()
