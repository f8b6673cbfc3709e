"""Objects expire by the lifecycle rules of their bucket and the embedded clock."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.support.embedded_control import advance, reset

NAME = "expiring"
DAY = 86_400


@pytest.fixture
def s3(embedded_aws: str, aws_client: Callable[[str], Any]) -> Any:
    reset(embedded_aws)
    client = aws_client("s3")
    client.create_bucket(Bucket=NAME)
    return client


def expire(s3: Any, **rule: Any) -> None:
    complete = {"ID": "a", "Status": "Enabled", "Filter": {"Prefix": "logs/"}} | rule
    s3.put_bucket_lifecycle_configuration(Bucket=NAME, LifecycleConfiguration={"Rules": [complete]})


def keys(s3: Any) -> list[str]:
    return [item["Key"] for item in s3.list_objects_v2(Bucket=NAME).get("Contents", [])]


def versions(s3: Any) -> tuple[int, int]:
    listed = s3.list_object_versions(Bucket=NAME)
    return len(listed.get("Versions", [])), len(listed.get("DeleteMarkers", []))


def test_an_object_is_deleted_at_the_midnight_after_its_days(embedded_aws: str, s3: Any) -> None:
    s3.put_object(Bucket=NAME, Key="logs/a", Body=b"x")
    s3.put_object(Bucket=NAME, Key="other", Body=b"x")
    expire(s3, Expiration={"Days": 7})
    expiration = s3.head_object(Bucket=NAME, Key="logs/a")["Expiration"]
    assert expiration.endswith('GMT", rule-id="a"')
    due = datetime.strptime(expiration.split('"')[1], "%a, %d %b %Y %H:%M:%S %Z")
    assert (due.hour, due.minute) == (0, 0)
    advance(embedded_aws, 6 * DAY)
    assert keys(s3) == ["logs/a", "other"]
    advance(embedded_aws, 2 * DAY)
    assert keys(s3) == ["other"]


def test_the_minimum_of_transitions_holds_for_no_expiration(embedded_aws: str, s3: Any) -> None:
    transition = {"Days": 30, "StorageClass": "GLACIER"}
    s3.put_object(Bucket=NAME, Key="logs/small", Body=b"x")
    expire(s3, Transitions=[transition], Expiration={"Days": 60})
    advance(embedded_aws, 62 * DAY)
    assert keys(s3) == []


def test_in_a_versioned_bucket_an_object_gets_a_marker_and_its_versions_end_later(embedded_aws: str, s3: Any) -> None:
    s3.put_bucket_versioning(Bucket=NAME, VersioningConfiguration={"Status": "Enabled"})
    for _time in range(2):
        s3.put_object(Bucket=NAME, Key="logs/a", Body=b"x")
    expire(s3, Expiration={"Days": 10}, NoncurrentVersionExpiration={"NoncurrentDays": 5})
    assert versions(s3) == (2, 0)
    advance(embedded_aws, 7 * DAY)
    assert versions(s3) == (1, 0)
    advance(embedded_aws, 5 * DAY)
    assert (keys(s3), versions(s3)) == ([], (1, 1))
    advance(embedded_aws, 6 * DAY)
    assert versions(s3) == (0, 1)
    # Days of Expiration also remove the marker that is left over, when it is as old.
    advance(embedded_aws, 7 * DAY)
    assert versions(s3) == (0, 0)
    s3.delete_bucket(Bucket=NAME)


def test_the_newest_noncurrent_versions_can_be_kept(embedded_aws: str, s3: Any) -> None:
    s3.put_bucket_versioning(Bucket=NAME, VersioningConfiguration={"Status": "Enabled"})
    for _time in range(4):
        s3.put_object(Bucket=NAME, Key="logs/a", Body=b"x")
    expire(s3, NoncurrentVersionExpiration={"NoncurrentDays": 1, "NewerNoncurrentVersions": 2})
    advance(embedded_aws, 3 * DAY)
    assert versions(s3) == (3, 0)


@pytest.mark.parametrize("status", ["Enabled", "Disabled"])
def test_a_marker_that_stands_alone_is_removed_if_the_rule_says_so(embedded_aws: str, s3: Any, status: str) -> None:
    s3.put_bucket_versioning(Bucket=NAME, VersioningConfiguration={"Status": "Enabled"})
    version = s3.put_object(Bucket=NAME, Key="logs/a", Body=b"x")["VersionId"]
    s3.delete_object(Bucket=NAME, Key="logs/a")
    s3.delete_object(Bucket=NAME, Key="logs/a", VersionId=version)
    expire(s3, Status=status, Expiration={"ExpiredObjectDeleteMarker": True})
    advance(embedded_aws, 2 * DAY)
    assert versions(s3) == (0, 0 if status == "Enabled" else 1)


def test_an_upload_that_is_not_finished_is_aborted(embedded_aws: str, s3: Any) -> None:
    s3.create_multipart_upload(Bucket=NAME, Key="logs/a")
    expire(s3, AbortIncompleteMultipartUpload={"DaysAfterInitiation": 3})
    keys(s3)
    advance(embedded_aws, 5 * DAY)
    keys(s3)
    assert "Uploads" not in s3.list_multipart_uploads(Bucket=NAME)


@pytest.mark.parametrize(
    "rule",
    [
        {"Filter": {"Prefix": "a", "ObjectSizeGreaterThan": 5}, "Expiration": {"Days": 1}},
        {"Expiration": {"Days": 1, "ExpiredObjectDeleteMarker": True}},
        {"NoncurrentVersionExpiration": {}},
        {"Prefix": "a", "Expiration": {"Days": 1}},
    ],
)
def test_an_ambiguous_rule_is_malformed(s3: Any, rule: dict[str, Any]) -> None:
    with pytest.raises(ClientError, match="MalformedXML"):
        expire(s3, **rule)
