"""Further records of one call: of the services that act for the caller, and in the account of an assumed role."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from moto.secretsmanager.models import secretsmanager_backends

from embedded_aws.cloudtrail.trails import find_trail, parse_arn
from embedded_aws.core.call import Call
from embedded_aws.core.events import Record, TrailRef
from embedded_aws.core.state import State
from embedded_aws.iam.identity import service_identity
from embedded_aws.kms.keys import find_key

# The copy of a record for the account of a role that a principal of another account assumes.
#
# Source: CloudTrail user guide, "CloudTrail record contents" (sharedEventID), and published pairs of such records: the
# owner learns the caller's account and principal, not its ARN.

_SHARED = frozenset({"AssumeRole"})


def shared_records(record: Record) -> tuple[Record, ...]:
    """Return the records of a call for each account, that of the caller's account last.

    There is one, unless a role of another account was assumed; a rejected call is recorded for the caller only.
    """
    if record["eventName"] not in _SHARED or "errorCode" in record:
        return (record,)
    role = parse_arn(str(record["requestParameters"]["roleArn"]))
    caller = record["recipientAccountId"]
    if role is None or role.account == caller:
        return (record,)
    own = _with_shared_id(record, str(uuid.uuid4()))
    principal = record["userIdentity"].get("principalId", "")
    foreign = {"type": "AWSAccount", "principalId": principal, "accountId": caller}
    return own | {"userIdentity": foreign, "eventID": str(uuid.uuid4()), "recipientAccountId": role.account}, own


def _with_shared_id(record: Record, shared_id: str) -> Record:
    """Return the record with a sharedEventID in CloudTrail's place, after the recipient."""
    written: Record = {}
    for name, value in record.items():
        written[name] = value
        if name == "recipientAccountId":
            written["sharedEventID"] = shared_id
    return written


# The records of calls between AWS services: KMS called by Secrets Manager, STS called by CloudTrail.
#
# Sources: Secrets Manager user guide, "Secret encryption and decryption" (encryption context, and KMS events in
# CloudTrail); CloudTrail user guide, "CloudTrail userIdentity element" (`invokedBy`, type AWSService).

_SECRETS_MANAGER = "secretsmanager.amazonaws.com"
_CLOUDTRAIL = "cloudtrail.amazonaws.com"
_KMS_ACTIONS = {"CreateSecret": "GenerateDataKey", "GetSecretValue": "Decrypt", "PutSecretValue": "GenerateDataKey"}
_SESSION = timedelta(hours=1)


def kms_record(call: Call, record: Record) -> Record | None:
    """Return the record of KMS for a call that uses a secret's value encrypted with a customer key, or None."""
    action = _KMS_ACTIONS.get(call.action) if call.service == "secretsmanager" else None
    if action is None or "errorCode" in record:
        return None
    secret = secretsmanager_backends[call.account][call.region].secrets.get(_secret_id(call))
    name = getattr(secret, "kms_key_id", None)
    key = find_key(call.account, call.region, name) if name else None
    if secret is None or key is None:
        return None
    context = {"SecretARN": secret.arn, "SecretVersionId": secret.default_version_id}
    parameters: dict[str, Any] = {"encryptionContext": context}
    if action == "GenerateDataKey":
        parameters = {"keyId": key.arn, "keySpec": "AES_256"} | parameters
    identity = record["userIdentity"] | {"invokedBy": _SECRETS_MANAGER}
    resource = {"accountId": call.account, "type": "AWS::KMS::Key", "ARN": key.arn}
    return _record(record, identity, _SECRETS_MANAGER, "kms", action, parameters, resource)


def _secret_id(call: Call) -> str:
    return str(call.parameters.get("SecretId") or call.parameters.get("Name"))


class RoleSessions:
    """The role sessions of CloudTrail for log groups; each lasts an hour and starts with a record."""

    def __init__(self, state: State) -> None:
        """Start without sessions."""
        self._state = state
        self._until: dict[tuple[TrailRef, str], datetime] = {}

    def begun(self, record: Record, trails: tuple[TrailRef, ...], at: datetime) -> Iterator[Record]:
        """Yield a record for each trail whose role CloudTrail must assume to deliver `record`."""
        for ref in trails:
            trail = find_trail(self._state, ref)
            role = trail.cw_role_arn if trail else None
            if role and self._until.get((ref, role), at) <= at:
                self._until[ref, role] = at + _SESSION
                yield _assumed(record, ref, role)


def _assumed(record: Record, ref: TrailRef, role: str) -> Record:
    parameters = {"roleArn": role, "roleSessionName": "CLOUDWATCH_LOGS_DELIVERY_SESSION"}
    resource = {"accountId": ref.account, "type": "AWS::IAM::Role", "ARN": role}
    place = {"awsRegion": ref.region, "recipientAccountId": ref.account}
    identity = service_identity(_CLOUDTRAIL)
    return _record(record | place, identity, _CLOUDTRAIL, "sts", "AssumeRole", parameters, resource)


def _record(
    cause: Record,
    identity: dict[str, Any],
    caller: str,
    service: str,
    action: str,
    parameters: dict[str, Any],
    resource: dict[str, str],
) -> Record:
    """Return the record of a service's call: no TLS details, and the service's name as source address."""
    return {
        "eventVersion": "1.08",
        "userIdentity": identity,
        "eventTime": cause["eventTime"],
        "eventSource": f"{service}.amazonaws.com",
        "eventName": action,
        "awsRegion": cause["awsRegion"],
        "sourceIPAddress": caller,
        "userAgent": caller,
        "requestParameters": parameters,
        "responseElements": None,
        "requestID": str(uuid.uuid4()),
        "eventID": str(uuid.uuid4()),
        "readOnly": True,
        "resources": [resource],
        "eventType": "AwsApiCall",
        "managementEvent": True,
        "recipientAccountId": cause["recipientAccountId"],
        "eventCategory": "Management",
    }
