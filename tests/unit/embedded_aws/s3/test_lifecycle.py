"""Objects move to the storage class of a lifecycle rule, small ones only where the configuration says so."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.support.embedded_control import advance, reset

NAME = "archived"
DAY = 86_400
SMALL, LARGE = b"x", b"x" * 128 * 1024


@pytest.fixture
def s3(embedded_aws: str, aws_client: Callable[[str], Any]) -> Any:
    reset(embedded_aws)
    client = aws_client("s3")
    client.create_bucket(Bucket=NAME)
    for key, body in (("small", SMALL), ("large", LARGE)):
        client.put_object(Bucket=NAME, Key=key, Body=body)
    return client


def archive_after(s3: Any, days: int, storage_class: str = "GLACIER", **options: str) -> dict[str, Any]:
    transition = {"Days": days, "StorageClass": storage_class}
    rule = {"ID": "a", "Status": "Enabled", "Filter": {"Prefix": ""}, "Transitions": [transition]}
    answer: dict[str, Any] = s3.put_bucket_lifecycle_configuration(
        Bucket=NAME, LifecycleConfiguration={"Rules": [rule]}, **options
    )
    return answer


def archived(s3: Any) -> set[str]:
    """Return the keys that GetObject refuses with InvalidObjectState."""
    found = set()
    for key in ("small", "large"):
        try:
            s3.get_object(Bucket=NAME, Key=key)["Body"].read()
        except ClientError as error:
            assert error.response["Error"]["Code"] == "InvalidObjectState"
            found.add(key)
    return found


def test_an_object_below_128_kb_is_not_moved_by_default(embedded_aws: str, s3: Any) -> None:
    answer = archive_after(s3, 30)
    assert answer["TransitionDefaultMinimumObjectSize"] == "all_storage_classes_128K"
    advance(embedded_aws, 29 * DAY)
    assert archived(s3) == set()
    advance(embedded_aws, 2 * DAY)
    assert archived(s3) == {"large"}
    classes = {item["Key"]: item["StorageClass"] for item in s3.list_objects_v2(Bucket=NAME)["Contents"]}
    assert classes == {"small": "STANDARD", "large": "GLACIER"}


def test_the_minimum_can_vary_by_storage_class(embedded_aws: str, s3: Any) -> None:
    archive_after(s3, 30, TransitionDefaultMinimumObjectSize="varies_by_storage_class")
    stored = s3.get_bucket_lifecycle_configuration(Bucket=NAME)
    assert stored["TransitionDefaultMinimumObjectSize"] == "varies_by_storage_class"
    advance(embedded_aws, 31 * DAY)
    assert archived(s3) == {"small", "large"}


def test_a_class_that_can_be_read_at_once_keeps_its_minimum(embedded_aws: str, s3: Any) -> None:
    archive_after(s3, 30, "STANDARD_IA", TransitionDefaultMinimumObjectSize="varies_by_storage_class")
    advance(embedded_aws, 31 * DAY)
    assert archived(s3) == set()
    classes = {item["Key"]: item["StorageClass"] for item in s3.list_objects_v2(Bucket=NAME)["Contents"]}
    assert classes == {"small": "STANDARD", "large": "STANDARD_IA"}
