"""A trail's topic may be given by its ARN; moto 5.2.5 takes an ARN for the topic's name and does not find it.

Source: CloudTrail API reference, CreateTrail (SnsTopicName).
"""

from __future__ import annotations

from moto.cloudtrail.models import Trail

_BY_NAME = Trail.topic_arn.fget


def _topic_arn(trail: Trail) -> str | None:
    name = trail.sns_topic_name
    return name if name and name.startswith("arn:") else _BY_NAME(trail)


def close() -> None:
    """Replace moto's property."""
    Trail.topic_arn = property(_topic_arn)
