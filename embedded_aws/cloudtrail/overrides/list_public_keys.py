"""Override of ListPublicKeys, which moto 5.2.5 lacks: the public keys that verify digest files.

Source: CloudTrail API reference, ListPublicKeys: without times the current key; NextToken is reserved and ignored.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from embedded_aws.cloudtrail.delivery.digest_keys import SigningKey
from embedded_aws.core.call import Call
from embedded_aws.core.errors import AwsError
from embedded_aws.core.overrides import override
from embedded_aws.core.state import State


@override("cloudtrail", "ListPublicKeys")
def list_public_keys(state: State, call: Call) -> dict[str, Any]:
    """Return the keys of the call's Region that were valid in the requested time range."""
    now, keys = state.clock.now(), state.cloudtrail.signing_keys
    current = keys.current(call.region, now)
    start, end = _time(call, "StartTime"), _time(call, "EndTime")
    if start is None and end is None:
        return {"PublicKeyList": [_item(current)]}
    start, end = start or current.valid_from, end or now
    if start > end:
        raise AwsError("InvalidTimeRangeException", "The start time must not come after the end time.", 400)
    return {"PublicKeyList": [_item(key) for key in keys.between(call.region, start, end)]}


def _time(call: Call, name: str) -> datetime | None:
    time: datetime | None = call.parameters.get(name)
    return time and time.replace(tzinfo=UTC)


def _item(key: SigningKey) -> dict[str, Any]:
    return {
        "Value": key.public,
        "ValidityStartTime": key.valid_from,
        "ValidityEndTime": key.valid_until,
        "Fingerprint": key.fingerprint,
    }
