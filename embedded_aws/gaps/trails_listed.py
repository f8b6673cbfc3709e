"""ListTrails names the trails of every Region; moto 5.2.5 names those that can be seen from the Region that is asked.

Source: CloudTrail API reference, ListTrails: "Lists trails that are in the current account"; DescribeTrails is the one
that is about a Region.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from embedded_aws.overrides import override
from embedded_aws.stages.trails import every_trail, member_accounts

if TYPE_CHECKING:
    from embedded_aws.call import Call
    from embedded_aws.world import World


@override("cloudtrail", "ListTrails")
def list_trails(_world: World, call: Call) -> dict[str, Any]:
    """Answer with the account's trails, those of its organization among them, in one page."""
    trails = [
        {"TrailARN": trail.arn, "Name": trail.trail_name, "HomeRegion": trail.region_name}
        for trail in every_trail()
        if call.account in {trail.account_id, *member_accounts(trail)}
    ]
    return {"Trails": sorted(trails, key=lambda trail: trail["TrailARN"])}
