"""Tell a trail's topic of each log file that was written to its bucket.

Sources: CloudTrail user guide, "Configuring Amazon SNS notifications for CloudTrail": a notice for log files, those of
all Regions to the one topic of the trail; CloudTrail API reference, GetTrailStatus: an error is SNS's own code. The
message's two members are those that programs which read such notices take from it. No source names a subject.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from moto.cloudtrail.models import Trail

from embedded_aws.stages.log_files import LogFile
from embedded_aws.stages.topic import find_topic, publish
from embedded_aws.stages.topic_permission import cloudtrail, may_encrypt, may_publish
from embedded_aws.stages.trail_status import trail_statuses

if TYPE_CHECKING:
    from embedded_aws.world import World


def send_file_notice(world: World, trail: Trail, file: LogFile) -> None:
    """Publish where the file is, if the trail has a topic; the trail's status tells how it went."""
    topic_arn = trail.topic_arn
    if not topic_arn:
        return
    ref, region, statuses = file.target.trail, file.target.region, trail_statuses(world)
    refusal = _publish(world, trail, topic_arn, {"s3Bucket": file.target.bucket, "s3ObjectKey": [file.key]})
    if refusal is None:
        statuses.delivered("Notification", ref.arn, region, file.at)
    else:
        statuses.refused("Notification", ref.arn, region, refusal)


def _publish(world: World, trail: Trail, topic_arn: str, message: Mapping[str, Any]) -> str | None:
    """Publish as CloudTrail. Return SNS's error code (of its service model) if it may not, or None."""
    topic, publisher = find_topic(topic_arn), cloudtrail(trail.account_id, trail.arn)
    if topic is None:
        return "NotFound"
    if not may_publish(publisher, topic):
        return "AuthorizationError"
    if not may_encrypt(publisher, topic):
        return "KMSAccessDenied"
    publish(world, topic, json.dumps(message))
    return None
