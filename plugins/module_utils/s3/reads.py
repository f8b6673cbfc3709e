# Copyright: secmon.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Read buckets and objects from S3."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from ..core.account import Account
from ..core.aws_names import bucket_arn
from ..core.errors import AwsError, Subject

# The most that DeleteObjects accepts.
PAGE_SIZE = 1000
_ABSENT = ("404", "NoSuchBucket")
# S3 answers an absent setting with an error, a different one for each call.
SETTINGS = {
    "GetBucketTagging": "NoSuchTagSet",
    "GetBucketPolicy": "NoSuchBucketPolicy",
    "GetBucketVersioning": "",
    "GetBucketEncryption": "ServerSideEncryptionConfigurationNotFoundError",
    "GetPublicAccessBlock": "NoSuchPublicAccessBlockConfiguration",
    "GetBucketOwnershipControls": "OwnershipControlsNotFoundError",
    "GetBucketLifecycleConfiguration": "NoSuchLifecycleConfiguration",
    "GetBucketLogging": "",
}
# The errors of GetObject for an object whose key cannot be used; S3 API reference, "List of error codes".
_ENABLE = "The object is encrypted with this key: enable the key (aws kms enable-key)"
_KEY_REMEDIES = {
    "KMS.DisabledException": f"{_ENABLE}.",
    "KMS.KMSInvalidStateException": f"{_ENABLE}, after aws kms cancel-key-deletion if its deletion is scheduled.",
    "KMS.NotFoundException": "The key that encrypts the object was deleted. The object cannot be read any more.",
}
_OTHER_SETTINGS = {"GetObjectLockConfiguration": "ObjectLockConfigurationNotFoundError"}


def find_bucket(account: Account, name: str) -> dict[str, Any] | None:
    """Return the settings of a bucket by API call, or None if it does not exist.

    Raises:
        AwsError: Another account owns it (403), it is in another region (301), or a call failed for good.
    """
    remedies = {
        "403": f"{name_is_taken(name)} If this account owns it, the caller lacks s3:ListBucket on it.",
        "301": f"Bucket {name} is in another region. Choose another name, or that region.",
    }
    # Names can be guessed: another account's bucket with an open policy would receive the log files.
    parameters = {"ExpectedBucketOwner": account.place.account}
    if not bucket_exists(account, name, parameters, remedies):
        return None
    return {operation: bucket_setting(account, name, operation) for operation in SETTINGS}


def bucket_exists(
    account: Account,
    name: str,
    parameters: Mapping[str, str] | None = None,
    remedies: Mapping[str, str] | None = None,
) -> bool:
    """Return whether a bucket exists.

    Args:
        account: The account.
        name: The bucket.
        parameters: Further parameters of HeadBucket.
        remedies: Error codes, each with what the user can do.
    """
    arn = bucket_arn(account.place.partition, name)
    request = {"Bucket": name, **(parameters or {})}
    try:
        account.read("s3", "HeadBucket", f"bucket {name}", request, resource_arn=arn, remedies=remedies)
    except AwsError as error:
        if error.code in _ABSENT:
            return False
        raise
    return True


def bucket_setting(account: Account, name: str, operation: str, *missing: str) -> dict[str, Any]:
    """Return one setting of a bucket; an empty one if it is not set, or for the error codes in `missing`."""
    absent = (SETTINGS | _OTHER_SETTINGS)[operation]
    arn = bucket_arn(account.place.partition, name)
    options: dict[str, Any] = {"parameters": {"Bucket": name}, "resource_arn": arn}
    return account.read_if_any("s3", operation, f"bucket {name}", absent, *missing, **options)


def bucket_names(account: Account) -> set[str]:
    """Return the names of the account's buckets."""
    return {bucket["Name"] for bucket in account.read("s3", "ListBuckets", "account's buckets")["Buckets"]}


def name_is_taken(name: str) -> str:
    """Return what to do about a bucket name that another account uses."""
    return (
        f"Another account owns a bucket named {name}: bucket names are global. Choose another name"
        " (secmon_log_bucket_name). To deliver to that account's bucket, create the trail with secmon.aws.trail alone:"
        " the bucket's policy must allow cloudtrail.amazonaws.com s3:GetBucketAcl and s3:PutObject, both with the"
        " condition aws:SourceArn = the trail's ARN."
    )


def list_keys(account: Account, bucket: str, prefix: str, after: str) -> Iterator[str]:
    """Yield the keys with a prefix that come after a key in S3's order."""
    arn = bucket_arn(account.place.partition, bucket)
    while True:
        parameters = {"Bucket": bucket, "Prefix": prefix, "StartAfter": after}
        page = account.read("s3", "ListObjectsV2", f"bucket {bucket}", parameters, resource_arn=arn)
        keys = [item["Key"] for item in page.get("Contents", [])]
        yield from keys
        if not page.get("IsTruncated") or not keys:
            return
        after = keys[-1]


def list_folders(account: Account, bucket: str, prefix: str) -> list[str]:
    """Return the names of the folders below a prefix that ends in ``/``; at most 1,000."""
    arn = bucket_arn(account.place.partition, bucket)
    parameters = {"Bucket": bucket, "Prefix": prefix, "Delimiter": "/"}
    page = account.read("s3", "ListObjectsV2", f"bucket {bucket}", parameters, resource_arn=arn)
    return [item["Prefix"].removeprefix(prefix).rstrip("/") for item in page.get("CommonPrefixes", [])]


def read_object(account: Account, bucket: str, key: str, use: Callable[[dict[str, Any]], Any]) -> Any:
    """Return what `use` returns for an object with its body as a stream; it is called again if the stream breaks."""
    arn = f"{bucket_arn(account.place.partition, bucket)}/{key}"
    subject = Subject("s3", "GetObject", f"object {key}", arn, _KEY_REMEDIES)
    return account.read_stream(subject, {"Bucket": bucket, "Key": key}, use)


def is_empty(account: Account, name: str) -> bool:
    """Return whether a bucket contains no version of any object."""
    page = account.read("s3", "ListObjectVersions", f"bucket {name}", {"Bucket": name, "MaxKeys": 1})
    return not page.get("Versions") and not page.get("DeleteMarkers")


def object_versions(account: Account, name: str) -> list[dict[str, str]]:
    """Return one page of a bucket's versions and delete markers, in the form of DeleteObjects."""
    parameters = {"Bucket": name, "MaxKeys": PAGE_SIZE}
    page = account.read("s3", "ListObjectVersions", f"bucket {name}", parameters)
    found = [*page.get("Versions", []), *page.get("DeleteMarkers", [])]
    return [{"Key": item["Key"], "VersionId": item["VersionId"]} for item in found]
