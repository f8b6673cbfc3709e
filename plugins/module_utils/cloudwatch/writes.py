# Copyright: secmon.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""The calls that change alarms."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..core.plan import Write

_FULL = (
    "The account has as many alarms in this region as it may. Remove some, or ask for more in Service Quotas"
    " (CloudWatch)."
)
_NOT_THERE = (
    "Every alarm that a composite alarm names must exist: add it to this task, or let an earlier task of"
    " secmon.aws.metric_alarms make it."
)
_STILL_NEEDED = (
    "A composite alarm that stays may name it: change or remove that one first; secmon.aws.metric_alarms does it if the"
    " task names both."
)
_REMEDIES = {
    "PutMetricAlarm": {"LimitExceeded": _FULL},
    "PutCompositeAlarm": {"LimitExceeded": _FULL, "ValidationError": _NOT_THERE},
    "DeleteAlarms": {"ValidationError": _STILL_NEEDED, "ResourceConflict": _STILL_NEEDED},
}


def alarm_write(operation: str, resource: str, parameters: Mapping[str, Any], arn: str = "*") -> Write:
    """Return one call about alarms.

    Args:
        operation: The API's name of the call.
        resource: Which alarm, in words.
        parameters: As boto3 takes them.
        arn: What IAM would have to grant it on, if that is known.
    """
    return Write(
        service="cloudwatch",
        operation=operation,
        parameters=parameters,
        resource=resource,
        resource_arn=arn,
        done_if=frozenset({"ResourceNotFound"} if operation == "DeleteAlarms" else ()),
        remedies=_REMEDIES.get(operation, {}),
    )
