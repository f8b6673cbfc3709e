# Copyright: secmon.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""What it takes to make one bucket a safe place for log files.

Sources: S3 API reference; S3 user guide, "Bucket naming rules" and "Managing the lifecycle of objects"; CloudTrail user
guide, "Security best practices"; CIS AWS Foundations Benchmark, section 2.1.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from ..core.aws_names import partition_of
from ..core.plan import Plan, Write
from ..core.policy_documents import same_policy
from ..core.problems import require
from ..core.tags import as_list, own_tags, require_ownership, tag_change, tag_problems
from .bucket_policy import bucket_policy

_NAME = re.compile(r"(?!xn--|sthree-|amzn-s3-demo-)(?!.*\.\.)[a-z0-9][a-z0-9.-]{1,61}[a-z0-9](?<!-s3alias)(?<!--ol-s3)")
_IP_ADDRESS = re.compile(r"[0-9]{1,3}(\.[0-9]{1,3}){3}")
_TRAIL_ARN = re.compile(r"arn:aws[a-z-]*:cloudtrail:[a-z0-9-]+:[0-9]{12}:trail/.+")
_MAX_PREFIX_LENGTH = 200
_RULE_ID = "secmon-log-files"
# An expired log file only becomes an old version, since the bucket is versioned; after these days that goes as well.
_OLD_VERSION_DAYS = 30
_CLOSED = {"BlockPublicAcls": True, "IgnorePublicAcls": True, "BlockPublicPolicy": True, "RestrictPublicBuckets": True}


def check_log_bucket(params: Mapping[str, Any], region: str) -> None:
    """Raise RequestError for everything that S3 would refuse, before it is asked."""
    require(_problems(params, region))


def _problems(params: Mapping[str, Any], region: str) -> Iterator[str]:
    name, prefix = params["name"], params.get("key_prefix") or ""
    if not _NAME.fullmatch(name) or _IP_ADDRESS.fullmatch(name):
        yield (
            f"{name!r} is no name for a bucket: 3 to 63 of the characters a-z 0-9 . -, a letter or number at both ends,"
            " no two dots in a row, no IP address, none of the beginnings and endings that S3 reserves."
        )
    for arn in params.get("trail_arns") or []:
        if not _TRAIL_ARN.fullmatch(arn):
            yield f"trail_arns of bucket {name} holds {arn!r}, which is no ARN of a trail."
        elif arn.split(":")[1] != partition_of(region):
            yield f"trail_arns of bucket {name} holds {arn}, of another partition than region {region}."
    if len(prefix) > _MAX_PREFIX_LENGTH or prefix.startswith("/") or prefix.endswith("/"):
        yield f"key_prefix of bucket {name} is {prefix!r}; it takes {_MAX_PREFIX_LENGTH} characters, no / at its ends."
    archive, expiration = params.get("archive_days"), params.get("expiration_days")
    if (archive is not None and archive < 0) or (expiration is not None and expiration < 0):
        yield f"archive_days and expiration_days of bucket {name} are days from 0 on; 0 means never."
    if archive and expiration and expiration <= archive:
        yield f"Bucket {name} would delete log files after {expiration} days, before it archives them after {archive}."
    yield from tag_problems(params.get("tags"))


def described(name: str, settings: Mapping[str, Any]) -> dict[str, Any]:
    """Return what S3 says of a bucket in the module's terms.

    Args:
        name: The bucket.
        settings: The answers by the name of the call, empty where the bucket lacks the setting.
    """
    tags = {tag["Key"]: tag["Value"] for tag in settings["GetBucketTagging"].get("TagSet", [])}
    ownership = settings["GetBucketOwnershipControls"].get("OwnershipControls", {}).get("Rules", [{}])
    public = settings["GetPublicAccessBlock"].get("PublicAccessBlockConfiguration", {})
    return {
        "name": name,
        "object_ownership": ownership[0].get("ObjectOwnership", ""),
        "public_access_blocked": public == _CLOSED,
        "versioning": settings["GetBucketVersioning"].get("Status", ""),
        "encrypted": bool(settings["GetBucketEncryption"].get("ServerSideEncryptionConfiguration")),
        "policy": json.loads(settings["GetBucketPolicy"].get("Policy") or "{}"),
        "lifecycle_rules": settings["GetBucketLifecycleConfiguration"].get("Rules", []),
        "access_log_bucket": settings["GetBucketLogging"].get("LoggingEnabled", {}).get("TargetBucket", ""),
        "tags": own_tags(tags),
    }


_CALLS = (
    *("GetBucketTagging", "GetBucketOwnershipControls", "GetPublicAccessBlock", "GetBucketVersioning"),
    *("GetBucketEncryption", "GetBucketPolicy", "GetBucketLifecycleConfiguration", "GetBucketLogging"),
)
_NOTHING = described("", {call: {} for call in _CALLS})


def plan_present(
    params: Mapping[str, Any], settings: Mapping[str, Any] | None, empty: bool, partition: str, region: str
) -> Plan:
    """Plan the bucket that the task asks for.

    Args:
        params: The module's parameters.
        settings: What is set on it, by call; None if there is no such bucket.
        empty: Whether nothing is in it.
        partition: The partition, for ARNs.
        region: Where to make it.
    """
    name = params["name"]
    before = described(name, settings) if settings is not None else {}
    if settings is not None:
        unfinished = empty and not before["tags"]
        require_ownership(f"bucket {name}", before["tags"], adopt=params["adopt"], unfinished=unfinished)
    start = before or {**_NOTHING, "name": name, "object_ownership": "BucketOwnerEnforced"}
    after = _wanted(params, start, f"arn:{partition}:s3:::{name}")
    creation = () if before else (_creation(name, partition, region),)
    updates = tuple(_updates(start, after, partition))
    # The tags come first and alone: a run that is killed after them leaves something that is known to be ours.
    tagging = tuple(write for write in updates if write.operation == "PutBucketTagging")
    others = tuple(write for write in updates if write.operation != "PutBucketTagging")
    return Plan(
        before=before,
        after=after if creation or updates else before,
        stages=(creation, tagging, others),
        results={"log_bucket": {**after, "arn": f"arn:{partition}:s3:::{name}"}},
    )


def plan_absent(
    params: Mapping[str, Any],
    settings: Mapping[str, Any] | None,
    versions: Sequence[Mapping[str, str]],
    partition: str,
) -> Plan:
    """Plan the deletion of a bucket and, if the task says so, of every version of every object in it.

    Args:
        params: The module's parameters.
        settings: What is set on it, by call; None if there is no such bucket.
        versions: The first page of what is in it, as DeleteObjects takes it.
        partition: The partition, for ARNs.
    """
    if settings is None:
        return Plan(before={}, after={}, results={"log_bucket": {}})
    name = params["name"]
    before = described(name, settings)
    require_ownership(
        f"bucket {name}", before["tags"], adopt=params["adopt"], unfinished=not versions and not before["tags"]
    )
    if versions and not params["purge"]:
        require(
            [f"The bucket {name} holds log files, which are evidence. Nothing was changed. Say purge: true as well."]
        )
    deletion = replace(_write("DeleteBucket", name, partition), done_if=frozenset({"NoSuchBucket"}))
    objects = {"Objects": [dict(version) for version in versions], "Quiet": True}
    purge = replace(_write("DeleteObjects", name, partition, {"Delete": objects}), partial_errors="Errors")
    return Plan(
        before=before,
        after={},
        stages=((purge,),) if versions else ((deletion,),),
        unfinished=bool(versions),
        results={"log_bucket": {}},
    )


def _wanted(params: Mapping[str, Any], before: Mapping[str, Any], arn: str) -> dict[str, Any]:
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
    ours: dict[str, Any] = {"ID": _RULE_ID, "Status": "Enabled", "Filter": {"Prefix": ""}}
    if archive:
        ours["Transitions"] = [{"Days": archive, "StorageClass": "GLACIER"}]
    if expiration:
        ours["Expiration"] = {"Days": expiration}
        ours["NoncurrentVersionExpiration"] = {"NoncurrentDays": _OLD_VERSION_DAYS}
    found = next((rule for rule in rules if rule.get("ID") == _RULE_ID), {})
    return list(rules) if {key: found.get(key) for key in (*ours, *found)} == ours else [*others, ours]


def _creation(name: str, partition: str, region: str) -> Write:
    # The oldest region is the one that S3 does not want to be told.
    location = {} if region == "us-east-1" else {"CreateBucketConfiguration": {"LocationConstraint": region}}
    taken = f"Somebody else owns a bucket of the name {name}: names are taken world-wide. Choose another one."
    parameters = {"ObjectOwnership": "BucketOwnerEnforced", **location}
    return replace(
        _write("CreateBucket", name, partition, parameters),
        done_if_repeated=frozenset({"BucketAlreadyOwnedByYou"}),
        remedies={"BucketAlreadyExists": taken},
    )


def _updates(before: Mapping[str, Any], after: Mapping[str, Any], partition: str) -> Iterator[Write]:
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
            yield _write(operation, name, partition, parameters)
    rules = after["lifecycle_rules"]
    if before["lifecycle_rules"] != rules:
        put = {"LifecycleConfiguration": {"Rules": rules}}
        yield (
            _write("PutBucketLifecycleConfiguration", name, partition, put)
            if rules
            else _write("DeleteBucketLifecycle", name, partition)
        )


_NO_ACCESS_LOG = (
    "The access_log_bucket must exist in the same account and region, and its policy must let logging.s3.amazonaws.com"
    " s3:PutObject: amazon.aws.s3_bucket makes both."
)
_ENCRYPTION = {"Rules": [{"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}}]}


def _ownership(after: Mapping[str, Any]) -> dict[str, Any]:
    return {"Rules": [{"ObjectOwnership": after["object_ownership"]}]}


def _access_log(after: Mapping[str, Any]) -> dict[str, Any]:
    target = after["access_log_bucket"]
    return {"LoggingEnabled": {"TargetBucket": target, "TargetPrefix": f"{after['name']}/"}} if target else {}


def _write(operation: str, name: str, partition: str, parameters: Mapping[str, Any] | None = None) -> Write:
    return Write(
        service="s3",
        operation=operation,
        parameters={"Bucket": name, **(parameters or {})},
        resource=f"bucket {name}",
        resource_arn=f"arn:{partition}:s3:::{name}",
        # A bucket that was made a moment ago is not known everywhere yet.
        propagating=() if operation in ("CreateBucket", "DeleteBucket") else (("NoSuchBucket", ""),),
        remedies={"InvalidTargetBucketForLogging": _NO_ACCESS_LOG} if operation == "PutBucketLogging" else {},
    )
