# Copyright: secmon.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""The ordered API calls that create, update or delete one secret.

Sources: Secrets Manager API reference, the operations named here; Secrets Manager user guide, "Secret
encryption and decryption" and "Permissions for the rotation function".
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ..core.aws_names import partition_of
from ..core.plan import Write
from ..core.tags import as_list, tag_change
from .state import NO_ROTATION
from .value import ValueChange

Stages = tuple[tuple[Write, ...], ...]

# Errors that AWS returns for some time after a secret was created or restored.
_NOT_YET = (
    ("ResourceNotFoundException", "can't find the specified secret"),
    ("InvalidRequestException", "marked for deletion"),
)
_STILL_REPLICATED = (("InvalidParameterException", "replica"), ("InvalidRequestException", "replica"))
_STILL_BEING_DELETED = (
    ("InvalidRequestException", "already scheduled for deletion"),
    ("InvalidRequestException", "marked for deletion"),
)


@dataclass(frozen=True)
class Target:
    """The secret to change.

    Attributes:
        name: The name of the secret.
        region: The region of the secret.
        arn: The ARN of the secret; empty if it does not exist yet.
        is_new: Whether an earlier call of the plan creates or restores it, which takes AWS some time to propagate.
    """

    name: str
    region: str
    arn: str = ""
    is_new: bool = False

    def write(self, operation: str, parameters: Mapping[str, Any], part: str = "", **options: Any) -> Write:
        """Return a call for this secret, or for a part of it such as its tags."""
        # AWS chooses the last six characters. The account ID is not worth an extra call.
        pattern = f"arn:{partition_of(self.region)}:secretsmanager:{self.region}:*:secret:{self.name}-??????"
        return Write(
            service="secretsmanager",
            operation=operation,
            parameters=parameters,
            resource=f"{part} of secret {self.name}" if part else f"secret {self.name}",
            resource_arn=self.arn or pattern,
            **options,
        )

    def change(self, operation: str, parameters: Mapping[str, Any], part: str = "", **options: Any) -> Write:
        """Return a call that changes the secret."""
        identified = {"SecretId": self.arn or self.name, **parameters}
        propagating = (*(_NOT_YET if self.is_new else ()), *options.pop("propagating", ()))
        return self.write(operation, identified, part, propagating=propagating, **options)

    @property
    def key_remedies(self) -> dict[str, str]:
        """Return the remedies for an unusable key, by error code.

        AWS reports "Access to KMS is not allowed" even if the key does not exist.
        """
        remedy = (
            f"The key must exist and be enabled in region {self.region}, and allow the caller to use it through Secrets"
            " Manager (kms:GenerateDataKey and kms:Decrypt). The module secmon.aws.encryption_key creates one."
        )
        codes = ("EncryptionFailure", "DecryptionFailure", "ResourceNotFoundException", "AccessDeniedException KMS")
        return dict.fromkeys(codes, remedy)


def creation(target: Target, after: Mapping[str, Any], value: ValueChange) -> Stages:
    """Return the calls that create a secret; CreateSecret sets everything it accepts."""
    parameters = {
        "Name": target.name,
        "Tags": as_list(after["tags"]),
        "Description": after["description"],
        "KmsKeyId": after["kms_key_id"],
        "AddReplicaRegions": _replicas(after["replicas"]),
        **value.parameters,
    }
    create = target.write(
        "CreateSecret",
        {name: content for name, content in parameters.items() if content},
        done_if_repeated=frozenset({"ResourceExistsException"}),
        # Another run made it since it was read.
        outdated_if=frozenset({"ResourceExistsException"}),
        propagating=_STILL_BEING_DELETED,
        remedies=target.key_remedies,
    )
    return (
        (create,),
        *_policy(target, {}, after.get("resource_policy")),
        *_rotation(target, NO_ROTATION, after["rotation"]),
    )


def updates(target: Target, before: Mapping[str, Any], after: Mapping[str, Any], value: ValueChange) -> Stages:
    """Return the calls that update a secret: prerequisites of other calls first, rotation last."""
    return (
        *_restoration(target, before),
        *_tags(target, before, after),
        *_settings(target, before, after),
        *_value(target, value),
        *_policy(target, before.get("resource_policy"), after.get("resource_policy")),
        *_replication(target, before["replicas"], after["replicas"]),
        *_rotation(target, before["rotation"], after["rotation"]),
    )


def deletion(target: Target, replicas: Mapping[str, str], days: int) -> Stages:
    """Return the calls that delete the replicas immediately and the secret after `days`; 0 means immediately."""
    window = {"RecoveryWindowInDays": days} if days else {"ForceDeleteWithoutRecovery": True}
    delete = target.change(
        "DeleteSecret",
        window,
        propagating=_STILL_REPLICATED if replicas else (),
        done_if=frozenset({"ResourceNotFoundException"}),
        repeatable=False,
    )
    return (*_replication(target, replicas, {}), (delete,))


def _tags(target: Target, before: Mapping[str, Any], after: Mapping[str, Any]) -> Stages:
    change = tag_change(before["tags"], after["tags"])
    writes = []
    if change.add:
        writes.append(target.change("TagResource", {"Tags": as_list(change.add)}, "tags"))
    if change.remove:
        writes.append(target.change("UntagResource", {"TagKeys": list(change.remove)}, "tags"))
    return (tuple(writes),) if writes else ()


def _settings(target: Target, before: Mapping[str, Any], after: Mapping[str, Any]) -> Stages:
    names = {"description": "Description", "kms_key_id": "KmsKeyId"}
    parameters = {api: after[name] for name, api in names.items() if after[name] != before[name]}
    if not parameters:
        return ()
    remedies = target.key_remedies if "KmsKeyId" in parameters else {}
    return ((target.change("UpdateSecret", parameters, "settings", remedies=remedies),),)


def _value(target: Target, value: ValueChange) -> Stages:
    if not value.operation:
        return ()
    # A repeated move of a stage fails, because RemoveFromVersionId no longer has the stage.
    repeatable = value.operation == "PutSecretValue"
    write = target.change(
        value.operation, value.parameters, "value", repeatable=repeatable, remedies=target.key_remedies
    )
    return ((write,),)


def _restoration(target: Target, before: Mapping[str, Any]) -> Stages:
    return ((target.write("RestoreSecret", {"SecretId": target.arn}, repeatable=False),),) if before["deletion"] else ()


def _policy(target: Target, found: Mapping[str, Any] | None, policy: Mapping[str, Any] | None) -> Stages:
    """Return the call for the policy: none if the task omits it, one if the current policy is unknown."""
    if policy is None or policy == found:
        return ()
    if not policy:
        return ((target.change("DeleteResourcePolicy", {}, "resource policy"),),)
    remedy = (
        "The policy allows public access. Name principals instead of *, or restrict them with a condition such as"
        " aws:PrincipalOrgID."
    )
    put = target.change(
        "PutResourcePolicy",
        {"ResourcePolicy": json.dumps(policy), "BlockPublicPolicy": True},
        "resource policy",
        remedies={"PublicPolicyException": remedy},
    )
    return ((put,),)


def _replication(target: Target, before: Mapping[str, str], after: Mapping[str, str]) -> Stages:
    """Return the calls for replicas. A replica with another key is recreated, because no call changes its key."""
    removed = [region for region in before if after.get(region) != before[region]]
    new = {region: key for region, key in after.items() if before.get(region) != key}
    stages: list[tuple[Write, ...]] = []
    if removed:
        regions = {"RemoveReplicaRegions": removed}
        stages.append((target.change("RemoveRegionsFromReplication", regions, "replicas", repeatable=False),))
    if new:
        add = target.change(
            "ReplicateSecretToRegions",
            {"AddReplicaRegions": _replicas(new)},
            "replicas",
            repeatable=False,
            propagating=_STILL_REPLICATED if removed else (),
        )
        stages.append((add,))
    return tuple(stages)


def _replicas(replicas: Mapping[str, str]) -> list[dict[str, str]]:
    return [{"Region": region, **({"KmsKeyId": key} if key else {})} for region, key in sorted(replicas.items())]


def _rotation(target: Target, found: Mapping[str, Any], rotation: Mapping[str, Any]) -> Stages:
    if rotation == found:
        return ()
    if not rotation["enabled"]:
        return ((target.change("CancelRotateSecret", {}, "rotation", repeatable=False),),)
    interval = {"AutomaticallyAfterDays": rotation["days"], "ScheduleExpression": rotation["schedule"]}
    rules = {name: content for name, content in interval.items() if content}
    remedy = (
        "Secrets Manager must be able to call the function. The module amazon.aws.lambda creates it, and"
        " amazon.aws.lambda_policy allows secretsmanager.amazonaws.com to invoke it."
    )
    rotate = target.change(
        "RotateSecret",
        {"RotationLambdaARN": rotation["lambda_arn"], "RotationRules": rules, "RotateImmediately": False},
        "rotation",
        repeatable=False,
        remedies={"ResourceNotFoundException": remedy, "AccessDeniedException Lambda": remedy},
    )
    return ((rotate,),)
