"""Overrides of StartLogging, StopLogging, DeleteTrail and GetTrailStatus."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from moto.cloudtrail.models import CloudTrailBackend, Trail

from embedded_aws.cloudtrail.trails import home_trail, remember_deleted, visible_trail
from embedded_aws.core.call import Call
from embedded_aws.core.errors import AwsError
from embedded_aws.core.overrides import override, patch
from embedded_aws.core.state import State

# A trail can be changed in its home Region only; with its ARN, moto 5.2.5 does not find it in other Regions.
#
# Source: CloudTrail API reference, UpdateTrail, StartLogging, StopLogging, DeleteTrail, PutEventSelectors.


@override(
    "cloudtrail",
    "UpdateTrail",
    "StartLogging",
    "StopLogging",
    "DeleteTrail",
    "PutEventSelectors",
    "PutInsightSelectors",
)
def check_home_region(_state: State, call: Call) -> None:
    """Reject the ARN of a trail with another home Region."""
    name = call.parameters.get("Name") or call.parameters.get("TrailName") or ""
    trail = visible_trail(call.account, call.region, name)
    if trail is not None and trail.account_id == call.account and trail.region_name != call.region:
        message = f"Trail {trail.arn} has the home Region {trail.region_name}; call this operation there."
        raise AwsError("InvalidHomeRegionException", message, 400)


# GetTrailStatus reports deliveries and their errors; moto 5.2.5 reports a delivery at the time of the call.
#
# StartLogging, StopLogging and DeleteTrail are answered by moto; only their times are recorded here. Source:
# CloudTrail API reference, GetTrailStatus, which documents its six string members as no longer in use.


def _home_trail(call: Call) -> Trail | None:
    return home_trail(call.account, call.region, str(call.parameters.get("Name")))


@override("cloudtrail", "StartLogging")
def start_logging(state: State, call: Call) -> None:
    """Record the start of logging; no change for a trail that is logging."""
    trail = _home_trail(call)
    if trail is not None and not trail.status.is_logging:
        statuses = state.cloudtrail.statuses
        statuses.started[trail.arn] = statuses.chain_began[trail.arn] = call.at


@override("cloudtrail", "StopLogging")
def stop_logging(state: State, call: Call) -> None:
    """Record the end of logging."""
    trail = _home_trail(call)
    if trail is not None and trail.status.is_logging:
        statuses = state.cloudtrail.statuses
        statuses.stopped[trail.arn] = statuses.chain_ended[trail.arn] = call.at


@override("cloudtrail", "DeleteTrail")
def delete_trail(state: State, call: Call) -> None:
    """Keep the trail for the records that are still to be delivered."""
    trail = _home_trail(call)
    if trail is not None:
        state.cloudtrail.statuses.chain_ended[trail.arn] = call.at
        remember_deleted(state, trail)


@override("cloudtrail", "GetTrailStatus")
def get_trail_status(state: State, call: Call) -> dict[str, Any] | None:
    """Return the status in the Region of the call; moto raises TrailNotFoundException."""
    trail = visible_trail(call.account, call.region, str(call.parameters.get("Name")))
    if trail is None:
        return None
    statuses = state.cloudtrail.statuses
    latest = statuses.latest(trail.arn, call.region)
    started, stopped = statuses.started.get(trail.arn), statuses.stopped.get(trail.arn)
    delivered = _text(latest.get("LatestDeliveryTime"))
    answer = {
        "IsLogging": trail.status.is_logging,
        **latest,
        "StartLoggingTime": started,
        "StopLoggingTime": stopped,
        "LatestDeliveryAttemptTime": delivered,
        "LatestNotificationAttemptTime": "",
        "LatestNotificationAttemptSucceeded": "",
        "LatestDeliveryAttemptSucceeded": delivered,
        "TimeLoggingStarted": _text(started),
        "TimeLoggingStopped": _text(stopped),
    }
    return {name: value for name, value in answer.items() if value is not None}


def _text(time: datetime | str | None) -> str:
    return f"{time:%Y-%m-%dT%H:%M:%SZ}" if isinstance(time, datetime) else ""


# DeleteTrail accepts a name or an ARN; moto 5.2.5 ignores an ARN and keeps the trail.
#
# A trail that does not exist is TrailNotFoundException on AWS, and not an error in moto.
# Source: CloudTrail API reference, DeleteTrail.


@patch(CloudTrailBackend, "delete_trail")
def _delete_trail(backend: CloudTrailBackend, name: str) -> None:
    del backend.trails[backend.get_trail(name).trail_name]
