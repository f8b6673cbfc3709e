"""A trail's topic may be given by its ARN; moto 5.2.5 takes an ARN for the topic's name and does not find it.

Source: CloudTrail API reference, CreateTrail (SnsTopicName).
"""

from __future__ import annotations

from typing import Any

from moto.cloudtrail.models import Trail

_by_name: Any = vars(Trail)["topic_arn"]


def _topic_arn(trail: Trail) -> str | None:
    name = trail.sns_topic_name
    arn: str | None = name if name and name.startswith("arn:") else _by_name.fget(trail)
    return arn


def close() -> None:
    """Replace moto's property."""
    Trail.topic_arn = property(_topic_arn)  # type: ignore[assignment, method-assign]
