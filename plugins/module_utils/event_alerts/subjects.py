# Copyright: secmon.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""What a call was made on, where each record of a rule has it.

A parameter that the API requires is in the record of each call that was done (CloudTrail user guide, "CloudTrail record
contents": requestParameters). A denied call has no requestParameters. AWS has checked the characters of the values
here, so that none has quotation marks.
"""

from __future__ import annotations

import json
from collections.abc import Mapping

SUBJECTS: Mapping[str, str] = {
    "key": "$.detail.requestParameters.keyId",
    "log_group": "$.detail.requestParameters.logGroupName",
    "secret": "$.detail.requestParameters.secretId",
    "trail": "$.detail.requestParameters.name",
    "user": "$.detail.requestParameters.userName",
}
"""The values that a mail can name, with their paths in the event."""

_CALLS: Mapping[str, tuple[str, frozenset[str]]] = {
    "key": ("kms.amazonaws.com", frozenset({"DisableKey", "PutKeyPolicy", "ScheduleKeyDeletion"})),
    "log_group": (
        "logs.amazonaws.com",
        frozenset({"CreateLogStream", "DeleteMetricFilter", "PutMetricFilter", "PutRetentionPolicy"}),
    ),
    "secret": ("secretsmanager.amazonaws.com", frozenset({"GetSecretValue"})),
    "trail": ("cloudtrail.amazonaws.com", frozenset({"UpdateTrail"})),
    "user": ("iam.amazonaws.com", frozenset({"CreateUser"})),
}


def subject(event_pattern: str) -> str:
    """Return the name of the value that each successful call of an event pattern has, or nothing."""
    detail = json.loads(event_pattern).get("detail", {})
    sources, calls = detail.get("eventSource"), detail.get("eventName")
    if not sources or not calls or not all(isinstance(call, str) for call in calls):
        return ""
    return next(
        (name for name, (source, known) in _CALLS.items() if sources == [source] and known.issuperset(calls)), ""
    )
