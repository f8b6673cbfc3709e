"""DeleteTrail takes a name or an ARN on AWS; moto 5.2.5 ignores an ARN and leaves the trail.

A trail that does not exist is TrailNotFoundException on AWS, and no error on moto.
Source: CloudTrail API reference, DeleteTrail.
"""

from __future__ import annotations

from moto.cloudtrail.models import CloudTrailBackend


def _delete_trail(backend: CloudTrailBackend, name: str) -> None:
    del backend.trails[backend.get_trail(name).trail_name]


def close() -> None:
    """Replace moto's method."""
    CloudTrailBackend.delete_trail = _delete_trail  # type: ignore[assignment, method-assign]
