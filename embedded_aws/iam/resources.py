"""The ARNs of the resources of a call, as IAM compares them with a policy."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from moto.iam.models import Role, iam_backends
from moto.kms.models import Key
from moto.secretsmanager.models import secretsmanager_backends
from moto.utilities.utils import get_partition

from embedded_aws.core.call import Call
from embedded_aws.kms import keys

NEW = "New123"
"""Stands for the random part of the ARN of a secret that does not exist yet."""


def resource_arns(action: str, resource_type: str, call: Call) -> list[str]:
    """Return the ARNs of one type that an action of a call concerns."""
    return list(_ARNS[resource_type](action, call))


def arn(call: Call, service: str, resource: str, region: str | None = None) -> str:
    """Return an ARN in the account of the call, by default in its Region."""
    where = call.region if region is None else region
    return f"arn:{get_partition(call.region)}:{service}:{where}:{call.account}:{resource}"


def _named(call: Call, *parameters: str) -> Iterator[str]:
    """Yield the values of these parameters, which are texts or lists of texts."""
    for parameter in parameters:
        value = call.parameters.get(parameter)
        yield from [value] if isinstance(value, str) else value or ()


def _trails(_action: str, call: Call) -> Iterator[str]:
    for name in _named(call, "Name", "TrailName", "TrailARN", "ResourceId", "ResourceIdList"):
        yield name if name.startswith("arn:") else arn(call, "cloudtrail", f"trail/{name}")


def _alarms(_action: str, call: Call) -> Iterator[str]:
    named = call.parameters.get("MuteTargets") or {}
    names = [*_named(call, "AlarmName", "AlarmNames", "ResourceARN"), *named.get("AlarmNames", ())]
    for name in names or ["*"]:
        yield name if name.startswith("arn:") else arn(call, "cloudwatch", f"alarm:{name}")


def _mute_rules(_action: str, call: Call) -> Iterator[str]:
    for name in _named(call, "AlarmMuteRuleName", "Name"):
        yield arn(call, "cloudwatch", f"alarm-mute-rule:{name}")


def _event_rules(_action: str, call: Call) -> Iterator[str]:
    named = ("Rule",) if "Rule" in call.parameters else ("Name", "ResourceARN")
    for name in _named(call, *named):
        yield name if name.startswith("arn:") else arn(call, "events", f"rule/{name}")


def _event_buses(_action: str, call: Call) -> Iterator[str]:
    for name in {entry.get("EventBusName") or "default" for entry in call.parameters.get("Entries", ())}:
        yield name if name.startswith("arn:") else arn(call, "events", f"event-bus/{name}")


def find_role(call: Call, name: str) -> Role | None:
    """Return a role of the account by its name, or None."""
    roles = iam_backends[call.account][get_partition(call.region)].get_roles()
    return next((role for role in roles if role.name == name), None)


def _roles(_action: str, call: Call) -> Iterator[str]:
    for name in _named(call, "RoleName"):
        role = find_role(call, name)
        path = call.parameters.get("Path") or "/"
        yield str(role.arn) if role else arn(call, "iam", f"role{path}{name}", region="")
    yield from _named(call, "RoleArn")


def _policies(_action: str, call: Call) -> Iterator[str]:
    yield from _named(call, "PolicyArn")


def _keys(_action: str, call: Call) -> Iterator[str]:
    for name in _named(call, "TargetKeyId") if "TargetKeyId" in call.parameters else _named(call, "KeyId"):
        yield key_arn(call, name)
    if call.action == "DeleteAlias":
        yield key_arn(call, str(call.parameters.get("AliasName")))


def key_arn(call: Call, name: str) -> str:
    """Return the ARN of the key that an id, ARN, alias or ARN of an alias names."""
    key = find_key(call, name)
    return str(key.arn) if key else name if name.startswith("arn:") else arn(call, "kms", f"key/{name}")


def find_key(call: Call, name: str) -> Key | None:
    """Return moto's key by id, ARN, alias or ARN of an alias, or None."""
    return keys.find_key(call.account, call.region, name)


def _aliases(_action: str, call: Call) -> Iterator[str]:
    for name in _named(call, "AliasName"):
        yield arn(call, "kms", name)


# Tags are on a log group; all other calls are compared with the ARN of its streams, here without a name.
# Sources: CloudWatch Logs API reference, LogGroup, `arn` and `logGroupArn`; denials in public reports.
_WHOLE_GROUP = frozenset({"logs:ListTagsForResource", "logs:TagResource", "logs:UntagResource"})


def _log_groups(action: str, call: Call) -> Iterator[str]:
    named = ("logGroupName", "logGroupIdentifier", "logGroupIdentifiers", "logGroupNames", "resourceArn")
    for name in _named(call, *named, "resourceIdentifier"):
        group = name.removesuffix(":*") if name.startswith("arn:") else arn(call, "logs", f"log-group:{name}")
        yield group if action in _WHOLE_GROUP else f"{group}:log-stream:"


def _log_streams(action: str, call: Call) -> Iterator[str]:
    for group in _log_groups(action, call):
        for name in _named(call, "logStreamName"):
            yield f"{group}{name}"


def _buckets(_action: str, call: Call) -> Iterator[str]:
    for name in _named(call, "Bucket"):
        yield f"arn:{get_partition(call.region)}:s3:::{name}"


def _objects(action: str, call: Call) -> Iterator[str]:
    for bucket in _buckets(action, call):
        for key in _named(call, "Key"):
            yield f"{bucket}/{key}"


def _secrets(action: str, call: Call) -> Iterator[str]:
    """Yield the ARN of a secret; of one that does not exist the name as it stands in the request.

    CreateSecret is compared with the ARN that the new secret would have. Both were seen in public reports of denials.
    """
    named = ("SecretId",) if "SecretId" in call.parameters else ("Name", "SecretIdList")
    for name in _named(call, *named):
        secret = secretsmanager_backends[call.account][call.region].secrets.get(name)
        new = arn(call, "secretsmanager", f"secret:{name}-{NEW}") if call.action == "CreateSecret" else name
        yield str(secret.arn) if secret else new


def _topics(_action: str, call: Call) -> Iterator[str]:
    yield from _named(call, "TopicArn", "ResourceArn")
    for name in _named(call, "Name"):
        yield arn(call, "sns", name)


_ARNS: Mapping[str, Callable[[str, Call], Iterator[str]]] = {
    "Secret": _secrets,
    "alarm": _alarms,
    "alarm-mute-rule": _mute_rules,
    "alias": _aliases,
    "bucket": _buckets,
    "event-bus": _event_buses,
    "key": _keys,
    "log-group": _log_groups,
    "log-stream": _log_streams,
    "object": _objects,
    "policy": _policies,
    "role": _roles,
    "rule-on-default-event-bus": _event_rules,
    "topic": _topics,
    "trail": _trails,
}


def tags_in_request(call: Call) -> dict[str, str]:
    """Return the tags that a request gives a resource."""
    found: Any = next((call.parameters[name] for name in ("Tags", "TagsList", "tags") if call.parameters.get(name)), {})
    if isinstance(found, Mapping):
        return dict(found)
    keys = ("Key", "Value") if "Key" in next(iter(found), {}) else ("TagKey", "TagValue")
    return {str(tag.get(keys[0])): str(tag.get(keys[1]) or "") for tag in found}
