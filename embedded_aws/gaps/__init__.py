"""What moto does otherwise than AWS, one file per gap, each to be dropped when moto closes it."""

from __future__ import annotations

from embedded_aws.gaps import trail_deleted_by_arn


def close_gaps() -> None:
    """Close every gap in this process; calling it again changes nothing."""
    trail_deleted_by_arn.close()
