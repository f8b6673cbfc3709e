"""A trail's description says whether it has custom event selectors and insight selectors; moto 5.2.5 always says no.

The key is described by its ARN, also one that was given by alias, and a member that is not set is left out, while moto
describes one that was removed by UpdateTrail as an empty text. CreateTrail and UpdateTrail do not speak of selectors,
GetTrail names the home Region. And moto shows a trail of an organization in its management account only.
Sources: CloudTrail API reference, Trail, CreateTrail, GetTrail, DescribeTrails; CloudTrail user guide, "Creating a
trail for an organization".
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from moto.cloudtrail.models import CloudTrailBackend, Trail

from embedded_aws.overrides import override
from embedded_aws.stages.trail_key import find_key
from embedded_aws.stages.trails import every_trail, member_accounts, visible_trail

if TYPE_CHECKING:
    from embedded_aws.call import Call
    from embedded_aws.world import World

_describe = Trail.description
_list = CloudTrailBackend.describe_trails


def _description(trail: Trail, include_region: bool = False) -> dict[str, Any]:
    key = find_key(trail) if trail.kms_key_id else None
    # Only the answers of CreateTrail and UpdateTrail come without the Region.
    known = bool(trail.event_selectors or trail.advanced_event_selectors), bool(trail.insight_selectors)
    custom, insight = known if include_region else (None, None)
    described = _describe(trail, include_region) | {
        "KmsKeyId": key.arn if key else trail.kms_key_id,
        "HasCustomEventSelectors": custom,
        "HasInsightSelectors": insight,
    }
    return {name: value for name, value in described.items() if value not in (None, "")}


def _describe_trails(backend: CloudTrailBackend, include_shadow_trails: bool) -> list[Trail]:
    trails = list(_list(backend, include_shadow_trails))
    if include_shadow_trails:
        trails += [
            trail
            for trail in every_trail()
            if backend.account_id in member_accounts(trail) - {trail.account_id}
            and (trail.is_multi_region or trail.region_name == backend.region_name)
        ]
    return trails


@override("cloudtrail", "GetTrail")
def get_trail(_world: World, call: Call) -> dict[str, Any] | None:
    """Describe one trail; moto answers for a trail that there is not."""
    trail = visible_trail(call.account, call.region, str(call.parameters.get("Name")))
    return {"Trail": _description(trail, include_region=True)} if trail else None


def close() -> None:
    """Replace moto's methods."""
    Trail.description = _description  # type: ignore[assignment, method-assign]
    CloudTrailBackend.describe_trails = _describe_trails  # type: ignore[assignment, method-assign]
