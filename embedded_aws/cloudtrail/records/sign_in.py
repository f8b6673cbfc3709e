"""The record of a sign-in to the console, which is no API call; CloudTrail user guide, "Console sign-in events"."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from ansible_collections.secmon.aws.plugins.module_utils.core.aws_names import leader_region
from moto.utilities.utils import get_partition

from embedded_aws.core.events import Record

HOST = "signin.aws.amazon.com"
_AGENT = "Mozilla/5.0 (X11; Linux x86_64; rv:141.0) Gecko/20100101 Firefox/141.0"


@dataclass(frozen=True)
class SignIn:
    """A sign-in.

    Attributes:
        account: The account.
        user: The name of the IAM user; empty for the root user.
        success: Whether the password was right.
        mfa: Whether a second factor was used.
        source_ip: The address.
        region: The region whose console was opened; the record is in the leader region of its partition.
    """

    account: str
    user: str = ""
    success: bool = True
    mfa: bool = False
    source_ip: str = "203.0.113.200"
    region: str = "us-east-1"


def sign_in_record(sign_in: SignIn, at: datetime) -> Record:
    """Return the record of a sign-in."""
    record: Record = {
        "eventVersion": "1.08",
        "userIdentity": _identity(sign_in),
        "eventTime": f"{at:%Y-%m-%dT%H:%M:%SZ}",
        "eventSource": "signin.amazonaws.com",
        "eventName": "ConsoleLogin",
        "awsRegion": leader_region(sign_in.region),
        "sourceIPAddress": sign_in.source_ip,
        "userAgent": _AGENT,
    }
    if not sign_in.success:
        record["errorMessage"] = "Failed authentication"
    return record | {
        "requestParameters": None,
        "responseElements": {"ConsoleLogin": "Success" if sign_in.success else "Failure"},
        "additionalEventData": {"MobileVersion": "No", "MFAUsed": "Yes" if sign_in.mfa else "No"},
        "eventID": str(uuid.uuid4()),
        "readOnly": False,
        "eventType": "AwsConsoleSignIn",
        "managementEvent": True,
        "recipientAccountId": sign_in.account,
        "eventCategory": "Management",
        "tlsDetails": {"clientProvidedHostHeader": HOST},
    }


def _identity(sign_in: SignIn) -> dict[str, Any]:
    """Return the identity; that of a user whose sign-in failed has no ARN."""
    arn = f"arn:{get_partition(sign_in.region)}:iam::{sign_in.account}:"
    if not sign_in.user:
        root = {"type": "Root", "principalId": sign_in.account, "arn": f"{arn}root"}
        return root | {"accountId": sign_in.account, "accessKeyId": ""}
    user = {"type": "IAMUser", "accountId": sign_in.account, "accessKeyId": "", "userName": sign_in.user}
    return user | ({"arn": f"{arn}user/{sign_in.user}"} if sign_in.success else {})
