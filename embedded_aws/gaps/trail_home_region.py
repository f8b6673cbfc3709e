"""A trail is changed in its home Region only; with its ARN elsewhere it is unknown to moto 5.2.5, not refused as there.

Source: CloudTrail API reference, UpdateTrail, StartLogging, StopLogging, DeleteTrail, PutEventSelectors.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from embedded_aws.errors import AwsError
from embedded_aws.overrides import override
from embedded_aws.stages.trails import visible_trail

if TYPE_CHECKING:
    from embedded_aws.call import Call
    from embedded_aws.world import World


@override(
    "cloudtrail",
    "UpdateTrail",
    "StartLogging",
    "StopLogging",
    "DeleteTrail",
    "PutEventSelectors",
    "PutInsightSelectors",
)
def check_home_region(_world: World, call: Call) -> None:
    """Refuse the ARN of a trail whose home is another Region."""
    name = call.parameters.get("Name") or call.parameters.get("TrailName") or ""
    trail = visible_trail(call.account, call.region, name)
    if trail is not None and trail.account_id == call.account and trail.region_name != call.region:
        message = f"Trail {trail.arn} has its home in {trail.region_name}; call this operation there."
        raise AwsError("InvalidHomeRegionException", message, 400)
