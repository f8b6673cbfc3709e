"""The module log_file_validation finds altered and removed files, as validate-logs of the AWS CLI does."""

from __future__ import annotations

import gzip
import re
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest

from tests.integration.log_file_validation.validation_setup import Aws, cli_accepts, keys, rewrite
from tests.support import guide_chain as chain
from tests.support.embedded_control import advance, ask, drain
from tests.support.module_runner import ModuleRunner
from tests.support.trail_prerequisites import make_organization_trail, open_key
from tools.generate_docs.modules import documented_actions


def test_validates_unchanged_files_like_the_cli(digested: ModuleRunner) -> None:
    result = digested.succeed(trail_name=chain.TRAIL)
    assert result["state"] == "validated" and result["problems"] == [] and not result["changed"]
    assert result["digests"] >= 3 and result["log_files"] >= 3
    assert cli_accepts(digested.endpoint)


def alter_log_file(aws: Aws) -> str:
    key = keys(aws, "/CloudTrail/us-east-1/")[0]
    aws("s3").put_object(Bucket=chain.BUCKET, Key=key, Body=gzip.compress(b'{"Records":[]}'))
    return f"The log file {key} was altered; it was last written at 20"


def cut_log_file(aws: Aws) -> str:
    key = keys(aws, "/CloudTrail/us-east-1/")[0]
    body = aws("s3").get_object(Bucket=chain.BUCKET, Key=key)["Body"].read()
    aws("s3").put_object(Bucket=chain.BUCKET, Key=key, Body=body[:-9])
    return f"The log file {key} was altered; it was last written at 20"


def remove_log_file(aws: Aws) -> str:
    key = keys(aws, "/CloudTrail/us-east-1/")[0]
    aws("s3").delete_object(Bucket=chain.BUCKET, Key=key)
    return f"The log file {key} was removed."


def remove_digest(aws: Aws) -> str:
    key = keys(aws, "CloudTrail-Digest")[-2]
    aws("s3").delete_object(Bucket=chain.BUCKET, Key=key)
    return f"The digest {key} was removed."


def alter_newest_digest(aws: Aws) -> str:
    key = keys(aws, "CloudTrail-Digest")[-1]
    rewrite(aws, key, lambda text: text.replace(b'"logFiles":[', b'"logFiles": ['))
    return f"The digest {key} was altered: its signature"


def alter_older_digest(aws: Aws) -> str:
    key = keys(aws, "CloudTrail-Digest")[-2]
    rewrite(aws, key, lambda text: text.replace(b'"logFiles":[', b'"logFiles": ['))
    return f"The digest {key} was altered: its hash"


def break_digest(aws: Aws) -> str:
    key = keys(aws, "CloudTrail-Digest")[-1]
    aws("s3").put_object(Bucket=chain.BUCKET, Key=key, Body=b"no gzip")
    return f"The digest {key} lacks a valid"


def unsign_newest_digest(aws: Aws) -> str:
    key = keys(aws, "CloudTrail-Digest")[-1]
    body = aws("s3").get_object(Bucket=chain.BUCKET, Key=key)["Body"].read()
    metadata = {"backfill-generation-timestamp": "never"}
    aws("s3").put_object(Bucket=chain.BUCKET, Key=key, Body=body, Metadata=metadata)
    return f"The digest {key} was forged: it has no signature."


def name_unknown_key(aws: Aws) -> str:
    key = keys(aws, "CloudTrail-Digest")[-2]
    fingerprint = re.compile(rb'"digestPublicKeyFingerprint":"[0-9a-f]+"')
    rewrite(aws, key, lambda text: fingerprint.sub(b'"digestPublicKeyFingerprint":"0123"', text))
    return f"The digest {key} is signed with the key 0123, which CloudTrail does not list."


CHANGES = [alter_log_file, cut_log_file, remove_log_file, remove_digest, alter_newest_digest, alter_older_digest]


@pytest.mark.parametrize("alter", [*CHANGES, break_digest, unsign_newest_digest, name_unknown_key])
def test_finds_altered_and_removed_files(digested: ModuleRunner, aws_client: Aws, alter: Callable[[Aws], str]) -> None:
    expected = alter(aws_client)
    result = digested(trail_name=chain.TRAIL)
    assert result["failed"] and result["state"] == "invalid"
    assert expected in result["msg"] and f"account {chain.ACCOUNT}" in result["msg"]


def test_says_who_changed_the_bucket_and_when_as_far_as_it_may_be_read(digested: ModuleRunner, aws_client: Aws) -> None:
    key = keys(aws_client, "/CloudTrail/us-east-1/")[0]
    aws_client("s3").delete_object(Bucket=chain.BUCKET, Key=key)
    aws_client("s3").put_bucket_versioning(Bucket=chain.BUCKET, VersioningConfiguration={"Status": "Suspended"})
    drain(digested.endpoint)
    found = digested(trail_name=chain.TRAIL)
    assert found["tampered"] == [{"kind": "removed", "file": key}]
    change = found["changes"][0]
    assert (change["event"], change["who"]) == ("PutBucketVersioning", f"arn:aws:iam::{chain.ACCOUNT}:root")
    assert f"PutBucketVersioning at {change['time']} by {change['who']} from 127.0.0.1" in found["msg"]

    digested.faults({"service": "cloudtrail", "action": "LookupEvents", "error": "AccessDeniedException", "times": 9})
    found = digested(trail_name=chain.TRAIL)
    assert found["state"] == "invalid" and found["changes"] == []
    assert "was not looked up in the event history" in found["msg"] and "Allow cloudtrail:LookupEvents" in found["msg"]


def wipe_digests(aws: Aws) -> str:
    for key in keys(aws, "CloudTrail-Digest/us-east-1/"):
        aws("s3").delete_object(Bucket=chain.BUCKET, Key=key)
    return "CloudTrail delivered a digest of region us-east-1 at"


def wipe_newest_digests(aws: Aws) -> str:
    for key in keys(aws, "CloudTrail-Digest/us-east-1/")[-3:]:
        aws("s3").delete_object(Bucket=chain.BUCKET, Key=key)
    return "has none since"


@pytest.mark.parametrize("wipe", [wipe_digests, wipe_newest_digests])
def test_digests_that_were_wiped_are_not_due(
    digested: ModuleRunner, aws_client: Aws, wipe: Callable[[Aws], str]
) -> None:
    expected = wipe(aws_client)
    result = digested(trail_name=chain.TRAIL)
    assert result["failed"] and result["state"] == "invalid"
    assert expected in result["msg"]


def test_a_digest_that_could_not_be_delivered_is_reported(digested: ModuleRunner, aws_client: Aws) -> None:
    policy = aws_client("s3").get_bucket_policy(Bucket=chain.BUCKET)["Policy"]
    aws_client("s3").delete_bucket_policy(Bucket=chain.BUCKET)
    advance(digested.endpoint, 3600)
    assert "last delivery of a digest of region us-east-1" in digested(trail_name=chain.TRAIL)["msg"]
    aws_client("s3").put_bucket_policy(Bucket=chain.BUCKET, Policy=policy)
    advance(digested.endpoint, 3600)
    assert digested.succeed(trail_name=chain.TRAIL)["state"] == "validated"


@pytest.mark.parametrize(
    ("change", "remedy"),
    [("disable_key", "aws kms enable-key"), ("schedule_key_deletion", "aws kms cancel-key-deletion")],
)
def test_explains_that_the_key_of_the_files_cannot_be_used(
    trail: ModuleRunner, aws_client: Aws, change: str, remedy: str
) -> None:
    key = open_key(aws_client("kms"))
    aws_client("cloudtrail").update_trail(Name=chain.TRAIL, KmsKeyId=key)
    advance(trail.endpoint, 2 * 3600)
    assert trail.succeed(trail_name=chain.TRAIL)["state"] == "validated"
    getattr(aws_client("kms"), change)(KeyId=key)
    message = trail.fail(trail_name=chain.TRAIL)
    assert key in message and remedy in message


def archive(aws: Aws) -> None:
    """Move everything that is a day old, as `archive_days` does."""
    rule = {"ID": "a", "Status": "Enabled", "Filter": {"Prefix": ""}}
    rule |= {"Transitions": [{"Days": 1, "StorageClass": "GLACIER"}]}
    aws("s3").put_bucket_lifecycle_configuration(
        Bucket=chain.BUCKET,
        LifecycleConfiguration={"Rules": [rule]},
        TransitionDefaultMinimumObjectSize="varies_by_storage_class",
    )


def test_archived_files_are_no_sign_of_a_change(digested: ModuleRunner, aws_client: Aws) -> None:
    archive(aws_client)
    advance(digested.endpoint, 3 * 86_400)
    result = digested.succeed(trail_name=chain.TRAIL, start_time="2026-01-01T00:00:00Z")
    assert result["state"] == "archived" and result["problems"] == []
    assert any("CloudTrail-Digest" in key for key in result["archived"])
    (warning,) = result["warnings"]
    assert "restore-object" in warning and chain.BUCKET in warning
    aws_client("s3").delete_bucket_lifecycle(Bucket=chain.BUCKET)
    for item in aws_client("s3").list_objects_v2(Bucket=chain.BUCKET)["Contents"]:
        if item["StorageClass"] == "GLACIER":
            aws_client("s3").restore_object(Bucket=chain.BUCKET, Key=item["Key"], RestoreRequest={"Days": 7})
    restored = digested.succeed(trail_name=chain.TRAIL, start_time="2026-01-01T00:00:00Z")
    assert (restored["state"], restored["archived"]) == ("validated", [])


def test_a_multi_region_trail_is_validated_in_every_region_with_digests(
    digested: ModuleRunner, aws_client: Aws
) -> None:
    aws_client("cloudtrail").update_trail(Name=chain.TRAIL, IsMultiRegionTrail=True)
    aws_client("secretsmanager", "eu-west-1").list_secrets()
    advance(digested.endpoint, 7200)
    assert digested.succeed(trail_name=chain.TRAIL)["regions"] == ["us-east-1", "eu-west-1"]
    key = keys(aws_client, "/CloudTrail/eu-west-1/")[0]
    aws_client("s3").delete_object(Bucket=chain.BUCKET, Key=key)
    assert f"The log file {key} was removed." in digested(trail_name=chain.TRAIL)["msg"]


def test_the_cli_finds_an_altered_file(digested: ModuleRunner, aws_client: Aws) -> None:
    alter_log_file(aws_client)
    assert not cli_accepts(digested.endpoint)


def test_is_due_until_a_digest_covers_the_time(trail: ModuleRunner) -> None:
    now = datetime.fromisoformat(ask(trail.endpoint, "health")["time"])
    # The first digest ends when the trail begins to log, which may be in the current second.
    request = {"trail_name": chain.TRAIL, "end_time": f"{now + timedelta(seconds=1):%Y-%m-%dT%H:%M:%SZ}"}
    due = trail.succeed(**request)
    assert due["state"] == "due"
    assert now < datetime.fromisoformat(due["due_at"]) <= now + timedelta(hours=1, minutes=1)
    advance(trail.endpoint, 3700)
    assert trail.succeed(**request)["state"] == "validated"


def test_explains_invalid_options_and_trails(trail: ModuleRunner, aws_client: Aws) -> None:
    assert "2026-09-13T10:00:00Z" in trail.fail(trail_name=chain.TRAIL, start_time="yesterday")
    assert "secmon.aws.trail" in trail.fail(trail_name="unknown")
    aws_client("cloudtrail").update_trail(Name=chain.TRAIL, EnableLogFileValidation=False)
    assert "log_file_validation: true" in trail.fail(trail_name=chain.TRAIL)


def test_validates_an_organization_trail(trail: ModuleRunner, aws_client: Aws) -> None:
    make_organization_trail(aws_client, chain.TRAIL, chain.BUCKET)
    advance(trail.endpoint, 7200)
    (key, *_others) = keys(aws_client, "CloudTrail-Digest/us-east-1/")[-1:]
    assert key.startswith("AWSLogs/o-")
    result = trail.succeed(trail_name=chain.TRAIL)
    assert result["state"] == "validated" and result["digests"] >= 1


def test_documents_every_iam_action(trail: ModuleRunner, aws_client: Aws) -> None:
    used = trail.iam_actions(lambda: trail.succeed(trail_name=chain.TRAIL, end_time="2100-01-01T00:00:00Z"))
    make_organization_trail(aws_client, chain.TRAIL, chain.BUCKET)
    advance(trail.endpoint, 7200)
    used |= trail.iam_actions(lambda: trail.succeed(trail_name=chain.TRAIL))
    break_digest(aws_client)
    used |= trail.iam_actions(lambda: trail.fail(trail_name=chain.TRAIL))
    named = {"s3:ListObjectsV2": "s3:ListBucket"}
    assert {named.get(action, action) for action in used} == documented_actions("log_file_validation")


def test_says_what_to_allow_if_the_bucket_cannot_be_read(digested: ModuleRunner) -> None:
    digested.faults({"service": "s3", "action": "ListObjectsV2", "error": "AccessDenied", "times": 9})
    found = digested(trail_name=chain.TRAIL)
    assert found["failed"] and found["state"] == "unread"
    assert f"were not validated, since the caller is not allowed to read the bucket {chain.BUCKET}" in found["msg"]
    assert f"Allow s3:ListBucket on arn:aws:s3:::{chain.BUCKET}" in found["msg"]


def test_the_bucket_must_belong_to_the_named_account(digested: ModuleRunner) -> None:
    assert digested.succeed(trail_name=chain.TRAIL, bucket_owner=chain.ACCOUNT)["state"] == "validated"
    found = digested(trail_name=chain.TRAIL, bucket_owner="222222222222")
    assert found["state"] == "unread" and "account 222222222222 does not own the bucket" in found["msg"]
