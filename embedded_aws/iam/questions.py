"""What IAM is asked about a call: the action of its name, and what AWS asks for in addition.

Sources: the API references of the services, "Required permissions"; Service Authorization Reference, dependent actions.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from ansible_collections.secmon.aws.plugins.module_utils.core.iam_actions import iam_action as action_of
from ansible_collections.secmon.aws.plugins.module_utils.core.iam_actions import names_a_version
from moto.s3.models import s3_backends
from moto.secretsmanager.models import secretsmanager_backends
from moto.sns.models import sns_backends
from moto.utilities.utils import get_partition

from embedded_aws.core.call import Call
from embedded_aws.core.errors import AwsError
from embedded_aws.core.protocol import botocore_model
from embedded_aws.iam.conditions import Values
from embedded_aws.iam.question import EVERY_RESOURCE, Question, question_of, resource_questions
from embedded_aws.iam.resources import NEW, arn, find_key, key_arn, resource_arns, tags_in_request

# Source: STS API reference, GetCallerIdentity and GetSessionToken.
_NEED_NO_PERMISSION = frozenset({("sts", "GetCallerIdentity"), ("sts", "GetSessionToken")})


def iam_action(call: Call) -> str:
    """Return the action that a policy must allow for a call, such as ``s3:ListAllMyBuckets`` for ListBuckets."""
    signing_name = botocore_model(call.service).signing_name
    action: str = action_of(signing_name, call.action, of_version=names_a_version(call.parameters))
    return action


def questions(call: Call) -> Iterator[Question]:
    """Yield what IAM is asked, in order; the first refusal rejects the call."""
    if (call.service, call.action) in _NEED_NO_PERMISSION:
        return
    if (call.service, call.action) == ("s3", "DeleteObjects"):
        yield from _deleted_objects(call)
        return
    yield from resource_questions(call, iam_action(call))
    yield from _BESIDES.get((call.service, call.action), lambda _call: ())(call)


def _deleted_objects(call: Call) -> Iterator[Question]:
    for deleted in (call.parameters.get("Delete") or {}).get("Objects") or ():
        action = action_of("s3", "DeleteObject", of_version=bool(deleted.get("VersionId")))
        bucket = f"arn:{get_partition(call.region)}:s3:::{call.parameters.get('Bucket')}"
        yield question_of(call, action, f"{bucket}/{deleted.get('Key')}")


# Tags in a request that creates a resource. KMS asks on no resource, since the key does not exist; its answer in a
# public report of 2026-07 names none. The text of CloudWatch Logs is from public reports of 2023.

_TAG_ACTIONS = {
    ("cloudtrail", "CreateTrail"): "cloudtrail:AddTags",
    ("cloudwatch", "PutCompositeAlarm"): "cloudwatch:TagResource",
    ("cloudwatch", "PutLogAlarm"): "cloudwatch:TagResource",
    ("cloudwatch", "PutMetricAlarm"): "cloudwatch:TagResource",
    # EventBridge API reference, PutRule.
    ("events", "PutRule"): "events:TagResource",
    ("iam", "CreateRole"): "iam:TagRole",
    ("secretsmanager", "CreateSecret"): "secretsmanager:TagResource",
    ("sns", "CreateTopic"): "sns:TagResource",
}


def _tags(call: Call) -> Iterator[Question]:
    if tags_in_request(call):
        yield from resource_questions(call, _TAG_ACTIONS[call.service, call.action])


def _log_group_tags(call: Call) -> Iterator[Question]:
    text = (
        f"User with accountId: {call.account} is not authorized to perform CreateLogGroup with Tags. "
        'An additional permission "logs:TagResource" is required.'
    )
    if tags_in_request(call):
        for question in resource_questions(call, "logs:TagResource"):
            yield replace(question, error=AwsError("AccessDeniedException", text, 400))


# CreateKey and PutKeyPolicy refuse a policy that the caller could not change again. For a policy that leaves the
# decision to the account, that needs kms:PutKeyPolicy of IAM. Source: KMS API reference, CreateKey, `Policy`. That the
# check sees the tags of the request, and not yet tags of the key, is our reading, not seen on AWS.

_LOCKED_OUT = "The new key policy will not allow you to update the key policy in the future."


def _lock_out(call: Call) -> Iterator[Question]:
    policy = call.parameters.get("Policy")
    if policy and not call.parameters.get("BypassPolicyLockoutSafetyCheck"):
        existing = call.parameters.get("KeyId")
        key = key_arn(call, str(existing)) if existing else arn(call, "kms", f"key/{NEW}")
        error = AwsError("MalformedPolicyDocumentException", _LOCKED_OUT)
        yield replace(question_of(call, "kms:PutKeyPolicy", key), key_policy=str(policy), error=error)


def _create_key(call: Call) -> Iterator[Question]:
    if tags_in_request(call):
        yield question_of(call, "kms:TagResource", EVERY_RESOURCE)
    yield from _lock_out(call)


# Tags in notifications. Source: CloudWatch API reference, AlarmTagsPropagation.


def _alarm(call: Call) -> Iterator[Question]:
    yield from _tags(call)
    propagation = (call.parameters.get("ActionConfiguration") or {}).get("AlarmTagsPropagation") or {}
    if propagation.get("Enabled"):
        yield from resource_questions(call, "cloudwatch:ListTagsForResource")


def _log_alarm(call: Call) -> Iterator[Question]:
    """Yield what else a log alarm needs. That its roles must be passed is our reading, not seen on AWS."""
    yield from _alarm(call)
    query = (call.parameters.get("ScheduledQueryConfiguration") or {}).get("ScheduledQueryRoleARN")
    lines = call.parameters.get("ActionLogLineRoleArn")
    for role, service in ((query, "logs.amazonaws.com"), (lines, "cloudwatch.amazonaws.com")):
        if role:
            yield question_of(call, "iam:PassRole", str(role), {"iam:PassedToService": service})


# A role that a service is to assume.
#
# Source: IAM user guide, "Grant a user permissions to pass a role to an AWS service".


def _passed_role(call: Call) -> Iterator[Question]:
    yield from _tags(call) if call.action == "CreateTrail" else ()
    role = call.parameters.get("CloudWatchLogsRoleArn")
    if role:
        context: Values = {"iam:PassedToService": "cloudtrail.amazonaws.com"}
        yield question_of(call, "iam:PassRole", str(role), context)
    if call.parameters.get("IsOrganizationTrail"):
        yield question_of(call, "organizations:ListAWSServiceAccessForOrganization", EVERY_RESOURCE)


def _targets(call: Call) -> Iterator[Question]:
    """Yield the passing of the roles of targets (EventBridge user guide, "Using identity-based policies")."""
    for target in call.parameters.get("Targets") or ():
        if target.get("RoleArn"):
            context: Values = {"iam:PassedToService": "events.amazonaws.com"}
            yield question_of(call, "iam:PassRole", str(target["RoleArn"]), context)


# Headers and tags of CreateBucket. Source: S3 API reference, CreateBucket, "Permissions".


def _create_bucket(call: Call) -> Iterator[Question]:
    headers = call.parameters
    if headers.get("ACL"):
        yield from resource_questions(call, "s3:PutBucketAcl")
    if headers.get("ObjectLockEnabledForBucket"):
        yield from resource_questions(call, "s3:PutBucketObjectLockConfiguration")
        yield from resource_questions(call, "s3:PutBucketVersioning")
    if headers.get("ObjectOwnership"):
        yield from resource_questions(call, "s3:PutBucketOwnershipControls")
    if (headers.get("CreateBucketConfiguration") or {}).get("Tags"):
        yield from resource_questions(call, "s3:TagResource")


# Keys that a service uses for the caller. Sources: S3 user guide, "Using server-side encryption with AWS KMS keys";
# CloudTrail user guide, "Encrypting CloudTrail log files", on the encryption context; Secrets Manager user guide,
# "Secret encryption and decryption"; SNS developer guide, "Key management".

_BY_AWS = "alias/aws/"


def _use_of_key(call: Call, name: Any, service: str, context: Mapping[str, str], *actions: str) -> Iterator[Question]:
    """Yield the questions about a customer's key; AWS's own keys allow what their service allows."""
    if not name or _BY_AWS in str(name):
        return
    key = find_key(call, str(name))
    arn = key_arn(call, str(name))
    # A service uses a key in its own region: that of a bucket, also for a client of another region.
    region = arn.split(":")[3]
    keys: Values = {"kms:CallerAccount": call.account, "kms:ViaService": f"{service}.{region}.amazonaws.com"}
    keys |= {f"kms:EncryptionContext:{each}": value for each, value in context.items()}
    if key and key.aliases:
        keys["kms:ResourceAliases"] = list(key.aliases)
    for action in actions:
        yield question_of(call, action, arn, keys)


def _object_arn(call: Call) -> str:
    return f"arn:{get_partition(call.region)}:s3:::{call.parameters.get('Bucket')}/{call.parameters.get('Key')}"


def _read_object(call: Call) -> Iterator[Question]:
    """Yield kms:Decrypt on the key of an object; CloudTrail encrypts its files with its own context."""
    bucket = str(call.parameters.get("Bucket"))
    partition, owner = s3_backends.bucket_accounts.get(bucket, ("", ""))
    if not owner:
        return
    found = s3_backends[owner][partition].get_object(
        bucket, str(call.parameters.get("Key")), version_id=call.parameters.get("VersionId")
    )
    if found is not None and getattr(found, "encryption", None) == "aws:kms":
        trail = getattr(found, "trail_arn", None)
        context = {"aws:s3:arn": _object_arn(call), **({"aws:cloudtrail:arn": trail} if trail else {})}
        yield from _use_of_key(call, found.kms_key_id, "s3", context, "kms:Decrypt")


def _write_object(call: Call) -> Iterator[Question]:
    if call.parameters.get("ServerSideEncryption") == "aws:kms":
        key, context = call.parameters.get("SSEKMSKeyId"), {"aws:s3:arn": _object_arn(call)}
        yield from _use_of_key(call, key, "s3", context, "kms:GenerateDataKey")


def _use_of_secret(call: Call, *actions: str) -> Iterator[Question]:
    secret = secretsmanager_backends[call.account][call.region].secrets.get(str(call.parameters.get("SecretId", "")))
    name = call.parameters.get("KmsKeyId") or getattr(secret, "kms_key_id", None)
    secret_arn = secret.arn if secret else next(iter(resource_arns("", "Secret", call)), "")
    denied = AwsError("AccessDeniedException", "Access to KMS is not allowed", 400)
    for question in _use_of_key(call, name, "secretsmanager", {"SecretARN": str(secret_arn)}, *actions):
        yield replace(question, error=denied)


def _read_secret(call: Call) -> Iterator[Question]:
    yield from _use_of_secret(call, "kms:Decrypt")


def _read_secrets(call: Call) -> Iterator[Question]:
    for resource in resource_arns("", "Secret", call):
        yield question_of(call, "secretsmanager:GetSecretValue", resource)


def _rotate_secret(call: Call) -> Iterator[Question]:
    function = call.parameters.get("RotationLambdaARN")
    if function:
        yield question_of(call, "lambda:InvokeFunction", str(function))


def _replicate_secret(call: Call) -> Iterator[Question]:
    yield from _use_of_secret(call, "kms:Decrypt", "kms:Encrypt", "kms:GenerateDataKey")


def _write_secret(call: Call) -> Iterator[Question]:
    yield from _tags(call) if call.action == "CreateSecret" else ()
    if call.parameters.get("AddReplicaRegions"):
        yield from resource_questions(call, "secretsmanager:ReplicateSecretToRegions")
    if call.parameters.get("SecretString") or call.parameters.get("SecretBinary") or call.parameters.get("KmsKeyId"):
        yield from _use_of_secret(call, "kms:GenerateDataKey", "kms:Decrypt")


def _publish(call: Call) -> Iterator[Question]:
    topic_arn = str(call.parameters.get("TopicArn") or "")
    topic = sns_backends[call.account][call.region].topics.get(topic_arn)
    key, context = getattr(topic, "kms_master_key_id", None), {"aws:sns:topicArn": topic_arn}
    for question in _use_of_key(call, key, "sns", context, "kms:GenerateDataKey", "kms:Decrypt"):
        error = AwsError("KMSAccessDenied", f"{question.action} is denied on the topic's key.", 400)
        yield replace(question, error=error)


_BESIDES: Mapping[tuple[str, str], Callable[[Call], Iterator[Question]]] = {
    **dict.fromkeys(_TAG_ACTIONS, _tags),
    ("cloudwatch", "PutCompositeAlarm"): _alarm,
    ("cloudwatch", "PutLogAlarm"): _log_alarm,
    ("cloudwatch", "PutMetricAlarm"): _alarm,
    ("cloudtrail", "CreateTrail"): _passed_role,
    ("cloudtrail", "UpdateTrail"): _passed_role,
    ("events", "PutTargets"): _targets,
    ("kms", "CreateKey"): _create_key,
    ("kms", "PutKeyPolicy"): _lock_out,
    ("logs", "CreateLogGroup"): _log_group_tags,
    ("s3", "CreateBucket"): _create_bucket,
    ("s3", "GetObject"): _read_object,
    ("s3", "PutObject"): _write_object,
    ("secretsmanager", "BatchGetSecretValue"): _read_secrets,
    ("secretsmanager", "CreateSecret"): _write_secret,
    ("secretsmanager", "GetSecretValue"): _read_secret,
    ("secretsmanager", "PutSecretValue"): _write_secret,
    ("secretsmanager", "ReplicateSecretToRegions"): _replicate_secret,
    ("secretsmanager", "RotateSecret"): _rotate_secret,
    ("secretsmanager", "UpdateSecret"): _write_secret,
    ("sns", "Publish"): _publish,
}
