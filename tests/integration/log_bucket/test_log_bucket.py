"""The module log_bucket on the embedded AWS, checked with plain boto3."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.integration.log_bucket.bucket_setup import (
    NAME,
    TASK,
    Change,
    bucket,
    comparable,
    make_access_log_bucket,
)
from tests.support.embedded_control import advance
from tests.support.member_account import member_client
from tests.support.module_runner import ModuleRunner
from tests.support.trail_setup import document
from tools.generate_docs.modules import documented_actions

LOG_FILE = "AWSLogs/123456789012/CloudTrail/us-east-1/2026/09/13/file.json.gz"


def policy_without(s3: Any, sid: str) -> None:
    policy = json.loads(s3.get_bucket_policy(Bucket=NAME)["Policy"])
    policy["Statement"] = [statement for statement in policy["Statement"] if statement["Sid"] != sid]
    s3.put_bucket_policy(Bucket=NAME, Policy=json.dumps(policy))


def policy_opened(s3: Any) -> None:
    policy = json.loads(s3.get_bucket_policy(Bucket=NAME)["Policy"])
    for statement in policy["Statement"]:
        if statement["Sid"].startswith("AWSCloudTrail"):
            statement.pop("Condition")
    s3.put_bucket_policy(Bucket=NAME, Policy=json.dumps(policy))


MANUAL_CHANGES: dict[str, Change] = {
    "tag changed": lambda s3: s3.put_bucket_tagging(
        Bucket=NAME,
        Tagging={"TagSet": [{"Key": "secmon:managed-by", "Value": "secmon.aws"}, {"Key": "team", "Value": "sales"}]},
    ),
    "policy deleted": lambda s3: s3.delete_bucket_policy(Bucket=NAME),
    "policy allows any trail": policy_opened,
    "policy allows requests without TLS": lambda s3: policy_without(s3, "DenyWithoutTLS"),
    "policy denies the ACL check": lambda s3: policy_without(s3, "AWSCloudTrailAclCheck20150319"),
    "versioning suspended": lambda s3: s3.put_bucket_versioning(
        Bucket=NAME, VersioningConfiguration={"Status": "Suspended"}
    ),
    "encryption removed": lambda s3: s3.delete_bucket_encryption(Bucket=NAME),
    "public": lambda s3: s3.delete_public_access_block(Bucket=NAME),
    "partly public": lambda s3: s3.put_public_access_block(
        Bucket=NAME, PublicAccessBlockConfiguration={"BlockPublicAcls": True}
    ),
    "objects owned by their writers": lambda s3: s3.put_bucket_ownership_controls(
        Bucket=NAME, OwnershipControls={"Rules": [{"ObjectOwnership": "ObjectWriter"}]}
    ),
    "small files are not archived": lambda s3: s3.put_bucket_lifecycle_configuration(
        Bucket=NAME,
        LifecycleConfiguration={"Rules": s3.get_bucket_lifecycle_configuration(Bucket=NAME)["Rules"]},
        TransitionDefaultMinimumObjectSize="all_storage_classes_128K",
    ),
    "lifecycle removed": lambda s3: s3.delete_bucket_lifecycle(Bucket=NAME),
    "log files deleted early": lambda s3: s3.put_bucket_lifecycle_configuration(
        Bucket=NAME,
        LifecycleConfiguration={
            "Rules": [
                {
                    "ID": "secmon-log-files",
                    "Status": "Enabled",
                    "Filter": {"Prefix": ""},
                    "Transitions": [{"Days": 90, "StorageClass": "GLACIER"}],
                    "Expiration": {"Days": 91},
                }
            ]
        },
    ),
}


@pytest.mark.promise("drift")
@pytest.mark.parametrize("change_manually", MANUAL_CHANGES.values(), ids=list(MANUAL_CHANGES))
def test_detects_and_repairs_a_manual_change(run_module: ModuleRunner, s3: Any, change_manually: Change) -> None:
    run_module.repair(lambda: change_manually(s3), lambda: comparable(bucket(s3)), **TASK)


@pytest.mark.promise("drift")
def test_sets_and_clears_access_logs(run_module: ModuleRunner, s3: Any) -> None:
    make_access_log_bucket(s3)
    run_module.succeed(**TASK)
    assert run_module.succeed(name=NAME, access_log_bucket="access-logs")["changed"]
    assert s3.get_bucket_logging(Bucket=NAME)["LoggingEnabled"]["TargetBucket"] == "access-logs"
    assert not run_module.succeed(name=NAME, access_log_bucket="access-logs")["changed"]
    assert run_module.succeed(**TASK)["changed"]
    assert "LoggingEnabled" not in s3.get_bucket_logging(Bucket=NAME)


@pytest.mark.promise("changed")
def test_archive_days_archives_a_log_file_of_a_few_kilobytes(run_module: ModuleRunner, s3: Any) -> None:
    run_module.succeed(**TASK)
    s3.put_object(Bucket=NAME, Key=LOG_FILE, Body=b"x" * 4096)
    advance(run_module.endpoint, 91 * 86_400)
    assert s3.head_object(Bucket=NAME, Key=LOG_FILE)["StorageClass"] == "GLACIER"


@pytest.mark.promise("unset_options")
def test_keeps_omitted_settings(run_module: ModuleRunner, s3: Any) -> None:
    run_module.succeed(**TASK)
    before = bucket(s3)
    assert not run_module.succeed(name=NAME)["changed"]
    assert bucket(s3) == before


@pytest.mark.promise("unset_options")
def test_keeps_statements_and_lifecycle_rules_that_are_not_managed(run_module: ModuleRunner, s3: Any) -> None:
    run_module.succeed(**TASK)
    policy = json.loads(s3.get_bucket_policy(Bucket=NAME)["Policy"])
    unmanaged = {"Sid": "Auditors", "Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::123456789012:root"}}
    unmanaged |= {"Action": "s3:GetObject", "Resource": f"arn:aws:s3:::{NAME}/*"}
    s3.put_bucket_policy(Bucket=NAME, Policy=json.dumps({**policy, "Statement": [unmanaged, *policy["Statement"]]}))
    rules = s3.get_bucket_lifecycle_configuration(Bucket=NAME)["Rules"]
    other = {"ID": "other", "Status": "Enabled", "Filter": {"Prefix": "tmp/"}, "Expiration": {"Days": 1}}
    s3.put_bucket_lifecycle_configuration(
        Bucket=NAME,
        LifecycleConfiguration={"Rules": [*rules, other]},
        TransitionDefaultMinimumObjectSize="varies_by_storage_class",
    )
    assert not run_module.succeed(**TASK)["changed"]
    assert run_module.succeed(name=NAME, archive_days=0, expiration_days=0, trail_arns=[])["changed"]
    assert [rule["ID"] for rule in s3.get_bucket_lifecycle_configuration(Bucket=NAME)["Rules"]] == ["other"]
    left = json.loads(s3.get_bucket_policy(Bucket=NAME)["Policy"])["Statement"]
    assert [statement["Sid"] for statement in left] == ["Auditors", "DenyWithoutTLS"]


@pytest.mark.promise("diff")
def test_the_diff_shows_only_changes(run_module: ModuleRunner, s3: Any) -> None:
    run_module.succeed(**TASK)
    s3.put_bucket_versioning(Bucket=NAME, VersioningConfiguration={"Status": "Suspended"})
    diff = run_module.succeed(**TASK)["diff"]
    changed = {key for key in diff["before"] if diff["before"][key] != diff["after"][key]}
    assert changed == {"versioning"}


@pytest.mark.promise("calls")
def test_a_second_run_reads_each_setting_once(run_module: ModuleRunner) -> None:
    first = run_module.actions(**TASK)
    again = run_module.actions(**TASK)
    assert first[:4] == ["GetCallerIdentity", "GetBucketTagging", "CreateBucket", "PutBucketTagging"]
    # A new bucket is encrypted, closed and owns its objects without a call; see _NEW in s3/plan.py.
    assert sorted(first[4:]) == ["PutBucketLifecycleConfiguration", "PutBucketPolicy", "PutBucketVersioning"]
    assert len(again) == len(set(again)) == 9
    assert not [action for action in again if action.startswith(("Put", "Delete", "Create"))]


@pytest.mark.promise("ownership")
@pytest.mark.parametrize("state", ["present", "absent"])
def test_rejects_an_open_bucket_of_another_account(run_module: ModuleRunner, state: str) -> None:
    owner = member_client(run_module.endpoint, "333333333333", "s3")
    owner.create_bucket(Bucket=NAME)
    resources = [f"arn:aws:s3:::{NAME}", f"arn:aws:s3:::{NAME}/*"]
    anyone = {"Effect": "Allow", "Principal": "*", "Action": "s3:*", "Resource": resources}
    owner.delete_public_access_block(Bucket=NAME)
    owner.put_bucket_policy(Bucket=NAME, Policy=document(anyone))
    assert "Another account owns" in run_module.fail_before_writes(name=NAME, state=state, adopt=True)


@pytest.mark.promise("partition")
@pytest.mark.parametrize(
    ("invalid", "expected"),
    [
        ({"name": "UPPER"}, "is not a valid bucket name"),
        ({"name": "192.168.5.4"}, "an IP address"),
        ({"name": "a..b"}, "no two dots"),
        ({"trail_arns": ["audit"]}, "is not the ARN of a trail"),
        ({"trail_arns": ["arn:aws-cn:cloudtrail:cn-north-1:123456789012:trail/audit"]}, "not in the partition"),
        ({"archive_days": 30, "expiration_days": 30}, "greater than archive_days"),
        ({"expiration_days": -1}, "cannot be negative"),
        ({"key_prefix": "/logs"}, "no / at the ends"),
        ({"tags": {"aws:owner": "x"}}, "aws:"),
    ],
)
def test_rejects_invalid_options_before_the_first_call(
    run_module: ModuleRunner, invalid: dict[str, Any], expected: str
) -> None:
    assert expected in run_module.fail_before_calls(**{**TASK, **invalid})


@pytest.mark.promise("iam")
def test_documents_every_iam_action(run_module: ModuleRunner, s3: Any) -> None:
    def use_every_action() -> None:
        run_module.succeed(**TASK | {"access_log_bucket": "access-logs"})
        s3.put_bucket_ownership_controls(
            Bucket=NAME, OwnershipControls={"Rules": [{"ObjectOwnership": "ObjectWriter"}]}
        )
        s3.delete_public_access_block(Bucket=NAME)
        s3.delete_bucket_encryption(Bucket=NAME)
        run_module.succeed(name=NAME, archive_days=0, expiration_days=0)
        denied = {"service": "s3", "status": 403}
        run_module.faults(
            {**denied, "action": "GetBucketTagging", "error": "AccessDenied"},
            {**denied, "action": "HeadBucket", "error": "403"},
        )
        run_module.fail(name=NAME)
        s3.put_object(Bucket=NAME, Key=LOG_FILE, Body=b"")
        run_module.succeed(name=NAME, state="absent", purge=True)

    make_access_log_bucket(s3)
    test_only = {"s3:PutObject"}
    assert run_module.iam_actions(use_every_action) - test_only == documented_actions("log_bucket")


@pytest.mark.promise("upstream")
def test_upstream_is_skipped_in_check_mode(run_module: ModuleRunner) -> None:
    result = run_module.upstream("amazon.aws.s3_bucket", check=True, name=NAME, versioning=True)
    assert result["skipped"]


@pytest.mark.promise("upstream")
def test_upstream_tags_a_bucket_after_everything_else(run_module: ModuleRunner, s3: Any) -> None:
    run_module.faults({"service": "s3", "action": "PutBucketTagging", "error": "AccessDenied", "status": 403})
    run_module.upstream("amazon.aws.s3_bucket", name=NAME, versioning=True, tags={"team": "security"})
    assert bucket(s3)["get_bucket_tagging"] == {"error": "NoSuchTagSet"}
