"""PutInsightSelectors replaces all of a trail's selectors; moto 5.2.5 appends them.

An empty list turns Insights off, after which GetInsightSelectors is InsightNotEnabledException.
Source: CloudTrail API reference, PutInsightSelectors and GetInsightSelectors.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from embedded_aws.errors import AwsError
from embedded_aws.overrides import override
from embedded_aws.stages.trails import home_trail, visible_trail

if TYPE_CHECKING:
    from embedded_aws.call import Call
    from embedded_aws.world import World


@override("cloudtrail", "PutInsightSelectors")
def put_insight_selectors(_world: World, call: Call) -> dict[str, Any] | None:
    """Keep just the selectors of this call; moto answers for a trail that there is not."""
    trail = home_trail(call.account, call.region, str(call.parameters.get("TrailName")))
    if trail is None:
        return None
    selectors = call.parameters.get("InsightSelectors") or []
    for selector in selectors:
        if not selector.get("InsightType"):
            raise AwsError("InvalidInsightSelectorsException", "A selector needs an insight type.", 400)
    trail.insight_selectors = selectors
    return {"TrailARN": trail.arn, "InsightSelectors": selectors}


@override("cloudtrail", "GetInsightSelectors")
def get_insight_selectors(_world: World, call: Call) -> None:
    """Refuse for a trail without Insights."""
    trail = visible_trail(call.account, call.region, str(call.parameters.get("TrailName")))
    if trail is not None and not trail.insight_selectors:
        message = f"Insights is not enabled on trail {trail.arn}."
        raise AwsError("InsightNotEnabledException", message, 400)
