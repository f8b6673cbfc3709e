# Copyright: secmon.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""The harmless real calls of a drill: a read of the sample secret, a denied call, and the stream of the drills.

STS denies a session of a role that does not exist, whatever the caller may do (IAM user guide, "Troubleshoot IAM
roles": the message does not tell a missing role from a missing permission).
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from ...core.account import Account
from ...core.errors import AwsError
from ..marks import STREAM
from ..record import EVENT_NAME, expected_record
from .sending import Message

DENIED_ROLE = "secmon-drill-denied"
"""The name of a role that must not exist."""


@dataclass(frozen=True)
class LiveCall:
    """A harmless call.

    Attributes:
        service: The boto3 name of the service.
        operation: The API operation.
        parameters: The parameters for boto3, which CloudTrail records as requestParameters.
        refused: The error code with which AWS refuses it, as it should; empty if it succeeds.
    """

    service: str
    operation: str
    parameters: Mapping[str, Any]
    refused: str = ""

    def record(self, caller: str, account: Account) -> dict[str, Any]:
        """Return what is known of its record in CloudTrail before the call."""
        record = expected_record("", caller, account.place)
        record |= {"eventSource": f"{self.service}.amazonaws.com", "eventName": self.operation}
        record["requestParameters"] = {name[0].lower() + name[1:]: value for name, value in self.parameters.items()}
        return record | ({"errorCode": self.refused} if self.refused else {})


def make_calls(account: Account, params: Mapping[str, Any], caller: str) -> tuple[list[Message], list[str]]:
    """Make the calls; return the records that CloudTrail writes, as far as they are known, and the request IDs."""
    messages, requests = list[Message](), list[str]()
    for call in _calls(account, params):
        request = _make(account, call)
        if request:
            event = {"rule": "", "name": f"{call.operation}, request {request}", "seconds_ago": 0}
            messages.append((event, json.dumps(call.record(caller, account))))
            requests.append(request)
    return messages, requests


def _calls(account: Account, params: Mapping[str, Any]) -> Iterator[LiveCall]:
    yield LiveCall("secretsmanager", EVENT_NAME, {"SecretId": params["secret_id"]})
    role = f"arn:{account.place.partition}:iam::{account.place.account}:role/{DENIED_ROLE}"
    yield LiveCall("sts", "AssumeRole", {"RoleArn": role, "RoleSessionName": STREAM}, "AccessDenied")
    stream = {"logGroupName": params["log_group_name"], "logStreamName": STREAM}
    yield LiveCall("logs", "CreateLogStream", stream, "ResourceAlreadyExistsException")


def _make(account: Account, call: LiveCall) -> str:
    """Make a call and return its request ID, or an empty string if it would not show what it should."""
    try:
        answer = account.read(call.service, call.operation, "live drill", dict(call.parameters))
    except AwsError as error:
        if error.code != call.refused:
            raise
        response: Mapping[str, Any] = getattr(error.__cause__, "response", {})
        return str(response.get("ResponseMetadata", {}).get("RequestId", ""))
    # The stream of the drills is created by the first of them. A session of the role means that the role exists.
    return "" if call.operation == "AssumeRole" else str(answer["ResponseMetadata"]["RequestId"])
