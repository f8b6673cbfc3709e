# Copyright: secmon.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Plan the API calls that create, change or delete one log group.

Sources: CloudWatch Logs API reference (CreateLogGroup, PutRetentionPolicy, AssociateKmsKey,
PutLogGroupDeletionProtection, DeleteLogGroup).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from ..core.aws_names import Place, service_principal
from ..core.plan import Plan, Write
from ..core.problems import require
from ..core.tags import own_tags, require_ownership, tag_change
from .ownership import without_record

NEVER = 0
RETENTION_DAYS = (
    *(1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731),
    *(1096, 1827, 2192, 2557, 2922, 3288, 3653),
)
# CloudWatch Logs refuses a key with one of these codes: the first is that of the API reference, the second was reported
# for AWS of today (terraform-provider-aws issue 29282). A new key may be refused for seconds (KMS developer guide,
# "eventual consistency").
_REFUSED_KEY = ("InvalidParameterException", "AccessDeniedException")
_REFUSAL = "does not exist or is not allowed"


def described(group: Mapping[str, Any], tags: Mapping[str, str]) -> dict[str, Any]:
    """Return a group of DescribeLogGroups in the terms of the module's result."""
    return {
        "name": group["logGroupName"],
        "retention_days": group.get("retentionInDays", NEVER),
        "kms_key_arn": group.get("kmsKeyId", ""),
        "log_group_class": group.get("logGroupClass", "STANDARD"),
        "deletion_protection": group.get("deletionProtectionEnabled", False),
        # metric_filters keeps its record there.
        "tags": own_tags(without_record(tags)),
    }


def plan_present(
    params: Mapping[str, Any], group: Mapping[str, Any] | None, tags: Mapping[str, str], place: Place
) -> Plan:
    """Plan the creation or the changes of a group.

    Args:
        params: The module's parameters.
        group: The group in the form of DescribeLogGroups, or None.
        tags: Its tags.
        place: Partition, region and account, for its ARN.
    """
    if group is None:
        return _plan_creation(params, place)
    before = described(group, tags)
    require_ownership(f"log group {params['name']}", tags, adopt=params["adopt"])
    after = _desired(params, before)
    return Plan(
        before=before,
        after=after,
        stages=(tuple(_updates(before, after, place)),),
        results={"log_group": {**after, "arn": _arn(place, after["name"])}},
    )


def plan_absent(
    params: Mapping[str, Any], group: Mapping[str, Any] | None, tags: Mapping[str, str], place: Place
) -> Plan:
    """Plan the deletion of a group with all its events; the arguments are those of `plan_present`."""
    if group is None:
        return Plan(before={}, after={}, results={"log_group": {}, "lost": {}})
    name = params["name"]
    before = described(group, tags)
    require_ownership(f"log group {name}", tags, adopt=params["adopt"])
    protected = before["deletion_protection"]
    if protected and params.get("deletion_protection") is not False:
        require(
            [
                f"Log group {name} is protected from deletion. Nothing was changed. To delete it, set"
                " deletion_protection: false (secmon_log_group_deletion_protection)."
            ]
        )
    lost = {"stored_bytes": group.get("storedBytes", 0), "retention_days": before["retention_days"]}
    stages = [(_protection(name, False, place),)] if protected else []
    stages.append((_write("DeleteLogGroup", name, place, logGroupName=name, done_if={"ResourceNotFoundException"}),))
    return Plan(
        before=before,
        after={},
        stages=tuple(stages),
        results={"log_group": {}, "lost": lost},
        warnings=_loss(name, lost),
    )


def _loss(name: str, lost: Mapping[str, int]) -> tuple[str, ...]:
    if not lost["stored_bytes"]:
        return ()
    retention = f"{lost['retention_days']} days" if lost["retention_days"] else "unlimited"
    return (f"The deletion of log group {name} loses {lost['stored_bytes']} bytes of events (retention: {retention}).",)


def _desired(params: Mapping[str, Any], before: Mapping[str, Any]) -> dict[str, Any]:
    settings = ("retention_days", "kms_key_arn", "deletion_protection")
    mentioned = {key: params[key] for key in settings if params.get(key) is not None}
    change = tag_change(before["tags"], params.get("tags"), params.get("purge_tags", True))
    return {**before, **mentioned, "tags": dict(change.after)}


def _plan_creation(params: Mapping[str, Any], place: Place) -> Plan:
    name = params["name"]
    after = _desired(params, described({"logGroupName": name}, {}))
    settings = {
        "logGroupName": name,
        "tags": after["tags"],
        "kmsKeyId": after["kms_key_arn"],
        "deletionProtectionEnabled": after["deletion_protection"],
    }
    create = _write(
        "CreateLogGroup",
        name,
        place,
        exists={"ResourceAlreadyExistsException"},
        **{key: value for key, value in settings.items() if value},
    )
    retention = (_retention(name, after["retention_days"], place),) if after["retention_days"] != NEVER else ()
    return Plan(
        before={},
        after=after,
        stages=((create,), retention),
        results={"log_group": {**after, "arn": _arn(place, name)}},
    )


def _updates(before: Mapping[str, Any], after: Mapping[str, Any], place: Place) -> Iterator[Write]:
    name = after["name"]
    if before["retention_days"] != after["retention_days"]:
        yield _retention(name, after["retention_days"], place)
    if before["kms_key_arn"] != after["kms_key_arn"]:
        yield _key(name, after["kms_key_arn"], place)
    if before["deletion_protection"] != after["deletion_protection"]:
        yield _protection(name, after["deletion_protection"], place)
    change = tag_change(before["tags"], after["tags"])
    if change.add:
        yield _write("TagResource", name, place, resourceArn=_arn(place, name), tags=dict(change.add))
    if change.remove:
        yield _write("UntagResource", name, place, resourceArn=_arn(place, name), tagKeys=list(change.remove))


def _retention(name: str, days: int, place: Place) -> Write:
    if days == NEVER:
        return _write("DeleteRetentionPolicy", name, place, logGroupName=name)
    return _write("PutRetentionPolicy", name, place, logGroupName=name, retentionInDays=days)


def _key(name: str, key_arn: str, place: Place) -> Write:
    if not key_arn:
        return _write("DisassociateKmsKey", name, place, logGroupName=name)
    return _write("AssociateKmsKey", name, place, logGroupName=name, kmsKeyId=key_arn)


def _protection(name: str, enabled: bool, place: Place) -> Write:
    return _write(
        "PutLogGroupDeletionProtection", name, place, logGroupIdentifier=name, deletionProtectionEnabled=enabled
    )


def _write(
    operation: str,
    name: str,
    place: Place,
    done_if: frozenset[str] | set[str] = frozenset(),
    exists: frozenset[str] | set[str] = frozenset(),
    **parameters: Any,
) -> Write:
    return Write(
        service="logs",
        operation=operation,
        parameters=parameters,
        resource=f"log group {name}",
        resource_arn=_arn(place, name),
        done_if=frozenset(done_if),
        done_if_repeated=frozenset(exists),
        # Another run made it since it was read.
        outdated_if=frozenset(exists),
        propagating=tuple((code, _REFUSAL) for code in _REFUSED_KEY) if "kmsKeyId" in parameters else (),
        remedies={f"{code} {_REFUSAL}": _key_remedy(name, place) for code in _REFUSED_KEY}
        if "kmsKeyId" in parameters
        else {},
    )


def _key_remedy(name: str, place: Place) -> str:
    service = service_principal("logs", place.region)
    return (
        f"The key must exist and be enabled in region {place.region}, and its policy must allow {service} to use it"
        f" (kms:Encrypt, kms:Decrypt, kms:GenerateDataKey) for {_arn(place, name)}; this is not about the permissions"
        " of the caller. The role encryption_key creates such a key."
    )


def _arn(place: Place, name: str) -> str:
    return place.arn("logs", f"log-group:{name}")
