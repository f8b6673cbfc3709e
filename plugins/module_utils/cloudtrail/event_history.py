# Copyright: secmon.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Find one event in the event history, which has the management events of a region for 90 days."""

from __future__ import annotations

import json
from typing import Any

from ..core.account import Account
from ..core.problems import RequestError


def newest_event(account: Account, event_id: str, event_name: str) -> dict[str, Any]:
    """Return the record of the event with an id, or else the newest of a name.

    LookupEvents returns the newest event first (CloudTrail API reference).
    """
    key, value = ("EventId", event_id) if event_id else ("EventName", event_name)
    parameters = {"LookupAttributes": [{"AttributeKey": key, "AttributeValue": value}], "MaxResults": 1}
    events = account.read("cloudtrail", "LookupEvents", "event history", parameters)["Events"]
    if not events:
        problem = (
            f"The event history of region {account.region} has no event with the {key} {value}. "
            "It has management events of the last 90 days, about five minutes after the call; IAM and other global "
            "services are in us-east-1."
        )
        raise RequestError([problem])
    record: dict[str, Any] = json.loads(events[0]["CloudTrailEvent"])
    return record
