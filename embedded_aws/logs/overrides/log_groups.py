"""Overrides of the operations on log groups."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ansible_collections.secmon.aws.plugins.module_utils.core.aws_names import service_principal
from ansible_collections.secmon.aws.plugins.module_utils.core.policy_evaluation import (
    Caller,
    Request,
    Verdict,
    evaluate,
)
from moto.logs.models import LogGroup, LogsBackend, logs_backends
from moto.utilities.utils import get_partition

from embedded_aws.core.call import Call
from embedded_aws.core.consistency import LOGS_STORED_BYTES
from embedded_aws.core.constraints import constraint_error
from embedded_aws.core.errors import AwsError
from embedded_aws.core.overrides import override
from embedded_aws.core.pages import page
from embedded_aws.core.state import State
from embedded_aws.kms.keys import find_key_for_service, state_error

# Shared by the overrides of CloudWatch Logs.

INVALID = "InvalidParameterException"
NO_KEY = "The specified KMS key does not exist or is not allowed to be used with Arn '{}'"


def backend_and_parameters(call: Call) -> tuple[LogsBackend, dict[str, Any]]:
    """Return moto's backend and the parameters of a call."""
    return logs_backends[call.account][call.region], call.parameters


def not_found(what: str) -> AwsError:
    """Return the error for a missing resource."""
    return AwsError("ResourceNotFoundException", f"The specified {what} does not exist.")


def log_group(backend: LogsBackend, name_or_arn: str) -> LogGroup:
    """Return a log group by name or ARN. Raise ResourceNotFoundException if it does not exist."""
    name = name_or_arn.split(":log-group:", 1)[-1].removesuffix(":*")
    if name not in backend.groups:
        raise not_found("log group")
    return backend.groups[name]


def one_of(parameters: Mapping[str, Any], first: str, second: str) -> str:
    """Return the one of two parameters that is set. Raise InvalidParameterException for both or neither."""
    if bool(parameters.get(first)) == bool(parameters.get(second)):
        raise AwsError(INVALID, f"Exactly one of {first} and {second} must be specified.")
    return str(parameters.get(first) or parameters[second])


# Log groups have a class, a key, deletion protection and a fixed set of retention values; moto 5.2.5 lacks these.
#
# Sources: CloudWatch Logs API reference, CreateLogGroup, DescribeLogGroups, PutLogGroupDeletionProtection,
# DeleteLogGroup, PutRetentionPolicy; CloudWatch Logs user guide, "Encrypt log data".

PAGE_SIZE = 50
RETENTION_DAYS = (
    *(1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731),
    *(1096, 1827, 2192, 2557, 2922, 3288, 3653),
)
# What the user guide's key policy allows, without the actions that only describe and re-encrypt.
_KEY_ACTIONS = ("kms:Encrypt", "kms:Decrypt", "kms:GenerateDataKey")
_NOT_IN_A_SEARCH = ("storedBytes", "deletionProtectionEnabled", "bearerTokenAuthenticationEnabled")


@override("logs", "CreateLogGroup")
def create_log_group(_state: State, call: Call) -> dict[str, Any]:
    """Create a group with its class, key and protection."""
    backend, parameters = backend_and_parameters(call)
    name, key = parameters["logGroupName"], parameters.get("kmsKeyId")
    if name.startswith("aws/"):
        raise AwsError(INVALID, "Log groups starting with AWS/ are reserved for AWS.")
    if name in backend.groups:
        raise AwsError("ResourceAlreadyExistsException", "The specified log group already exists")
    if key:
        _check_key(call, key, f"arn:{get_partition(call.region)}:logs:{call.region}:{call.account}:log-group:{name}")
    group = backend.create_log_group(name, parameters.get("tags") or {}, kmsKeyId=key)
    group.creation_time = call.at.replace(tzinfo=None)
    group.log_group_class = parameters.get("logGroupClass", "STANDARD")  # type: ignore[attr-defined]
    group.deletion_protection = parameters.get("deletionProtectionEnabled", False)  # type: ignore[attr-defined]
    return {}


@override("logs", "DescribeLogGroups")
def describe_log_groups(state: State, call: Call) -> dict[str, Any]:
    """List groups by name, in pages of 50 at most."""
    backend, parameters = backend_and_parameters(call)
    pattern, given = parameters.get("logGroupNamePattern"), parameters.get("nextToken")
    if parameters.get("logGroupNamePrefix") and pattern:
        message = "LogGroup name prefix and LogGroup name pattern are mutually exclusive parameters."
        raise AwsError(INVALID, message)
    found = [group for name, group in sorted(backend.groups.items()) if _is_requested(group, parameters)]
    question = (call.account, call.region, {**parameters, "nextToken": None, "limit": None})
    rejection = AwsError(INVALID, "The specified nextToken is invalid.")
    # A search for a pattern has one more page, which is empty, and fewer members; recorded answer of AWS, 2025.
    items: list[LogGroup | None] = [*found, None] if pattern else [*found]
    size = parameters.get("limit", PAGE_SIZE)
    groups, token = page(items, size if given or not pattern else min(size, len(found)), given, question, rejection)
    described = [_description(state, backend, group) for group in groups if group]
    if pattern:
        described = [{name: own[name] for name in own if name not in _NOT_IN_A_SEARCH} for own in described]
    return {"logGroups": described} | ({"nextToken": token} if token else {})


@override("logs", "ListLogGroups")
def list_log_groups(_state: State, call: Call) -> dict[str, Any]:
    """List groups by name with fewer members, in pages of 50; moto 5.2.5 lacks the operation."""
    backend, parameters = backend_and_parameters(call)
    wanted, pattern = parameters.get("logGroupClass"), parameters.get("logGroupNamePattern", "")
    found = [
        {"logGroupName": name, "logGroupArn": group.arn, "logGroupClass": _class(group)}
        for name, group in sorted(backend.groups.items())
        if wanted in (None, _class(group)) and any(_matches(part, name) for part in pattern.split("|"))
    ]
    rejection = AwsError(INVALID, "The specified nextToken is invalid.")
    question = (call.account, call.region, {**parameters, "nextToken": None, "limit": None})
    groups, token = page(found, parameters.get("limit", PAGE_SIZE), parameters.get("nextToken"), question, rejection)
    return {"logGroups": groups} | ({"nextToken": token} if token else {})


def _matches(pattern: str, name: str) -> bool:
    """Return whether a name matches one part of ListLogGroups' pattern: ``^`` means that the name begins with it."""
    return name.startswith(pattern[1:]) if pattern.startswith("^") else pattern in name


def _class(group: LogGroup) -> str:
    return str(getattr(group, "log_group_class", "STANDARD"))


@override("logs", "PutLogGroupDeletionProtection")
def put_log_group_deletion_protection(_state: State, call: Call) -> dict[str, Any]:
    """Enable or disable deletion protection."""
    backend, parameters = backend_and_parameters(call)
    group = log_group(backend, parameters["logGroupIdentifier"])
    group.deletion_protection = parameters["deletionProtectionEnabled"]  # type: ignore[attr-defined]
    return {}


@override("logs", "DeleteLogGroup")
def delete_log_group(_state: State, call: Call) -> dict[str, Any]:
    """Delete a group with its metric filters; ValidationException while it is protected."""
    backend, parameters = backend_and_parameters(call)
    group = log_group(backend, parameters["logGroupName"])
    if getattr(group, "deletion_protection", False):
        message = f"Log group {group.name} cannot be deleted because deletion protection is enabled."
        raise AwsError("ValidationException", message)
    filters = backend.filters.metric_filters
    filters[:] = [own for own in filters if own["logGroupName"] != group.name]
    backend.delete_log_group(group.name)
    return {}


@override("logs", "AssociateKmsKey")
def associate_kms_key(_state: State, call: Call) -> dict[str, Any]:
    """Encrypt the group's new events with a key."""
    backend, parameters = backend_and_parameters(call)
    group = log_group(backend, one_of(parameters, "logGroupName", "resourceIdentifier"))
    _check_key(call, parameters["kmsKeyId"], group.arn)
    group.kms_key_id = parameters["kmsKeyId"]
    return {}


@override("logs", "DisassociateKmsKey")
def disassociate_kms_key(_state: State, call: Call) -> dict[str, Any]:
    """Stop encrypting with a key of the account."""
    backend, parameters = backend_and_parameters(call)
    log_group(backend, one_of(parameters, "logGroupName", "resourceIdentifier")).kms_key_id = None
    return {}


@override("logs", "PutRetentionPolicy")
def put_retention_policy(_state: State, call: Call) -> dict[str, Any]:
    """Set one of the valid retention values."""
    backend, parameters = backend_and_parameters(call)
    days = parameters["retentionInDays"]
    if days not in RETENTION_DAYS:
        allowed = f"Member must satisfy enum value set: [{', '.join(map(str, RETENTION_DAYS))}]"
        raise constraint_error(INVALID, days, "retentionInDays", allowed)
    log_group(backend, parameters["logGroupName"]).set_retention_policy(days)
    return {}


def _check_key(call: Call, key_arn: str, group_arn: str) -> None:
    """Reject a key that does not exist, is disabled or not symmetric, or whose policy does not allow it for the group.

    Sources: CloudWatch Logs user guide, "Encrypt log data"; code and text are AWS's of today
    (terraform-provider-aws issue 29282).
    """
    key = find_key_for_service("", "", key_arn) if ":key/" in key_arn else None
    caller = Caller(service=service_principal("logs", call.region))
    context = {
        "kms:EncryptionContext:aws:logs:arn": group_arn,
        "aws:SourceArn": group_arn,
        "aws:SourceAccount": call.account,
    }
    if (
        key is None
        or state_error(key)
        or key.key_spec != "SYMMETRIC_DEFAULT"
        or any(
            evaluate([key.policy], Request(action, key.arn, caller, context)) is not Verdict.ALLOWED
            for action in _KEY_ACTIONS
        )
    ):
        raise AwsError("AccessDeniedException", NO_KEY.format(group_arn))


def _is_requested(group: LogGroup, parameters: Mapping[str, Any]) -> bool:
    names = [identifier.split(":log-group:")[-1] for identifier in parameters.get("logGroupIdentifiers") or ()]
    own_class = _class(group)
    return (
        (not names or group.name in names)
        and group.name.startswith(parameters.get("logGroupNamePrefix") or "")
        and (parameters.get("logGroupNamePattern") or "") in group.name
        and parameters.get("logGroupClass", own_class) == own_class
    )


def _description(state: State, backend: LogsBackend, group: LogGroup) -> dict[str, Any]:
    filters = backend.filters.metric_filters
    return group.to_describe_dict() | {
        "storedBytes": _stored_bytes(state, group),
        "metricFilterCount": sum(own["logGroupName"] == group.name for own in filters),
        "logGroupClass": _class(group),
        "deletionProtectionEnabled": getattr(group, "deletion_protection", False),
        "bearerTokenAuthenticationEnabled": False,
    }


def _stored_bytes(state: State, group: LogGroup) -> int:
    """Return the size of a group; with the delays of AWS, that of an earlier measurement."""
    size = sum(stream.stored_bytes for stream in group.streams.values())
    measured = group.__dict__.setdefault("measured", {"bytes": 0, "running": False})
    if not state.consistency.lags:
        return size
    if not measured["running"]:
        measured["running"] = True
        state.consistency.later(
            LOGS_STORED_BYTES, lambda: measured.update({"bytes": size, "running": False}), group.arn
        )
    return int(measured["bytes"])
