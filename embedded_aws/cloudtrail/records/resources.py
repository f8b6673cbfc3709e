"""The `resources` of a record, by ARN."""

from __future__ import annotations

from typing import Any

from moto.utilities.utils import get_partition

from embedded_aws.cloudtrail.records.operations import data_resource_type
from embedded_aws.core.call import Answer, Call


def resources_of(call: Call, answer: Answer) -> list[dict[str, str]]:
    """Return the items {accountId, type, ARN} of a call; empty if AWS records none or the call names none."""
    if call.service == "s3":
        return _bucket_and_object(call)
    if call.service == "kms":
        return _key(call, answer)
    if call.service == "sts" and call.parameters.get("RoleArn"):
        return _named("AWS::IAM::Role", str(call.parameters["RoleArn"]))
    return _data_resource(call)


def _item(kind: str, arn: str, account: str) -> dict[str, str]:
    return {"accountId": account, "type": kind, "ARN": arn}


def _named(kind: str, arn: str) -> list[dict[str, str]]:
    """Return the item of a resource, with the account of its ARN; empty for an invalid ARN."""
    parts = arn.split(":", 5)
    return [_item(kind, arn, parts[4])] if len(parts) == 6 else []


def _bucket_and_object(call: Call) -> list[dict[str, str]]:
    bucket, key = call.parameters.get("Bucket"), call.parameters.get("Key")
    if not bucket:
        return []
    arn = f"arn:{get_partition(call.region)}:s3:::{bucket}"
    found = [_item("AWS::S3::Bucket", arn, call.account)]
    if data_resource_type(call.service, call.action):
        # The item of an object has no account; a listing concerns all objects of the bucket.
        found.insert(0, {"type": "AWS::S3::Object", "ARN": f"{arn}/{key or ''}"})
    return found


def _key(call: Call, answer: Answer) -> list[dict[str, str]]:
    named: Any = call.parameters.get("KeyId")
    if not answer.error_code and not str(named).startswith("arn:"):
        result = answer.parsed(call)
        named = result.get("KeyId") or result.get("KeyMetadata", {}).get("Arn") or named
    if not named:
        return []
    arn = str(named)
    if not arn.startswith("arn:"):
        kind = "" if arn.startswith("alias/") else "key/"
        arn = f"arn:{get_partition(call.region)}:kms:{call.region}:{call.account}:{kind}{arn}"
    return _named("AWS::KMS::Key", arn) if ":key/" in arn else []


def _data_resource(call: Call) -> list[dict[str, str]]:
    kind = data_resource_type(call.service, call.action)
    if kind is None:
        return []
    return _named(kind, _data_arn(call) or "")


def _data_arn(call: Call) -> str | None:
    start = f"arn:{get_partition(call.region)}:{call.service}:{call.region}:{call.account}"
    parameters = call.parameters
    if call.service == "sns":
        return parameters.get("TopicArn") or parameters.get("TargetArn")
    if call.service == "sqs" and parameters.get("QueueUrl"):
        return f"{start}:{str(parameters['QueueUrl']).rpartition('/')[2]}"
    if call.service == "lambda" and parameters.get("FunctionName"):
        name = str(parameters["FunctionName"])
        return name if name.startswith("arn:") else f"{start}:function:{name}"
    if call.service == "dynamodb" and parameters.get("TableName"):
        name = str(parameters["TableName"])
        return name if name.startswith("arn:") else f"{start}:table/{name}"
    if call.service == "cloudwatch":
        return f"{start}:metric/{parameters.get('Namespace', '')}"
    return None
