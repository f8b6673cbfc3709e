# Copyright: secmon.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Read buckets and objects from S3."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from ..core.account import Account
from ..core.aws_names import bucket_arn
from ..core.errors import AwsError, Subject
from ..core.iam_actions import iam_action
from ..core.tags import Listed, as_list, listed_tags

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


@dataclass(frozen=True)
class Bucket:
    """A bucket to read. S3 denies every read if another account than the expected one owns it.

    Bucket names are global and can be guessed: another account's bucket with an open policy would otherwise answer.

    Attributes:
        account: The account that reads.
        name: The name of the bucket.
        owner: The account that owns it; the reading one by default.
    """

    account: Account
    name: str
    owner: str = ""

    @property
    def arn(self) -> str:
        """The ARN of the bucket."""
        return bucket_arn(self.account.place.partition, self.name)

    @property
    def parameters(self) -> dict[str, str]:
        """The parameters of every call."""
        return {"Bucket": self.name, "ExpectedBucketOwner": self.owner or self.account.place.account}

    def exists(self, remedies: Mapping[str, str] | None = None) -> bool:
        """Return whether the bucket exists. Raise AwsError (403) if another account than the expected one owns it.

        Args:
            remedies: Error codes, each with what the user can do.
        """
        return _head(self.account, self.name, self.parameters, {**self._denied("HeadBucket"), **(remedies or {})})

    def setting(self, operation: str, *missing: str) -> dict[str, Any]:
        """Return one setting; an empty one if it is not set, or for the error codes in `missing`."""
        absent = (SETTINGS | _OTHER_SETTINGS)[operation]
        options: dict[str, Any] = {"parameters": self.parameters, "resource_arn": self.arn}
        return self.account.read_if_any("s3", operation, f"bucket {self.name}", absent, *missing, **options)

    def keys(self, prefix: str, after: str) -> Iterator[str]:
        """Yield the keys with a prefix that come after a key in S3's order."""
        while True:
            page = self._list("ListObjectsV2", Prefix=prefix, StartAfter=after)
            keys = [item["Key"] for item in page.get("Contents", [])]
            yield from keys
            if not page.get("IsTruncated") or not keys:
                return
            after = keys[-1]

    def folders(self, prefix: str) -> list[str]:
        """Return the names of the folders below a prefix that ends in ``/``; at most 1,000."""
        page = self._list("ListObjectsV2", Prefix=prefix, Delimiter="/")
        return [item["Prefix"].removeprefix(prefix).rstrip("/") for item in page.get("CommonPrefixes", [])]

    def read_object(self, key: str, use: Callable[[dict[str, Any]], Any]) -> Any:
        """Return what `use` returns for an object with its body as a stream; a stream that breaks is read again."""
        remedies = {**_KEY_REMEDIES, **self._denied("GetObject", f"/{key}")}
        subject = Subject("s3", "GetObject", f"object {key}", f"{self.arn}/{key}", remedies)
        return self.account.read_stream(subject, {**self.parameters, "Key": key}, use)

    def is_empty(self) -> bool:
        """Return whether the bucket contains no version of any object."""
        page = self._list("ListObjectVersions", MaxKeys=1)
        return not page.get("Versions") and not page.get("DeleteMarkers")

    def versions(self) -> list[dict[str, str]]:
        """Return one page of versions and delete markers, in the form of DeleteObjects."""
        page = self._list("ListObjectVersions", MaxKeys=PAGE_SIZE)
        found = [*page.get("Versions", []), *page.get("DeleteMarkers", [])]
        return [{"Key": item["Key"], "VersionId": item["VersionId"]} for item in found]

    def entries(self, prefix: str) -> Iterator[str]:
        """Yield the keys of all versions below a prefix up to the next ``/``: files, and folders that end in ``/``."""
        marker: dict[str, str] = {}
        while True:
            page = self._list("ListObjectVersions", Prefix=prefix, Delimiter="/", MaxKeys=PAGE_SIZE, **marker)
            yield from (item["Key"] for item in [*page.get("Versions", []), *page.get("DeleteMarkers", [])])
            yield from (item["Prefix"] for item in page.get("CommonPrefixes", []))
            if not page.get("IsTruncated"):
                return
            names = {"KeyMarker": "NextKeyMarker", "VersionIdMarker": "NextVersionIdMarker"}
            marker = {name: page[following] for name, following in names.items() if page.get(following)}

    def _list(self, operation: str, **parameters: Any) -> dict[str, Any]:
        return self.account.read(
            "s3",
            operation,
            f"bucket {self.name}",
            {**self.parameters, **parameters},
            resource_arn=self.arn,
            remedies=self._denied(operation),
        )

    def _denied(self, operation: str, path: str = "") -> dict[str, str]:
        """Return what to do about a denial that names no action, as of a bucket that has another owner."""
        action, owner = iam_action("s3", operation), self.parameters["ExpectedBucketOwner"]
        hint = (
            f"Allow {action} on {self.arn}{path}; for a bucket of another account its policy must allow it too."
            f" Or account {owner} does not own the bucket: name the owner (bucket_owner,"
            " secmon_existing_log_bucket_owner)."
        )
        return {"AccessDenied Access Denied": hint, "403": hint}


def find_bucket(account: Account, name: str, listed: Listed | None = None) -> dict[str, Any] | None:
    """Return the settings of a bucket by API call, or None if it does not exist.

    Args:
        account: The account.
        name: The name of the bucket.
        listed: What the tagging API lists, if the task knows it.

    Raises:
        AwsError: Another account owns it (403), it is in another region (301), or a call failed for good.
    """
    remedies = {
        "403": name_is_taken(name),
        "301": f"Bucket {name} is in another region. Choose another name, or that region.",
    }
    bucket = Bucket(account, name)
    tags = listed_tags(listed, bucket.arn)
    known = {"GetBucketTagging": {"TagSet": as_list(tags)}} if tags else {}
    try:
        return known | {operation: bucket.setting(operation) for operation in SETTINGS if operation not in known}
    except AwsError as error:
        if error.code == "NoSuchBucket":
            return None
        if not _may_be_of_others(error):
            raise
        refusal = error
    # Only HeadBucket tells a bucket of others and one elsewhere from a setting that may not be read.
    try:
        if not bucket.exists(remedies):
            return None
    except AwsError as error:
        # HeadBucket answers 403 without a reason: for a bucket of another account, and for a missing permission.
        if error.code == "403" and _owns(account, name):
            error.hint = f"Account {account.place.account} owns this bucket. Allow s3:ListBucket on {bucket.arn}."
        raise
    raise refusal


def _may_be_of_others(error: AwsError) -> bool:
    return error.is_denial or error.code in ("301", "PermanentRedirect")


def answers_without_owner(account: Account, name: str) -> bool:
    """Return whether a bucket can be read if no owner is expected, after its expected owner was denied.

    If it can, S3 denied the owner, and not the reader.
    """
    try:
        return _head(account, name, {"Bucket": name})
    except AwsError as error:
        if error.is_denial:
            return False
        raise


def _head(
    account: Account, name: str, parameters: Mapping[str, str], remedies: Mapping[str, str] | None = None
) -> bool:
    arn = bucket_arn(account.place.partition, name)
    try:
        account.read("s3", "HeadBucket", f"bucket {name}", parameters, resource_arn=arn, remedies=remedies)
    except AwsError as error:
        if error.code in _ABSENT:
            return False
        raise
    return True


def bucket_names(account: Account) -> set[str]:
    """Return the names of the account's buckets."""
    return {bucket["Name"] for bucket in account.read("s3", "ListBuckets", "account's buckets")["Buckets"]}


def _owns(account: Account, name: str) -> bool:
    """Return whether the account owns a bucket, as far as it may list its buckets."""
    try:
        return name in bucket_names(account)
    except AwsError:
        return False


def name_is_taken(name: str) -> str:
    """Return what to do about a bucket name that another account uses."""
    return (
        f"Another account owns a bucket named {name}: bucket names are global. Choose another name"
        " (secmon_log_bucket_name). To deliver to that account's bucket, set secmon_existing_log_bucket_name and"
        " secmon_existing_log_bucket_owner."
    )
