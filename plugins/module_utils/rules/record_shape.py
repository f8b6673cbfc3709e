# Copyright: secmon.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Find missing keys and wrong types in a CloudTrail record (CloudTrail user guide, record contents, 2026)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from ..core.aws_names import ACCOUNT_ID

RECORD_KEYS = (
    "eventVersion",
    "userIdentity",
    "eventTime",
    "eventSource",
    "eventName",
    "awsRegion",
    "sourceIPAddress",
    "userAgent",
    "errorCode",
    "errorMessage",
    "requestParameters",
    "responseElements",
    "additionalEventData",
    "requestID",
    "eventID",
    "readOnly",
    "resources",
    "eventType",
    "apiVersion",
    "managementEvent",
    "recipientAccountId",
    "eventCategory",
    "serviceEventDetails",
    "tlsDetails",
    "sessionCredentialFromConsole",
    "sharedEventID",
)
"""The keys of a record in the order in which expanded test events have them, which is that of CloudTrail."""

# Of events of Insights, VPC endpoints and Snow devices, and of enriched events.
_OTHER_KEYS = (
    "addendum",
    "edgeDeviceDetails",
    "eventContext",
    "insightDetails",
    "vpcEndpointId",
    "vpcEndpointAccountId",
)


def unknown_key(name: str) -> tuple[str, str] | None:
    """Return a first key that no record has, and a similar one or an empty text; None for one that records have."""
    known = {*RECORD_KEYS, *_OTHER_KEYS}
    if name in known:
        return None
    plain = name.replace("_", "").lower()
    return name, next((key for key in sorted(known) if key.lower() == plain), "")


# Absent from some records; requestParameters and responseElements are null when empty.
_OPTIONAL = frozenset(
    (
        *("userAgent", "errorCode", "errorMessage", "additionalEventData", "requestID", "readOnly", "resources"),
        *("apiVersion", "sharedEventID", "serviceEventDetails", "tlsDetails", "sessionCredentialFromConsole"),
    )
)
_EVENT_TYPES = (
    "AwsApiCall",
    "AwsServiceEvent",
    "AwsConsoleAction",
    "AwsConsoleSignIn",
    "AwsVpceEvent",
    "AwsVpceEvents",
    "AwsCloudTrailInsight",
)
_CATEGORIES = ("Management", "Data", "NetworkActivity", "Insight")
_IDENTITY_TYPES = (
    "Root",
    "IAMUser",
    "AssumedRole",
    "Role",
    "FederatedUser",
    "AWSService",
    "AWSAccount",
    "IdentityCenterUser",
    "SAMLUser",
    "WebIdentityUser",
    "Directory",
    "Unknown",
)
_SHAPES = {
    "eventVersion": (re.compile(r"1\.(0[89]|1[01])"), 'a version from "1.08" to "1.11"'),
    "eventTime": (re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ"), "a time such as 2026-09-13T10:00:00Z"),
    "eventSource": (re.compile(r"[a-z0-9.-]+\.amazonaws\.com"), "a service such as iam.amazonaws.com"),
    "eventName": (re.compile(r"[A-Za-z0-9_.:-]+"), "the name of an event"),
    "recipientAccountId": (re.compile(ACCOUNT_ID), "12 digits, quoted"),
    "sessionCredentialFromConsole": (re.compile("true"), 'the string "true", or absent'),
}
_STRING_ATTRIBUTES = ("creationDate", "mfaAuthenticated")


def looks_like_cloudtrail(event: Mapping[str, Any]) -> bool:
    """Return whether an event is meant to be a CloudTrail record, not an application log event."""
    return any(key in event for key in ("eventVersion", "eventSource", "userIdentity"))


def record_problems(record: Mapping[str, Any]) -> Iterator[str]:
    """Yield a description of each missing key and wrong type."""
    missing = [key for key in RECORD_KEYS if key not in record and key not in _OPTIONAL]
    if missing:
        yield f"{', '.join(missing)} missing in the record"
    for key, (shape, words) in _SHAPES.items():
        if key in record and not (isinstance(record[key], str) and shape.fullmatch(record[key])):
            yield f"{key} is {record[key]!r}, not {words}"
    for key in ("readOnly", "managementEvent"):
        if key in record and not isinstance(record[key], bool):
            yield f"{key} is {record[key]!r}, not true or false"
    yield from _one_of(record, "eventType", _EVENT_TYPES)
    yield from _one_of(record, "eventCategory", _CATEGORIES)
    identity = record.get("userIdentity")
    if isinstance(identity, Mapping):
        yield from _identity_problems(identity, record)
    elif "userIdentity" in record:
        yield f"userIdentity is {identity!r}, not a mapping"


def _one_of(record: Mapping[str, Any], key: str, options: tuple[str, ...], label: str = "") -> Iterator[str]:
    if key in record and record[key] not in options:
        yield f"{label or key} is {record[key]!r}, not one of {', '.join(options)}"


def _identity_problems(identity: Mapping[str, Any], record: Mapping[str, Any]) -> Iterator[str]:
    if "type" not in identity and record.get("eventType") != "AwsServiceEvent":
        yield "userIdentity.type is missing, which only service events may omit"
    yield from _one_of(identity, "type", _IDENTITY_TYPES, "userIdentity.type")
    account = identity.get("accountId")
    if account is not None and not (isinstance(account, str) and re.fullmatch(ACCOUNT_ID, account)):
        yield f"userIdentity.accountId is {account!r}, not 12 digits, quoted"
    context = identity.get("sessionContext")
    attributes = context.get("attributes") if isinstance(context, Mapping) else None
    for key in _STRING_ATTRIBUTES if isinstance(attributes, Mapping) else ():
        if isinstance(attributes, Mapping) and key in attributes and not isinstance(attributes[key], str):
            yield f"sessionContext.attributes.{key} is {attributes[key]!r}; CloudTrail writes it as a string"
