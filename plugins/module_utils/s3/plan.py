# Copyright: secmon.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Plan the API calls that create, change or delete one log bucket.

Sources: S3 API reference; S3 user guide, "Bucket naming rules" and "Managing the lifecycle of objects"; CloudTrail user
guide, "Security best practices"; CIS AWS Foundations Benchmark, section 2.1.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from ..core.aws_names import ACCOUNT_ID, TRAIL_ARN, Place, bucket_arn, bucket_name_problem, partition_of
from ..core.plan import Plan, Write
from ..core.policy_documents import same_policy
from ..core.policy_limits import BUCKET_POLICY_BYTES, size_problems
from ..core.problems import require
from ..core.tags import as_list, own_tags, require_ownership, tag_change, tag_problems
from .access_log import NO_ACCESS_LOG
from .bucket_policy import bucket_policy
from .reads import SETTINGS, name_is_taken

_MAX_PREFIX_LENGTH = 200
_RULE_ID = "secmon-log-files"
# In a versioned bucket, an expired log file becomes a noncurrent version, which is deleted after these days.
_OLD_VERSION_DAYS = 30
# Log files are a few KB, and since 2024-09 no object below 128 KB moves by default; S3 user guide, "Transitioning
# objects using Amazon S3 Lifecycle". It holds for the whole bucket.
_SMALL_FILES_TOO = "varies_by_storage_class"
_CLOSED = {"BlockPublicAcls": True, "IgnorePublicAcls": True, "BlockPublicPolicy": True, "RestrictPublicBuckets": True}


def check_log_bucket(params: Mapping[str, Any], region: str) -> None:
    """Raise RequestError with every invalid option."""
    require(_problems(params, region))


def _problems(params: Mapping[str, Any], region: str) -> Iterator[str]:
    name, prefix = params["name"], params.get("key_prefix") or ""
    if problem := bucket_name_problem(name):
        yield f"{name!r} {problem}"
    if params.get("owner") and not re.fullmatch(ACCOUNT_ID, params["owner"]):
        yield f"Bucket {name}: owner is {params['owner']!r}, which is not an account ID of 12 digits."
    for arn in params.get("trail_arns") or []:
        if not re.fullmatch(TRAIL_ARN, arn):
            yield f"Bucket {name}: {arn!r} in trail_arns is not the ARN of a trail."
        elif arn.split(":")[1] != partition_of(region):
            yield f"Bucket {name}: {arn} in trail_arns is not in the partition of region {region}."
    if len(prefix) > _MAX_PREFIX_LENGTH or prefix.startswith("/") or prefix.endswith("/"):
        yield (
            f"Bucket {name}: {prefix!r} is not a valid key_prefix: use {_MAX_PREFIX_LENGTH} characters at most, no / at"
            " the ends."
        )
    archive, expiration = params.get("archive_days"), params.get("expiration_days")
    if (archive is not None and archive < 0) or (expiration is not None and expiration < 0):
        yield f"Bucket {name}: archive_days and expiration_days cannot be negative; 0 means never."
    if archive and expiration and expiration <= archive:
        yield f"Bucket {name}: expiration_days ({expiration}) must be greater than archive_days ({archive})."
    yield from tag_problems(params.get("tags"))


def described(name: str, settings: Mapping[str, Any]) -> dict[str, Any]:
    """Return a bucket in the terms of the module's result.

    Args:
        name: The bucket.
        settings: The answers by API call, empty for absent settings.
    """
    tags = {tag["Key"]: tag["Value"] for tag in settings["GetBucketTagging"].get("TagSet", [])}
    ownership = settings["GetBucketOwnershipControls"].get("OwnershipControls", {}).get("Rules", [{}])
    public = settings["GetPublicAccessBlock"].get("PublicAccessBlockConfiguration", {})
    return {
        "name": name,
        "object_ownership": ownership[0].get("ObjectOwnership", ""),
        "public_access_blocked": public == _CLOSED,
        "versioning": settings["GetBucketVersioning"].get("Status", ""),
        "encrypted": bool(settings["GetBucketEncryption"].get("ServerSideEncryptionConfiguration", {}).get("Rules")),
        "policy": json.loads(settings["GetBucketPolicy"].get("Policy") or "{}"),
        "lifecycle_rules": settings["GetBucketLifecycleConfiguration"].get("Rules", []),
        "transition_minimum": settings["GetBucketLifecycleConfiguration"].get("TransitionDefaultMinimumObjectSize", ""),
        "access_log_bucket": settings["GetBucketLogging"].get("LoggingEnabled", {}).get("TargetBucket", ""),
        "tags": own_tags(tags),
    }


# What every new bucket has: S3 user guide, "Blocking public access to your Amazon S3 storage", "Controlling ownership
# of objects" (both since 2023-04) and "Setting default server-side encryption behavior" (since 2023-01).
_NEW = described("", {call: {} for call in SETTINGS}) | {
    "object_ownership": "BucketOwnerEnforced",
    "public_access_blocked": True,
    "encrypted": True,
}


def plan_present(params: Mapping[str, Any], settings: Mapping[str, Any] | None, empty: bool, place: Place) -> Plan:
    """Plan the creation or the changes of a bucket.

    Args:
        params: The module's parameters.
        settings: Its settings by API call, or None if it does not exist.
        empty: Whether it contains no object.
        place: Partition and region of the bucket.
    """
    name = params["name"]
    arn = bucket_arn(place.partition, name)
    before = described(name, settings) if settings is not None else {}
    if settings is not None:
        unfinished = empty and not before["tags"]
        require_ownership(f"bucket {name}", before["tags"], adopt=params["adopt"], unfinished=unfinished)
    start = before or {**_NEW, "name": name}
    after = _desired(params, start, arn)
    if after["policy"] != start["policy"]:
        require(size_problems(f"bucket {name}", after["policy"], BUCKET_POLICY_BYTES))
    creation = () if before else (_creation(name, place),)
    updates = tuple(_updates(start, after, place))
    # Tags come first, so that a run that is interrupted afterwards leaves a bucket marked as managed.
    tagging = tuple(write for write in updates if write.operation == "PutBucketTagging")
    others = tuple(write for write in updates if write.operation != "PutBucketTagging")
    return Plan(
        before=before,
        after=after if creation or updates else before,
        stages=(creation, tagging, others),
        results={"log_bucket": {**after, "arn": arn}},
    )


def plan_absent(
    params: Mapping[str, Any],
    settings: Mapping[str, Any] | None,
    versions: Sequence[Mapping[str, str]],
    others: Sequence[str],
    place: Place,
) -> Plan:
    """Plan the deletion of a bucket and, with `purge`, of every version of every object.

    Args:
        params: The module's parameters.
        settings: Its settings by API call, or None if it does not exist.
        versions: The first page of object versions, in the form of DeleteObjects.
        others: Objects that are not log files and may not be deleted.
        place: Partition and region of the bucket.
    """
    if settings is None:
        return Plan(before={}, after={}, results={"log_bucket": {}})
    name = params["name"]
    before = described(name, settings)
    require_ownership(
        f"bucket {name}", before["tags"], adopt=params["adopt"], unfinished=not versions and not before["tags"]
    )
    if versions and not params["purge"]:
        require([f"Bucket {name} contains log files (evidence). Nothing was changed. Set purge: true to delete it."])
    if others:
        require([_not_log_files(name, others)])
    return Plan(
        before=before,
        after={},
        stages=((_deletion(name, versions, place),),),
        unfinished=bool(versions),
        results={"log_bucket": {}},
    )


def _not_log_files(name: str, others: Sequence[str]) -> str:
    return (
        f"Bucket {name} contains objects that are not log files of its trails: {', '.join(others)}. Nothing was"
        " changed. Move them, or set purge_others: true (secmon_purge_other_objects) to delete them too. The folder"
        " of the log files follows from key_prefix, trail_arns and organization_id."
    )


def _deletion(name: str, versions: Sequence[Mapping[str, str]], place: Place) -> Write:
    """Return the deletion of a page of versions, or of the empty bucket."""
    if not versions:
        # CloudTrail may deliver a file after the trail is deleted, and so after this bucket was read.
        deletion = _write("DeleteBucket", name, place)
        return replace(deletion, done_if=frozenset({"NoSuchBucket"}), outdated_if=frozenset({"BucketNotEmpty"}))
    objects = {"Objects": [dict(version) for version in versions], "Quiet": True}
    return replace(_write("DeleteObjects", name, place, {"Delete": objects}), partial_errors="Errors")


def _desired(params: Mapping[str, Any], before: Mapping[str, Any], arn: str) -> dict[str, Any]:
    policy = bucket_policy(
        before["policy"],
        arn,
        params.get("trail_arns"),
        params.get("key_prefix") or "",
        params.get("organization_id") or "",
    )
    access_log = params.get("access_log_bucket")
    return {
        **before,
        "object_ownership": "BucketOwnerEnforced",
        "public_access_blocked": True,
        "versioning": "Enabled",
        "encrypted": True,
        "policy": before["policy"] if same_policy(before["policy"], policy) else policy,
        "lifecycle_rules": _lifecycle(params, before["lifecycle_rules"]),
        "transition_minimum": _SMALL_FILES_TOO if params.get("archive_days") else before["transition_minimum"],
        "access_log_bucket": before["access_log_bucket"] if access_log is None else access_log,
        "tags": dict(tag_change(before["tags"], params.get("tags"), params.get("purge_tags", True)).after),
    }


def _lifecycle(params: Mapping[str, Any], rules: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    archive, expiration = params.get("archive_days"), params.get("expiration_days")
    if archive is None and expiration is None:
        return list(rules)
    others = [rule for rule in rules if rule.get("ID") != _RULE_ID]
    if not archive and not expiration:
        return others
    managed: dict[str, Any] = {"ID": _RULE_ID, "Status": "Enabled", "Filter": {"Prefix": ""}}
    if archive:
        managed["Transitions"] = [{"Days": archive, "StorageClass": "GLACIER"}]
    if expiration:
        managed["Expiration"] = {"Days": expiration}
        managed["NoncurrentVersionExpiration"] = {"NoncurrentDays": _OLD_VERSION_DAYS}
    found = next((rule for rule in rules if rule.get("ID") == _RULE_ID), {})
    return list(rules) if {key: found.get(key) for key in (*managed, *found)} == managed else [*others, managed]


def _creation(name: str, place: Place) -> Write:
    # S3 rejects us-east-1 as a LocationConstraint.
    location = (
        {} if place.region == "us-east-1" else {"CreateBucketConfiguration": {"LocationConstraint": place.region}}
    )
    return replace(
        _write("CreateBucket", name, place, location),
        done_if_repeated=frozenset({"BucketAlreadyOwnedByYou"}),
        # Another run made it since it was read.
        outdated_if=frozenset({"BucketAlreadyOwnedByYou"}),
        remedies={"BucketAlreadyExists": name_is_taken(name)},
    )


def _updates(before: Mapping[str, Any], after: Mapping[str, Any], place: Place) -> Iterator[Write]:
    name = after["name"]
    for key, operation, parameters in (
        ("tags", "PutBucketTagging", {"Tagging": {"TagSet": as_list(after["tags"])}}),
        ("public_access_blocked", "PutPublicAccessBlock", {"PublicAccessBlockConfiguration": _CLOSED}),
        ("object_ownership", "PutBucketOwnershipControls", {"OwnershipControls": _ownership(after)}),
        ("versioning", "PutBucketVersioning", {"VersioningConfiguration": {"Status": after["versioning"]}}),
        ("encrypted", "PutBucketEncryption", {"ServerSideEncryptionConfiguration": _ENCRYPTION}),
        ("policy", "PutBucketPolicy", {"Policy": json.dumps(after["policy"])}),
        ("access_log_bucket", "PutBucketLogging", {"BucketLoggingStatus": _access_log(after)}),
    ):
        if before[key] != after[key]:
            yield _write(operation, name, place, parameters)
    rules, minimum = after["lifecycle_rules"], after["transition_minimum"]
    if before["lifecycle_rules"] != rules or before["transition_minimum"] != minimum:
        size = {"TransitionDefaultMinimumObjectSize": minimum} if minimum else {}
        put = {"LifecycleConfiguration": {"Rules": rules}, **size}
        yield (
            _write("PutBucketLifecycleConfiguration", name, place, put)
            if rules
            else _write("DeleteBucketLifecycle", name, place)
        )


# The second spelling is S3's.
_REMEDIES = dict.fromkeys(("InvalidTargetBucketForLogging", "CrossLocationLoggingProhibitted"), NO_ACCESS_LOG)
_ENCRYPTION = {"Rules": [{"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}}]}


def _ownership(after: Mapping[str, Any]) -> dict[str, Any]:
    return {"Rules": [{"ObjectOwnership": after["object_ownership"]}]}


def _access_log(after: Mapping[str, Any]) -> dict[str, Any]:
    target = after["access_log_bucket"]
    return {"LoggingEnabled": {"TargetBucket": target, "TargetPrefix": f"{after['name']}/"}} if target else {}


def _write(operation: str, name: str, place: Place, parameters: Mapping[str, Any] | None = None) -> Write:
    # Between two calls, the bucket can be deleted and its name be taken by another account.
    owner = {} if operation == "CreateBucket" else {"ExpectedBucketOwner": place.account}
    return Write(
        service="s3",
        operation=operation,
        parameters={"Bucket": name, **owner, **(parameters or {})},
        resource=f"bucket {name}",
        resource_arn=bucket_arn(place.partition, name),
        # A new bucket is not visible everywhere at once.
        propagating=() if operation in ("CreateBucket", "DeleteBucket") else (("NoSuchBucket", ""),),
        remedies=_REMEDIES if operation == "PutBucketLogging" else {},
    )
