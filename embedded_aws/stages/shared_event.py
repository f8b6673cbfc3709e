"""The copy of a record that the owner of a role gets when somebody of another account assumes it.

Source: CloudTrail user guide, "CloudTrail record contents" (sharedEventID), and published pairs of such records: the
owner learns the caller's account and principal, not its ARN.
"""

from __future__ import annotations

import uuid

from embedded_aws.events import Record

_SHARED = frozenset({"AssumeRole"})


def shared(record: Record) -> tuple[Record, ...]:
    """Return the records that accounts get of a call, that of the caller's account last.

    That is one, unless a role of another account was assumed; a refusal is the caller's matter only.
    """
    if record["eventName"] not in _SHARED or "errorCode" in record:
        return (record,)
    owner = record["requestParameters"]["roleArn"].split(":")[4]
    caller = record["recipientAccountId"]
    if owner == caller:
        return (record,)
    own = _with_shared_id(record, str(uuid.uuid4()))
    principal = record["userIdentity"].get("principalId", "")
    foreign = {"type": "AWSAccount", "principalId": principal, "accountId": caller}
    return own | {"userIdentity": foreign, "eventID": str(uuid.uuid4()), "recipientAccountId": owner}, own


def _with_shared_id(record: Record, shared_id: str) -> Record:
    """Return the record with the id where CloudTrail writes it, behind the recipient."""
    written: Record = {}
    for name, value in record.items():
        written[name] = value
        if name == "recipientAccountId":
            written["sharedEventID"] = shared_id
    return written
