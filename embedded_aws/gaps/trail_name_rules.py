"""A trail's name has no two periods, dashes or underscores side by side, and is no IP address; moto 5.2.5 takes both.

Source: CloudTrail API reference, CreateTrail (Name).
"""

from __future__ import annotations

import re

from moto.cloudtrail.exceptions import InvalidTrailNameException
from moto.cloudtrail.models import Trail

_ADJACENT = re.compile(r"[._-]{2}")
_ADDRESS = re.compile(r"\d+\.\d+\.\d+\.\d+")
_MOTO_CHECKS = Trail.check_name


def _check_name(trail: Trail) -> None:
    _MOTO_CHECKS(trail)
    if _ADJACENT.search(trail.trail_name):
        raise InvalidTrailNameException("Trail name cannot have two adjacent periods, dashes or underscores.")
    if _ADDRESS.fullmatch(trail.trail_name):
        raise InvalidTrailNameException("Trail name cannot be in the format of an IP address.")


def close() -> None:
    """Replace moto's method."""
    Trail.check_name = _check_name  # type: ignore[assignment, method-assign]
