"""Override of LookupEvents."""

from __future__ import annotations

import base64
import binascii
import hashlib
import itertools
import json
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from typing import Any

from embedded_aws.core.call import Call
from embedded_aws.core.consistency import EVENT_HISTORY
from embedded_aws.core.errors import AwsError
from embedded_aws.core.events import Record
from embedded_aws.core.overrides import override
from embedded_aws.core.state import State

# The resources that LookupEvents lists for a record: its own `resources`, and those named by request parameters.
#
# Source: CloudTrail API reference, Resource; the user guide does not list which parameters are taken, so those of the
# services that secmon uses are included.

_RESOURCE_PARAMETERS = {
    ("cloudtrail.amazonaws.com", "name"): "AWS::CloudTrail::Trail",
    ("cloudtrail.amazonaws.com", "trailName"): "AWS::CloudTrail::Trail",
    ("events.amazonaws.com", "name"): "AWS::Events::Rule",
    ("iam.amazonaws.com", "groupName"): "AWS::IAM::Group",
    ("iam.amazonaws.com", "policyArn"): "AWS::IAM::Policy",
    ("iam.amazonaws.com", "policyName"): "AWS::IAM::Policy",
    ("iam.amazonaws.com", "roleName"): "AWS::IAM::Role",
    ("iam.amazonaws.com", "userName"): "AWS::IAM::User",
    ("kms.amazonaws.com", "keyId"): "AWS::KMS::Key",
    ("logs.amazonaws.com", "logGroupName"): "AWS::Logs::LogGroup",
    ("monitoring.amazonaws.com", "alarmName"): "AWS::CloudWatch::Alarm",
    ("s3.amazonaws.com", "bucketName"): "AWS::S3::Bucket",
    ("secretsmanager.amazonaws.com", "name"): "AWS::SecretsManager::Secret",
    ("secretsmanager.amazonaws.com", "secretId"): "AWS::SecretsManager::Secret",
    ("sns.amazonaws.com", "topicArn"): "AWS::SNS::Topic",
    ("sts.amazonaws.com", "roleArn"): "AWS::IAM::Role",
}


def resources_of_record(record: Record) -> list[dict[str, str]]:
    """Return pairs of ResourceType and ResourceName, without duplicates."""
    named = [(item.get("type", ""), item["ARN"]) for item in record.get("resources") or () if "ARN" in item]
    source, parameters = record["eventSource"], record.get("requestParameters") or {}
    for key, value in parameters.items():
        kind = _RESOURCE_PARAMETERS.get((source, key))
        if kind and isinstance(value, str):
            named.append((kind, value))
    return [{"ResourceType": kind, "ResourceName": name} for kind, name in dict.fromkeys(named)]


# LookupEvents searches the event history of an account and Region; moto 5.2.5 lacks the operation.
#
# Source: CloudTrail API reference, LookupEvents; CloudTrail user guide, "Viewing CloudTrail events with the AWS CLI".

_MOST_RESULTS = 50

Item = dict[str, Any]


@override("cloudtrail", "LookupEvents")
def lookup_events(state: State, call: Call) -> dict[str, Any]:
    """Return one page of matching events, newest first."""
    parameters = call.parameters
    wanted = _attribute(parameters)
    limit = parameters.get("MaxResults", _MOST_RESULTS)
    start, end = _times(parameters)
    # There are no Insights events, so a search for them finds nothing.
    history = [] if "EventCategory" in parameters else list(state.cloudtrail.history)
    items = (
        _item(record)
        for record in reversed(history)
        if record.get("recipientAccountId") == call.account and record["awsRegion"] == call.region
    )
    key = (call.account, call.region)
    found = (
        item
        for item in items
        if start <= item["EventTime"] <= end
        and _has(item, wanted)
        and state.consistency.is_visible(EVENT_HISTORY, item["EventTime"], *key)
    )
    return _page(found, parameters, limit)


def _invalid(what: str, message: str) -> AwsError:
    return AwsError(f"Invalid{what}Exception", message, 400)


def _attribute(parameters: dict[str, Any]) -> tuple[str, str] | None:
    attributes = parameters.get("LookupAttributes") or []
    if not attributes:
        return None
    if len(attributes) > 1:
        raise _invalid("LookupAttributes", "Give one lookup attribute only.")
    return attributes[0]["AttributeKey"], attributes[0]["AttributeValue"]


def _times(parameters: dict[str, Any]) -> tuple[datetime, datetime]:
    start: datetime = parameters.get("StartTime", datetime.min).replace(tzinfo=UTC)
    end: datetime = parameters.get("EndTime", datetime.max).replace(tzinfo=UTC)
    if start > end:
        raise _invalid("TimeRange", "The start time must not come after the end time.")
    return start, end


def _item(record: Record) -> Item:
    identity = record.get("userIdentity", {})
    item = {
        "EventId": record["eventID"],
        "EventName": record["eventName"],
        "ReadOnly": str(record.get("readOnly", False)).lower(),
        "AccessKeyId": identity.get("accessKeyId"),
        "EventTime": datetime.fromisoformat(record["eventTime"]),
        "EventSource": record["eventSource"],
        "Username": _user_name(identity),
        "Resources": resources_of_record(record),
        "CloudTrailEvent": record,
    }
    return {name: value for name, value in item.items() if value is not None}


def _user_name(identity: dict[str, Any]) -> str | None:
    if identity.get("type") == "Root":
        return "root"
    if identity.get("type") == "AssumedRole":
        return str(identity.get("principalId", "")).partition(":")[2]
    name: str | None = identity.get("userName")
    return name


_ATTRIBUTES = {
    "EventId": lambda item: [item["EventId"]],
    "EventName": lambda item: [item["EventName"]],
    "ReadOnly": lambda item: [item["ReadOnly"]],
    "Username": lambda item: [item.get("Username")],
    "ResourceType": lambda item: [resource["ResourceType"] for resource in item["Resources"]],
    "ResourceName": lambda item: [resource["ResourceName"] for resource in item["Resources"]],
    "EventSource": lambda item: [item["EventSource"]],
    "AccessKeyId": lambda item: [item.get("AccessKeyId")],
}


def _has(item: Item, wanted: tuple[str, str] | None) -> bool:
    return wanted is None or wanted[1] in _ATTRIBUTES[wanted[0]](item)


def _page(items: Iterable[Item], parameters: dict[str, Any], limit: int) -> dict[str, Any]:
    found = iter(items)
    token = parameters.get("NextToken")
    if token:
        _skip_to(found, _event_id(token, parameters))
    page = list(itertools.islice(found, limit + 1))
    shown = [item | {"CloudTrailEvent": _json(item["CloudTrailEvent"])} for item in page[:limit]]
    if len(page) <= limit:
        return {"Events": shown}
    return {"Events": shown, "NextToken": _token(shown[-1]["EventId"], parameters)}


def _json(record: Record) -> str:
    return json.dumps(record, ensure_ascii=False, separators=(",", ":"))


def _skip_to(found: Iterator[Item], event_id: str) -> None:
    """Skip to the event after the last one of the previous page."""
    if all(item["EventId"] != event_id for item in found):
        raise _invalid("NextToken", "The event that the token continues from is no longer kept.")


def _fingerprint(parameters: dict[str, Any]) -> str:
    same = {name: value for name, value in parameters.items() if name not in ("NextToken", "MaxResults")}
    return hashlib.sha256(json.dumps(same, default=str, sort_keys=True).encode()).hexdigest()[:16]


def _token(event_id: str, parameters: dict[str, Any]) -> str:
    return base64.urlsafe_b64encode(f"{_fingerprint(parameters)} {event_id}".encode()).decode()


def _event_id(token: str, parameters: dict[str, Any]) -> str:
    """Return the event id in a token; a token is valid for the same search only."""
    try:
        fingerprint, _blank, event_id = base64.urlsafe_b64decode(token).decode().partition(" ")
    except (binascii.Error, UnicodeDecodeError):
        fingerprint, event_id = "", ""
    if fingerprint != _fingerprint(parameters):
        raise _invalid("NextToken", "The token is not valid, or belongs to a search with other parameters.")
    return event_id
