"""Overrides of DescribeTrails, GetTrail and ListTrails."""

from __future__ import annotations

from typing import Any

from moto.cloudtrail.models import Trail

from embedded_aws.cloudtrail.delivery.permissions import find_key
from embedded_aws.cloudtrail.trails import every_trail, member_accounts, visible_trail
from embedded_aws.core.call import Call
from embedded_aws.core.overrides import override, patch
from embedded_aws.core.state import State

# A trail's description shows whether it has custom event selectors and Insights selectors; moto 5.2.5 shows neither.
#
# DescribeTrails returns the requested trails, by a name in this Region and account or by an ARN, while moto returns
# all. The key is described by its ARN, even if given by alias, and a member that is not set is left out, while moto
# returns a member removed by UpdateTrail as an empty string. CreateTrail and UpdateTrail do not return the selector
# flags, and GetTrail returns the home Region. moto shows an organization trail in its management account only. Sources:
# CloudTrail API reference, Trail, CreateTrail, GetTrail, DescribeTrails; CloudTrail user guide, "Creating a trail for
# an organization".

_moto_describes = Trail.description


@patch(Trail, "description")
def _description(trail: Trail, include_region: bool = False) -> dict[str, Any]:
    key = find_key(trail) if trail.kms_key_id else None
    # Only the responses of CreateTrail and UpdateTrail are without the Region.
    known = bool(trail.event_selectors or trail.advanced_event_selectors), bool(trail.insight_selectors)
    custom, insight = known if include_region else (None, None)
    described = _moto_describes(trail, include_region) | {
        "KmsKeyId": key.arn if key else trail.kms_key_id,
        "HasCustomEventSelectors": custom,
        "HasInsightSelectors": insight,
    }
    return {name: value for name, value in described.items() if value not in (None, "")}


@override("cloudtrail", "DescribeTrails")
def describe_trails(_state: State, call: Call) -> dict[str, Any]:
    """Describe the listed trails, or all visible ones; unknown trails are left out."""
    trails = [trail for trail in every_trail() if _can_be_seen(trail, call) and _is_wanted(trail, call)]
    return {"trailList": [_description(trail, include_region=True) for trail in trails]}


def _is_in_home_region(trail: Trail, call: Call) -> bool:
    return (trail.account_id, trail.region_name) == (call.account, call.region)


def _can_be_seen(trail: Trail, call: Call) -> bool:
    if _is_in_home_region(trail, call):
        return True
    reaches = call.account in {trail.account_id, *member_accounts(trail)}
    shown = trail.is_multi_region or trail.region_name == call.region
    return bool(call.parameters.get("includeShadowTrails", True) and reaches and shown)


def _is_wanted(trail: Trail, call: Call) -> bool:
    wanted = call.parameters.get("trailNameList")
    return not wanted or trail.arn in wanted or (trail.trail_name in wanted and _is_in_home_region(trail, call))


@override("cloudtrail", "GetTrail")
def get_trail(_state: State, call: Call) -> dict[str, Any] | None:
    """Describe one trail; moto raises TrailNotFoundException."""
    trail = visible_trail(call.account, call.region, str(call.parameters.get("Name")))
    return {"Trail": _description(trail, include_region=True)} if trail else None


# ListTrails lists the trails of all Regions; moto 5.2.5 lists those visible in the Region of the call.
#
# Source: CloudTrail API reference, ListTrails: "Lists trails that are in the current account"; DescribeTrails is the
# one that is about a Region.


@override("cloudtrail", "ListTrails")
def list_trails(_state: State, call: Call) -> dict[str, Any]:
    """Return the account's trails, including those of its organization, in one page."""
    trails = [
        {"TrailARN": trail.arn, "Name": trail.trail_name, "HomeRegion": trail.region_name}
        for trail in every_trail()
        if call.account in {trail.account_id, *member_accounts(trail)}
    ]
    return {"Trails": sorted(trails, key=lambda trail: trail["TrailARN"])}
