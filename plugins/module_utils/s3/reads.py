# Copyright: secmon.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""What is read from S3 about one bucket."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from ..core.account import Account
from ..core.errors import AwsError
from ..core.tags import as_mapping

# DeleteObjects takes no more at a time.
PAGE_SIZE = 1000
_ABSENT = ("404", "NoSuchBucket")
# What a bucket lacks is an error in S3, a different one for each thing.
_SETTINGS = {
    "GetBucketTagging": "NoSuchTagSet",
    "GetBucketPolicy": "NoSuchBucketPolicy",
    "GetBucketVersioning": "",
    "GetBucketEncryption": "ServerSideEncryptionConfigurationNotFoundError",
    "GetPublicAccessBlock": "NoSuchPublicAccessBlockConfiguration",
    "GetBucketOwnershipControls": "OwnershipControlsNotFoundError",
    "GetBucketLifecycleConfiguration": "NoSuchLifecycleConfiguration",
    "GetBucketLogging": "",
}


def find_bucket(account: Account, name: str, partition: str) -> dict[str, Any] | None:
    """Return what is set on a bucket, by the name of the call that gives it, or None if there is no such bucket.

    Raises:
        AwsError: It belongs to somebody else (403), lies in another region (301), or a call failed for good.
    """
    what, arn = f"bucket {name}", f"arn:{partition}:s3:::{name}"
    remedies = {
        "403": f"Somebody else owns a bucket of the name {name}: names are taken world-wide. Choose another one"
        " (secmon_log_bucket_name). Or it is ours, and the caller lacks s3:ListBucket on it.",
        "301": f"The bucket {name} lies in another region. Choose another name, or that region.",
    }
    # Names can be guessed: a stranger's bucket whose policy lets us in would receive our log files.
    asked = {"Bucket": name, "ExpectedBucketOwner": account.place.account}
    try:
        account.read("s3", "HeadBucket", what, asked, resource_arn=arn, remedies=remedies)
    except AwsError as error:
        if error.code in _ABSENT:
            return None
        raise
    return {
        operation: account.read_if_any("s3", operation, what, missing, parameters={"Bucket": name}, resource_arn=arn)
        for operation, missing in _SETTINGS.items()
    }


def bucket_tags(settings: Mapping[str, Any]) -> dict[str, str]:
    """Return a bucket's tags."""
    return as_mapping(settings["GetBucketTagging"].get("TagSet", []))


def policy_in(settings: Mapping[str, Any]) -> dict[str, Any]:
    """Return a bucket's policy, empty if there is none."""
    policy: dict[str, Any] = json.loads(settings["GetBucketPolicy"].get("Policy") or "{}")
    return policy


def is_empty(account: Account, name: str) -> bool:
    """Whether a bucket holds no version of any object."""
    page = account.read("s3", "ListObjectVersions", f"bucket {name}", {"Bucket": name, "MaxKeys": 1})
    return not page.get("Versions") and not page.get("DeleteMarkers")


def object_versions(account: Account, name: str) -> list[dict[str, str]]:
    """Return one page of the versions and delete markers in a bucket, as DeleteObjects takes them."""
    parameters = {"Bucket": name, "MaxKeys": PAGE_SIZE}
    page = account.read("s3", "ListObjectVersions", f"bucket {name}", parameters)
    found = [*page.get("Versions", []), *page.get("DeleteMarkers", [])]
    return [{"Key": item["Key"], "VersionId": item["VersionId"]} for item in found]
